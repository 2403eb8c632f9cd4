//! The review of one task's output: a window of lines of its transcript, wherever the user is in it.

mod save;
mod search;
#[cfg(test)]
mod tests;

pub use search::Search;

use super::{Editor, Intent};
use crate::{
    action::{Move, Review as Action},
    limits::{COPY_LINES_MAX, REVIEW_WINDOW_LINES},
    screen::width,
    server::{Filter, Hit, Look, Page, Purpose, Range, Reader},
    task::{TaskId, text},
    transcript::Line,
};
use search::Origin;

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
    /// Their numbers in the whole output, when a filter leaves lines out.
    pub numbers: Vec<u64>,
    /// When each was printed, in milliseconds since 1970, when that is shown.
    pub stamps: Vec<u64>,
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
    /// Only lines that match are shown.
    pub filter: Option<Filter>,
    /// Times are shown beside the lines.
    pub times: bool,
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
    /// Where it was when a line began to be typed.
    origin: Origin,
}

/// What a line is typed for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ask {
    /// A pattern to search for.
    Pattern,
    /// A place to go to.
    Place,
    /// A pattern that lines must match to be shown.
    Filter,
    /// A file to write to.
    File,
}

/// Columns that one step to the side moves.
const SIDE_STEP: usize = 16;

impl Review {
    /// The review of a task, at its end, following it.
    pub fn new(task: TaskId, rows: u64) -> Self {
        Self {
            task,
            top: 0,
            follow: true,
            lines: vec![],
            first: 0,
            numbers: vec![],
            stamps: vec![],
            total: 0,
            complete: false,
            search: None,
            input: None,
            asks: Ask::Pattern,
            filter: None,
            times: false,
            chop: false,
            left: 0,
            refusal: None,
            mark: None,
            rows: rows.max(1),
            waiting: false,
            origin: Origin::default(),
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
        Some(self.read(Purpose::Copy, Range::From(first), count))
    }

    /// Does what is particular to reviewing.
    pub fn act(&mut self, action: Action) -> Option<Intent> {
        self.refusal = None;
        match action {
            Action::Follow => {
                self.go(Move::Bottom);
                None
            }
            Action::Search => self.ask(Ask::Pattern),
            Action::Filter => self.ask(Ask::Filter),
            Action::ContextMore => self.widen(true),
            Action::ContextLess => self.widen(false),
            Action::MarkNext => self.go_to_mark(true),
            Action::MarkPrevious => self.go_to_mark(false),
            Action::Times => {
                self.times = !self.times;
                Some(self.window())
            }
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
            Action::Save => self.ask(Ask::File),
            Action::OpenEditor => Some(self.open_in(Reader::Editor)),
            Action::OpenPager => Some(self.open_in(Reader::Pager)),
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

    /// A read of lines, with all that is shown beside them.
    fn read(&self, purpose: Purpose, range: Range, count: u64) -> Intent {
        let look = Look { times: self.times, filter: self.filter.clone(), count: self.to_count() };
        Intent::Read { task: self.task, purpose, range, count, look }
    }

    /// A read of what is shown now.
    fn window(&mut self) -> Intent {
        self.waiting = true;
        let from = Range::From(self.top.saturating_sub(REVIEW_WINDOW_LINES / 3));
        let range = if self.follow { Range::Last } else { from };
        self.read(Purpose::Review, range, REVIEW_WINDOW_LINES)
    }

    /// What has to be read so that the lines shown are at hand; `grown` when the task printed more.
    pub fn wants(&mut self, grown: bool) -> Option<Intent> {
        if let Some(intent) = self.preview().or_else(|| self.search_on()) {
            return Some(intent);
        }
        if self.waiting {
            return None;
        }
        let end = self.first + self.lines.len() as u64;
        let at_hand = self.top >= self.first && (self.top + self.rows).min(self.total) <= end;
        let known = self.complete && !grown && !self.counts();
        if at_hand && known { None } else { Some(self.window()) }
    }

    /// Lines have come.
    pub fn take(&mut self, page: Page) {
        if page.purpose == Purpose::Review {
            self.waiting = false;
        }
        if page.filter != self.filter {
            return;
        }
        self.total = page.total;
        self.complete = page.complete;
        self.counted(page.counted);
        let further = matches!(page.hit, Some(Hit::Further(_)));
        if !further && (!page.lines.is_empty() || page.total == 0) {
            self.first = page.first;
            self.lines = page.lines;
            self.numbers = page.numbers;
            self.stamps = page.times;
        }
        match (page.purpose, page.hit) {
            // G was pressed meanwhile
            (Purpose::Place, Some(_)) if self.follow => {}
            (Purpose::Place, Some(Hit::Found(place))) => self.top = place,
            (Purpose::Place, Some(_)) => self.refusal = Some("there is no such place".into()),
            (_, Some(hit)) => self.searched(page.sought.as_deref(), hit),
            (_, None) => {}
        }
        self.top = if self.follow { self.last_top() } else { self.top.min(self.last_top()) };
    }

    /// The number of a line at hand in the whole output.
    pub fn number(&self, place: u64) -> u64 {
        let at = place.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        let number = at.and_then(|at| self.numbers.get(at).copied());
        if self.filter.is_some() { number.unwrap_or(place) } else { place }
    }

    /// When a line at hand was printed, in milliseconds since 1970.
    pub fn stamp(&self, place: u64) -> Option<u64> {
        let at = usize::try_from(place.checked_sub(self.first)?).ok()?;
        self.stamps.get(at).copied().filter(|stamp| *stamp > 0)
    }

    /// The lines from the first one shown on, with their numbers.
    pub fn shown(&self) -> impl Iterator<Item = (u64, &Line)> {
        let skip = usize::try_from(self.top.saturating_sub(self.first)).unwrap_or(usize::MAX);
        (self.first..).zip(&self.lines).skip(skip)
    }
}
