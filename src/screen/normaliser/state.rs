//! What the normaliser knows beyond vt100's cells: all of it goes into a checkpoint. Plain data, no behaviour that
//! touches a grid.

use super::{
    colour::{Palette, Rgb},
    keyboard::Keyboard,
};
use crate::screen::{Attributes, Colour, CursorShape, Modes, extra::Extra};
use crate::task::Size;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Everything a checkpoint keeps beside the cells.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(in crate::screen) struct State {
    pub(super) modes: Modes,
    pub(super) cursor_hidden: bool,
    pub(super) cursor_shape: CursorShape,
    pub(super) edit: Edit,
    /// Other DEC modes that are on: remembered only so that DECRQM is answered.
    pub(super) dec_on: BTreeSet<u16>,
    /// ANSI modes that are on, likewise.
    pub(super) ansi_on: BTreeSet<u16>,
    /// What XTSAVE put aside.
    pub(super) put_aside: BTreeMap<u16, bool>,
    pub(super) margins: Margins,
    /// The cursor stands behind the right margin inside the screen: the next character wraps first.
    pub(super) margin_wrap: bool,
    pub(super) tabs: Tabs,
    pub(super) charsets: Charsets,
    /// Attributes beyond vt100's for the next character.
    pub(super) extra: Extra,
    pub(super) saved: PerScreen<Option<Saved>>,
    pub(super) titles: Titles,
    pub(super) palette: Palette,
    pub(super) keyboard: Keyboard,
    /// Conformance level (DECSCL), 61 to 64.
    pub(super) level: u16,
    pub(super) used: Used,
    /// Title and body of a notification that comes in parts (OSC 99).
    pub(super) notice: (String, String),
}

impl State {
    pub(super) fn new(size: Size) -> Self {
        Self {
            modes: Modes::default(),
            cursor_hidden: false,
            cursor_shape: CursorShape::Default,
            edit: Edit::default(),
            dec_on: BTreeSet::new(),
            ansi_on: BTreeSet::new(),
            put_aside: BTreeMap::new(),
            margins: Margins::full(size),
            margin_wrap: false,
            tabs: Tabs::default(),
            charsets: Charsets::default(),
            extra: Extra::default(),
            saved: PerScreen::default(),
            titles: Titles::default(),
            palette: Palette::default(),
            keyboard: Keyboard::default(),
            level: 64,
            used: Used::default(),
            notice: Default::default(),
        }
    }
}

impl State {
    /// Whether a screen of this size can be in this state.
    pub(in crate::screen) const fn fits(&self, size: Size) -> bool {
        let Margins { top, bottom, left, right } = self.margins;
        top <= bottom && bottom < size.rows && left <= right && right < size.cols
    }

    pub(in crate::screen) const fn modes(&self) -> Modes {
        self.modes
    }

    /// Whether the cursor is visible, and its shape.
    pub(in crate::screen) const fn cursor_look(&self) -> (bool, CursorShape) {
        (!self.cursor_hidden, self.cursor_shape)
    }

    /// A wrap is pending at the right margin.
    pub(in crate::screen) const fn margin_wrap(&self) -> bool {
        self.margin_wrap
    }

    pub(in crate::screen) const fn used_rows(&self) -> u16 {
        self.used.rows
    }

    pub(in crate::screen) fn title(&self) -> &str {
        &self.titles.window
    }

    pub(in crate::screen) const fn set_outer_colours(&mut self, text: Rgb, background: Rgb) {
        self.palette.set_outer(text, background);
    }
}

/// One of a thing for the main and one for the alternate screen.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct PerScreen<T> {
    main: T,
    alternate: T,
}

impl<T> PerScreen<T> {
    pub(super) const fn of(&self, alternate: bool) -> &T {
        if alternate { &self.alternate } else { &self.main }
    }

    pub(super) const fn of_mut(&mut self, alternate: bool) -> &mut T {
        if alternate { &mut self.alternate } else { &mut self.main }
    }
}

/// Modes that change how text and motions act.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Edit {
    /// IRM.
    pub(super) insert: bool,
    /// DECAWM.
    pub(super) wrap: bool,
    /// DECOM.
    pub(super) origin: bool,
    /// xterm's reverse wrap (`?45`), over soft-wrapped rows.
    pub(super) reverse_wrap: bool,
    /// xterm's extended reverse wrap (`?1045`), over any row.
    pub(super) reverse_wrap_any: bool,
    /// DECLRMM: side margins may be set.
    pub(super) side_margins: bool,
}

