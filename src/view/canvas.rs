//! What a client's picture is drawn on. It keeps the picture before, and what each piece of its rows was drawn from, so
//! that a piece with the same source is not drawn again and a row made of such pieces is not even compared.

use super::paint::Part;
use crate::{
    frame::{self, Cursor, Extras, Picture},
    protocol::client::Terminal,
    screen::{CursorShape, width},
    session::Area,
    task::Size,
};
use ratatui::{
    buffer::{Buffer, Cell},
    layout::Rect,
    style::Style,
};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation as _;

/// Stands for the content of a piece of a row: equal for two pictures only if the piece looks the same in both.
pub(super) type Source = (u64, u16);

/// The pictures of one client: the one being drawn, then shown, and the one before.
#[derive(Debug, Default)]
pub struct Canvas {
    picture: Picture,
    before: Picture,
    rows: Vec<Row>,
    rows_before: Vec<Row>,
    /// Whether the terminal shows `before`.
    shown: bool,
    /// Where rows and columns are counted from, and how many there are: all, or a pane.
    within: Rect,
    /// In rows and columns of the terminal; see [`Canvas::set_cursor`].
    pub(super) cursor: Option<Cursor>,
    pub(super) extras: Extras,
}

/// How a row of the picture came to be.
#[derive(Clone, Debug, Default)]
struct Row {
    state: State,
    /// Something was drawn that has no source.
    mixed: bool,
    pieces: Vec<Piece>,
}

