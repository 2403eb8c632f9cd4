//! A list over the prompt to choose from: the history searched, or what the word at the cursor may go on to.

use super::{Intent, Viewer, World};
use crate::{
    action::{Action, Edit, Move, SessionAction},
    limits::MENU_ITEMS_MAX,
    prompt::{Candidate, History, Word, common_start},
    viewer::Editor,
};
use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

/// The list shown.
#[derive(Clone, Debug)]
pub struct Menu {
    /// What it offers, the best first.
    pub items: Vec<String>,
    /// The one chosen.
    pub selected: usize,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// Lines of the history; what stood at the prompt before.
    History { typed: String },
    /// What a word may be.
    Words { word: Word, candidates: Vec<Candidate> },
}

impl Menu {
    /// Whether it searches the history.
    pub const fn is_history(&self) -> bool {
        matches!(self.kind, Kind::History { .. })
    }

    const fn go(&mut self, down: bool) {
        let last = self.items.len().saturating_sub(1);
        self.selected = match (down, self.selected) {
            (true, at) if at >= last => 0,
            (true, at) => at + 1,
            (false, 0) => last,
            (false, at) => at - 1,
        };
    }
}

/// Lines of the history that match every word of a query, in order of likeness and then of age; each once.
fn find(history: &History, query: &str) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(query, CaseMatching::Smart, Normalization::Smart);
    let mut buffer = vec![];
    let mut found: Vec<(u32, &str)> = history
        .newest_first()
        .filter(|line| seen.insert(*line))
        .filter_map(|line| Some((pattern.score(Utf32Str::new(line, &mut buffer), &mut matcher)?, line)))
        .collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().take(MENU_ITEMS_MAX).map(|(_, line)| line.to_owned()).collect()
}

impl Viewer {
    /// Searches the history for what stands at the prompt.
    pub(super) fn search_history(&mut self) {
        let typed = self.prompt.text();
        let items = find(&self.history, &typed);
        self.menu = Some(Menu { items, selected: 0, kind: Kind::History { typed } });
    }

    /// Asks what the word at the cursor may go on to.
    pub(super) fn complete(&self) -> Vec<Intent> {
        vec![Intent::Complete(self.prompt.before_cursor())]
    }

    /// What it may go on to has been found, for the text `before` the cursor.
    pub fn completed(&mut self, before: &str, word: Word, candidates: Vec<Candidate>) {
        if self.prompt.before_cursor() != before || !self.views.is_empty() {
            return; // typed on meanwhile
        }
        match candidates.as_slice() {
            [] => self.message = Some(format!("nothing begins with {}", word.text)),
            [only] => self.put(&word, only),
            several => {
                let common = common_start(several.iter().map(|candidate| candidate.text.as_str()));
                if common.len() > word.text.len() {
                    let common = word.written_as(common);
                    self.prompt.replace_before(word.written, &common);
                    return;
                }
                let items = several.iter().map(|candidate| candidate.shown.clone()).collect();
                self.menu = Some(Menu { items, selected: 0, kind: Kind::Words { word, candidates } });
            }
        }
    }

    fn put(&mut self, word: &Word, candidate: &Candidate) {
        let mut text = word.written_as(&candidate.text);
        if !candidate.goes_on {
            text.extend(word.quote);
            text.push(' ');
        }
        self.prompt.replace_before(word.written, &text);
    }

    /// Does an action while a menu is open.
    pub(super) fn menu_act(&mut self, action: Action, world: &World<'_>) -> Vec<Intent> {
        let Some(menu) = &mut self.menu else { return vec![] };
        let history = menu.is_history();
        match action {
            Action::Move(Move::Up) | Action::Edit(Edit::CursorUp | Edit::HistoryPrevious) => menu.go(false),
            Action::Move(Move::Down)
            | Action::Edit(Edit::CursorDown | Edit::HistoryNext | Edit::HistorySearch) => menu.go(true),
            Action::Edit(Edit::Complete) if !history => menu.go(true),
            Action::Edit(Edit::Complete) => self.accept(),
            Action::Edit(Edit::Submit) => {
                self.accept();
                if history {
                    return self.edit_prompt(Edit::Submit, world);
                }
            }
            Action::Session(SessionAction::Close) | Action::Edit(Edit::CancelLine) => {
                if let Some(Menu { kind: Kind::History { typed }, .. }) = self.menu.take() {
                    self.prompt = Editor::with(&typed);
                }
            }
            Action::Edit(edit) => {
                self.prompt.edit(edit);
                self.menu_typed();
            }
            _ => self.menu = None,
        }
        vec![]
    }

    /// The prompt's text changed while a menu is open.
    pub(super) fn menu_typed(&mut self) {
        let query = self.prompt.text();
        match &mut self.menu {
            Some(menu) if menu.is_history() => {
                (menu.items, menu.selected) = (find(&self.history, &query), 0);
            }
            _ => self.menu = None,
        }
    }

    /// Takes what is chosen over into the prompt.
    fn accept(&mut self) {
        let Some(menu) = self.menu.take() else { return };
        match menu.kind {
            Kind::History { .. } => {
                if let Some(line) = menu.items.get(menu.selected) {
                    self.prompt = Editor::with(line);
                }
            }
            Kind::Words { word, candidates } => {
                if let Some(candidate) = candidates.get(menu.selected) {
                    self.put(&word, candidate);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_is_searched_by_likeness_then_age_and_each_line_comes_once() {
        let mut history = History::default();
        for line in ["cargo test", "git commit", "cargo build", "cargo test", "ls"] {
            history.push(line);
        }
        assert_eq!(find(&history, ""), ["ls", "cargo test", "cargo build", "git commit"]);
        assert_eq!(find(&history, "cargo"), ["cargo test", "cargo build"]);
        assert_eq!(find(&history, "gcm"), ["git commit"]);
        assert_eq!(find(&history, "test car"), ["cargo test"]);
        assert_eq!(find(&history, "xyz"), [""; 0]);
    }
}
