//! The whole command line in one snapshot, and a task to test with.

use super::*;
use crate::{protocol::client::TaskInfo, task::TaskId};

/// A running task.
pub(super) fn info(id: u32) -> TaskInfo {
    TaskInfo {
        id: TaskId(id),
        name: "make".into(),
        command: "make".into(),
        cwd: "/".into(),
        state: "running".into(),
        foreground: false,
        exit_code: None,
        signal: None,
        stopped_by: None,
        why: None,
        children: 0,
        started_at: 0,
        ended_at: None,
        duration_ms: 0,
        output_bytes: 0,
        output_lines: 0,
        pid: Some(1),
    }
}

#[test]
fn the_command_line_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn every_action_that_names_a_verb_names_one_there_is() {
    let verbs: Vec<String> =
        Cli::command().get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    for row in crate::action::Action::rows() {
        if let crate::action::Reach::Verb(verb) = row.reach {
            assert!(verbs.iter().any(|known| known == verb), "{}: there is no verb {verb}", row.name);
        }
    }
}
