//! The system calls of the holder that no crate wraps safely. Decides nothing.
//!
//! The one place of `unsafe` in the holder. Each call says why it is sound; anything that has a safe wrapper
//! (`rustix`, `std`) is not here.
#![expect(
    unsafe_code,
    reason = "fork hooks, signal handlers, wait4 and descriptors of portable-pty have no safe wrapper"
)]

use std::{
    io,
    mem::MaybeUninit,
    os::{
        fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd},
        unix::process::CommandExt,
    },
    process::{Child, Command},
    sync::atomic::{AtomicI32, Ordering},
};

/// A process that changed state, as `wait4` tells it.
pub(super) struct Reaped {
    /// Which.
    pub(super) pid: libc::pid_t,
    /// Wait status.
    pub(super) status: libc::c_int,
    /// What it and the children it waited for used; meaningful when it ended.
    pub(super) usage: libc::rusage,
}

/// Closes every descriptor above the standard ones, as the first thing a process does.
pub(super) fn close_inherited() {
    // SAFETY: called before the process opened anything of its own, so no Rust object owns one of these.
    #[cfg(target_os = "linux")]
    unsafe {
        libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0);
    }
    // SAFETY: as above. Elsewhere descriptors are small numbers in practice.
    #[cfg(not(target_os = "linux"))]
    for fd in 3..256 {
        unsafe { libc::close(fd) };
    }
}

/// Empties the signal mask, which is inherited from whoever started this process.
pub(super) fn unblock_signals() {
    // SAFETY: sigemptyset makes the set valid; only this thread's mask changes.
    unsafe {
        let mut none = MaybeUninit::zeroed();
        libc::sigemptyset(none.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, none.as_ptr(), std::ptr::null_mut());
    }
}

/// A descriptor of our own for one that another object lends, closed on exec.
pub(super) fn duplicate(lent: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: the caller holds the object that owns `lent` during the call.
    let lent = unsafe { BorrowedFd::borrow_raw(lent) };
    lent.try_clone_to_owned()
}

/// The pipe a signal handler writes to; -1 before there is one.
static WAKE: AtomicI32 = AtomicI32::new(-1);

/// Signals that keep their default: two cannot be caught, the others mean that this process is broken.
const KEPT: [libc::c_int; 8] = [
    libc::SIGKILL,
    libc::SIGSTOP,
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGILL,
    libc::SIGFPE,
    libc::SIGABRT,
    libc::SIGTRAP,
];

extern "C" fn wake(_signal: libc::c_int) {
    let fd = WAKE.load(Ordering::Relaxed);
    // SAFETY: `write` may be called in a handler; a full pipe is fine, the reader wakes anyway; errno is kept.
    unsafe {
        let errno = errno_place();
        let before = *errno;
        libc::write(fd, [0_u8].as_ptr().cast(), 1);
        *errno = before;
    }
}

unsafe fn errno_place() -> *mut libc::c_int {
    #[cfg(target_os = "linux")]
    // SAFETY: always valid for the calling thread.
    unsafe {
        libc::__errno_location()
    }
    #[cfg(not(target_os = "linux"))]
    // SAFETY: always valid for the calling thread.
    unsafe {
        libc::__error()
    }
}

/// From now on no signal ends this process; each writes a byte to `pipe`, which must be non-blocking and stay open.
///
/// By handlers, not by ignoring: programs inherit what is ignored, but not handlers.
pub(super) fn catch_signals(pipe: &'static OwnedFd) {
    WAKE.store(pipe.as_raw_fd(), Ordering::Relaxed);
    for signal in (1..32).filter(|signal| !KEPT.contains(signal)) {
        // SAFETY: the handler is async-signal-safe; an all-zero sigaction is a valid one.
        unsafe {
            let mut action: libc::sigaction = MaybeUninit::zeroed().assume_init();
            action.sa_sigaction = wake as *const () as libc::sighandler_t;
            action.sa_flags = libc::SA_RESTART;
            libc::sigaction(signal, &raw const action, std::ptr::null_mut());
        }
    }
}

/// Starts a program whose standard input is this session's controlling terminal, in a process group of its own that
/// is the terminal's foreground group before the program can read, with all signals at their default.
///
/// `oom_score` is written to the process's `oom_score_adj`, best effort, before it can have children.
pub(super) fn spawn(command: &mut Command, umask: u32, oom_score: String) -> io::Result<Child> {
    command.process_group(0);
    let prepare = move || {
        // best effort: some systems do not let us
        let _ = std::fs::write("/proc/self/oom_score_adj", &oom_score);
        // SAFETY: only async-signal-safe calls on our own process; std has already put it into its own group.
        let given = unsafe {
            libc::umask(umask as libc::mode_t);
            // else the terminal stops us for taking the foreground from outside it
            libc::signal(libc::SIGTTOU, libc::SIG_IGN);
            let given = libc::tcsetpgrp(0, libc::getpid());
            for signal in 1..65 {
                libc::signal(signal, libc::SIG_DFL);
            }
            given
        };
        if given == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    // SAFETY: this process has one thread, so the child may do anything between fork and exec.
    unsafe { command.pre_exec(prepare) };
    command.spawn()
}

/// The next child that ended, stopped or continued; `None` when there is no news.
pub(super) fn reap() -> Option<Reaped> {
    let mut status = 0;
    let mut usage = MaybeUninit::zeroed();
    let options = libc::WNOHANG | libc::WUNTRACED | libc::WCONTINUED;
    // SAFETY: both places are valid for writing; an all-zero rusage is a valid one.
    let (pid, usage) =
        unsafe { (libc::wait4(-1, &raw mut status, options, usage.as_mut_ptr()), usage.assume_init()) };
    (pid > 0).then_some(Reaped { pid, status, usage })
}

/// Gives back what starting needed: a holder lives for weeks on what it needs when idle.
///
/// Freed memory, and pages of programs and libraries in use so far: the kernel maps them around every page touched, and
/// reads them again from the file when they are needed.
pub(super) fn release_memory() {
    // SAFETY: only unmaps what the allocator knows to be free.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    unsafe {
        libc::malloc_trim(0);
    }
    #[cfg(target_os = "linux")]
    for (start, length) in super::process::unwritable_mappings() {
        // SAFETY: these are private mappings of a file that were never writable, so what comes back is what was there.
        unsafe {
            libc::madvise(std::ptr::without_provenance_mut(start), length, libc::MADV_DONTNEED);
        }
    }
}

/// The user on the other side of a socket, where there is no `SO_PEERCRED`.
#[cfg(not(target_os = "linux"))]
pub(super) fn peer_user(socket: BorrowedFd<'_>) -> io::Result<u32> {
    let (mut user, mut group) = (0, 0);
    // SAFETY: both places are valid for writing.
    match unsafe { libc::getpeereid(socket.as_raw_fd(), &raw mut user, &raw mut group) } {
        0 => Ok(user),
        _ => Err(io::Error::last_os_error()),
    }
}
