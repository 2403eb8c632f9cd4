//! What a server tells a new holder, and the holder's one answer. Pure.
//!
//! Both travel as JSON through pipes, never through arguments: arguments are limited, and everybody can read them.

use crate::{log::Octets, protocol::holder::Cap, task::Size};
use serde::{Deserialize, Serialize};

/// A task to be started.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Launch {
    /// An existing directory for log, records, lock and socket; absolute.
    pub task_dir: Octets,
    /// The command and its arguments. Without a slash the command is looked up in the `PATH` of `environment`.
    pub argv: Vec<Octets>,
    /// All of it: `NAME=value` each. Nothing else is inherited.
    pub environment: Vec<Octets>,
    /// Where the program runs; absolute.
    pub cwd: Octets,
    /// Mode bits masked off the program's new files.
    pub umask: u32,
    /// First size of its terminal.
    pub size: Size,
    /// How much of its log is kept.
    pub cap: Cap,
}

/// The holder's answer, once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Launched {
    /// The program was executed; `run.json` is there and the socket answers.
    Started {
        /// Process id of the holder.
        holder: u32,
        /// Process id of the program.
        program: u32,
    },
    /// Nothing runs, for this reason: one sentence that names the thing.
    Failed(String),
}
