//! A task's log as logical lines: any size, bounded memory, while the task runs and after. Never touches a file
//! but through [`Source`] and [`Side`], never looks at a clock.
//!
//! The log is the truth and this is derived from it: feed it from offset 0 and it is the same again, however the
//! bytes are cut. Plain text is scanned, not emulated, and stays in the log (`plain`); as soon as a sequence goes
//! beyond plain text, the lines still on the screen are acted out on a grid (`emulate`, `grid`) until the stream is
//! plain again, and what left the grid goes to a side store (`gone`, `side`). `store` finds line N in either.
//! So `\r` bars and cursor-up redraws end as the screen showed them, and floods cost a scan.

mod emulate;
mod export;
mod find;
mod forget;
mod gone;
mod grid;
mod limits;
mod line;
mod plain;
mod read;
mod side;
mod store;
mod style;
mod token;

#[cfg(test)]
mod recordings;
#[cfg(test)]
mod tests;

pub use export::Dress;
pub use find::{Direction, Found, Matches, Pattern};
pub use line::{Kind, Line, Span};
pub use side::{FileSide, MemorySide, Side};
pub use style::Style;

use crate::task::Size;
use emulate::Emulator;
use line::Form;
use plain::{Piece, Plain, Stop};
use read::{Data, Open};
use std::{fmt, io};
use store::Store;
use token::{Lexer, Token};

/// The bytes of a log, by offset. `log/` implements it.
pub trait Source {
    /// Bytes in the log.
    fn length(&self) -> u64;
    /// Reads at most a buffer's length from `offset` on; 0 at the end and where bytes were dropped.
    ///
    /// # Errors
    /// The file cannot be read.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

/// Any bytes in memory are a source: for tests and for the lines of a screen.
impl Source for &[u8] {
    fn length(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let from = self.get(start..).unwrap_or_default();
        Ok(buffer.iter_mut().zip(from).map(|(to, from)| *to = *from).count())
    }
}

/// The lines of one log.
pub struct Transcript {
    size: Size,
    /// Log offset of the first byte not yet given.
    consumed: u64,
    /// Bytes given that are an incomplete sequence or character.
    held: Vec<u8>,
    lexer: Lexer,
    mode: Mode,
    emulator: Emulator,
    store: Store,
}

/// How the stream is read now.
#[derive(Debug)]
enum Mode {
    /// It is plain; `below` says that rows of the emulator stand above the plain lines.
    Plain { plain: Plain, below: bool },
    /// The emulator acts it out.
    Emulated,
}

/// Bytes of final lines that wait in the emulator before they are stored.
const WAITING_BYTES: usize = 16 * 1024;

impl Transcript {
    /// An empty transcript of a terminal of this size; resolved lines are kept in memory.
    pub fn new(size: Size) -> Self {
        Self::with_side(size, Box::new(MemorySide::default()))
    }

    /// As [`Self::new`], resolved lines are kept in `side`.
    pub fn with_side(size: Size, side: Box<dyn Side>) -> Self {
        Self {
            size,
            consumed: 0,
            held: Vec::new(),
            lexer: Lexer::default(),
            mode: Mode::Plain { plain: Plain::new(0, Style::default()), below: false },
            emulator: Emulator::new(size),
            store: Store::new(side),
        }
    }

    /// Takes the bytes that stand at `offset` of the log and were printed at `now_ms` (log time). Bytes already
    /// given are passed over; an offset beyond [`Self::consumed`] is a gap.
    pub fn feed(&mut self, offset: u64, bytes: &[u8], now_ms: u64) {
        if offset > self.consumed {
            self.gap(self.consumed, offset - self.consumed);
        }
        let known = usize::try_from(self.consumed - offset).unwrap_or(usize::MAX);
        let Some(bytes) = bytes.get(known..).filter(|bytes| !bytes.is_empty()) else { return };
        let start = self.consumed - self.held.len() as u64;
        self.consumed += bytes.len() as u64;
        if self.held.is_empty() {
            let taken = self.take(start, bytes, now_ms);
            self.held.extend_from_slice(bytes.get(taken..).unwrap_or_default());
        } else {
            let mut held = std::mem::take(&mut self.held);
            held.extend_from_slice(bytes);
            let taken = self.take(start, &held, now_ms);
            held.drain(..taken);
            self.held = held;
        }
    }

