//! `prune`: forgets every ended task whose end was seen.

use super::{caller::Caller, exit::Verdict, find, print, rm};
use crate::{protocol::client::Request, task::TaskId};

/// Forget every ended task whose result was seen, and delete their files
#[derive(clap::Args)]
pub(super) struct Prune {
    /// Only tell which tasks these are and how much room they take
    #[arg(long, short = 'n')]
    dry_run: bool,
}

impl Prune {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let ended = find::all(caller)?.into_iter().filter(|task| task.ended_at.is_some());
        let ended: Vec<TaskId> = ended.map(|task| task.id).collect();
        if self.dry_run {
            return rm::told_before(caller, Request::Prunable);
        }
        if rm::remove(caller, &ended, Request::Prune)?.is_none() {
            print::text(&rm::told(0, 0))?;
        }
        Ok(0)
    }
}
