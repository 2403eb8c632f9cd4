//! What clap says of a wrong command line, or of `--help`: through the same door as everything else.

use super::exit;
use clap::error::ErrorKind;
use std::process::ExitCode;

/// Prints help or the mistake; exits with 0 or 2.
pub(super) fn tell(error: &clap::Error) -> ExitCode {
    let help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    // Nobody may be left to read it.
    let _unread = error.print();
    if help { ExitCode::SUCCESS } else { ExitCode::from(exit::WRONG) }
}
