//! The bounds of keymaps, with their reasons.

/// Keys of a chord: more is a mistake in a keymap.
pub const CHORD_KEYS_MAX: usize = 4;
/// How long a begun chord that may be the program's own key (Ctrl+X) is held back: a person's second key
/// comes within this, and a program that got Ctrl+X alone is not kept waiting noticeably longer.
pub const CHORD_WAIT_MS: u64 = 500;
