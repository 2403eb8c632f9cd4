//! Attributes vt100 cannot store, interned. Never a parallel grid: a cell carries the number of its set as one
//! zero-width character behind its text, which vt100 moves, scrolls and drops with the cell.
//!
//! The numbers are written as U+E0200…U+E0FFF: unassigned, invisible, of width 0, and unlike U+E0100…E01EF not
//! variation selectors of real text. A program's own are dropped before they reach a cell.

use super::{Attributes, Colour, Underline, limits};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::HashMap};

const FIRST: u32 = 0xE_0200;
const LAST: u32 = 0xE_0FFF;
/// How many sets can be in use at once.
pub(super) const EXTRAS_MAX: usize = (LAST - FIRST + 1) as usize;

/// A set of attributes beyond vt100's.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub(super) struct Extra {
    /// Strike, blink, conceal, overline; bold where vt100 has dim instead.
    pub(super) flags: Flags,
    /// An underline other than single; none else.
    pub(super) underline: Underline,
    pub(super) underline_colour: Colour,
    pub(super) link: Option<Box<str>>,
}

/// On/off attributes of an [`Extra`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub(super) struct Flags {
    pub(super) strike: bool,
    pub(super) blink: bool,
    pub(super) conceal: bool,
    pub(super) overline: bool,
    pub(super) bold: bool,
    /// Not erased by selective erase (DECSCA).
    pub(super) protected: bool,
}

impl Flags {
    pub(super) fn attributes(self) -> Attributes {
        Attributes::NONE
            .and_if(self.strike, Attributes::STRIKE)
            .and_if(self.blink, Attributes::BLINK)
            .and_if(self.conceal, Attributes::CONCEAL)
            .and_if(self.overline, Attributes::OVERLINE)
            .and_if(self.bold, Attributes::BOLD)
    }
}

/// The sets in use, by number (from 1).
#[derive(Clone, Debug, Default)]
pub(super) struct Extras {
    sets: Vec<Option<Extra>>,
    numbers: HashMap<Extra, u16>,
    link_bytes: usize,
}

impl Extras {
    /// The number of a set: 0 for the empty one, `None` when there is no room.
    pub(super) fn number(&mut self, extra: &Extra) -> Option<u16> {
        if *extra == Extra::default() {
            return Some(0);
        }
        if let Some(number) = self.numbers.get(extra) {
            return Some(*number);
        }
        let bytes = extra.link.as_ref().map_or(0, |link| link.len());
        if self.link_bytes + bytes > limits::LINKS_BYTES_MAX {
            return None;
        }
        let slot = match self.sets.iter().position(Option::is_none) {
            Some(free) if self.numbers.len() < self.sets.len() => free,
            _ if self.sets.len() < EXTRAS_MAX => {
                self.sets.push(None);
                self.sets.len() - 1
            }
            _ => return None,
        };
        let number = u16::try_from(slot + 1).ok()?;
        *self.sets.get_mut(slot)? = Some(extra.clone());
        self.numbers.insert(extra.clone(), number);
        self.link_bytes += bytes;
        Some(number)
    }

    /// The set a cell's text names.
    pub(super) fn of(&self, contents: &str) -> Option<&Extra> {
        let number = number_in(contents)?;
        self.sets.get(usize::from(number) - 1)?.as_ref()
    }

    /// Forgets all sets but those `live` knows by number.
    pub(super) fn keep(&mut self, live: impl Fn(u16) -> bool) {
        self.numbers.retain(|_, number| live(*number));
        self.link_bytes = 0;
        for (slot, set) in self.sets.iter_mut().enumerate() {
            if u16::try_from(slot + 1).is_ok_and(&live) {
                self.link_bytes +=
                    set.as_ref().and_then(|set| set.link.as_ref()).map_or(0, |link| link.len());
            } else {
                *set = None;
            }
        }
    }

