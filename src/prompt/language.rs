//! What a line typed at the prompt means (product.md, "The prompt's language"). Never runs it.

use super::{
    command::{self, Command},
    scan::without_final_ampersand,
};

/// A line, understood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Line {
    /// Nothing to do.
    Empty,
    /// For the shell.
    Shell {
        /// As typed, without the `&` that was aside's.
        line: String,
        /// Starts in the background.
        background: bool,
    },
    /// For an agent.
    Agent {
        /// The agent profile.
        name: String,
        /// What it is asked; may be empty.
        prompt: String,
        /// Starts in the background.
        background: bool,
    },
    /// For aside itself.
    Command(Command),
    /// For nobody: a sentence that says why.
    Wrong(String),
}

/// What the meaning of a line depends on.
#[derive(Clone, Copy)]
pub struct Prompting<'a> {
    /// Whom a plain line is for: `shell`, or an agent profile (`prompt.default`).
    pub default: &'a str,
    /// Whether a path exists, seen from the session's directory; `~/` is the asker's to expand.
    pub exists: &'a dyn Fn(&str) -> bool,
}

/// The meaning of a line.
pub fn parse(line: &str, prompting: Prompting<'_>) -> Line {
    let line = trim(line);
    let (line, background) = match leading_ampersand(line) {
        Some(rest) => (trim(rest), true),
        None => (line, false),
    };
    if line.is_empty() {
        return if background { nothing_behind_ampersand() } else { Line::Empty };
    }
    if let Some((name, prompt)) = agent(line) {
        return for_agent(name, prompt, background);
    }
    if let Some(rest) = line.strip_prefix('/') {
        return slash(line, rest, background, prompting);
    }
    if prompting.default == "shell" {
        return for_shell(line, background);
    }
    match line.strip_prefix('!') {
        Some(rest) => for_shell(trim(rest), background),
        None if is_path(first_word(line)) && (prompting.exists)(first_word(line)) => {
            for_shell(line, background)
        }
        None => for_agent(prompting.default, line, background),
    }
}

/// Without the blanks around it, but for one that a backslash made part of the line.
fn trim(line: &str) -> &str {
    let line = line.trim_start();
    let trimmed = line.trim_end();
    if trimmed.ends_with('\\') { line } else { trimmed }
}

fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or_default()
}

/// Whether a word can only be meant as a path: `src` may begin a sentence.
fn is_path(word: &str) -> bool {
    ["/", "./", "../", "~/"].iter().any(|start| word.starts_with(start))
}

/// What follows a leading `&`; `&&` and `&>` are the shell's.
fn leading_ampersand(line: &str) -> Option<&str> {
    line.strip_prefix('&').filter(|rest| !rest.starts_with(['&', '>']))
}

/// `@name prompt`.
fn agent(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix('@')?;
    let (name, prompt) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let named = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    (!name.is_empty() && name.chars().all(named)).then(|| (name, prompt.trim()))
}

/// A line that begins with a slash: an existing path or anything with a second slash is the shell's.
fn slash(line: &str, rest: &str, background: bool, prompting: Prompting<'_>) -> Line {
    let word = first_word(rest);
    let is_shells = word.is_empty() || word.contains('/') || rest.starts_with(char::is_whitespace);
    if is_shells || (prompting.exists)(first_word(line)) {
        return for_shell(line, background);
    }
    if background && command::is_known(word) {
        return Line::Wrong(format!("/{word} is aside's own, it cannot run in the background"));
    }
    let arguments = rest.get(word.len()..).unwrap_or_default();
    command::parse(word, arguments).map_or_else(Line::Wrong, Line::Command)
}

fn for_shell(line: &str, background: bool) -> Line {
    let (line, background) = match without_final_ampersand(line) {
        Some(body) => (body, true),
        None => (line, background),
    };
    match (line.is_empty(), background) {
        (true, true) => nothing_behind_ampersand(),
        (true, false) => Line::Empty,
        (false, _) => Line::Shell { line: line.to_owned(), background },
    }
}

/// A prompt is prose, not shell: its quotes need not match, and only a lone final `&` is meant.
fn for_agent(name: &str, prompt: &str, background: bool) -> Line {
    let body = prompt.strip_suffix('&').filter(|body| body.is_empty() || body.ends_with(char::is_whitespace));
    Line::Agent {
        name: name.to_owned(),
        prompt: body.unwrap_or(prompt).trim_end().to_owned(),
        background: background || body.is_some(),
    }
}

