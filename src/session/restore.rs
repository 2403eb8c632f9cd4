//! Rebuilding a session from its files after a server died, however it died.

use super::{Effect, Found, Pane, Phase, Record, Session, Task};
use crate::{protocol::client::Place, task::TaskId};
use std::collections::BTreeSet;

impl Session {
    /// The session as its files and its journal tell it. `next_id` is the high-water mark kept on disk.
    /// Ends nobody was told of are told now.
    pub fn restore(
        next_id: u32,
        found: Vec<Found>,
        records: &[Record],
        place: Option<Place>,
        effects: &mut Vec<Effect>,
    ) -> Self {
        let mut session = Self { next_id, place, ..Self::default() };
        for found in found {
            let id = found.spec.id;
            session.next_id = session.next_id.max(id.0 + 1);
            session.tasks.insert(id, rebuilt(found));
        }
        for record in records {
            session.replay(record);
        }
        session.forget_missing();
        session.away.get_or_insert_default();
        session.tell_untold(records, effects);
        let front = session.foreground.and_then(|id| session.tasks.get(&id));
        if front.is_none_or(|task| task.state().ended()) {
            session.foreground = None;
        }
        let gone = |id: &TaskId| session.tasks.get(id).is_none_or(|task| task.state().ended());
        let ended: Vec<TaskId> = session.layout.tasks().filter(gone).collect();
        ended.into_iter().for_each(|id| session.layout.close(Pane::Task(id)));
        session
    }

    fn replay(&mut self, record: &Record) {
        self.apply(record);
        match record {
            Record::Command { task } | Record::Foreground { task } => self.foreground = Some(*task),
            Record::Moved { task, .. } => {
                if self.foreground == Some(*task) {
                    self.foreground = None;
                }
                if let Some(task) = self.tasks.get_mut(task) {
                    task.was_background = true;
                }
            }
            Record::Back { .. } => self.away = None,
            Record::Ended { task, background, result } => {
                if self.foreground == Some(*task) {
                    self.foreground = None;
                }
                if let Some(task) = self.tasks.get_mut(task) {
                    task.seen |= !background;
                    task.result.clone_from(result);
                }
            }
            _ => {}
        }
    }

    /// Tasks whose files are gone leave the feed too.
    fn forget_missing(&mut self) {
        let named: Vec<TaskId> = self.feed.iter().flat_map(super::Entry::tasks).collect();
        for id in named {
            if !self.tasks.contains_key(&id) {
                self.feed.remove(id);
            }
        }
    }

    fn tell_untold(&mut self, records: &[Record], effects: &mut Vec<Effect>) {
        let told: BTreeSet<TaskId> = records.iter().filter_map(Record::told).collect();
        let mut untold: Vec<(u64, TaskId)> = self
            .tasks
            .values()
            .filter(|task| !told.contains(&task.id()))
            .filter_map(|task| Some((task.outcome()?.ended_at, task.id())))
            .collect();
        untold.sort_unstable();
        for (_, task) in untold {
            let background = self.foreground != Some(task);
            if let Some(task) = self.tasks.get_mut(&task) {
                task.seen = !background;
            }
            let result = self.tasks.get(&task).and_then(|task| task.result.clone());
            self.record(Record::Ended { task, background, result }, effects);
        }
    }
}

fn rebuilt(found: Found) -> Task {
    let mut task = Task::new(found.spec);
    task.was_background = !task.spec.foreground;
    task.output_bytes = found.output_bytes;
    task.output_lines = found.output_lines;
    task.result = found.result;
    task.phase = match (found.started, found.outcome) {
        (started, Some(outcome)) => Phase::Ended { started_at: started.map(|(_, at)| at), outcome },
        (Some((pid, started_at)), None) => Phase::Running { pid, started_at, paused: false, evidence: None },
        (None, None) => Phase::Starting,
    };
    task
}
