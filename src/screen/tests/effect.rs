//! What output means beyond its cells (reliability.md F36, F38).

use super::*;
use crate::screen::{Mark, ProgramState, Progress};

#[track_caller]
fn effects(input: &str, expected: &[Effect]) {
    assert_eq!(run(Size::new(5, 10), input).1, expected, "{input:?}");
}

fn title(text: &str) -> Effect {
    Effect::Title(text.into())
}

fn notice(title: &str, body: &str) -> Effect {
    Effect::Notification { title: title.into(), body: body.into() }
}

#[test]
fn titles_are_cleaned_told_and_restored() {
    effects("\x1b]0;one\x07x\x1b]2;two\x1b\\", &[title("two")]);
    effects("\x1b]2;a\x1b[31mb", &[]);
    effects("\x1b]2;a\u{202e}\u{9b}b\nc\x07", &[title("ab c")]);
    effects("\x1b]2;one\x07\x07\x1b[22t\x1b]2;two\x07\x1b[23t", &[Effect::Bell, title("one")]);
    let (screen, _) = run(Size::new(5, 10), "\x1b]0;vim\x07\x1b[22;0t\x1b]0;x\x07\x1b[23;0t");
    assert_eq!(screen.title(), "vim");
}

#[test]
fn directories_are_decoded_and_absolute() {
    let directory = |host: &str, path: &str| Effect::Directory { host: host.into(), path: path.into() };
    effects("\x1b]7;file://box/home/a%20b\x07", &[directory("box", "/home/a b")]);
    effects("\x1b]7;file:///tmp\x07\x1b]9;9;\"/x\"\x07", &[directory("", "/tmp"), directory("", "/x")]);
    effects("\x1b]7;/tmp\x07\x1b]7;http://a/b\x07\x1b]7;file://a/%0a\x07\x1b]9;9;x\x07", &[]);
}

#[test]
fn notifications_come_as_text_from_every_dialect() {
    effects("\x1b]9;hello\x07", &[notice("", "hello")]);
    effects("\x1b]777;notify;Build;done\x1b\\", &[notice("Build", "done")]);
    effects("\x1b]99;;Hello\x1b\\", &[notice("Hello", "")]);
    effects("\x1b]99;i=1:d=0;Hel\x1b\\\x1b]99;i=1:p=body:e=1;d29ybGQ=\x1b\\", &[notice("Hel", "world")]);
    effects("\x1b]9;\x1b\\\x1b]777;other;x\x1b\\\x1b]9;\u{2063}\x07", &[]);
}

#[test]
fn progress_and_marks_are_told() {
    effects("\x1b]9;4;1;50\x07", &[Effect::Progress(Progress::Percent(50))]);
    effects("\x1b]9;4;3\x07", &[Effect::Progress(Progress::Busy)]);
    effects("\x1b]9;4;2;700\x07", &[Effect::Progress(Progress::Error(Some(100)))]);
    effects("\x1b]9;4;0;\x07", &[Effect::Progress(Progress::None)]);
    effects("\x1b]9;4;9\x07", &[]);
    effects("\x1b]133;D;3\x07", &[Effect::Mark { offset: 10, mark: Mark::End(Some(3)) }]);
    effects("\x1b]133;A;k=v\x07", &[Effect::Mark { offset: 12, mark: Mark::Prompt }]);
}

#[test]
fn a_program_reports_its_status() {
    let (_, told) = run(Size::new(5, 10), "\x1b]7501;?\x1b\\\x1b]7501;state=working:app=codex\x1b\\");
    let [Effect::Reply { bytes, .. }, Effect::ProgramStatus(status)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!(bytes, b"\x1b]7501;?\x1b\\");
    assert_eq!((status.state, status.app.as_str()), (ProgramState::Working, "codex"));
}

#[test]
fn the_clipboard_is_written_as_bytes_and_never_too_many() {
    effects("\x1b]52;c;aGk=\x07", &[Effect::Clipboard { primary: false, bytes: b"hi".to_vec() }]);
    effects("\x1b]52;p;aGk\x07", &[Effect::Clipboard { primary: true, bytes: b"hi".to_vec() }]);
    effects("\x1b]52;c;***\x07", &[]);
    let fits = format!("\x1b]52;c;{}\x07", "QUFB".repeat((1 << 20) / 3));
    assert_eq!(run(Size::new(5, 10), &fits).1.len(), 1);
    let large = format!("\x1b]52;c;{}\x07x", "QUFB".repeat(1 << 19));
    effects(&large, &[]);
}
