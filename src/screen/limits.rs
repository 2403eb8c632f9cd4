//! Bounds of the screen alone, by name and with their reasons. Belongs to `crate::limits`; never configurable.

/// Bytes of a title, notice or path from a task after cleaning; far more than any list shows.
pub(super) const CLEAN_BYTES_MAX: usize = 1024;
/// Bytes given to vt100 at once: after each invalid byte vte searches the rest of its slice anew, so a slice of
/// 64 KiB of 0xff would cost a fifth of a second.
pub(super) const GRID_SLICE_BYTES: usize = 4096;
