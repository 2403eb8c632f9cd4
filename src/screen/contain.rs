//! Keeps a failure of the emulator inside one screen: a panic costs the bytes it happened on, not the task. Never lets
//! one out, never hides it: an [`Effect::Fault`] tells.

use super::{Effect, limits::FAULTS_MAX, normaliser::Normaliser};
use crate::task::Size;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A normaliser that may panic.
pub(super) struct Contained {
    pub(super) normaliser: Normaliser,
    faults: u8,
    raw: bool,
}

impl Contained {
    pub(super) const fn new(normaliser: Normaliser) -> Self {
        Self { normaliser, faults: 0, raw: false }
    }

    /// Shows output without interpreting it from now on.
    pub(super) const fn show_raw(&mut self) {
        self.raw = true;
    }

    /// See [`super::Screen::advance`].
    pub(super) fn advance(&mut self, offset: u64, bytes: &[u8], effects: &mut Vec<Effect>) -> usize {
        let normaliser = &mut self.normaliser;
        let raw = self.raw;
        let attempt = AssertUnwindSafe(|| {
            if raw {
                normaliser.advance(offset, uninterpreted(bytes).as_bytes());
                bytes.len()
            } else {
                normaliser.advance(offset, bytes)
            }
        });
        let used = catch_unwind(attempt);
        if self.normaliser.grid.take_bell() && effects.last() != Some(&Effect::Bell) {
            effects.push(Effect::Bell);
        }
        effects.append(&mut self.normaliser.effects);
        used.unwrap_or_else(|_| {
            self.rebuild(self.normaliser.grid.size());
            effects.push(Effect::Fault { offset: offset + bytes.len() as u64 });
            bytes.len()
        })
    }

    /// The only row that `bytes` can change, if that is sure.
    pub(super) fn only_row(&self, bytes: &[u8]) -> Option<u16> {
        if self.raw { None } else { self.normaliser.only_row(bytes) }
    }

    /// See [`super::Screen::can_skip`].
    pub(super) fn can_skip(&self) -> bool {
        !self.raw && self.normaliser.can_skip()
    }

    /// See [`super::Screen::scroll_away`].
    pub(super) fn scroll_away(&mut self) {
        let normaliser = &mut self.normaliser;
        if catch_unwind(AssertUnwindSafe(|| normaliser.scroll_away())).is_err() {
            self.rebuild(self.normaliser.grid.size());
        }
    }

    pub(super) fn resize(&mut self, size: Size) {
        let normaliser = &mut self.normaliser;
        if catch_unwind(AssertUnwindSafe(|| normaliser.resize(size))).is_err() {
            self.rebuild(size);
        }
    }

    /// A new emulator with what the old one still shows; with nothing if even that fails.
    fn rebuild(&mut self, size: Size) {
        let broken = &self.normaliser;
        let saved = catch_unwind(AssertUnwindSafe(|| {
            let mut saved = Normaliser::restore(&broken.checkpoint())?;
            saved.resize(size);
            Some(saved)
        }));
        self.normaliser = saved.ok().flatten().unwrap_or_else(|| Normaliser::new(size));
        self.faults = self.faults.saturating_add(1);
        self.raw |= self.faults >= FAULTS_MAX;
    }
}

/// Output as text: line feeds and tabs act, other controls are shown as `^[` and the like.
fn uninterpreted(bytes: &[u8]) -> String {
    let mut text = String::new();
    for ch in String::from_utf8_lossy(bytes).chars() {
        match ch {
            '\n' => text.push_str("\r\n"),
            '\t' => text.push(ch),
            '\r' => {}
            '\0'..=' ' | '\x7f' if ch != ' ' => {
                text.push('^');
                text.extend(char::from_u32(u32::from(ch) ^ 0x40));
            }
            _ if ch.is_control() || ch == '\u{fe0f}' => {}
            _ => text.push(ch),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spoils the grid as vt100 0.18.1 lets output do when nothing guards it.
    fn spoil(contained: &mut Contained) {
        contained.normaliser.grid.process("\x1b[5;1Hxxxxxxxxx❤\u{fe0f}".as_bytes());
    }

    #[test]
    fn a_panic_costs_some_bytes_and_no_more() {
        let mut contained = Contained::new(Normaliser::new(Size::new(5, 10)));
        let mut effects = Vec::new();
        contained.advance(0, b"kept\x1b]0;title\x07\x1b[?2004h", &mut effects);
        spoil(&mut contained);
        effects.clear();
        let used = contained.advance(100, b"\x1b[4;10Hx", &mut effects);
        assert_eq!((used, effects.as_slice()), (8, [Effect::Fault { offset: 108 }].as_slice()));
        contained.advance(108, b"\x1b[2;1Hnext", &mut effects);
        let screen = super::super::Screen { inner: contained, versions: super::super::Versions::new() };
        assert!(screen.text().contains("next"), "{}", screen.text());
        assert_eq!((screen.title(), screen.modes().bracketed_paste), ("title", true));
    }

    #[test]
    fn a_screen_that_fails_again_and_again_shows_its_output_as_it_is() {
        let mut contained = Contained::new(Normaliser::new(Size::new(5, 10)));
        let mut effects = Vec::new();
        for _ in 0..FAULTS_MAX {
            spoil(&mut contained);
            contained.advance(0, b"\x1b[4;10Hx", &mut effects);
        }
        assert_eq!(effects.len(), usize::from(FAULTS_MAX));
        contained.advance(0, b"\n\x1b[31mred\n", &mut effects);
        let screen = super::super::Screen { inner: contained, versions: super::super::Versions::new() };
        assert!(screen.text().contains("^[[31mred"), "{}", screen.text());
    }
}
