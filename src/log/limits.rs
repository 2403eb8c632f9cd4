//! Bounds of the log alone, by name and with their reasons. Belongs to `crate::limits`; never configurable.

/// Milliseconds between two time records of an index while there is output: what a person can tell apart.
pub(crate) const INDEX_STEP_MS: u64 = 50;
/// Bytes of the index of one segment: 1 byte of output every 50 ms must not make an index larger than its log's cap.
pub(crate) const INDEX_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Smallest segment of a log whose cap is small; a cap is kept in segments, so it holds from about twice this.
pub(crate) const SEGMENT_BYTES_MIN: u64 = 64 * 1024;
