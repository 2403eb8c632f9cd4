//! Colours and attributes of transcript text, read from and written as SGR. Never looks at a log or a screen.

use crate::screen::{Attributes, Colour};
use std::io::Write;

/// How a stretch of text looks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Style {
    /// Colour of the characters.
    pub fg: Colour,
    /// Colour behind them.
    pub bg: Colour,
    /// Bold, italic and so on.
    pub attributes: Attributes,
}

const ON: [(u16, Attributes); 9] = [
    (1, Attributes::BOLD),
    (2, Attributes::DIM),
    (3, Attributes::ITALIC),
    (4, Attributes::UNDERLINE),
    (5, Attributes::BLINK),
    (7, Attributes::INVERSE),
    (8, Attributes::CONCEAL),
    (9, Attributes::STRIKE),
    (53, Attributes::OVERLINE),
];

impl Style {
    /// Applies the parameters of one SGR sequence (what stands between `CSI` and `m`), semicolon and colon
    /// forms alike (xterm ctlseqs; ITU T.416 for the colons). Unknown codes change nothing.
    pub(super) fn apply(&mut self, parameters: &[u8]) {
        let mut groups = parameters.split(|byte| *byte == b';');
        while let Some(group) = groups.next() {
            let mut parts = group.split(|byte| *byte == b':').map(number);
            let code = parts.next().unwrap_or(0);
            match code {
                38 | 48 | 58 if group.contains(&b':') => self.set_colour(code, with_colons(parts)),
                38 | 48 | 58 => {
                    let mut numbers = groups.by_ref().map(number);
                    self.set_colour(code, colour(&mut numbers));
                }
                4 => {
                    let on = parts.next() != Some(0);
                    self.set(Attributes::UNDERLINE, on);
                }
                _ => self.apply_code(code),
            }
        }
    }

    fn apply_code(&mut self, code: u16) {
        let (clear_two, off) = match code {
            22 => (Attributes::BOLD.with(Attributes::DIM), true),
            23 => (Attributes::ITALIC, true),
            24 => (Attributes::UNDERLINE, true),
            25 => (Attributes::BLINK, true),
            27 => (Attributes::INVERSE, true),
            28 => (Attributes::CONCEAL, true),
            29 => (Attributes::STRIKE, true),
            55 => (Attributes::OVERLINE, true),
            21 => (Attributes::UNDERLINE, false),
            6 => (Attributes::BLINK, false),
            _ => (Attributes::NONE, false),
        };
        self.set(clear_two, !off);
        if let Some((_, attribute)) = ON.iter().find(|(on, _)| *on == code) {
            self.set(*attribute, true);
        }
        let low = u8::try_from(code).unwrap_or(0);
        match low {
            30..=37 => self.fg = Colour::Index(low - 30),
            39 => self.fg = Colour::Default,
            40..=47 => self.bg = Colour::Index(low - 40),
            49 => self.bg = Colour::Default,
            90..=97 => self.fg = Colour::Index(low - 90 + 8),
            100..=107 => self.bg = Colour::Index(low - 100 + 8),
            0 if code == 0 => *self = Self::default(),
            _ => {}
        }
    }

    fn set(&mut self, attribute: Attributes, on: bool) {
        self.attributes =
            if on { self.attributes.with(attribute) } else { self.attributes.without(attribute) };
    }

    fn set_colour(&mut self, code: u16, colour: Option<Colour>) {
        match (code, colour) {
            (38, Some(colour)) => self.fg = colour,
            (48, Some(colour)) => self.bg = colour,
            _ => {}
        }
    }

    /// Writes the SGR sequence that gives this style whatever was in force before.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\x1b[");
        if self != Self::default() {
            out.push(b'0');
        }
        for (code, _) in ON.iter().filter(|(_, attribute)| self.attributes.has(*attribute)) {
            push(out, format_args!(";{code}"));
        }
        for (base, colour) in [(30_u8, self.fg), (40, self.bg)] {
            match colour {
                Colour::Default => {}
                Colour::Index(index @ 0..8) => push(out, format_args!(";{}", base + index)),
                Colour::Index(index @ 8..16) => push(out, format_args!(";{}", base + 52 + index)),
                Colour::Index(index) => push(out, format_args!(";{};5;{index}", base + 8)),
                Colour::Rgb(r, g, b) => push(out, format_args!(";{};2;{r};{g};{b}", base + 8)),
            }
        }
        out.push(b'm');
    }
}

fn push(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // writing to a vector cannot fail
    let _ = out.write_fmt(text);
}

/// Decimal digits as a number, saturating; nothing is 0, as in every CSI parameter.
pub(super) fn number(digits: &[u8]) -> u16 {
    digits
        .iter()
        .filter(|byte| byte.is_ascii_digit())
        .fold(0, |number: u16, digit| number.saturating_mul(10).saturating_add(u16::from(*digit - b'0')))
}

fn colour(numbers: &mut dyn Iterator<Item = u16>) -> Option<Colour> {
    let byte = |number: u16| u8::try_from(number).ok();
    match numbers.next()? {
        5 => numbers.next().and_then(byte).map(Colour::Index),
        2 => {
            let (r, g, b) = (numbers.next(), numbers.next(), numbers.next());
            Some(Colour::Rgb(byte(r?)?, byte(g?)?, byte(b?)?))
        }
        _ => None,
    }
}

/// `2:r:g:b` and `2:<colour space>:r:g:b`, `5:n`.
fn with_colons(parts: impl Iterator<Item = u16>) -> Option<Colour> {
    let parts: Vec<u16> = parts.take(6).collect();
    match parts.as_slice() {
        [2, _, rest @ ..] if rest.len() >= 3 => colour(&mut std::iter::once(2).chain(rest.iter().copied())),
        _ => colour(&mut parts.iter().copied()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn after(parameters: &[&str]) -> Style {
        let mut style = Style::default();
        parameters.iter().for_each(|one| style.apply(one.as_bytes()));
        style
    }

    #[test]
    fn sgr_in_every_spelling_is_understood() {
        let fg = |fg| Style { fg, ..Style::default() };
        assert_eq!(after(&["31"]), fg(Colour::Index(1)));
        assert_eq!(after(&["38;5;208"]), fg(Colour::Index(208)));
        for spelling in ["38;2;1;2;3", "38:2:1:2:3", "38:2::1:2:3"] {
            assert_eq!(after(&[spelling]), fg(Colour::Rgb(1, 2, 3)), "{spelling}");
        }
        assert_eq!(after(&["97"]), fg(Colour::Index(15)));
        assert_eq!(after(&["1;31", ""]), Style::default());
        assert_eq!(after(&["1;2;4", "22;4:0"]), Style::default());
        assert_eq!(after(&["58;5;3;31"]), fg(Colour::Index(1)));
        assert_eq!(after(&["38;9"]), Style::default());
        assert_eq!(after(&["256", "512"]), Style::default());
        assert!(after(&["4:3"]).attributes.has(Attributes::UNDERLINE));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(parameters in proptest::collection::vec("[0-9;:]{0,12}", 0..6)) {
            let style = after(&parameters.iter().map(String::as_str).collect::<Vec<_>>());
            let mut bytes = Vec::new();
            style.write(&mut bytes);
            let text = String::from_utf8(bytes).unwrap();
            prop_assert_eq!(after(&["1;31;44", text.trim_start_matches("\x1b[").trim_end_matches('m')]), style);
        }
    }
}
