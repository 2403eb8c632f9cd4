//! How characters look, and the fewest bytes of SGR (and OSC 8) from one look to another.
//!
//! Never asks the terminal for more than it said it can: underline styles and colours, overline and links are left out of a
//! look when the terminal does not show them. Source of the codes: xterm ctlseqs, "Character Attributes (SGR)"; the
//! kitty "styled underlines" page for `4:n` and `58`; egmontkob's OSC 8 gist for links.

use super::{colour::Paint, extra::Extra};
use crate::protocol::client::Terminal;
use ratatui::style::{Color, Modifier};
use std::fmt::Write;

/// How a character looks.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Look<'a> {
    fg: Paint,
    bg: Paint,
    modifier: Modifier,
    /// 0 none, else the sub-argument of `CSI 4:n m`.
    underline: u8,
    underline_colour: Paint,
    overline: bool,
    link: Option<&'a str>,
}

/// Longest address sent: what browsers and terminals (VTE) take.
const LINK_BYTES_MAX: usize = 2083;

/// Attribute, on, off.
const ATTRIBUTES: [(Modifier, u8, u8); 7] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

impl<'a> Look<'a> {
    /// A look with ratatui's modifiers.
    pub(super) fn new(fg: Paint, bg: Paint, mut modifier: Modifier) -> Self {
        let underline = u8::from(modifier.contains(Modifier::UNDERLINED));
        if modifier.contains(Modifier::RAPID_BLINK) {
            modifier.insert(Modifier::SLOW_BLINK);
        }
        modifier.remove(Modifier::UNDERLINED | Modifier::RAPID_BLINK);
        Self { fg, bg, modifier, underline, ..Self::default() }
    }

    /// The same with what ratatui's modifiers lack, as far as `terminal` shows it.
    pub(super) fn with_extra(
        mut self,
        extra: Option<&'a Extra>,
        underline: Color,
        terminal: &Terminal,
    ) -> Self {
        if terminal.underline_styles {
            if self.underline > 0 {
                self.underline = extra.map_or(1, |extra| extra.underline as u8);
                self.underline_colour = Paint::new(underline, terminal.colours);
            }
            self.overline = extra.is_some_and(|extra| extra.overline);
        }
        if terminal.hyperlinks {
            self.link = extra.and_then(|extra| extra.link.as_deref()).filter(|link| is_safe(link));
        }
        self
    }

    /// Appends what turns a terminal writing in this look to `next`.
    pub(super) fn change(&self, next: &Self, out: &mut Vec<u8>) {
        if self.link != next.link {
            link(next.link, out);
        }
        let plain = Self { link: None, ..*next };
        let current = Self { link: None, ..*self };
        if plain == current {
            return;
        }
        let steps = current.steps(&plain);
        let fresh = if plain == Self::default() {
            String::new()
        } else {
            format!("0;{}", Self::default().steps(&plain))
        };
        let shorter = if fresh.len() < steps.len() { fresh } else { steps };
        out.extend_from_slice(b"\x1b[");
        out.extend_from_slice(shorter.as_bytes());
        out.push(b'm');
    }

    /// The arguments of SGR that change only what differs.
    fn steps(&self, next: &Self) -> String {
        let mut codes = String::new();
        let mut current = self.modifier;
        for (attribute, _, off) in ATTRIBUTES {
            if current.contains(attribute) && !next.modifier.contains(attribute) {
                push(&mut codes, format_args!("{off}"));
                // 22 ends bold and dim alike
                current.remove(if off == 22 { Modifier::BOLD | Modifier::DIM } else { attribute });
            }
        }
        for (attribute, on, _) in ATTRIBUTES {
            if next.modifier.contains(attribute) && !current.contains(attribute) {
                push(&mut codes, format_args!("{on}"));
            }
        }
        if self.underline != next.underline {
            match next.underline {
                0 => push(&mut codes, format_args!("24")),
                1 => push(&mut codes, format_args!("4")),
                style => push(&mut codes, format_args!("4:{style}")),
            }
        }
        if self.overline != next.overline {
            push(&mut codes, format_args!("{}", if next.overline { 53 } else { 55 }));
        }
        if self.fg != next.fg {
            paint(&mut codes, next.fg, 30);
        }
        if self.bg != next.bg {
            paint(&mut codes, next.bg, 40);
        }
        match (self.underline_colour == next.underline_colour, next.underline_colour) {
            (true, _) => {}
            (false, Paint::Default) => push(&mut codes, format_args!("59")),
            (false, Paint::Index(index)) => push(&mut codes, format_args!("58:5:{index}")),
            (false, Paint::Rgb([r, g, b])) => push(&mut codes, format_args!("58:2::{r}:{g}:{b}")),
        }
        codes
    }
}

