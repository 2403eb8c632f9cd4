//! What was asked for: the command, where, by whom. Written to `spec.json` before the holder starts.

use super::{Size, TaskId};
use crate::{agent::Grant, log::Octets};
use serde::{Deserialize, Serialize};

/// The order for a task, as it stands in `spec.json`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Spec {
    /// The task's number.
    pub id: TaskId,
    /// What is executed.
    pub argv: Vec<Octets>,
    /// What the user typed or gave; shown, and run again by `rerun`.
    pub command: String,
    /// A name given by the user, shown instead of the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Absolute directory it starts in.
    pub cwd: Octets,
    /// Size of its terminal at the start.
    pub size: Size,
    /// Whether it started in the foreground.
    pub foreground: bool,
    /// Who asked: `you`, or a client's name.
    pub asked_by: String,
    /// Milliseconds since 1970.
    pub created_at: u64,
    /// What an agent was granted; `None` for a command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Box<Grant>>,
}

impl Spec {
    /// The given name, else the command.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.command)
    }
}
