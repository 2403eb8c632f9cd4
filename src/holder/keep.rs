//! The loop of a holder: waits, then does what is ready. One thread; nothing in it ever waits but `poll`.
//!
//! Order within a turn: signals, connections (keys first), input, output, then telling. Output is appended before
//! anything is told of it.

use super::{
    clock::Now,
    connection::{Closed, Connection, Subscription},
    limits::{CONNECTIONS_MAX, INLINE_BYTES_MAX},
    listener::Listener,
    start::Running,
    sys,
    task::Task,
};
use crate::protocol::holder::{FromHolder, State, ToHolder};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::{array, os::fd::OwnedFd};

/// Wait before a descriptor is asked for again when there was none left.
const EXHAUSTED_MS: u64 = 1000;

/// One mapping: room for output, for a frame, and to spare.
const BUFFERS_BYTES: usize = 256 * 1024;

/// A task and those who talk to its holder.
struct Holder {
    task: Task,
    wake: &'static OwnedFd,
    listener: Listener,
    connections: [Option<Connection>; CONNECTIONS_MAX],
    /// Connections accepted so far.
    serial: u64,
    /// What one connection sent; shared, since each read is handled at once.
    scratch: &'static mut [u8],
    told: State,
    leaving: bool,
}

/// What `poll` found.
struct Ready {
    wake: bool,
    listener: bool,
    readable: bool,
    writable: bool,
    connections: [bool; CONNECTIONS_MAX],
}

/// Keeps a task until nothing of it lives any more.
pub(super) fn keep(running: Running) {
    let Running { lock, wake, terminal, log, listener, record } = running;
    // kept for life, and large enough to be mapped apart from the heap, where pages never written cost nothing
    let (output, scratch) =
        Box::leak(vec![0; BUFFERS_BYTES].into_boxed_slice()).split_at_mut(INLINE_BYTES_MAX);
    let mut holder = Holder {
        task: Task::new(terminal, log, record, output),
        wake,
        listener,
        connections: array::from_fn(|_| None),
        serial: 0,
        scratch,
        told: State::default(),
        leaving: false,
    };
    sys::release_memory();
    while !holder.leaving {
        holder.turn();
    }
    holder.task.finish(Now::read());
    holder.tell();
    holder.listener.unbind();
    drop(lock);
}

impl Holder {
    fn turn(&mut self) {
        let ready = self.wait();
        let now = Now::read();
        self.task.begin_turn();
        if ready.wake {
            self.drain_wake();
            self.task.reap(now);
            self.listener.rebind_if_lost();
        }
        if ready.listener || self.listener.exhausted {
            self.accept();
        }
        for (index, _) in ready.connections.iter().enumerate().filter(|(_, ready)| **ready) {
            self.serve(index, now);
        }
        if ready.writable {
            self.task.terminal.flush_queue();
        }
        if ready.readable || self.task.is_due(now) {
            self.task.pump(now);
        }
        self.leaving |= self.task.settle(now);
        self.tell();
    }

    fn wait(&self) -> Ready {
        let mut fds = Vec::with_capacity(3 + CONNECTIONS_MAX);
        fds.push(PollFd::new(self.wake, PollFlags::IN));
        let listening = if self.listener.exhausted { PollFlags::empty() } else { PollFlags::IN };
        fds.push(PollFd::new(&self.listener, listening));
        for connection in self.connections.iter().flatten() {
            let flags = if connection.is_behind() { PollFlags::OUT } else { PollFlags::IN };
            fds.push(PollFd::new(connection, flags));
        }
        let mut wanted = PollFlags::empty();
        wanted.set(PollFlags::IN, self.task.wants_output());
        wanted.set(PollFlags::OUT, self.task.wants_input());
        // not asked for at all, a terminal that was hung up would still be reported, again and again
        if !wanted.is_empty() {
            fds.push(PollFd::new(&self.task.terminal, wanted));
        }
        let timeout = self.timeout_ms().map(|ms| Timespec {
            tv_sec: i64::try_from(ms / 1000).unwrap_or(1),
            tv_nsec: i64::try_from(ms % 1000).unwrap_or(0) * 1_000_000,
        });
        // a signal interrupts, and has written to `wake`
        let failed = poll(&mut fds, timeout.as_ref()).is_err();
        let mut found = fds.iter().map(|fd| if failed { PollFlags::empty() } else { fd.revents() });
        let mut next = || found.next().unwrap_or(PollFlags::empty());
        let (wake, listener) = (!next().is_empty(), !next().is_empty());
        let connections = array::from_fn(|index| {
            let connection = self.connections.get(index).and_then(Option::as_ref);
            connection.is_some_and(|connection| !next().is_empty() || connection.has_frames())
        });
        let terminal = if wanted.is_empty() { wanted } else { next() };
        let ended = PollFlags::HUP | PollFlags::ERR;
        Ready {
            wake,
            listener,
            readable: terminal.intersects(PollFlags::IN | ended),
            writable: terminal.contains(PollFlags::OUT),
            connections,
        }
    }

