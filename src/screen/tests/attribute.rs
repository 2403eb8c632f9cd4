//! Colours, attributes, links.

use super::*;
use crate::screen::{Attributes, Cell, Colour, Underline};

/// What the first cell looks like.
fn cell(input: &str, test: impl Fn(&Cell<'_>) -> bool) -> bool {
    test(&shown(input).cell(0, 0))
}

#[test]
fn attributes_reach_the_cell() {
    let check = |sgr: &str, expected: Attributes| {
        let screen = shown(format!("\x1b[{sgr}mx\u{301}\x1b[0my"));
        assert_eq!(screen.cell(0, 0).attributes, expected, "{sgr}");
        assert_eq!((screen.cell(0, 0).text(), screen.cell(0, 1)), ("x\u{301}", plain("y")), "{sgr}");
    };
    check("1", Attributes::BOLD);
    check("2", Attributes::DIM);
    check("1;2", Attributes::BOLD.with(Attributes::DIM));
    check("2;1", Attributes::BOLD.with(Attributes::DIM));
    check("1;2;22", Attributes::NONE);
    check("3;7", Attributes::ITALIC.with(Attributes::INVERSE));
    check("9", Attributes::STRIKE);
    check("5", Attributes::BLINK);
    check("8;53", Attributes::CONCEAL.with(Attributes::OVERLINE));
    check("9;53;5;8;29;55;25;28", Attributes::NONE);
    check("4", Attributes::UNDERLINE);
    check("4:3", Attributes::UNDERLINE);
    check("4:0", Attributes::NONE);
    check("21;24", Attributes::NONE);
}

fn plain(text: &str) -> Cell<'_> {
    Cell { text: text.into(), width: 1, ..Cell::default() }
}

#[test]
fn underlines_have_styles_and_colours() {
    let check = |sgr: &str, style: Underline, colour: Colour| {
        let screen = shown(format!("\x1b[{sgr}mx"));
        let cell = screen.cell(0, 0);
        assert_eq!((cell.underline, cell.underline_colour), (style, colour), "{sgr}");
    };
    check("4", Underline::Single, Colour::Default);
    check("21", Underline::Double, Colour::Default);
    check("4:3;58:2::1:2:3", Underline::Curly, Colour::Rgb(1, 2, 3));
    check("4:4;58;5;7", Underline::Dotted, Colour::Index(7));
    check("4:5;58:5:7;59", Underline::Dashed, Colour::Default);
    check("58:5:7;24", Underline::None, Colour::Index(7));
}

#[test]
fn colours_are_understood_in_every_notation() {
    let check = |sgr: &str, fg: Colour, bg: Colour| {
        let screen = shown(format!("\x1b[{sgr}mx"));
        assert_eq!((screen.cell(0, 0).fg, screen.cell(0, 0).bg), (fg, bg), "{sgr}");
    };
    check("31;42", Colour::Index(1), Colour::Index(2));
    check("91;102", Colour::Index(9), Colour::Index(10));
    check("38;5;200;48;5;0", Colour::Index(200), Colour::Index(0));
    check("38:5:200", Colour::Index(200), Colour::Default);
    check("38;2;1;2;3;1", Colour::Rgb(1, 2, 3), Colour::Default);
    check("38:2:1:2:3", Colour::Rgb(1, 2, 3), Colour::Default);
    check("48:2::1:2:3", Colour::Default, Colour::Rgb(1, 2, 3));
    check("31;38;5;300", Colour::Index(1), Colour::Default);
    check("31;39;41;49", Colour::Default, Colour::Default);
}

#[test]
fn rows_and_cells_that_come_in_have_the_background_colour() {
    let background = |input: &str, row: u16, col: u16| shown(input).cell(row, col).bg;
    let red = Colour::Index(1);
    let at = |row: u16, col: u16, input: &str| {
        assert_eq!(background(input, row, col), red, "{input:?}");
    };
    at(4, 5, "\x1b[5H\x1b[41m\n");
    at(4, 5, "\x1b[5H\x1b[41m0123456789x");
    at(0, 5, "\x1b[41m\x1bM");
    at(0, 5, "\x1b[41m\x1b[L");
    at(4, 5, "\x1b[41m\x1b[M");
    at(4, 5, "\x1b[41m\x1b[S");
    at(0, 5, "\x1b[41m\x1b[T");
    at(0, 0, "\x1b[41m\x1b[@");
    at(0, 9, "\x1b[41m\x1b[P");
    at(2, 2, "\x1b[41m\x1b[2J");
    at(0, 3, "\x1b[41m\x1b[?1049h");
    let default = |row: u16, col: u16, input: &str| {
        assert_eq!(background(input, row, col), Colour::Default, "{input:?}");
    };
    default(4, 5, "\x1b[5H\x1b[41mx\x1b[m\n");
    default(3, 5, "\x1b[41mx\n\n\n");
}

#[test]
fn erased_cells_keep_only_the_background() {
    assert!(cell("\x1b[4;7;31;41m\x1b[2J", |cell| cell.attributes == Attributes::NONE));
    assert!(cell("\x1b[4;7;31;41m\x1b[2J", |cell| (cell.fg, cell.bg) == (Colour::Default, Colour::Index(1))));
}

#[test]
fn links_hold_until_they_are_closed() {
    let (screen, _) = run(
        Size::new(5, 20),
        "\x1b]8;id=1;https://a.example/x\x1b\\li\x1b[1mnk\x1b[0m!\x1b]8;;\x07 \x1b]8;;javascript:x\x07no",
    );
    let link = |col| screen.cell(0, col).link.map(str::to_owned);
    assert!((0..5).all(|col| link(col).as_deref() == Some("https://a.example/x")));
    assert!((5..8).all(|col| link(col).is_none()));
    assert_eq!(screen.text(), "link! no");
}

#[test]
fn attributes_move_with_their_cells() {
    let screen = shown("a\x1b[9mb\x1b[0mc\x1b[H\x1b[2@\x1b[L");
    assert!(screen.cell(1, 3).attributes.has(Attributes::STRIKE));
    assert_eq!(screen.text(), "\n  abc");
    let screen = shown("\x1b[9m0123456789\x1b[0mx");
    assert!(screen.row_wrapped(0) && screen.cell(0, 9).attributes.has(Attributes::STRIKE));
    let screen = shown("\x1b[9mx\x1b[H\x1b[0m\x1b[1;1;1;1;1;2;2$v");
    assert!(screen.cell(1, 1).attributes.has(Attributes::STRIKE));
    let screen = shown("\x1b[9m❤\u{fe0f}x");
    assert_eq!((screen.cell(0, 0).width, screen.cell(0, 2).text()), (2, "x"));
    assert!(screen.cell(0, 0).attributes.has(Attributes::STRIKE));
}

#[test]
fn there_is_room_for_more_links_than_ever_were_on_the_screen_at_once() {
    let (mut screen, mut effects) = run(Size::new(5, 40), "");
    for n in 0..10_000u32 {
        let line = format!("\x1b]8;;https://example.org/{n}\x1b\\{n}\x1b]8;;\x1b\\\r\n");
        screen.process(0, line.as_bytes(), &mut effects);
    }
    assert_eq!(screen.cell(3, 0).link, Some("https://example.org/9999"));
}

#[test]
fn a_program_cannot_write_our_marks() {
    let screen = shown("\x1b[9ma\x1b[0mb\u{e0200}c");
    assert_eq!((screen.cell(0, 1), screen.cell(0, 2)), (plain("b"), plain("c")));
    let screen = shown("葛\u{e0101}x");
    assert_eq!(screen.cell(0, 0).text(), "葛\u{e0101}");
}
