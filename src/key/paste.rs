//! Pasted text made safe to type. Never lets a paste press a key.
//!
//! A paste is text somebody else may have written: an escape sequence or a control character in it would
//! act as a key (Ctrl+C, Esc, Ctrl+R …), and an embedded end marker would end the bracket early, so that
//! the rest is typed as commands (reliability.md §5, T3).

/// A cleaned paste.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Paste {
    /// Its text; lines end with LF, the only control character beside TAB.
    pub text: String,
    /// Characters that were dropped, to be told.
    pub dropped: usize,
}

const START: &[u8] = b"\x1b[200~";
const END: &[u8] = b"\x1b[201~";

impl Paste {
    /// Cleans what a terminal, a script or an agent pasted: no ESC, no C1 control in either encoding, no C0
    /// control but TAB, CR and LF, no DEL, no paste marker, only UTF-8. CR LF and CR become LF.
    pub fn clean(bytes: &[u8]) -> Self {
        let mut paste = Self::default();
        for chunk in bytes.utf8_chunks() {
            paste.push_valid(chunk.valid());
            // raw C1 bytes are among these; a terminal in an 8-bit mode would obey them
            paste.dropped += chunk.invalid().len();
        }
        paste
    }

    fn push_valid(&mut self, text: &str) {
        let mut chars = text.chars().peekable();
        while let Some(next) = chars.next() {
            match next {
                '\t' | '\n' => self.text.push(next),
                '\r' => {
                    chars.next_if_eq(&'\n');
                    self.text.push('\n');
                }
                '\x1b' | '\u{9b}' => {
                    self.dropped += 1;
                    let rest: String = chars.clone().take(5).collect();
                    let marker = rest.strip_prefix('[').unwrap_or(&rest);
                    if marker.starts_with("200~") || marker.starts_with("201~") {
                        let length = rest.len() - marker.len() + 4;
                        self.dropped += length;
                        chars.nth(length - 1);
                    }
                }
                _ if next.is_control() => self.dropped += 1,
                _ => self.text.push(next),
            }
        }
    }

    /// Whether it has more than one line: to a program without bracketed paste each line end presses Enter.
    pub fn is_multi_line(&self) -> bool {
        self.text.contains('\n')
    }

    /// The bytes to send a program: line ends are CR, as Enter types them; framed if its bracketed paste
    /// mode (DEC mode 2004) is on now.
    pub fn bytes(&self, bracketed: bool) -> Vec<u8> {
        let text = self.text.bytes().map(|byte| if byte == b'\n' { b'\r' } else { byte });
        if bracketed {
            START.iter().copied().chain(text).chain(END.iter().copied()).collect()
        } else {
            text.collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_in_a_paste_can_act_as_a_key() {
        for (pasted, text, dropped) in [
            (&b"plain"[..], "plain", 0),
            (b"tab\there", "tab\there", 0),
            (b"a\r\nb\rc\nd", "a\nb\nc\nd", 0),
            (b"\x1b[31mred", "[31mred", 1),
            (b"x\x03y\x00\x7f", "xy", 3),
            ("c1\u{9b}31m\u{85}".as_bytes(), "c131m", 2),
            (b"raw\x9b31m", "raw31m", 1),
            (b"end\x1b[201~rm -rf ~\r", "endrm -rf ~\n", 6),
            ("end\u{9b}201~x".as_bytes(), "endx", 5),
            (b"\x1b[20\x1b[201~1~x", "[201~x", 7),
            (b"\x1b\x1b[201~x", "x", 7),
            ("naïve ☃ 漢字".as_bytes(), "naïve ☃ 漢字", 0),
            (b"half \xe2\x98", "half ", 2),
            (b"\xc2\x1b\x9b0m", "0m", 3),
            (b"\x1b[200", "[200", 1),
        ] {
            let paste = Paste::clean(pasted);
            assert_eq!((paste.text.as_str(), paste.dropped), (text, dropped), "{pasted:?}");
        }
    }

    #[test]
    fn lines_are_typed_with_enter_and_framed_when_asked() {
        let paste = Paste::clean(b"one\ntwo");
        assert_eq!(paste.bytes(false), b"one\rtwo");
        assert_eq!(paste.bytes(true), b"\x1b[200~one\rtwo\x1b[201~");
        assert!(paste.is_multi_line());
    }

    proptest! {
        #[test]
        fn no_bytes_escape_the_frame(bytes in proptest::collection::vec(
            prop_oneof![Just(0x1b), Just(b'['), Just(b'2'), Just(b'0'), Just(b'1'), Just(b'~'), any::<u8>()],
            0..64,
        )) {
            let framed = Paste::clean(&bytes).bytes(true);
            let inner = framed.strip_prefix(START).and_then(|rest| rest.strip_suffix(END)).unwrap();
            let inner = std::str::from_utf8(inner).unwrap();
            prop_assert!(inner.chars().all(|c| !c.is_control() || c == '\t' || c == '\r'));
        }
    }
}
