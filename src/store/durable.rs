//! Replaces a file so that after a crash or power loss it is the old or the new one, never a part.

use rustix::fs::{Mode, OFlags};
use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

/// Writes `bytes` to `path` (0600): temporary file, fsync, rename, fsync of the directory.
///
/// # Errors
/// Those of the system; the old file is then untouched.
pub fn write_durable(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let parent = path.parent().ok_or_else(|| io::Error::other("path without a directory"))?;
    let mut name = path.file_name().ok_or_else(|| io::Error::other("path without a name"))?.to_owned();
    name.push(".tmp");
    let temporary = parent.join(name);
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let mut file = File::from(rustix::fs::open(&temporary, flags, Mode::from_raw_mode(0o600))?);
    file.write_all(bytes)?;
    file.sync_data()?;
    std::fs::rename(&temporary, path)?;
    File::open(parent)?.sync_all()
}
