//! What an agent may do, and the command line that becomes. A grant is kept in `spec.json` and shown with the task; what
//! an agent starts is held to the fence of its starter, never to less.

use super::Profile;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// What the agent asks about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// About everything that changes something.
    Ask,
    /// About commands, not about edits.
    Edits,
    /// About nothing: what is not listed is denied.
    Listed,
    /// About nothing: everything is allowed.
    Full,
}

/// What the kernel enforces around the whole agent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fence {
    /// Nothing.
    #[default]
    None,
    /// It writes only below its directory, what the agent itself needs, and the directories named.
    Workspace,
    /// And reaches only the TCP ports named.
    WorkspaceNonet,
}

impl Level {
    /// Every level, from the narrowest question to none.
    pub const ALL: [Self; 4] = [Self::Ask, Self::Edits, Self::Listed, Self::Full];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Edits => "edits",
            Self::Listed => "listed",
            Self::Full => "full",
        }
    }

    /// What it means, for the dialog.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Ask => "asks before it changes or runs anything",
            Self::Edits => "edits files freely, asks before it runs commands",
            Self::Listed => "does what is listed, is denied the rest, never asks",
            Self::Full => "does everything, never asks",
        }
    }
}

impl Fence {
    /// Every fence.
    pub const ALL: [Self; 3] = [Self::None, Self::Workspace, Self::WorkspaceNonet];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Workspace => "workspace",
            Self::WorkspaceNonet => "workspace+nonet",
        }
    }

    /// What it means, for the dialog.
    pub const fn words(self) -> &'static str {
        match self {
            Self::None => "the kernel enforces nothing",
            Self::Workspace => "writes only below its directory and its own files",
            Self::WorkspaceNonet => "as workspace, and TCP only to the ports named",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Fence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|level| level.name() == text);
        named.ok_or_else(|| "not one of ask, edits, listed, full".to_owned())
    }
}

impl FromStr for Fence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|fence| fence.name() == text);
        named.ok_or_else(|| "not one of none, workspace, workspace+nonet".to_owned())
    }
}

/// What a user wants to grant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// What it asks about.
    pub level: Level,
    /// Commands allowed without asking.
    pub allow: Vec<String>,
    /// Commands denied.
    pub deny: Vec<String>,
    /// What the kernel enforces.
    pub fence: Fence,
    /// Directories it may write besides.
    pub writable: Vec<String>,
    /// TCP ports it may reach with `workspace+nonet`.
    pub ports: Vec<u16>,
}

/// What an agent was granted, as it stands in `spec.json` and in `ls --json`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// Name of the profile.
    pub agent: String,
    /// What it was asked.
    pub prompt: String,
    /// What it asks about.
    pub level: Level,
    /// Commands allowed without asking.
    #[serde(default)]
    pub allow: Vec<String>,
    /// Commands denied.
    #[serde(default)]
    pub deny: Vec<String>,
    /// What the kernel enforces.
    #[serde(default)]
    pub fence: Fence,
    /// Words before the agent's own command line that put up the fence; what the agent starts gets them too.
    #[serde(default)]
    pub wrapper: Vec<String>,
}

impl Grant {
    /// As the prompt has it: `@claude fix it`.
    pub fn title(&self) -> String {
        format!("@{} {}", self.agent, self.prompt).trim_end().to_owned()
    }

    /// One line for details: `claude · asks: edits · allowed: git, cargo · fence: workspace`.
    pub fn words(&self) -> String {
        let mut words = vec![self.agent.clone(), format!("permissions: {}", self.level)];
        for (name, list) in [("allowed", &self.allow), ("denied", &self.deny)] {
            if !list.is_empty() {
                words.push(format!("{name}: {}", list.join(", ")));
            }
        }
        words.push(format!("fence: {}", self.fence));
        words.join(" · ")
    }
}

/// Why a grant cannot be given to this agent: one sentence.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// The words that put a fence around what follows them; none for no fence. `aside` is our own program, `dirs` are
/// absolute.
pub fn fence_argv(aside: &str, fence: Fence, dirs: &[String], ports: &[u16]) -> Vec<String> {
    if fence == Fence::None {
        return vec![];
    }
    let mut argv = vec![aside.to_owned(), "fence".to_owned()];
    for dir in dirs {
        argv.extend(["--writable".to_owned(), dir.clone()]);
    }
    if fence == Fence::WorkspaceNonet {
        argv.push("--nonet".to_owned());
        for port in ports {
            argv.extend(["--port".to_owned(), port.to_string()]);
        }
    }
    argv.push("--".to_owned());
    argv
}

