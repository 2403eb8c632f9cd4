//! Reads transcripts on a thread of its own, so that a long log never holds up the server. Keeps the few read
//! last: each is incremental, and can always be made again from the log.

use super::{mark, sieve::Sieve};
use crate::{
    limits::{READ_QUEUE, SEARCH_BYTES_A_STEP, TRANSCRIPT_BYTES_A_STEP, TRANSCRIPTS_MAX},
    log::When,
    server::{Counted, Event, Hit, Page, Range, Want},
    store::{Lines, Paths},
    task::TaskId,
    transcript::{Direction, Found, Pattern},
};
use jiff::{Timestamp, tz::TimeZone};
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
    /// What the last count, and the last filter, found.
    count: Option<Sieve>,
    filter: Option<Sieve>,
}

impl Shelf {
    fn read(&mut self, want: &Want) -> Page {
        let sought = match &want.lines {
            Range::Match { pattern, .. } => Some(pattern.clone()),
            _ => None,
        };
        let nothing = want.look.count.as_ref().map(|(_, line)| Counted { line: *line, ..Counted::default() });
        let page = Page {
            client: want.client,
            task: want.task,
            purpose: want.purpose,
            first: 0,
            lines: vec![],
            numbers: vec![],
            times: vec![],
            total: 0,
            complete: true,
            sought,
            hit: None,
            counted: nothing,
            filter: want.look.filter.clone(),
        };
        let read = self.open(want.task).and_then(|open| open.page(want, page.clone()));
        read.unwrap_or_else(|error| {
            tracing::warn!(task = want.task.0, %error, "transcript not read");
            page
        })
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
            self.open.push_back(Open { task, lines, count: None, filter: None });
        }
        self.open.back_mut().ok_or_else(|| io::Error::other("no transcript"))
    }
}

/// Which lines there are to be shown: all, or those a filter kept. Their places are counted from 0.
struct Shown<'a> {
    kept: Option<&'a [u64]>,
    total: u64,
}

impl Shown<'_> {
    fn count(&self) -> u64 {
        self.kept.map_or(self.total, |kept| kept.len() as u64)
    }

    /// The line at a place.
    fn line(&self, place: u64) -> u64 {
        let kept = |kept: &[u64]| usize::try_from(place).ok().and_then(|place| kept.get(place).copied());
        self.kept.map_or(place, |lines| kept(lines).unwrap_or(self.total))
    }

    /// The place of a line, or of the next one that is shown.
    fn place(&self, line: u64) -> u64 {
        self.kept.map_or(line, |kept| kept.partition_point(|at| *at < line) as u64)
    }

    fn has(&self, line: u64) -> bool {
        self.kept.is_none_or(|kept| kept.binary_search(&line).is_ok())
    }

    /// Places as stretches of lines that follow each other.
    fn stretches(&self, places: std::ops::Range<u64>) -> Vec<std::ops::Range<u64>> {
        let mut stretches: Vec<std::ops::Range<u64>> = vec![];
        if self.kept.is_none() {
            return vec![places];
        }
        for line in places.map(|place| self.line(place)) {
            match stretches.last_mut().filter(|last| last.end == line) {
                Some(last) => last.end += 1,
                None => stretches.push(line..line + 1),
            }
        }
        stretches
    }
}

impl Open {
    /// The page asked for.
    fn page(&mut self, want: &Want, mut page: Page) -> io::Result<Page> {
        page.complete = self.lines.advance(TRANSCRIPT_BYTES_A_STEP)?;
        if let (Range::Time(when), false) = (&want.lines, page.complete) {
            page.complete = self.read_up_to(*when)?;
        }
        let total = self.lines.transcript().line_count();
        if let Some((words, line)) = &want.look.count {
            let sieve = sieve(&mut self.count, words, 0);
            let complete = sieve.advance(&self.lines)? && page.complete;
            let hits = sieve.lines(total);
            let before = hits.partition_point(|hit| hit <= line) as u64;
            page.counted =
                Some(Counted { line: *line, nth: before, of: hits.len() as u64, going_on: !complete });
        }
        if let Some(filter) = &want.look.filter {
            let sieve = sieve(&mut self.filter, &filter.pattern, filter.context);
            page.complete &= sieve.advance(&self.lines)?;
        }
        let kept = self.filter.as_ref().filter(|_| want.look.filter.is_some());
        let shown = Shown { kept: kept.map(|sieve| sieve.lines(total)), total };
        let (first, hit) = self.first(want, &shown)?;
        page.hit = hit;
        page.total = shown.count();
        page.first = first.min(page.total);
        let end = (page.first + want.count).min(page.total);
        let stretches = shown.stretches(page.first..end);
        for stretch in &stretches {
            page.lines.extend(self.lines.transcript().lines(stretch.clone(), self.lines.log())?);
        }
        if want.look.filter.is_some() {
            page.numbers = stretches.iter().cloned().flatten().collect();
        }
        if want.look.times {
            page.times = self.times(&stretches)?;
        }
        Ok(page)
    }

