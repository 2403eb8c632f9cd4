//! When each row of a screen may have changed last, so that whoever draws it need not look at its cells.

use std::sync::atomic::{AtomicU64, Ordering};

/// One count for all screens: a number stands for one row of one screen at one moment, for ever.
static LAST: AtomicU64 = AtomicU64::new(0);

fn next() -> u64 {
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

/// The moments of the last changes.
pub(super) struct Versions {
    /// Of all rows.
    all: u64,
    /// Of the row that changed alone, since then.
    rows: Vec<(u16, u64)>,
}

/// Rows that may change one by one before all are taken to have changed.
const ROWS_MAX: usize = 8;

impl Versions {
    pub(super) fn new() -> Self {
        Self { all: next(), rows: vec![] }
    }

    /// Anything may have changed.
    pub(super) fn all_changed(&mut self) {
        self.all = next();
        self.rows.clear();
    }

    /// No other row has changed.
    pub(super) fn row_changed(&mut self, row: u16) {
        self.rows.retain(|(known, _)| *known != row);
        match self.rows.len() < ROWS_MAX {
            true => self.rows.push((row, next())),
            false => self.all_changed(),
        }
    }

    pub(super) fn of(&self, row: u16) -> u64 {
        self.rows.iter().find(|(known, _)| *known == row).map_or(self.all, |(_, version)| *version)
    }
}
