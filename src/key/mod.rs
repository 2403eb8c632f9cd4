//! Keys: their names, and their encoding for programs. Never reads a terminal.
//!
//! A key is kept in one spelling (see [`Key::canonical`]), whatever the outer terminal reports, so that a
//! keymap written on one terminal works on the next.

mod crossterm;
mod encode;
mod keypad;
mod kitty;
mod mouse;
mod name;
mod paste;

pub use self::{
    crossterm::{Keyboard, from_crossterm},
    encode::{Encoding, encode, focus, wheel_as_arrows},
    mouse::encode_mouse,
    name::{UnknownKey, Word},
    paste::Paste,
};

use serde::{Deserialize, Serialize};

/// A key with the modifiers held.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// Modifiers held; shift is left out where it is already in the character.
    pub mods: Mods,
}

impl Key {
    /// A key with modifiers, in canonical spelling.
    pub fn new(code: Code, mods: Mods) -> Self {
        Self { code, mods }.canonical()
    }

    /// A key without modifiers.
    pub const fn plain(code: Code) -> Self {
        Self { code, mods: Mods::NONE }
    }

    /// The one spelling of this key: for a letter, shift is in the letter (`A`), not in the modifiers.
    pub fn canonical(self) -> Self {
        let Code::Char(typed) = self.code else { return self };
        if !self.mods.has(Mods::SHIFT) || !(typed.is_lowercase() || typed.is_uppercase()) {
            return self;
        }
        let mut upper = typed.to_uppercase();
        // ß and its like become two characters: the shift stays a modifier
        match (upper.next(), upper.next()) {
            (Some(upper), None) => Self { code: Code::Char(upper), mods: self.mods.without(Mods::SHIFT) },
            _ => self,
        }
    }

    /// What a key of the keypad is when nobody tells keypads apart: `kp-5` is `5`, `kp-Enter` is `Enter`.
    pub fn without_keypad(self) -> Self {
        match self.code {
            Code::Other(number) => Self { code: keypad::plain(number).unwrap_or(self.code), mods: self.mods },
            _ => self,
        }
    }

    /// The character this key types into a text, if it types one.
    pub fn text(self) -> Option<char> {
        match self.without_keypad() {
            Self { code: Code::Char(typed), mods } if mods.without(Mods::SHIFT) == Mods::NONE => Some(typed),
            _ => None,
        }
    }
}

/// Which key was pressed, without its modifiers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Code {
    /// A character, as typed (`A` for shift-a).
    Char(char),
    /// Return.
    Enter,
    /// Tab; back-tab is Tab with shift.
    Tab,
    /// Backspace.
    Backspace,
    /// Escape.
    Esc,
    /// Cursor up.
    Up,
    /// Cursor down.
    Down,
    /// Cursor left.
    Left,
    /// Cursor right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Insert.
    Insert,
    /// Delete.
    Delete,
    /// Function key 1 to 35.
    F(u8),
    /// A key of the kitty protocol without a legacy encoding, by its number (57344…).
    Other(u32),
}

/// A set of modifiers, in the bit order of xterm and the kitty keyboard protocol.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mods(pub u8);

impl Mods {
    /// No modifier.
    pub const NONE: Self = Self(0);
    /// Shift.
    pub const SHIFT: Self = Self(1);
    /// Alt (option).
    pub const ALT: Self = Self(2);
    /// Control.
    pub const CTRL: Self = Self(4);
    /// Super (command, windows).
    pub const SUPER: Self = Self(8);
    /// Hyper.
    pub const HYPER: Self = Self(16);
    /// Meta.
    pub const META: Self = Self(32);

    /// Whether every modifier of `other` is held.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets together.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set without those of `other`.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// What happened to a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Press {
    /// Went down.
    #[default]
    Down,
    /// Held, repeated by the keyboard.
    Repeat,
    /// Went up; only reported by terminals with the kitty protocol.
    Up,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_is_in_the_letter_and_nowhere_else() {
        let shifted = |c| Key::new(Code::Char(c), Mods::SHIFT);
        assert_eq!(shifted('a'), Key::plain(Code::Char('A')));
        assert_eq!(shifted('A'), Key::plain(Code::Char('A')));
        assert_eq!(shifted('é'), Key::plain(Code::Char('É')));
        assert_eq!(shifted(' ').mods, Mods::SHIFT);
        assert_eq!(shifted('1').mods, Mods::SHIFT);
        assert_eq!(shifted('ß').mods, Mods::SHIFT);
    }

    #[test]
    fn only_unmodified_keys_type_text() {
        assert_eq!(Key::plain(Code::Char('x')).text(), Some('x'));
        assert_eq!(Key::new(Code::Char(' '), Mods::SHIFT).text(), Some(' '));
        assert_eq!(Key::plain(Code::Other(57404)).text(), Some('5'));
        assert_eq!(Key::new(Code::Char('x'), Mods::CTRL).text(), None);
        assert_eq!(Key::new(Code::Char('x'), Mods::ALT).text(), None);
        assert_eq!(Key::plain(Code::Enter).text(), None);
    }
}
