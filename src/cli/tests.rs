//! The whole command line as one reference, and what the tests of verbs share.

use super::*;
use crate::{protocol::client::TaskInfo, task::TaskId};

/// A running task.
pub(super) fn info(id: u32) -> TaskInfo {
    TaskInfo {
        id: TaskId(id),
        name: format!("sleep {id}"),
        command: format!("sleep {id}"),
        cwd: "/work".into(),
        state: "running".into(),
        foreground: false,
        exit_code: None,
        signal: None,
        stopped_by: None,
        why: None,
        source: "none".into(),
        program: None,
        children: 0,
        started_at: 1_700_000_000_000,
        ended_at: None,
        duration_ms: 1200,
        output_bytes: 0,
        output_lines: 0,
        pid: Some(100),
        agent: None,
    }
}

fn reference(command: &mut clap::Command, text: &mut String) {
    *text += &format!("{}\n{}\n", "─".repeat(100), command.render_long_help());
    for verb in command.get_subcommands_mut().filter(|verb| !verb.is_hide_set()) {
        reference(verb, text);
    }
}

#[test]
fn the_command_line_is_this() {
    let mut command = Cli::command().term_width(100).version("0.0.0");
    command.build();
    let mut text = String::new();
    reference(&mut command, &mut text);
    insta::assert_snapshot!(text);
}

#[test]
fn the_table_of_verbs_is_sound() {
    Cli::command().debug_assert();
}

fn parse(words: &[&str]) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("aside").chain(words.iter().copied()))
}

#[test]
fn a_command_stands_behind_two_dashes_whatever_it_is_called() {
    let cli = parse(&["-s", "x", "--", "ls", "--json"]).unwrap();
    assert!(cli.verb.is_none());
    assert_eq!(cli.command, ["ls", "--json"]);
    assert_eq!(cli.session.as_deref(), Some("x"));
    let cli = parse(&["ls", "--session", "y"]).unwrap();
    assert_eq!(cli.session.as_deref(), Some("y"));
    assert!(parse(&["run"]).is_err() && parse(&["run", "--wiat", "make"]).is_err());
    for words in
        [&["run", "--wait", "make", "-k", "--wait"][..], &["run", "--wait", "--", "make", "-k", "--wait"]]
    {
        let Some(Verb::Run(run)) = parse(words).unwrap().verb else { panic!("not run") };
        assert_eq!(run.words(), ["make", "-k", "--wait"]);
    }
}

#[test]
fn every_action_that_names_a_verb_names_one_that_exists() {
    let command = Cli::command();
    let verbs: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    for row in crate::action::Action::rows() {
        if let crate::action::Reach::Verb(verb) = row.reach {
            assert!(verbs.contains(&verb), "{} names {verb}", row.name);
        }
    }
}

#[test]
fn a_wrong_call_is_one_sentence_that_names_the_slip_and_the_way_out() {
    let check = |words: &[&str], expected: &str| {
        let error = parse(words).err().unwrap();
        assert_eq!(usage::sentence(&error), expected);
    };
    check(&["lss"], "unknown verb lss, did you mean ls?");
    check(&["make"], "unknown verb make; aside -- make runs it as a command, see aside --help");
    check(
        &["ls", "--jsn"],
        "unexpected argument '--jsn' found; a similar argument exists: '--json'; see aside ls --help",
    );
    check(&["show"], "the following required arguments were not provided: <ID>; see aside show --help");
    check(
        &["wait", "1", "--timeout", "soon"],
        "invalid value 'soon' for '--timeout <DURATION>': not a duration like 30s, 5m, 2h or 500ms",
    );
}
