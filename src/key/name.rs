//! Names of keys: `ctrl-b`, `alt-1`, `shift-Tab`, `f5`. Never a sequence of them: chords are the keymap's.
//!
//! Case does not matter but for single characters, and with ctrl not even there: `Ctrl+B` is `ctrl-b`, as
//! everybody means it, while `alt-B` is alt with a capital.

use super::{Code, Key, Mods, keypad::SPECIALS};
use crate::nearest::nearest;
use std::{fmt, str::FromStr};

const MODS: [(&str, Mods); 6] = [
    ("ctrl", Mods::CTRL),
    ("alt", Mods::ALT),
    ("shift", Mods::SHIFT),
    ("super", Mods::SUPER),
    ("hyper", Mods::HYPER),
    ("meta", Mods::META),
];

/// Names as they are printed, then other spellings of the same keys.
const NAMED: [(&str, Code); 24] = [
    ("Enter", Code::Enter),
    ("Tab", Code::Tab),
    ("Backspace", Code::Backspace),
    ("Esc", Code::Esc),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PageUp", Code::PageUp),
    ("PageDown", Code::PageDown),
    ("Insert", Code::Insert),
    ("Delete", Code::Delete),
    ("space", Code::Char(' ')),
    ("return", Code::Enter),
    ("escape", Code::Esc),
    ("pgup", Code::PageUp),
    ("pgdn", Code::PageDown),
    ("ins", Code::Insert),
    ("del", Code::Delete),
    ("bspace", Code::Backspace),
    ("minus", Code::Char('-')),
    ("plus", Code::Char('+')),
];

/// A word that is no key's name.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("unknown key {word}{}", .suggestion.as_ref().map(|name| format!(", did you mean {name}?")).unwrap_or_default())]
pub struct UnknownKey {
    /// As written.
    pub word: String,
    /// The nearest name.
    pub suggestion: Option<String>,
}

impl FromStr for Key {
    type Err = UnknownKey;

    fn from_str(word: &str) -> Result<Self, UnknownKey> {
        let (mods, base) = strip_mods(word);
        let code = base_code(base)
            .ok_or_else(|| UnknownKey { word: word.to_owned(), suggestion: suggest(mods, base) })?;
        Ok(assemble(mods, code))
    }
}

/// One argument of `aside send ID WORD…`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Word {
    /// A key.
    Key(Key),
    /// Anything else: typed as it is.
    Text(String),
}

impl Word {
    /// Reads a word of `send`: a key by our names or by tmux's (`C-b`, `M-x`, `S-Up`, `^C`), else text.
    ///
    /// # Errors
    /// When it begins like a key (`ctrl-`) and is none: sending it as text would hide the slip.
    pub fn parse(word: &str) -> Result<Self, UnknownKey> {
        if let Some(key) = tmux_key(word) {
            return Ok(Self::Key(key));
        }
        if word.chars().count() == 1 {
            return Ok(Self::Text(word.to_owned()));
        }
        match word.parse() {
            Ok(key) => Ok(Self::Key(key)),
            Err(unknown) if strip_mods(word).0 != Mods::NONE => Err(unknown),
            Err(_) => Ok(Self::Text(word.to_owned())),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mods, code) = spelled(*self);
        for (name, flag) in MODS {
            if mods.has(flag) {
                write!(f, "{name}-")?;
            }
        }
        f.write_str(&code_name(code))
    }
}

impl Key {
    /// The key as hints show it: `^B`, `Alt+1`, `Shift+Tab`, `F5`.
    pub fn label(self) -> String {
        let (mods, code) = spelled(self);
        let name = match code {
            Code::Char(' ') => "Space".to_owned(),
            Code::Char(typed) if mods.without(Mods::SHIFT) != Mods::NONE => typed.to_uppercase().to_string(),
            Code::F(number) => format!("F{number}"),
            _ => code_name(code),
        };
        if mods == Mods::CTRL {
            return format!("^{name}");
        }
        let mut label = String::new();
        for (word, _) in MODS.iter().filter(|(_, flag)| mods.has(*flag)) {
            let (first, rest) = word.split_at(1);
            label.push_str(&first.to_uppercase());
            label.push_str(rest);
            label.push('+');
        }
        label + &name
    }
}

/// Modifiers and code as they are written: a capital with ctrl is `ctrl-shift-` and the small letter.
fn spelled(key: Key) -> (Mods, Code) {
    match key.code {
        Code::Char(typed) if key.mods.has(Mods::CTRL) && typed.is_ascii_uppercase() => {
            (key.mods.with(Mods::SHIFT), Code::Char(typed.to_ascii_lowercase()))
        }
        code => (key.mods, code),
    }
}