    /// As [`Self::feed`], for bytes printed over a while: `times` are the log's index, offsets and milliseconds,
    /// both rising; each time holds from its offset on. Whether a cleared screen had stood depends on them.
    pub fn feed_timed(&mut self, offset: u64, bytes: &[u8], times: &[(u64, u64)]) {
        let passed = times.partition_point(|(at, _)| *at <= offset);
        let (before, later) = times.split_at_checked(passed).unwrap_or((times, &[]));
        let mut now_ms = before.last().map_or(0, |(_, ms)| *ms);
        let (mut at, mut rest) = (offset, bytes);
        for (next, ms) in later {
            let length = usize::try_from(next - at).unwrap_or(usize::MAX);
            let Some((piece, after)) = rest.split_at_checked(length) else { break };
            self.feed(at, piece, now_ms);
            (at, rest, now_ms) = (*next, after, *ms);
        }
        self.feed(at, rest, now_ms);
    }

    /// The terminal's size changed at this offset of the log.
    pub fn resize(&mut self, offset: u64, size: Size) {
        if offset > self.consumed {
            self.gap(self.consumed, offset - self.consumed);
        }
        if size == self.size {
            return;
        }
        self.settle_lines();
        if matches!(self.mode, Mode::Plain { below: true, .. }) {
            self.emulate();
        }
        self.emulator.resize(size);
        self.store_gone();
        self.size = size;
    }

    /// `missing` bytes from `offset` on are not in the log any more. What was open is final.
    pub fn gap(&mut self, offset: u64, missing: u64) {
        self.close();
        self.store.push_gap(offset, missing);
        self.consumed = offset.max(self.consumed) + missing;
        let plain = Plain::new(self.consumed, Style::default());
        self.mode = Mode::Plain { plain, below: false };
    }

    /// The task printed so many bytes more than the log's files hold: they were cut off, by a crash or by hand.
    pub fn damage(&mut self, missing: u64) {
        self.close();
        self.store.push_damage(self.consumed, missing);
        self.consumed += missing;
        let plain = Plain::new(self.consumed, Style::default());
        self.mode = Mode::Plain { plain, below: false };
    }

    /// No more bytes are expected: half a character at the end counts as one. More may follow nevertheless.
    pub fn finish(&mut self) {
        if matches!(self.mode, Mode::Emulated) && self.held.first().is_some_and(|byte| *byte != 0x1b) {
            let offset = self.consumed - self.held.len() as u64;
            self.emulator.act(&Token::Text(&self.held), offset, 0);
            self.held.clear();
        }
    }

    /// Log offset up to which bytes were given.
    pub const fn consumed(&self) -> u64 {
        self.consumed
    }

    /// Number of lines, those still on the screen included.
    pub fn line_count(&self) -> u64 {
        let above = match &self.mode {
            Mode::Plain { plain, below: false } => return self.store.lines() + plain.lines(),
            Mode::Plain { plain, .. } => plain.lines(),
            Mode::Emulated => 0,
        };
        self.store.lines() + self.emulator.open().1 + above
    }

    /// Number of lines at the beginning that can never change again.
    pub fn settled_count(&self) -> u64 {
        let reachable = u64::from(self.size.rows);
        self.store.lines().max(self.line_count().saturating_sub(reachable))
    }

    fn take(&mut self, start: u64, bytes: &[u8], now_ms: u64) -> usize {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            self.emulator.touch(now_ms);
            let offset = start + at as u64;
            let (count, more) = match &mut self.mode {
                Mode::Plain { plain, .. } => {
                    let (count, stop) = plain.scan(rest, self.lexer);
                    (count, self.plain_stopped(stop))
                }
                Mode::Emulated => self.act(rest, offset, now_ms),
            };
            at += count;
            if !more {
                break;
            }
        }
        at
    }

    /// Does what the end of a plain scan asks for; whether there is more to take.
    fn plain_stopped(&mut self, stop: Stop) -> bool {
        match stop {
            Stop::End | Stop::Incomplete => false,
            Stop::Step => {
                self.step();
                true
            }
            Stop::Beyond => {
                self.emulate();
                true
            }
        }
    }

