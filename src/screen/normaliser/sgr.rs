//! SGR: what vt100 knows is passed on, the rest is kept in an [`Extra`]. Never parses a sequence twice unless it
//! holds something vt100 lacks.

use super::{Normaliser, params::number};
use crate::screen::{Colour, Underline, extra::Extra};
use std::fmt::Write;

/// Bold and dim exclude each other in vt100, not in a terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Intensity {
    pub(super) bold: bool,
    pub(super) dim: bool,
}

impl Normaliser {
    /// Whether an SGR may go to vt100 as it is. If so, what follows from it is noted.
    #[inline]
    pub(super) fn sgr_passes(&mut self, params: &[u8]) -> bool {
        if !self.extra_empty {
            return false;
        }
        let (mut background, mut intensity) = (self.background, self.intensity);
        let mut skip = Skip::No;
        let mut value = 0u16;
        for byte in params.iter().chain(b";") {
            match byte {
                b'0'..=b'9' => value = value.saturating_mul(10).saturating_add(u16::from(byte - b'0')),
                b';' => {
                    let fits = skip.next(value) || simple(value, &mut background, &mut intensity, &mut skip);
                    if !fits {
                        return false;
                    }
                    value = 0;
                }
                _ => return false,
            }
        }
        self.background = background;
        self.intensity = intensity;
        true
    }

    /// Any SGR.
    pub(super) fn sgr(&mut self, params: &[u8]) {
        let mut out = String::from("\x1b[");
        let mut groups = params.split(|byte| *byte == b';');
        while let Some(group) = groups.next() {
            let mut parts = [0u16; 6];
            let mut count = 0;
            for (slot, part) in parts.iter_mut().zip(group.split(|byte| *byte == b':')) {
                *slot = number(part);
                count += 1;
            }
            let [code, style, ..] = parts;
            match code {
                38 | 48 | 58 => {
                    let colour = if count > 1 {
                        colour_of_parts(parts.get(1..count).unwrap_or_default())
                    } else {
                        colour_of_groups(&mut groups)
                    };
                    self.set_colour(code, colour, &mut out);
                }
                4 if count > 1 => self.set_underline(style, &mut out),
                _ => self.set_simple(code, &mut out),
            }
        }
        if out.ends_with(';') {
            out.pop();
            out.push('m');
            self.grid.process(out.as_bytes());
        }
        self.apply_extra();
        self.background = self.grid.screen().bgcolor() != vt100::Color::Default;
    }

    fn set_simple(&mut self, code: u16, out: &mut String) {
        let extra = &mut self.state.extra;
        match code {
            0 => {
                let (link, protected) = (extra.link.take(), extra.flags.protected);
                *extra = Extra { link, ..Extra::default() };
                extra.flags.protected = protected;
                self.intensity = Intensity::default();
                out.push_str("0;");
            }
            1 => {
                self.intensity.bold = true;
                extra.flags.bold = self.intensity.dim;
                out.push_str(if self.intensity.dim { "" } else { "1;" });
            }
            2 => {
                self.intensity.dim = true;
                extra.flags.bold = self.intensity.bold;
                out.push_str("2;");
            }
            22 => {
                self.intensity = Intensity::default();
                extra.flags.bold = false;
                out.push_str("22;");
            }
            4 => self.set_underline(1, out),
            21 => self.set_underline(2, out),
            24 => self.set_underline(0, out),
            5 | 6 => extra.flags.blink = true,
            25 => extra.flags.blink = false,
            8 => extra.flags.conceal = true,
            28 => extra.flags.conceal = false,
            9 => extra.flags.strike = true,
            29 => extra.flags.strike = false,
            53 => extra.flags.overline = true,
            55 => extra.flags.overline = false,
            59 => extra.underline_colour = Colour::Default,
            _ => {
                let _ = write!(out, "{code};");
            }
        }
    }

    fn set_underline(&mut self, style: u16, out: &mut String) {
        self.state.extra.underline = match style {
            2 => Underline::Double,
            3 => Underline::Curly,
            4 => Underline::Dotted,
            5 => Underline::Dashed,
            _ => Underline::None,
        };
        out.push_str(if style == 0 { "24;" } else { "4;" });
    }

