//! The server's and the holders' sockets: bound and connected at paths of any length, and only to the same user.

use crate::holder;
use std::{
    ffi::OsStr,
    io,
    os::{
        fd::AsFd as _,
        unix::net::{UnixListener, UnixStream},
    },
    path::Path,
};

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
    match holder::peer_user(stream.as_fd()) {
        Ok(uid) if uid != ours.as_raw() => Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("{} is served by user {uid}, not by you", path.display()),
        )),
        _ => Ok(stream),
    }
}

fn short<T>(path: &Path, with: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name().and_then(OsStr::to_str)) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a path of a socket"));
    };
    let (short, _directory) = holder::client::socket_path(parent, name)?;
    with(&short)
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
