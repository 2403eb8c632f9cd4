//! The server of this client: found, greeted, lost and found again.
//!
//! Never sends a key twice, and gives up after a bounded time with a sentence for the user.

use super::{
    after,
    limits::{ATTEMPTS_MAX, WAIT_FIRST, WAIT_MAX},
    link::{Inbox, Link},
    until,
};
use crate::protocol::client::{Hello, Place, ToClient, ToServer, VERSION, Viewer};
use anyhow::Context;
use std::{os::unix::net::UnixStream, sync::Arc, time::Instant};

/// What came of looking for a lost server.
pub(super) enum Attempt {
    /// Nothing yet worth telling.
    NotDue,
    /// There is none, and not for the first time.
    Failed,
    /// A new connection, to be greeted; so many keys were dropped meanwhile.
    Connected {
        /// Keys and pastes.
        dropped: u64,
    },
}

/// The connection to the server, and how to make another.
pub(super) struct Peer<C> {
    /// What both threads send through.
    pub(super) link: Arc<Link>,
    connect: C,
    place: Place,
    stream: Option<Arc<UnixStream>>,
    inbox: Inbox,
    /// Attempts since a server last showed something.
    attempts: u32,
    next: Option<Instant>,
}

impl<C: FnMut() -> anyhow::Result<UnixStream>> Peer<C> {
    /// Connects for the first time; says nothing yet.
    pub(super) fn new(mut connect: C, place: Place) -> anyhow::Result<Self> {
        let stream = Some(Arc::new(connect()?));
        let (link, inbox) = (Arc::default(), Inbox::default());
        Ok(Self { link, connect, place, stream, inbox, attempts: 0, next: None })
    }

    /// The first message on a connection; from now on others go to it.
    pub(super) fn greet(&self, viewer: Viewer) {
        self.link.replace(self.stream.clone());
        let hello = Hello { version: VERSION, viewer: Some(viewer), place: self.place.clone() };
        self.link.send(&ToServer::Hello(hello));
    }

    /// The socket to wait for, while there is one.
    pub(super) fn stream(&self) -> Option<&UnixStream> {
        self.stream.as_deref()
    }

    /// The messages that came. A connection that broke is forgotten, and a new one is due.
    pub(super) fn receive(&mut self) -> Vec<ToClient> {
        let Some(stream) = self.stream.clone() else { return Vec::new() };
        match self.inbox.receive(&stream) {
            Ok(messages) => {
                if messages.iter().any(|message| matches!(message, ToClient::Frame { .. })) {
                    self.attempts = 0;
                }
                messages
            }
            Err(_) => {
                self.lose();
                Vec::new()
            }
        }
    }

    fn lose(&mut self) {
        self.link.suspend();
        self.stream = None;
        self.inbox = Inbox::default();
        let wait = WAIT_FIRST * 2u32.saturating_pow(self.attempts).saturating_sub(1);
        self.next = Some(after(wait.min(WAIT_MAX)));
        self.attempts += 1;
    }

    /// When the next attempt is due, if one is.
    pub(super) const fn next_attempt(&self) -> Option<Instant> {
        self.next
    }

    /// Connects again, if that is due.
    ///
    /// # Errors
    /// Why there is no server, after the last attempt.
    pub(super) fn retry(&mut self) -> anyhow::Result<Attempt> {
        if self.next.take_if(|due| until(*due).is_zero()).is_none() {
            return Ok(Attempt::NotDue);
        }
        match (self.connect)() {
            Ok(stream) => {
                self.stream = Some(Arc::new(stream));
                Ok(Attempt::Connected { dropped: self.link.replace(None) })
            }
            Err(error) if self.attempts >= ATTEMPTS_MAX => {
                Err(error).context("the server is lost and no other could be reached; tasks run on")
            }
            Err(_) => {
                self.lose();
                Ok(if self.attempts > 3 { Attempt::Failed } else { Attempt::NotDue })
            }
        }
    }
}
