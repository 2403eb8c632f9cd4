//! Bounds of the screen alone, by name and with their reasons. Belongs to `crate::limits`; never configurable.

/// Bytes of a title, notice or path from a task after cleaning; far more than any list shows.
pub const CLEAN_BYTES_MAX: usize = 1024;
