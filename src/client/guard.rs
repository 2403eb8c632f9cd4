//! The process the user's shell waits for: it restores the terminal whatever becomes of the client.
//!
//! Never reads the terminal, never talks to the server. It is the parent, forked off before any thread exists; between it and the
//! client there is one stream: the client says which modes it holds (a byte), the guard says that it took them back
//! (a byte), and the end of the stream tells each that the other is gone. Why a process: nothing inside a process runs after
//! SIGKILL (claude-code#84029, helix#2250).

use super::{
    fork::{Fork, fork, parent_shares_session},
    limits::{LEAVE_GRACE, RESTORE_PATIENCE},
    mode::Held,
    signals::Signals,
    tty::{Tty, wait_for},
};
use rustix::{
    event::{PollFd, PollFlags},
    net::{RecvFlags, SendFlags, recv, send},
    process::{Pid, Signal, WaitOptions, WaitStatus, getppid, kill_process, waitpid},
};
use signal_hook::{
    consts::{SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGSTOP, SIGTERM, SIGTSTP},
    low_level::raise,
};
use std::{
    io,
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixStream,
    },
    process::ExitCode,
    time::Duration,
};

/// Which of the two processes this is.
pub(super) enum Side {
    /// The one that shows the session.
    Client(Watch),
    /// The one that guarded it; the client has ended like this.
    Guard(ExitCode),
}

/// Makes two processes of this one. Comes back at once in the client, and in the guard when the client has ended.
pub(super) fn split(tty: &Tty) -> io::Result<Side> {
    let (ours, theirs) = UnixStream::pair()?;
    // nobody could continue a stopped process whose parent belongs to another session: then stop signals are not obeyed
    let stoppable = parent_shares_session();
    match fork()? {
        Fork::Child => Ok(Side::Client(Watch { stream: theirs, stoppable })),
        Fork::Parent(client) => {
            drop(theirs);
            let guard = Guard { tty, client, stream: ours, stoppable, held: Held::default(), stopped: false };
            Ok(Side::Guard(guard.watch()?))
        }
    }
}

/// The client's end.
pub(super) struct Watch {
    stream: UnixStream,
    /// Whether stopping makes sense: some shell can continue us.
    pub(super) stoppable: bool,
}

/// What the guard was heard to say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Heard {
    /// Nothing.
    Nothing,
    /// It restored the terminal while we were stopped.
    Restored,
    /// It is gone.
    Gone,
}

impl Watch {
    /// Says which modes are held, before they are set or after they were taken back.
    pub(super) fn hold(&self, held: Held) {
        let _ = send(&self.stream, &[held.0], SendFlags::DONTWAIT | SendFlags::NOSIGNAL);
    }

    /// What the guard said since the last call. Never blocks.
    pub(super) fn hear(&self) -> Heard {
        match last_byte(&self.stream) {
            Ok(Some(_)) => Heard::Restored,
            Ok(None) => Heard::Nothing,
            Err(_) => Heard::Gone,
        }
    }

    /// Continues the guard, should it be stopped: this process was continued alone.
    pub(super) fn wake(&self) {
        if let Some(guard) = getppid().filter(|_| self.hear_is_open()) {
            let _ = kill_process(guard, Signal::CONT);
        }
    }

    /// A guard that is gone has left us to another parent, which is none of ours to signal.
    fn hear_is_open(&self) -> bool {
        let mut fds = [PollFd::new(&self.stream, PollFlags::IN)];
        wait_for(&mut fds, Some(Duration::ZERO)).is_ok()
            && fds.iter().all(|fd| !fd.revents().intersects(PollFlags::HUP | PollFlags::ERR))
    }
}

impl AsFd for Watch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// The last byte waiting in a stream; an error when it has ended.
fn last_byte(stream: &UnixStream) -> io::Result<Option<u8>> {
    let mut last = None;
    let mut bytes = [0u8; 64];
    loop {
        match recv(stream, &mut bytes, RecvFlags::DONTWAIT) {
            Ok((_, 0)) => return last.map(Some).ok_or_else(|| io::ErrorKind::UnexpectedEof.into()),
            Ok((_, count)) => last = bytes.get(..count).and_then(<[u8]>::last).copied(),
            Err(rustix::io::Errno::AGAIN) => return Ok(last),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The guard's end.
struct Guard<'a> {
    tty: &'a Tty,
    client: Pid,
    stream: UnixStream,
    stoppable: bool,
    held: Held,
    /// The client is known to be stopped.
    stopped: bool,
}

impl Guard<'_> {
    fn watch(mut self) -> io::Result<ExitCode> {
        let mut signals = Signals::new(&[SIGCHLD, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT])?;
        let mut grace = None;
        loop {
            let arrived = signals.pending();
            if arrived.iter().any(|signal| self.forward(*signal)) {
                grace = Some(LEAVE_GRACE);
            }
            if let Some(code) = self.look(arrived.contains(&SIGCONT)) {
                return Ok(code);
            }
            let mut fds = [PollFd::new(&signals, PollFlags::IN)];
            wait_for(&mut fds, grace)?;
            if grace.is_some() && fds.iter().all(|fd| fd.revents().is_empty()) {
                self.signal(Signal::KILL);
            }
        }
    }

    /// Passes a signal on; whether it asks the client to leave.
    fn forward(&mut self, signal: i32) -> bool {
        match signal {
            SIGTERM | SIGHUP | SIGINT | SIGQUIT => {
                self.signal(if signal == SIGHUP { Signal::HUP } else { Signal::TERM });
                self.signal(Signal::CONT);
                return true;
            }
            SIGTSTP if self.stoppable => self.signal(Signal::TSTP),
            // only a client known to be stopped: it answers this signal with the same to us
            SIGCONT if self.stopped => self.resume(),
            _ => {}
        }
        false
    }

    fn resume(&mut self) {
        self.stopped = false;
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let _ = kill_process(self.client, signal);
    }

    /// Looks after the client; its end, if it came. `continued`: we were just told to go on, so a client still stopped is, too.
    fn look(&mut self, continued: bool) -> Option<ExitCode> {
        let options = WaitOptions::NOHANG | WaitOptions::UNTRACED;
        let (_, status) = waitpid(Some(self.client), options).ok().flatten()?;
        if !status.stopped() {
            self.restore();
            return Some(self.end(status));
        }
        self.stopped = true;
        if continued {
            self.resume();
        } else if self.stoppable {
            self.restore();
            let _ = raise(SIGSTOP);
            // here again: continued
            self.resume();
        }
        None
    }

    /// Takes back what the client holds, and tells it so.
    fn restore(&mut self) {
        if let Ok(Some(held)) = last_byte(&self.stream) {
            self.held = Held(held);
        }
        if self.held != Held::default() {
            self.tty.restore(self.held, RESTORE_PATIENCE);
            Tty::drop_input();
            let _ = send(&self.stream, b"r", SendFlags::DONTWAIT | SendFlags::NOSIGNAL);
            self.held = Held::default();
        }
    }

    fn end(&self, status: WaitStatus) -> ExitCode {
        if let Some(signal) = status.terminating_signal() {
            eprintln!(
                "aside: the client was killed (signal {signal}); tasks run on, `aside` shows them again"
            );
            return ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX));
        }
        ExitCode::from(u8::try_from(status.exit_status().unwrap_or(1)).unwrap_or(1))
    }
}
