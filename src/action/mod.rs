//! The one table of actions: what a key can do, under the word that is also its CLI verb. Never does any.
//!
//! Every row says in one line what it does and which verb does the same for a script, or that it is about
//! looking only (`ui-only`), so that nothing a person can do by key is closed to scripts and agents.

mod context;
mod table;

pub use context::Context;
pub use table::{Answer, Edit, Move, PaneAction, Review, SessionAction, TaskAction};

use crate::{nearest::suggestion, task::TaskId};
use std::{fmt, str::FromStr};

/// Something a key can do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    /// About the session and which view is shown.
    Session(SessionAction),
    /// About the task that is active, selected or looked at.
    Task(TaskAction),
    /// About the panes that share the main view.
    Pane(PaneAction),
    /// Moves through a list, a text or the main view.
    Move(Move),
    /// Finds its way in a review or a list.
    Review(Review),
    /// Edits the prompt or another line of input.
    Edit(Edit),
    /// Answers a question.
    Answer(Answer),
    /// `foreground N`: brings this task to the foreground.
    Foreground(TaskId),
}

/// How a script does the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// By this verb of the command line.
    Verb(&'static str),
    /// Not at all: it only changes what one viewer sees or types.
    UiOnly,
}

/// A row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// What is done.
    pub action: Action,
    /// Its kebab-case word.
    pub name: &'static str,
    /// One line, for `aside keys` and help.
    pub doc: &'static str,
    /// The verb that does the same.
    pub reach: Reach,
}

/// A word that is no action.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("unknown action {word}{suggestion}")]
pub struct UnknownAction {
    word: String,
    suggestion: String,
}

impl Action {
    /// Every action, by group; those with an argument are there under the word without it.
    pub fn rows() -> impl Iterator<Item = &'static Row> {
        table::ALL.iter().copied().flatten()
    }

    /// Its row.
    pub fn row(self) -> &'static Row {
        let action = match self {
            Self::Foreground(_) => Self::Task(TaskAction::Foreground),
            action => action,
        };
        Self::rows().find(|row| row.action == action).expect("the macro writes a row for every variant")
    }

    /// Whether it means anything in a context; a binding elsewhere is reported, and does nothing.
    pub const fn works_in(self, context: Context) -> bool {
        match (self, context) {
            (Self::Session(SessionAction::Close), Context::Prompt | Context::Task | Context::TaskMain) => {
                false
            }
            (Self::Answer(_), Context::Confirm) => true,
            (Self::Answer(_), _) | (_, Context::Confirm) => false,
            (_, Context::Global) => true,
            (Self::Task(TaskAction::SendKey), context) => context.is_task(),
            (Self::Session(_) | Self::Task(_) | Self::Pane(_) | Self::Foreground(_), _) => {
                !matches!(context, Context::Edit)
            }
            (Self::Edit(_), context) => {
                matches!(
                    context,
                    Context::Prompt | Context::Menu | Context::Input | Context::Edit | Context::Tasks
                )
            }
            (Self::Move(_), context) => !context.is_task(),
            (Self::Review(Review::Filter), context) => matches!(context, Context::Tasks | Context::Review),
            (Self::Review(_), context) => {
                matches!(context, Context::Review | Context::Scroll | Context::Details)
            }
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().name)?;
        match self {
            Self::Foreground(id) => write!(f, " {id}"),
            _ => Ok(()),
        }
    }
}

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(text: &str) -> Result<Self, UnknownAction> {
        let (word, argument) = text.split_once(' ').map_or((text, None), |(word, rest)| (word, Some(rest)));
        let unknown = || UnknownAction {
            word: text.to_owned(),
            suggestion: suggestion(word, Self::rows().map(|row| row.name)),
        };
        let row = Self::rows().find(|row| row.name == word).ok_or_else(unknown)?;
        match (row.action, argument) {
            (action, None) => Ok(action),
            (Self::Task(TaskAction::Foreground), Some(id)) => {
                id.trim().parse().map(Self::Foreground).map_err(|_| UnknownAction {
                    word: text.to_owned(),
                    suggestion: ", foreground takes the number of a task".to_owned(),
                })
            }
            (_, Some(_)) => Err(UnknownAction {
                word: text.to_owned(),
                suggestion: format!(", {word} takes no argument"),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_action_has_one_kebab_case_word_and_one_line() {
        let mut names = HashSet::new();
        for row in Action::rows() {
            assert!(names.insert(row.name), "{} is there twice", row.name);
            assert!(row.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", row.name);
            assert!(!row.doc.is_empty() && row.doc.len() <= 80 && !row.doc.ends_with('.'), "{}", row.name);
            assert_eq!(row.name.parse(), Ok(row.action));
            assert_eq!(row.action.to_string(), row.name);
            assert!(Context::ALL.into_iter().any(|context| row.action.works_in(context)), "{}", row.name);
        }
    }

    #[test]
    fn a_task_is_brought_back_by_its_number() {
        assert_eq!("foreground 3".parse(), Ok(Action::Foreground(TaskId(3))));
        assert_eq!(Action::Foreground(TaskId(3)).to_string(), "foreground 3");
    }

    #[test]
    fn a_wrong_word_is_told_with_what_was_meant() {
        let message = |text: &str| text.parse::<Action>().unwrap_err().to_string();
        assert_eq!(message("backgroud"), "unknown action backgroud, did you mean background?");
        assert_eq!(message("xyzzy"), "unknown action xyzzy");
        assert_eq!(message("stop 3"), "unknown action stop 3, stop takes no argument");
        assert_eq!(
            message("foreground x"),
            "unknown action foreground x, foreground takes the number of a task"
        );
    }
}
