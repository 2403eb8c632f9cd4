//! Connections of clients: accepted, checked, read into events, written from a bounded queue. A client that
//! does not read is dropped, never waited for.

use crate::{
    limits::{CLIENT_QUEUE, CLIENTS_MAX, HELLO_DEADLINE},
    protocol::client::{self as wire, ToClient, ToServer},
    server::{ClientId, Event},
};
use std::{collections::BTreeMap, io};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        UnixListener, UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
};

/// The open connections.
#[derive(Debug)]
pub(super) struct Clients {
    queues: BTreeMap<ClientId, mpsc::Sender<Vec<u8>>>,
    events: mpsc::Sender<Event>,
    next: u64,
}

impl Clients {
    pub(super) const fn new(events: mpsc::Sender<Event>) -> Self {
        Self { queues: BTreeMap::new(), events, next: 1 }
    }

    /// Takes a connection in, if it is the same user's and there is room.
    pub(super) fn accept(&mut self, stream: UnixStream) {
        let ours = stream.peer_cred().is_ok_and(|peer| peer.uid() == rustix::process::geteuid().as_raw());
        self.queues.retain(|_, queue| !queue.is_closed());
        if !ours || self.queues.len() >= CLIENTS_MAX {
            tracing::warn!(ours, open = self.queues.len(), "connection refused");
            return;
        }
        let id = ClientId(self.next);
        self.next += 1;
        let (read, write) = stream.into_split();
        let (queue, pending) = mpsc::channel(CLIENT_QUEUE);
        self.queues.insert(id, queue);
        tokio::spawn(write_all(write, pending));
        tokio::spawn(read_all(id, read, self.events.clone()));
    }

    /// Queues a message; a client whose queue is full is not reading and is dropped.
    pub(super) fn send(&mut self, id: ClientId, message: &ToClient) {
        let Some(queue) = self.queues.get(&id) else { return };
        match wire::encode(message) {
            Ok(bytes) => {
                if queue.try_send(bytes).is_err() {
                    self.close(id);
                }
            }
            Err(error) => {
                tracing::error!(client = id.0, %error, "message not sent");
                self.close(id);
            }
        }
    }

    /// Ends a connection once its queue is written.
    pub(super) fn close(&mut self, id: ClientId) {
        self.queues.remove(&id);
    }

    /// Ends every connection and waits until what was queued is written.
    pub(super) async fn close_all(&mut self) {
        for (_, queue) in std::mem::take(&mut self.queues) {
            let drained = queue.clone();
            drop(queue);
            let all = drained.reserve_many(CLIENT_QUEUE);
            let _late = tokio::time::timeout(HELLO_DEADLINE, all).await;
        }
    }
}

async fn write_all(mut write: OwnedWriteHalf, mut pending: mpsc::Receiver<Vec<u8>>) {
    while let Some(bytes) = pending.recv().await {
        if write.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

async fn read_all(id: ClientId, mut read: OwnedReadHalf, events: mpsc::Sender<Event>) {
    let first = tokio::time::timeout(HELLO_DEADLINE, next(&mut read)).await;
    if let Ok(Ok(hello @ ToServer::Hello(_))) = first {
        let mut message = Ok(hello);
        while let Ok(said) = message {
            if events.send(Event::Client(id, Box::new(said))).await.is_err() {
                return;
            }
            message = next(&mut read).await;
        }
    }
    // The server is ending when nobody takes this any more.
    let _ending = events.send(Event::Gone(id)).await;
}

async fn next(read: &mut OwnedReadHalf) -> io::Result<ToServer> {
    let mut header = [0; 4];
    read.read_exact(&mut header).await?;
    let mut body = vec![0; wire::body_length(header).map_err(io::Error::other)?];
    read.read_exact(&mut body).await?;
    wire::decode(&body).map_err(io::Error::other)
}

/// Binds the session's socket, 0600, in place of a stale one. The caller holds the session's lock, so no
/// other server can be behind it.
///
/// # Errors
/// Those of the system.
pub(super) fn bind(path: &std::path::Path) -> io::Result<UnixListener> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = crate::store::socket::bind(path)?;
    listener.set_nonblocking(true)?;
    UnixListener::from_std(listener)
}
