//! The user's terminal as a device: size, modes, and writing that never blocks.
//!
//! Never changes the file descriptors the user's shell shares with us: for writing the device is opened anew, because
//! `O_NONBLOCK` on a shared description would hit the shell and whatever it starts next.

use super::{capability::Streams, fork::with_ttou_ignored, mode::Held, until};
use crate::task::Size;
use rustix::{
    event::{PollFd, PollFlags, poll},
    fs::{Mode, OFlags},
    io::Errno,
    stdio::{stdin, stdout},
    termios::{
        OptionalActions, QueueSelector, Termios, isatty, tcflush, tcgetattr, tcgetwinsize, tcsetattr, ttyname,
    },
};
use std::{
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    time::{Duration, Instant},
};

/// Which of the standard streams are terminals.
pub(super) fn is_terminal() -> Streams {
    Streams { input: isatty(stdin()), output: isatty(stdout()) }
}

/// The terminal this process was started on.
pub(super) struct Tty {
    output: OwnedFd,
    /// As the shell had it.
    found: Option<Termios>,
}

impl Tty {
    /// Opens the terminal that is standard output. Without one, what is there is kept, for [`super::check_terminal`] to judge.
    pub(super) fn open() -> io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let named =
            ttyname(stdout(), Vec::new()).and_then(|path| rustix::fs::open(path, flags, Mode::empty()));
        // the device may belong to another user (su), but /dev/tty always opens
        let opened = named.or_else(|_| rustix::fs::open("/dev/tty", flags, Mode::empty()));
        let output = opened.or_else(|_| rustix::io::fcntl_dupfd_cloexec(stdout(), 3))?;
        Ok(Self { output, found: tcgetattr(stdin()).ok() })
    }

    /// Rows and columns; 24 by 80 if the terminal does not say.
    pub(super) fn size(&self) -> Size {
        match tcgetwinsize(&self.output) {
            Ok(size) if size.ws_row > 0 && size.ws_col > 0 => Size::new(size.ws_row, size.ws_col),
            _ => Size::new(24, 80),
        }
    }

    /// Every byte goes to us as it is typed. Crossterm does it, for it reads Ctrl+J as Enter unless it has.
    pub(super) fn enter_raw() -> io::Result<()> {
        crossterm::terminal::disable_raw_mode()?;
        crossterm::terminal::enable_raw_mode()
    }

    /// Takes back `held`: the modes first, then the line discipline as it was found. Waits no longer than `patience` for a terminal
    /// that takes nothing. Errors are not told: there is nobody who could do more.
    pub(super) fn restore(&self, held: Held, patience: Duration) {
        let _ = self.write_by(&held.leave(), super::after(patience));
        if held.has(Held::RAW) {
            let _ = crossterm::terminal::disable_raw_mode();
            if let Some(found) = &self.found {
                let _ = with_ttou_ignored(|| tcsetattr(stdin(), OptionalActions::Now, found));
            }
        }
    }

    /// Whether somebody, a shell most likely, has changed the line discipline since we made it raw.
    pub(super) fn is_taken() -> bool {
        tcgetattr(stdin()).is_ok_and(|now| {
            let mut raw = now.clone();
            raw.make_raw();
            now.local_modes != raw.local_modes
        })
    }

    /// Drops what was typed and not read: mouse reports must not end up in a shell.
    pub(super) fn drop_input() {
        let _ = tcflush(stdin(), QueueSelector::IFlush);
    }

    /// Writes what fits now; the number of bytes taken.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match rustix::io::write(&self.output, bytes) {
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            result => Ok(result?),
        }
    }

    /// Writes all of it, or what the terminal takes before the deadline.
    pub(super) fn write_by(&self, mut bytes: &[u8], deadline: Instant) -> io::Result<()> {
        while !bytes.is_empty() {
            bytes = bytes.get(self.write(bytes)?..).unwrap_or_default();
            let wait = until(deadline);
            if bytes.is_empty() {
                break;
            } else if wait.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            wait_for(&mut [PollFd::new(&self.output, PollFlags::OUT)], Some(wait))?;
        }
        Ok(())
    }
}

impl AsFd for Tty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.output.as_fd()
    }
}

/// Waits until one of them is ready, a signal came, or the time is over.
pub(super) fn wait_for(fds: &mut [PollFd<'_>], timeout: Option<Duration>) -> io::Result<()> {
    let timeout = timeout.map(|wait| rustix::event::Timespec {
        tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: wait.subsec_nanos().into(),
    });
    match poll(fds, timeout.as_ref()) {
        Err(Errno::INTR) => {
            fds.iter_mut().for_each(PollFd::clear_revents);
            Ok(())
        }
        result => Ok(result.map(drop)?),
    }
}
