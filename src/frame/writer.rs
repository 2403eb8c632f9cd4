//! Writes rows of slots as terminal bytes: cursor moves, text, erasing, and the wrapping of a whole frame.
//!
//! Never sends a character that could move the cursor or change a mode, and never one that some terminals draw wider
//! than others: what is written for a slot takes the slot's columns with and without grapheme clustering.

use super::{
    Cursor,
    pen::Look,
    slot::{Slot, Slots},
};
use crate::{protocol::client::Terminal, screen::CursorShape};
use unicode_width::UnicodeWidthChar;

/// Blank columns from which on erasing to the end of the line is shorter than spaces.
const ERASE_COLS_MIN: usize = 4;
/// Unchanged columns that are cheaper to write again than to jump over (`CSI n C` is four bytes).
const REWRITE_COLS_MAX: usize = 3;

/// The bytes of a frame in the making, and what the terminal's cursor and pen are after them.
pub(super) struct Writer<'a> {
    out: Vec<u8>,
    look: Look<'a>,
    /// Where the terminal's cursor is, if that is sure.
    at: Option<(u16, usize)>,
    /// The cursor of the picture before; `None` if nothing is known of the terminal.
    cursor_before: Option<Option<Cursor>>,
    /// Whether something was drawn elsewhere than at the cursor, so that drawing could be seen.
    jumped: bool,
    synchronized: bool,
}

impl<'a> Writer<'a> {
    /// A writer on a terminal that shows a picture with this cursor, or shows anything at all (`None`).
    pub(super) fn new(terminal: &Terminal, cursor_before: Option<Option<Cursor>>) -> Self {
        let at = cursor_before.flatten().map(|cursor| (cursor.row, usize::from(cursor.col)));
        let synchronized = terminal.synchronized;
        Self { out: Vec::new(), look: Look::default(), at, cursor_before, jumped: false, synchronized }
    }

    /// Makes the terminal blank.
    pub(super) fn clear(&mut self) {
        self.out.extend_from_slice(b"\x1b[m\x1b[H\x1b[2J");
        (self.at, self.jumped) = (Some((0, 0)), true);
    }

    /// Draws what differs between two rows.
    pub(super) fn row(&mut self, row: u16, before: &Slots<'_>, after: &Slots<'a>) {
        let erased_from = after.erased_from();
        let (mut col, mut broken) = (0, 0);
        while let Some(slot) = after.get(col) {
            let next = col + slot.width.max(1);
            if col < broken || before.get(col) != Some(slot) {
                if col >= erased_from && after.cols() - col >= ERASE_COLS_MIN {
                    return self.erase_line(row, col);
                }
                self.approach(row, col, after);
                self.put(slot);
                self.at = self.at.map(|_| (row, next)).filter(|_| next < after.cols());
                // a wide character that stood across `next` has lost its left half, so the terminal blanked the right one
                broken = next;
                while before.get(broken).is_some_and(|slot| slot.width == 0) {
                    broken += 1;
                }
            }
            col = next;
        }
    }

    /// The frame: what was drawn, then the cursor. Empty if there was nothing to do.
    pub(super) fn finish(mut self, cursor: Option<Cursor>) -> Vec<u8> {
        self.set_look(Look::default());
        let drawn = self.jumped;
        let visible_before = self.cursor_before.is_some_and(|cursor| cursor.is_some());
        let hide = visible_before && (cursor.is_none() || (drawn && !self.synchronized));
        let show = cursor.is_some() && (hide || !visible_before);
        let hide = hide || self.cursor_before.is_none();
        if let Some(Cursor { row, col, shape }) = cursor {
            self.move_to(row, usize::from(col));
            let shape_before = self.cursor_before.flatten().map(|before| before.shape);
            if shape_before.unwrap_or_default() != shape || self.cursor_before.is_none() {
                self.shape(shape);
            }
        }
        let synchronized = drawn && self.synchronized;
        let mut frame = Vec::with_capacity(self.out.len() + 24);
        for (wanted, bytes) in [(synchronized, &b"\x1b[?2026h"[..]), (hide, b"\x1b[?25l")] {
            frame.extend_from_slice(if wanted { bytes } else { b"" });
        }
        frame.append(&mut self.out);
        for (wanted, bytes) in [(show, &b"\x1b[?25h"[..]), (synchronized, b"\x1b[?2026l")] {
            frame.extend_from_slice(if wanted { bytes } else { b"" });
        }
        frame
    }

