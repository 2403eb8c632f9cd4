//! Keys as bytes for a program, the way xterm sends them. Never decides whether a key is the program's.
//!
//! Sources: xterm ctlseqs ("PC-Style Function Keys", "Alt and Meta Keys"), xterm's modified-keys page for
//! modifyOtherKeys; where that page leaves level 1 open, tmux's reading of it. `kitty.rs` has the protocol
//! of that name.

use super::{Code, Key, Mods, Press, keypad, kitty};
use crate::protocol::client::Wheel;

/// How a program asked for its keys; all off is a terminal just reset.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Encoding {
    /// DECCKM: cursor keys as `SS3`.
    pub application_cursor: bool,
    /// DECKPAM, DECNKM: keypad keys as `SS3`.
    pub application_keypad: bool,
    /// LNM: Enter is CR LF.
    pub newline: bool,
    /// DECBKM: Backspace is BS, not DEL.
    pub backspace_is_bs: bool,
    /// xterm's modifyOtherKeys, 0 to 2.
    pub modify_other_keys: u8,
    /// Progressive enhancement flags of the kitty keyboard protocol in effect.
    pub kitty_flags: u8,
}

/// The bytes a program is sent for a key; none when its encoding has none.
pub fn encode(key: Key, press: Press, encoding: &Encoding) -> Vec<u8> {
    if encoding.kitty_flags != 0 {
        return kitty::encode(key, press, encoding);
    }
    match press {
        Press::Up => Vec::new(),
        Press::Down | Press::Repeat => {
            other_keys(key, encoding.modify_other_keys).unwrap_or_else(|| legacy(key, encoding))
        }
    }
}

/// What a program that asked for focus events (DEC mode 1004) is sent.
pub const fn focus(gained: bool) -> &'static [u8] {
    if gained { b"\x1b[I" } else { b"\x1b[O" }
}

/// The wheel as cursor keys, for the alternate screen with DEC mode 1007 and no mouse mode: three a notch.
pub fn wheel_as_arrows(wheel: Wheel, encoding: &Encoding) -> Vec<u8> {
    let code = match wheel {
        Wheel::Up => Code::Up,
        Wheel::Down => Code::Down,
        Wheel::Left => Code::Left,
        Wheel::Right => Code::Right,
    };
    encode(Key::plain(code), Press::Down, encoding).repeat(3)
}

/// The family a function key's sequence belongs to.
pub(super) enum Form {
    /// `CSI letter`, `SS3 letter` in application cursor mode.
    Cursor(u8),
    /// `SS3 letter`, with modifiers `CSI 1;m letter`.
    Function(u8),
    /// `CSI number ~`.
    Tilde(u8),
}

/// The family of a key that has one; F13 and up are not in it.
pub(super) const fn form(code: Code) -> Option<Form> {
    Some(match code {
        Code::Up => Form::Cursor(b'A'),
        Code::Down => Form::Cursor(b'B'),
        Code::Right => Form::Cursor(b'C'),
        Code::Left => Form::Cursor(b'D'),
        Code::Home => Form::Cursor(b'H'),
        Code::End => Form::Cursor(b'F'),
        Code::Other(keypad::KEYPAD_BEGIN) => Form::Cursor(b'E'),
        Code::F(1) => Form::Function(b'P'),
        Code::F(2) => Form::Function(b'Q'),
        Code::F(3) => Form::Function(b'R'),
        Code::F(4) => Form::Function(b'S'),
        Code::Insert => Form::Tilde(2),
        Code::Delete => Form::Tilde(3),
        Code::PageUp => Form::Tilde(5),
        Code::PageDown => Form::Tilde(6),
        Code::F(5) => Form::Tilde(15),
        Code::F(number @ 6..=10) => Form::Tilde(11 + number),
        Code::F(number @ 11..=12) => Form::Tilde(12 + number),
        _ => return None,
    })
}

