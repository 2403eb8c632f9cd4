//! Follows one task: its holder's socket on one side, its log on the other. Turns what the holder tells into
//! events, in log order, and carries input, sizes and signals to it. Decides nothing.

use super::carry;
use crate::{
    limits::{INPUT_BYTES_MAX, TURN_BYTES},
    log::{Chunk, LogReader},
    protocol::holder::{FromHolder, HEADER_BYTES, RawFrame, Reading, Stall, Target, ToHolder, VERSION},
    server::{Event, TaskEvent},
    session::{Evidence, Reads},
    store,
    task::{Size, TaskId},
};
use std::{
    collections::VecDeque,
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    sync::mpsc,
};

/// What the server wants of a holder.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Command {
    /// Bytes for the program.
    Input { reply: Option<u64>, bytes: Vec<u8> },
    /// A new size of the terminal.
    Resize(Size),
    /// A signal.
    Signal { target: Target, number: u8, who: String },
    /// Look at terminal and processes.
    Probe,
}

/// What a follower needs to know.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) id: TaskId,
    pub(super) dir: PathBuf,
    /// Where a foreground command leaves its directory and environment.
    pub(super) carry: PathBuf,
}

/// How long after an end its children are looked at again.
const CHILDREN_INTERVAL: Duration = Duration::from_secs(2);
/// Time between attempts to reach a holder that lives but does not answer.
const RETRY_INTERVAL: Duration = Duration::from_millis(200);

/// Follows a task until its holder is gone. `from` is the log offset the server's screen has already seen.
pub(super) async fn follow(
    task: Task,
    from: u64,
    events: mpsc::Sender<Event>,
    mut commands: mpsc::Receiver<Command>,
) {
    let mut at = from;
    let mut ended = false;
    while store::holder_lives(&task.dir) {
        match Follower::connect(&task, at, ended, events.clone()).await {
            Ok(mut follower) => {
                let result = follower.run(&mut commands).await;
                tracing::debug!(task = task.id.0, ?result, "holder connection ended");
                (at, ended) = (follower.unread.at, follower.ended);
            }
            Err(error) => {
                tracing::warn!(task = task.id.0, %error, "holder not reached");
                store::wake_holder(&task.dir);
            }
        }
        if store::holder_lives(&task.dir) {
            tokio::time::sleep(RETRY_INTERVAL).await;
        }
    }
    let told = tell_rest(&task, at, &events).await;
    tracing::debug!(task = task.id.0, ?told, "holder gone");
    let event =
        if ended { TaskEvent::Probed { evidence: Evidence::default(), children: 0 } } else { ending(&task) };
    // Nobody is left to hear it when the server is ending.
    let _ending = events.send(Event::Task(task.id, event)).await;
}

/// The end of a task as its files tell it.
fn ending(task: &Task) -> TaskEvent {
    let found = store::ending(&task.dir);
    let carried = carry::take(&task.carry).map(Box::new);
    TaskEvent::Ended {
        outcome: found.outcome,
        output_bytes: found.output_bytes,
        output_lines: found.output_lines,
        carried,
    }
}

/// Tells what a log holds that was not told when its holder left.
async fn tell_rest(task: &Task, at: u64, events: &mpsc::Sender<Event>) -> io::Result<()> {
    let mut unread = Unread::of(task, at)?;
    let length = unread.log.length();
    while unread.is_before(length) {
        if let Some(event) = unread.next(length)? {
            let sent = events.send(Event::Task(task.id, event)).await;
            sent.map_err(|_| io::Error::other("the server is ending"))?;
        }
    }
    Ok(())
}

/// A log from where the server has been told of it.
struct Unread {
    log: LogReader,
    /// Log offset up to which the server has been told.
    at: u64,
    /// Sizes the terminal took, by log offset, not told yet.
    sizes: VecDeque<(u64, Size)>,
}

impl Unread {
    fn of(task: &Task, at: u64) -> io::Result<Self> {
        let mut unread = Self { log: LogReader::open(&task.dir)?, at, sizes: VecDeque::new() };
        unread.find_sizes();
        Ok(unread)
    }

