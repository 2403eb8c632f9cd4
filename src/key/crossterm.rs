//! The outer terminal's key events as our keys. Never reads the terminal.

use super::{Code, Key, Mods, Press, keypad};
use crossterm::event::{
    KeyCode, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers, MediaKeyCode, ModifierKeyCode,
};

/// What the outer terminal speaks; it decides how its ambiguous bytes are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keyboard {
    /// Plain control characters: 0x1f is `ctrl-_`, though crossterm calls it ctrl-7.
    Legacy,
    /// The kitty protocol is on: what is reported was pressed.
    Kitty,
}

/// Our key for an event, or none for a key we cannot name.
pub fn from_crossterm(event: KeyEvent, keyboard: Keyboard) -> Option<(Key, Press)> {
    let mut mods = modifiers(event.modifiers);
    let code = match event.code {
        KeyCode::Char(typed) => Code::Char(typed),
        KeyCode::Enter => Code::Enter,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => {
            mods = mods.with(Mods::SHIFT);
            Code::Tab
        }
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Esc => Code::Esc,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::Insert => Code::Insert,
        KeyCode::Delete => Code::Delete,
        KeyCode::F(number @ 1..=35) => Code::F(number),
        KeyCode::Null => {
            mods = mods.with(Mods::CTRL);
            Code::Char(' ')
        }
        other => Code::Other(functional(other)?),
    };
    let code = match keypad::number_of(code) {
        Some(number) if event.state.contains(KeyEventState::KEYPAD) => Code::Other(number),
        _ => code,
    };
    let key = match keyboard {
        Keyboard::Legacy => Key::new(undo_digits(code, mods), mods),
        Keyboard::Kitty => Key::new(code, mods),
    };
    let press = match event.kind {
        KeyEventKind::Press => Press::Down,
        KeyEventKind::Repeat => Press::Repeat,
        KeyEventKind::Release => Press::Up,
    };
    Some((key, press))
}

fn modifiers(held: KeyModifiers) -> Mods {
    [
        (KeyModifiers::SHIFT, Mods::SHIFT),
        (KeyModifiers::ALT, Mods::ALT),
        (KeyModifiers::CONTROL, Mods::CTRL),
        (KeyModifiers::SUPER, Mods::SUPER),
        (KeyModifiers::HYPER, Mods::HYPER),
        (KeyModifiers::META, Mods::META),
    ]
    .into_iter()
    .filter(|(theirs, _)| held.contains(*theirs))
    .fold(Mods::NONE, |mods, (_, ours)| mods.with(ours))
}

/// The control characters 0x1c to 0x1f by the names people know; crossterm numbers them ctrl-4 to ctrl-7.
const fn undo_digits(code: Code, mods: Mods) -> Code {
    match code {
        Code::Char('4') if mods.has(Mods::CTRL) => Code::Char('\\'),
        Code::Char('5') if mods.has(Mods::CTRL) => Code::Char(']'),
        Code::Char('6') if mods.has(Mods::CTRL) => Code::Char('^'),
        Code::Char('7') if mods.has(Mods::CTRL) => Code::Char('_'),
        code => code,
    }
}

/// The kitty number of a key that has no name of its own here.
const fn functional(code: KeyCode) -> Option<u32> {
    Some(match code {
        KeyCode::CapsLock => 57358,
        KeyCode::ScrollLock => 57359,
        KeyCode::NumLock => 57360,
        KeyCode::PrintScreen => 57361,
        KeyCode::Pause => 57362,
        KeyCode::Menu => 57363,
        KeyCode::KeypadBegin => keypad::KEYPAD_BEGIN,
        KeyCode::Media(key) => media(key),
        KeyCode::Modifier(key) => modifier(key),
        _ => return None,
    })
}

const fn media(key: MediaKeyCode) -> u32 {
    match key {
        MediaKeyCode::Play => 57428,
        MediaKeyCode::Pause => 57429,
        MediaKeyCode::PlayPause => 57430,
        MediaKeyCode::Reverse => 57431,
        MediaKeyCode::Stop => 57432,
        MediaKeyCode::FastForward => 57433,
        MediaKeyCode::Rewind => 57434,
        MediaKeyCode::TrackNext => 57435,
        MediaKeyCode::TrackPrevious => 57436,
        MediaKeyCode::Record => 57437,
        MediaKeyCode::LowerVolume => 57438,
        MediaKeyCode::RaiseVolume => 57439,
        MediaKeyCode::MuteVolume => 57440,
    }
}

const fn modifier(key: ModifierKeyCode) -> u32 {
    match key {
        ModifierKeyCode::LeftShift => 57441,
        ModifierKeyCode::LeftControl => 57442,
        ModifierKeyCode::LeftAlt => 57443,
        ModifierKeyCode::LeftSuper => 57444,
        ModifierKeyCode::LeftHyper => 57445,
        ModifierKeyCode::LeftMeta => 57446,
        ModifierKeyCode::RightShift => 57447,
        ModifierKeyCode::RightControl => 57448,
        ModifierKeyCode::RightAlt => 57449,
        ModifierKeyCode::RightSuper => 57450,
        ModifierKeyCode::RightHyper => 57451,
        ModifierKeyCode::RightMeta => 57452,
        ModifierKeyCode::IsoLevel3Shift => 57453,
        ModifierKeyCode::IsoLevel5Shift => 57454,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(event: KeyEvent, keyboard: Keyboard) -> String {
        from_crossterm(event, keyboard).map(|(key, _)| key.to_string()).unwrap_or_default()
    }

    #[test]
    fn events_become_keys_in_canonical_spelling() {
        let none = KeyModifiers::NONE;
        let (shift, ctrl, alt) = (KeyModifiers::SHIFT, KeyModifiers::CONTROL, KeyModifiers::ALT);
        for (code, modifiers, expected) in [
            (KeyCode::Char('a'), none, "a"),
            (KeyCode::Char('A'), shift, "A"),
            (KeyCode::Char('a'), shift, "A"),
            (KeyCode::Char('b'), ctrl, "ctrl-b"),
            (KeyCode::Char(' '), ctrl, "ctrl-space"),
            (KeyCode::Char('1'), alt, "alt-1"),
            (KeyCode::BackTab, none, "shift-Tab"),
            (KeyCode::BackTab, shift, "shift-Tab"),
            (KeyCode::Char('7'), ctrl, "ctrl-_"),
            (KeyCode::Char('4'), ctrl, "ctrl-\\"),
            (KeyCode::F(5), none, "f5"),
            (KeyCode::Null, none, "ctrl-space"),
            (KeyCode::CapsLock, none, "caps-lock"),
            (KeyCode::F(99), none, ""),
        ] {
            assert_eq!(name(KeyEvent::new(code, modifiers), Keyboard::Legacy), expected, "{code:?}");
        }
        assert_eq!(name(KeyEvent::new(KeyCode::Char('7'), ctrl), Keyboard::Kitty), "ctrl-7");
    }

    #[test]
    fn the_keypad_is_told_apart_and_so_is_a_release() {
        let mut event = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
        event.state = KeyEventState::KEYPAD;
        event.kind = KeyEventKind::Release;
        let (key, press) = from_crossterm(event, Keyboard::Kitty).unwrap();
        assert_eq!((key.to_string().as_str(), press), ("kp-enter", Press::Up));
    }
}