fn nothing_behind_ampersand() -> Line {
    Line::Wrong("& needs a command to run in the background".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::TaskId;
    use proptest::prelude::*;

    fn with_default(default: &str, line: &str) -> Line {
        let exists = |path: &str| matches!(path, "/usr/bin/env" | "/tmp" | "./run" | "src");
        parse(line, Prompting { default, exists: &exists })
    }

    fn shell(line: &str, background: bool) -> Line {
        Line::Shell { line: line.to_owned(), background }
    }

    fn agent(name: &str, prompt: &str, background: bool) -> Line {
        Line::Agent { name: name.to_owned(), prompt: prompt.to_owned(), background }
    }

    #[test]
    fn shell_lines_are_the_shells_but_for_the_ampersand_that_takes_the_line() {
        for (line, meaning) in [
            ("", Line::Empty),
            ("   \n", Line::Empty),
            ("cargo test", shell("cargo test", false)),
            ("  cargo test  ", shell("cargo test", false)),
            ("& cargo test", shell("cargo test", true)),
            ("&cargo test", shell("cargo test", true)),
            ("cargo test &", shell("cargo test", true)),
            ("& cargo test &", shell("cargo test", true)),
            ("& a & b", shell("a & b", true)),
            ("a & b", shell("a & b", false)),
            ("a && b", shell("a && b", false)),
            ("make 2>&1 &", shell("make 2>&1", true)),
            ("echo \\&", shell("echo \\&", false)),
            ("echo x\\ ", shell("echo x\\ ", false)),
            ("&& x", shell("&& x", false)),
            ("&>log make", shell("&>log make", false)),
            ("! grep x", shell("! grep x", false)),
            ("for i in 1 2\ndo echo $i\ndone", shell("for i in 1 2\ndo echo $i\ndone", false)),
        ] {
            assert_eq!(with_default("shell", line), meaning, "{line}");
        }
        for line in ["&", " & ", "& &"] {
            let wrong = Line::Wrong("& needs a command to run in the background".to_owned());
            assert_eq!(with_default("shell", line), wrong, "{line}");
        }
    }

    #[test]
    fn agents_are_named_or_the_default() {
        for (default, line, meaning) in [
            ("shell", "@claude fix the flaky test", agent("claude", "fix the flaky test", false)),
            ("shell", "& @claude research it", agent("claude", "research it", true)),
            ("shell", "@claude research it &", agent("claude", "research it", true)),
            ("shell", "@claude don't break AT&T", agent("claude", "don't break AT&T", false)),
            ("shell", "@claude", agent("claude", "", false)),
            ("shell", "@", shell("@", false)),
            ("shell", "@a/b c", shell("@a/b c", false)),
            ("claude", "fix it", agent("claude", "fix it", false)),
            ("claude", "& fix it", agent("claude", "fix it", true)),
            ("claude", "don't &", agent("claude", "don't", true)),
            ("claude", "! ls", shell("ls", false)),
            ("claude", "!ls &", shell("ls", true)),
            ("claude", "& ! ls", shell("ls", true)),
            ("claude", "!", Line::Empty),
            ("claude", "@codex fix it", agent("codex", "fix it", false)),
            ("claude", "/usr/bin/env ls", shell("/usr/bin/env ls", false)),
            ("claude", "./run &", shell("./run", true)),
            ("claude", "src is a mess", agent("claude", "src is a mess", false)),
            ("claude", "/tasks", Line::Command(Command::Tasks)),
        ] {
            assert_eq!(with_default(default, line), meaning, "{line}");
        }
    }

    #[test]
    fn a_slash_is_a_command_unless_it_is_a_path() {
        for (line, meaning) in [
            ("/tasks", Command::Tasks),
            ("/bashes", Command::Tasks),
            ("/fg 3", Command::Foreground(Some(TaskId(3)))),
            ("/fg %3", Command::Foreground(Some(TaskId(3)))),
            ("/fg", Command::Foreground(None)),
            ("/bg", Command::Background(None)),
            ("/output 12", Command::Output(Some(TaskId(12)))),
            ("/stop 1 #2", Command::Stop(vec![TaskId(1), TaskId(2)])),
            ("/rerun 1", Command::Rerun(TaskId(1))),
            ("/rename 1  dev server ", Command::Rename(TaskId(1), "dev server".to_owned())),
            ("/help", Command::Help),
            ("/keys", Command::Keys),
            ("/detach", Command::Detach),
            (" /quit ", Command::Quit),
        ] {
            assert_eq!(with_default("shell", line), Line::Command(meaning), "{line}");
        }
        for line in ["/usr/bin/env ls", "/tmp", "/no/such/program", "/", "/ x"] {
            assert_eq!(with_default("shell", line), shell(line, false), "{line}");
        }
        assert_eq!(with_default("shell", "& /usr/bin/env ls"), shell("/usr/bin/env ls", true));
    }

    #[test]
    fn a_wrong_command_says_what_would_be_right() {
        for (line, message) in [
            ("/tsks", "unknown command /tsks, did you mean /tasks?"),
            ("/xyzzy", "unknown command /xyzzy, /help lists them"),
            ("/split 3", "/split takes no argument"),
            ("/agents 3", "/agents takes no argument"),
            ("/fg x", "/fg takes the number of a task, not x"),
            ("/fg 1 2", "/fg takes the number of one task"),
            ("/stop", "/stop takes the number of a task"),
            ("/rerun", "/rerun takes the number of a task"),
            ("/rename", "/rename takes the number of a task and a name"),
            ("/rename 3", "/rename 3 takes a name too"),
            ("/tasks 3", "/tasks takes no argument"),
            ("& /tasks", "/tasks is aside's own, it cannot run in the background"),
        ] {
            assert_eq!(with_default("shell", line), Line::Wrong(message.to_owned()), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_has_a_meaning_and_a_shell_line_is_part_of_what_was_typed(line in ".{0,60}") {
            for default in ["shell", "claude"] {
                if let Line::Shell { line: kept, .. } = with_default(default, &line) {
                    prop_assert!(line.contains(&kept));
                }
            }
        }

        #[test]
        fn quoting_of_any_shape_never_panics(line in "[ &'\"`$(){}\\\\#\n>;|a]{0,40}") {
            with_default("shell", &line);
        }
    }
}
