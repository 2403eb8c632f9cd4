//! Colours brought down to what a terminal shows. Pure arithmetic on the xterm palette; never knows a terminal's theme.

use crate::{protocol::client::Colours, screen::palette};
use ratatui::style::Color;

/// A colour as it is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Paint {
    /// The terminal's own foreground or background.
    #[default]
    Default,
    /// One of the xterm palette; the first 16 are ANSI's.
    Index(u8),
    /// Red, green, blue.
    Rgb([u8; 3]),
}

impl Paint {
    /// `color` as a terminal with `colours` can show it.
    pub(super) fn new(color: Color, colours: Colours) -> Self {
        match (Self::exact(color), colours) {
            (Self::Default, _) | (_, Colours::None) => Self::Default,
            (Self::Rgb(rgb), Colours::Palette) => Self::Index(nearest_256(rgb)),
            (Self::Rgb(rgb), Colours::Sixteen) => Self::Index(nearest_16(rgb)),
            (Self::Index(index @ 16..), Colours::Sixteen) => Self::Index(nearest_16(palette(index))),
            (paint, _) => paint,
        }
    }

    fn exact(color: Color) -> Self {
        match color {
            Color::Reset => Self::Default,
            Color::Black => Self::Index(0),
            Color::Red => Self::Index(1),
            Color::Green => Self::Index(2),
            Color::Yellow => Self::Index(3),
            Color::Blue => Self::Index(4),
            Color::Magenta => Self::Index(5),
            Color::Cyan => Self::Index(6),
            Color::Gray => Self::Index(7),
            Color::DarkGray => Self::Index(8),
            Color::LightRed => Self::Index(9),
            Color::LightGreen => Self::Index(10),
            Color::LightYellow => Self::Index(11),
            Color::LightBlue => Self::Index(12),
            Color::LightMagenta => Self::Index(13),
            Color::LightCyan => Self::Index(14),
            Color::White => Self::Index(15),
            Color::Indexed(index) => Self::Index(index),
            Color::Rgb(red, green, blue) => Self::Rgb([red, green, blue]),
        }
    }
}

/// Foreground and background together: two colours that differ must not become the same one when there are only 16.
pub(super) fn pair(fg: Color, bg: Color, colours: Colours) -> (Paint, Paint) {
    let (front, back) = (Paint::new(fg, colours), Paint::new(bg, colours));
    match (front, back) {
        (Paint::Index(a), Paint::Index(b)) if a == b && Paint::exact(fg) != Paint::exact(bg) => {
            let dark = palette(b).iter().map(|&part| u32::from(part)).sum::<u32>() < 384;
            (Paint::Index(if dark { 15 } else { 0 }), back)
        }
        both => both,
    }
}

fn nearest_256(rgb: [u8; 3]) -> u8 {
    nearest(rgb, 16..=255)
}

fn nearest_16(rgb: [u8; 3]) -> u8 {
    nearest(rgb, 0..=15)
}

fn nearest(rgb: [u8; 3], among: std::ops::RangeInclusive<u8>) -> u8 {
    among.min_by_key(|&index| distance(rgb, palette(index))).unwrap_or(0)
}

fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    a.iter().zip(b).map(|(&x, y)| u32::from(x.abs_diff(y)).pow(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_palette_colour_is_its_own_nearest() {
        for index in 16..=255u8 {
            assert_eq!(palette(nearest_256(palette(index))), palette(index), "{index}");
        }
    }

    #[test]
    fn colours_go_down_to_what_the_terminal_shows() {
        let orange = Color::Rgb(255, 135, 0);
        assert_eq!(Paint::new(orange, Colours::True), Paint::Rgb([255, 135, 0]));
        assert_eq!(Paint::new(orange, Colours::Palette), Paint::Index(208));
        assert_eq!(Paint::new(Color::Indexed(196), Colours::Sixteen), Paint::Index(9));
        assert_eq!(Paint::new(Color::Red, Colours::None), Paint::Default);
    }

    #[test]
    fn text_stays_readable_when_two_colours_become_one() {
        let (fg, bg) = pair(Color::Indexed(233), Color::Indexed(232), Colours::Sixteen);
        assert_eq!((fg, bg), (Paint::Index(15), Paint::Index(0)));
    }
}
