//! A log as lines of text, through the transcript. Lines are printed once: where they may still change, when following,
//! they are printed as soon as another one stands below them.

use super::{super::print, Printer};
use crate::{store, transcript::Dress};
use std::{fs::File, io, path::Path};

/// A log being read into lines.
pub(super) struct Lines {
    log: store::Lines,
    dress: Dress,
    /// Lines before this one were printed, or are not wanted.
    next: u64,
    /// Only the last so many are wanted of what is there at first.
    tail: Option<u64>,
}

impl Lines {
    /// Of the task in a directory; nothing is read yet.
    pub(super) fn new(dir: &Path, dress: Dress, tail: Option<u64>) -> io::Result<Self> {
        Ok(Self { log: store::Lines::of(dir)?, dress, next: 0, tail })
    }
}

impl Printer for Lines {
    fn advance(&mut self, out: &mut File, last: bool) -> anyhow::Result<()> {
        while !self.log.advance(u64::MAX)? {}
        if last {
            self.log.finish();
        }
        let count = self.log.transcript().line_count();
        if let Some(tail) = self.tail.take() {
            self.next = count.saturating_sub(tail);
        }
        let upto = if last { count } else { count.saturating_sub(1) };
        if self.next < upto {
            let lines = self.log.transcript();
            print::written(lines.export(self.next..upto, self.dress, self.log.log(), out))?;
            self.next = upto;
        }
        Ok(())
    }

    fn reached(&self) -> u64 {
        self.log.transcript().consumed()
    }
}
