//! The control socket of a holder, in the task's directory. Talks to nobody but the user it runs as.

use rustix::io::Errno;
use std::{
    fs, io,
    os::{
        fd::{AsFd, BorrowedFd},
        unix::{
            fs::MetadataExt,
            net::{UnixListener, UnixStream},
        },
    },
};

/// The name of the socket in the current directory, so that no path is too long for it.
pub(super) const SOCKET: &str = "sock";

/// A bound socket.
#[derive(Debug)]
pub(super) struct Listener {
    socket: UnixListener,
    /// Device and inode of its file: another one there is not ours.
    file: (u64, u64),
    /// No descriptors are left: do not ask again before one was closed.
    pub(super) exhausted: bool,
}

impl Listener {
    /// In place of whatever is there: the caller holds the task's lock, so it is stale.
    pub(super) fn bind() -> io::Result<Self> {
        let _ = fs::remove_file(SOCKET);
        let socket = UnixListener::bind(SOCKET)?;
        socket.set_nonblocking(true)?;
        let meta = fs::symlink_metadata(SOCKET)?;
        Ok(Self { socket, file: (meta.dev(), meta.ino()), exhausted: false })
    }

    /// Binds again if someone removed the socket's file. Connections made before live on.
    pub(super) fn rebind_if_lost(&mut self) {
        let ours = |meta: fs::Metadata| (meta.dev(), meta.ino()) == self.file;
        if !fs::symlink_metadata(SOCKET).is_ok_and(ours)
            && let Ok(bound) = Self::bind()
        {
            *self = bound;
        }
    }

    /// Removes the file.
    pub(super) fn unbind(self) {
        let _ = fs::remove_file(SOCKET);
    }

    /// The next connection of our user; others are closed. `None` when nobody waits.
    pub(super) fn accept(&mut self) -> Option<UnixStream> {
        loop {
            match self.socket.accept() {
                Ok((stream, _)) => {
                    let ours = peer_user(stream.as_fd()).ok() == Some(rustix::process::geteuid().as_raw());
                    if ours && stream.set_nonblocking(true).is_ok() {
                        return Some(stream);
                    }
                }
                Err(error) => {
                    let code = error.raw_os_error().unwrap_or(0);
                    if code == Errno::INTR.raw_os_error() || code == Errno::CONNABORTED.raw_os_error() {
                        continue;
                    }
                    self.exhausted = error.kind() != io::ErrorKind::WouldBlock;
                    return None;
                }
            }
        }
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// The user on the other side of a socket.
///
/// # Errors
/// When the system does not tell.
#[cfg(target_os = "linux")]
pub fn peer_user(socket: BorrowedFd<'_>) -> io::Result<u32> {
    Ok(rustix::net::sockopt::socket_peercred(socket)?.uid.as_raw())
}

/// The user on the other side of a socket.
///
/// # Errors
/// When the system does not tell.
#[cfg(not(target_os = "linux"))]
pub fn peer_user(socket: BorrowedFd<'_>) -> io::Result<u32> {
    super::sys::peer_user(socket)
}