    fn shape(&mut self, shape: CursorShape) {
        self.out.extend_from_slice(format!("\x1b[{} q", shape.number()).as_bytes());
    }

    fn erase_line(&mut self, row: u16, col: usize) {
        self.set_look(Look::default());
        self.move_to(row, col);
        self.out.extend_from_slice(b"\x1b[K");
    }

    /// Brings the cursor to a column, by writing what stands between again if that is short and looks the same.
    fn approach(&mut self, row: u16, col: usize, after: &Slots<'a>) {
        if let Some((here, from)) = self.at
            && here == row
            && from < col
            && col - from <= REWRITE_COLS_MAX
        {
            let mut between = (from..col).map(|col| after.get(col));
            let cheap = |slot: &Slot<'_>| slot.look == self.look && slot.text.len() == 1 && slot.width == 1;
            if between.all(|slot| slot.is_some_and(cheap)) {
                (from..col).filter_map(|col| after.get(col)).for_each(|slot| self.put(slot));
                self.at = Some((row, col));
            }
        }
        self.move_to(row, col);
    }

    fn move_to(&mut self, row: u16, col: usize) {
        match self.at {
            Some(at) if at == (row, col) => return,
            Some((here, from)) if here == row && from == col + 1 => self.out.push(b'\x08'),
            Some((here, from)) if here == row && from < col => {
                self.jumped = true;
                let step = col - from;
                self.out.extend_from_slice(
                    if step == 1 { "\x1b[C".into() } else { format!("\x1b[{step}C") }.as_bytes(),
                );
            }
            _ => {
                self.jumped = true;
                self.out.extend_from_slice(format!("\x1b[{};{}H", row + 1, col + 1).as_bytes());
            }
        }
        self.at = Some((row, col));
    }

    fn set_look(&mut self, look: Look<'a>) {
        self.look.change(&look, &mut self.out);
        self.look = look;
    }

    /// Writes a slot where the cursor is. The cursor is lost if a character's width is not the same everywhere.
    fn put(&mut self, slot: &Slot<'a>) {
        self.set_look(slot.look);
        let mut taken = 0;
        for c in slot.text.chars().filter(|&c| is_inert(c)) {
            let width = c.width().unwrap_or(0);
            if taken + width > slot.width {
                break;
            }
            if taken + width == 0 {
                continue; // it would join the character on its left, in another cell
            }
            taken += width;
            self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            if !is_certain(c) {
                self.at = None;
            }
        }
        self.out.resize(self.out.len() + slot.width.saturating_sub(taken), b' ');
    }
}

/// Whether a character may be sent: nothing that acts on the terminal, on the direction of text, or joins and widens
/// neighbours (ZWJ, variation selectors), for then terminals disagree on the columns taken.
fn is_inert(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
        && !matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0000}'..='\u{E0FFF}' | '\u{AD}')
}

/// Whether every terminal agrees on the width: Latin, Greek, Cyrillic, lines and blocks, CJK, kana, hangul. After any other
/// character the cursor is placed anew, so that a disagreement spoils one cell and not a row.
fn is_certain(c: char) -> bool {
    matches!(c, ' '..='\u{2FF}' | '\u{370}'..='\u{482}' | '\u{48A}'..='\u{52F}' | '\u{2500}'..='\u{259F}')
        || matches!(c, '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}
