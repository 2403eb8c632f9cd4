//! The modes of the user's terminal that are ours: how they are set, and how each is taken back.
//!
//! Pure. What is held travels as one byte to the guard, so that it can take back exactly that after a kill. Codes: xterm
//! ctlseqs; the kitty keyboard protocol's progressive enhancement (flags live per screen: pop before leaving it).

/// Which modes are held.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Held(pub(super) u8);

impl Held {
    /// Raw mode of the line discipline.
    pub(super) const RAW: Self = Self(1);
    /// The alternate screen, with the cursor hidden.
    pub(super) const SCREEN: Self = Self(2);
    /// Mouse, bracketed paste and focus reports.
    pub(super) const INPUT: Self = Self(4);
    /// The kitty keyboard protocol, pushed.
    pub(super) const KITTY: Self = Self(8);

    /// Whether all of `other` are held.
    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both.
    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The bytes that set these modes.
    pub(super) fn enter(self) -> Vec<u8> {
        self.bytes(&[
            (Self::SCREEN, "\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J"),
            (Self::INPUT, "\x1b[?1002h\x1b[?1006h\x1b[?2004h\x1b[?1004h"),
            // 1: tell apart what legacy encodings cannot (escape, ctrl-i and tab, …)
            (Self::KITTY, "\x1b[>1u"),
        ])
    }

    /// The bytes that take these modes back. They begin with ESC, which ends whatever sequence a cut frame left open.
    pub(super) fn leave(self) -> Vec<u8> {
        self.bytes(&[
            (Self::KITTY, "\x1b[<u"),
            (Self::INPUT, "\x1b[?1004l\x1b[?2004l\x1b[?1006l\x1b[?1002l"),
            (Self::SCREEN, "\x1b[?2026l\x1b[m\x1b[0 q\x1b[?25h\x1b[?1049l"),
        ])
    }

    fn bytes(self, table: &[(Self, &str)]) -> Vec<u8> {
        table.iter().filter(|(mode, _)| self.has(*mode)).flat_map(|(_, bytes)| bytes.bytes()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_private_mode_set_is_taken_back_and_nothing_else() {
        let all = Held(15);
        let (enter, leave) =
            (String::from_utf8(all.enter()).unwrap(), String::from_utf8(all.leave()).unwrap());
        for mode in ["?1049", "?1002", "?1006", "?2004", "?1004"] {
            assert!(enter.contains(&format!("{mode}h")) && leave.contains(&format!("{mode}l")), "{mode}");
        }
        assert!(leave.contains("?25h") && leave.find("<u") < leave.find("?1049l"));
        assert_eq!(Held::RAW.leave(), b"");
    }
}
