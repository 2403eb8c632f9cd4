//! The bounds of the prompt, with their reasons.

/// Lines of history kept; some years of typing, read and searched in a blink.
pub const HISTORY_ENTRIES_MAX: usize = 10_000;
/// Bytes of a line that is remembered: a pasted file is run, but it would push everything else out of reach.
pub const HISTORY_ENTRY_BYTES_MAX: usize = 64 * 1024;