    fn set_colour(&mut self, code: u16, colour: Option<Colour>, out: &mut String) {
        match (code, colour) {
            (58, Some(colour)) => self.state.extra.underline_colour = colour,
            (_, Some(Colour::Index(index))) => {
                let _ = write!(out, "{code};5;{index};");
            }
            (_, Some(Colour::Rgb(r, g, b))) => {
                let _ = write!(out, "{code};2;{r};{g};{b};");
            }
            (_, Some(Colour::Default) | None) => {}
        }
    }

    /// Finds the number of the attributes beyond vt100's that the next characters get.
    pub(super) fn apply_extra(&mut self) {
        self.extra_empty = self.state.extra == Extra::default();
        if self.extra_empty {
            self.extra_number = 0;
            return;
        }
        let number = self.extras.number(&self.state.extra).or_else(|| {
            self.drop_unused_extras();
            self.extras.number(&self.state.extra)
        });
        let unlinked = || Extra { link: None, ..self.state.extra.clone() };
        self.extra_number = match number {
            Some(number) => number,
            // no room for one more link: better the style alone than nothing
            None => self.extras.number(&unlinked()).unwrap_or(0),
        };
    }

    /// Frees the numbers no cell of either screen carries.
    fn drop_unused_extras(&mut self) {
        let mut live = std::collections::HashSet::new();
        self.grid.both(|screen| {
            let (rows, cols) = screen.size();
            for row in 0..rows.get() {
                let cells = (0..cols.get()).filter_map(|col| screen.cell(row, col));
                live.extend(cells.filter_map(|cell| crate::screen::extra::number_in(cell.contents())));
            }
        });
        self.extras.keep(|number| live.contains(&number));
        self.work += usize::from(self.grid.size().rows) * usize::from(self.grid.size().cols);
    }
}

/// What comes behind 38 and 48.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Skip {
    No,
    /// The kind of colour.
    Kind,
    /// So many numbers of a colour.
    Numbers(u8),
}

impl Skip {
    /// Takes a number that belongs to a colour; false if it does not.
    fn next(&mut self, value: u16) -> bool {
        *self = match *self {
            Self::No => return false,
            Self::Kind if value == 2 => Self::Numbers(3),
            Self::Kind if value == 5 => Self::Numbers(1),
            Self::Kind | Self::Numbers(0 | 1) => Self::No,
            Self::Numbers(left) => Self::Numbers(left - 1),
        };
        true
    }
}

/// A number that vt100 understands as xterm does; false for others.
fn simple(value: u16, background: &mut bool, intensity: &mut Intensity, skip: &mut Skip) -> bool {
    match value {
        0 => (*background, *intensity) = (false, Intensity::default()),
        1 if !intensity.dim => intensity.bold = true,
        2 if !intensity.bold => intensity.dim = true,
        22 => *intensity = Intensity::default(),
        3 | 4 | 7 | 23 | 24 | 27 | 30..=37 | 39 | 90..=97 => {}
        40..=47 | 100..=107 => *background = true,
        49 => *background = false,
        38 => *skip = Skip::Kind,
        48 => (*skip, *background) = (Skip::Kind, true),
        _ => return false,
    }
    true
}

/// The colour behind `38:`, with or without a colour space.
fn colour_of_parts(parts: &[u16]) -> Option<Colour> {
    match *parts {
        [5, index] | [5, index, ..] => Some(Colour::Index(u8::try_from(index).ok()?)),
        [2, r, g, b] | [2, _, r, g, b, ..] => rgb(r, g, b),
        _ => None,
    }
}

/// The colour behind `38;`.
fn colour_of_groups<'a>(groups: &mut impl Iterator<Item = &'a [u8]>) -> Option<Colour> {
    let mut next = || groups.next().map(number);
    match next()? {
        5 => Some(Colour::Index(u8::try_from(next()?).ok()?)),
        2 => {
            let (r, g, b) = (next()?, next()?, next()?);
            rgb(r, g, b)
        }
        _ => None,
    }
}

fn rgb(r: u16, g: u16, b: u16) -> Option<Colour> {
    Some(Colour::Rgb(u8::try_from(r).ok()?, u8::try_from(g).ok()?, u8::try_from(b).ok()?))
}
