//! Finds the few bytes of text that need care, each kind once per chunk, so that text without them costs a scan at
//! memory speed. Never looks at a byte twice unless it was found.

use memchr::{memchr, memchr3, memmem};

/// First byte of U+FE0F.
pub(super) const EMOJI_LEAD: u8 = 0xef;
const EMOJI: &[u8] = "\u{fe0f}".as_bytes();

/// Positions of the next byte of each kind.
pub(super) struct Rare {
    /// BS, SO, SI.
    control: usize,
    /// U+FE0F, the emoji selector.
    emoji: usize,
    /// A character of the range our own marks use.
    mark: usize,
    nearest: usize,
}

impl Rare {
    pub(super) fn new(bytes: &[u8]) -> Self {
        let mut rare = Self { control: 0, emoji: 0, mark: 0, nearest: 0 };
        rare.control = find_control(bytes, 0);
        rare.emoji = find_emoji(bytes, 0);
        rare.mark = find_mark(bytes, 0);
        rare.nearest = rare.control.min(rare.emoji).min(rare.mark);
        rare
    }

    /// The first one at or behind `from`; the length of `bytes` if there is none.
    #[inline]
    pub(super) fn next(&mut self, bytes: &[u8], from: usize) -> usize {
        if self.nearest < from {
            self.search(bytes, from);
        }
        self.nearest
    }

    #[cold]
    fn search(&mut self, bytes: &[u8], from: usize) {
        if self.control < from {
            self.control = find_control(bytes, from);
        }
        if self.emoji < from {
            self.emoji = find_emoji(bytes, from);
        }
        if self.mark < from {
            self.mark = find_mark(bytes, from);
        }
        self.nearest = self.control.min(self.emoji).min(self.mark);
    }
}

fn find_control(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    memchr3(0x08, 0x0e, 0x0f, rest).map_or(bytes.len(), |at| from + at)
}

fn find_emoji(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    memmem::find(rest, EMOJI).map_or(bytes.len(), |at| from + at)
}

/// U+E0200 to U+E0FFF begin with F3 A0 and 88 to BF.
fn find_mark(bytes: &[u8], mut from: usize) -> usize {
    while let Some(at) = memchr(0xf3, bytes.get(from..).unwrap_or_default()) {
        from += at;
        if let Some([0xf3, 0xa0, 0x88..=0xbf]) = bytes.get(from..from + 3) {
            return from;
        }
        from += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rare_byte_is_found_once() {
        let text = "a\u{8}é\u{fe0f}\u{f0001}x\u{e0200}\u{e0101}\u{e0fff}，\u{f}".as_bytes();
        let mut rare = Rare::new(text);
        let mut found = Vec::new();
        let mut at = 0;
        while rare.next(text, at) < text.len() {
            at = rare.next(text, at);
            found.push(text[at]);
            at += 1;
        }
        assert_eq!(found, [0x08, 0xef, 0xf3, 0xf3, 0x0f]);
    }
}
