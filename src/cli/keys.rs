//! `keys`: what is bound, as the configuration says now.

use super::{caller::Caller, exit::Verdict, print};
use crate::{daemon, keymap, screen::clean};

/// List what is bound to which keys
#[derive(clap::Args)]
pub(super) struct Keys {
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Keys {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let settings = daemon::read_settings(&caller.paths);
        for problem in &settings.problems {
            print::complain(&clean(problem, 1000));
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
