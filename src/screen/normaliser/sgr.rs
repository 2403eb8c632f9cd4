//! SGR with something vt100 lacks: what it knows is passed on, the rest is kept in an [`Extra`]. Never sees the plain
//! ones; those are `quick`.

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
            if out.len() > 64 {
                // vte keeps 32 parameters
                self.emit_sgr(&mut out);
            }
        }
        self.emit_sgr(&mut out);
        self.apply_extra();
        self.background = self.grid.screen().bgcolor() != vt100::Color::Default;
    }

    /// Passes on the parameters that vt100 knows.
    fn emit_sgr(&mut self, out: &mut String) {
        if out.ends_with(';') {
            out.pop();
            out.push('m');
            self.grid.process(out.as_bytes());
            out.truncate(2);
        }
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