    /// The sets with their numbers, for a checkpoint.
    pub(super) fn list(&self) -> Vec<(u16, Extra)> {
        let mut list: Vec<_> = self.numbers.iter().map(|(set, number)| (*number, set.clone())).collect();
        list.sort_unstable_by_key(|(number, _)| *number);
        list
    }

    /// The table a checkpoint listed; `None` if a number cannot be.
    pub(super) fn from_list(list: Vec<(u16, Extra)>) -> Option<Self> {
        let mut extras = Self::default();
        for (number, extra) in list {
            let slot = usize::from(number).checked_sub(1).filter(|slot| *slot < EXTRAS_MAX)?;
            if extras.sets.len() <= slot {
                extras.sets.resize(slot + 1, None);
            }
            extras.link_bytes += extra.link.as_ref().map_or(0, |link| link.len());
            extras.numbers.insert(extra.clone(), number);
            *extras.sets.get_mut(slot)? = Some(extra);
        }
        Some(extras)
    }
}

/// The character that stands for a set's number in a cell.
pub(super) fn selector(number: u16) -> Option<char> {
    let index = u32::from(number).checked_sub(1)?;
    char::from_u32(FIRST + index).filter(|ch| is_selector(*ch))
}

/// Whether a character is one of our marks.
pub(super) fn is_selector(ch: char) -> bool {
    (FIRST..=LAST).contains(&u32::from(ch))
}

/// The number in a cell's text.
pub(super) fn number_in(contents: &str) -> Option<u16> {
    // most cells hold one character; a mark is 4 bytes behind another one
    if contents.len() < 5 {
        return None;
    }
    let mark = contents.chars().find(|ch| is_selector(*ch))?;
    u16::try_from(u32::from(mark) - FIRST + 1).ok()
}

/// A cell's text without the mark, and with U+FFFD where its stand-in is.
pub(super) fn visible(contents: &str) -> Cow<'_, str> {
    let contents = if contents.starts_with(super::grid::STAND_IN) { "\u{fffd}" } else { contents };
    if contents.len() < 5 {
        return Cow::Borrowed(contents);
    }
    match contents.find(is_selector) {
        None => Cow::Borrowed(contents),
        Some(at) if at + 4 == contents.len() => Cow::Borrowed(contents.get(..at).unwrap_or(contents)),
        Some(_) => Cow::Owned(contents.chars().filter(|ch| !is_selector(*ch)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthChar;

    fn link(n: usize) -> Extra {
        Extra { link: Some(format!("https://example.org/{n}").into()), ..Extra::default() }
    }

    #[test]
    fn every_mark_is_invisible() {
        assert!((1..=EXTRAS_MAX as u16).all(|number| selector(number).unwrap().width() == Some(0)));
        assert_eq!((selector(0), selector(EXTRAS_MAX as u16 + 1)), (None, None));
    }

    #[test]
    fn a_mark_is_found_in_a_cell_and_taken_out_of_it() {
        let mark = selector(7).unwrap();
        for (contents, text) in [(format!("x{mark}"), "x"), (format!("e{mark}\u{301}"), "e\u{301}")] {
            assert_eq!((number_in(&contents), visible(&contents).as_ref()), (Some(7), text));
        }
        assert_eq!((number_in("漢\u{301}"), visible("漢\u{301}").as_ref()), (None, "漢\u{301}"));
    }

    #[test]
    fn numbers_are_used_again_after_a_set_is_gone() {
        let mut extras = Extras::default();
        for n in 0..EXTRAS_MAX {
            assert_eq!(extras.number(&link(n)), Some(n as u16 + 1));
        }
        assert_eq!(extras.number(&link(EXTRAS_MAX)), None);
        extras.keep(|number| number == 3);
        assert_eq!((extras.number(&link(2)), extras.number(&link(EXTRAS_MAX))), (Some(3), Some(1)));
        let again = Extras::from_list(extras.list()).unwrap();
        assert_eq!(again.list(), extras.list());
    }
}
