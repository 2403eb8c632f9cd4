//! What a cell carries beyond ratatui's styles: underline styles, overline, hyperlinks.
//!
//! Never in the buffer itself: a cell's symbol ends with one zero-width *mark* (U+E0100 + number), which rides along when
//! text is cut, wrapped or scrolled by any widget; the marks are numbers into the picture's own table. Costs nothing unused.

/// Attributes of a cell that ratatui's `Style` has no field for.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Extra {
    /// How the underline is drawn, where the cell is underlined.
    pub underline: Underline,
    /// A line above the text.
    pub overline: bool,
    /// Address of a hyperlink (OSC 8); one that is not plain printable ASCII is never sent to the terminal.
    pub link: Option<String>,
}

/// How an underline is drawn: the sub-argument of `CSI 4:n m`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Underline {
    /// One line.
    #[default]
    Single = 1,
    /// Two lines.
    Double = 2,
    /// A wave.
    Curly = 3,
    /// Dots.
    Dotted = 4,
    /// Dashes.
    Dashed = 5,
}

/// The table behind the marks in one picture's cells.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Extras(Vec<Extra>);

/// The first mark; there are as many as the Variation Selectors Supplement has, for they are zero-width everywhere.
const MARK_FIRST: u32 = 0xE0100;
const MARKS: usize = 240;

impl Extras {
    /// The mark that stands for `extra`: to be appended to the symbol of each cell that has it. `None` if 240 different ones
    /// are in use already: that cell is drawn without.
    pub fn mark(&mut self, extra: Extra) -> Option<char> {
        let known = self.0.iter().position(|e| *e == extra);
        let index = known.or_else(|| {
            self.0.push(extra);
            (self.0.len() <= MARKS).then(|| self.0.len() - 1)
        });
        self.0.truncate(MARKS);
        char::from_u32(MARK_FIRST + u32::try_from(index?).ok()?)
    }

    /// Whether no cell has one.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a character of a cell is a mark, and no text.
    pub fn is_mark(character: char) -> bool {
        number(character).is_some()
    }

    /// The symbol without its mark, and what the mark stands for.
    pub(super) fn split<'a>(&'a self, symbol: &'a str) -> (&'a str, Option<&'a Extra>) {
        let last = symbol.chars().next_back().unwrap_or(' ');
        match number(last) {
            Some(index) => (symbol.trim_end_matches(last), self.0.get(index)),
            None => (symbol, None),
        }
    }
}

fn number(mark: char) -> Option<usize> {
    let index = usize::try_from(u32::from(mark).checked_sub(MARK_FIRST)?).ok()?;
    (index < MARKS).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_comes_back_as_what_it_stands_for_and_equal_ones_share_it() {
        let mut extras = Extras::default();
        let curly = Extra { underline: Underline::Curly, ..Extra::default() };
        let mark = extras.mark(curly.clone()).unwrap();
        assert_eq!(extras.mark(curly.clone()), Some(mark));
        assert_eq!(extras.split(&format!("é{mark}")), ("é", Some(&curly)));
        assert_eq!(extras.split("é"), ("é", None));
    }

    #[test]
    fn more_than_240_different_ones_are_drawn_without() {
        let mut extras = Extras::default();
        let link = |n: usize| Extra { link: Some(n.to_string()), ..Extra::default() };
        assert!((0..240).all(|n| extras.mark(link(n)).is_some()));
        assert_eq!(extras.mark(link(240)), None);
        assert_eq!(extras.mark(link(239)), char::from_u32(0xE01EF));
    }
}
