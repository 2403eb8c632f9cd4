//! Names of segment files. Pure.

/// Prefix of the files with output.
pub const OUT: &str = "out.";
/// Prefix of the files with index records.
pub const IDX: &str = "idx.";

/// The name of the file that starts at a log offset.
pub fn file_name(prefix: &str, start: u64) -> String {
    format!("{prefix}{start:016x}")
}

/// The log offset a file of this prefix starts at; `None` for a file of another kind.
pub fn start_of(prefix: &str, name: &str) -> Option<u64> {
    let digits = name.strip_prefix(prefix)?;
    let start = u64::from_str_radix(digits, 16).ok()?;
    // one name per offset: `+1`, capitals and short forms are not ours
    (file_name(prefix, start) == name).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_its_offset_are_inverses_and_nothing_else_is_a_segment() {
        assert_eq!(file_name(OUT, 0x1000000), "out.0000000001000000");
        for start in [0, 1, 0xabcdef, u64::MAX] {
            assert_eq!(start_of(IDX, &file_name(IDX, start)), Some(start));
        }
        for name in ["out.", "out.1", "out.000000000000000G", "out.00000000000000AB", "idx.00", "sock"] {
            assert_eq!(start_of(OUT, name), None, "{name}");
        }
    }
}
