//! What the user's terminal can do, by the environment alone; asking it is `probe`'s. Pure.

use crate::protocol::client::{Colours, Terminal};

/// Why aside cannot be shown here.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TerminalError {
    /// Output or input is a pipe or a file.
    #[error(
        "{0} is not a terminal; use `aside run -- COMMAND` to start a task from a script, or `aside ls` to see them"
    )]
    NotATerminal(&'static str),
    /// Nothing is known about the terminal.
    #[error("TERM is not set; if your terminal is a modern one, start with `TERM=xterm-256color aside`")]
    Unset,
    /// The terminal has no cursor.
    #[error(
        "TERM is {0}, which cannot show a screen; use `aside run`, `aside ls` and `aside output`, or set TERM to your terminal's type"
    )]
    Dumb(String),
}

/// Which standard stream is not a terminal, if one is not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Streams {
    /// Standard input is a terminal.
    pub input: bool,
    /// Standard output is a terminal.
    pub output: bool,
}

/// Whether a screen can be shown: both streams a terminal, and `TERM` names one with a cursor.
///
/// # Errors
/// One sentence with the way out.
pub fn check_terminal(streams: Streams, term: Option<&str>) -> Result<(), TerminalError> {
    match (streams, term) {
        (Streams { input: false, .. }, _) => Err(TerminalError::NotATerminal("standard input")),
        (Streams { output: false, .. }, _) => Err(TerminalError::NotATerminal("standard output")),
        (_, None | Some("")) => Err(TerminalError::Unset),
        (_, Some(term @ ("dumb" | "unknown" | "emacs"))) => Err(TerminalError::Dumb(term.into())),
        _ => Ok(()),
    }
}

/// Terminals that show everything, by a word in `TERM` or `TERM_PROGRAM` or their answer to XTVERSION.
const ABLE: [&str; 10] =
    ["kitty", "foot", "wezterm", "ghostty", "alacritty", "iterm", "contour", "rio", "vscode", "tmux"];

/// What the environment says of the terminal: the start, before its own answers are merged in.
pub fn capabilities(lookup: &dyn Fn(&str) -> Option<String>) -> Terminal {
    let get = |name: &str| lookup(name).unwrap_or_default();
    let term = get("TERM");
    let name =
        [get("TERM_PROGRAM"), term.clone()].into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    let mut terminal = Terminal { colours: colours(&term, &get), name, ..Terminal::default() };
    let vte: u32 = get("VTE_VERSION").parse().unwrap_or(0);
    let styled = vte >= 5200 || [term.as_str(), terminal.name.as_str()].into_iter().any(is_able);
    terminal.underline_styles = styled;
    terminal.hyperlinks = styled || !get("WT_SESSION").is_empty() || !get("KONSOLE_VERSION").is_empty();
    terminal
}

/// Adds what is known of terminals that give this name.
pub(super) fn named(mut terminal: Terminal, name: String) -> Terminal {
    if is_able(&name) {
        (terminal.underline_styles, terminal.hyperlinks) = (true, true);
    }
    terminal.name = name;
    terminal
}

fn is_able(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ABLE.iter().any(|able| name.contains(able))
}

/// `NO_COLOR` after no-color.org; `COLORTERM` after the S-Lang convention.
fn colours(term: &str, get: &dyn Fn(&str) -> String) -> Colours {
    let truecolour = ["truecolor", "24bit"].contains(&get("COLORTERM").to_ascii_lowercase().as_str())
        || ["direct", "kitty", "foot", "wezterm", "ghostty", "alacritty"]
            .iter()
            .any(|word| term.contains(word));
    match term {
        _ if !get("NO_COLOR").is_empty() => Colours::None,
        _ if truecolour => Colours::True,
        _ if term.contains("256color") => Colours::Palette,
        "vt52" | "vt100" | "vt102" | "vt220" => Colours::None,
        _ => Colours::Sixteen,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(environment: &[(&str, &str)]) -> Terminal {
        capabilities(&|name| environment.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).into()))
    }

    #[test]
    fn what_is_no_terminal_is_refused_with_the_way_out() {
        let both = Streams { input: true, output: true };
        assert_eq!(check_terminal(both, Some("xterm")), Ok(()));
        let piped = check_terminal(Streams { input: false, output: true }, Some("xterm")).unwrap_err();
        assert!(piped.to_string().starts_with("standard input is not a terminal; use `aside run"));
        assert_eq!(check_terminal(both, None), Err(TerminalError::Unset));
        assert_eq!(check_terminal(both, Some("")), Err(TerminalError::Unset));
        assert_eq!(check_terminal(both, Some("dumb")), Err(TerminalError::Dumb("dumb".into())));
    }

    #[test]
    fn colours_follow_the_environment_and_no_color_wins() {
        let cases = [
            (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")][..], Colours::True),
            (&[("TERM", "xterm-256color")], Colours::Palette),
            (&[("TERM", "xterm-kitty")], Colours::True),
            (&[("TERM", "linux")], Colours::Sixteen),
            (&[("TERM", "vt100")], Colours::None),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "24bit"), ("NO_COLOR", "1")], Colours::None),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "")], Colours::Palette),
        ];
        for (environment, colours) in cases {
            assert_eq!(of(environment).colours, colours, "{environment:?}");
        }
    }

    #[test]
    fn links_are_drawn_only_where_they_are_known_to_be_understood() {
        assert!(of(&[("TERM", "xterm-256color"), ("VTE_VERSION", "7200")]).hyperlinks);
        assert!(!of(&[("TERM", "xterm-256color")]).hyperlinks);
        assert!(named(of(&[("TERM", "xterm-256color")]), "WezTerm 2024".into()).underline_styles);
    }
}
