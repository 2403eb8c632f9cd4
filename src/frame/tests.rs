//! `apply(encode(a, b), a) == b`, with vt100 as the terminal; and the bytes of the frames that matter most.

use super::*;
use crate::protocol::client::Colours;
use proptest::prelude::*;
use ratatui::{
    layout::Rect,
    style::{Color, Modifier, Style},
};

fn picture(rows: &[&str]) -> Picture {
    let cursor = Some(Cursor::default());
    Picture { buffer: Buffer::with_lines(rows.iter().copied()), cursor, ..Picture::default() }
}

fn at(mut picture: Picture, row: u16, col: u16) -> Picture {
    picture.cursor = Some(Cursor { row, col, shape: CursorShape::Default });
    picture
}

fn bytes(previous: &Picture, next: &Picture) -> String {
    String::from_utf8(encode(Some(previous), next, &Terminal::default())).unwrap()
}

#[test]
fn an_unchanged_picture_is_no_bytes() {
    let same = picture(&["one", "two"]);
    assert_eq!(bytes(&same, &same.clone()), "");
}

#[test]
fn a_typed_character_is_its_own_byte_and_a_deleted_one_a_step_back() {
    let before = at(picture(&["$ l       ", "status    "]), 0, 3);
    let after = at(picture(&["$ ls      ", "status    "]), 0, 4);
    assert_eq!(bytes(&before, &after), "s");
    assert_eq!(bytes(&after, &before), "\x08\x1b[K");
}

#[test]
fn drawing_elsewhere_hides_the_cursor_or_is_synchronized() {
    let before = at(picture(&["$         ", "1 running "]), 0, 2);
    let after = at(picture(&["$         ", "2 running "]), 0, 2);
    assert_eq!(bytes(&before, &after), "\x1b[?25l\x1b[2;1H2\x1b[1;3H\x1b[?25h");
    let terminal = Terminal { synchronized: true, ..Terminal::default() };
    let frame = encode(Some(&before), &after, &terminal);
    assert_eq!(String::from_utf8(frame).unwrap(), "\x1b[?2026h\x1b[2;1H2\x1b[1;3H\x1b[?2026l");
}

#[test]
fn a_first_picture_clears_the_terminal_and_says_whether_the_cursor_shows() {
    let first = |picture: &Picture| String::from_utf8(encode(None, picture, &Terminal::default())).unwrap();
    let mut hello = at(picture(&["hi ", "   "]), 1, 0);
    assert_eq!(first(&hello), "\x1b[?25l\x1b[m\x1b[H\x1b[2Jhi\x1b[2;1H\x1b[0 q\x1b[?25h");
    hello.cursor = None;
    assert_eq!(first(&hello), "\x1b[?25l\x1b[m\x1b[H\x1b[2Jhi");
}

#[test]
fn a_cursor_that_only_changes_its_shape_or_hides_costs_only_that() {
    let block = at(picture(&["x"]), 0, 0);
    let mut bar = block.clone();
    bar.cursor = Some(Cursor { shape: CursorShape::SteadyBar, ..Cursor::default() });
    assert_eq!(bytes(&block, &bar), "\x1b[6 q");
    let hidden = Picture { cursor: None, ..block.clone() };
    assert_eq!(bytes(&block, &hidden), "\x1b[?25l");
    assert_eq!(bytes(&hidden, &block), "\x1b[1;1H\x1b[?25h");
}

#[test]
fn no_control_character_of_a_cell_reaches_the_terminal() {
    let before = at(picture(&["     "]), 0, 4);
    let mut after = before.clone();
    for (col, symbol) in ["\x1b[2J", "a\x07\u{9b}\u{202e}", "\n", "\u{200d}b"].iter().enumerate() {
        after.buffer.content[col].set_symbol(symbol);
    }
    assert_eq!(bytes(&before, &after), "\x1b[?25l\x1b[1;2Ha b\x1b[?25h");
}

#[test]
fn a_symbol_of_disputed_width_takes_exactly_its_cells() {
    let mut before = at(picture(&["      "]), 0, 0);
    let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}";
    before.buffer.content[5].set_symbol("x");
    let mut after = before.clone();
    after.buffer.content[0].set_symbol(family);
    after.buffer.content[2].set_symbol("\u{2764}\u{FE0F}"); // one column in a task's screen
    after.buffer.content[4].set_symbol("y");
    assert_eq!(bytes(&before, &after), "\x1b[?25l\u{1F468}\x1b[1;3H\u{2764}\x1b[1;5Hy\x1b[1;1H\x1b[?25h");
}

