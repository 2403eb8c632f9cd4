//! A screen that falls behind a flood and catches up when somebody looks: what scrolls past unseen is never emulated.
//! Never late with anything but cells: queries, titles and modes are taken in at once.
//!
//! Output waits as bytes. Runs of text, C0, SGR and EL only move cells, so they can wait; anything else is handed on
//! with all that came before it. A run that scrolled the whole screen away is cut to its last lines: the pen at the
//! cut is found by replaying the SGRs since the last reset, the old picture is scrolled off, and what is left is
//! emulated. The picture is the same as if all of it had been (emulation.md §6), which a property test holds.

mod run;

use super::{
    Effect, Screen,
    limits::{BACKLOG_BYTES_KEPT, BACKLOG_BYTES_MAX, SKIP_BYTES_MIN},
    scan::unfinished_char,
};
use crate::task::Size;
use run::{Kind, classify};

/// Sequences in one portion of output that may not wait, before all of it may not.
const OTHERS_MAX: usize = 8;

/// A [`Screen`] with the output it has not taken in yet.
pub struct LazyScreen {
    screen: Screen,
    /// Output from `base` on that the screen has not seen.
    backlog: Vec<u8>,
    /// Log offset of the first byte of the backlog.
    base: u64,
    /// Bytes of the backlog that may not wait.
    due: usize,
    /// Bytes of the backlog that were looked at: whole sequences, whole characters.
    scanned: usize,
    /// Long runs in the due part, as ranges of the backlog.
    runs: Vec<(usize, usize)>,
    /// The bell rang in what waits, and was not told yet.
    rang: bool,
    /// Told with the next output: faults while catching up.
    late: Vec<Effect>,
}

impl LazyScreen {
    /// A screen that is up to date.
    pub const fn new(screen: Screen) -> Self {
        Self {
            screen,
            backlog: Vec::new(),
            base: 0,
            due: 0,
            scanned: 0,
            runs: Vec::new(),
            rang: false,
            late: Vec::new(),
        }
    }

    /// Takes in bytes of the task's output that follow what it had before; `offset` is the log offset of the first.
    pub fn feed(&mut self, offset: u64, bytes: &[u8], effects: &mut Vec<Effect>) {
        effects.append(&mut self.late);
        self.base = offset.saturating_sub(self.backlog.len() as u64);
        self.backlog.extend_from_slice(bytes);
        self.scan();
        self.go_on(effects);
        if std::mem::take(&mut self.rang) && effects.last() != Some(&Effect::Bell) {
            effects.push(Effect::Bell);
        }
        if self.backlog.len() > BACKLOG_BYTES_MAX {
            self.finish();
        }
    }

    /// Whether output that may not wait is left because it asks for much work: call [`Self::go_on`] once others had
    /// their turn, and feed nothing before.
    pub const fn busy(&self) -> bool {
        self.due > 0
    }

    /// Goes on with a portion of the work that is due.
    pub fn go_on(&mut self, effects: &mut Vec<Effect>) {
        while self.due > 0 {
            let (start, end) = self.runs.first().copied().unwrap_or((self.due, self.due));
            let (used, all) = if start > 0 {
                let used = self.screen.advance(self.base, part(&self.backlog, 0, start), effects);
                (used, used == start)
            } else {
                self.runs.remove(0);
                self.take_run(end, effects)
            };
            self.forget(used);
            if !all {
                break;
            }
        }
    }

    /// The screen, up to date: but for work that is still due if [`Self::busy`].
    pub fn settle(&mut self) -> &Screen {
        let mut effects = std::mem::take(&mut self.late);
        self.go_on(&mut effects);
        if self.due == 0 {
            // only with what follows is a character that was cut off known to be broken
            let broken = unfinished_char(part(&self.backlog, 0, self.scanned)) > 0;
            let end = if broken { self.backlog.len() } else { self.scanned };
            let (used, _) = self.take_run(end, &mut effects);
            self.forget(used);
        }
        // the bell was told when it came in
        effects.retain(|effect| *effect != Effect::Bell);
        self.late = effects;
        &self.screen
    }

    /// The screen as it was settled last: modes, title and size are up to date, cells and cursor may not be.
    pub const fn as_settled(&self) -> &Screen {
        &self.screen
    }

