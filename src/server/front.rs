//! The foreground's clock: when a command that takes long moves to the background by itself (product.md §1).

use super::{Effect, Now, Server, shell};
use crate::{
    config::{Config, auto_background_after},
    limits::FRONT_RECHECK,
    session::{Evidence, Moved, Session},
    task::TaskId,
};
use std::time::{Duration, Instant};

/// Since when the foreground task is there and was typed to, and which probes are due.
#[derive(Debug)]
pub(super) struct Front {
    since: Instant,
    /// Not looked at before this.
    recheck: Option<Instant>,
    /// A probe that decides about moving is under way.
    asked: bool,
}

impl Front {
    pub(super) const fn new(now: Instant) -> Self {
        Self { since: now, recheck: None, asked: false }
    }

    /// A task came to the foreground.
    pub(super) fn begin(&mut self, now: Instant) {
        (self.since, self.recheck, self.asked) = (now, None, false);
    }

    /// The user typed to it.
    pub(super) fn typed(&mut self, now: Instant) {
        self.since = now;
    }

    pub(super) fn next_deadline(&self, session: &Session, config: &Config) -> Option<Instant> {
        self.moves_at(session, config).filter(|_| !self.asked)
    }

    fn moves_at(&self, session: &Session, config: &Config) -> Option<Instant> {
        session.foreground()?;
        let due = self.since + limit(session, config)?;
        Some(self.recheck.map_or(due, |recheck| recheck.max(due)))
    }
}

fn limit(session: &Session, config: &Config) -> Option<Duration> {
    let variable = |name: &str| session.place().and_then(|place| shell::variable(place, name));
    crate::config::background_disabled_by(&variable)
        .is_none()
        .then(|| auto_background_after(&variable, config))
        .flatten()
}

impl Server {
    pub(super) fn front_tick(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let due = self.front.moves_at(&self.session, &self.settings.config);
        if let Some(task) = self.session.front()
            && !self.front.asked
            && due.is_some_and(|due| due <= now.instant)
        {
            self.front.asked = true;
            effects.push(Effect::Probe(task));
        }
    }

    /// What a probe saw: decides whether the foreground task moves.
    pub(super) fn front_probed(
        &mut self,
        now: Now,
        id: TaskId,
        evidence: Evidence,
        effects: &mut Vec<Effect>,
    ) {
        let front = self.session.front();
        if front != Some(id) || !std::mem::take(&mut self.front.asked) {
            return;
        }
        let alternate = self.screens.get(&id).is_some_and(|live| live.screen().modes().alternate_screen);
        if alternate || !evidence.canonical || evidence.waits_for_line() || evidence.waits_for_password() {
            self.front.recheck = Some(now.instant + FRONT_RECHECK);
            return;
        }
        let after = limit(&self.session, &self.settings.config);
        let Some(after_ms) = after.and_then(|after| u64::try_from(after.as_millis()).ok()) else { return };
        // Whatever refuses it has been said when it was tried by hand.
        let _moved = self.background(Moved::Timeout { after_ms }, effects);
    }
}
