//! `completions`: a script that completes verbs and flags in the user's shell.

use super::{Cli, exit::Verdict, print};
use clap::CommandFactory;
use clap_complete::Shell;
use std::io::Write;

/// Print a completion script for a shell
#[derive(clap::Args)]
pub(super) struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    pub(super) fn call(self) -> Verdict {
        let mut script = vec![];
        clap_complete::generate(self.shell, &mut Cli::command(), "aside", &mut script);
        print::written(print::stdout()?.write_all(&script))?;
        Ok(0)
    }
}