/// Semicolons for 38 and 48: colons are the standard, but older terminals know only these.
fn paint(codes: &mut String, paint: Paint, base: u8) {
    match paint {
        Paint::Default => push(codes, format_args!("{}", base + 9)),
        Paint::Index(index @ 0..8) => push(codes, format_args!("{}", base + index)),
        Paint::Index(index @ 8..16) => push(codes, format_args!("{}", base + 60 + index - 8)),
        Paint::Index(index) => push(codes, format_args!("{};5;{index}", base + 8)),
        Paint::Rgb([r, g, b]) => push(codes, format_args!("{};2;{r};{g};{b}", base + 8)),
    }
}

fn push(codes: &mut String, code: std::fmt::Arguments<'_>) {
    let separator = if codes.is_empty() { "" } else { ";" };
    write!(codes, "{separator}{code}").expect("writing to a String cannot fail");
}

fn is_safe(link: &str) -> bool {
    !link.is_empty() && link.len() <= LINK_BYTES_MAX && link.bytes().all(|byte| byte.is_ascii_graphic())
}

/// An id makes pieces drawn at different times one link (it is highlighted as a whole); the address itself names it.
fn link(address: Option<&str>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b]8;");
    if let Some(address) = address {
        out.extend_from_slice(format!("id={:x};{address}", crc32fast::hash(address.as_bytes())).as_bytes());
    } else {
        out.push(b';');
    }
    out.extend_from_slice(b"\x1b\\");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(from: Look<'_>, to: Look<'_>) -> String {
        let mut out = Vec::new();
        from.change(&to, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn look(fg: Paint, modifier: Modifier) -> Look<'static> {
        Look::new(fg, Paint::Default, modifier)
    }

    #[test]
    fn only_what_differs_is_sent_and_a_reset_where_that_is_shorter() {
        let (none, red) = (Modifier::empty(), Paint::Index(1));
        let (bold, dim) = (Modifier::BOLD, Modifier::DIM);
        assert_eq!(change(look(red, bold), look(red, bold)), "");
        assert_eq!(change(look(red, bold), Look::default()), "\x1b[m");
        assert_eq!(change(Look::default(), look(red, bold)), "\x1b[1;31m");
        assert_eq!(change(look(red, bold), look(red, none)), "\x1b[22m");
        assert_eq!(change(look(red, bold), look(red, dim)), "\x1b[22;2m");
        assert_eq!(
            change(look(Paint::Index(12), bold | dim), look(Paint::Index(200), bold)),
            "\x1b[0;1;38;5;200m"
        );
    }

    #[test]
    fn what_the_terminal_lacks_is_left_out() {
        let extra = Extra {
            underline: super::super::Underline::Curly,
            overline: true,
            link: Some("https://a.example/".into()),
        };
        let look = look(Paint::Default, Modifier::UNDERLINED);
        let plain = Terminal::default();
        assert_eq!(change(Look::default(), look.with_extra(Some(&extra), Color::Red, &plain)), "\x1b[4m");
        let able = Terminal { underline_styles: true, hyperlinks: true, ..plain };
        let rich = look.with_extra(Some(&extra), Color::Red, &able);
        assert_eq!(
            change(Look::default(), rich),
            "\x1b]8;id=51e61e1c;https://a.example/\x1b\\\x1b[4:3;53;58:5:1m"
        );
        assert_eq!(change(rich, Look::default()), "\x1b]8;;\x1b\\\x1b[m");
    }

    #[test]
    fn an_address_that_could_end_the_sequence_is_never_sent() {
        assert!(is_safe("file://host/a%20b"));
        for link in ["", "a\x1b\\", "a\x07", "a b", "é"] {
            assert!(!is_safe(link), "{link:?}");
        }
    }
}
