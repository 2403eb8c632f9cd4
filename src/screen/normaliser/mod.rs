//! Stands between a task's bytes and vt100: passes on what vt100 does as xterm does, produces everything else from
//! sequences vt100 knows, answers queries, keeps what vt100 cannot. Never holds cells of its own.
//!
//! Runs of text and well-understood sequences go through as slices of the input. The rest is taken out, and its
//! effect made by feeding vt100 something else, with cursor and cells read back in between (emulation.md §5).

mod area;
mod colour;
mod csi;
mod edit;
mod flow;
mod keyboard;
mod mode;
mod motion;
mod narrow;
mod osc;
mod params;
mod query;
mod quick;
mod rare;
mod resize;
mod save;
mod sgr;
mod sides;
mod state;
mod status;
mod string;
mod text;

pub(super) use state::{Pen, State};

use state::Margins;

use super::{Effect, extra::Extras, grid::Grid, limits::WORK_MAX};
use crate::task::Size;
use serde::{Deserialize, Serialize};
use sgr::Intensity;
use string::Collecting;

/// vt100 with all that surrounds it.
pub(super) struct Normaliser {
    pub(super) grid: Grid,
    pub(super) state: State,
    pub(super) extras: Extras,
    pub(super) effects: Vec<Effect>,
    pub(super) pending: Pending,
    /// Log offset behind the sequence that is being handled.
    offset: u64,
    /// Cells touched since the last pause.
    work: usize,
    scratch: String,
    // what follows from the state, kept at hand for the fast path
    extra_number: u16,
    extra_empty: bool,
    background: bool,
    intensity: Intensity,
    /// Text may need rewriting, even without a background colour.
    text_special: bool,
    /// Without DECAWM: the last thing was a character in the last column.
    pub(super) at_edge: bool,
    /// LF and TAB are ours.
    controls_special: bool,
    /// There are side margins: CR and motions are ours, too.
    sides: bool,
    /// Bytes of text that cannot scroll from where the cursor is; none if that is not known.
    room: usize,
}

/// What the last bytes left open.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Pending {
    /// Nothing, or the start of a character or a sequence.
    Bytes(#[serde(with = "serde_bytes")] Vec<u8>),
    /// A control string.
    String(Collecting),
    /// A control sequence without end.
    Endless,
}

impl Default for Pending {
    fn default() -> Self {
        Self::Bytes(Vec::new())
    }
}

impl Normaliser {
    pub(super) fn new(size: Size) -> Self {
        Self {
            grid: Grid::new(size),
            state: State::new(size),
            extras: Extras::default(),
            effects: Vec::new(),
            pending: Pending::default(),
            offset: 0,
            work: 0,
            scratch: String::new(),
            extra_number: 0,
            extra_empty: true,
            background: false,
            intensity: Intensity::default(),
            text_special: false,
            at_edge: false,
            controls_special: false,
            sides: false,
            room: 0,
        }
    }

    /// Makes vt100 match the state again after its cells were drawn anew.
    pub(super) fn resume(&mut self, cursor: (u16, u16), pen: Pen) {
        self.set_margins(self.state.margins);
        self.set_origin(self.state.edit.origin);
        self.place(cursor.0, cursor.1);
        self.set_pen(pen);
        self.apply_extra();
        self.refresh();
    }

    /// Takes in bytes; `offset` is the log offset of the first one. Tells how many were used: all, or fewer (but at
    /// least one) when they asked for so much work that others should have a turn first.
    pub(super) fn advance(&mut self, offset: u64, bytes: &[u8]) -> usize {
        self.work = 0;
        let mut used = 0;
        while let Some(rest) = bytes.get(used..).filter(|rest| !rest.is_empty()) {
            if self.work > WORK_MAX {
                break;
            }
            used += self.step(offset + used as u64, rest);
        }
        self.note_used();
        used
    }

    /// Works out anew what the fast path may do.
    fn refresh(&mut self) {
        self.room = 0;
        let edit = self.state.edit;
        self.sides = self.has_sides();
        self.text_special =
            self.extra_number != 0 || edit.insert || !edit.wrap || !self.state.charsets.plain() || self.sides;
        self.controls_special = self.state.modes.newline || self.state.tabs.custom() || self.sides;
    }

    /// Nothing is pending.
    pub(super) const fn in_ground(&self) -> bool {
        matches!(&self.pending, Pending::Bytes(bytes) if bytes.is_empty())
    }

    /// Whether text goes to vt100 as it is and scrolls the whole screen, leaving nothing behind.
    pub(super) fn can_skip(&self) -> bool {
        let special = self.text_special || self.controls_special || self.background;
        !special && self.in_ground() && self.state.margins == Margins::full(self.grid.size())
    }

    /// Scrolls everything off.
    pub(super) fn scroll_away(&mut self) {
        let feeds = vec![b'\n'; usize::from(self.grid.size().rows)];
        self.grid.process(b"\r");
        self.grid.process(&feeds);
        self.state.used.jumped = false;
        self.note_used();
    }

    /// Notes how far down the screen is used, where the cursor is about to leave for higher rows.
    fn note_used(&mut self) {
        let used = &mut self.state.used;
        if !used.jumped && !self.state.modes.alternate_screen {
            used.rows = used.rows.max(self.grid.position().0 + 1);
        }
    }

    /// The cursor goes where nothing was written yet.
    fn jump(&mut self) {
        self.note_used();
        self.state.used.jumped = true;
    }

    /// Counts work on whole rows.
    fn charge_rows(&mut self, rows: u16) {
        self.work += usize::from(rows) * usize::from(self.grid.size().cols);
    }

    /// Counts work on the whole screen.
    fn charge_screen(&mut self) {
        self.charge_rows(self.grid.size().rows);
    }
}

#[cfg(test)]
impl Normaliser {
    /// Bytes kept of what is unfinished.
    pub(super) fn pending_bytes(&self) -> usize {
        match &self.pending {
            Pending::Bytes(bytes) => bytes.capacity(),
            Pending::String(string) => string.kept(),
            Pending::Endless => 0,
        }
    }
}
