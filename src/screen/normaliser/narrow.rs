//! Output that can change one row only: what is typed and echoed. Never says so of anything it has not understood to the
//! last byte.

use super::Normaliser;

impl Normaliser {
    /// The only row that `bytes` can change, if they are a short piece of text, CR, BS, BEL, SGR and changes within a line.
    pub(in crate::screen) fn only_row(&self, bytes: &[u8]) -> Option<u16> {
        let (row, col) = self.grid.position();
        let cols = self.grid.size().cols;
        let special = self.text_special || self.controls_special || !self.in_ground();
        let mut span = Span { first: col, last: col, cols };
        (!special && bytes.len() <= usize::from(cols) && col < cols).then_some(())?;
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            match byte {
                0x1b => rest = span.sequence(after)?,
                _ => span.byte(byte)?,
            }
        }
        Some(row)
    }
}

/// The columns the cursor may be in.
struct Span {
    first: u16,
    last: u16,
    cols: u16,
}

impl Span {
    /// One character or control; `None` if another row may be touched.
    fn byte(&mut self, byte: u8) -> Option<()> {
        match byte {
            7 => {}
            8 if self.first > 0 => (self.first, self.last) = (self.first - 1, self.last.saturating_sub(1)),
            b'\r' => (self.first, self.last) = (0, 0),
            0x20..=0x7e => (self.first, self.last) = (self.first + 1, self.last + 1),
            // a combining character at the left edge belongs to the row above; C1 controls begin with 0xc2
            0x80..=0xbf | 0xc3..=0xf4 if self.first > 0 => self.last += 1,
            _ => return None,
        }
        (self.last <= self.cols).then_some(())
    }

    /// What follows an ESC: a CSI that stays in its line. The rest behind it.
    fn sequence<'a>(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let bytes = bytes.strip_prefix(b"[")?;
        let end = bytes.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b';' | b':'))?;
        match bytes.get(end)? {
            b'm' | b'K' | b'P' | b'X' | b'@' => {}
            b'C' => self.last = self.cols - 1,
            b'D' => self.first = 0,
            b'G' => (self.first, self.last) = (0, self.cols - 1),
            _ => return None,
        }
        bytes.get(end + 1..)
    }
}
