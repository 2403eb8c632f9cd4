//! What programs may rely on, sequence by sequence. The rules are xterm's (ctlseqs) where nothing else is said.

mod attribute;
mod effect;
mod hostile;
mod motion;
mod property;
mod query;
mod resize;
mod sides;

use super::{Effect, Screen};
use crate::task::Size;

/// A screen of 5 rows and 10 columns that was given some bytes.
fn shown(input: impl AsRef<[u8]>) -> Screen {
    run(Size::new(5, 10), input).0
}

/// A screen that was given some bytes, and what followed from them.
fn run(size: Size, input: impl AsRef<[u8]>) -> (Screen, Vec<Effect>) {
    let mut screen = Screen::new(size);
    let mut effects = Vec::new();
    screen.process(0, input.as_ref(), &mut effects);
    (screen, effects)
}

/// Checks the text and where the cursor is: row, column, from 0.
#[track_caller]
fn check(input: &str, text: &str, cursor: (u16, u16)) {
    let screen = shown(input);
    let at = screen.cursor();
    assert_eq!((screen.text().as_str(), (at.row, at.col)), (text, cursor), "{input:?}");
}

/// The replies to some bytes, joined.
fn replies(input: &str) -> String {
    let (_, effects) = run(Size::new(24, 80), input);
    let bytes: Vec<u8> = effects
        .into_iter()
        .filter_map(|effect| if let Effect::Reply { bytes, .. } = effect { Some(bytes) } else { None })
        .flatten()
        .collect();
    String::from_utf8(bytes).unwrap()
}

/// Five rows of letters, `aaaaaaaaaa` to `eeeeeeeeee`, cursor home.
fn letters() -> String {
    let rows: Vec<String> = ('a'..='e').map(|ch| ch.to_string().repeat(10)).collect();
    format!("{}\x1b[H", rows.join("\r\n"))
}