fn code_name(code: Code) -> String {
    match code {
        Code::F(number) => format!("f{number}"),
        Code::Other(number) => match super::keypad::find(number) {
            Some(special) => special.name.to_owned(),
            None => format!("key-{number}"),
        },
        code => match (NAMED.iter().find(|(_, named)| *named == code), code) {
            (Some(("minus" | "plus", _)) | None, Code::Char(typed)) => typed.to_string(),
            (Some((name, _)), _) => (*name).to_owned(),
            (None, _) => String::new(),
        },
    }
}

fn assemble(mods: Mods, code: Code) -> Key {
    match code {
        Code::Char(typed) if mods.has(Mods::CTRL) => Key::new(Code::Char(typed.to_ascii_lowercase()), mods),
        code => Key::new(code, mods),
    }
}

/// The modifiers in front, by name, and the rest, never empty unless the word is.
fn strip_mods(word: &str) -> (Mods, &str) {
    let mut mods = Mods::NONE;
    let mut rest = word;
    'again: loop {
        for (name, flag) in MODS {
            if let Some(after) = strip_mod(rest, name) {
                mods = mods.with(flag);
                rest = after;
                continue 'again;
            }
        }
        return (mods, rest);
    }
}

fn strip_mod<'a>(word: &'a str, name: &str) -> Option<&'a str> {
    let head = word.get(..name.len())?;
    let after = word.get(name.len()..)?;
    let rest = after.strip_prefix(['-', '+'])?;
    (head.eq_ignore_ascii_case(name) && !rest.is_empty()).then_some(rest)
}

fn base_code(base: &str) -> Option<Code> {
    let mut chars = base.chars();
    if let (Some(only), None) = (chars.next(), chars.next()) {
        return (!only.is_control()).then_some(Code::Char(only));
    }
    if let Some((_, code)) = NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(base)) {
        return Some(*code);
    }
    let lower = base.to_ascii_lowercase();
    if let Some(special) = SPECIALS.iter().find(|special| special.name == lower) {
        return Some(Code::Other(special.number));
    }
    if let Some(number) = lower.strip_prefix("key-") {
        return number.parse().ok().map(Code::Other);
    }
    let number: u8 = lower.strip_prefix('f')?.parse().ok()?;
    (1..=35).contains(&number).then_some(Code::F(number))
}

/// The nearest name to a word that is none, with the modifiers that were understood.
fn suggest(mods: Mods, base: &str) -> Option<String> {
    let named = NAMED.iter().map(|(name, _)| *name).chain(SPECIALS.iter().map(|special| special.name));
    if let Some(code) = nearest(base, named).and_then(base_code) {
        return Some(assemble(mods, code).to_string());
    }
    // the slip may be in the modifier: `crtl-a`
    let (wrong, rest) = base.split_once(['-', '+'])?;
    let modifier = nearest(wrong, MODS.iter().map(|(name, _)| *name))?;
    let flag = MODS.iter().find(|(name, _)| *name == modifier).map(|(_, flag)| *flag)?;
    let (more, base) = strip_mods(rest);
    Some(assemble(mods.with(flag).with(more), base_code(base)?).to_string())
}

