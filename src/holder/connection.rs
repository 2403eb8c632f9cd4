//! One connection to a holder: frames in, frames out, and what it is subscribed to. Knows no task.
//!
//! Whoever does not read its replies is not read from either, and keeps one NOTIFY waiting at most: so nothing
//! grows, and nobody waits for anybody.

use super::limits::FRAMES_PER_TURN_MAX;
use crate::protocol::holder::{FromHolder, RawFrame, ToHolder};
use rustix::io::{Errno, write};
use std::{
    io::Read,
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixStream,
    },
};

/// A connection.
#[derive(Debug)]
pub(super) struct Connection {
    stream: UnixStream,
    /// What was received and not handled: the beginning of a frame, or whole ones when there were many.
    partial: Vec<u8>,
    /// It holds a whole one.
    has_frames: bool,
    /// Replies the other side has not taken yet.
    out: Vec<u8>,
    /// Ascending: which connection is older.
    pub(super) serial: u64,
    /// It said HELLO.
    pub(super) greeted: bool,
    /// It said SUBSCRIBE.
    pub(super) subscription: Option<Subscription>,
    /// Its input was cut short; ROOM is owed.
    pub(super) wants_room: bool,
}

/// What a subscriber knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subscription {
    /// Log length it was told.
    pub(super) told: u64,
    /// It has not acknowledged that yet.
    pub(super) waiting: bool,
    /// It was told the end.
    pub(super) told_end: bool,
}

/// The other side broke the protocol or is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Closed;

impl Connection {
    pub(super) const fn new(stream: UnixStream, serial: u64) -> Self {
        Self {
            stream,
            partial: Vec::new(),
            has_frames: false,
            out: Vec::new(),
            serial,
            greeted: false,
            subscription: None,
            wants_room: false,
        }
    }

    /// Reads once, into a buffer shared by all connections, and hands complete frames to `handle`, not too many at a time.
    pub(super) fn receive(
        &mut self,
        buffer: &mut [u8],
        mut handle: impl FnMut(&mut Self, ToHolder<'_>) -> Result<(), Closed>,
    ) -> Result<(), Closed> {
        let mut before = std::mem::take(&mut self.partial);
        let mut rest = if self.has_frames {
            &before
        } else {
            let read = self.read(buffer)?;
            if before.is_empty() {
                read
            } else {
                before.extend_from_slice(read);
                &before
            }
        };
        for _ in 0..FRAMES_PER_TURN_MAX {
            let Some((frame, taken)) = RawFrame::split(rest).map_err(|_| Closed)? else { break };
            handle(self, ToHolder::decode(frame).map_err(|_| Closed)?)?;
            rest = rest.get(taken..).unwrap_or_default();
        }
        self.has_frames = RawFrame::split(rest).map_err(|_| Closed)?.is_some();
        self.partial = rest.to_vec();
        Ok(())
    }

    fn read<'b>(&mut self, buffer: &'b mut [u8]) -> Result<&'b [u8], Closed> {
        match self.stream.read(buffer) {
            Ok(0) => Err(Closed),
            Ok(count) => Ok(buffer.get(..count).unwrap_or_default()),
            Err(error) => match Errno::from_io_error(&error) {
                Some(Errno::AGAIN | Errno::INTR) => Ok(&[]),
                _ => Err(Closed),
            },
        }
    }

    /// Whether there are frames to handle without reading.
    pub(super) fn has_frames(&self) -> bool {
        self.has_frames && !self.is_behind()
    }

    /// Sends a message, or keeps it until the other side reads.
    pub(super) fn send(&mut self, message: &FromHolder<'_>) {
        message.encode(&mut self.out);
    }

    /// Writes what is owed, as far as the other side takes it.
    pub(super) fn flush(&mut self) -> Result<(), Closed> {
        if self.out.is_empty() {
            return Ok(());
        }
        match write(&self.stream, &self.out) {
            Ok(count) => drop(self.out.drain(..count)),
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(_) => return Err(Closed),
        }
        if self.out.is_empty() {
            // one long frame must not be kept for weeks
            self.out = Vec::new();
        }
        Ok(())
    }

    /// Whether the other side has not taken all its replies.
    pub(super) fn is_behind(&self) -> bool {
        !self.out.is_empty()
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}
