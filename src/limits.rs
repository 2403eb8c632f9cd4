//! Every bound of the program, by name and with its reason. Nothing here is configurable:
//! a bound is what keeps one task, client or file from hurting the others.

/// Smallest columns a screen may have: vt100 0.18.1 panics with one column (`screen/`).
pub const COLS_MIN: u16 = 2;
/// Largest rows or columns of a screen; absurd sizes are clamped so that a grid stays ≤ 32 MB.
pub const SIDE_MAX: u16 = 1000;
/// Bytes of one frame on the holder wire; the holder keeps one static buffer of this size per connection.
pub const HOLDER_FRAME_BYTES_MAX: usize = 64 * 1024;
/// Bytes of one message on the client protocol; decoding never allocates more than this.
pub const CLIENT_MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of a log segment: small enough that dropping the oldest one is cheap, large enough to be few.
pub const SEGMENT_BYTES: u64 = 16 * 1024 * 1024;