/// tmux's spellings, which `send` also takes because fingers know them.
fn tmux_key(word: &str) -> Option<Key> {
    if let Some(rest) = word.strip_prefix('^') {
        return (rest.chars().count() == 1)
            .then(|| base_code(rest))
            .flatten()
            .map(|c| assemble(Mods::CTRL, c));
    }
    let mut mods = Mods::NONE;
    let mut rest = word;
    loop {
        let (flag, after) = match rest.split_at_checked(2) {
            Some(("C-", after)) => (Mods::CTRL, after),
            Some(("M-", after)) => (Mods::ALT, after),
            Some(("S-", after)) => (Mods::SHIFT, after),
            _ => break,
        };
        if after.is_empty() {
            break;
        }
        mods = mods.with(flag);
        rest = after;
    }
    if mods == Mods::NONE {
        return match word {
            "BTab" => Some(Key::new(Code::Tab, Mods::SHIFT)),
            "PPage" => Some(Key::plain(Code::PageUp)),
            "NPage" => Some(Key::plain(Code::PageDown)),
            "IC" => Some(Key::plain(Code::Insert)),
            "DC" => Some(Key::plain(Code::Delete)),
            _ => None,
        };
    }
    base_code(rest).map(|code| assemble(mods, code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(name: &str) -> Key {
        name.parse().unwrap()
    }

    #[test]
    fn every_accepted_spelling_has_one_printed_name() {
        for (written, printed) in [
            ("ctrl-b", "ctrl-b"),
            ("Ctrl+B", "ctrl-b"),
            ("CTRL-B", "ctrl-b"),
            ("ctrl-shift-b", "ctrl-shift-b"),
            ("shift-ctrl-b", "ctrl-shift-b"),
            ("alt-1", "alt-1"),
            ("alt-B", "alt-B"),
            ("alt-shift-b", "alt-B"),
            ("shift-a", "A"),
            ("enter", "Enter"),
            ("Return", "Enter"),
            ("shift-tab", "shift-Tab"),
            ("ctrl-space", "ctrl-space"),
            ("ctrl- ", "ctrl-space"),
            ("F5", "f5"),
            ("f35", "f35"),
            ("ctrl--", "ctrl--"),
            ("ctrl-minus", "ctrl--"),
            ("-", "-"),
            ("+", "+"),
            ("ctrl-+", "ctrl-+"),
            ("é", "é"),
            ("kp-Enter", "kp-enter"),
            ("ctrl-kp-5", "ctrl-kp-5"),
            ("pgdn", "PageDown"),
            ("super-hyper-meta-x", "super-hyper-meta-x"),
            ("key-57500", "key-57500"),
        ] {
            assert_eq!(
                written.parse::<Key>().map(|key| key.to_string()),
                Ok(printed.to_owned()),
                "{written}"
            );
        }
    }

    #[test]
    fn a_wrong_name_is_told_with_the_nearest() {
        for (written, message) in [
            ("ctrl-entr", "unknown key ctrl-entr, did you mean ctrl-Enter?"),
            ("crtl-a", "unknown key crtl-a, did you mean ctrl-a?"),
            ("alt-contrl-a", "unknown key alt-contrl-a, did you mean ctrl-alt-a?"),
            ("pagup", "unknown key pagup, did you mean PageUp?"),
            ("f36", "unknown key f36"),
            ("<C-b>", "unknown key <C-b>"),
            ("ctrl-", "unknown key ctrl-"),
            ("", "unknown key "),
        ] {
            assert_eq!(written.parse::<Key>().map_err(|error| error.to_string()), Err(message.to_owned()));
        }
    }

    #[test]
    fn send_takes_our_names_and_tmux_names_and_types_the_rest() {
        let text = |word: &str| Ok(Word::Text(word.to_owned()));
        for (word, expected) in [
            ("Enter", Ok(Word::Key(key("Enter")))),
            ("C-b", Ok(Word::Key(key("ctrl-b")))),
            ("C-M-x", Ok(Word::Key(key("ctrl-alt-x")))),
            ("S-Up", Ok(Word::Key(key("shift-Up")))),
            ("^C", Ok(Word::Key(key("ctrl-c")))),
            ("BTab", Ok(Word::Key(key("shift-Tab")))),
            ("ctrl-c", Ok(Word::Key(key("ctrl-c")))),
            ("two", text("two")),
            ("y", text("y")),
            ("-", text("-")),
            ("^", text("^")),
            ("C-3PO", text("C-3PO")),
            ("naïve", text("naïve")),
        ] {
            assert_eq!(Word::parse(word), expected, "{word}");
        }
        assert!(Word::parse("ctrl-entr").is_err());
    }

    #[test]
    fn hints_show_short_labels() {
        for (name, label) in [
            ("ctrl-b", "^B"),
            ("ctrl-space", "^Space"),
            ("alt-1", "Alt+1"),
            ("ctrl-alt-x", "Ctrl+Alt+X"),
            ("ctrl-shift-x", "Ctrl+Shift+X"),
            ("shift-Tab", "Shift+Tab"),
            ("Enter", "Enter"),
            ("f5", "F5"),
            ("x", "x"),
            ("G", "G"),
        ] {
            assert_eq!(key(name).label(), label);
        }
    }

    pub(in crate::key) fn any_key() -> impl Strategy<Value = Key> {
        let code = prop_oneof![
            any::<char>().prop_filter("typed", |c| !c.is_control()).prop_map(Code::Char),
            (1u8..=35).prop_map(Code::F),
            proptest::sample::select(NAMED.map(|(_, code)| code).to_vec()),
            (57358u32..57500).prop_map(Code::Other),
        ];
        (code, 0u8..64).prop_map(|(code, mods)| Key::new(code, Mods(mods)))
    }

    proptest! {
        #[test]
        fn every_key_can_be_written_and_read_back(key in any_key()) {
            prop_assert_eq!(key.to_string().parse::<Key>(), Ok(key));
        }

        #[test]
        fn any_word_is_a_key_or_an_error(word in ".{0,12}") {
            let _ = word.parse::<Key>();
            let _ = Word::parse(&word);
        }
    }
}
