//! `screen`: what a task's terminal shows, made from its log: nobody need run for that.

use super::{caller::Caller, exit::Verdict, find, print};
use crate::{screen::Snapshot, store};
use anyhow::Context as _;

/// Print what a task's terminal shows
#[derive(clap::Args)]
pub(super) struct Screen {
    /// Number or name of the task
    id: String,

    /// Cells with colours and attributes, the cursor and the modes, as JSON
    #[arg(long)]
    json: bool,
}

impl Screen {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let (id, dir) = find::directory(caller, &self.id)?;
        let unreadable = || format!("cannot read task {id}");
        let size = store::find(&dir).with_context(unreadable)?.task.spec.size;
        let (screen, _) = store::replay(&dir, size, None).with_context(unreadable)?;
        if self.json {
            print::json(&Snapshot::of(&screen))?;
        } else {
            let mut text = screen.text();
            text.extend((!text.is_empty()).then_some('\n'));
            print::text(&text)?;
        }
        Ok(0)
    }
}
