//! When tasks are looked at for evidence that they wait for input: some time after they went quiet, a few times, then
//! never again until they stir. An idle task costs nothing.

use super::{Effect, Now, Server};
use crate::{
    limits::{PROBE_AWAITED, PROBE_FIRST, PROBES_MAX},
    session::Evidence,
    task::TaskId,
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// The tasks to be looked at.
#[derive(Debug, Default)]
pub(super) struct Watch {
    quiet: BTreeMap<TaskId, Quiet>,
}

/// A task that has said nothing for a while.
#[derive(Clone, Copy, Debug)]
struct Quiet {
    due: Instant,
    wait: Duration,
    looks: u8,
}

impl Watch {
    /// A task printed or was typed to: what it waits for has to be looked at anew, once it is quiet.
    pub(super) fn stirred(&mut self, id: TaskId, now: Instant) {
        self.quiet.insert(id, Quiet { due: now + PROBE_FIRST, wait: PROBE_FIRST, looks: 0 });
    }

    /// Somebody waits for it to need input.
    pub(super) fn awaited(&mut self, id: TaskId, now: Instant) {
        self.quiet.entry(id).or_insert(Quiet {
            due: now + PROBE_AWAITED,
            wait: PROBE_AWAITED,
            looks: PROBES_MAX,
        });
    }

    /// What a look showed settles it until the task stirs: it is in raw mode, or waits.
    fn settled(&mut self, id: TaskId, evidence: &Evidence) {
        if !evidence.canonical || evidence.waits_for_line() || evidence.waits_for_password() {
            self.quiet.remove(&id);
        }
    }

    pub(super) fn forget(&mut self, id: TaskId) {
        self.quiet.remove(&id);
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.quiet.values().map(|quiet| quiet.due).min()
    }

    /// The tasks whose time it is.
    fn due(&mut self, now: Instant) -> Vec<TaskId> {
        let mut due = vec![];
        self.quiet.retain(|id, quiet| {
            if quiet.due > now {
                return true;
            }
            due.push(*id);
            quiet.looks = quiet.looks.saturating_add(1);
            quiet.wait *= 4;
            quiet.due = now + quiet.wait;
            quiet.looks < PROBES_MAX
        });
        due
    }
}

impl Server {
    pub(super) fn watch_tick(&mut self, now: Now, effects: &mut Vec<Effect>) {
        effects.extend(self.watch.due(now.instant).into_iter().map(Effect::Probe));
    }

    /// What a look at a task showed.
    pub(super) fn probed(
        &mut self,
        now: Now,
        id: TaskId,
        evidence: Evidence,
        children: u32,
        effects: &mut Vec<Effect>,
    ) {
        self.session.probed(id, evidence, children);
        self.watch.settled(id, &evidence);
        self.front_probed(now, id, evidence, effects);
    }
}
