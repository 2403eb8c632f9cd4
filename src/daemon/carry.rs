//! What a finished foreground command leaves for the next one: umask, directory, exported variables
//! (product.md §1). The file is written by the command's shell on exit: `umask LF directory LF NUL env -0`.

use crate::protocol::client::Place;
use serde_bytes::ByteBuf;
use std::path::Path;

/// Variables that belong to one shell or one task, not to the session.
const PRIVATE: [&str; 6] = ["_", "SHLVL", "PWD", "ASIDE_TASK", "ASIDE_SESSION", "ASIDE_CARRY"];

/// Reads and deletes the file; `None` when there is none or it is not whole.
pub(super) fn take(path: &Path) -> Option<Place> {
    let bytes = std::fs::read(path).ok();
    // It is there for foreground commands only.
    let _absent = std::fs::remove_file(path);
    parse(&bytes?)
}

fn parse(bytes: &[u8]) -> Option<Place> {
    let mut parts = bytes.split(|&byte| byte == 0);
    let head = parts.next()?;
    let newline = head.iter().position(|&byte| byte == b'\n')?;
    let umask = std::str::from_utf8(head.get(..newline)?).ok()?.trim();
    let umask = u32::from_str_radix(umask, 8).ok().filter(|mask| *mask <= 0o777)?;
    let cwd = head.get(newline + 1..)?.strip_suffix(b"\n")?;
    if !cwd.starts_with(b"/") || !bytes.ends_with(b"\0") {
        return None;
    }
    let kept = |entry: &&[u8]| {
        let name = entry.split(|&byte| byte == b'=').next().unwrap_or_default();
        !entry.is_empty() && !PRIVATE.iter().any(|private| private.as_bytes() == name)
    };
    let environment: Vec<ByteBuf> = parts.filter(kept).map(|entry| ByteBuf::from(entry.to_vec())).collect();
    (!environment.is_empty()).then(|| Place { cwd: ByteBuf::from(cwd.to_vec()), environment, umask })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_dump_is_taken_and_a_torn_one_is_not() {
        let place = parse(b"0022\n/tmp/a b\n\0A=1\0SHLVL=2\0B=x\ny\0").unwrap();
        assert_eq!((place.umask, place.cwd.as_slice()), (0o022, &b"/tmp/a b"[..]));
        let names: Vec<&[u8]> = place.environment.iter().map(|entry| entry.as_slice()).collect();
        assert_eq!(names, [&b"A=1"[..], b"B=x\ny"]);
        for torn in
            [&b""[..], b"0022\n/tmp\n", b"0022\n/tmp\n\0A=1", b"x\n/tmp\n\0A=1\0", b"0022\nrel\n\0A=1\0"]
        {
            assert_eq!(parse(torn), None);
        }
    }
}
