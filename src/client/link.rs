//! The connection to the server: messages out without ever blocking, messages in as they come.
//!
//! Never reorders and never sends a message twice: what was given to a connection that broke is not known to have arrived, so it is
//! not sent again. Shared by the two threads of the client; the lock is held for system calls that return at once.

use super::limits::BACKLOG_BYTES_MAX;
use crate::{
    key::Press,
    protocol::client::{ToClient, ToServer, body_length, decode, encode},
};
use rustix::{
    io::Errno,
    net::{RecvFlags, SendFlags, recv, send},
};
use std::{
    io,
    os::unix::net::UnixStream,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The sending half.
#[derive(Default)]
pub(super) struct Link(Mutex<Line>);

#[derive(Default)]
struct Line {
    stream: Option<Arc<UnixStream>>,
    /// What the socket did not take: the rest of a message, and those after it.
    backlog: Vec<u8>,
    /// Keys and pastes that were not sent, and will not be.
    dropped: u64,
    /// A key was sent since the server was last heard.
    expecting: bool,
    /// The server is silent, and the user was told how to leave.
    silent: bool,
}

/// What came of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sent {
    /// It is on its way, or dropped.
    Done,
    /// So it is, and the loop should look at the link: something waits for the socket, or an answer is expected from now on.
    Look,
    /// It was not sent: the user leaves a silent server.
    Leave,
}

impl Link {
    /// Sends to this connection from now on, or to none. The keys dropped since the last call.
    pub(super) fn replace(&self, stream: Option<Arc<UnixStream>>) -> u64 {
        let mut line = self.line();
        line.stream = stream;
        line.backlog.clear();
        std::mem::take(&mut line.dropped)
    }

    /// Sends nowhere from now on; what is waiting is forgotten, what is given is counted.
    pub(super) fn suspend(&self) {
        let mut line = self.line();
        line.stream = None;
        line.backlog.clear();
    }

    /// Sends a message, or keeps it until the socket takes it; drops and counts it when there is no server, or a server that has not
    /// read for long.
    pub(super) fn send(&self, message: &ToServer) -> Sent {
        let Ok(bytes) = encode(message) else { return Sent::Done };
        let mut line = self.line();
        if line.silent && is_leaving(message) {
            return Sent::Leave;
        }
        if line.stream.is_none() || line.backlog.len() + bytes.len() > BACKLOG_BYTES_MAX {
            line.dropped += u64::from(matches!(message, ToServer::Key { .. } | ToServer::Paste(_)));
            return Sent::Done;
        }
        let waiting = !line.backlog.is_empty();
        line.backlog.extend_from_slice(&bytes);
        if !waiting {
            line.flush();
        }
        let expected =
            matches!(message, ToServer::Key { .. }) && !std::mem::replace(&mut line.expecting, true);
        if expected || (!waiting && !line.backlog.is_empty()) { Sent::Look } else { Sent::Done }
    }

    /// Whether a key was sent since the server was last heard.
    pub(super) fn is_expecting(&self) -> bool {
        self.line().expecting
    }

    /// The server was heard.
    pub(super) fn heard(&self) {
        let mut line = self.line();
        (line.expecting, line.silent) = (false, false);
    }

    /// The user was told that the server is silent: Ctrl+C leaves from now on.
    pub(super) fn fall_silent(&self) {
        self.line().silent = true;
    }

    /// Sends what is waiting.
    pub(super) fn flush(&self) {
        self.line().flush();
    }

