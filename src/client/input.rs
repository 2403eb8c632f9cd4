//! Keys, mouse, paste and focus from crossterm to the server, on a thread of their own.
//!
//! Never decides: an event becomes a message and is sent at once, in the thread that read it, so that an echo waits for nothing.

use super::{
    limits::PASTE_BYTES_MAX,
    link::{Link, Sent},
};
use crate::{
    key::{Keyboard, Mods, from_crossterm},
    protocol::client::{Button, Mouse, MouseAction, ToServer, Wheel},
};
use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use std::{
    io::{self, Write},
    os::unix::net::UnixStream,
    sync::Arc,
};

/// Said to the loop: look at the link.
pub(super) const LOOK: u8 = b'l';
/// Said to the loop: the user leaves.
pub(super) const LEAVE: u8 = b'q';

/// Reads the terminal until the process ends. Says [`LOOK`] and [`LEAVE`] on `wake`; its end says that the terminal cannot be
/// read any more.
pub(super) fn start(link: Arc<Link>, keyboard: Keyboard, mut wake: UnixStream) -> io::Result<()> {
    let read = move || {
        while let Ok(event) = crossterm::event::read() {
            for message in messages(event, keyboard) {
                let _ = match link.send(&message) {
                    Sent::Done => Ok(0),
                    Sent::Look => wake.write(&[LOOK]),
                    Sent::Leave => wake.write(&[LEAVE]),
                };
            }
        }
    };
    std::thread::Builder::new().name("input".into()).spawn(read).map(drop)
}

/// What an event says to the server. A paste too long for a message comes in several; sizes are asked of the terminal
/// itself, on SIGWINCH.
pub(super) fn messages(event: Event, keyboard: Keyboard) -> Vec<ToServer> {
    match event {
        Event::Key(key) => from_crossterm(key, keyboard)
            .map(|(key, press)| ToServer::Key { key, press })
            .into_iter()
            .collect(),
        Event::Paste(text) => pieces(&text).map(|piece| ToServer::Paste(piece.into())).collect(),
        Event::Mouse(event) => vec![ToServer::Mouse(mouse(event))],
        Event::FocusGained => vec![ToServer::Focus(true)],
        Event::FocusLost => vec![ToServer::Focus(false)],
        Event::Resize(..) => Vec::new(),
    }
}

fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let cut = (0..=text.len().min(PASTE_BYTES_MAX)).rev().find(|&at| text.is_char_boundary(at))?;
        let (piece, rest) = text.split_at_checked(cut)?;
        text = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

fn mouse(event: MouseEvent) -> Mouse {
    let button = |button| match button {
        MouseButton::Left => Button::Left,
        MouseButton::Right => Button::Right,
        MouseButton::Middle => Button::Middle,
    };
    let action = match event.kind {
        MouseEventKind::Down(which) => MouseAction::Down(button(which)),
        MouseEventKind::Up(which) => MouseAction::Up(button(which)),
        MouseEventKind::Drag(which) => MouseAction::Drag(button(which)),
        MouseEventKind::Moved => MouseAction::Move,
        MouseEventKind::ScrollUp => MouseAction::Wheel(Wheel::Up),
        MouseEventKind::ScrollDown => MouseAction::Wheel(Wheel::Down),
        MouseEventKind::ScrollLeft => MouseAction::Wheel(Wheel::Left),
        MouseEventKind::ScrollRight => MouseAction::Wheel(Wheel::Right),
    };
    let held = [
        (KeyModifiers::SHIFT, Mods::SHIFT),
        (KeyModifiers::ALT, Mods::ALT),
        (KeyModifiers::CONTROL, Mods::CTRL),
    ];
    let held = held.into_iter().filter(|(theirs, _)| event.modifiers.contains(*theirs));
    let mods = held.fold(Mods::NONE, |mods, (_, ours)| mods.with(ours));
    Mouse { row: event.row, col: event.column, action, mods }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{Code, Key, Press};
    use crossterm::event::{KeyCode, KeyEvent};

    #[test]
    fn a_key_is_a_message_and_a_resize_is_none() {
        let event = Event::Key(KeyEvent::new(KeyCode::Char('b'), KeyModifiers::CONTROL));
        let key = Key { code: Code::Char('b'), mods: Mods::CTRL };
        assert_eq!(messages(event, Keyboard::Legacy), [ToServer::Key { key, press: Press::Down }]);
        assert_eq!(messages(Event::Resize(1, 1), Keyboard::Legacy), []);
    }

    #[test]
    fn a_long_paste_comes_in_pieces_cut_between_characters() {
        let text = "é".repeat(PASTE_BYTES_MAX / 2 + 10);
        let pieces = messages(Event::Paste(format!("a{text}")), Keyboard::Legacy);
        let texts: Vec<&str> = pieces
            .iter()
            .map(|piece| match piece {
                ToServer::Paste(text) => text.as_str(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(texts.len(), 2);
        assert_eq!(texts.concat(), format!("a{text}"));
    }
}
