//! What the mouse has selected of a client's picture: a place where the button went down, one where it is now, and
//! whether cells, words or lines are meant. Never looks at the picture: `view` knows what stands there.

use crate::protocol::client::{Button, Mouse, MouseAction};
use std::time::{Duration, Instant};

/// Time between two clicks that belong together, as in most desktops.
const CLICK_WAIT: Duration = Duration::from_millis(400);

/// A cell of the picture: row and column from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    /// Row from 0.
    pub row: u16,
    /// Column from 0.
    pub col: u16,
}

/// What is selected as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Cells, from one drag to another.
    Cell,
    /// Words: a double click.
    Word,
    /// Rows: a triple click.
    Row,
}

/// A stretch of the picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Selection {
    /// Where the button went down.
    pub anchor: Place,
    /// Where it is, or went up.
    pub head: Place,
    /// What is taken whole.
    pub unit: Unit,
}

/// The mouse as it selects.
#[derive(Clone, Debug, Default)]
pub struct Selecting {
    selection: Option<Selection>,
    /// The last click, and how many came together.
    clicked: Option<(Instant, Place, u8)>,
    held: bool,
}

impl Selecting {
    /// What is selected, if anything is.
    pub fn selection(&self) -> Option<Selection> {
        self.selection.filter(|selection| selection.unit != Unit::Cell || selection.anchor != selection.head)
    }

    /// Nothing is selected any more.
    pub const fn clear(&mut self) {
        self.selection = None;
        self.held = false;
    }

    const fn extend(&mut self, place: Place) {
        if let (Some(selection), true) = (&mut self.selection, self.held) {
            selection.head = place;
        }
    }

    /// Takes a mouse event; the selection to copy when the button goes up.
    pub fn mouse(&mut self, mouse: Mouse, now: Instant) -> Option<Selection> {
        let place = Place { row: mouse.row, col: mouse.col };
        match mouse.action {
            MouseAction::Down(Button::Left) => {
                let again =
                    |(then, there, _): &(Instant, Place, u8)| *there == place && now < *then + CLICK_WAIT;
                let clicks = self.clicked.filter(again).map_or(1, |(_, _, clicks)| clicks % 3 + 1);
                self.clicked = Some((now, place, clicks));
                let unit = match clicks {
                    1 => Unit::Cell,
                    2 => Unit::Word,
                    _ => Unit::Row,
                };
                self.selection = Some(Selection { anchor: place, head: place, unit });
                self.held = true;
                None
            }
            MouseAction::Drag(Button::Left) => {
                self.extend(place);
                None
            }
            MouseAction::Up(Button::Left) => {
                self.extend(place);
                let held = std::mem::take(&mut self.held);
                self.selection().filter(|_| held)
            }
            MouseAction::Down(_) => {
                self.clear();
                None
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Mods;

    fn act(selecting: &mut Selecting, action: MouseAction, col: u16, now: Instant) -> Option<Selection> {
        selecting.mouse(Mouse { row: 2, col, action, mods: Mods::NONE }, now)
    }

    #[test]
    fn a_drag_selects_cells_clicks_select_words_and_rows_and_one_click_nothing() {
        #[expect(clippy::disallowed_methods, reason = "some instant to start from")]
        let mut now = Instant::now();
        let (down, drag, up) =
            (MouseAction::Down(Button::Left), MouseAction::Drag(Button::Left), MouseAction::Up(Button::Left));
        let mut selecting = Selecting::default();
        act(&mut selecting, down, 3, now);
        act(&mut selecting, drag, 7, now);
        let dragged = act(&mut selecting, up, 7, now).unwrap();
        assert_eq!((dragged.anchor.col, dragged.head.col, dragged.unit), (3, 7, Unit::Cell));
        assert!(selecting.selection().is_some(), "it stays to be seen");
        now += Duration::from_secs(1);
        for unit in [None, Some(Unit::Word), Some(Unit::Row), None] {
            act(&mut selecting, down, 5, now);
            assert_eq!(act(&mut selecting, up, 5, now).map(|selection| selection.unit), unit);
            now += Duration::from_millis(100);
        }
        selecting.clear();
        assert_eq!(act(&mut selecting, up, 9, now), None, "the button went down elsewhere");
    }
}
