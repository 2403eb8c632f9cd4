//! Searching in a review, filtering it, and going to places. What is found is read a step at a time, so that a search
//! through a giant log can be given up at any moment.

use super::{Ask, Review};
use crate::{
    limits::REVIEW_WINDOW_LINES,
    log::When,
    server::{Counted, Filter, Hit, Purpose, Range},
    transcript::Pattern,
    viewer::{Editor, Intent},
};

/// What compilers, test runners and interpreters write where something is wrong.
pub(super) const PROBLEM: &str = concat!(
    r"(?i:\b(error|warning|fatal|panic|panicked|exception|traceback)\b)",
    r"|(?-i:\bFAIL(ED)?\b)|[a-z](Error|Exception):",
);

/// Most lines of context around what a filter keeps.
const CONTEXT_MAX: u64 = 20;

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
    /// How many lines match, as far as they were counted.
    pub counted: Option<Counted>,
    /// Which way it goes.
    down: bool,
    /// Where to go on, when a step found nothing yet.
    further: Option<u64>,
}

impl Search {
    fn new(pattern: String) -> Self {
        Self { pattern, line: None, missing: false, error: None, counted: None, down: true, further: None }
    }

    /// Whether it looks for errors and warnings, and not for what the user typed.
    pub fn is_for_problems(&self) -> bool {
        self.pattern == PROBLEM
    }

    /// Whether it is still being looked for.
    pub const fn goes_on(&self) -> bool {
        self.further.is_some()
    }
}

/// Where a review was when a line began to be typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    top: u64,
    follow: bool,
    search: Option<Search>,
    /// The pattern looked for while it is typed.
    previewed: String,
}

/// So many hundredths of a number, rounded down.
fn part(total: u64, percent: u64) -> u64 {
    u64::try_from(u128::from(total) * u128::from(percent) / 100).unwrap_or(total)
}

impl Review {
    pub(super) fn ask(&mut self, asks: Ask) -> Option<Intent> {
        let proposal = match asks {
            Ask::File => format!("task-{}.txt", self.task),
            Ask::Pattern | Ask::Place | Ask::Filter => String::new(),
        };
        (self.asks, self.input) = (asks, Some(Editor::with(&proposal)));
        let (top, follow, search) = (self.top, self.follow, self.search.clone());
        self.origin = Origin { top, follow, search, previewed: String::new() };
        None
    }

    /// The line being typed is given up.
    pub fn give_up(&mut self) {
        self.input = None;
        if self.asks == Ask::Pattern {
            (self.top, self.follow) = (self.origin.top, self.origin.follow);
            self.search = self.origin.search.take();
        }
    }

    /// Ends a selection, a search under way or a filter; `None` if there is none of them.
    pub fn step_back(&mut self) -> Option<Option<Intent>> {
        if self.mark.take().is_some() {
            return Some(None);
        }
        if let Some(search) = self.search.as_mut().filter(|search| search.goes_on()) {
            search.further = None;
            return Some(None);
        }
        self.filter.as_ref()?;
        Some(self.set_filter(None))
    }

    /// Looks for the pattern as it is typed, always from where that began.
    pub(super) fn preview(&mut self) -> Option<Intent> {
        let text = self.input.as_ref().filter(|_| self.asks == Ask::Pattern)?.text();
        if text == self.origin.previewed {
            return None;
        }
        self.origin.previewed.clone_from(&text);
        (self.top, self.follow) = (self.origin.top, self.origin.follow);
        if text.is_empty() {
            self.search = self.origin.search.clone();
            return None;
        }
        // half a pattern is none: the last whole one stays
        Pattern::new(&text).ok()?;
        self.search = Some(Search::new(text));
        self.look(self.top, true)
    }

    /// Goes on where a step of a search found nothing.
    pub(super) fn search_on(&mut self) -> Option<Intent> {
        let search = self.search.as_mut()?;
        let (from, down) = (search.further.take()?, search.down);
        self.look(from, down)
    }

    /// The pattern whose matches are to be counted, and the line that was found.
    pub(super) fn to_count(&self) -> Option<(String, u64)> {
        let search = self.search.as_ref().filter(|search| search.error.is_none() && self.filter.is_none())?;
        Some((search.pattern.clone(), search.line?))
    }

    /// Whether matches are still to be counted.
    pub(super) fn counts(&self) -> bool {
        let counted = self.search.as_ref().and_then(|search| search.counted);
        self.to_count().is_some_and(|(_, line)| counted.is_none_or(|it| it.going_on || it.line != line))
    }

    pub(super) fn counted(&mut self, counted: Option<Counted>) {
        if let (Some(search), Some(counted)) = (&mut self.search, counted)
            && search.line == Some(counted.line)
        {
            search.counted = Some(counted);
        }
    }

    /// A step of a search has come to this.
    pub(super) fn searched(&mut self, pattern: Option<&str>, hit: Hit) {
        let right = |search: &&mut Search| pattern == Some(search.pattern.as_str());
        let Some(search) = self.search.as_mut().filter(right) else { return };
        search.missing = hit == Hit::Missing;
        match hit {
            Hit::Found(line) => {
                search.line = Some(line);
                self.top = line.saturating_sub(self.rows / 3);
            }
            Hit::Further(from) => search.further = Some(from),
            Hit::Missing => {}
        }
    }

