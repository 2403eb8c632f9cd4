//! The review of one task's output: a window of lines of its transcript, wherever the user is in it.

use super::{Editor, Intent};
use crate::{
    action::{Move, Review as Action},
    limits::REVIEW_WINDOW_LINES,
    server::{Hit, Page, Purpose, Range},
    task::TaskId,
    transcript::{Line, Pattern},
};

/// Where a user is in a task's output.
#[derive(Clone, Debug)]
pub struct Review {
    /// Whose output.
    pub task: TaskId,
    /// First line shown.
    pub top: u64,
    /// Stay at the end as it grows.
    pub follow: bool,
    /// Lines at hand, the first of them being number `first`.
    pub lines: Vec<Line>,
    /// See `lines`.
    pub first: u64,
    /// Lines known so far.
    pub total: u64,
    /// Whether the whole log is known.
    pub complete: bool,
    /// The pattern searched for last, and the line it was found on.
    pub search: Option<Search>,
    /// A search being typed.
    pub input: Option<Editor>,
    /// Rows the view has for lines; told by each draw's size.
    pub rows: u64,
    waiting: bool,
}

/// A search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Search {
    /// What the user typed.
    pub pattern: String,
    /// Where it was found last.
    pub line: Option<u64>,
    /// Nothing was found.
    pub missing: bool,
    /// Why the pattern is none.
    pub error: Option<String>,
}

impl Review {
    /// The review of a task, at its end, following it.
    pub fn new(task: TaskId, rows: u64) -> Self {
        Self {
            task,
            top: 0,
            follow: true,
            lines: vec![],
            first: 0,
            total: 0,
            complete: false,
            search: None,
            input: None,
            rows: rows.max(1),
            waiting: false,
        }
    }

    /// The largest first line that still fills the view.
    fn last_top(&self) -> u64 {
        self.total.saturating_sub(self.rows)
    }

    /// Moves the window.
    pub fn go(&mut self, step: Move) {
        let half = (self.rows / 2).max(1);
        let page = self.rows.saturating_sub(1).max(1);
        let top = match step {
            Move::Up => self.top.saturating_sub(1),
            Move::Down => self.top + 1,
            Move::PageUp => self.top.saturating_sub(page),
            Move::PageDown => self.top + page,
            Move::HalfPageUp => self.top.saturating_sub(half),
            Move::HalfPageDown => self.top + half,
            Move::Top => 0,
            Move::Bottom => self.last_top(),
        };
        let down = top > self.top;
        self.top = top.min(self.last_top());
        self.follow = matches!(step, Move::Bottom) || (down && self.top == self.last_top() && self.complete);
    }

    /// Does what is particular to reviewing.
    pub fn act(&mut self, action: Action) -> Option<Intent> {
        match action {
            Action::Follow => {
                self.go(Move::Bottom);
                None
            }
            Action::Search | Action::Filter => {
                self.input = Some(Editor::default());
                None
            }
            Action::SearchNext => self.find(true),
            Action::SearchPrevious => self.find(false),
        }
    }

    /// The search line was given: looks from here on down.
    pub fn submit_search(&mut self) -> Option<Intent> {
        let pattern = self.input.take()?.text();
        if pattern.is_empty() {
            return self.find(true);
        }
        let error = Pattern::new(&pattern).err().map(|error| error.to_string());
        let error = error.and_then(|text| text.lines().last().map(str::to_owned));
        let wrong = error.is_some();
        self.search = Some(Search { pattern, line: None, missing: false, error });
        if wrong { None } else { self.look(self.top, true) }
    }

    fn find(&mut self, down: bool) -> Option<Intent> {
        let search = self.search.as_ref()?;
        let here = search.line.unwrap_or(self.top);
        match (down, here) {
            (true, _) => self.look(here + 1, true),
            (false, 0) => None,
            (false, _) => self.look(here - 1, false),
        }
    }

    fn look(&mut self, from: u64, down: bool) -> Option<Intent> {
        let search = self.search.as_ref().filter(|search| search.error.is_none())?;
        let range = Range::Match { pattern: search.pattern.clone(), from, down };
        self.follow = false;
        Some(Intent::Read { task: self.task, purpose: Purpose::Search, range, count: REVIEW_WINDOW_LINES })
    }

    /// What has to be read so that the lines shown are at hand; `grown` when the task printed more.
    pub fn wants(&mut self, grown: bool) -> Option<Intent> {
        if self.waiting {
            return None;
        }
        let end = self.first + self.lines.len() as u64;
        let at_hand = self.top >= self.first && (self.top + self.rows).min(self.total) <= end;
        let range = match (self.follow, at_hand) {
            (true, _) if grown || !self.complete || !at_hand => Range::Last,
            (true, _) => return None,
            (false, true) if self.complete && !grown => return None,
            (false, _) => Range::From(self.top.saturating_sub(REVIEW_WINDOW_LINES / 3)),
        };
        self.waiting = true;
        Some(Intent::Read { task: self.task, purpose: Purpose::Review, range, count: REVIEW_WINDOW_LINES })
    }

    /// Lines have come.
    pub fn take(&mut self, page: Page) {
        if page.purpose == Purpose::Review {
            self.waiting = false;
        }
        self.total = page.total;
        self.complete = page.complete;
        if !page.lines.is_empty() || page.total == 0 {
            self.first = page.first;
            self.lines = page.lines;
        }
        if let (Some(search), Some(hit)) = (&mut self.search, page.hit) {
            search.missing = hit == Hit::Missing;
            if let Hit::Found(line) = hit {
                search.line = Some(line);
                self.top = line.saturating_sub(self.rows / 3);
            }
        }
        self.top = if self.follow { self.last_top() } else { self.top.min(self.last_top()) };
    }

    /// The lines from the first one shown on, with their numbers.
    pub fn shown(&self) -> impl Iterator<Item = (u64, &Line)> {
        let skip = usize::try_from(self.top.saturating_sub(self.first)).unwrap_or(usize::MAX);
        (self.first..).zip(&self.lines).skip(skip)
    }
}
