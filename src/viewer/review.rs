//! The review of one task's output: a window of lines of its transcript, wherever the user is in it.

#[cfg(test)]
mod tests;

use super::{Editor, Intent};
use crate::{
    action::{Move, Review as Action},
    limits::{COPY_LINES_MAX, REVIEW_WINDOW_LINES},
    screen::width,
    server::{Hit, Page, Purpose, Range},
    task::{TaskId, text},
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
    /// A line being typed.
    pub input: Option<Editor>,
    /// What it is for.
    pub asks: Ask,
    /// Long lines are cut off, not wrapped.
    pub chop: bool,
    /// Columns left of what is shown of lines cut off.
    pub left: usize,
    /// Why what was typed could not be done.
    pub refusal: Option<String>,
    /// Lines being selected: where that began, and where it has come to.
    pub mark: Option<(u64, u64)>,
    /// Rows the view has for lines; told by each draw's size.
    pub rows: u64,
    waiting: bool,
}

/// What a line is typed for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ask {
    /// A pattern to search for.
    Pattern,
    /// A place to go to.
    Place,
}

/// What compilers, test runners and interpreters write where something is wrong.
const PROBLEM: &str = concat!(
    r"(?i:\b(error|warning|fatal|panic|panicked|exception|traceback)\b)",
    r"|(?-i:\bFAIL(ED)?\b)|[a-z](Error|Exception):",
);

/// Columns that one step to the side moves.
const SIDE_STEP: usize = 16;

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

impl Search {
    /// Whether it looks for errors and warnings, and not for what the user typed.
    pub fn is_for_problems(&self) -> bool {
        self.pattern == PROBLEM
    }
}

/// So many hundredths of a number, rounded down.
fn part(total: u64, percent: u64) -> u64 {
    u64::try_from(u128::from(total) * u128::from(percent) / 100).unwrap_or(total)
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
            asks: Ask::Pattern,
            chop: false,
            left: 0,
            refusal: None,
            mark: None,
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
        if let Some((anchor, head)) = self.mark {
            return self.extend(anchor, head, step);
        }
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

    /// Moves the end of the selection, and the window with it.
    fn extend(&mut self, anchor: u64, head: u64, step: Move) {
        let page = self.rows.saturating_sub(1).max(1);
        let head = match step {
            Move::Up => head.saturating_sub(1),
            Move::Down => head + 1,
            Move::PageUp => head.saturating_sub(page),
            Move::PageDown => head + page,
            Move::HalfPageUp => head.saturating_sub(page.div_ceil(2)),
            Move::HalfPageDown => head + page.div_ceil(2),
            Move::Top => 0,
            Move::Bottom => u64::MAX,
        };
        let head = head.min(self.total.saturating_sub(1));
        self.mark = Some((anchor, head));
        self.top = self.top.clamp((head + 1).saturating_sub(self.rows), head);
    }

    /// Lines selected: the first, and how many.
    pub fn selected(&self) -> Option<(u64, u64)> {
        let (one, other) = self.mark?;
        Some((one.min(other), one.abs_diff(other) + 1))
    }

    /// Begins to select where the search has come to, or at the edge that is looked at; ends it if it had begun.
    fn select(&mut self) {
        let shown = self.top..self.top + self.rows;
        let edge = if self.follow { self.total.saturating_sub(1) } else { self.top };
        let found = self.search.as_ref().and_then(|search| search.line).filter(|line| shown.contains(line));
        let start = found.unwrap_or(edge);
        self.mark = if self.mark.is_some() || self.total == 0 { None } else { Some((start, start)) };
        self.follow = false;
    }

    fn copy(&mut self) -> Option<Intent> {
        let Some((first, count)) = self.selected() else {
            self.refusal = Some("nothing is selected: v selects lines, or drag with the mouse".into());
            return None;
        };
        if count > COPY_LINES_MAX {
            let most = text::count(COPY_LINES_MAX);
            self.refusal = Some(format!("at most {most} lines; aside output --lines prints more"));
            return None;
        }
        self.mark = None;
        Some(Intent::Read { task: self.task, purpose: Purpose::Copy, range: Range::From(first), count })
    }

    /// Does what is particular to reviewing.
    pub fn act(&mut self, action: Action) -> Option<Intent> {
        self.refusal = None;
        match action {
            Action::Follow => {
                self.go(Move::Bottom);
                None
            }
            Action::Search | Action::Filter => self.ask(Ask::Pattern),
            Action::GoTo => self.ask(Ask::Place),
            Action::ProblemNext => self.problem(true),
            Action::ProblemPrevious => self.problem(false),
            Action::Wrap => {
                (self.chop, self.left) = (!self.chop, 0);
                None
            }
            Action::Select => {
                self.select();
                None
            }
            Action::Copy => self.copy(),
            Action::ScrollLeft => {
                self.left = self.left.saturating_sub(SIDE_STEP);
                None
            }
            Action::ScrollRight => {
                self.scroll_right();
                None
            }
            Action::SearchNext => self.find(true),
            Action::SearchPrevious => self.find(false),
        }
    }

    fn ask(&mut self, asks: Ask) -> Option<Intent> {
        (self.asks, self.input) = (asks, Some(Editor::default()));
        None
    }

    /// Further right, as long as a line at hand on the screen reaches there.
    fn scroll_right(&mut self) {
        self.chop = true;
        let rows = usize::try_from(self.rows).unwrap_or(usize::MAX);
        let columns = |line: &Line| line.spans.iter().map(|span| width(&span.text)).sum::<usize>();
        let longest = self.shown().take(rows).map(|(_, line)| columns(line)).max().unwrap_or(0);
        if self.left + SIDE_STEP < longest {
            self.left += SIDE_STEP;
        }
    }

    /// The nearest error or warning; `search-next` goes on from it.
    fn problem(&mut self, down: bool) -> Option<Intent> {
        if self.search.as_ref().is_some_and(Search::is_for_problems) {
            return self.find(down);
        }
        self.search = Some(Search { pattern: PROBLEM.into(), line: None, missing: false, error: None });
        if down { self.look(self.top, true) } else { self.find(false) }
    }

    /// The line typed was given.
    pub fn submit(&mut self) -> Option<Intent> {
        let text = self.input.take()?.text();
        match self.asks {
            Ask::Pattern => self.search_for(text),
            Ask::Place => {
                self.go_to(text.trim());
                None
            }
        }
    }

    /// To a line by its number from 1 on, or to so many hundredths of what is known.
    fn go_to(&mut self, place: &str) {
        if place.is_empty() {
            return;
        }
        let line = match place.strip_suffix('%') {
            Some(percent) => {
                let percent = percent.trim().parse::<u64>().ok().filter(|percent| *percent <= 100);
                percent.map(|percent| part(self.total, percent))
            }
            None => place.parse::<u64>().ok().filter(|line| *line > 0).map(|line| line - 1),
        };
        match line {
            Some(line) => {
                self.follow = false;
                self.top = line.min(self.last_top());
            }
            None => self.refusal = Some(format!("no line and no percentage: {place}")),
        }
    }

    /// Looks from here on down.
    fn search_for(&mut self, pattern: String) -> Option<Intent> {
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
