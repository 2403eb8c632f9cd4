//! The way of bytes through the normaliser: runs of text and known sequences on to vt100, the rest to who handles it.
//! Never copies what simply passes.

use super::{
    Normaliser, Pending,
    rare::{self, Rare},
    string::{Collecting, Progress},
};
use crate::screen::{
    limits::WORK_MAX,
    scan::{ESC, Scanned, scan, skip_csi, unfinished_char},
};

impl Normaliser {
    /// Goes on from what is pending; tells how many bytes were used.
    pub(super) fn step(&mut self, base: u64, bytes: &[u8]) -> usize {
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
                let text = part(at, stop);
                if self.text_special || self.background && text.len() > self.room {
                    self.pass(part(run, at));
                    run = if self.shown_by_us(text) { stop } else { at };
                }
                self.use_room(text);
                at = stop;
            }
            let Some(byte) = bytes.get(at) else { break };
            let rest = part(at, bytes.len());
            let taken = if *byte == ESC {
                if let Some(count) = self.quick(rest) {
                    at += count;
                    continue;
                }
                self.pass(part(run, at));
                run = at;
                match self.sequence(base + at as u64, all.get(at..).unwrap_or_default()) {
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
    pub(super) fn pass(&mut self, run: &[u8]) {
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
        let mut stop = from + find_escape(rest);
        stop = stop.min(rare.next(bytes, from));
        if self.controls_special || self.background {
            let within = bytes.get(from..stop).unwrap_or_default();
            stop = from + find_layout(within);
            if self.sides {
                let within = bytes.get(from..stop).unwrap_or_default();
                stop = memchr::memchr(b'\r', within).map_or(stop, |at| from + at);
            }
        }
        stop
    }

    /// Shows text that may not simply run on, unless it may after all: tells which.
    fn shown_by_us(&mut self, text: &[u8]) -> bool {
        if !self.text_special {
            let (row, col) = self.grid.position();
            let size = self.grid.size();
            let below = usize::from(self.state.margins.bottom).checked_sub(usize::from(row));
            self.room = below.map_or(usize::MAX, |rows| {
                rows * usize::from(size.cols) + usize::from(size.cols.saturating_sub(col))
            });
            if text.len() <= self.room {
                return false;
            }
        }
        self.text(text);
        self.room = 0;
        true
    }

    /// Text takes up room: at most a column a byte. Controls in it may move anywhere.
    #[inline]
    fn use_room(&mut self, text: &[u8]) {
        let calm = text.len() <= 128 && text.iter().fold(true, |calm, byte| calm & (*byte >= b' '));
        self.room = if calm { self.room.saturating_sub(text.len()) } else { 0 };
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
            b'\r' => self.carriage_return(),
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

    /// A sequence that does not simply pass, at the start of some bytes.
    fn sequence(&mut self, at: u64, bytes: &[u8]) -> Taken {
        let count = match scan(bytes) {
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
                let body = bytes.get(2..).unwrap_or_default();
                match self.collect(Collecting::new(kind), body, at + 2) {
                    Progress::Over(used, escape) => 2 + used - usize::from(escape),
                    Progress::Goes(string) => {
                        self.pending = Pending::String(string);
                        return Taken::Opened(bytes.len());
                    }
                }
            }
            Scanned::Endless => {
                self.pending = Pending::Endless;
                return Taken::Opened(2);
            }
            Scanned::Mixed(count) => {
                self.mixed(at, bytes.get(..count).unwrap_or_default());
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

/// Where the first ESC is. In dense output it is a few bytes away.
#[inline]
fn find_escape(bytes: &[u8]) -> usize {
    const NEAR: usize = 16;
    if let Some(at) = bytes.iter().take(NEAR).position(|byte| *byte == ESC) {
        return at;
    }
    let far = bytes.get(NEAR..).unwrap_or_default();
    memchr::memchr(ESC, far).map_or(bytes.len(), |at| NEAR + at)
}

/// Where the first TAB, LF, VT or FF is.
#[inline]
fn find_layout(bytes: &[u8]) -> usize {
    if bytes.len() <= 16 {
        return bytes.iter().position(|byte| matches!(byte, b'\t'..=0x0c)).unwrap_or(bytes.len());
    }
    let feed = memchr::memchr3(b'\n', 0x0b, 0x0c, bytes).unwrap_or(bytes.len());
    let (before, _) = bytes.split_at(feed);
    memchr::memchr(b'\t', before).unwrap_or(feed)
}
