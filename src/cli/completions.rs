//! `aside completions`: for shells.

use super::{Cli, exit::Verdict, print};
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Print completions for a shell
#[derive(Args)]
pub(super) struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    pub(super) fn call(self) -> Verdict {
        let mut script = vec![];
        clap_complete::generate(self.shell, &mut Cli::command(), "aside", &mut script);
        print::text(&String::from_utf8_lossy(&script))?;
        Ok(0)
    }
}
