//! The log of a task: the format of its files, and reading them. Never writes (the holder does), never interprets output.
//!
//! A task directory holds, of the log:
//!
//! - `out.<16 hex start offset>`: bytes of the pseudo-terminal, plain appends. The truth; everything else is derived.
//! - `idx.<same>`: fixed-size records about those bytes, each with a checksum; lives and dies with its segment.
//! - `run.json`, `exit.json`: who runs, and how it ended.
//!
//! A segment starts where the one before it ended. The first one is never dropped and the others are dropped oldest
//! first, so bytes can be missing in one place only, and the file names alone say where and how many.

mod index;
pub(crate) mod limits;
mod octets;
mod reader;
mod record;
mod segment;
mod when;

pub use index::{Entry, Event, RECORD_BYTES};
pub use octets::Octets;
pub use reader::{Chunk, Gap, LogReader, Resize};
pub use record::{Asked, End, ExitRecord, FORMAT, RunRecord, Started, Usage};
pub use segment::{IDX, OUT, file_name, start_of};
pub use when::{NoTime, When};