impl Row {
    /// Whether two rows were drawn from the same sources, and from nothing else.
    fn is_as(&self, other: &Self) -> bool {
        !self.mixed && !other.mixed && self.pieces == other.pieces
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum State {
    /// Its cells are not ours yet.
    #[default]
    Untouched,
    /// Its cells are those of the picture before.
    Same,
    /// Its cells were blanked and drawn on.
    Drawn,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Piece {
    cols: Range<u16>,
    source: Source,
}

impl Canvas {
    /// A canvas of a terminal of which nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// The terminal may show anything: the next frame draws everything.
    pub fn forget(&mut self) {
        self.shown = false;
    }

    /// The picture drawn last.
    pub const fn picture(&self) -> &Picture {
        &self.picture
    }

    /// The bytes that make the terminal show the picture drawn last, when it shows the one before.
    pub fn frame(&mut self, terminal: &Terminal) -> Vec<u8> {
        let before = self.shown.then_some(&self.before);
        let same = |row: u16| self.rows.get(usize::from(row)).is_some_and(|row| row.state == State::Same);
        let bytes = frame::encode_rows(before, &self.picture, same, terminal);
        self.shown = true;
        bytes
    }

    /// Begins a new picture.
    pub(super) fn begin(&mut self, size: Size) {
        std::mem::swap(&mut self.picture, &mut self.before);
        std::mem::swap(&mut self.rows, &mut self.rows_before);
        let area = Rect::new(0, 0, size.cols, size.rows);
        if self.before.buffer.area != area {
            self.shown = false;
        }
        if self.picture.buffer.area != area {
            self.picture.buffer = Buffer::empty(area);
        }
        // what a mark in a cell stands for is another thing in each picture
        let keeps = self.before.buffer.area == area && self.before.extras.is_empty();
        if !keeps {
            self.rows_before.clear();
        }
        self.rows_before.resize(usize::from(size.rows), Row { mixed: true, ..Row::default() });
        self.rows.clear();
        self.rows.resize(usize::from(size.rows), Row::default());
        (self.cursor, self.extras) = (None, Extras::default());
        self.within = area;
    }

    /// Draws within a pane from now on.
    pub(super) const fn within(&mut self, area: Area) {
        self.within = Rect { x: area.col, y: area.row, width: area.cols, height: area.rows };
    }

    /// Draws anywhere from now on.
    pub(super) const fn within_all(&mut self) {
        self.within = self.picture.buffer.area;
    }

    /// Shows the text cursor.
    pub(super) const fn set_cursor(&mut self, row: u16, col: u16, shape: CursorShape) {
        self.cursor = Some(Cursor { row: row + self.within.y, col: col + self.within.x, shape });
    }

    /// The picture is drawn.
    pub(super) fn finish(&mut self) {
        for row in 0..self.picture.buffer.area.height {
            let same = self.both(row).is_some_and(|(now, before)| now.is_as(before));
            match self.state(row) {
                State::Untouched if same => self.take_over(row),
                State::Same if !same => self.part_from(row),
                State::Untouched => self.blank(row),
                State::Same | State::Drawn => {}
            }
        }
        self.picture.cursor = self.cursor;
        self.picture.extras = std::mem::take(&mut self.extras);
    }

    pub(super) const fn rows(&self) -> u16 {
        self.within.height
    }

    pub(super) const fn cols(&self) -> u16 {
        self.within.width
    }

    /// Whether a piece of a row stands there already; otherwise it is to be drawn now, from this source and nothing else.
    pub(super) fn keep(&mut self, row: u16, cols: Range<u16>, source: Source) -> bool {
        let (row, x) = (row + self.within.y, self.within.x);
        let cols = cols.start + x..cols.end + x;
        let piece = Piece { cols, source };
        let known =
            self.rows_before.get(usize::from(row)).is_some_and(|before| before.pieces.contains(&piece));
        if self.state(row) == State::Same {
            self.part_from(row);
        }
        let Some(now) = self.rows.get_mut(usize::from(row)) else { return true };
        let apart = |other: &Piece| other.cols.end <= piece.cols.start || piece.cols.end <= other.cols.start;
        if !now.pieces.iter().all(apart) {
            now.pieces.retain(apart);
            now.mixed = true; // what is left of the others has no source
        }
        now.pieces.push(piece.clone());
        let first = now.state == State::Untouched && now.pieces.len() == 1;
        let whole = self.both(row).is_some_and(|(now, before)| now.is_as(before));
        if first && whole {
            self.take_over(row);
        } else {
            self.own(row);
            if known {
                self.copy(row, piece.cols);
            }
        }
        known
    }

    /// A cell to draw on, of a piece that was to be drawn.
    pub(super) fn cell_of_piece(&mut self, row: u16, col: u16) -> Option<&mut Cell> {
        self.picture.buffer.cell_mut((col + self.within.x, row + self.within.y))
    }

    /// A cell to draw on.
    pub(super) fn cell_mut(&mut self, row: u16, col: u16) -> Option<&mut Cell> {
        let (row, col) = (row + self.within.y, col + self.within.x);
        self.own(row);
        let now = self.rows.get_mut(usize::from(row))?;
        now.mixed = true;
        if !now.pieces.is_empty() {
            now.pieces.retain(|piece| !piece.cols.contains(&col));
        }
        self.picture.buffer.cell_mut((col, row))
    }

    /// Writes parts from a column on, cut at `end`; returns the column behind them.
    pub(super) fn put(&mut self, row: u16, col: u16, end: u16, parts: &[Part]) -> u16 {
        let mut at = col;
        if row >= self.rows() {
            return at;
        }
        for (text, style) in parts {
            for grapheme in text.graphemes(true).filter(|g| !g.chars().any(char::is_control)) {
                let columns = u16::try_from(width(grapheme)).unwrap_or(u16::MAX);
                if columns == 0 {
                    continue;
                }
                if at.saturating_add(columns) > end.min(self.cols()) {
                    return at;
                }
                if let Some(cell) = self.cell_mut(row, at) {
                    cell.set_symbol(grapheme).set_style(*style);
                }
                at += columns;
            }
        }
        at
    }

    /// Writes a whole row.
    pub(super) fn line(&mut self, row: u16, parts: &[Part]) {
        self.put(row, 0, self.cols(), parts);
    }

    /// Writes parts so that they end at the last column, if there is room after `from`.
    pub(super) fn right(&mut self, row: u16, from: u16, parts: &[Part]) {
        let columns = parts.iter().map(|(text, _)| width(text)).sum::<usize>();
        let start = usize::from(self.cols()).saturating_sub(columns);
        if let Ok(start) = u16::try_from(start)
            && start > from
        {
            self.put(row, start, self.cols(), parts);
        }
    }

    /// Styles a stretch of a row over what stands there.
    pub(super) fn tint(&mut self, row: u16, from: u16, to: u16, style: Style) {
        for col in from..to.min(self.cols()) {
            if let Some(cell) = self.cell_mut(row, col) {
                cell.set_style(style);
            }
        }
    }

    fn state(&self, row: u16) -> State {
        self.rows.get(usize::from(row)).map_or(State::Drawn, |row| row.state)
    }

    fn set(&mut self, row: u16, state: State) {
        if let Some(row) = self.rows.get_mut(usize::from(row)) {
            row.state = state;
        }
    }

    fn both(&self, row: u16) -> Option<(&Row, &Row)> {
        Some((self.rows.get(usize::from(row))?, self.rows_before.get(usize::from(row))?))
    }

    /// Makes a row one that can be drawn on.
    fn own(&mut self, row: u16) {
        match self.state(row) {
            State::Untouched => self.blank(row),
            State::Same => self.part_from(row),
            State::Drawn => {}
        }
    }

    fn blank(&mut self, row: u16) {
        cells(&mut self.picture, row).iter_mut().for_each(Cell::reset);
        self.set(row, State::Drawn);
    }

    /// Takes a row over from the picture before.
    fn take_over(&mut self, row: u16) {
        cells(&mut self.picture, row).swap_with_slice(cells(&mut self.before, row));
        self.set(row, State::Same);
    }

    /// Gives a row that was taken over back, and goes on with a copy of its pieces.
    fn part_from(&mut self, row: u16) {
        cells(&mut self.picture, row).swap_with_slice(cells(&mut self.before, row));
        self.blank(row);
        let pieces = self.rows.get(usize::from(row)).map(|row| row.pieces.clone()).unwrap_or_default();
        pieces.into_iter().for_each(|piece| self.copy(row, piece.cols));
    }

    /// Copies columns of a row from the picture before.
    fn copy(&mut self, row: u16, cols: Range<u16>) {
        let cols = usize::from(cols.start)..usize::from(cols.end);
        let (to, from) = (cells(&mut self.picture, row), cells(&mut self.before, row));
        if let (Some(to), Some(from)) = (to.get_mut(cols.clone()), from.get(cols)) {
            to.clone_from_slice(from);
        }
    }
}

/// The cells of a row; none outside the picture.
fn cells(picture: &mut Picture, row: u16) -> &mut [Cell] {
    let cols = usize::from(picture.buffer.area.width);
    let start = usize::from(row) * cols;
    picture.buffer.content.get_mut(start..start + cols).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::paint::PLAIN;
    use super::*;
    use proptest::prelude::*;

    const SIZE: Size = Size::new(4, 12);

    /// One thing drawn: a piece with a source, which decides what it looks like, or text over what is there.
    #[derive(Clone, Debug)]
    enum Draw {
        Piece { row: u16, cols: Range<u16>, source: u64 },
        Text { row: u16, col: u16, text: String },
    }

    fn drawing() -> impl Strategy<Value = Vec<Draw>> {
        let cols = prop_oneof![Just(0..12u16), Just(0..5u16), Just(6..12u16), Just(3..8u16)];
        let piece =
            (0..4u16, cols, 0..3u64).prop_map(|(row, cols, source)| Draw::Piece { row, cols, source });
        let text =
            (0..4u16, 0..12u16, "[xy界]{1,4}").prop_map(|(row, col, text)| Draw::Text { row, col, text });
        prop::collection::vec(prop_oneof![4 => piece, 1 => text], 0..8)
    }

    fn draw(canvas: &mut Canvas, drawing: &[Draw]) {
        canvas.begin(SIZE);
        for step in drawing {
            match step {
                Draw::Piece { row, cols, source } => {
                    if canvas.keep(*row, cols.clone(), (*source, *row)) {
                        continue;
                    }
                    for col in cols.clone() {
                        let symbol = ["a", " ", "b"][*source as usize];
                        canvas.cell_of_piece(*row, col).unwrap().set_symbol(symbol);
                    }
                }
                Draw::Text { row, col, text } => {
                    canvas.put(*row, *col, SIZE.cols, &[(text.clone(), PLAIN)]);
                }
            }
        }
        canvas.finish();
    }

    /// What a terminal shows; a blank is a blank, written or erased.
    fn text(terminal: &vt100::Parser) -> Vec<String> {
        terminal.screen().rows(0, SIZE.cols).map(|row| row.trim_end().to_owned()).collect()
    }

    proptest! {
        #[test]
        fn what_is_kept_looks_as_if_drawn_anew(drawings in prop::collection::vec(drawing(), 1..6)) {
            let mut canvas = Canvas::new();
            let side = |side: u16| std::num::NonZeroU16::new(side).unwrap();
            let mut terminal = vt100::Parser::new(side(SIZE.rows), side(SIZE.cols), 0);
            for drawing in &drawings {
                draw(&mut canvas, drawing);
                terminal.process(&canvas.frame(&Terminal::default()));
                let mut fresh = Canvas::new();
                draw(&mut fresh, drawing);
                prop_assert_eq!(&canvas.picture().buffer, &fresh.picture().buffer);
                let mut other = vt100::Parser::new(side(SIZE.rows), side(SIZE.cols), 0);
                other.process(&fresh.frame(&Terminal::default()));
                prop_assert_eq!(text(&terminal), text(&other));
            }
        }
    }

    #[test]
    fn a_picture_of_the_same_sources_sends_nothing_and_one_changed_piece_only_itself() {
        let piece = |row, source| Draw::Piece { row, cols: 0..12, source };
        let mut canvas = Canvas::new();
        draw(&mut canvas, &[piece(0, 0), piece(1, 2)]);
        assert!(!canvas.frame(&Terminal::default()).is_empty());
        draw(&mut canvas, &[piece(0, 0), piece(1, 2)]);
        assert_eq!(canvas.frame(&Terminal::default()), b"");
        draw(&mut canvas, &[piece(0, 0), piece(1, 0)]);
        let frame = String::from_utf8(canvas.frame(&Terminal::default())).unwrap();
        assert!(frame.contains("aaaaaaaaaaaa") && !frame.contains("\x1b[1;1H"), "{frame:?}");
    }
}
