//! `config.toml`: what the user may choose, and the environment variables that steer the same things. Never
//! reads a file or the environment: text and look-ups are passed in.
//!
//! A wrong line never stops anything: it is told with its place, and the default stays. Only what is acted
//! on is a known key.

mod environment;
mod file;
mod problem;
mod unit;

pub use environment::{auto_background_after, background_disabled_by};
pub use file::parse;
pub use problem::Problem;
pub(crate) use problem::Problems;
pub use unit::duration;

use crate::key::Key;
use std::time::Duration;

/// Everything configured.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Config {
    /// `keymap`: a built-in one, or a file `keymaps/NAME.toml` beside `config.toml`.
    pub keymap: String,
    /// `[background]`.
    pub background: Background,
    /// `[prompt]`.
    pub prompt: Prompt,
    /// `[log]`.
    pub log: Log,
    /// `[keys]`.
    pub keys: Keys,
}

/// `[background]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Background {
    /// `after`: how long a foreground task runs before it moves to the background by itself; `None` is never.
    pub after: Option<Duration>,
}

/// `[prompt]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prompt {
    /// `default`: `shell`, or the agent profile a plain line goes to.
    pub default: String,
    /// `init`: a file that is sourced before each command.
    pub init: Option<String>,
}

/// `[log]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Log {
    /// `cap`: bytes kept of a task's output; `None` is unlimited.
    pub cap: Option<u64>,
    /// `policy`: what happens at the cap.
    pub policy: Policy,
}

/// What happens when a log has reached its cap.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Policy {
    /// The oldest output goes, but for the beginning; what is missing is counted.
    DropOldest,
    /// The program waits, as at any full disk, until there is room.
    Pause,
}

/// `[keys]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Keys {
    /// `leader`: begins aside's own chords; the keymap's own, if not set.
    pub leader: Option<Key>,
    /// `passthrough`: programs, by a command's first word, that are given Ctrl+B.
    pub passthrough: Vec<String>,
}

impl Keys {
    /// Whether the program of a command line is given Ctrl+B: its first word, without directories and
    /// without the variables set before it, is in the list.
    pub fn passes_through(&self, line: &str) -> bool {
        let is_assignment = |word: &str| {
            word.split_once('=').is_some_and(|(name, _)| {
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            })
        };
        let first = line.split_whitespace().find(|word| !is_assignment(word)).unwrap_or_default();
        let program = first.rsplit('/').next().unwrap_or(first);
        self.passthrough.iter().any(|listed| listed == program || listed == first)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            keymap: "default".to_owned(),
            background: Background { after: Some(Duration::from_secs(120)) },
            prompt: Prompt { default: "shell".to_owned(), init: None },
            log: Log { cap: Some(1 << 30), policy: Policy::DropOldest },
            keys: Keys { leader: None, passthrough: Vec::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_program_is_known_by_the_first_word_of_its_command() {
        let keys = Keys { leader: None, passthrough: vec!["emacs".to_owned(), "/opt/tmux".to_owned()] };
        for (line, passes) in [
            ("emacs -nw x", true),
            ("  /usr/bin/emacs", true),
            ("TERM=xterm emacs", true),
            ("/opt/tmux a", true),
            ("vim emacs", false),
            ("emacsclient", false),
            ("TERM=xterm", false),
            ("", false),
        ] {
            assert_eq!(keys.passes_through(line), passes, "{line}");
        }
    }
}
