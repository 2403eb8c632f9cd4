//! What the user's terminal says about itself, told apart from what the user types meanwhile.
//!
//! Pure. Asked once, before the event stream starts (crossterm would turn replies into keys), with DA1 last: every terminal
//! answers it, in order, so its answer ends the others. Keys typed before that are kept, in the plain encodings that hold
//! until we ask for others. Nothing of a reply is shown but the name, cleaned. Codes: xterm ctlseqs; DEC mode 2026's and
//! kitty's keyboard pages.

use super::{
    capability::named,
    limits::{NAME_COLS_MAX, PROBE_BYTES_MAX},
};
use crate::{
    key::{Code, Key, Mods},
    protocol::client::Terminal,
    screen::clean,
};

/// Questions and answers.
#[derive(Debug)]
pub(super) struct Probe {
    /// As far as it is known.
    pub(super) terminal: Terminal,
    /// The last question is answered.
    pub(super) done: bool,
    /// The beginning of a sequence.
    bytes: Vec<u8>,
}

impl Probe {
    /// Starts from what the environment says.
    pub(super) fn new(terminal: Terminal) -> Self {
        Self { terminal, done: false, bytes: Vec::new() }
    }

    /// The questions. Two terminals print what they do not know: there only the one that all understand is asked.
    pub(super) fn questions(&self) -> &'static [u8] {
        match self.terminal.name.as_str() {
            "linux" | "Apple_Terminal" => b"\x1b[c",
            _ => b"\x1b]10;?\x1b\\\x1b]11;?\x1b\\\x1b[>q\x1b[?2026$p\x1b[?u\x1b[c",
        }
    }

    /// Takes what the terminal sent; the keys among it.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Key> {
        self.bytes.extend_from_slice(bytes);
        let taken = std::mem::take(&mut self.bytes);
        let mut rest = taken.as_slice();
        let mut keys = Vec::new();
        while !rest.is_empty() {
            let Some((token, after)) = next(rest) else { break };
            keys.extend(self.token(token));
            rest = after;
        }
        // a reply without an end would be kept for ever
        if rest.len() <= PROBE_BYTES_MAX {
            self.bytes = rest.to_vec();
        }
        keys
    }

    /// Nothing more will come: a lone escape was the key.
    pub(super) fn finish(&mut self) -> Option<Key> {
        self.done = true;
        (std::mem::take(&mut self.bytes) == b"\x1b").then_some(Key { code: Code::Esc, mods: Mods::NONE })
    }

    fn token(&mut self, token: Token<'_>) -> Option<Key> {
        match token {
            Token::Key(key) => return key,
            Token::Control { private: Some(b'?'), body, end } => self.private(body, end),
            Token::Control { body, end, .. } => return control_key(body, end),
            Token::Text(text) => self.text(text),
        }
        None
    }

    fn private(&mut self, body: &str, end: u8) {
        match (end, body) {
            (b'c', _) => self.done = true,
            (b'u', _) => self.terminal.kitty_keyboard = true,
            // 1 and 2: set and reset, so it can be set
            (b'y', "2026;1$" | "2026;2$") => self.terminal.synchronized = true,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(name) = text.strip_prefix(">|") {
            let name = clean(name, NAME_COLS_MAX);
            self.terminal = named(std::mem::take(&mut self.terminal), name);
        } else if let Some(colour) = text.strip_prefix("10;") {
            self.terminal.foreground = rgb(colour);
        } else if let Some(colour) = text.strip_prefix("11;") {
            self.terminal.background = rgb(colour);
        }
    }
}