    /// Acts out tokens until the stream is plain again; the bytes taken and whether there is more to take.
    fn act(&mut self, bytes: &[u8], start: u64, now_ms: u64) -> (usize, bool) {
        let mut at = 0;
        while let Some((token, length)) = bytes.get(at..).and_then(|rest| self.lexer.next(rest)) {
            self.emulator.act(&token, start + at as u64, now_ms);
            at += length;
            if self.emulator.waiting() > WAITING_BYTES {
                self.store_gone();
            }
            if token == Token::Control(b'\n') && self.emulator.at_fresh_line() {
                let plain = Plain::new(start + at as u64, self.emulator.style());
                self.mode = Mode::Plain { plain, below: true };
                self.store_gone();
                return (at, true);
            }
        }
        self.store_gone();
        (at, false)
    }

    /// Housekeeping of plain text, at offsets that do not depend on how the stream is cut.
    fn step(&mut self) {
        let Mode::Plain { plain, below } = &mut self.mode else { return };
        let mut pieces = Vec::new();
        if *below {
            if (plain.tail().0.len() as u64) < plain::STEP {
                return;
            }
            if plain.line_feeds() < u64::from(self.size.rows) {
                self.emulate();
                return;
            }
            *below = false;
            self.emulator.flush();
            self.store_gone();
        }
        let Mode::Plain { plain, .. } = &mut self.mode else { return };
        plain.take_settled(self.size.rows, &mut pieces);
        plain.mark(&mut pieces);
        self.push(pieces);
    }

    /// Brings the grid up to date with the plain lines on the screen; from here on it is emulated.
    fn emulate(&mut self) {
        self.settle_lines();
        let Mode::Plain { plain, below } = std::mem::replace(&mut self.mode, Mode::Emulated) else { return };
        let mut plain = plain;
        let mut pieces = Vec::new();
        if !below {
            plain.break_long(&mut pieces);
        }
        self.push(pieces);
        let (tail, start, style) = plain.tail();
        self.emulator.begin(style);
        let (mut lexer, mut at) = (Lexer::default(), 0);
        while let Some((token, length)) = tail.get(at..).and_then(|rest| lexer.next(rest)) {
            self.emulator.act(&token, start + at as u64, 0);
            at += length;
        }
        self.store_gone();
    }

    /// Hands lines that have left the screen to the store, exactly.
    fn settle_lines(&mut self) {
        let mut pieces = Vec::new();
        if let Mode::Plain { plain, below: false } = &mut self.mode {
            plain.take_settled(self.size.rows, &mut pieces);
        }
        self.push(pieces);
    }

    /// Makes everything final, a line that has begun included, and forgets the terminal's state.
    fn close(&mut self) {
        let mut pieces = Vec::new();
        self.finish();
        if !matches!(self.mode, Mode::Plain { below: false, .. }) {
            self.emulator.flush();
            self.store_gone();
        }
        if let Mode::Plain { plain, .. } = &mut self.mode {
            plain.take_all(&mut pieces);
        }
        self.push(pieces);
        self.emulator = Emulator::new(self.size);
        (self.lexer, self.held) = (Lexer::default(), Vec::new());
    }

    fn push(&mut self, pieces: Vec<Piece>) {
        pieces.into_iter().for_each(|piece| self.store.push_piece(piece));
    }

    fn store_gone(&mut self) {
        let (encoded, lines) = self.emulator.take_gone();
        self.store.push_lines(&encoded, lines);
    }

    /// What is not final yet, as blocks.
    fn open_blocks(&self) -> Vec<Open> {
        let mut open = Vec::new();
        if !matches!(self.mode, Mode::Plain { below: false, .. }) {
            let (bytes, lines) = self.emulator.open();
            let (data, offset) = (Data::Held(bytes), self.store.reached());
            open.push(Open { data, lines, style: Style::default(), form: Form::Encoded, offset });
        }
        if let Mode::Plain { plain, .. } = &self.mode {
            plain.open(&mut open);
        }
        open
    }
}

impl fmt::Debug for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transcript")
            .field("consumed", &self.consumed)
            .field("final_lines", &self.store.lines())
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}
