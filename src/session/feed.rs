//! What the main view shows, in order: commands, what became of them, notices, aside's own words.

use super::{Moved, Record};
use crate::{limits::FEED_ENTRIES_MAX, task::TaskId};
use std::collections::VecDeque;

/// One entry of the main view.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Entry {
    /// A command in the foreground with its output; `left` once it went to the background.
    Command {
        /// Which task.
        task: TaskId,
        /// Its output is no longer shown here.
        left: bool,
    },
    /// A task went or was started into the background.
    Moved {
        /// Which task.
        task: TaskId,
        /// By what.
        moved: Moved,
    },
    /// Ends of background tasks with no user line between them, in order of their end.
    Notices(Vec<TaskId>),
    /// aside's own words.
    Said(String),
    /// What happened while no client was there.
    Back {
        /// Ended well.
        completed: u32,
        /// Ended badly.
        failed: u32,
        /// Stopped on request.
        stopped: u32,
    },
}

impl Entry {
    /// Whether it stands for something the user typed, rather than for something that happened.
    const fn is_user_line(&self) -> bool {
        match self {
            Self::Command { .. } => true,
            Self::Moved { moved, .. } => !matches!(moved, Moved::Verb),
            Self::Notices(_) | Self::Said(_) | Self::Back { .. } => false,
        }
    }

    /// The tasks it names.
    pub fn tasks(&self) -> Vec<TaskId> {
        match self {
            Self::Command { task, .. } | Self::Moved { task, .. } => vec![*task],
            Self::Notices(tasks) => tasks.clone(),
            Self::Said(_) | Self::Back { .. } => vec![],
        }
    }
}

/// The entries of the main view, oldest first, with the number of the first one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Feed {
    entries: VecDeque<Entry>,
    dropped: u64,
}

impl Feed {
    /// All entries, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter()
    }

    /// How many old entries were dropped to stay bounded.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Takes in what a record says of the main view.
    pub fn apply(&mut self, record: &Record) {
        match record {
            Record::Command { task } | Record::Foreground { task } => {
                self.push(Entry::Command { task: *task, left: false });
            }
            Record::Moved { task, moved } => {
                self.leave(*task);
                self.push(Entry::Moved { task: *task, moved: *moved });
            }
            Record::Ended { task, background: true, .. } => self.notice(*task),
            Record::Said { text } => self.push(Entry::Said(text.clone())),
            Record::Back { completed, failed, stopped } => {
                self.push(Entry::Back { completed: *completed, failed: *failed, stopped: *stopped });
            }
            Record::Cleared => self.clear(),
            Record::Ended { .. }
            | Record::Seen { .. }
            | Record::Away
            | Record::Renamed { .. }
            | Record::Layout(_)
            | Record::Reported { .. } => {}
        }
    }

    /// Ends of background tasks told since the last client left; newest first.
    pub fn notices(&self) -> impl Iterator<Item = TaskId> {
        self.entries
            .iter()
            .rev()
            .filter_map(|entry| match entry {
                Entry::Notices(tasks) => Some(tasks.iter().rev().copied()),
                _ => None,
            })
            .flatten()
    }

    /// Forgets a task that was removed.
    pub fn remove(&mut self, id: TaskId) {
        self.entries.retain_mut(|entry| match entry {
            Entry::Command { task, .. } | Entry::Moved { task, .. } => *task != id,
            Entry::Notices(tasks) => {
                tasks.retain(|task| *task != id);
                !tasks.is_empty()
            }
            Entry::Said(_) | Entry::Back { .. } => true,
        });
    }

    fn clear(&mut self) {
        self.entries.retain(|entry| matches!(entry, Entry::Command { left: false, .. }));
        let last = self.entries.pop_back();
        self.entries.clear();
        self.entries.extend(last);
    }

    /// Joins the block of ends since the user's last line, or begins one.
    fn notice(&mut self, task: TaskId) {
        let since = self.entries.iter_mut().rev().take_while(|entry| !entry.is_user_line());
        let block = since.filter_map(|entry| match entry {
            Entry::Notices(tasks) => Some(tasks),
            _ => None,
        });
        match block.last() {
            Some(tasks) => tasks.push(task),
            None => self.push(Entry::Notices(vec![task])),
        }
    }

    fn leave(&mut self, id: TaskId) {
        for entry in &mut self.entries {
            if let Entry::Command { task, left } = entry
                && *task == id
            {
                *left = true;
            }
        }
    }

    fn push(&mut self, entry: Entry) {
        if let Entry::Command { task, .. } = entry {
            self.leave(task);
        }
        self.entries.push_back(entry);
        if self.entries.len() > FEED_ENTRIES_MAX {
            self.entries.pop_front();
            self.dropped += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_without_a_user_line_between_them_share_a_block() {
        let mut feed = Feed::default();
        let ended = |id| Record::Ended { task: TaskId(id), background: true, result: None };
        let verb = Record::Moved { task: TaskId(5), moved: Moved::Verb };
        for record in [ended(1), verb, ended(2), Record::Command { task: TaskId(4) }, ended(3)] {
            feed.apply(&record);
        }
        let blocks: Vec<_> = feed.iter().filter(|entry| matches!(entry, Entry::Notices(_))).collect();
        let ids = |list: &[u32]| Entry::Notices(list.iter().copied().map(TaskId).collect());
        assert_eq!(blocks, [&ids(&[1, 2]), &ids(&[3])]);
        assert_eq!(feed.notices().collect::<Vec<_>>(), [TaskId(3), TaskId(2), TaskId(1)]);
    }

    #[test]
    fn a_task_brought_back_is_drawn_once() {
        let mut feed = Feed::default();
        let task = TaskId(1);
        feed.apply(&Record::Command { task });
        feed.apply(&Record::Moved { task, moved: Moved::Key });
        feed.apply(&Record::Foreground { task });
        let shown = feed.iter().filter(|entry| matches!(entry, Entry::Command { left: false, .. })).count();
        assert_eq!(shown, 1);
    }
}
