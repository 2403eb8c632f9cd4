//! Colours a program sets and asks for: OSC 4, 10 to 19, 104, 110 to 119. Kept so that a program reads back what it
//! set; never changes a cell.

use super::Normaliser;
use crate::screen::palette;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Colours set by the program, by their OSC numbers, 16 bits a channel.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Palette {
    set: BTreeMap<Slot, [u16; 3]>,
    outer: Option<(Rgb, Rgb)>,
}

/// Red, green, blue.
pub(in crate::screen) type Rgb = (u8, u8, u8);

impl Palette {
    /// What the user's terminal has for text and background, told in answers until the program sets its own.
    pub(super) const fn set_outer(&mut self, text: Rgb, background: Rgb) {
        self.outer = Some((text, background));
    }

    /// Whether the background is dark.
    pub(super) fn dark(&self) -> bool {
        let [r, g, b] = self.colour(Slot::Dynamic(11)).map(u32::from);
        // ITU-R BT.601
        299 * r + 587 * g + 114 * b < 500 * 0xffff
    }

    fn colour(&self, slot: Slot) -> [u16; 3] {
        let set = self.set.get(&slot).copied();
        let outer = self.outer.and_then(|(text, background)| match slot {
            Slot::Dynamic(10 | 12) => Some(text),
            Slot::Dynamic(11) => Some(background),
            _ => None,
        });
        let outer = outer.map(|(r, g, b)| [r, g, b].map(|channel| u16::from(channel) * 0x101));
        set.or(outer).unwrap_or_else(|| default(slot))
    }
}

/// A colour that can be set.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub(super) enum Slot {
    /// Of the palette (OSC 4).
    Index(u8),
    /// Bold, underline, blink, reverse, italic (OSC 5).
    Special(u8),
    /// Foreground 10, background 11, cursor 12, … 19.
    Dynamic(u8),
}

impl Slot {
    /// OSC 4's numbering: the special colours follow the palette.
    fn indexed(text: &str) -> Option<Self> {
        let number: u16 = text.parse().ok()?;
        u8::try_from(number).map(Self::Index).ok().or_else(|| Self::special(number - 256))
    }

    fn special(number: u16) -> Option<Self> {
        u8::try_from(number).ok().filter(|number| *number < 5).map(Self::Special)
    }
}

impl Normaliser {
    /// OSC 4 and 5: pairs of a number and a colour or `?`.
    pub(super) fn set_palette(&mut self, body: &str, special: bool) {
        let mut words = body.split(';');
        while let (Some(number), Some(value)) = (words.next(), words.next()) {
            let slot =
                if special { number.parse().ok().and_then(Slot::special) } else { Slot::indexed(number) };
            if let Some(slot) = slot {
                self.set_or_report(slot, value);
            }
        }
    }

    /// OSC 10 to 19: this colour and the following ones.
    pub(super) fn set_dynamic(&mut self, first: u8, body: &str) {
        for (number, value) in (first..=19).zip(body.split(';')) {
            self.set_or_report(Slot::Dynamic(number), value);
        }
    }

    /// OSC 104 and 105: some of the palette, or all of it.
    pub(super) fn reset_palette(&mut self, body: &str, special: bool) {
        let set = &mut self.state.palette.set;
        if body.is_empty() {
            set.retain(|slot, _| match slot {
                Slot::Index(_) => special,
                Slot::Special(_) => false,
                Slot::Dynamic(_) => true,
            });
        }
        for number in body.split(';') {
            let slot =
                if special { number.parse().ok().and_then(Slot::special) } else { Slot::indexed(number) };
            slot.and_then(|slot| set.remove(&slot));
        }
    }

    /// OSC 110 to 119.
    pub(super) fn reset_dynamic(&mut self, number: u8) {
        self.state.palette.set.remove(&Slot::Dynamic(number));
    }

    fn set_or_report(&mut self, slot: Slot, value: &str) {
        if value != "?" {
            if let Some(colour) = parse(value) {
                self.state.palette.set.insert(slot, colour);
            }
            return;
        }
        let [r, g, b] = self.state.palette.colour(slot);
        let colour = format!("rgb:{r:04x}/{g:04x}/{b:04x}");
        match slot {
            Slot::Index(index) => self.reply(format_args!("\x1b]4;{index};{colour}\x1b\\")),
            Slot::Special(index) => self.reply(format_args!("\x1b]5;{index};{colour}\x1b\\")),
            Slot::Dynamic(number) => self.reply(format_args!("\x1b]{number};{colour}\x1b\\")),
        }
    }
}

/// XParseColor's `#rgb` forms and `rgb:r/g/b`, each of 1 to 4 hexadecimal digits.
fn parse(text: &str) -> Option<[u16; 3]> {
    let digits = |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some(parts) = text.strip_prefix("rgb:") {
        let mut parts = parts.split('/').map(|part| {
            let value = u32::from_str_radix(part, 16).ok().filter(|_| digits(part))?;
            let most = (1u32 << (4 * part.len())) - 1;
            u16::try_from(value * 0xffff / most).ok()
        });
        let colour = [parts.next()??, parts.next()??, parts.next()??];
        return parts.next().is_none().then_some(colour);
    }
    let hex = text.strip_prefix('#').filter(|hex| hex.is_ascii() && hex.len().is_multiple_of(3))?;
    let length = hex.len() / 3;
    let part = |index: usize| {
        let part = hex.get(index * length..(index + 1) * length).filter(|part| digits(part))?;
        let value = u16::from_str_radix(part, 16).ok()?;
        Some(value << (16 - 4 * length))
    };
    Some([part(0)?, part(1)?, part(2)?])
}

/// xterm's colours: 16 named ones, a cube, a ramp; white on black.
fn default(slot: Slot) -> [u16; 3] {
    let rgb = match slot {
        Slot::Index(index) => palette(index),
        Slot::Dynamic(11 | 14 | 16 | 17) => [0; 3],
        Slot::Dynamic(_) | Slot::Special(_) => [255; 3],
    };
    rgb.map(|channel| u16::from(channel) * 0x101)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_xparsecolor_reads_them() {
        let check = |text: &str, expected: Option<[u16; 3]>| assert_eq!(parse(text), expected, "{text}");
        check("rgb:f/80/0000", Some([0xffff, 0x8080, 0]));
        check("#f80", Some([0xf000, 0x8000, 0]));
        check("#ff8000", Some([0xff00, 0x8000, 0]));
        check("#ffff80000001", Some([0xffff, 0x8000, 1]));
        for bad in [
            "red",
            "rgb:1/2",
            "rgb:1/2/3/4",
            "rgb:/1/2",
            "rgb:12345/0/0",
            "#12345",
            "#",
            "#ééé",
            "rgb:+1/0/0",
        ] {
            check(bad, None);
        }
    }

    #[test]
    fn the_palette_is_xterms() {
        let check =
            |index: u8, rgb: [u16; 3]| assert_eq!(default(Slot::Index(index)), rgb.map(|c| c * 0x101));
        check(1, [205, 0, 0]);
        check(16, [0, 0, 0]);
        check(208, [255, 135, 0]);
        check(255, [238, 238, 238]);
    }
}
