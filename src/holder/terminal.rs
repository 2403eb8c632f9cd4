//! The pseudo-terminal of a task: both ends, its size, and input the program has not taken yet. Never interprets a byte.
//!
//! We keep the slave open too. Else every program that closes its terminal (to reopen `/dev/tty` later) would look
//! like an end, and reading would fail, or spin, until it comes back.

use super::limits::INPUT_BYTES_MAX;
use crate::{protocol::holder::TerminalFlags, task::Size};
use portable_pty::{PtySize, native_pty_system};
use rustix::{
    fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl},
    io::{Errno, ioctl_fionread, read, write},
    process::ioctl_tiocsctty,
    termios::{
        InputModes, LocalModes, OptionalActions, Winsize, tcgetattr, tcgetpgrp, tcsetattr, tcsetwinsize,
    },
};
use std::{
    collections::VecDeque,
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::PathBuf,
};

/// Both ends of a pseudo-terminal.
#[derive(Debug)]
pub(super) struct Terminal {
    master: OwnedFd,
    slave: OwnedFd,
    /// `/dev/pts/3`.
    pub(super) path: PathBuf,
    pub(super) size: Size,
    /// Input the kernel did not take yet.
    queue: VecDeque<u8>,
}

/// What a read found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Output {
    /// So many bytes, at least one.
    Bytes(usize),
    /// Nothing is left: everything written before this moment was read.
    Drained,
    /// The terminal was hung up (`vhangup`, as `login` does); it may come back.
    HungUp,
}

impl Terminal {
    /// A new pseudo-terminal that is the controlling terminal of this process, which leads a session without one.
    pub(super) fn open(size: Size) -> Result<Self, String> {
        let pixels = PtySize { rows: size.rows, cols: size.cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(pixels).map_err(|error| {
            let text = error.to_string();
            let full = text.contains(&format!("code: {}", libc::ENOSPC));
            if full {
                "cannot start: no pseudo-terminals left".into()
            } else {
                format!("cannot start: {text}")
            }
        })?;
        let path = pair.master.tty_name().ok_or("cannot start: the pseudo-terminal has no name")?;
        let lent = pair.master.as_raw_fd().ok_or("cannot start: the pseudo-terminal has no descriptor")?;
        let prepare = || {
            let master = super::sys::duplicate(lent)?;
            fcntl_setfl(&master, fcntl_getfl(&master)? | OFlags::NONBLOCK)?;
            let slave = open_slave(&path)?;
            ioctl_tiocsctty(&slave)?;
            expect_utf8(&slave);
            io::Result::Ok((master, slave))
        };
        let (master, slave) =
            prepare().map_err(|error| format!("cannot start: {}: {error}", path.display()))?;
        Ok(Self { master, slave, path, size, queue: VecDeque::new() })
    }

    /// The slave side, for the program.
    pub(super) fn slave(&self) -> io::Result<OwnedFd> {
        self.slave.try_clone()
    }

    /// Puts output of the program into the buffer.
    pub(super) fn read(&self, buffer: &mut [u8]) -> Output {
        match read(&self.master, buffer) {
            Ok(0) | Err(Errno::IO) => Output::HungUp,
            Ok(count) => Output::Bytes(count),
            Err(_) => Output::Drained,
        }
    }

    /// Opens the slave again after a hang-up, which made our descriptor of it useless.
    pub(super) fn reopen_slave(&mut self) {
        if let Ok(slave) = open_slave(&self.path) {
            self.slave = slave;
        }
    }

    /// Takes as much input as there is room for; returns how much. Never waits for the program.
    pub(super) fn input(&mut self, bytes: &[u8]) -> usize {
        let direct = if self.queue.is_empty() { write(&self.master, bytes).unwrap_or(0) } else { 0 };
        let rest = bytes.get(direct..).unwrap_or_default();
        let kept = rest.len().min(self.room());
        self.queue.extend(rest.iter().take(kept));
        direct + kept
    }

    /// Input that would be taken now, at least.
    pub(super) fn room(&self) -> usize {
        INPUT_BYTES_MAX - self.queue.len()
    }

    /// Whether input waits for the program.
    pub(super) fn has_queue(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Passes on queued input that the kernel takes now.
    pub(super) fn flush_queue(&mut self) {
        let (first, _) = self.queue.as_slices();
        let taken = write(&self.master, first).unwrap_or(0);
        self.queue.drain(..taken);
        if self.queue.is_empty() {
            self.queue = VecDeque::new();
        }
    }

    /// Input bytes that no program has read yet, here and in the kernel.
    pub(super) fn unread(&self) -> usize {
        let kernel = ioctl_fionread(&self.slave).unwrap_or(0);
        self.queue.len() + usize::try_from(kernel).unwrap_or(0)
    }

    pub(super) fn resize(&mut self, size: Size) {
        self.size = size;
        let size = Winsize { ws_row: size.rows, ws_col: size.cols, ws_xpixel: 0, ws_ypixel: 0 };
        // only fails on a terminal that was hung up
        let _ = tcsetwinsize(&self.master, size);
    }

    /// The foreground process group.
    pub(super) fn foreground_group(&self) -> Option<rustix::process::Pid> {
        tcgetpgrp(&self.master).ok()
    }

    pub(super) fn flags(&self) -> TerminalFlags {
        let Ok(modes) = tcgetattr(&self.slave) else { return TerminalFlags::default() };
        TerminalFlags {
            canonical: modes.local_modes.contains(LocalModes::ICANON),
            echo: modes.local_modes.contains(LocalModes::ECHO),
            signals: modes.local_modes.contains(LocalModes::ISIG),
            flow_control: modes.input_modes.contains(InputModes::IXON),
        }
    }
}

impl AsFd for Terminal {
    /// The master.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.master.as_fd()
    }
}

fn open_slave(path: &std::path::Path) -> io::Result<OwnedFd> {
    Ok(rustix::fs::open(path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?)
}

/// The kernel's line editing erases whole characters, as every terminal emulator sets it today. Best effort.
fn expect_utf8(slave: &OwnedFd) {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    if let Ok(mut modes) = tcgetattr(slave) {
        modes.input_modes |= InputModes::IUTF8;
        let _ = tcsetattr(slave, OptionalActions::Now, &modes);
    }
}
