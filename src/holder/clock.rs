//! The two clocks of the holder, read once per turn. Decides nothing.

use rustix::time::{ClockId, Timespec, clock_gettime};

/// One moment.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Now {
    /// Milliseconds since 1970, for records.
    pub(super) real_ms: u64,
    /// Milliseconds since some start, never stepping, for waiting.
    pub(super) steady_ms: u64,
}

impl Now {
    pub(super) fn read() -> Self {
        Self {
            real_ms: ms(clock_gettime(ClockId::Realtime)),
            steady_ms: ms(clock_gettime(ClockId::Monotonic)),
        }
    }
}

fn ms(time: Timespec) -> u64 {
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds * 1000 + u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000_000
}