impl Default for Edit {
    fn default() -> Self {
        Self {
            insert: false,
            wrap: true,
            origin: false,
            reverse_wrap: false,
            reverse_wrap_any: false,
            side_margins: false,
        }
    }
}

/// The scroll region: rows and columns from 0, all inside.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Margins {
    pub(super) top: u16,
    pub(super) bottom: u16,
    pub(super) left: u16,
    pub(super) right: u16,
}

impl Margins {
    pub(super) const fn full(size: Size) -> Self {
        Self { top: 0, bottom: size.rows.saturating_sub(1), left: 0, right: size.cols.saturating_sub(1) }
    }

    pub(super) const fn hold(self, row: u16) -> bool {
        self.top <= row && row <= self.bottom
    }

    pub(super) const fn hold_col(self, col: u16) -> bool {
        self.left <= col && col <= self.right
    }
}

/// Tab stops.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Tabs {
    /// Stops by column; none while they are the default ones, every eight columns.
    stops: Option<Vec<bool>>,
}

impl Tabs {
    pub(super) const fn custom(&self) -> bool {
        self.stops.is_some()
    }

    pub(super) fn at(&self, col: u16) -> bool {
        let default = col.is_multiple_of(8);
        self.stops.as_ref().map_or(default, |stops| stops.get(usize::from(col)).copied().unwrap_or(default))
    }

    pub(super) fn set(&mut self, col: u16, on: bool) {
        let default = || (0..crate::limits::SIDE_MAX).map(|col| col.is_multiple_of(8)).collect();
        let stops: &mut Vec<bool> = self.stops.get_or_insert_with(default);
        if let Some(stop) = stops.get_mut(usize::from(col)) {
            *stop = on;
        }
        if stops.iter().enumerate().all(|(col, stop)| *stop == col.is_multiple_of(8)) {
            self.stops = None;
        }
    }

    pub(super) fn clear(&mut self) {
        self.stops = Some(vec![false; usize::from(crate::limits::SIDE_MAX)]);
    }
}

/// Character sets G0 to G3, by their final bytes, and which one is in use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Charsets {
    sets: [u8; 4],
    left: u8,
    shift: Option<u8>,
}

impl Default for Charsets {
    fn default() -> Self {
        Self { sets: [b'B'; 4], left: 0, shift: None }
    }
}

impl Charsets {
    pub(super) fn designate(&mut self, set: usize, last: u8) {
        if let Some(slot) = self.sets.get_mut(set) {
            *slot = last;
        }
    }

    pub(super) const fn lock(&mut self, set: u8) {
        self.left = set;
    }

    pub(super) const fn shift_once(&mut self, set: u8) {
        self.shift = Some(set);
    }

    pub(super) fn designated(&self, set: usize) -> u8 {
        self.sets.get(set).copied().unwrap_or(b'B')
    }

    /// Whether characters are shown as they come.
    pub(super) fn plain(&self) -> bool {
        self.shift.is_none() && !matches!(self.designated(usize::from(self.left)), b'0' | b'2' | b'A')
    }

    /// What a character looks like; uses up a single shift.
    pub(super) fn map(&mut self, ch: char) -> char {
        let set = self.shift.take().unwrap_or(self.left);
        match (self.designated(usize::from(set)), ch) {
            // DEC special graphics; `2` is its variant with an alternate character ROM
            (b'0' | b'2', '\u{5f}'..='\u{7e}') => {
                let index = u32::from(ch) - 0x5f;
                GRAPHICS.chars().nth(index as usize).unwrap_or(ch)
            }
            (b'A', '#') => '£',
            _ => ch,
        }
    }
}

/// DEC special graphics for 0x5f to 0x7e.
const GRAPHICS: &str = " ◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·";

/// What vt100 applies to the next character.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(in crate::screen) struct Pen {
    fg: Colour,
    bg: Colour,
    attributes: PenFlags,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct PenFlags {
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    inverse: bool,
}

impl Pen {
    /// The pen of a screen.
    pub(in crate::screen) fn of(screen: &vt100::Screen) -> Self {
        let attributes = PenFlags {
            bold: screen.bold(),
            dim: screen.dim(),
            italic: screen.italic(),
            underline: screen.underline(),
            inverse: screen.inverse(),
        };
        Self { fg: screen.fgcolor().into(), bg: screen.bgcolor().into(), attributes }
    }

