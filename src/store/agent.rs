//! Where an agent's program is. Reads the configuration each time: profiles are few, and an agent is started rarely.

use crate::{
    agent::{self, Profile},
    nearest::suggestion,
    protocol::client::Place,
};
use std::{
    ffi::OsStr,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
    path::{Path, PathBuf},
};

/// Directory and variables an agent is looked for from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Whence {
    /// Absolute.
    pub cwd: PathBuf,
    /// `PATH`.
    pub path: String,
    /// `HOME`.
    pub home: PathBuf,
}

/// A profile whose program is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundAgent {
    /// How it is started.
    pub profile: Profile,
    /// Its program.
    pub bin: PathBuf,
}

/// Why an agent cannot be started.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MissingAgent {
    /// There is no such profile.
    #[error(
        "there is no agent {0}; aside agent list shows those there are, [agent.NAME] in config.toml adds one"
    )]
    Profile(String),
    /// Its program is nowhere.
    #[error("{0}")]
    Program(String),
}

impl Whence {
    /// As a client stands.
    pub fn of(place: &Place) -> Self {
        let variable = |name: &str| {
            let start = format!("{name}=");
            let entry = place.environment.iter().rev().find_map(|entry| entry.strip_prefix(start.as_bytes()));
            entry.map(|value| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
        };
        Self {
            cwd: PathBuf::from(OsStr::from_bytes(&place.cwd)),
            path: variable("PATH"),
            home: PathBuf::from(variable("HOME")),
        }
    }
}

/// The text of the configuration; empty when there is none.
pub fn agent_config(config: &Path) -> String {
    std::fs::read_to_string(config.join("config.toml")).unwrap_or_default()
}

/// The profile of this name and its program.
///
/// # Errors
/// When there is no such profile, or its program is nowhere: the places searched, how it is installed, what there is.
pub fn find_agent(config: &Path, name: &str, whence: &Whence) -> Result<FoundAgent, MissingAgent> {
    let (mut profiles, _) = agent::load(&agent_config(config));
    let Some(profile) = profiles.remove(name) else {
        let near = suggestion(name, profiles.keys().map(String::as_str));
        return Err(MissingAgent::Profile(format!("{name}{near}")));
    };
    if let Some(bin) = program(&profile, whence) {
        return Ok(FoundAgent { profile, bin });
    }
    let shown: Vec<String> = searched(&profile, whence).iter().map(|dir| dir.display().to_string()).collect();
    let install = match profile.install.as_str() {
        "" => String::new(),
        line => format!("; to install it: {line}"),
    };
    let others: Vec<&str> = profiles
        .iter()
        .filter(|(_, profile)| program(profile, whence).is_some())
        .map(|(name, _)| name.as_str())
        .collect();
    let others = if others.is_empty() { "none".to_owned() } else { others.join(", ") };
    let (title, bin, shown) = (&profile.title, &profile.bin, shown.join(", "));
    Err(MissingAgent::Program(format!(
        "{title} is not installed: no program {bin} in {shown}{install}; agents found: {others}"
    )))
}

/// The program of a profile, if it is there and may be executed.
pub fn program(profile: &Profile, whence: &Whence) -> Option<PathBuf> {
    let executable = |path: &PathBuf| {
        path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    };
    agent::search(&profile.bin, &whence.path, &whence.home, &whence.cwd).into_iter().find(executable)
}

/// The directories it was looked for in.
fn searched(profile: &Profile, whence: &Whence) -> Vec<PathBuf> {
    let places = agent::search(&profile.bin, &whence.path, &whence.home, &whence.cwd);
    places.iter().filter_map(|place| place.parent().map(Path::to_owned)).collect()
}
