//! Keys in the kitty keyboard protocol, all of its progressive enhancements. Never tracks which are on.
//!
//! Source: <https://sw.kovidgoyal.net/kitty/keyboard-protocol/>. Known loss: the outer terminal's reader
//! tells only the character of a shifted key, so for a symbol (`!`) its own code is reported, not that of
//! the key in the base layout; letters are exact.

use super::{
    Code, Encoding, Key, Mods, Press,
    encode::{Form, form, legacy},
    keypad,
};

/// Escape codes wherever legacy bytes are ambiguous.
const DISAMBIGUATE: u8 = 1;
/// Repeats and releases are told.
const EVENTS: u8 = 2;
/// The shifted character is told beside the key.
const ALTERNATES: u8 = 4;
/// Every key is an escape code, those that type text too.
const ALL: u8 = 8;
/// Escape codes carry the text they type.
const TEXT: u8 = 16;

/// The bytes for a key under `encoding.kitty_flags`, which are not 0.
pub(super) fn encode(key: Key, press: Press, encoding: &Encoding) -> Vec<u8> {
    let on = |flag| encoding.kitty_flags & flag != 0;
    let press = match press {
        Press::Up if !on(EVENTS) => return Vec::new(),
        Press::Repeat if !on(EVENTS) => Press::Down,
        press => press,
    };
    if !on(ALL) {
        if let Some(bytes) = as_legacy(key, press, encoding) {
            return bytes;
        }
        if on(EVENTS) && !on(DISAMBIGUATE) && press == Press::Down {
            return legacy(key, encoding);
        }
    }
    escape_code(key, press, on(ALTERNATES), on(TEXT) && on(ALL))
}

/// Keys that stay as they always were while not all are escape codes; `Some(empty)` says nothing.
fn as_legacy(key: Key, press: Press, encoding: &Encoding) -> Option<Vec<u8>> {
    match key.code {
        Code::Other(number) if keypad::MODIFIERS.contains(&number) => Some(Vec::new()),
        // so that `reset` can be typed after a program died with the protocol on
        Code::Enter | Code::Tab | Code::Backspace => match (press, key.mods) {
            (Press::Up, _) => Some(Vec::new()),
            (_, Mods::NONE) => Some(legacy(key, encoding)),
            _ => None,
        },
        _ if press == Press::Up => None,
        _ => key.text().map(|typed| typed.to_string().into_bytes()),
    }
}

fn escape_code(key: Key, press: Press, alternates: bool, with_text: bool) -> Vec<u8> {
    let (base, mods, shifted) = unshifted(key);
    let event = match press {
        Press::Down => 1,
        Press::Repeat => 2,
        Press::Up => 3,
    };
    let parameter = u16::from(mods.0) + 1;
    let modifiers = match (parameter, event) {
        (1, 1) => String::new(),
        (_, 1) => parameter.to_string(),
        _ => format!("{parameter}:{event}"),
    };
    let (number, last) = number_and_final(base);
    if last != 'u' {
        return match (number, modifiers.is_empty()) {
            (1, true) => format!("\x1b[{last}"),
            (_, true) => format!("\x1b[{number}{last}"),
            _ => format!("\x1b[{number};{modifiers}{last}"),
        }
        .into_bytes();
    }
    let mut code = format!("\x1b[{number}");
    if let Some(shifted) = shifted.filter(|_| alternates) {
        code += &format!(":{}", u32::from(shifted));
    }
    let text = key.text().filter(|_| with_text && press != Press::Up);
    match text {
        Some(typed) => code += &format!(";{modifiers};{}", u32::from(typed)),
        None if !modifiers.is_empty() => code += &format!(";{modifiers}"),
        None => {}
    }
    code.push('u');
    code.into_bytes()
}

/// The key without its shift: code, modifiers with shift in them, and the character that shift made.
fn unshifted(key: Key) -> (Code, Mods, Option<char>) {
    let Code::Char(typed) = key.code else { return (key.code, key.mods, None) };
    let mut lower = typed.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(base), None) if base != typed => (Code::Char(base), key.mods.with(Mods::SHIFT), Some(typed)),
        _ => (key.code, key.mods, None),
    }
}