#[test]
fn a_wide_character_that_loses_a_half_takes_the_other_with_it() {
    let before = at(picture(&["日本x"]), 0, 0);
    let mut after = before.clone();
    after.buffer.content[0].set_symbol(" ");
    after.buffer.content[1].set_symbol("本");
    after.buffer.content[3].set_symbol("z");
    let shown = show(&[&before, &after], &Terminal::default());
    assert_eq!(shown.contents(), " 本zx");
}

#[test]
fn a_mark_draws_a_link_and_equal_links_with_other_marks_are_no_change() {
    let terminal = Terminal { hyperlinks: true, ..Terminal::default() };
    let link = |address: &str| Extra { link: Some(address.into()), ..Extra::default() };
    let mut before = at(picture(&["ab"]), 0, 0);
    let mark = before.extras.mark(link("http://a")).unwrap();
    before.buffer.content[0].set_symbol(&format!("a{mark}"));
    let mut after = at(picture(&["ab"]), 0, 0);
    after.extras.mark(link("http://other")).unwrap();
    let mark = after.extras.mark(link("http://a")).unwrap();
    after.buffer.content[0].set_symbol(&format!("a{mark}"));
    assert_eq!(encode(Some(&before), &after, &terminal), b"");
    let drawn = String::from_utf8(encode(None, &before, &terminal)).unwrap();
    assert!(drawn.contains(";http://a\x1b\\a\x1b]8;;\x1b\\b"), "{drawn:?}");
}

#[test]
fn a_cell_is_a_few_bytes_and_a_full_screen_is_text_sized() {
    let line = "the quick brown fox jumps over the lazy dog ".repeat(2);
    let text: Vec<&str> = (0..24).map(|_| line.get(..80).unwrap()).collect();
    let (blank, full) = (picture(&vec![" ".repeat(80).as_str(); 24]), picture(&text));
    let size = bytes(&blank, &full).len();
    assert!(size < 24 * 80 + 24 * 8 + 16, "{size}");
    let erased = bytes(&full, &blank).len();
    assert!(erased < 24 * 12, "{erased}");
}

/// What a terminal shows after these pictures.
fn show(pictures: &[&Picture], terminal: &Terminal) -> vt100::Screen {
    let area = pictures[0].buffer.area;
    let mut parser = vt100::Parser::new(area.height.try_into().unwrap(), area.width.try_into().unwrap(), 0);
    parser.process(b"what was there before\x1b[41m");
    let mut previous = None;
    for next in pictures {
        parser.process(&encode(previous, next, terminal));
        previous = Some(*next);
    }
    parser.screen().clone()
}

const SYMBOLS: [&str; 11] =
    ["a", "Z", "~", "é", "日", "語", "e\u{301}", "✓", "\u{2764}\u{FE0F}", "\u{1F468}\u{200D}\u{1F469}", "│"];

fn symbols() -> impl Strategy<Value = String> {
    prop_oneof![6 => Just(" ".to_owned()), 8 => prop::sample::select(&SYMBOLS[..]).prop_map(str::to_owned), 1 => any::<String>().prop_map(|s| s.replace('\u{FFFD}', "?"))]
}

fn colours() -> impl Strategy<Value = Color> {
    prop_oneof![
        6 => Just(Color::Reset),
        1 => any::<u8>().prop_map(Color::Indexed),
        1 => any::<[u8; 3]>().prop_map(|[r, g, b]| Color::Rgb(r, g, b)),
    ]
}

fn cells() -> impl Strategy<Value = Cell> {
    let modifiers = prop_oneof![4 => Just(0), 1 => any::<u16>()].prop_map(Modifier::from_bits_truncate);
    // vt100 knows one intensity, bold or dim; terminals know both
    let modifiers = modifiers.prop_map(|m| if m.contains(Modifier::BOLD) { m - Modifier::DIM } else { m });
    (symbols(), colours(), colours(), modifiers).prop_map(|(symbol, fg, bg, modifier)| {
        let mut cell = Cell::EMPTY;
        cell.set_symbol(&symbol).set_style(Style::new().fg(fg).bg(bg).add_modifier(modifier));
        cell
    })
}