/// One key or one sequence.
enum Token<'a> {
    /// A key, or something that means none.
    Key(Option<Key>),
    /// `CSI`: parameters and intermediates, and the final byte.
    Control { private: Option<u8>, body: &'a str, end: u8 },
    /// `OSC` or `DCS`.
    Text(&'a str),
}

/// The first token and what follows it; none if it is not complete.
fn next(bytes: &[u8]) -> Option<(Token<'_>, &[u8])> {
    match bytes {
        [0x1b] | [0x1b, b'O'] => None,
        [0x1b, b'[', body @ ..] => {
            let end = body.iter().position(|byte| (0x40..=0x7e).contains(byte))?;
            let (body, rest) = body.split_at(end);
            let (&end, rest) = rest.split_first()?;
            let private = body.first().copied().filter(|byte| (b'<'..=b'?').contains(byte));
            let body = body.get(usize::from(private.is_some())..).unwrap_or_default();
            Some((Token::Control { private, body: str::from_utf8(body).unwrap_or_default(), end }, rest))
        }
        [0x1b, b']' | b'P', body @ ..] => {
            let end = body.iter().position(|byte| matches!(byte, 0x07 | 0x1b))?;
            let (text, rest) = body.split_at(end);
            let rest = if rest.first() == Some(&0x07) { rest.get(1..)? } else { rest.get(2..)? };
            Some((Token::Text(str::from_utf8(text).unwrap_or_default()), rest))
        }
        [0x1b, b'O', end, rest @ ..] => Some((Token::Key(control_key("", *end)), rest)),
        [0x1b, rest @ ..] => {
            let (key, rest) = plain(rest)?;
            Some((Token::Key(key.map(|key| Key { mods: key.mods.with(Mods::ALT), ..key })), rest))
        }
        bytes => plain(bytes).map(|(key, rest)| (Token::Key(key), rest)),
    }
}

/// A character or control character; a line feed is a Return typed before raw mode was on.
fn plain(bytes: &[u8]) -> Option<(Option<Key>, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    let ctrl = |byte: u8| Key::new(Code::Char(char::from(byte)), Mods::CTRL);
    let key = match first {
        b'\r' | b'\n' => Key::plain(Code::Enter),
        b'\t' => Key::plain(Code::Tab),
        0x1b => Key::plain(Code::Esc),
        0x7f => Key::plain(Code::Backspace),
        0 => ctrl(b' '),
        1..=26 => ctrl(first + b'a' - 1),
        28..=31 => ctrl(first + b'\\' - 28),
        0x20..0x7f => Key::plain(Code::Char(char::from(first))),
        0x80.. => {
            let length = usize::try_from(first.leading_ones()).unwrap_or(1).clamp(1, 4);
            let (character, rest) = bytes.split_at_checked(length)?;
            let character = str::from_utf8(character).ok().and_then(|text| text.chars().next());
            return Some((character.map(|c| Key::plain(Code::Char(c))), rest));
        }
    };
    Some((Some(key), rest))
}

/// The keys people type while something starts; others are dropped.
fn control_key(body: &str, end: u8) -> Option<Key> {
    let (number, mods) = body.split_once(';').unwrap_or((body, "1"));
    let code = match (end, number) {
        (b'A', _) => Code::Up,
        (b'B', _) => Code::Down,
        (b'C', _) => Code::Right,
        (b'D', _) => Code::Left,
        (b'H', _) | (b'~', "1" | "7") => Code::Home,
        (b'F', _) | (b'~', "4" | "8") => Code::End,
        (b'~', "2") => Code::Insert,
        (b'~', "3") => Code::Delete,
        (b'~', "5") => Code::PageUp,
        (b'~', "6") => Code::PageDown,
        _ => return None,
    };
    Some(Key::new(code, Mods(mods.parse::<u8>().ok()?.saturating_sub(1))))
}

/// `rgb:` and three hexadecimal fractions of one to four digits, as X11's XParseColor; `rgba:` too.
fn rgb(colour: &str) -> Option<[u8; 3]> {
    let (_, parts) = colour.split_once(':')?;
    let mut parts = parts.split('/').map(|part| {
        let value = u32::from_str_radix(part, 16).ok().filter(|_| (1..=4).contains(&part.len()))?;
        let full = (1u32 << (4 * u32::try_from(part.len()).ok()?)) - 1;
        u8::try_from((value * 255 + full / 2) / full).ok()
    });
    Some([parts.next()??, parts.next()??, parts.next()??])
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPLIES: &[u8] = b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\\x1b]11;rgb:1e/1e/2e\x07\x1bP>|kitty(0.35.2)\x1b\\\x1b[?2026;2$y\x1b[?0u\x1b[?62;c";

    fn names(keys: &[Key]) -> String {
        keys.iter().map(|key| format!("{key} ")).collect()
    }

    #[test]
    fn replies_become_capabilities_however_they_are_cut() {
        for cut in 1..REPLIES.len() {
            let mut probe = Probe::new(Terminal::default());
            let keys: Vec<Key> = REPLIES.chunks(cut).flat_map(|piece| probe.feed(piece)).collect();
            assert_eq!(keys, [], "{cut}");
            assert!(probe.done && probe.terminal.synchronized && probe.terminal.kitty_keyboard, "{cut}");
            assert_eq!(probe.terminal.background, Some([0x1e, 0x1e, 0x2e]));
            assert_eq!(probe.terminal.foreground, Some([255; 3]));
            assert_eq!(probe.terminal.name, "kitty(0.35.2)");
            assert!(probe.terminal.hyperlinks);
        }
    }

    #[test]
    fn keys_typed_between_the_replies_are_kept() {
        let mut probe = Probe::new(Terminal::default());
        let typed = "ls é\x1b[A\x1b]11;rgb:0/0/0\x07\x02\x1bf\x1b[1;5D\n\x7f";
        assert_eq!(
            names(&probe.feed(typed.as_bytes())),
            "l s space é Up ctrl-b alt-f ctrl-Left Enter Backspace "
        );
        assert_eq!(probe.feed(b"\x1b"), []);
        assert_eq!(probe.finish(), Some(Key { code: Code::Esc, mods: Mods::NONE }));
    }

    #[test]
    fn a_reply_without_an_end_is_bounded() {
        let mut probe = Probe::new(Terminal::default());
        probe.feed(b"\x1b]11;");
        for _ in 0..100 {
            probe.feed(&[b'x'; 1024]);
        }
        assert!(probe.bytes.len() <= PROBE_BYTES_MAX);
    }

    #[test]
    fn a_console_that_prints_what_it_does_not_know_is_asked_one_thing() {
        let console = Terminal { name: "linux".into(), ..Terminal::default() };
        assert_eq!(Probe::new(console).questions(), b"\x1b[c");
    }
}
