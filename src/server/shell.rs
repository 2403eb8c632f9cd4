//! How a line is run: by the user's shell, wrapped so that a foreground command that finishes leaves its
//! directory, umask and exported variables for the next one (product.md §1).

use crate::{log::Octets, protocol::client::Place};

/// Writes `umask LF directory LF NUL env -0` to the file named by a variable that commands never see.
const POSIX: &str = r#"aside_carry=$ASIDE_CARRY; unset ASIDE_CARRY
trap '{ umask; pwd; printf "\0"; command env -0; } >"${aside_carry:-/dev/null}" 2>/dev/null' EXIT
eval "$1""#;

const FISH: &str = r"set -g aside_carry $ASIDE_CARRY /dev/null; set -e ASIDE_CARRY
function __aside_carry --on-event fish_exit
  begin; umask; pwd; printf '\0'; command env -0; end >$aside_carry[1] 2>/dev/null
end
eval $argv[1]";

/// The families of shells that differ in how an exit can be trapped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Family {
    Posix,
    Fish,
    Other,
}

/// The value of a variable in a place.
pub(super) fn variable(place: &Place, name: &str) -> Option<String> {
    let entry = place
        .environment
        .iter()
        .rev()
        .find(|entry| entry.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"=")))?;
    Some(String::from_utf8_lossy(entry.get(name.len() + 1..)?).into_owned())
}

/// What is executed for a line; `carries` for one in the foreground. `init` is sourced first.
pub(super) fn argv(place: &Place, line: &Octets, init: Option<&str>, carries: bool) -> Vec<Octets> {
    let shell = variable(place, "SHELL").filter(|shell| shell.starts_with('/'));
    let shell = shell.unwrap_or_else(|| "/bin/sh".to_owned());
    let family = family(&shell);
    let line = match init.and_then(|path| shlex::try_quote(path).ok()) {
        Some(path) if family != Family::Other => {
            let source = if family == Family::Fish { "source" } else { "." };
            Octets([format!("{source} {path}\n").as_bytes(), line.0.as_slice()].concat())
        }
        _ => line.clone(),
    };
    let script = match family {
        Family::Posix if carries => Some(POSIX),
        Family::Fish if carries => Some(FISH),
        _ => None,
    };
    let mut argv = vec![Octets::from(shell), Octets::from("-c")];
    match (script, family) {
        (Some(script), Family::Fish) => argv.extend([Octets::from(script), line]),
        (Some(script), _) => argv.extend([Octets::from(script), Octets::from("aside"), line]),
        (None, _) => argv.push(line),
    }
    argv
}

fn family(shell: &str) -> Family {
    match shell.rsplit('/').next().unwrap_or_default() {
        "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "mksh" | "busybox" => Family::Posix,
        "fish" => Family::Fish,
        _ => Family::Other,
    }
}

/// Whether a lone word is a path that a shell would only execute: then none is needed in between (and none can take
/// away what it thinks is its own, as a non-interactive bash does with `PS1`).
pub(super) fn is_program(word: &Octets) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._+-@%:,".contains(byte);
    word.0.contains(&b'/') && word.0.iter().all(plain)
}

/// A command line as a person would type it: one word as it is, several quoted where needed.
pub(super) fn display(words: &[Octets]) -> String {
    match words {
        [line] => line.to_string(),
        words => {
            let quoted = words.iter().map(|word| {
                let text = word.to_string();
                shlex::try_quote(&text).map_or_else(|_| text.clone(), |quoted| quoted.into_owned())
            });
            quoted.collect::<Vec<_>>().join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_bytes::ByteBuf;

    fn place(shell: &str) -> Place {
        let entry = format!("SHELL={shell}");
        Place { environment: vec![ByteBuf::from(entry.into_bytes())], ..Place::default() }
    }

    #[test]
    fn only_a_foreground_line_of_a_shell_we_know_carries_over() {
        let line = Octets::from("ls");
        let words = |shell: &str, carries| argv(&place(shell), &line, None, carries).len();
        assert_eq!([words("/bin/bash", true), words("/bin/bash", false)], [5, 3]);
        assert_eq!([words("/usr/bin/fish", true), words("/usr/bin/nu", true)], [4, 3]);
        let argv = argv(&place("relative"), &line, Some("/a b"), false);
        assert_eq!(
            argv.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["/bin/sh", "-c", ". '/a b'\nls"]
        );
    }

    #[test]
    fn a_lone_path_is_executed_and_anything_else_is_a_line() {
        let program = |word: &str| is_program(&Octets::from(word));
        assert!(program("/usr/bin/htop") && program("./run-tests.sh"));
        assert!(
            !program("htop") && !program("a/b c") && !program("~/x") && !program("x=/y") && !program("a/b;c")
        );
    }

    #[test]
    fn several_words_are_shown_quoted() {
        assert_eq!(display(&[Octets::from("a && b")]), "a && b");
        assert_eq!(display(&[Octets::from("echo"), Octets::from("a b")]), "echo 'a b'");
    }
}