/// The encoding of a plain xterm, which is also the fallback of the richer ones.
pub(super) fn legacy(key: Key, encoding: &Encoding) -> Vec<u8> {
    match (key.code, key.mods) {
        (Code::Other(number), Mods::NONE) if encoding.application_keypad => {
            if let Some(letter) = keypad::find(number).and_then(|special| special.application) {
                return vec![0x1b, b'O', letter];
            }
        }
        // terminfo's kf13… are F1… with shift, kf25… with ctrl
        (Code::F(number @ 13..=24), mods) => return function(Code::F(number - 12), mods.with(Mods::SHIFT)),
        (Code::F(number @ 25..), mods) => return function(Code::F(number - 24), mods.with(Mods::CTRL)),
        _ => {}
    }
    let key = key.without_keypad();
    match form(key.code) {
        Some(Form::Cursor(letter)) if key.mods == Mods::NONE && encoding.application_cursor => {
            vec![0x1b, b'O', letter]
        }
        Some(_) => function(key.code, key.mods),
        None => typed(key, encoding),
    }
}

fn function(code: Code, mods: Mods) -> Vec<u8> {
    let parameter = mods.0 + 1;
    match (form(code), mods) {
        (Some(Form::Cursor(letter)), Mods::NONE) => vec![0x1b, b'[', letter],
        (Some(Form::Function(letter)), Mods::NONE) => vec![0x1b, b'O', letter],
        (Some(Form::Cursor(letter) | Form::Function(letter)), _) => {
            format!("\x1b[1;{parameter}{}", char::from(letter)).into_bytes()
        }
        (Some(Form::Tilde(number)), Mods::NONE) => format!("\x1b[{number}~").into_bytes(),
        (Some(Form::Tilde(number)), _) => format!("\x1b[{number};{parameter}~").into_bytes(),
        (None, _) => Vec::new(),
    }
}

/// Characters and the keys with a control character of their own.
fn typed(key: Key, encoding: &Encoding) -> Vec<u8> {
    let mods = key.mods;
    if mods.has(Mods::SUPER) || mods.has(Mods::HYPER) {
        // no legacy form, and typing the bare character is not what was meant
        return Vec::new();
    }
    let ctrl = mods.has(Mods::CTRL);
    let mut bytes = Vec::with_capacity(8);
    if mods.has(Mods::ALT) || mods.has(Mods::META) {
        bytes.push(0x1b);
    }
    match key.code {
        Code::Char(typed) => match control(typed).filter(|_| ctrl) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(typed.encode_utf8(&mut [0; 4]).as_bytes()),
        },
        Code::Enter if encoding.newline => bytes.extend_from_slice(b"\r\n"),
        Code::Enter => bytes.push(b'\r'),
        Code::Tab if mods.has(Mods::SHIFT) => bytes.extend_from_slice(b"\x1b[Z"),
        Code::Tab => bytes.push(b'\t'),
        Code::Backspace => bytes.push(if ctrl != encoding.backspace_is_bs { 0x08 } else { 0x7f }),
        Code::Esc => bytes.push(0x1b),
        _ => bytes.clear(),
    }
    bytes
}

/// The control character of ctrl and a character, as keyboards have had it since the VT100.
const fn control(typed: char) -> Option<u8> {
    Some(match typed {
        'a'..='z' | 'A'..='Z' => typed as u8 & 0x1f,
        ' ' | '@' | '2' => 0x00,
        '[' | '3' => 0x1b,
        '\\' | '4' => 0x1c,
        ']' | '5' => 0x1d,
        '^' | '~' | '6' => 0x1e,
        '_' | '/' | '7' => 0x1f,
        '?' | '8' => 0x7f,
        _ => return None,
    })
}

/// `CSI 27 ; modifiers ; character ~`, where modifyOtherKeys at this level asks for it.
fn other_keys(key: Key, level: u8) -> Option<Vec<u8>> {
    let key = key.without_keypad();
    let mut mods = key.mods;
    let character = match key.code {
        Code::Char(typed) => {
            if typed.is_uppercase() && mods != Mods::NONE {
                mods = mods.with(Mods::SHIFT);
            }
            u32::from(typed)
        }
        Code::Enter => 13,
        Code::Tab => 9,
        Code::Esc => 27,
        Code::Backspace => 127,
        _ => return None,
    };
    let wanted = match level {
        0 => false,
        1 => wanted_at_1(key.code, mods),
        _ => wanted_at_2(key.code, mods),
    };
    wanted.then(|| format!("\x1b[27;{};{character}~", mods.0 + 1).into_bytes())
}

