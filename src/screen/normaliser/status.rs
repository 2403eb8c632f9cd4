//! OSC 7501, the Program Status Protocol (revision 0.4): parses one report. Never keeps records.

use super::{Normaliser, osc::BASE64};
use crate::screen::{
    BlockedKind, Effect, ProgramState, ProgramStatus, clean,
    limits::{NOTICE_COLUMNS, STATUS_BYTES_MAX, STATUS_NAME_CHARS_MAX, STATUS_NAMES_MAX},
};
use base64::Engine;

impl Normaliser {
    /// A report, or the question whether reports are understood.
    pub(super) fn program_status(&mut self, body: &str, length: usize) {
        if body == "?" {
            self.reply(format_args!("\x1b]7501;?\x1b\\"));
        } else if length <= STATUS_BYTES_MAX
            && let Some(status) = parse(body)
        {
            self.effects.push(Effect::ProgramStatus(status));
        }
    }
}

/// A report `key=value:…`; `None` if it breaks a rule.
fn parse(body: &str) -> Option<ProgramStatus> {
    if body.chars().any(char::is_control) {
        return None;
    }
    let mut status = ProgramStatus::default();
    let mut state = None;
    for (key, value) in body.split(':').filter_map(|pair| pair.split_once('=')) {
        match key {
            "state" => state = Some(parse_state(value)?),
            "id" => status.id = parse_id(value)?,
            "app" => status.app = clean(value, STATUS_NAME_CHARS_MAX),
            "kind" => status.kind = parse_kind(value),
            "progress" => status.progress = value.parse().ok().map(|percent: u8| percent.min(100)),
            "title" => status.title = decode(value)?,
            "msg" => status.message = decode(value)?,
            _ => {}
        }
    }
    status.state = state?;
    Some(status)
}

fn parse_state(value: &str) -> Option<ProgramState> {
    Some(match value {
        "idle" => ProgramState::Idle,
        "working" => ProgramState::Working,
        "done" => ProgramState::Done,
        "blocked" => ProgramState::Blocked,
        "error" => ProgramState::Error,
        "clear" => ProgramState::Clear,
        _ => return None,
    })
}

fn parse_kind(value: &str) -> Option<BlockedKind> {
    match value {
        "permission" => Some(BlockedKind::Permission),
        "question" => Some(BlockedKind::Question),
        "auth" => Some(BlockedKind::Auth),
        _ => None,
    }
}

fn parse_id(value: &str) -> Option<Vec<String>> {
    let names: Vec<String> = value.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let fits = |name: &String| name.chars().count() <= STATUS_NAME_CHARS_MAX && clean(name, 256) == *name;
    (names.len() <= STATUS_NAMES_MAX && names.iter().all(fits)).then_some(names)
}

fn decode(value: &str) -> Option<String> {
    let text = String::from_utf8(BASE64.decode(value).ok()?).ok()?;
    Some(clean(&text, NOTICE_COLUMNS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_and_a_wrong_one_dropped() {
        let status =
            parse("id=a/b:state=blocked:kind=permission:app=claude:msg=cm0gLXJm:progress=150:new=x").unwrap();
        assert_eq!((status.state, status.kind), (ProgramState::Blocked, Some(BlockedKind::Permission)));
        assert_eq!((status.app.as_str(), status.message.as_str()), ("claude", "rm -rf"));
        assert_eq!((status.id, status.progress), (vec!["a".to_owned(), "b".to_owned()], Some(100)));
        for bad in [
            "",
            "app=x",
            "state=unknown",
            "state=idle:msg=!",
            "state=idle:id=a/b/c/d/e/f/g/h/i",
            "state=idle\n",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
