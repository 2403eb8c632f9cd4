//! Reads transcripts on a thread of its own, so that a long log never holds up the server. Keeps the few read
//! last: each is incremental, and can always be made again from the log.

use crate::{
    limits::{READ_QUEUE, SEARCH_BYTES_A_STEP, TRANSCRIPT_BYTES_A_STEP, TRANSCRIPTS_MAX},
    server::{Event, Hit, Page, Range, Want},
    store::{Lines, Paths},
    task::TaskId,
    transcript::{Direction, Found, Line, Pattern},
};
use std::{
    collections::VecDeque,
    io,
    sync::mpsc::{self, SyncSender},
};
use tokio::sync::mpsc as events;

/// The way to the thread.
#[derive(Debug)]
pub(super) struct Transcripts {
    orders: SyncSender<Order>,
}

enum Order {
    Read(Want),
    Forget(TaskId),
}

impl Transcripts {
    pub(super) fn start(paths: Paths, events: events::Sender<Event>) -> Self {
        let (orders, received) = mpsc::sync_channel(READ_QUEUE);
        let thread = std::thread::Builder::new().name("transcripts".into());
        let mut shelf = Shelf { paths, open: VecDeque::new() };
        let started = thread.spawn(move || {
            for order in received {
                match order {
                    Order::Read(want) => {
                        if events.blocking_send(Event::Lines(shelf.read(&want))).is_err() {
                            return;
                        }
                    }
                    Order::Forget(task) => shelf.open.retain(|open| open.task != task),
                }
            }
        });
        if let Err(error) = started {
            tracing::error!(%error, "transcripts cannot be read");
        }
        Self { orders }
    }

    /// Asks for lines; they come as an event. Views ask again when they hear nothing.
    pub(super) fn read(&self, want: Want) {
        if self.orders.try_send(Order::Read(want)).is_err() {
            tracing::warn!("a read of a transcript was dropped");
        }
    }

    pub(super) fn forget(&self, task: TaskId) {
        let _busy = self.orders.try_send(Order::Forget(task));
    }
}

/// The transcripts read last, newest at the back.
struct Shelf {
    paths: Paths,
    open: VecDeque<Open>,
}

/// A transcript and whose it is.
struct Open {
    task: TaskId,
    lines: Lines,
}

impl Shelf {
    fn read(&mut self, want: &Want) -> Page {
        let page = Page {
            client: want.client,
            task: want.task,
            purpose: want.purpose,
            first: 0,
            lines: vec![],
            total: 0,
            complete: true,
            hit: None,
        };
        match self.lines(want) {
            Ok((first, lines, total, complete, hit)) => Page { first, lines, total, complete, hit, ..page },
            Err(error) => {
                tracing::warn!(task = want.task.0, %error, "transcript not read");
                page
            }
        }
    }

    #[expect(clippy::type_complexity, reason = "the parts of a page")]
    fn lines(&mut self, want: &Want) -> io::Result<(u64, Vec<Line>, u64, bool, Option<Hit>)> {
        let open = self.open(want.task)?;
        let complete = open.lines.advance(TRANSCRIPT_BYTES_A_STEP)?;
        let total = open.lines.transcript().line_count();
        let (first, hit) = match &want.lines {
            Range::From(first) => (*first, None),
            Range::Last => (total.saturating_sub(want.count), None),
            Range::Match { pattern, from, down } => {
                let hit = open.find(pattern, *from, *down)?;
                let at = match hit {
                    Hit::Found(line) => line,
                    Hit::Missing => *from,
                };
                (at.saturating_sub(want.count / 3), Some(hit))
            }
        };
        let first = first.min(total);
        let end = (first + want.count).min(total);
        let lines = open.lines.transcript().lines(first..end, open.lines.log())?;
        Ok((first, lines, total, complete, hit))
    }

    fn open(&mut self, task: TaskId) -> io::Result<&mut Open> {
        if let Some(at) = self.open.iter().position(|open| open.task == task) {
            let open = self.open.remove(at);
            self.open.extend(open);
        } else {
            if self.open.len() >= TRANSCRIPTS_MAX {
                self.open.pop_front();
            }
            let lines = Lines::of(&self.paths.task(task))?;
            self.open.push_back(Open { task, lines });
        }
        self.open.back_mut().ok_or_else(|| io::Error::other("no transcript"))
    }
}

impl Open {
    /// The nearest line from `from` on that matches.
    fn find(&self, pattern: &str, from: u64, down: bool) -> io::Result<Hit> {
        let Ok(pattern) = Pattern::new(pattern) else { return Ok(Hit::Missing) };
        let direction = if down { Direction::Forward } else { Direction::Backward };
        let mut from = from;
        loop {
            match self.lines.transcript().find(
                &pattern,
                from,
                direction,
                SEARCH_BYTES_A_STEP,
                self.lines.log(),
            )? {
                Found::Line(line) => return Ok(Hit::Found(line)),
                Found::Nothing => return Ok(Hit::Missing),
                Found::More(next) => from = next,
            }
        }
    }
}