/// The command line of the agent itself, without a fence: `bin` is where the program was found, `hooks` what stands for
/// `{hooks}`.
///
/// # Errors
/// When the agent cannot be held to what is wanted.
pub fn launch(
    profile: &Profile,
    bin: &str,
    prompt: &str,
    wanted: &Wanted,
    hooks: &str,
) -> Result<Vec<String>, Refused> {
    let title = &profile.title;
    let levels = profile.levels();
    if !levels.contains(&wanted.level) {
        let known: Vec<&str> = levels.iter().map(|level| level.name()).collect();
        let known = known.join(", ");
        return Err(Refused(format!("{title} cannot be held to {}; it can to: {known}", wanted.level)));
    }
    let permission = profile.permissions.get(&wanted.level);
    let mut permissions = permission.map(|p| p.args.clone()).unwrap_or_default();
    for (list, rule, verb) in
        [(&wanted.allow, &profile.allow, "allowed"), (&wanted.deny, &profile.deny, "denied")]
    {
        if list.is_empty() {
            continue;
        }
        let Some((flag, pattern)) = rule.first().zip(rule.get(1)) else {
            return Err(Refused(format!("{title} takes no list of {verb} commands")));
        };
        for command in list {
            permissions.extend([flag.clone(), pattern.replace("{command}", command)]);
        }
    }
    let unlimited = wanted.level == Level::Full || wanted.fence != Fence::None;
    let sandbox = if unlimited { &profile.own_sandbox_off } else { &profile.own_sandbox };
    let mut argv = environment(permission.map(|p| &p.env));
    argv.push(bin.to_owned());
    for word in &profile.args {
        match word.as_str() {
            "{permissions}" => argv.extend_from_slice(&permissions),
            "{sandbox}" => argv.extend_from_slice(sandbox),
            "{prompt}" if prompt.is_empty() => drop_flag(&mut argv, profile),
            word => argv.push(word.replace("{prompt}", prompt).replace("{hooks}", hooks)),
        }
    }
    Ok(argv)
}

/// Variables are set by `env`, so that the command line shown is the whole truth.
fn environment(variables: Option<&BTreeMap<String, String>>) -> Vec<String> {
    let set: Vec<String> =
        variables.into_iter().flatten().map(|(name, value)| format!("{name}={value}")).collect();
    if set.is_empty() { set } else { [vec!["env".to_owned()], set].concat() }
}

/// With nothing to ask, a flag that only brings the prompt goes too.
fn drop_flag(argv: &mut Vec<String>, profile: &Profile) {
    let before = profile.args.iter().position(|word| word == "{prompt}").and_then(|at| at.checked_sub(1));
    let flag = before.and_then(|at| profile.args.get(at)).filter(|word| word.starts_with("--"));
    if flag.is_some() && argv.last() == flag {
        argv.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::super::load;
    use super::*;

    fn wanted(level: Level, fence: Fence) -> Wanted {
        Wanted { level, allow: vec![], deny: vec![], fence, writable: vec![], ports: vec![] }
    }

    fn line(name: &str, prompt: &str, wanted: &Wanted) -> String {
        let (profiles, _) = load("[agent.mine]\nbin = 'mine'");
        match launch(&profiles[name], name, prompt, wanted, "{}") {
            Ok(argv) => argv.join(" "),
            Err(Refused(why)) => why,
        }
    }

    #[test]
    fn the_mode_is_always_said_and_the_agents_own_sandbox_never_stands_inside_ours() {
        let check = |name, level, fence, expected: &str| {
            assert_eq!(line(name, "do it", &wanted(level, fence)), expected);
        };
        use Fence::{None, Workspace};
        check("claude", Level::Ask, None, "claude --permission-mode manual --settings {} do it");
        check(
            "codex",
            Level::Ask,
            None,
            "codex --ask-for-approval untrusted --sandbox workspace-write do it",
        );
        check(
            "codex",
            Level::Ask,
            Workspace,
            "codex --ask-for-approval untrusted --sandbox danger-full-access do it",
        );
        check("gemini", Level::Full, None, "gemini --approval-mode yolo --prompt-interactive do it");
        check("codex", Level::Listed, None, "Codex cannot be held to listed; it can to: ask, edits, full");
        check("mine", Level::Ask, None, "mine cannot be held to ask; it can to: full");
        assert_eq!(line("gemini", "", &wanted(Level::Ask, None)), "gemini --approval-mode default");
        assert!(
            line("opencode", "x", &wanted(Level::Ask, None)).starts_with("env OPENCODE_CONFIG_CONTENT={")
        );
    }

    #[test]
    fn lists_become_the_agents_own_rules_or_are_refused() {
        let mut some = wanted(Level::Listed, Fence::None);
        some.allow = vec!["git".into()];
        some.deny = vec!["rm".into()];
        assert_eq!(
            line("claude", "x", &some),
            "claude --permission-mode dontAsk --allowedTools Bash(git *) --disallowedTools Bash(rm *) --settings {} x"
        );
        some.level = Level::Ask;
        assert_eq!(line("codex", "x", &some), "Codex takes no list of allowed commands");
    }

    #[test]
    fn a_fence_is_words_before_the_command() {
        let fence = |kind| fence_argv("aside", kind, &["/w".into()], &[8080]).join(" ");
        assert_eq!(fence(Fence::None), "");
        assert_eq!(fence(Fence::Workspace), "aside fence --writable /w --");
        assert_eq!(fence(Fence::WorkspaceNonet), "aside fence --writable /w --nonet --port 8080 --");
    }
}