    /// Takes the sizes recorded in the log from here on.
    fn find_sizes(&mut self) {
        let sizes = self.log.resizes(self.at).unwrap_or_default();
        self.sizes = sizes.into_iter().map(|resize| (resize.offset, resize.size)).collect();
    }

    /// Whether there is something to tell of a log of this length.
    fn is_before(&self, length: u64) -> bool {
        self.at < length || self.sizes.front().is_some_and(|(offset, _)| *offset <= self.at)
    }

    /// The next event in log order; `None` where bytes are missing.
    fn next(&mut self, length: u64) -> io::Result<Option<TaskEvent>> {
        if let Some(&(offset, size)) = self.sizes.front()
            && offset <= self.at
        {
            self.sizes.pop_front();
            return Ok(Some(TaskEvent::Resized(size)));
        }
        let end = self.sizes.front().map_or(length, |(offset, _)| length.min(*offset));
        let room = usize::try_from(end - self.at).unwrap_or(usize::MAX).min(TURN_BYTES);
        let mut bytes = vec![0; room];
        match self.log.chunk_at(self.at, &mut bytes)? {
            Chunk::Bytes(count) => {
                bytes.truncate(count);
                let offset = self.at;
                self.at += count as u64;
                return Ok(Some(TaskEvent::Output { offset, bytes }));
            }
            Chunk::Gap(gap) => self.at = gap.end.max(self.at + 1),
            Chunk::End => self.at = end,
        }
        Ok(None)
    }
}

struct Follower<'a> {
    task: &'a Task,
    stream: UnixStream,
    unread: Unread,
    events: mpsc::Sender<Event>,
    received: Vec<u8>,
    /// Length of the log as last heard.
    length: u64,
    /// A NOTIFY is not acknowledged yet.
    unacknowledged: bool,
    /// Input not accepted yet; the first one may be under way.
    input: VecDeque<(Option<u64>, Vec<u8>)>,
    input_bytes: usize,
    under_way: bool,
    /// The program does not take more for now.
    full: bool,
    /// Replies that answer a RESIZE: those whose turn it is, by position among replies awaited.
    awaited: VecDeque<Awaited>,
    /// The holder said EXITED, at this length.
    exited: Option<u64>,
    ended: bool,
    stall: Stall,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Awaited {
    Size,
    Other,
}

impl<'a> Follower<'a> {
    async fn connect(task: &'a Task, at: u64, ended: bool, events: mpsc::Sender<Event>) -> io::Result<Self> {
        let stream = store::socket::connect(&task.dir.join("sock"))?;
        stream.set_nonblocking(true)?;
        let mut follower = Self {
            task,
            stream: UnixStream::from_std(stream)?,
            unread: Unread::of(task, at)?,
            events,
            received: Vec::new(),
            length: at,
            unacknowledged: false,
            input: VecDeque::new(),
            input_bytes: 0,
            under_way: false,
            full: false,
            awaited: VecDeque::new(),
            exited: None,
            ended,
            stall: Stall::None,
        };
        follower.send(&ToHolder::Hello { version: VERSION }).await?;
        follower.send(&ToHolder::Subscribe { from: at }).await?;
        follower.awaited.push_back(Awaited::Other);
        Ok(follower)
    }

