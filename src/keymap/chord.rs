//! The keys of a chord as they come in. Never waits: the caller has the clock and calls [`Chord::flush`].
//!
//! Two kinds of chord begin differently. One that begins with the leader is aside's own: if nothing is bound
//! to it, it is told and swallowed, and it waits as long as the user likes. Any other (`ctrl-x ctrl-b` in a
//! task) begins with a key that may be the program's: it is passed on at any other key, or after
//! [`CHORD_WAIT_MS`](crate::keymap::limits::CHORD_WAIT_MS).

use super::{Keymap, Lookup};
use crate::{
    action::{Action, Context},
    key::{Code, Key},
};

/// The keys of a chord pressed so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Chord {
    keys: Vec<Key>,
}

/// What came of a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pressed {
    /// Keys of a chord that was none: they go where keys go that are not bound, before anything else.
    pub passed: Vec<Key>,
    /// What the key itself means.
    pub outcome: Outcome,
}

/// What a key means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Do this.
    Do(Action),
    /// Not bound: it is text, or the program's.
    Unbound(Key),
    /// A chord has begun, see [`Chord::pending`].
    Waiting,
    /// A chord of the leader without a meaning; nothing is passed on.
    NoChord(Vec<Key>),
    /// Esc gave up a chord of the leader.
    GivenUp,
}

impl Chord {
    /// The keys pressed so far.
    pub fn pending(&self) -> &[Key] {
        &self.keys
    }

    /// Whether the keys so far are to be flushed after a time.
    pub fn waits_briefly(&self, keymap: &Keymap) -> bool {
        self.keys.first().is_some_and(|first| *first != keymap.leader())
    }

    /// Takes a key that went down or repeats. After a change of context call [`Chord::flush`] first.
    pub fn press(&mut self, keymap: &Keymap, context: Context, key: Key) -> Pressed {
        let mut passed = Vec::new();
        let outcome = loop {
            match keymap.lookup(context, &self.keys, key) {
                Lookup::Matched(action) => {
                    self.keys.clear();
                    break Outcome::Do(action);
                }
                Lookup::Pending => {
                    self.keys.push(key);
                    break Outcome::Waiting;
                }
                Lookup::NotFound => break Outcome::Unbound(key),
                Lookup::Cancelled(mut keys) => {
                    let passes_on = self.waits_briefly(keymap);
                    self.keys.clear();
                    if passes_on {
                        passed = keys;
                        continue;
                    }
                    keys.push(key);
                    break if key.code == Code::Esc { Outcome::GivenUp } else { Outcome::NoChord(keys) };
                }
            }
        };
        Pressed { passed, outcome }
    }

    /// Ends waiting: the keys to pass on, none if they were a chord of the leader.
    pub fn flush(&mut self, keymap: &Keymap) -> Vec<Key> {
        let passes_on = self.waits_briefly(keymap);
        let keys = std::mem::take(&mut self.keys);
        if passes_on { keys } else { Vec::new() }
    }
}