    /// Changes the size where the output has come to; see [`Screen::resize`].
    pub fn resize(&mut self, size: Size) {
        if size != self.screen.size() {
            self.finish();
            self.screen.resize(size);
        }
    }

    /// See [`Screen::checkpoint`].
    pub fn checkpoint(&mut self) -> Vec<u8> {
        self.finish();
        self.screen.checkpoint()
    }

    /// The screen with everything taken in, to be changed or kept.
    pub fn into_settled(mut self) -> Screen {
        self.finish();
        self.screen
    }

    /// Everything is taken in, whatever it costs.
    fn finish(&mut self) {
        let mut effects = std::mem::take(&mut self.late);
        self.catch_up(&mut effects);
        // the bell was told when it came in
        effects.retain(|effect| *effect != Effect::Bell);
        self.late = effects;
    }

    fn catch_up(&mut self, effects: &mut Vec<Effect>) {
        while self.due > 0 {
            self.go_on(effects);
        }
        while self.scanned > 0 {
            let (used, _) = self.take_run(self.scanned, effects);
            self.forget(used);
        }
        // the start of a sequence or character: the screen holds it as well
        let rest = std::mem::take(&mut self.backlog);
        self.screen.process(self.base, &rest, effects);
        self.base += rest.len() as u64;
    }

    /// Finds out what may wait.
    fn scan(&mut self) {
        let (mut start, before) = (self.due, self.scanned);
        if self.due == self.scanned && !self.screen.in_ground() {
            // in the middle of something only the screen knows
            self.scanned = self.backlog.len();
            self.due = self.scanned;
            return;
        }
        let mut others = 0;
        loop {
            let found = classify(&self.backlog, self.scanned);
            let (at, end) = match found {
                Kind::Text(end) => {
                    self.rang |= memchr::memchr(7, part(&self.backlog, before.max(start), end)).is_some();
                    self.scanned = end;
                    return;
                }
                Kind::Other(at, end) => (at, end),
                Kind::Open(at) => (at, self.backlog.len()),
            };
            if at - start >= SKIP_BYTES_MIN {
                self.runs.push((start, at));
            }
            others += 1;
            if others > OTHERS_MAX {
                // a full-screen program: nothing to gain from looking at all of it
                self.scanned = self.backlog.len();
                self.due = self.scanned;
                return;
            }
            (self.scanned, self.due, start) = (end, end, end);
        }
    }

    /// Takes in the first `end` bytes, a run that only moves cells, or the last lines of it. Tells how many bytes are
    /// done with, and whether that is all of them.
    fn take_run(&mut self, end: usize, effects: &mut Vec<Effect>) -> (usize, bool) {
        let run = part(&self.backlog, 0, end);
        let rows = usize::from(self.screen.size().rows);
        let cut = (end >= SKIP_BYTES_MIN && self.screen.can_skip()).then(|| run::cut(run, rows)).flatten();
        let Some(cut) = cut else {
            let used = if run.is_empty() { 0 } else { self.screen.advance(self.base, run, effects) };
            return (used, used == end);
        };
        if memchr::memchr(7, part(run, 0, cut)).is_some() && effects.last() != Some(&Effect::Bell) {
            effects.push(Effect::Bell);
        }
        self.screen.scroll_away();
        let pen = run::pens(run, cut);
        self.screen.process(self.base, &pen, effects);
        self.screen.process(self.base + cut as u64, part(run, cut, end), effects);
        (end, true)
    }

    /// Drops bytes from the front that are done with.
    fn forget(&mut self, used: usize) {
        self.backlog.drain(..used.min(self.backlog.len()));
        self.base += used as u64;
        self.due = self.due.saturating_sub(used);
        self.scanned = self.scanned.saturating_sub(used);
        for (start, end) in &mut self.runs {
            (*start, *end) = (start.saturating_sub(used), end.saturating_sub(used));
        }
        if self.backlog.is_empty() && self.backlog.capacity() > BACKLOG_BYTES_KEPT {
            self.backlog = Vec::new();
        }
    }
}

impl std::fmt::Debug for LazyScreen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LazyScreen")
            .field("screen", &self.screen)
            .field("backlog", &self.backlog.len())
            .finish()
    }
}

fn part(bytes: &[u8], from: usize, to: usize) -> &[u8] {
    bytes.get(from..to).unwrap_or_default()
}