/// Level 1: only keys that have no well-known bytes already.
fn wanted_at_1(code: Code, mods: Mods) -> bool {
    let ctrl = mods.has(Mods::CTRL);
    if !ctrl && mods.has(Mods::ALT) {
        return false;
    }
    match code {
        Code::Char(typed) => {
            ctrl && !matches!(typed, ' ' | '/' | '2'..='8' | '@'..='~') && !mods.has(Mods::SUPER)
        }
        Code::Enter | Code::Esc => mods != Mods::NONE,
        Code::Tab => mods != Mods::NONE && mods != Mods::SHIFT,
        _ => false,
    }
}

/// Level 2: every modified key, but for shift in the character and the two with bytes of their own.
fn wanted_at_2(code: Code, mods: Mods) -> bool {
    match code {
        Code::Tab => mods != Mods::NONE && mods != Mods::SHIFT,
        Code::Backspace => mods != Mods::NONE && mods != Mods::CTRL,
        _ => mods != Mods::NONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(encoding: Encoding, table: &[(&str, &str)]) {
        for (name, expected) in table {
            let bytes = encode(name.parse().unwrap(), Press::Down, &encoding);
            let shown = String::from_utf8(bytes).unwrap();
            assert_eq!(shown, *expected, "{name} with {encoding:?}");
        }
    }

    #[test]
    fn a_plain_terminal_sends_what_xterm_sends() {
        check(
            Encoding::default(),
            &[
                ("a", "a"),
                ("A", "A"),
                ("é", "é"),
                ("ctrl-a", "\x01"),
                ("ctrl-shift-a", "\x01"),
                ("ctrl-b", "\x02"),
                ("ctrl-space", "\0"),
                ("ctrl-[", "\x1b"),
                ("ctrl-\\", "\x1c"),
                ("ctrl-_", "\x1f"),
                ("ctrl-/", "\x1f"),
                ("ctrl-?", "\x7f"),
                ("ctrl-1", "1"),
                ("alt-x", "\x1bx"),
                ("alt-X", "\x1bX"),
                ("ctrl-alt-x", "\x1b\x18"),
                ("meta-x", "\x1bx"),
                ("super-x", ""),
                ("Enter", "\r"),
                ("alt-Enter", "\x1b\r"),
                ("shift-Enter", "\r"),
                ("Tab", "\t"),
                ("shift-Tab", "\x1b[Z"),
                ("Backspace", "\x7f"),
                ("ctrl-Backspace", "\x08"),
                ("alt-Backspace", "\x1b\x7f"),
                ("Esc", "\x1b"),
                ("alt-Esc", "\x1b\x1b"),
                ("shift-space", " "),
            ],
        );
    }

    #[test]
    fn function_keys_carry_their_modifiers() {
        check(
            Encoding::default(),
            &[
                ("Up", "\x1b[A"),
                ("Down", "\x1b[B"),
                ("Right", "\x1b[C"),
                ("Left", "\x1b[D"),
                ("Home", "\x1b[H"),
                ("End", "\x1b[F"),
                ("shift-Up", "\x1b[1;2A"),
                ("ctrl-Left", "\x1b[1;5D"),
                ("ctrl-alt-shift-Right", "\x1b[1;8C"),
                ("Insert", "\x1b[2~"),
                ("Delete", "\x1b[3~"),
                ("PageUp", "\x1b[5~"),
                ("PageDown", "\x1b[6~"),
                ("ctrl-Delete", "\x1b[3;5~"),
                ("f1", "\x1bOP"),
                ("f4", "\x1bOS"),
                ("shift-f1", "\x1b[1;2P"),
                ("f5", "\x1b[15~"),
                ("f6", "\x1b[17~"),
                ("f10", "\x1b[21~"),
                ("f11", "\x1b[23~"),
                ("f12", "\x1b[24~"),
                ("ctrl-f5", "\x1b[15;5~"),
                ("f13", "\x1b[1;2P"),
                ("f17", "\x1b[15;2~"),
                ("f25", "\x1b[1;5P"),
                ("caps-lock", ""),
                ("left-shift", ""),
            ],
        );
    }

    #[test]
    fn modes_of_the_program_change_cursor_keypad_enter_and_backspace() {
        let application_cursor = Encoding { application_cursor: true, ..Encoding::default() };
        check(application_cursor, &[("Up", "\x1bOA"), ("Home", "\x1bOH"), ("ctrl-Up", "\x1b[1;5A")]);
        check(application_cursor, &[("PageUp", "\x1b[5~"), ("kp-up", "\x1bOA")]);
        check(Encoding::default(), &[("kp-5", "5"), ("kp-enter", "\r"), ("kp-up", "\x1b[A")]);
        let application_keypad = Encoding { application_keypad: true, ..Encoding::default() };
        check(application_keypad, &[("kp-5", "\x1bOu"), ("kp-enter", "\x1bOM"), ("kp-add", "\x1bOk")]);
        check(application_keypad, &[("5", "5"), ("kp-begin", "\x1b[E")]);
        check(Encoding { newline: true, ..Encoding::default() }, &[("Enter", "\r\n")]);
        let bs = Encoding { backspace_is_bs: true, ..Encoding::default() };
        check(bs, &[("Backspace", "\x08"), ("ctrl-Backspace", "\x7f")]);
    }

    #[test]
    fn modify_other_keys_1_encodes_what_had_no_bytes() {
        check(
            Encoding { modify_other_keys: 1, ..Encoding::default() },
            &[
                ("a", "a"),
                ("ctrl-a", "\x01"),
                ("ctrl-space", "\0"),
                ("alt-x", "\x1bx"),
                ("ctrl-1", "\x1b[27;5;49~"),
                ("ctrl-,", "\x1b[27;5;44~"),
                ("ctrl-Enter", "\x1b[27;5;13~"),
                ("shift-Enter", "\x1b[27;2;13~"),
                ("ctrl-Tab", "\x1b[27;5;9~"),
                ("shift-Tab", "\x1b[Z"),
                ("ctrl-Backspace", "\x08"),
                ("ctrl-Up", "\x1b[1;5A"),
            ],
        );
    }

    #[test]
    fn modify_other_keys_2_encodes_every_modified_key() {
        check(
            Encoding { modify_other_keys: 2, ..Encoding::default() },
            &[
                ("a", "a"),
                ("A", "A"),
                ("ctrl-a", "\x1b[27;5;97~"),
                ("ctrl-shift-a", "\x1b[27;6;65~"),
                ("alt-x", "\x1b[27;3;120~"),
                ("alt-X", "\x1b[27;4;88~"),
                ("ctrl-space", "\x1b[27;5;32~"),
                ("shift-space", "\x1b[27;2;32~"),
                ("Enter", "\r"),
                ("shift-Enter", "\x1b[27;2;13~"),
                ("shift-Tab", "\x1b[Z"),
                ("ctrl-shift-Tab", "\x1b[27;6;9~"),
                ("alt-Backspace", "\x1b[27;3;127~"),
                ("ctrl-Backspace", "\x08"),
                ("alt-Esc", "\x1b[27;3;27~"),
                ("shift-Up", "\x1b[1;2A"),
            ],
        );
    }

    #[test]
    fn a_released_key_says_nothing_to_a_program_that_did_not_ask() {
        assert!(encode("a".parse().unwrap(), Press::Up, &Encoding::default()).is_empty());
        assert_eq!(encode("a".parse().unwrap(), Press::Repeat, &Encoding::default()), b"a");
    }

    #[test]
    fn the_wheel_scrolls_a_pager_by_three_lines() {
        let encoding = Encoding { application_cursor: true, ..Encoding::default() };
        assert_eq!(wheel_as_arrows(Wheel::Up, &encoding), b"\x1bOA\x1bOA\x1bOA");
    }
}
