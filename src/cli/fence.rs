//! `fence`: puts the kernel's fence (Landlock) around itself and becomes the command, so that it and everything it starts can
//! write only where allowed. Never runs the command where the fence cannot be enforced in full.

use super::{
    caller::Caller,
    exit::{self, Verdict},
};
use std::{
    ffi::OsString,
    io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
};

/// Run a command that can write only below some directories (Linux, Landlock)
///
/// Reading stays free. --nonet also limits TCP to the ports named; UDP and Unix sockets are not covered. Whatever the
/// command starts is inside too. Refused where the kernel cannot enforce it in full.
#[derive(clap::Args)]
pub(super) struct Fence {
    /// Directory or file it may write; repeatable [default: the current directory]
    #[arg(long, value_name = "PATH")]
    writable: Vec<PathBuf>,

    /// No TCP but to the ports named
    #[arg(long)]
    nonet: bool,

    /// TCP port it may connect to; repeatable
    #[arg(long, value_name = "N", requires = "nonet")]
    port: Vec<u16>,

    /// The command
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    command: Vec<OsString>,
}

impl Fence {
    pub(super) fn call(self, _caller: &Caller) -> Verdict {
        let mut writable = self.writable;
        if writable.is_empty() {
            writable.push(super::caller::directory());
        }
        let Some((program, words)) = self.command.split_first() else {
            return Err(exit::wrong("no command to run"));
        };
        enforce(&writable, self.nonet, &self.port).map_err(|why| {
            exit::with_code(1, format!("the fence cannot be enforced, so nothing was started: {why}"))
        })?;
        let error = Command::new(program).args(words).exec();
        let code = if error.kind() == io::ErrorKind::NotFound { 127 } else { 126 };
        Err(exit::with_code(code, format!("cannot start {}: {error}", Path::new(program).display())))
    }
}

/// Whether this kernel could enforce a fence; else why not.
#[cfg(target_os = "linux")]
pub(super) fn available(nonet: bool) -> Result<(), String> {
    ruleset(nonet)?.create().map(drop).map_err(|error| unsupported(&error.to_string()))
}

#[cfg(target_os = "linux")]
fn unsupported(error: &str) -> String {
    format!("this kernel's Landlock is missing or too old (files need Linux 6.2, TCP 6.7): {error}")
}

/// Every way of writing to files is handled, and TCP where wanted; nothing is left out quietly.
#[cfg(target_os = "linux")]
fn ruleset(nonet: bool) -> Result<landlock::Ruleset, String> {
    use landlock::{ABI, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr};
    let told = |error: landlock::RulesetError| unsupported(&error.to_string());
    let rules = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    let rules = rules.handle_access(AccessFs::from_write(ABI::V3)).map_err(told)?;
    if !nonet {
        return Ok(rules);
    }
    rules.handle_access(AccessNet::ConnectTcp | AccessNet::BindTcp).map_err(told)
}

#[cfg(target_os = "linux")]
fn enforce(writable: &[PathBuf], nonet: bool, ports: &[u16]) -> Result<(), String> {
    use landlock::{
        ABI, AccessFs, AccessNet, NetPort, RulesetCreatedAttr, RulesetStatus, path_beneath_rules,
    };
    let told = |error: landlock::RulesetError| error.to_string();
    let access = AccessFs::from_write(ABI::V3);
    let mut rules = ruleset(nonet)?.create().map_err(|error| unsupported(&error.to_string()))?;
    // what a terminal program must be able to write to
    let devices = ["null", "zero", "full", "tty", "ptmx", "pts", "shm"].map(|name| format!("/dev/{name}"));
    rules = rules.add_rules(path_beneath_rules(devices, access)).map_err(told)?;
    // what is not there cannot be written either: it is skipped
    rules = rules.add_rules(path_beneath_rules(writable, access)).map_err(told)?;
    for port in ports {
        rules = rules.add_rule(NetPort::new(*port, AccessNet::ConnectTcp)).map_err(told)?;
    }
    let status = rules.restrict_self().map_err(told)?;
    match (status.ruleset, status.no_new_privs) {
        (RulesetStatus::FullyEnforced, true) => Ok(()),
        (status, _) => Err(format!("the kernel enforces it only in part ({status:?})")),
    }
}

/// Whether this system could enforce a fence; else why not.
#[cfg(not(target_os = "linux"))]
pub(super) fn available(_nonet: bool) -> Result<(), String> {
    Err("only Linux has what it needs (Landlock); choose fence none, or the agent's own sandbox".to_owned())
}

#[cfg(not(target_os = "linux"))]
fn enforce(_writable: &[PathBuf], nonet: bool, _ports: &[u16]) -> Result<(), String> {
    available(nonet)
}
