//! New sizes: reflow of the main screen, cut or padded alternate screen.

use super::*;

/// Shows input on 5 rows of 10, then takes a size.
#[track_caller]
fn resized(input: &str, rows: u16, cols: u16, text: &str, cursor: (u16, u16)) {
    let mut screen = shown(input);
    screen.resize(Size::new(rows, cols));
    let at = screen.cursor();
    assert_eq!((screen.text().as_str(), (at.row, at.col)), (text, cursor), "{input:?}");
    assert_eq!(screen.size(), Size::new(rows, cols));
}

#[test]
fn lines_reflow_with_the_width() {
    resized("abcdefgh\r\n$ ", 5, 4, "abcd\nefgh\n$", (2, 2));
    resized("0123456789abc\r\n$ ", 5, 20, "0123456789abc\n$", (1, 2));
    resized("0123456789abc", 5, 20, "0123456789abc", (0, 13));
    resized("0123456789", 5, 20, "0123456789", (0, 10));
    resized("a\r\n\r\nb", 5, 3, "a\n\nb", (2, 1));
    resized("漢字漢字\r\nx", 5, 5, "漢字\n漢字\nx", (2, 1));
}

#[test]
fn the_cursor_stays_on_its_character() {
    resized("abcdefgh\x1b[1;6H", 5, 4, "abcd\nefgh", (1, 1));
    resized("0123456789abc\x1b[2;2H", 5, 20, "0123456789abc", (0, 11));
    resized("ab\x1b[1;8H", 5, 20, "ab", (0, 7));
    resized("ab\x1b[1;8H", 5, 4, "ab", (0, 3));
    resized("1\r\n2\r\n3\r\n4\r\n56789", 5, 3, "2\n3\n4\n567\n89", (4, 2));
}

#[test]
fn what_does_not_fit_leaves_at_the_top() {
    resized("1\r\n2\r\n3\r\n4\r\n5", 3, 10, "3\n4\n5", (2, 1));
    resized("1\r\n2", 3, 10, "1\n2", (1, 1));
    resized("1\r\n2\r\n3\r\n4\r\n5\r\n6", 8, 10, "2\n3\n4\n5\n6", (4, 1));
    resized("1\r\n2\r\n3\r\n4\r\n5\r\n6\x1b[H", 3, 10, "2\n3\n4", (0, 0));
}

#[test]
fn a_painted_line_stays_one_line() {
    let mut screen = shown("\x1b[41mab\x1b[K\x1b[m\r\nc");
    screen.resize(Size::new(5, 4));
    assert_eq!((screen.text().as_str(), screen.cell(0, 3).bg), ("ab\nc", crate::screen::Colour::Index(1)));
    screen.resize(Size::new(5, 30));
    assert_eq!((screen.text().as_str(), screen.cell(0, 29).bg), ("ab\nc", crate::screen::Colour::Index(1)));
}

#[test]
fn the_alternate_screen_is_cut_and_the_main_one_reflows_behind_it() {
    let mut screen = shown("0123456789abc\x1b[?1049h\x1b[HALTERNATE\x1b[2;3Hx");
    screen.resize(Size::new(5, 5));
    assert_eq!((screen.text().as_str(), screen.cursor().row), ("ALTER\n  x", 1));
    screen.process(0, b"\x1b[?1049l!", &mut Vec::new());
    assert_eq!(screen.text(), "01234\n56789\nabc!");
    screen.resize(Size::new(5, 20));
    assert_eq!(screen.text(), "0123456789abc!");
    screen.process(0, b"\x1b[?47h", &mut Vec::new());
    assert_eq!(screen.text(), "ALTER\n  x");
}

#[test]
fn a_pending_wrap_survives_a_new_height() {
    let mut screen = shown("0123456789");
    screen.resize(Size::new(3, 10));
    screen.process(0, b"x", &mut Vec::new());
    assert_eq!(screen.text(), "0123456789\nx");
}

#[test]
fn attributes_and_modes_survive_a_new_width() {
    let mut screen = shown("\x1b[?2004h\x1b[9;31mabcdef");
    screen.resize(Size::new(4, 3));
    screen.process(0, b"g", &mut Vec::new());
    assert_eq!(screen.text(), "abc\ndef\ng");
    assert!(screen.modes().bracketed_paste);
    for (row, col) in [(0, 0), (1, 2), (2, 0)] {
        assert_eq!(screen.cell(row, col).fg, crate::screen::Colour::Index(1));
        assert!(screen.cell(row, col).attributes.has(crate::screen::Attributes::STRIKE));
    }
}

#[test]
fn ten_thousand_sizes_in_a_row_end_in_the_right_picture() {
    let (mut screen, _) = run(Size::new(24, 80), "one\r\ntwo\r\n\x1b[1mthree\x1b[m\r\n$ ");
    for n in 0..10_000u16 {
        screen.resize(Size::new(10 + n % 30, 20 + n % 90));
    }
    screen.resize(Size::new(24, 80));
    assert_eq!(
        (screen.text().as_str(), screen.cursor().row, screen.used_rows()),
        ("one\ntwo\nthree\n$", 3, 4)
    );
}