    /// The pen a cell was drawn with.
    pub(in crate::screen) fn of_cell(cell: &vt100::Cell) -> Self {
        let attributes = PenFlags {
            bold: cell.bold(),
            dim: cell.dim(),
            italic: cell.italic(),
            underline: cell.underline(),
            inverse: cell.inverse(),
        };
        Self { fg: cell.fgcolor().into(), bg: cell.bgcolor().into(), attributes }
    }

    /// A pen that leaves only its background.
    pub(in crate::screen) fn background(self) -> Self {
        Self { bg: self.bg, ..Self::default() }
    }

    /// The parameters of the SGR that takes this pen, beginning with 0.
    pub(in crate::screen) fn parameters(self) -> String {
        let PenFlags { bold, dim, italic, underline, inverse } = self.attributes;
        let mut text = String::from("0");
        for (on, number) in [(bold, 1), (dim, 2), (italic, 3), (underline, 4), (inverse, 7)] {
            if on {
                let _ = write!(text, ";{number}");
            }
        }
        for (colour, base) in [(self.fg, 38), (self.bg, 48)] {
            let _ = match colour {
                Colour::Default => Ok(()),
                Colour::Index(index @ 0..=7) => write!(text, ";{}", base - 8 + i32::from(index)),
                Colour::Index(index @ 8..=15) => write!(text, ";{}", base + 44 + i32::from(index)),
                Colour::Index(index) => write!(text, ";{base};5;{index}"),
                Colour::Rgb(r, g, b) => write!(text, ";{base};2;{r};{g};{b}"),
            };
        }
        text
    }

    /// Its attributes, for others.
    pub(in crate::screen) fn attributes(self) -> Attributes {
        let PenFlags { bold, dim, italic, underline, inverse } = self.attributes;
        Attributes::NONE
            .and_if(bold, Attributes::BOLD)
            .and_if(dim, Attributes::DIM)
            .and_if(italic, Attributes::ITALIC)
            .and_if(underline, Attributes::UNDERLINE)
            .and_if(inverse, Attributes::INVERSE)
    }

    /// Its colours: text, background.
    pub(in crate::screen) const fn colours(self) -> (Colour, Colour) {
        (self.fg, self.bg)
    }
}

/// What DECSC keeps.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Saved {
    pub(super) row: u16,
    /// The width of the screen when a wrap was pending.
    pub(super) col: u16,
    pub(super) pen: Pen,
    pub(super) extra: Extra,
    pub(super) charsets: Charsets,
    pub(super) origin: bool,
}

/// Window and icon title, and the stack of XTWINOPS 22 and 23.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Titles {
    pub(super) window: String,
    pub(super) icon: String,
    pub(super) stack: Vec<(String, String)>,
}

/// How far down the screen was used since the start or a clear.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Used {
    pub(super) rows: u16,
    /// The cursor was only moved where it is: nothing was written there yet.
    pub(super) jumped: bool,
}

impl Default for Used {
    fn default() -> Self {
        Self { rows: 1, jumped: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_drawing_characters_are_those_of_the_vt100_manual() {
        let mut charsets = Charsets::default();
        charsets.designate(0, b'0');
        let drawn: String = "lqwqk x n j`~".chars().map(|ch| charsets.map(ch)).collect();
        assert_eq!(drawn, "┌─┬─┐ │ ┼ ┘◆·");
    }

    #[test]
    fn a_single_shift_holds_for_one_character() {
        let mut charsets = Charsets::default();
        charsets.designate(2, b'0');
        charsets.shift_once(2);
        assert!(!charsets.plain());
        assert_eq!([charsets.map('q'), charsets.map('q')], ['─', 'q']);
        assert!(charsets.plain());
    }

    #[test]
    fn tab_stops_set_back_to_every_eight_columns_are_the_default_again() {
        let mut tabs = Tabs::default();
        tabs.set(3, true);
        assert!(tabs.custom() && tabs.at(3) && tabs.at(8) && !tabs.at(4));
        tabs.set(3, false);
        assert!(!tabs.custom());
        tabs.clear();
        assert!(tabs.custom() && !tabs.at(8));
    }
}
