//! Durations and sizes as people write them: `120s`, `2m`, `1GiB`, `100MB`. Never rounds.

use std::time::Duration;

/// A whole number and `ms`, `s`, `m` or `h`, or a bare `0`.
pub fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let millis_per = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "" if number == 0 => 1,
        _ => return None,
    };
    number.checked_mul(millis_per).map(Duration::from_millis)
}

/// A whole number and `B`, `KiB`, `MiB`, `GiB`, `TiB`, `KB`, `MB`, `GB` or `TB`, in any case.
pub(super) fn size(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let bytes_per: u64 = match unit.to_ascii_lowercase().as_str() {
        "b" => 1,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        _ => return None,
    };
    number.checked_mul(bytes_per)
}

fn split(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    Some((number.parse().ok()?, unit.trim_start_matches(' ')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_are_whole_numbers_with_a_unit() {
        for (text, millis) in [
            ("120s", Some(120_000)),
            ("2m", Some(120_000)),
            ("2 min", Some(120_000)),
            ("500ms", Some(500)),
            ("1h", Some(3_600_000)),
            ("0", Some(0)),
            ("0s", Some(0)),
            ("120", None),
            ("1.5s", None),
            ("-1s", None),
            ("s", None),
            ("", None),
            ("99999999999999999h", None),
            ("٣s", None),
        ] {
            assert_eq!(duration(text), millis.map(Duration::from_millis), "{text}");
        }
        for (text, bytes) in [
            ("1GiB", Some(1 << 30)),
            ("64MiB", Some(64 << 20)),
            ("64 mib", Some(64 << 20)),
            ("100MB", Some(100_000_000)),
            ("512B", Some(512)),
            ("1G", None),
            ("1024", None),
            ("99999999999TiB", None),
        ] {
            assert_eq!(size(text), bytes, "{text}");
        }
    }
}
