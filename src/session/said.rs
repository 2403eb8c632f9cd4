//! What a task's program said of itself through its terminal: reports (OSC 7501), marks of a shell (OSC 133),
//! notifications and the bell. Only keeps what was said; what it means for the state is `status.rs`.

use crate::{
    limits::PROGRAM_RECORDS_MAX,
    screen::{Effect, Mark, ProgramState, ProgramStatus},
};
use serde::{Deserialize, Serialize};

/// Everything said that still holds.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    /// Reports by part of the program, the one reported last at the end.
    programs: Vec<ProgramStatus>,
    /// Foreground group of the terminal when it was first looked at after the last report.
    reporter: Option<u32>,
    /// It wants to be looked at.
    pub attention: Option<Attention>,
    /// The last mark of a shell.
    mark: Option<Mark>,
}

/// Why a task wants to be looked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Attention {
    /// The last thing it did before it went quiet was to ring the bell.
    Bell,
    /// It sent a notification (OSC 9, 99, 777); cleaned.
    Notification(String),
    /// A command in its shell has ended (OSC 133), with this code where the shell told it.
    Prompt(Option<i32>),
}

impl Said {
    /// Nothing.
    pub const fn new() -> Self {
        Self { programs: Vec::new(), reporter: None, attention: None, mark: None }
    }

    /// Takes in what a program said. `watched`: the user looks at the task, so that a bell has been heard.
    pub fn hear(&mut self, effect: &Effect, watched: bool) {
        match effect {
            Effect::ProgramStatus(status) => self.report(status),
            Effect::Bell if !watched && self.attention.is_none() => self.attention = Some(Attention::Bell),
            Effect::Notification { title, body } if !watched => {
                let text = [title.as_str(), body.as_str()].map(str::trim);
                let text: Vec<&str> = text.into_iter().filter(|text| !text.is_empty()).collect();
                self.attention = Some(Attention::Notification(text.join(": ")));
            }
            Effect::Mark { mark, .. } => self.mark(*mark, watched),
            _ => {}
        }
    }

    /// More was printed: a bell rung before was not the last thing.
    pub fn went_on(&mut self) {
        if self.attention == Some(Attention::Bell) {
            self.attention = None;
        }
    }

    /// The user looked at the task or typed to it.
    pub fn attended(&mut self) {
        self.attention = None;
    }

    /// The terminal's foreground group at a look. When another one than the reporter's has it, the reporter is gone:
    /// what it was working at or waiting for does not hold any more.
    pub fn looked(&mut self, group: u32) {
        match self.reporter {
            _ if group == 0 || self.programs.is_empty() => {}
            None => self.reporter = Some(group),
            Some(reporter) if reporter != group => self.drop_unfinished(),
            Some(_) => {}
        }
    }

    /// The report that counts most: of all parts the one in most need.
    pub fn program(&self) -> Option<&ProgramStatus> {
        self.programs.iter().min_by_key(|status| urgency(status.state))
    }

    /// Whether its shell stands at a prompt.
    pub const fn at_prompt(&self) -> bool {
        matches!(self.mark, Some(Mark::Prompt | Mark::Input))
    }

    /// Each report replaces the one of the same part; `clear` takes a part and those below it.
    fn report(&mut self, status: &ProgramStatus) {
        let part = &status.id;
        if status.state == ProgramState::Clear {
            self.programs.retain(|known| !known.id.starts_with(part));
            return;
        }
        self.programs.retain(|known| known.id != *part);
        if self.programs.len() >= PROGRAM_RECORDS_MAX {
            self.programs.remove(0);
        }
        self.programs.push(status.clone());
        self.reporter = None;
    }

    fn mark(&mut self, mark: Mark, watched: bool) {
        match mark {
            Mark::Prompt => self.drop_unfinished(),
            Mark::End(code) if self.mark == Some(Mark::Output) && !watched => {
                self.attention = Some(Attention::Prompt(code));
            }
            Mark::Output if matches!(self.attention, Some(Attention::Prompt(_))) => self.attention = None,
            _ => {}
        }
        self.mark = Some(mark);
    }

    fn drop_unfinished(&mut self) {
        let unfinished = [ProgramState::Working, ProgramState::Blocked, ProgramState::Idle];
        self.programs.retain(|status| !unfinished.contains(&status.state));
    }
}

/// Lower is more urgent.
const fn urgency(state: ProgramState) -> u8 {
    match state {
        ProgramState::Blocked => 0,
        ProgramState::Error => 1,
        ProgramState::Working => 2,
        ProgramState::Done => 3,
        ProgramState::Idle | ProgramState::Clear => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(id: &str, state: ProgramState) -> Effect {
        let id = id.split('/').filter(|name| !name.is_empty()).map(Into::into).collect();
        Effect::ProgramStatus(ProgramStatus { id, state, ..ProgramStatus::default() })
    }

    fn state(said: &Said) -> Option<ProgramState> {
        said.program().map(|status| status.state)
    }

    #[test]
    fn the_part_in_most_need_counts_and_clear_takes_what_is_below() {
        let mut said = Said::default();
        said.hear(&report("", ProgramState::Working), true);
        said.hear(&report("a/b", ProgramState::Blocked), true);
        assert_eq!(state(&said), Some(ProgramState::Blocked));
        said.hear(&report("a", ProgramState::Clear), true);
        assert_eq!(state(&said), Some(ProgramState::Working));
        said.hear(&report("", ProgramState::Clear), true);
        assert_eq!(state(&said), None);
    }

    #[test]
    fn reports_are_bounded_and_a_reporter_that_is_gone_is_not_working() {
        let mut said = Said::default();
        for part in 0..1000 {
            said.hear(&report(&part.to_string(), ProgramState::Working), true);
        }
        assert_eq!(said.programs.len(), PROGRAM_RECORDS_MAX);
        said.looked(7);
        said.looked(7);
        assert_eq!(state(&said), Some(ProgramState::Working));
        said.looked(8);
        assert_eq!(state(&said), None);
        said.hear(&report("", ProgramState::Blocked), true);
        said.hear(&Effect::Mark { offset: 0, mark: Mark::Prompt }, true);
        assert_eq!(state(&said), None, "a shell is back at its prompt");
    }

    #[test]
    fn a_bell_counts_only_as_the_last_word_and_where_nobody_looked() {
        let mut said = Said::default();
        said.hear(&Effect::Bell, true);
        assert_eq!(said.attention, None);
        said.hear(&Effect::Bell, false);
        assert_eq!(said.attention, Some(Attention::Bell));
        said.went_on();
        assert_eq!(said.attention, None);
        let note = Effect::Notification { title: "build".into(), body: "done ".into() };
        said.hear(&note, false);
        said.went_on();
        assert_eq!(said.attention, Some(Attention::Notification("build: done".into())));
    }

    #[test]
    fn a_command_that_ended_in_a_shell_behind_our_back_is_worth_a_look() {
        let mut said = Said::default();
        let mut mark = |mark| {
            said.hear(&Effect::Mark { offset: 0, mark }, false);
            said.attention.clone()
        };
        assert_eq!(mark(Mark::Prompt), None);
        assert_eq!(mark(Mark::End(None)), None, "no command had begun");
        assert_eq!(mark(Mark::Output), None);
        assert_eq!(mark(Mark::End(Some(2))), Some(Attention::Prompt(Some(2))));
        assert_eq!(mark(Mark::Input), Some(Attention::Prompt(Some(2))));
        assert_eq!(mark(Mark::Output), None);
    }
}