const ROWS: u16 = 4;
const COLS: u16 = 12;

fn pictures() -> impl Strategy<Value = Picture> {
    let area = Rect::new(0, 0, COLS, ROWS);
    let cursor = prop::option::of((0..ROWS, 0..COLS).prop_map(|(row, col)| Cursor {
        row,
        col,
        shape: CursorShape::SteadyBar,
    }));
    (prop::collection::vec(cells(), usize::from(ROWS * COLS)), cursor).prop_map(move |(content, cursor)| {
        Picture { buffer: Buffer { area, content }, cursor, extras: Extras::default() }
    })
}

/// The second picture shares most of the first, as frames do.
fn pairs() -> impl Strategy<Value = (Picture, Picture)> {
    let kept = prop::collection::vec(prop::bool::weighted(0.7), usize::from(ROWS * COLS));
    (pictures(), pictures(), kept).prop_map(|(before, mut after, kept)| {
        for ((kept, from), to) in kept.iter().zip(&before.buffer.content).zip(&mut after.buffer.content) {
            if *kept {
                to.clone_from(from);
            }
        }
        (before, after)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_shown_after_a_diff_is_what_is_shown_drawn_from_nothing((before, after) in pairs()) {
        for colours in [Colours::True, Colours::Sixteen, Colours::None] {
            let terminal = Terminal { colours, ..Terminal::default() };
            let (diffed, fresh) = (show(&[&before, &after], &terminal), show(&[&after], &terminal));
            prop_assert_eq!(cells_of(&diffed), cells_of(&fresh));
            prop_assert_eq!(diffed.hide_cursor(), after.cursor.is_none());
            if let Some(cursor) = after.cursor {
                prop_assert_eq!(diffed.cursor_position(), (cursor.row, cursor.col));
            }
        }
    }

    #[test]
    fn a_picture_drawn_from_nothing_shows_its_cells(picture in pictures()) {
        let terminal = Terminal { colours: Colours::True, ..Terminal::default() };
        let shown = show(&[&picture], &terminal);
        let mut slots = Slots::default();
        for (row, cells) in (0u16..).zip(picture.buffer.content.chunks(usize::from(COLS))) {
            slots.fill(cells, &picture.extras, &terminal);
            for col in 0..COLS {
                let (cell, slot) = (shown.cell(row, col).unwrap(), slots.get(usize::from(col)).unwrap());
                let source = &cells[usize::from(col)];
                prop_assert_eq!(cell.is_wide_continuation(), slot.width == 0 && cell.is_wide_continuation());
                if slot.width == 1 && slot.text.chars().all(|c| c.is_ascii_graphic()) {
                    prop_assert_eq!(cell.contents(), slot.text);
                    prop_assert_eq!(cell.bold(), source.modifier.contains(Modifier::BOLD));
                    prop_assert_eq!(cell.dim(), source.modifier.contains(Modifier::DIM));
                    prop_assert_eq!(cell.fgcolor(), colour(source.fg));
                }
                if slot.width == 1 {
                    prop_assert_eq!(cell.bgcolor(), colour(source.bg));
                    prop_assert_eq!(cell.inverse(), source.modifier.contains(Modifier::REVERSED));
                    prop_assert_eq!(cell.underline(), source.modifier.contains(Modifier::UNDERLINED));
                }
            }
        }
    }
}

fn colour(color: Color) -> vt100::Color {
    match color {
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
        _ => vt100::Color::Default,
    }
}

/// A blank that was written and one that was erased look the same, and a foreground colour without ink is none.
fn cells_of(screen: &vt100::Screen) -> Vec<String> {
    let (rows, cols) = (screen.size().0.get(), screen.size().1.get());
    let positions = (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col)));
    let describe = |(row, col)| {
        let cell = screen.cell(row, col).unwrap();
        let text = if cell.has_contents() { cell.contents() } else { " " };
        let ink = text != " " || cell.underline() || cell.inverse();
        let attributes = (cell.bold(), cell.dim(), cell.italic(), cell.fgcolor());
        format!(
            "{row},{col} {text:?} {} {:?} {:?} {} {}",
            cell.is_wide_continuation(),
            cell.bgcolor(),
            ink.then_some(attributes),
            cell.underline(),
            cell.inverse()
        )
    };
    positions.map(describe).collect()
}
