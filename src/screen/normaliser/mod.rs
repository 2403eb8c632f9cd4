//! Stands between a task's bytes and vt100: passes on what vt100 does as xterm does, produces everything else from
//! sequences vt100 knows, answers queries, keeps what vt100 cannot. Never holds cells of its own.
//!
//! Runs of text and well-understood sequences go through as slices of the input. The rest is taken out, and its
//! effect made by feeding vt100 something else, with cursor and cells read back in between (emulation.md §5).

mod area;
mod colour;
mod csi;
mod edit;
mod keyboard;
mod mode;
mod motion;
mod osc;
mod params;
mod query;
mod rare;
mod resize;
mod save;
mod sgr;
mod state;
mod status;
mod string;
mod text;

pub(super) use state::{Pen, State};

use state::Margins;

use super::{
    Effect,
    extra::Extras,
    grid::Grid,
    limits::WORK_MAX,
    scan::{ESC, Scanned, scan, skip_csi, unfinished_char},
};
use crate::task::Size;
use rare::Rare;
use serde::{Deserialize, Serialize};
use sgr::Intensity;
use string::{Collecting, Progress};

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

    /// Goes on from what is pending; tells how many bytes were used.
    fn step(&mut self, base: u64, bytes: &[u8]) -> usize {
        match std::mem::take(&mut self.pending) {
            Pending::Bytes(tail) if tail.is_empty() => self.ground(base, bytes, 0),
            Pending::Bytes(mut joined) => {
                let held = joined.len();
                joined.extend_from_slice(bytes);
                self.ground(base.saturating_sub(held as u64), &joined, held).saturating_sub(held)
            }
            Pending::String(string) => match self.collect(string, bytes, base) {
                Progress::Goes(string) => {
                    self.pending = Pending::String(string);
                    bytes.len()
                }
                Progress::Over(used, escape) => {
                    self.refresh();
                    self.pending = Pending::Bytes(if escape { vec![ESC] } else { Vec::new() });
                    used
                }
            },
            Pending::Endless => {
                let (used, over) = skip_csi(bytes);
                if !over {
                    self.pending = Pending::Endless;
                }
                used
            }
        }
    }

    /// Text and sequences, up to the start of a control string, the end, or the end of patience. What is left
    /// unfinished at the end becomes pending and counts as used. At least `least` bytes are.
    fn ground(&mut self, base: u64, all: &[u8], least: usize) -> usize {
        let (bytes, _) = all.split_at(all.len() - unfinished_char(all));
        let part = |from: usize, to: usize| bytes.get(from..to).unwrap_or_default();
        // bytes from `run` to `at` are owed to vt100 as they are
        let (mut run, mut at) = (0, 0);
        let mut rare = Rare::new(bytes);
        loop {
            let stop = self.stop(bytes, at, &mut rare);
            if stop > at {
                self.state.used.jumped = false;
                if self.text_special || self.background {
                    self.pass(part(run, at));
                    self.text(part(at, stop));
                    run = stop;
                }
                at = stop;
            }
            let Some(byte) = bytes.get(at) else { break };
            let rest = part(at, bytes.len());
            let taken = if *byte == ESC {
                let scanned = scan(rest);
                if let Scanned::Csi(csi) = &scanned
                    && self.passes(csi)
                {
                    at += csi.raw.len();
                    continue;
                }
                self.pass(part(run, at));
                run = at;
                match self.sequence(base + at as u64, &scanned, rest) {
                    Taken::Bytes(count) => count,
                    Taken::Passed(count) => {
                        at += count;
                        0
                    }
                    Taken::Opened(count) => return at + count,
                    Taken::Unfinished => {
                        self.pending = Pending::Bytes(all.get(at..).unwrap_or_default().to_vec());
                        return all.len();
                    }
                }
            } else {
                self.pass(part(run, at));
                self.control(*byte, rest)
            };
            if taken > 0 {
                at += taken;
                run = at;
            }
            if self.work > WORK_MAX && (least..bytes.len()).contains(&at) {
                self.pass(part(run, at));
                return at;
            }
        }
        self.pass(part(run, at));
        self.work += part(0, at).len();
        self.pending = Pending::Bytes(all.get(at..).unwrap_or_default().to_vec());
        all.len()
    }

    /// Text and sequences as they are. What comes next is no text, so a character that is cut off stays so.
    fn pass(&mut self, run: &[u8]) {
        let (whole, broken) = run.split_at(run.len() - unfinished_char(run));
        self.grid.process(whole);
        if !broken.is_empty() {
            self.grid.process("\u{fffd}".as_bytes());
        }
    }

    /// First byte at or behind `from` that must not simply run on to vt100.
    #[inline]
    fn stop(&self, bytes: &[u8], from: usize, rare: &mut Rare) -> usize {
        let rest = bytes.get(from..).unwrap_or_default();
        let mut stop = memchr::memchr(ESC, rest).map_or(bytes.len(), |at| from + at);
        stop = stop.min(rare.next(bytes, from));
        if self.controls_special || self.background {
            let within = bytes.get(from..stop).unwrap_or_default();
            stop = memchr::memchr3(b'\n', 0x0b, 0x0c, within).map_or(stop, |at| from + at);
            if self.state.tabs.custom() {
                let within = bytes.get(from..stop).unwrap_or_default();
                stop = memchr::memchr(b'\t', within).map_or(stop, |at| from + at);
            }
        }
        stop
    }

    /// A byte other than ESC that [`Self::stop`] stopped at: tells how many bytes it took.
    fn control(&mut self, byte: u8, rest: &[u8]) -> usize {
        self.at_edge &= byte == rare::EMOJI_LEAD;
        match byte {
            0x08 => {
                let count = rest.iter().take_while(|byte| **byte == 0x08).count();
                for _ in 0..count {
                    self.back(1);
                }
                return count;
            }
            b'\t' => self.tab_forward(1),
            b'\n' | 0x0b | 0x0c => self.line_feed(self.state.modes.newline),
            0x0e => self.state.charsets.lock(1),
            0x0f => self.state.charsets.lock(0),
            rare::EMOJI_LEAD => {
                self.emoji_selector();
                return 3;
            }
            // one of our own marks, written by the program
            _ => return 4,
        }
        self.refresh();
        1
    }

    /// A sequence that does not simply pass.
    fn sequence(&mut self, at: u64, scanned: &Scanned<'_>, rest: &[u8]) -> Taken {
        let count = match *scanned {
            Scanned::Incomplete => return Taken::Unfinished,
            Scanned::Csi(csi) => {
                let count = csi.raw.len();
                self.offset = at + count as u64;
                let done = self.csi(&csi);
                self.refresh();
                return if done { Taken::Bytes(count) } else { Taken::Passed(count) };
            }
            Scanned::Escape(intermediates, last, count) => {
                self.offset = at + count as u64;
                self.escape(intermediates, last);
                count
            }
            Scanned::StringStart(kind) => {
                self.pending = Pending::String(Collecting::new(kind));
                return Taken::Opened(2);
            }
            Scanned::Endless => {
                self.pending = Pending::Endless;
                return Taken::Opened(2);
            }
            Scanned::Mixed(count) => {
                self.mixed(at, rest.get(..count).unwrap_or_default());
                count
            }
            Scanned::Junk(count) => count,
        };
        self.refresh();
        Taken::Bytes(count)
    }

    /// A control sequence with other bytes inside: controls act at once, the rest is one sequence without them.
    fn mixed(&mut self, at: u64, bytes: &[u8]) {
        let controls: Vec<u8> = bytes.iter().skip(1).copied().filter(|byte| *byte < 0x20).collect();
        let mut clean = vec![ESC];
        clean.extend(bytes.iter().filter(|byte| matches!(byte, 0x20..=0x7e)));
        self.ground(at, &controls, controls.len());
        self.ground(at + (bytes.len() - clean.len()) as u64, &clean, clean.len());
    }

    /// Works out anew what the fast path may do.
    fn refresh(&mut self) {
        let edit = self.state.edit;
        self.text_special =
            self.extra_number != 0 || edit.insert || !edit.wrap || !self.state.charsets.plain();
        self.controls_special = self.state.modes.newline || self.state.tabs.custom();
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

/// What became of a sequence.
enum Taken {
    /// So many bytes were handled.
    Bytes(usize),
    /// So many bytes may go to vt100 as they are after all.
    Passed(usize),
    /// So many bytes opened something that [`Pending`] holds.
    Opened(usize),
    /// Its end is missing.
    Unfinished,
}
