//! Talks to a holder and waits for its answers: for verbs and tests. The server has its own, which never waits.

use super::{clock::Now, listener::SOCKET, peer_user, process};
use crate::{
    log::RunRecord,
    protocol::holder::{FromHolder, Greeting, RawFrame, ToHolder, VERSION},
};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with},
    process::Signal,
};
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::{
        fd::{AsFd, AsRawFd, OwnedFd},
        unix::net::UnixStream,
    },
    path::{Path, PathBuf},
    time::Duration,
};

/// How long a connection and its greeting may take.
const CONNECT_MS: u64 = 1000;
/// Between two tries to connect.
const RETRY_MS: u64 = 5;
/// Longest path a socket address holds, on the systems we know.
const ADDRESS_BYTES_MAX: usize = 103;

/// A connection to a holder.
#[derive(Debug)]
pub struct Client {
    stream: UnixStream,
    /// What was received; the first `taken` bytes were given out.
    buffer: Vec<u8>,
    taken: usize,
}

impl Client {
    /// Connects to the holder of the task in this directory. One whose socket was deleted is made to bind it again.
    ///
    /// # Errors
    /// When there is none, when it runs as another user, or when it does not answer within a second.
    pub fn connect(task_dir: &Path) -> io::Result<(Self, Greeting)> {
        let until = Now::read().steady_ms + CONNECT_MS;
        let stream = loop {
            let error = match connect_once(task_dir) {
                Ok(socket) => break UnixStream::from(socket),
                Err(error) => error,
            };
            let lost = [io::ErrorKind::NotFound, io::ErrorKind::ConnectionRefused].contains(&error.kind());
            let hopeless = match error.kind() {
                io::ErrorKind::WouldBlock => false,
                _ => !lost || !wake(task_dir),
            };
            if hopeless || Now::read().steady_ms >= until {
                return Err(error);
            }
            let pause = Timespec { tv_sec: 0, tv_nsec: (RETRY_MS * 1_000_000).cast_signed() };
            let _ = poll(&mut [], Some(&pause));
        };
        if peer_user(stream.as_fd())? != rustix::process::geteuid().as_raw() {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the holder runs as another user"));
        }
        stream.set_nonblocking(false)?;
        let mut client = Self { stream, buffer: Vec::new(), taken: 0 };
        client.set_deadline(Duration::from_millis(CONNECT_MS))?;
        match client.request(&ToHolder::Hello { version: VERSION })? {
            FromHolder::Hello(greeting) => Ok((client, greeting)),
            _ => Err(io::Error::new(io::ErrorKind::InvalidData, "the holder does not greet")),
        }
    }

    /// How long one send or receive may take from now on.
    ///
    /// # Errors
    /// When it is zero.
    pub fn set_deadline(&mut self, deadline: Duration) -> io::Result<()> {
        self.stream.set_read_timeout(Some(deadline))?;
        self.stream.set_write_timeout(Some(deadline))
    }

    /// Sends a message.
    ///
    /// # Errors
    /// When the holder is gone or does not read.
    pub fn send(&mut self, message: &ToHolder<'_>) -> io::Result<()> {
        let mut frame = Vec::new();
        message.encode(&mut frame);
        self.stream.write_all(&frame)
    }

    /// Sends a message and waits for its reply; what is pushed meanwhile is dropped.
    ///
    /// # Errors
    /// When the holder is gone, silent or does not keep the protocol.
    pub fn request(&mut self, message: &ToHolder<'_>) -> io::Result<FromHolder<'_>> {
        self.send(message)?;
        while self.fill()? >= FIRST_PUSHED {
            self.decode()?;
        }
        self.decode()
    }

    /// Waits for the next message.
    ///
    /// # Errors
    /// When the holder is gone, silent or does not keep the protocol.
    pub fn receive(&mut self) -> io::Result<FromHolder<'_>> {
        self.fill()?;
        self.decode()
    }

    /// Waits until the buffer begins with a whole frame; returns its type.
    fn fill(&mut self) -> io::Result<u8> {
        self.buffer.drain(..std::mem::take(&mut self.taken));
        loop {
            if let Some((frame, _)) = RawFrame::split(&self.buffer).map_err(io::Error::other)? {
                return Ok(frame.kind);
            }
            let mut more = [0; 16 * 1024];
            match self.stream.read(&mut more)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => self.buffer.extend_from_slice(more.get(..count).unwrap_or_default()),
            }
        }
    }

    fn decode(&mut self) -> io::Result<FromHolder<'_>> {
        let frame = RawFrame::split(&self.buffer).map_err(io::Error::other)?;
        let (frame, taken) = frame.ok_or(io::ErrorKind::UnexpectedEof)?;
        self.taken = taken;
        FromHolder::decode(frame).map_err(io::Error::other)
    }
}

/// Types from here on are pushed, not replies.
const FIRST_PUSHED: u8 = 0x90;

impl AsFd for Client {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// The path by which a socket in a directory is reached, which a socket address has room for: a long one goes
/// through the descriptor of its directory, which must stay open meanwhile.
///
/// # Errors
/// When the directory cannot be opened; on systems without `/proc` also when the path is too long.
pub fn socket_path(dir: &Path, name: &str) -> io::Result<(PathBuf, Option<File>)> {
    let plain = dir.join(name);
    if plain.as_os_str().len() <= ADDRESS_BYTES_MAX {
        return Ok((plain, None));
    }
    if !Path::new("/proc/self/fd").exists() {
        let sentence = format!(
            "the path {} is too long for a socket, choose a shorter state directory",
            plain.display()
        );
        return Err(io::Error::new(io::ErrorKind::InvalidFilename, sentence));
    }
    let dir = File::open(dir)?;
    let path = format!("/proc/self/fd/{}/{name}", dir.as_raw_fd());
    Ok((path.into(), Some(dir)))
}

/// Never blocks: `WouldBlock` means that too many are waiting to be accepted.
fn connect_once(task_dir: &Path) -> io::Result<OwnedFd> {
    let (path, _dir) = socket_path(task_dir, SOCKET)?;
    let address = SocketAddrUnix::new(&path)?;
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    match connect(&socket, &address) {
        Ok(()) | Err(Errno::INPROGRESS) => {}
        Err(error) => return Err(error.into()),
    }
    let mut ready = [PollFd::new(&socket, PollFlags::OUT)];
    poll(&mut ready, Some(&Timespec { tv_sec: 1, tv_nsec: 0 }))?;
    Ok(socket)
}

/// A holder looks after its socket when a signal comes. `false` when there is no holder.
fn wake(task_dir: &Path) -> bool {
    let record = fs::read(task_dir.join("run.json")).ok();
    let record = record.and_then(|json| serde_json::from_slice::<RunRecord>(&json).ok());
    record.is_some_and(|record| {
        record.boot_id == process::boot_id() && process::signal(record.holder, Signal::USR1).is_ok()
    })
}