    async fn run(&mut self, commands: &mut mpsc::Receiver<Command>) -> io::Result<()> {
        let mut children = tokio::time::interval(CHILDREN_INTERVAL);
        children.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut closed = false;
        loop {
            let behind = self.behind();
            if closed && !behind {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let events = self.events.clone();
            tokio::select! {
                biased;
                command = commands.recv() => match command {
                    Some(command) => self.command(command).await?,
                    None => return Ok(()),
                },
                got = self.stream.read_buf(&mut self.received), if !closed => match got {
                    // What it told before it left is still to be passed on.
                    Ok(0) | Err(_) => closed = true,
                    Ok(_) => self.frames().await?,
                },
                permit = events.reserve(), if behind => {
                    let permit = permit.map_err(|_| io::Error::other("the server is ending"))?;
                    if let Some(event) = self.advance()? {
                        permit.send(Event::Task(self.task.id, event));
                    }
                    self.caught_up().await?;
                }
                _ = children.tick(), if self.ended => {
                    self.request(&ToHolder::Probe, Awaited::Other).await?;
                }
            }
        }
    }

    /// Whether there is something to tell the server.
    fn behind(&self) -> bool {
        self.unread.is_before(self.length) || (self.exited.is_some() && !self.ended)
    }

    /// The next event in log order.
    fn advance(&mut self) -> io::Result<Option<TaskEvent>> {
        if self.unread.is_before(self.length) { self.unread.next(self.length) } else { Ok(self.finish()) }
    }

    /// After EXITED, once the whole log is told: the end.
    fn finish(&mut self) -> Option<TaskEvent> {
        let length = self.exited.filter(|length| self.unread.at >= *length)?;
        if self.ended {
            return None;
        }
        self.ended = true;
        tracing::debug!(task = self.task.id.0, length, "ended");
        Some(ending(self.task))
    }

    async fn caught_up(&mut self) -> io::Result<()> {
        if self.unacknowledged && self.unread.at >= self.length {
            self.unacknowledged = false;
            let length = self.length;
            // A holder that has left meanwhile needs none.
            let _left = self.send(&ToHolder::Ack { length }).await;
        }
        Ok(())
    }

    async fn command(&mut self, command: Command) -> io::Result<()> {
        match command {
            Command::Input { reply, bytes } => {
                if self.input_bytes + bytes.len() > INPUT_BYTES_MAX {
                    let text =
                        format!("does not read its input; {} bytes typed to it were dropped", bytes.len());
                    return self.tell(TaskEvent::Trouble(text)).await;
                }
                self.input_bytes += bytes.len();
                self.input.push_back((reply, bytes));
                self.feed().await
            }
            Command::Resize(size) => self.request(&ToHolder::Resize(size), Awaited::Size).await,
            Command::Signal { target, number, who } => {
                self.request(&ToHolder::Signal { target, number, who: &who }, Awaited::Other).await
            }
            Command::Probe => self.request(&ToHolder::Probe, Awaited::Other).await,
        }
    }

    /// Sends the next input when none is under way, as much as a frame holds.
    async fn feed(&mut self) -> io::Result<()> {
        if self.under_way || self.full {
            return Ok(());
        }
        let Some((reply, bytes)) = self.input.front() else { return Ok(()) };
        let (reply_offset, part) = (*reply, bytes.get(..TURN_BYTES).unwrap_or(bytes).to_vec());
        self.under_way = true;
        self.request(&ToHolder::Input { reply_offset, bytes: &part }, Awaited::Other).await
    }

    /// So many bytes of the input under way were taken.
    async fn accepted(&mut self, count: usize) -> io::Result<()> {
        self.under_way = false;
        if let Some((_, bytes)) = self.input.front_mut() {
            let sent = bytes.len().min(TURN_BYTES);
            let taken = count.min(bytes.len());
            bytes.drain(..taken);
            self.input_bytes = self.input_bytes.saturating_sub(taken);
            self.full = taken < sent;
            if bytes.is_empty() {
                self.input.pop_front();
            }
        }
        self.feed().await
    }

    async fn request(&mut self, request: &ToHolder<'_>, awaited: Awaited) -> io::Result<()> {
        self.awaited.push_back(awaited);
        self.send(request).await
    }

    async fn send(&mut self, message: &ToHolder<'_>) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + 64);
        message.encode(&mut bytes);
        self.stream.write_all(&bytes).await
    }

    async fn tell(&self, event: TaskEvent) -> io::Result<()> {
        let sent = self.events.send(Event::Task(self.task.id, event)).await;
        sent.map_err(|_| io::Error::other("the server is ending"))
    }

    /// Takes the whole frames out of what was received.
    async fn frames(&mut self) -> io::Result<()> {
        let received = std::mem::take(&mut self.received);
        let mut rest = received.as_slice();
        while let Some((frame, size)) = RawFrame::split(rest).map_err(io::Error::other)? {
            let message = FromHolder::decode(frame).map_err(io::Error::other)?;
            self.heard(message).await?;
            rest = rest.get(size..).unwrap_or_default();
        }
        let left = rest.len();
        self.received = received;
        self.received.drain(..self.received.len() - left);
        Ok(())
    }

    async fn heard(&mut self, message: FromHolder<'_>) -> io::Result<()> {
        match message {
            FromHolder::Hello(greeting) => {
                self.length = self.length.max(greeting.length);
                self.stall = greeting.state.stall;
                self.tell(TaskEvent::Paused(greeting.state.stopped)).await?;
            }
            FromHolder::Accepted(count) => {
                self.awaited.pop_front();
                self.accepted(count as usize).await?;
            }
            FromHolder::Done(_) => {
                if self.awaited.pop_front() == Some(Awaited::Size) {
                    self.unread.find_sizes();
                }
            }
            FromHolder::Probed(probed) => {
                self.awaited.pop_front();
                let evidence = Evidence {
                    canonical: probed.terminal.canonical,
                    echo: probed.terminal.echo,
                    reads: match probed.reading {
                        Reading::Unknown => Reads::Unknown,
                        Reading::No => Reads::No,
                        Reading::Yes => Reads::Yes,
                    },
                    group: probed.foreground_group,
                };
                let children = probed.descendants.saturating_sub(u32::from(!probed.ended));
                self.tell(TaskEvent::Probed { evidence, children }).await?;
            }
            FromHolder::Notify { length, offset, bytes } => self.notified(length, offset, bytes).await?,
            FromHolder::State(state) => {
                self.tell(TaskEvent::Paused(state.stopped)).await?;
                self.stalled(state.stall).await?;
            }
            FromHolder::Room => {
                self.full = false;
                self.feed().await?;
            }
            FromHolder::Exited { length } => {
                self.length = self.length.max(length);
                self.exited = Some(length);
            }
            FromHolder::Unsupported(_) => {
                self.awaited.pop_front();
            }
            FromHolder::Unknown(_) => {}
        }
        Ok(())
    }

    /// The log grew. Bytes that came along and follow what is told already spare a read of the file.
    async fn notified(&mut self, length: u64, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.unacknowledged = true;
        let whole = offset == self.unread.at
            && self.unread.at >= self.length
            && offset + bytes.len() as u64 == length;
        self.length = self.length.max(length);
        if whole && self.unread.sizes.is_empty() && !bytes.is_empty() {
            self.unread.at = length;
            self.tell(TaskEvent::Output { offset, bytes: bytes.to_vec() }).await?;
            // the picture first: an echo is waited for, this answer is not
            tokio::task::yield_now().await;
            self.caught_up().await?;
        }
        Ok(())
    }

    async fn stalled(&mut self, stall: Stall) -> io::Result<()> {
        let text = match (stall, std::mem::replace(&mut self.stall, stall)) {
            (now, before) if now == before => return Ok(()),
            (Stall::DiskFull, _) => "the disk is full: it waits, and goes on when there is room",
            (Stall::Cap, _) => "its log has reached the cap and its policy is to wait",
            (Stall::None, _) => "its log has room again",
        };
        self.tell(TaskEvent::Trouble(text.into())).await
    }
}

/// Connects once to let a holder go whose task has ended.
pub(super) async fn dismiss(dir: &Path) -> io::Result<()> {
    let stream = store::socket::connect(&dir.join("sock"))?;
    stream.set_nonblocking(true)?;
    let mut stream = UnixStream::from_std(stream)?;
    let mut bytes = Vec::new();
    ToHolder::Hello { version: VERSION }.encode(&mut bytes);
    ToHolder::Quit.encode(&mut bytes);
    stream.write_all(&bytes).await
}