    /// The nearest error or warning; `search-next` goes on from it.
    pub(super) fn problem(&mut self, down: bool) -> Option<Intent> {
        if self.search.as_ref().is_some_and(Search::is_for_problems) {
            return self.find(down);
        }
        self.search = Some(Search::new(PROBLEM.into()));
        if down { self.look(self.top, true) } else { self.find(false) }
    }

    /// The line typed was given.
    pub fn submit(&mut self) -> Option<Intent> {
        let text = self.input.take()?.text();
        match self.asks {
            Ask::Pattern => self.search_for(text),
            Ask::Place => self.go_to(text.trim()),
            Ask::Filter => self.filter_by(text),
            Ask::File => self.save(text),
        }
    }

    /// To a line by its number from 1 on, to so many hundredths of what is known, or to a time.
    fn go_to(&mut self, place: &str) -> Option<Intent> {
        if place.is_empty() {
            return None;
        }
        let line = match place.strip_suffix('%') {
            Some(percent) => {
                let percent = percent.trim().parse::<u64>().ok().filter(|percent| *percent <= 100);
                percent.map(|percent| part(self.total, percent))
            }
            None => place.parse::<u64>().ok().filter(|line| *line > 0).map(|line| line - 1),
        };
        match (line, place.parse::<When>()) {
            (Some(line), _) if self.filter.is_some() && !place.ends_with('%') => {
                return Some(self.jump(Range::Line(line)));
            }
            (Some(line), _) => {
                self.follow = false;
                self.top = line.min(self.last_top());
            }
            (None, Ok(when)) => return Some(self.jump(Range::Time(when))),
            (None, Err(_)) => self.refusal = Some(format!("no line, percentage or time: {place}")),
        }
        None
    }

    /// To the next prompt that a shell has marked.
    pub(super) fn go_to_mark(&mut self, down: bool) -> Option<Intent> {
        Some(self.jump(Range::Mark { from: self.top, down }))
    }

    /// A read of the place to go to.
    fn jump(&mut self, to: Range) -> Intent {
        self.follow = false;
        self.read(Purpose::Place, to, REVIEW_WINDOW_LINES)
    }

    /// Why a pattern is none.
    fn wrong(pattern: &str) -> Option<String> {
        let error = Pattern::new(pattern).err()?.to_string();
        error.lines().last().map(str::to_owned)
    }

    /// Looks from here on down.
    fn search_for(&mut self, pattern: String) -> Option<Intent> {
        if pattern.is_empty() {
            self.search = self.origin.search.take();
            return self.find(true);
        }
        if self.search.as_ref().is_some_and(|search| search.pattern == pattern)
            && self.origin.previewed == pattern
        {
            return None;
        }
        let error = Self::wrong(&pattern);
        let wrong = error.is_some();
        self.search = Some(Search { error, ..Search::new(pattern) });
        if wrong { None } else { self.look(self.top, true) }
    }

    fn filter_by(&mut self, pattern: String) -> Option<Intent> {
        if let Some(error) = Self::wrong(&pattern) {
            self.refusal = Some(format!("not a pattern: {error}"));
            return None;
        }
        let context = self.filter.as_ref().map_or(0, |filter| filter.context);
        self.set_filter((!pattern.is_empty()).then_some(Filter { pattern, context }))
    }

    /// More or fewer lines around those that match the filter.
    pub(super) fn widen(&mut self, more: bool) -> Option<Intent> {
        let Some(filter) = self.filter.clone() else {
            self.refusal = Some("there is no filter: & shows only lines that match".into());
            return None;
        };
        let context =
            if more { (filter.context + 1).min(CONTEXT_MAX) } else { filter.context.saturating_sub(1) };
        self.set_filter(Some(Filter { context, ..filter }))
    }

    /// Shows other lines than now, and stays at the line that is looked at.
    fn set_filter(&mut self, filter: Option<Filter>) -> Option<Intent> {
        let line = self.number(self.top);
        self.filter = filter;
        (self.lines, self.numbers, self.stamps) = (vec![], vec![], vec![]);
        (self.first, self.top, self.total, self.complete) = (0, 0, 0, false);
        if let Some(search) = &mut self.search {
            (search.line, search.counted, search.further) = (None, None, None);
        }
        if self.follow {
            return Some(self.window());
        }
        Some(self.jump(Range::Line(line)))
    }

    pub(super) fn find(&mut self, down: bool) -> Option<Intent> {
        let search = self.search.as_ref()?;
        let here = search.line.unwrap_or(self.top);
        match (down, here) {
            (true, _) => self.look(here + 1, true),
            (false, 0) => None,
            (false, _) => self.look(here - 1, false),
        }
    }

    fn look(&mut self, from: u64, down: bool) -> Option<Intent> {
        let search = self.search.as_mut().filter(|search| search.error.is_none())?;
        (search.down, search.further) = (down, None);
        let range = Range::Match { pattern: search.pattern.clone(), from, down };
        self.follow = false;
        Some(self.read(Purpose::Search, range, REVIEW_WINDOW_LINES))
    }
}
