//! Moments as people write them: `14:05`, `10m ago`, `2026-11-26 14:05`. Never looks at a clock: what is now, and when
//! the log was written, is passed in.

use crate::config::duration;
use jiff::{
    Timestamp,
    civil::{DateTime, Time},
    tz::TimeZone,
};
use std::{fmt, str::FromStr, time::Duration};

/// A moment that is looked for in a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// So long before now.
    Ago(Duration),
    /// A time of day: the latest one that the log has come to.
    Clock(Time),
    /// A date, with or without a time of day, where the user is.
    Date(DateTime),
    /// A moment with its offset from UTC.
    Exact(Timestamp),
}

/// What is no moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoTime(String);

impl fmt::Display for NoTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no time; write 14:05, \"10m ago\" or \"2026-11-26 14:05\"", self.0)
    }
}

impl std::error::Error for NoTime {}

impl FromStr for When {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        let written = text.trim();
        let ago = written.strip_suffix("ago").unwrap_or(written).trim();
        let has_unit = ago.contains(|c: char| c.is_ascii_alphabetic());
        if let Some(ago) = durations(ago).filter(|_| has_unit) {
            return Ok(Self::Ago(ago));
        }
        if let Ok(exact) = written.parse() {
            return Ok(Self::Exact(exact));
        }
        if !written.contains('-')
            && written.contains(':')
            && let Ok(time) = padded(written).parse()
        {
            return Ok(Self::Clock(time));
        }
        written.parse().map(Self::Date).map_err(|_| NoTime(written.to_owned()))
    }
}

/// `10m`, `1h 30m`, `2d`.
fn durations(text: &str) -> Option<Duration> {
    let one = |word: &str| match word.strip_suffix('d') {
        Some(days) => Some(Duration::from_secs(days.parse::<u64>().ok()?.checked_mul(86_400)?)),
        None => duration(word),
    };
    let mut words = text.split_whitespace().map(one);
    let first = words.next()??;
    words.try_fold(first, |sum, word| sum.checked_add(word?))
}

/// `9:05` as `09:05`.
fn padded(clock: &str) -> String {
    if clock.find(':') == Some(1) { format!("0{clock}") } else { clock.to_owned() }
}

impl When {
    /// The moment in milliseconds since 1970, for a log printed between `first_ms` and `last_ms`. `None` where the
    /// calendar ends.
    pub fn resolve(self, now_ms: u64, (first_ms, last_ms): (u64, u64), zone: &TimeZone) -> Option<u64> {
        match self {
            Self::Ago(ago) => Some(now_ms.saturating_sub(u64::try_from(ago.as_millis()).ok()?)),
            Self::Exact(moment) => milliseconds(moment),
            Self::Date(date) => milliseconds(date.to_zoned_datetime(zone.clone()).ok()?.timestamp()),
            Self::Clock(time) => {
                let last = stamp(last_ms)?.to_zoned_datetime(zone.clone());
                let same_day = last.date().to_datetime(time).to_zoned_datetime(zone.clone()).ok()?;
                let before =
                    last.date().yesterday().ok()?.to_datetime(time).to_zoned_datetime(zone.clone()).ok()?;
                let (same_day, before) =
                    (milliseconds(same_day.timestamp())?, milliseconds(before.timestamp())?);
                // later than all that was printed: the end of it, not its beginning a day before
                Some(if same_day <= last_ms || before < first_ms { same_day } else { before })
            }
        }
    }
}

fn stamp(ms: u64) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(ms).ok()?).ok()
}

fn milliseconds(moment: Timestamp) -> Option<u64> {
    u64::try_from(moment.as_millisecond()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_764_158_400_000; // 2025-11-26 12:00 UTC
    const MINUTE: u64 = 60_000;

    fn at(text: &str) -> Option<u64> {
        let span = (NOON - 60 * MINUTE, NOON);
        text.parse::<When>().ok()?.resolve(NOON + 5 * MINUTE, span, &TimeZone::UTC)
    }

    #[test]
    fn moments_are_found_as_people_write_them() {
        for (text, expected) in [
            ("10m ago", NOON - 5 * MINUTE),
            ("10m", NOON - 5 * MINUTE),
            ("1h 30m ago", NOON - 85 * MINUTE),
            ("1d ago", NOON + 5 * MINUTE - 1440 * MINUTE),
            ("11:30", NOON - 30 * MINUTE),
            ("9:05", NOON - 175 * MINUTE),
            ("11:59:30", NOON - MINUTE / 2),
            ("2025-11-26 11:30", NOON - 30 * MINUTE),
            ("2025-11-26", NOON - 720 * MINUTE),
            ("2025-11-26T12:30+01:00", NOON - 30 * MINUTE),
        ] {
            assert_eq!(at(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_time_of_day_is_the_latest_the_log_has_come_to() {
        let resolve = |text: &str, first, last| {
            text.parse::<When>().unwrap().resolve(NOON, (first, last), &TimeZone::UTC)
        };
        let day = 1440 * MINUTE;
        assert_eq!(resolve("23:00", NOON - day, NOON), Some(NOON - 780 * MINUTE), "that was yesterday");
        assert_eq!(resolve("13:00", NOON - MINUTE, NOON), Some(NOON + 60 * MINUTE), "its end");
    }

    #[test]
    fn what_is_no_time_is_told_with_what_is_one() {
        for text in ["", "x", "25:00", "10", "0", "ago", "10 parsecs ago", "12-13"] {
            let told = text.parse::<When>().unwrap_err().to_string();
            assert!(told.contains("is no time; write 14:05"), "{told}");
        }
    }
}
