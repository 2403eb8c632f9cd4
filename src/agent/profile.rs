//! Agent profiles: those built in, and what the user's `[agent.NAME]` tables change or add.

use super::Level;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The profiles that come with aside.
const BUILT_IN: &str = include_str!("profiles.toml");

/// How an agent is started.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Name for people.
    pub title: String,
    /// Program: a name that is searched, or a path.
    pub bin: String,
    /// How it is installed; text only, never run.
    pub install: String,
    /// An older one works, but its states are guessed.
    pub min_version: String,
    /// Arguments, with `{prompt}`, `{permissions}`, `{sandbox}` and `{hooks}`.
    pub args: Vec<String>,
    /// Flag and rule that allow a command without asking.
    pub allow: Vec<String>,
    /// Flag and rule that deny one.
    pub deny: Vec<String>,
    /// Arguments for its own sandbox.
    pub own_sandbox: Vec<String>,
    /// Arguments that turn it off, where aside's fence stands around it.
    pub own_sandbox_off: Vec<String>,
    /// What the agent itself must write inside a fence; `~` and `$NAME` at the start are expanded.
    pub writable: Vec<String>,
    /// The ask-level used where none is stated.
    pub default: Option<Level>,
    /// What each ask-level becomes. None at all: aside cannot limit this agent, so only `full` is honest.
    pub permissions: BTreeMap<Level, Permission>,
}

/// What an ask-level becomes for one agent.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Permission {
    /// Arguments.
    pub args: Vec<String>,
    /// Variables.
    pub env: BTreeMap<String, String>,
}

impl Profile {
    /// Ask-levels this agent can be held to.
    pub fn levels(&self) -> Vec<Level> {
        if self.permissions.is_empty() {
            return vec![Level::Full];
        }
        self.permissions.keys().copied().collect()
    }
}

/// All profiles by name, the user's text laid over those built in, and what is wrong in it.
pub fn load(config: &str) -> (BTreeMap<String, Profile>, Vec<String>) {
    let mut problems = vec![];
    let mut tables = agents(BUILT_IN).unwrap_or_default();
    match agents(config) {
        Ok(own) => {
            for (name, table) in own {
                merge(tables.entry(name).or_insert_with(|| toml::Value::Table(toml::Table::new())), table);
            }
        }
        Err(error) => problems.push(format!("config.toml: {error}")),
    }
    let mut profiles = BTreeMap::new();
    for (name, table) in tables {
        match table.try_into::<Profile>() {
            Ok(profile) => {
                profiles.insert(name.clone(), complete(&name, profile));
            }
            Err(error) => {
                let error = error.to_string().trim().replace('\n', " ");
                problems.push(format!("config.toml: [agent.{name}]: {error}"));
            }
        }
    }
    (profiles, problems)
}

fn agents(text: &str) -> Result<BTreeMap<String, toml::Value>, String> {
    let mut root: toml::Table = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    match root.remove("agent") {
        None => Ok(BTreeMap::new()),
        Some(toml::Value::Table(agents)) => Ok(agents.into_iter().collect()),
        Some(_) => Err("agent must be tables: [agent.NAME]".to_owned()),
    }
}

fn merge(under: &mut toml::Value, over: toml::Value) {
    match (under, over) {
        (toml::Value::Table(under), toml::Value::Table(over)) => {
            for (key, value) in over {
                match under.get_mut(&key) {
                    Some(known) => merge(known, value),
                    None => drop(under.insert(key, value)),
                }
            }
        }
        (under, over) => *under = over,
    }
}

/// `bin` alone is enough: the rest is what any program takes.
fn complete(name: &str, mut profile: Profile) -> Profile {
    for text in [&mut profile.title, &mut profile.bin] {
        if text.is_empty() {
            name.clone_into(text);
        }
    }
    if profile.args.is_empty() {
        profile.args = vec!["{prompt}".to_owned()];
    }
    profile
}

/// Where a program may be, in the order it is looked for: the path given, or PATH, `~/.local/bin`, `node_modules/.bin`.
pub fn search(bin: &str, path: &str, home: &Path, cwd: &Path) -> Vec<PathBuf> {
    if let Some(below) = bin.strip_prefix("~/") {
        return vec![home.join(below)];
    }
    if bin.contains('/') {
        return vec![cwd.join(bin)];
    }
    let dirs = path.split(':').filter(|dir| dir.starts_with('/')).map(PathBuf::from);
    let more = [home.join(".local/bin"), cwd.join("node_modules/.bin")];
    let mut found: Vec<PathBuf> = vec![];
    for dir in dirs.chain(more) {
        let place = dir.join(bin);
        if !found.contains(&place) {
            found.push(place);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_is_sound_and_a_user_changes_only_what_is_named() {
        let (profiles, problems) = load("[agent.claude]\nbin = '/opt/claude'\n[agent.mine]\nbin = 'mine'");
        assert_eq!(problems, [""; 0]);
        let names: Vec<&str> = profiles.keys().map(String::as_str).collect();
        assert_eq!(names, ["aider", "claude", "codex", "gemini", "mine", "opencode"]);
        assert_eq!(
            (profiles["claude"].bin.as_str(), profiles["claude"].title.as_str()),
            ("/opt/claude", "Claude Code")
        );
        assert_eq!(profiles["mine"].args, ["{prompt}"]);
        assert_eq!(profiles["mine"].levels(), [Level::Full], "nobody can say what it asks about");
        assert_eq!(profiles["codex"].levels(), [Level::Ask, Level::Edits, Level::Full]);
    }

    #[test]
    fn a_slip_is_told_and_spares_the_other_profiles() {
        let (profiles, problems) = load("[agent.x]\nbim = 'x'");
        assert!(problems[0].contains("[agent.x]") && problems[0].contains("bim"), "{problems:?}");
        assert!(profiles.contains_key("claude") && !profiles.contains_key("x"));
    }

    #[test]
    fn programs_are_looked_for_in_path_home_and_project() {
        let search = |bin| search(bin, "/bin:/usr/bin:/bin", Path::new("/h"), Path::new("/w"));
        let places = ["/bin/x", "/usr/bin/x", "/h/.local/bin/x", "/w/node_modules/.bin/x"];
        assert_eq!(search("x"), places.map(PathBuf::from));
        assert_eq!(search("~/x"), [PathBuf::from("/h/x")]);
        assert_eq!(search("./x"), [PathBuf::from("/w/./x")]);
    }
}