    fn timeout_ms(&self) -> Option<u64> {
        if self.connections.iter().flatten().any(Connection::has_frames) {
            return Some(0);
        }
        let exhausted = self.listener.exhausted.then_some(EXHAUSTED_MS);
        exhausted.into_iter().chain(self.task.wait_ms()).min()
    }

    fn drain_wake(&self) {
        let mut bytes = [0; 64];
        while rustix::io::read(self.wake, &mut bytes).is_ok_and(|count| count == bytes.len()) {}
    }

    /// Takes everyone who waits. When all places are taken the one that matters least goes: a half-open one before
    /// one that said HELLO before a subscriber, the oldest first. So a new server always gets in.
    fn accept(&mut self) {
        while let Some(stream) = self.listener.accept() {
            self.serial += 1;
            let importance = |place: &Option<Connection>| {
                place.as_ref().map(|taken| (taken.greeted, taken.subscription.is_some(), taken.serial))
            };
            if let Some(place) = self.connections.iter_mut().min_by_key(|place| importance(place)) {
                *place = Some(Connection::new(stream, self.serial));
            }
        }
    }

    fn serve(&mut self, index: usize, now: Now) {
        let Some(place) = self.connections.get_mut(index) else { return };
        let Some(mut connection) = place.take() else { return };
        let (task, leaving) = (&mut self.task, &mut self.leaving);
        let served = if connection.is_behind() {
            connection.flush()
        } else {
            connection
                .receive(self.scratch, |connection, message| answer(connection, task, leaving, message, now))
        };
        if served.is_ok() {
            *place = Some(connection);
        }
    }

    /// Tells subscribers what is new, and sends what is owed.
    fn tell(&mut self) {
        let state = self.task.state();
        let changed = state != self.told;
        self.told = state;
        for place in &mut self.connections {
            let Some(connection) = place else { continue };
            if connection.wants_room && self.task.has_room() {
                connection.wants_room = false;
                connection.send(&FromHolder::Room);
            }
            if let Some(subscription) = connection.subscription {
                if changed {
                    connection.send(&FromHolder::State(state));
                }
                connection.subscription = Some(tell_output(connection, subscription, &self.task));
            }
            if connection.flush().is_err() {
                *place = None;
            }
        }
    }
}

fn tell_output(connection: &mut Connection, mut subscription: Subscription, task: &Task) -> Subscription {
    let length = task.log.length();
    if !subscription.waiting && subscription.told < length {
        let bytes = task.output_since(subscription.told);
        let offset = length - bytes.len() as u64;
        connection.send(&FromHolder::Notify { length, offset, bytes });
        subscription = Subscription { told: length, waiting: true, ..subscription };
    }
    if !subscription.told_end
        && let Some(length) = task.recorded()
    {
        connection.send(&FromHolder::Exited { length });
        subscription.told_end = true;
    }
    subscription
}

/// Answers one message. Before HELLO nothing else is heard.
fn answer(
    connection: &mut Connection,
    task: &mut Task,
    leaving: &mut bool,
    message: ToHolder<'_>,
    now: Now,
) -> Result<(), Closed> {
    match message {
        ToHolder::Hello { .. } => {
            connection.greeted = true;
            connection.send(&FromHolder::Hello(task.greeting()));
        }
        _ if !connection.greeted => return Err(Closed),
        ToHolder::Subscribe { from } => {
            connection.subscription = Some(Subscription { told: from, waiting: false, told_end: false });
            connection.send(&FromHolder::Done(0));
            connection.send(&FromHolder::State(task.state()));
        }
        ToHolder::Ack { .. } => {
            if let Some(subscription) = &mut connection.subscription {
                subscription.waiting = false;
            }
        }
        ToHolder::Input { reply_offset, bytes } => {
            let taken = task.input(reply_offset, bytes);
            connection.wants_room = taken < bytes.len();
            connection.send(&FromHolder::Accepted(u32::try_from(taken).unwrap_or(u32::MAX)));
        }
        ToHolder::Resize(size) => {
            task.resize(size, now);
            connection.send(&FromHolder::Done(0));
        }
        ToHolder::Signal { target, number, who } => {
            let count = task.signal(target, number, who, now);
            connection.send(&FromHolder::Done(count));
        }
        ToHolder::Probe => task.probe(now, |probed| connection.send(&FromHolder::Probed(probed))),
        ToHolder::Cap(cap) => {
            task.log.set_cap(cap);
            task.retry();
            connection.send(&FromHolder::Done(0));
        }
        ToHolder::Quit => {
            let alive = task.alive();
            *leaving |= alive == 0;
            connection.send(&FromHolder::Done(alive));
        }
        ToHolder::Unknown(kind) => connection.send(&FromHolder::Unsupported(kind)),
    }
    Ok(())
}
