//! The system calls no crate wraps safely: fork, ignoring SIGTTOU for a moment, and asking for a session. Nothing else, ever.
#![expect(unsafe_code, reason = "fork, signal and getsid have no safe wrapper that holds everywhere")]

use rustix::process::{Pid, getppid};
use std::io;

/// Which process this is after a fork.
pub(super) enum Fork {
    /// The one that was there; the child's id.
    Parent(Pid),
    /// The new one.
    Child,
}

/// Makes a second process of this one, which must have one thread only.
pub(super) fn fork() -> io::Result<Fork> {
    // SAFETY: with one thread no lock is held by anybody else, so the child may go on as the parent would.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        child => Ok(Pid::from_raw(child).map_or(Fork::Child, Fork::Parent)),
    }
}

/// Whether our parent is of our session, as a shell that can continue us is.
///
/// Not through rustix: a process started from outside its pid namespace, as by `docker exec`, is of session 0, which rustix
/// takes for impossible and panics on.
pub(super) fn parent_shares_session() -> bool {
    let Some(parent) = getppid() else { return false };
    // SAFETY: getsid takes any number and touches no memory.
    let (theirs, ours) = unsafe { (libc::getsid(parent.as_raw_nonzero().get()), libc::getsid(0)) };
    theirs >= 0 && theirs == ours
}

/// Runs `act` while changing the terminal from the background is allowed (POSIX 11.1.4: with SIGTTOU ignored), as when the
/// guard was killed and the shell has taken the terminal back already.
pub(super) fn with_ttou_ignored<T>(act: impl FnOnce() -> T) -> T {
    // SAFETY: SIG_IGN and the disposition returned by signal itself are valid arguments of signal.
    let before = unsafe { libc::signal(libc::SIGTTOU, libc::SIG_IGN) };
    let result = act();
    // SAFETY: as above.
    unsafe { libc::signal(libc::SIGTTOU, before) };
    result
}