    /// The first place of a page, and what a search came to.
    fn first(&self, want: &Want, shown: &Shown<'_>) -> io::Result<(u64, Option<Hit>)> {
        let around = |hit: Option<u64>, from: u64| {
            let place = hit.map(|line| shown.place(line));
            let hit = place.map_or(Hit::Missing, Hit::Found);
            (place.unwrap_or(from).saturating_sub(want.count / 3), Some(hit))
        };
        Ok(match &want.lines {
            Range::From(first) => (*first, None),
            Range::Last => (shown.count().saturating_sub(want.count), None),
            Range::Match { pattern, from, down } => {
                let hit = self.find(pattern, *from, *down, shown)?;
                let at = if let Hit::Found(place) = hit { place } else { *from };
                (at.saturating_sub(want.count / 3), Some(hit))
            }
            Range::Line(line) => around(Some(*line), 0),
            Range::Time(when) => around(self.line_when(*when)?, 0),
            Range::Mark { from, down } => around(mark::find(&self.lines, shown.line(*from), *down)?, *from),
        })
    }

    /// Reads on until what was printed at a moment is known; whether all is.
    fn read_up_to(&mut self, when: When) -> io::Result<bool> {
        let offset = self.offset_when(when).unwrap_or(0);
        let mut complete = false;
        while !complete && self.lines.transcript().consumed() < offset {
            complete = self.lines.advance(TRANSCRIPT_BYTES_A_STEP)?;
        }
        Ok(complete)
    }

    fn offset_when(&self, when: When) -> Option<u64> {
        let now_ms = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0);
        self.lines.log().offset_when(when, now_ms, &TimeZone::system())
    }

    fn line_when(&self, when: When) -> io::Result<Option<u64>> {
        let Some(offset) = self.offset_when(when) else { return Ok(None) };
        self.lines.transcript().line_at(offset, self.lines.log()).map(Some)
    }

    /// The place of the nearest line from a place on that matches, looked for in one step.
    fn find(&self, pattern: &str, from: u64, down: bool, shown: &Shown<'_>) -> io::Result<Hit> {
        let Ok(pattern) = Pattern::new(pattern) else { return Ok(Hit::Missing) };
        let direction = if down { Direction::Forward } else { Direction::Backward };
        let (transcript, log) = (self.lines.transcript(), self.lines.log());
        let mut from = shown.line(from);
        loop {
            match transcript.find(&pattern, from, direction, SEARCH_BYTES_A_STEP, log)? {
                Found::Line(line) if shown.has(line) => return Ok(Hit::Found(shown.place(line))),
                Found::Line(0) if !down => return Ok(Hit::Missing),
                Found::Line(line) => from = if down { line + 1 } else { line - 1 },
                Found::Nothing => return Ok(Hit::Missing),
                Found::More(next) => return Ok(Hit::Further(shown.place(next))),
            }
        }
    }

    /// When each line was printed, in milliseconds since 1970; 0 where that is not known.
    fn times(&self, stretches: &[std::ops::Range<u64>]) -> io::Result<Vec<u64>> {
        let mut offsets = vec![];
        for stretch in stretches {
            offsets.extend(self.lines.transcript().offsets(stretch.clone(), self.lines.log())?);
        }
        let (first, last) = (offsets.iter().min().copied(), offsets.iter().max().copied());
        let (Some(first), Some(last)) = (first, last) else { return Ok(vec![]) };
        let entries = self.lines.log().entries(first)?.take_while(|entry| entry.offset <= last);
        let entries: Vec<(u64, u64)> = entries.map(|entry| (entry.offset, entry.at_ms)).collect();
        let time = |offset: u64| {
            let passed = entries.partition_point(|(at, _)| *at <= offset);
            passed.checked_sub(1).and_then(|at| entries.get(at)).map_or(0, |(_, ms)| *ms)
        };
        Ok(offsets.into_iter().map(time).collect())
    }
}

/// The sieve for these words, begun anew if it was for others.
fn sieve<'a>(kept: &'a mut Option<Sieve>, words: &str, context: u64) -> &'a mut Sieve {
    let right = kept.take().filter(|sieve| sieve.is_of(words, context));
    kept.insert(right.unwrap_or_else(|| Sieve::new(words, context)))
}