    /// Whether something is waiting for the socket.
    pub(super) fn is_waiting(&self) -> bool {
        !self.line().backlog.is_empty()
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_leaving(message: &ToServer) -> bool {
    let keys = ["ctrl-c", "ctrl-d", "ctrl-\\"];
    matches!(message, ToServer::Key { key, press: Press::Down } if keys.contains(&key.to_string().as_str()))
}

impl Line {
    /// Errors are left to the receiving half, which sees the end of the connection.
    fn flush(&mut self) {
        let Some(stream) = &self.stream else { return };
        while !self.backlog.is_empty() {
            match send(stream, &self.backlog, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
                Ok(count) => drop(self.backlog.drain(..count)),
                Err(Errno::INTR) => {}
                Err(_) => break,
            }
        }
    }
}

/// The receiving half: bytes that are no whole message yet.
#[derive(Default)]
pub(super) struct Inbox(Vec<u8>);

impl Inbox {
    /// The messages that arrived; an error when the connection has ended or carries something else.
    pub(super) fn receive(&mut self, stream: &UnixStream) -> io::Result<Vec<ToClient>> {
        let mut bytes = [0u8; 16 * 1024];
        let count = match recv(stream, &mut bytes, RecvFlags::DONTWAIT) {
            Ok((_, 0)) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok((_, count)) => count,
            Err(Errno::AGAIN | Errno::INTR) => 0,
            Err(error) => return Err(error.into()),
        };
        self.0.extend_from_slice(bytes.get(..count).unwrap_or_default());
        let mut messages = Vec::new();
        while let Some(message) = self.next()? {
            messages.push(message);
        }
        Ok(messages)
    }

    fn next(&mut self) -> io::Result<Option<ToClient>> {
        let Some((header, rest)) = self.0.split_first_chunk::<4>() else { return Ok(None) };
        let length = body_length(*header).map_err(io::Error::other)?;
        let Some(body) = rest.get(..length) else { return Ok(None) };
        let message = decode(body).map_err(io::Error::other)?;
        self.0.drain(..4 + length);
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{Code, Key, Mods};
    use std::io::{Read, Write};

    fn key() -> ToServer {
        ToServer::Key { key: Key { code: Code::Char('x'), mods: Mods::NONE }, press: Press::Down }
    }

    #[test]
    fn messages_arrive_whole_however_the_stream_is_cut() {
        let (mut server, client) = UnixStream::pair().unwrap();
        let bye = ToClient::Bye(crate::protocol::client::Farewell::Stopping);
        let mut bytes = encode(&bye).unwrap();
        bytes.extend(encode(&bye).unwrap());
        let mut inbox = Inbox::default();
        let mut seen = Vec::new();
        for byte in bytes {
            server.write_all(&[byte]).unwrap();
            seen.extend(inbox.receive(&client).unwrap());
        }
        assert_eq!(seen, [bye.clone(), bye]);
        drop(server);
        assert!(inbox.receive(&client).is_err());
    }

    #[test]
    fn a_server_that_does_not_read_blocks_nobody_and_what_it_misses_is_counted() {
        let (mut server, client) = UnixStream::pair().unwrap();
        let link = Link::default();
        link.replace(Some(Arc::new(client)));
        let size = encode(&key()).unwrap().len();
        let mut sent = 0;
        let dropped = loop {
            link.send(&key());
            sent += 1;
            if link.line().dropped > 0 {
                break link.line().dropped;
            }
        };
        assert!(link.is_waiting() && dropped == 1);
        // once it reads again, all that was taken arrives, in order and whole
        server.set_nonblocking(true).unwrap();
        let mut bytes = Vec::new();
        while bytes.len() < (sent - 1) * size {
            let _ = server.read_to_end(&mut bytes);
            link.flush();
        }
        assert_eq!(bytes, encode(&key()).unwrap().repeat(sent - 1));
        assert_eq!(link.replace(None), 1);
    }

    #[test]
    fn ctrl_c_is_a_key_like_any_other_until_the_user_was_told_that_the_server_is_silent() {
        let (_server, client) = UnixStream::pair().unwrap();
        let link = Link::default();
        link.replace(Some(Arc::new(client)));
        let key = Key { code: Code::Char('c'), mods: Mods::CTRL };
        let ctrl_c = ToServer::Key { key, press: Press::Down };
        assert_eq!((link.send(&ctrl_c), link.send(&ctrl_c)), (Sent::Look, Sent::Done));
        link.fall_silent();
        assert_eq!(link.send(&ctrl_c), Sent::Leave);
        link.heard();
        assert_eq!(link.send(&ctrl_c), Sent::Look);
    }

    #[test]
    fn without_a_server_keys_are_counted_and_the_rest_forgotten() {
        let link = Link::default();
        link.send(&key());
        link.send(&ToServer::Focus(true));
        assert_eq!(link.replace(None), 1);
        assert_eq!(link.replace(None), 0);
    }
}
