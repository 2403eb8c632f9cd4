//! When a server that says nothing is asked, and when the user is told. Pure: `now` is passed in.
//!
//! Never asks without need: a clock runs only from a key that nothing followed, so an idle client is never woken.

use super::limits::{ASK_AFTER, TELL_AFTER};
use std::time::Instant;

/// What is known of the server's attention.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Patience {
    /// Nothing is expected of it.
    #[default]
    Calm,
    /// A key was sent at this time, and nothing heard since.
    Waiting(Instant),
    /// It was asked for a sign at this time.
    Asked(Instant),
    /// It gave none, and the user knows.
    Told,
}

/// What is to be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// Nothing yet.
    Nothing,
    /// Ask the server for a sign.
    Ask,
    /// Tell the user that it gives none.
    Tell,
}

impl Patience {
    /// A key was sent.
    pub(super) fn typed(&mut self, now: Instant) {
        if *self == Self::Calm {
            *self = Self::Waiting(now);
        }
    }

    /// Something was heard. Whether the user had been told otherwise.
    pub(super) fn heard(&mut self) -> bool {
        std::mem::take(self) == Self::Told
    }

    /// When `tick` has something to do.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        match self {
            Self::Calm | Self::Told => None,
            Self::Waiting(since) => Some(*since + ASK_AFTER),
            Self::Asked(since) => Some(*since + TELL_AFTER),
        }
    }

    /// What to do at this time.
    pub(super) fn tick(&mut self, now: Instant) -> Step {
        if self.next_deadline().is_none_or(|deadline| now < deadline) {
            return Step::Nothing;
        }
        if let Self::Waiting(_) = self {
            *self = Self::Asked(now);
            Step::Ask
        } else {
            *self = Self::Told;
            Step::Tell
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_without_an_answer_is_followed_by_a_question_then_by_a_word_to_the_user() {
        let start = super::super::after(std::time::Duration::ZERO);
        let mut patience = Patience::default();
        assert_eq!(patience.next_deadline(), None);
        patience.typed(start);
        patience.typed(start + ASK_AFTER / 2);
        assert_eq!(patience.tick(start + ASK_AFTER / 2), Step::Nothing);
        let asked = patience.next_deadline().unwrap();
        assert_eq!((asked, patience.tick(asked)), (start + ASK_AFTER, Step::Ask));
        assert_eq!(patience.tick(asked + TELL_AFTER), Step::Tell);
        assert_eq!(patience.next_deadline(), None);
        assert!(patience.heard() && !patience.heard());
    }

    #[test]
    fn any_sign_of_the_server_ends_the_waiting() {
        let start = super::super::after(std::time::Duration::ZERO);
        let mut patience = Patience::default();
        patience.typed(start);
        assert!(!patience.heard());
        assert_eq!(patience.tick(start + ASK_AFTER), Step::Nothing);
    }
}
