//! `aside keys`: what is bound.

use super::{caller::Caller, exit::Verdict, print};
use crate::{daemon, keymap};
use clap::Args;

/// List what is bound
#[derive(Args)]
pub(super) struct Keys {
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Keys {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let settings = daemon::read_settings(&caller.paths);
        for problem in &settings.problems {
            print::complain(problem);
        }
        let rows = settings.keymap.rows();
        if self.json {
            print::json(&rows)?
        } else {
            print::text(&keymap::table(&rows))?
        }
        Ok(0)
    }
}
