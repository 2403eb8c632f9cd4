//! Bounds of a transcript alone, by name and with their reasons. Belongs to `crate::limits`; never configurable.

/// Bytes of plain output whose lines may still be on the screen and are held in memory: 25 bytes for each cell of
/// a 50 × 200 screen. What lies before them in a longer line counts as having left the screen.
pub(super) const OPEN_BYTES_MAX: usize = 256 * 1024;
/// Bytes of one transcript line that are shown and searched; the rest is counted, exported and kept in the log.
pub(super) const LINE_BYTES_MAX: usize = 256 * 1024;
/// Bytes between two entries of a transcript's index: what finding any line reads at most, besides that line.
pub(super) const BLOCK_BYTES: u64 = 64 * 1024;
/// Entries of a transcript's index (64 bytes each); when there are more, the distance between them doubles.
pub(super) const BLOCKS_MAX: usize = 32 * 1024;
/// Bytes of resolved lines a transcript keeps in memory when it is given no file for them.
pub(super) const SIDE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of an escape sequence or of a control string that are looked at; a longer string is skipped to its end.
pub(super) const STRING_BYTES_MAX: usize = 4096;
/// Milliseconds a screen must have stood for its contents to be kept when it is cleared: redraws are not history.
pub(super) const CLEAR_KEPT_AFTER_MS: u64 = 1000;
/// Bytes of full-screen stays that wait for the row they stand before to leave the screen; more are told at once.
pub(super) const NOTES_BYTES_MAX: usize = 64 * 1024;
