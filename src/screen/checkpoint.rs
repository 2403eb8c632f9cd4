//! A screen as bytes, to go on from after a restart or after it was dropped to save memory. Never trusted: a damaged
//! or foreign one restores nothing, and the log is replayed instead.
//!
//! `magic · crc32 of the rest · MessagePack of [`Record`]`. Cells are vt100's own escape sequences for them; what
//! vt100 cannot tell (margins, modes, saved cursors, our attributes) is the normaliser's state.

use super::{
    extra::Extra,
    grid::Grid,
    normaliser::{Normaliser, Pen, Pending, State},
};
use crate::task::Size;
use serde::{Deserialize, Serialize};

/// Names the format; its last byte is the version.
const MAGIC: &[u8; 8] = b"asidscr\x01";

/// All there is to know.
#[derive(Serialize, Deserialize)]
struct Record {
    size: Size,
    state: State,
    extras: Vec<(u16, Extra)>,
    pending: Pending,
    cursor: (u16, u16),
    pen: Pen,
    at_edge: bool,
    main: String,
    alternate: Option<String>,
}

impl Normaliser {
    /// The checkpoint.
    pub(super) fn checkpoint(&self) -> Vec<u8> {
        let (main, alternate) = self.grid.contents();
        let record = Record {
            size: self.grid.size(),
            state: self.state.clone(),
            extras: self.extras.list(),
            pending: self.pending.clone(),
            cursor: self.grid.position(),
            pen: Pen::of(self.grid.screen()),
            at_edge: self.at_edge,
            main,
            alternate,
        };
        let payload = rmp_serde::to_vec(&record).expect("plain data can always be written to memory");
        let mut bytes = MAGIC.to_vec();
        bytes.extend(crc32fast::hash(&payload).to_le_bytes());
        bytes.extend(payload);
        bytes
    }

    /// The screen a checkpoint was taken of.
    pub(super) fn restore(bytes: &[u8]) -> Option<Self> {
        let (crc, payload) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<4>()?;
        if crc32fast::hash(payload) != u32::from_le_bytes(*crc) {
            return None;
        }
        let record: Record = rmp_serde::from_slice(payload).ok()?;
        let size = Size::new(record.size.rows, record.size.cols);
        if size != record.size || !record.state.fits(size) {
            return None;
        }
        let mut normaliser = Self::new(size);
        let shown = record.state.modes().alternate_screen;
        normaliser.grid = Grid::of_contents(size, &record.main, record.alternate.as_deref(), shown);
        normaliser.extras = super::extra::Extras::from_list(record.extras)?;
        normaliser.state = record.state;
        normaliser.pending = record.pending;
        normaliser.resume(record.cursor, record.pen);
        normaliser.at_edge = record.at_edge;
        Some(normaliser)
    }
}
