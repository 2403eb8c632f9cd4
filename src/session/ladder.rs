//! Stopping a task: HUP, then TERM, then KILL to its whole tree, each a grace time after the other. Every
//! step is on a user's behalf, by name; nothing else ever signals a task.

use super::{Effect, Refusal, Session, Stopping, Target, Task};
use crate::{limits::STOP_GRACE, task::TaskId};
use std::time::Instant;

/// Signals in order; HUP is what closing a terminal sends and shells obey it, TERM what services obey.
const STEPS: [i32; 3] = [libc::SIGHUP, libc::SIGTERM, libc::SIGKILL];

impl Session {
    /// Asks a task, or what is left of its tree, to end. Asking again takes the next step at once.
    ///
    /// # Errors
    /// When there is no such task or nothing of it runs.
    pub fn stop(
        &mut self,
        id: TaskId,
        who: &str,
        now: Instant,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let task = self.require(id)?;
        if task.state().ended() && task.children == 0 {
            return Err(Refusal(format!("task {id} has already ended ({})", task.state())));
        }
        if let Some(task) = self.tasks.get_mut(&id) {
            let step = task.stopping.as_ref().map_or(0, |stopping| stopping.step);
            take_step(task, step, who.to_owned(), now, effects);
        }
        Ok(())
    }

    /// Sends one signal to the foreground of a task.
    ///
    /// # Errors
    /// When there is no such task or it has ended.
    pub fn signal(
        &self,
        id: TaskId,
        signal: i32,
        who: &str,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let task = self.require(id)?;
        if task.state().ended() {
            return Err(Refusal(format!("task {id} has already ended ({})", task.state())));
        }
        effects.push(Effect::Signal { task: id, target: Target::Foreground, signal, who: who.to_owned() });
        Ok(())
    }

    /// When the next step of a ladder is due.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.tasks.values().filter_map(|task| task.stopping.as_ref()).map(|stopping| stopping.next).min()
    }

    /// Takes the steps that are due.
    pub fn tick(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        for task in self.tasks.values_mut() {
            match task.stopping.clone() {
                Some(stopping) if stopping.next <= now => {
                    take_step(task, stopping.step, stopping.who, now, effects);
                }
                _ => {}
            }
        }
    }
}

fn take_step(task: &mut Task, step: usize, who: String, now: Instant, effects: &mut Vec<Effect>) {
    if task.state().ended() && task.children == 0 {
        task.stopping = None;
        return;
    }
    let signal = STEPS.get(step).copied().unwrap_or(libc::SIGKILL);
    effects.push(Effect::Signal { task: task.id(), target: Target::Tree, signal, who: who.clone() });
    let more = step + 1 < STEPS.len();
    task.stopping = more.then(|| Stopping { who, step: step + 1, next: now + STOP_GRACE });
}
