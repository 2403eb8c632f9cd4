//! `aside man`: the manual page.

use super::{Cli, exit::Verdict, print};
use clap::{Args, CommandFactory};

/// Print the manual page (roff)
#[derive(Args)]
pub(super) struct Man {}

impl Man {
    #[expect(clippy::unused_self, reason = "verbs are called alike")]
    pub(super) fn call(self) -> Verdict {
        let mut page = vec![];
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        print::text(&String::from_utf8_lossy(&page))?;
        Ok(0)
    }
}
