//! The bounds of a client, by name and with their reasons. Never configurable.

use std::time::Duration;

/// Bytes kept for a server that does not read yet: as large a paste as the server itself keeps for a program, and thousands
/// of keys; then further ones are dropped and counted.
pub(super) const BACKLOG_BYTES_MAX: usize = 64 * 1024 + crate::limits::INPUT_BYTES_MAX;
/// Bytes of pasted text in one message: well below the largest message.
pub(super) const PASTE_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of an unfinished answer of the user's terminal that are kept; the longest known answers are below 100.
pub(super) const PROBE_BYTES_MAX: usize = 4 * 1024;
/// Columns of the terminal's name that are kept.
pub(super) const NAME_COLS_MAX: usize = 64;
/// How long the first picture waits for the terminal to describe itself.
pub(super) const PROBE_WAIT: Duration = Duration::from_millis(150);
/// How long replies are told from keys after that: a slow line must not type its terminal's answers into the prompt.
pub(super) const PROBE_WAIT_LATE: Duration = Duration::from_secs(2);
/// How long a terminal that takes no bytes is waited for when it is given back.
pub(super) const RESTORE_PATIENCE: Duration = Duration::from_millis(500);
/// How long a client may take to leave politely before its guard kills it.
pub(super) const LEAVE_GRACE: Duration = Duration::from_secs(3);
/// Attempts to find a lost server before giving up: about ten seconds of waiting.
pub(super) const ATTEMPTS_MAX: u32 = 16;
/// The first wait between two attempts; each is twice the one before.
pub(super) const WAIT_FIRST: Duration = Duration::from_millis(25);
/// The longest wait between two attempts.
pub(super) const WAIT_MAX: Duration = Duration::from_secs(1);
/// Silence after a key until the server is asked for a sign: a key that changes nothing is answered by nothing.
pub(super) const ASK_AFTER: Duration = Duration::from_secs(1);
/// Silence after the question until the user is told; a server busy with a flood answers within milliseconds.
pub(super) const TELL_AFTER: Duration = Duration::from_secs(1);
