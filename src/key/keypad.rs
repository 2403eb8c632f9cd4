//! Keys that only the kitty protocol tells apart: keypad, locks, media, modifiers. Never encodes.
//!
//! Numbers are those of the kitty keyboard protocol ("Functional key definitions").

use super::Code;

/// A key by its kitty number.
pub(super) struct Special {
    pub(super) number: u32,
    pub(super) name: &'static str,
    /// What it is where keypads are not told apart.
    pub(super) plain: Option<Code>,
    /// Final byte of its `SS3` sequence in application keypad mode (xterm ctlseqs, "VT220-style function keys").
    pub(super) application: Option<u8>,
}

/// The row of a number.
pub(super) fn find(number: u32) -> Option<&'static Special> {
    SPECIALS.iter().find(|special| special.number == number)
}

/// The key that `number` is where keypads are not told apart.
pub(super) fn plain(number: u32) -> Option<Code> {
    find(number)?.plain
}

/// The number of the keypad key that types `code`.
pub(super) fn number_of(code: Code) -> Option<u32> {
    SPECIALS.iter().find(|special| special.plain == Some(code)).map(|special| special.number)
}

const fn pad(number: u32, name: &'static str, plain: Code, application: Option<u8>) -> Special {
    Special { number, name, plain: Some(plain), application }
}

const fn other(number: u32, name: &'static str) -> Special {
    Special { number, name, plain: None, application: None }
}

/// Every such key.
pub(super) const SPECIALS: &[Special] = &[
    other(57358, "caps-lock"),
    other(57359, "scroll-lock"),
    other(57360, "num-lock"),
    other(57361, "print-screen"),
    other(57362, "pause"),
    other(57363, "menu"),
    pad(57399, "kp-0", Code::Char('0'), Some(b'p')),
    pad(57400, "kp-1", Code::Char('1'), Some(b'q')),
    pad(57401, "kp-2", Code::Char('2'), Some(b'r')),
    pad(57402, "kp-3", Code::Char('3'), Some(b's')),
    pad(57403, "kp-4", Code::Char('4'), Some(b't')),
    pad(57404, "kp-5", Code::Char('5'), Some(b'u')),
    pad(57405, "kp-6", Code::Char('6'), Some(b'v')),
    pad(57406, "kp-7", Code::Char('7'), Some(b'w')),
    pad(57407, "kp-8", Code::Char('8'), Some(b'x')),
    pad(57408, "kp-9", Code::Char('9'), Some(b'y')),
    pad(57409, "kp-decimal", Code::Char('.'), Some(b'n')),
    pad(57410, "kp-divide", Code::Char('/'), Some(b'o')),
    pad(57411, "kp-multiply", Code::Char('*'), Some(b'j')),
    pad(57412, "kp-subtract", Code::Char('-'), Some(b'm')),
    pad(57413, "kp-add", Code::Char('+'), Some(b'k')),
    pad(57414, "kp-enter", Code::Enter, Some(b'M')),
    pad(57415, "kp-equal", Code::Char('='), Some(b'X')),
    pad(57416, "kp-separator", Code::Char(','), Some(b'l')),
    pad(57417, "kp-left", Code::Left, None),
    pad(57418, "kp-right", Code::Right, None),
    pad(57419, "kp-up", Code::Up, None),
    pad(57420, "kp-down", Code::Down, None),
    pad(57421, "kp-pageup", Code::PageUp, None),
    pad(57422, "kp-pagedown", Code::PageDown, None),
    pad(57423, "kp-home", Code::Home, None),
    pad(57424, "kp-end", Code::End, None),
    pad(57425, "kp-insert", Code::Insert, None),
    pad(57426, "kp-delete", Code::Delete, None),
    other(KEYPAD_BEGIN, "kp-begin"),
    other(57428, "media-play"),
    other(57429, "media-pause"),
    other(57430, "media-play-pause"),
    other(57431, "media-reverse"),
    other(57432, "media-stop"),
    other(57433, "media-fast-forward"),
    other(57434, "media-rewind"),
    other(57435, "media-next"),
    other(57436, "media-previous"),
    other(57437, "media-record"),
    other(57438, "volume-down"),
    other(57439, "volume-up"),
    other(57440, "volume-mute"),
    other(57441, "left-shift"),
    other(57442, "left-ctrl"),
    other(57443, "left-alt"),
    other(57444, "left-super"),
    other(57445, "left-hyper"),
    other(57446, "left-meta"),
    other(57447, "right-shift"),
    other(57448, "right-ctrl"),
    other(57449, "right-alt"),
    other(57450, "right-super"),
    other(57451, "right-hyper"),
    other(57452, "right-meta"),
    other(57453, "level3-shift"),
    other(57454, "level5-shift"),
];

/// The keypad's middle key with num lock off.
pub(super) const KEYPAD_BEGIN: u32 = 57427;
/// The first of the modifier keys themselves; they are only told to programs that want every key.
pub(super) const MODIFIERS: std::ops::RangeInclusive<u32> = 57441..=57454;
