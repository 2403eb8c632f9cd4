//! `man`: the manual page, made from the same table as the help.

use super::{Cli, exit::Verdict, print};
use clap::{Command, CommandFactory};
use clap_mangen::Man as Page;
use std::io::{self, Write};

/// Print the manual page (aside man | man -l -)
#[derive(clap::Args)]
pub(super) struct Man {}

impl Man {
    pub(super) fn call(self) -> Verdict {
        print::written(print::stdout()?.write_all(&page()?))?;
        Ok(0)
    }
}

fn page() -> io::Result<Vec<u8>> {
    let mut command = Cli::command();
    command.build();
    let page = Page::new(command.clone());
    let mut text = vec![];
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    writeln!(text, ".SH VERBS")?;
    for verb in command.get_subcommands().filter(|verb| !verb.is_hide_set()) {
        describe(verb, &mut text)?;
    }
    page.render_extra_section(&mut text)?;
    page.render_version_section(&mut text)?;
    Ok(text)
}

/// A verb, its flags, and its verbs.
fn describe(verb: &Command, text: &mut Vec<u8>) -> io::Result<()> {
    let page = Page::new(verb.clone());
    writeln!(text, ".SS \"{}\"", verb.get_bin_name().unwrap_or_else(|| verb.get_name()))?;
    let mut parts = vec![];
    page.render_synopsis_section(&mut parts)?;
    page.render_description_section(&mut parts)?;
    page.render_options_section(&mut parts)?;
    // a section of a page of its own is a paragraph here
    for line in String::from_utf8_lossy(&parts).lines().filter(|line| !line.starts_with(".SH")) {
        writeln!(text, "{line}")?;
    }
    for inner in verb.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        describe(inner, text)?;
    }
    Ok(())
}
