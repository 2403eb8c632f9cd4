//! `aside screen`: what a task's terminal shows, made from its log up to now; no server is needed.

use super::{caller::Caller, exit::Verdict, find, print};
use crate::{screen::Snapshot, store};
use clap::Args;

/// Print what a task's terminal shows
#[derive(Args)]
pub(super) struct Screen {
    /// Its number, or its name if no other has it
    task: String,
    /// Rows of cells (text, width, fg, bg, attributes, link), cursor and modes, as JSON
    #[arg(long)]
    json: bool,
}

impl Screen {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let (_, dir) = find::directory(caller, &self.task)?;
        let size = store::find(&dir)?.task.spec.size;
        let (screen, _) = store::replay(&dir, size, None)?;
        if self.json {
            print::json(&Snapshot::of(&screen))?;
        } else {
            print::text(&format!("{}\n", screen.text()))?;
        }
        Ok(0)
    }
}
