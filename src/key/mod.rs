//! Keys: their names, and their encoding for programs. Never reads a terminal.

use serde::{Deserialize, Serialize};

/// A key with the modifiers held.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// Modifiers held; shift is left out where it is already in the character.
    pub mods: Mods,
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