fn number_and_final(code: Code) -> (u32, char) {
    match code {
        Code::Char(typed) => (u32::from(typed), 'u'),
        Code::Enter => (13, 'u'),
        Code::Tab => (9, 'u'),
        Code::Backspace => (127, 'u'),
        Code::Esc => (27, 'u'),
        Code::F(number @ 13..) => (57376 + u32::from(number) - 13, 'u'),
        // `CSI R` would be a cursor position report
        Code::F(3) => (13, '~'),
        code => match (form(code), code) {
            (Some(Form::Cursor(letter) | Form::Function(letter)), _) => (1, char::from(letter)),
            (Some(Form::Tilde(number)), _) => (u32::from(number), '~'),
            (None, Code::Other(number)) => (number, 'u'),
            (None, _) => (0, 'u'),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::encode;
    use super::*;

    fn check(kitty_flags: u8, table: &[(&str, Press, &str)]) {
        let encoding = Encoding { kitty_flags, ..Encoding::default() };
        for (name, press, expected) in table {
            let bytes = encode(name.parse().unwrap(), *press, &encoding);
            assert_eq!(String::from_utf8(bytes).unwrap(), *expected, "{name} {press:?} flags {kitty_flags}");
        }
    }

    #[test]
    fn disambiguate_changes_only_what_was_ambiguous() {
        check(
            1,
            &[
                ("a", Press::Down, "a"),
                ("A", Press::Down, "A"),
                ("shift-space", Press::Down, " "),
                ("a", Press::Repeat, "a"),
                ("a", Press::Up, ""),
                ("Esc", Press::Down, "\x1b[27u"),
                ("ctrl-c", Press::Down, "\x1b[99;5u"),
                ("alt-x", Press::Down, "\x1b[120;3u"),
                ("alt-X", Press::Down, "\x1b[120;4u"),
                ("ctrl-shift-a", Press::Down, "\x1b[97;6u"),
                ("super-x", Press::Down, "\x1b[120;9u"),
                ("Enter", Press::Down, "\r"),
                ("shift-Enter", Press::Down, "\x1b[13;2u"),
                ("Tab", Press::Down, "\t"),
                ("shift-Tab", Press::Down, "\x1b[9;2u"),
                ("Backspace", Press::Down, "\x7f"),
                ("ctrl-Backspace", Press::Down, "\x1b[127;5u"),
                ("Up", Press::Down, "\x1b[A"),
                ("ctrl-Up", Press::Down, "\x1b[1;5A"),
                ("f1", Press::Down, "\x1b[P"),
                ("f3", Press::Down, "\x1b[13~"),
                ("ctrl-f3", Press::Down, "\x1b[13;5~"),
                ("f5", Press::Down, "\x1b[15~"),
                ("f13", Press::Down, "\x1b[57376u"),
                ("Delete", Press::Down, "\x1b[3~"),
                ("kp-5", Press::Down, "5"),
                ("kp-enter", Press::Down, "\x1b[57414u"),
                ("kp-left", Press::Down, "\x1b[57417u"),
                ("left-shift", Press::Down, ""),
            ],
        );
    }

    #[test]
    fn repeats_and_releases_are_told_when_asked_for() {
        check(
            3,
            &[
                ("a", Press::Down, "a"),
                ("a", Press::Repeat, "a"),
                ("a", Press::Up, "\x1b[97;1:3u"),
                ("ctrl-a", Press::Repeat, "\x1b[97;5:2u"),
                ("Up", Press::Up, "\x1b[1;1:3A"),
                ("Delete", Press::Repeat, "\x1b[3;1:2~"),
                ("Enter", Press::Up, ""),
                ("Enter", Press::Repeat, "\r"),
            ],
        );
        check(2, &[("ctrl-a", Press::Down, "\x01"), ("ctrl-a", Press::Up, "\x1b[97;5:3u")]);
    }

    #[test]
    fn all_keys_as_escape_codes_carry_alternates_and_text() {
        check(8, &[("a", Press::Down, "\x1b[97u"), ("A", Press::Down, "\x1b[97;2u")]);
        check(8, &[("Enter", Press::Down, "\x1b[13u"), ("left-shift", Press::Down, "\x1b[57441u")]);
        check(8 | 4, &[("A", Press::Down, "\x1b[97:65;2u"), ("!", Press::Down, "\x1b[33u")]);
        check(8 | 16, &[("a", Press::Down, "\x1b[97;;97u"), ("A", Press::Down, "\x1b[97;2;65u")]);
        check(8 | 16, &[("ctrl-a", Press::Down, "\x1b[97;5u"), ("kp-5", Press::Down, "\x1b[57404;;53u")]);
        check(31, &[("a", Press::Up, "\x1b[97;1:3u"), ("Enter", Press::Up, "\x1b[13;1:3u")]);
        check(31, &[("A", Press::Repeat, "\x1b[97:65;2:2;65u")]);
    }
}
