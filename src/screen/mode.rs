//! What a program has switched on: the modes that others act upon, and the cursor. Never decides anything.

use serde::{Deserialize, Serialize};

/// Modes that matter outside the screen: how keys, mouse, paste and focus are sent, and what is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Modes {
    /// Cursor keys send SS3 (DECCKM, `?1`).
    pub application_cursor: bool,
    /// The keypad sends SS3 (DECKPAM, `?66`).
    pub application_keypad: bool,
    /// Pastes are framed (`?2004`).
    pub bracketed_paste: bool,
    /// Which mouse events are reported.
    pub mouse: MouseMode,
    /// How they are encoded.
    pub mouse_encoding: MouseEncoding,
    /// Focus changes are reported (`?1004`).
    pub focus_events: bool,
    /// The alternate screen is shown (`?47`, `?1047`, `?1049`).
    pub alternate_screen: bool,
    /// The wheel sends cursor keys on the alternate screen (`?1007`); on by default, as in xterm-like terminals.
    pub alternate_scroll: bool,
    /// Flags of the kitty keyboard protocol in force (0 = legacy).
    pub kitty_keyboard: u8,
    /// xterm's modifyOtherKeys, 0 to 2.
    pub modify_other_keys: u8,
    /// Return sends CR LF and LF implies CR (LNM).
    pub newline: bool,
    /// Backspace sends BS instead of DEL (DECBKM, `?67`).
    pub backarrow: bool,
    /// The program is in the middle of a picture (`?2026`): best not redrawn. Whoever draws sets a time limit.
    pub synchronized: bool,
    /// The whole screen is shown inverse (DECSCNM, `?5`).
    pub reverse_video: bool,
}

impl Default for Modes {
    fn default() -> Self {
        Self {
            application_cursor: false,
            application_keypad: false,
            bracketed_paste: false,
            mouse: MouseMode::Off,
            mouse_encoding: MouseEncoding::Default,
            focus_events: false,
            alternate_screen: false,
            alternate_scroll: true,
            kitty_keyboard: 0,
            modify_other_keys: 0,
            newline: false,
            backarrow: false,
            synchronized: false,
            reverse_video: false,
        }
    }
}

/// Which mouse events a program wants.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MouseMode {
    /// None.
    #[default]
    Off,
    /// Presses only (`?9`).
    Press,
    /// Presses and releases (`?1000`).
    Normal,
    /// And motion with a button held (`?1002`).
    Button,
    /// And every motion (`?1003`).
    Any,
}

/// How mouse events are written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MouseEncoding {
    /// One byte a number.
    #[default]
    Default,
    /// Numbers as UTF-8 characters (`?1005`).
    Utf8,
    /// `CSI < … M` (`?1006`).
    Sgr,
    /// `CSI … M` (`?1015`).
    Urxvt,
    /// As [`Self::Sgr`], in pixels (`?1016`).
    SgrPixels,
}

/// Where the cursor is and how it looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Cursor {
    /// Row from the top, from 0.
    pub row: u16,
    /// Column, from 0, always on the screen.
    pub col: u16,
    /// Whether it is shown (`?25`).
    pub visible: bool,
    /// Its shape (DECSCUSR).
    pub shape: CursorShape,
    /// It stands behind the last column: the next character wraps first.
    pub wrap_pending: bool,
}

/// Shape of the cursor, DECSCUSR 0 to 6.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CursorShape {
    /// The terminal's own.
    #[default]
    Default,
    /// Blinking block.
    BlinkingBlock,
    /// Steady block.
    SteadyBlock,
    /// Blinking underline.
    BlinkingUnderline,
    /// Steady underline.
    SteadyUnderline,
    /// Blinking bar.
    BlinkingBar,
    /// Steady bar.
    SteadyBar,
}

impl CursorShape {
    const ALL: [Self; 7] = [
        Self::Default,
        Self::BlinkingBlock,
        Self::SteadyBlock,
        Self::BlinkingUnderline,
        Self::SteadyUnderline,
        Self::BlinkingBar,
        Self::SteadyBar,
    ];

    /// The shape of a DECSCUSR number.
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Its DECSCUSR number.
    pub const fn number(self) -> u8 {
        self as u8
    }
}
