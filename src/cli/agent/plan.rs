//! From a profile and a prompt to the exact command line.

use super::super::{
    caller::{self, Caller},
    exit, fence,
    limits::VERSION_PATIENCE,
    print,
};
use crate::{
    agent::{self, Grant, Wanted, fence_argv},
    screen::clean,
    store::{self, FoundAgent, MissingAgent, Whence},
};
use std::{
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
};

/// An agent that could be started.
pub(super) struct Plan {
    pub(super) name: String,
    pub(super) prompt: String,
    pub(super) cwd: PathBuf,
    pub(super) found: FoundAgent,
    whence: Whence,
    aside: String,
}

/// What is started.
pub(super) struct Ready {
    /// The whole command line, with its fence.
    pub(super) argv: Vec<String>,
    pub(super) grant: Grant,
}

impl Plan {
    pub(super) fn new(caller: &Caller, name: &str, prompt: &str, cwd: PathBuf) -> anyhow::Result<Self> {
        let whence = Whence { cwd: cwd.clone(), ..Whence::of(&caller::place()) };
        let found =
            store::find_agent(&caller.paths.config, name, &whence).map_err(|missing| match missing {
                MissingAgent::Profile(_) => exit::wrong(missing.to_string()),
                MissingAgent::Program(_) => exit::with_code(exit::NOT_STARTED, missing.to_string()),
            })?;
        let aside = std::env::current_exe()?.to_string_lossy().into_owned();
        Ok(Self { name: name.to_owned(), prompt: prompt.to_owned(), cwd, found, whence, aside })
    }

    /// That the program can be executed at all; an old one is warned of.
    pub(super) fn check_program(&self) -> anyhow::Result<()> {
        let (profile, bin) = (&self.found.profile, &self.found.bin);
        if profile.min_version.is_empty() {
            return Ok(());
        }
        match version(bin) {
            Err(error) => Err(exit::with_code(
                exit::NOT_STARTED,
                format!("{} is broken: cannot run {}: {error}", profile.title, bin.display()),
            )),
            Ok(Some(version)) if is_older(&version, &profile.min_version) => {
                let (title, min) = (&profile.title, &profile.min_version);
                print::complain(&format!(
                    "{title} {version} is older than {min}: it works, but does not report its state"
                ));
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }

    /// The command line for these permissions.
    pub(super) fn ready(&self, wanted: &Wanted) -> anyhow::Result<Ready> {
        use crate::agent::Fence;
        if wanted.fence != Fence::None {
            fence::available(wanted.fence == Fence::WorkspaceNonet)
                .map_err(|why| exit::with_code(1, format!("fence {} refused: {why}", wanted.fence)))?;
        }
        let hooks = self.hooks();
        let bin = self.found.bin.to_string_lossy();
        let own = agent::launch(&self.found.profile, &bin, &self.prompt, wanted, &hooks)
            .map_err(|refused| exit::wrong(refused.0))?;
        let wrapper = fence_argv(&self.aside, wanted.fence, &self.writable(wanted), &wanted.ports);
        let grant = Grant {
            agent: self.name.clone(),
            prompt: self.prompt.clone(),
            level: wanted.level,
            allow: wanted.allow.clone(),
            deny: wanted.deny.clone(),
            fence: wanted.fence,
            wrapper: wrapper.clone(),
        };
        Ok(Ready { argv: [wrapper, own].concat(), grant })
    }

    /// What it may write inside a fence: its directory, what the profile names, temporary files, what was added.
    fn writable(&self, wanted: &Wanted) -> Vec<String> {
        let temporary = std::env::var("TMPDIR").unwrap_or_else(|_| "/tmp".to_owned());
        let mut dirs = vec![self.cwd.to_string_lossy().into_owned(), temporary];
        let named = self.found.profile.writable.iter().chain(&wanted.writable);
        dirs.extend(named.filter_map(|written| self.expand(written)));
        dirs
    }

    /// `~/x`, `$NAME/x` and paths from the agent's directory, as absolute ones; none for a variable not set.
    fn expand(&self, written: &str) -> Option<String> {
        let path = match (written.strip_prefix("~/"), written.strip_prefix('$')) {
            (Some(below), _) => self.whence.home.join(below),
            (None, Some(rest)) => {
                let (name, below) = rest.split_once('/').unwrap_or((rest, ""));
                let value = std::env::var(name).ok().filter(|value| !value.is_empty())?;
                if below.is_empty() { PathBuf::from(value) } else { Path::new(&value).join(below) }
            }
            (None, None) => self.cwd.join(written),
        };
        Some(path.to_string_lossy().into_owned())
    }

    /// Settings for Claude Code that have it report the end of each turn; the user's own settings stay as they are.
    fn hooks(&self) -> String {
        let aside =
            shlex::try_quote(&self.aside).map_or_else(|_| self.aside.clone(), |word| word.into_owned());
        let hook = serde_json::json!([{ "hooks": [{ "type": "command", "command": format!("{aside} hook claude") }] }]);
        serde_json::json!({ "hooks": { "UserPromptSubmit": hook, "Stop": hook, "StopFailure": hook } })
            .to_string()
    }
}

/// What `bin --version` says: its first word with a digit and a dot. None if it says nothing of the kind in time.
///
/// # Errors
/// When it cannot be executed.
pub(super) fn version(bin: &Path) -> std::io::Result<Option<String>> {
    let mut command = Command::new(bin);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    let (sender, receiver) = mpsc::sync_channel(1);
    if let Some(mut stdout) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut text = vec![0; 4096];
            let count = stdout.read(&mut text).unwrap_or(0);
            text.truncate(count);
            // nobody waits any more
            let _late = sender.send(String::from_utf8_lossy(&text).into_owned());
        });
    }
    let said = receiver.recv_timeout(VERSION_PATIENCE).unwrap_or_default();
    // it may have ended
    let _ended = child.kill();
    let _status = child.wait()?;
    let words = said.split(|c: char| c.is_whitespace() || c == '/' || c == '@');
    let numbers = words.map(|word| word.trim_start_matches('v'));
    let mut versions = numbers.filter(|w| w.starts_with(|c: char| c.is_ascii_digit()) && w.contains('.'));
    Ok(versions.next().map(|word| clean(word, 40)))
}

/// Whether a version of numbers and dots comes before another one.
fn is_older(version: &str, than: &str) -> bool {
    let numbers = |text: &str| -> Vec<u64> {
        text.split(|c: char| !c.is_ascii_digit()).map_while(|part| part.parse().ok()).collect()
    };
    numbers(version) < numbers(than)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert!(is_older("2.1.197", "2.1.296") && is_older("2.1.9", "2.1.10"));
        assert!(!is_older("2.1.330", "2.1.296") && !is_older("3.0", "2.9.9"));
    }
}
