//! Unix sockets at paths of any length: beyond the 107 bytes an address holds, the directory is opened and
//! the socket is named through its descriptor (`/proc/self/fd/N/name`; where there is no `/proc`, such a path is an error).

use rustix::fs::{Mode, OFlags};
use std::{
    io,
    os::{
        fd::AsRawFd,
        unix::net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
};

/// Longest path that fits a `sockaddr_un` with its final NUL; macOS has room for 103.
const PATH_BYTES_MAX: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// Binds a listener; the caller's umask decides who may connect.
///
/// # Errors
/// Those of the system.
pub fn bind(path: &Path) -> io::Result<UnixListener> {
    short(path, |path| UnixListener::bind(path))
}

/// Connects, and checks that the other side is a process of this user.
///
/// # Errors
/// Those of the system; `PermissionDenied` when someone else listens there.
pub fn connect(path: &Path) -> io::Result<UnixStream> {
    let stream = short(path, |path| UnixStream::connect(path))?;
    let ours = rustix::process::geteuid();
    match peer(&stream) {
        Some(uid) if uid != ours.as_raw() => Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("{} is served by user {uid}, not by you", path.display()),
        )),
        _ => Ok(stream),
    }
}

#[cfg(target_os = "linux")]
fn peer(stream: &UnixStream) -> Option<u32> {
    rustix::net::sockopt::socket_peercred(stream).ok().map(|peer| peer.uid.as_raw())
}

/// Elsewhere the socket's directory, which only its owner may enter, has to do.
#[cfg(not(target_os = "linux"))]
const fn peer(_: &UnixStream) -> Option<u32> {
    None
}

fn short<T>(path: &Path, with: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    if path.as_os_str().len() <= PATH_BYTES_MAX {
        return with(path);
    }
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a path of a socket"));
    };
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::RDONLY;
    let directory = rustix::fs::open(parent, flags, Mode::empty())?;
    with(&PathBuf::from(format!("/proc/self/fd/{}", directory.as_raw_fd())).join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_deep_in_a_tree_is_bound_and_connected() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a".repeat(60)).join("b".repeat(60));
        std::fs::create_dir_all(&deep).unwrap();
        let path = deep.join("x.sock");
        let listener = bind(&path).unwrap();
        connect(&path).unwrap();
        assert!(listener.accept().is_ok());
    }
}
