//! Bounds of the holder alone, by name and with their reasons. Belongs to `crate::limits`; never configurable.

/// Connections served at once; one more closes the one that matters least, so that a new server always gets in.
pub(super) const CONNECTIONS_MAX: usize = 8;
/// Requests of one connection handled before anybody else's turn; some look through `/proc`.
pub(super) const FRAMES_PER_TURN_MAX: usize = 16;
/// Bytes of input kept for a program that does not read; what is beyond is not accepted.
pub(super) const INPUT_BYTES_MAX: usize = 64 * 1024;
/// Bytes of output sent along with a notice that the log grew; also what is read at most before it is told.
pub(super) const INLINE_BYTES_MAX: usize = 16 * 1024;
/// Process ids listed in one PROBED.
pub(super) const PIDS_MAX: usize = 64;
/// Bytes of the name of who asked for a signal.
pub(super) const WHO_BYTES_MAX: usize = 256;
/// Looks for new descendants while signalling a tree: one that forks faster than this is beaten by the next request.
pub(super) const TREE_ROUNDS_MAX: usize = 16;
/// Bytes of a holder's answer when started; whatever is longer is none.
pub(super) const ANSWER_BYTES_MAX: u64 = 64 * 1024;
