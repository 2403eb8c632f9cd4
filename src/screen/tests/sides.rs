//! Left and right margins.

use super::*;

/// Five rows of letters with columns 3 to 6 and rows 2 to 4 as the region, cursor home.
fn region() -> String {
    format!("{}\x1b[?69h\x1b[3;6s\x1b[2;4r", letters())
}

#[test]
fn text_wraps_inside_the_margins() {
    check("\x1b[?69h\x1b[2;4sabcdefgh", "abcd\n efg\n h", (2, 2));
    check("\x1b[?69h\x1b[2;4s\x1b[1;2Habc", " abc", (0, 3));
    check("\x1b[?69h\x1b[2;4s\x1b[1;2Habc\x08x", " axc", (0, 3));
    check("\x1b[?69h\x1b[2;4s\x1b[1;2Habce\u{301}x", " abc\n e\u{301}x", (1, 3));
    check("\x1b[?69h\x1b[2;4s\x1b[1;2Ha漢字", " a漢\n 字", (1, 3));
    check("\x1b[?69h\x1b[2;4s\x1b[?7l\x1b[1;2Habcdef", " abf", (0, 3));
    check("\x1b[?69h\x1b[2;4s\x1b[1;8Habcdef", "       abc\n def", (1, 3));
    check("\x1b[?69h\x1b[2;4s\x1b[?69l\x1b[Habcdefgh", "abcdefgh", (0, 8));
    check("\x1b[?69h\x1b[2;4s\x1b[1;2Habc\x1b[6n\x1b[1mx", " abc\n x", (1, 2));
}

#[test]
fn lines_scroll_between_the_margins_only() {
    let lines = |input: &str, text: &str| {
        assert_eq!(shown(region() + input).text(), text, "{input:?}");
    };
    let scrolled = "aaaaaaaaaa\nbbccccbbbb\nccddddcccc\ndd    dddd\neeeeeeeeee";
    lines("\x1b[4;3H\n", scrolled);
    lines("\x1b[4;3Hxxxxx", "aaaaaaaaaa\nbbccccbbbb\nccxxxxcccc\nddx   dddd\neeeeeeeeee");
    lines("\x1b[S", scrolled);
    lines("\x1b[2;3H\x1b[M", scrolled);
    lines("\x1b[4;1H\n", &letters().replace("\r\n", "\n").replace("\x1b[H", ""));
    let reversed = "aaaaaaaaaa\nbb    bbbb\nccbbbbcccc\nddccccdddd\neeeeeeeeee";
    lines("\x1b[2;3H\x1bM", reversed);
    lines("\x1b[T", reversed);
    lines("\x1b[2;3H\x1b[L", reversed);
    lines("\x1b[2;3H\x1b[99L", "aaaaaaaaaa\nbb    bbbb\ncc    cccc\ndd    dddd\neeeeeeeeee");
    lines("\x1b[1;1H\x1b[L", &letters().replace("\r\n", "\n").replace("\x1b[H", ""));
}

#[test]
fn cells_move_up_to_the_right_margin() {
    let row = |input: &str, text: &str| {
        let screen = shown(format!("0123456789\x1b[?69h\x1b[3;6s{input}"));
        assert_eq!(screen.text(), text, "{input:?}");
    };
    row("\x1b[1;4H\x1b[@", "012 346789");
    row("\x1b[1;4H\x1b[99@", "012   6789");
    row("\x1b[1;4H\x1b[P", "01245 6789");
    row("\x1b[1;4H\x1b[99P", "012   6789");
    row("\x1b[1;2H\x1b[@\x1b[1;8H\x1b[P", "0123456789");
    row("\x1b[1;4H\x1b[4hx", "012x346789");
    row("\x1b[1;3H\x1b6", "01 2346789");
    row("\x1b[1;6H\x1b9", "01345 6789");
    row("\x1b[1;4H\x1b['}", "012 346789");
    row("\x1b[1;1H\x1b['}", "0123456789");
}

#[test]
fn the_cursor_stops_at_the_margins_it_is_between() {
    let at = |input: &str, row: u16, col: u16| {
        let cursor = shown(format!("\x1b[?69h\x1b[3;6s{input}")).cursor();
        assert_eq!((cursor.row + 1, cursor.col + 1), (row, col), "{input:?}");
    };
    at("\x1b[1;4H\x1b[99C", 1, 6);
    at("\x1b[1;8H\x1b[99C", 1, 10);
    at("\x1b[1;5H\x1b[99D", 1, 3);
    at("\x1b[1;2H\x1b[99D", 1, 1);
    at("\x1b[1;5H\r", 1, 3);
    at("\x1b[1;2H\r", 1, 1);
    at("\x1b[2;5H\x1b[F", 1, 3);
    at("\x1b[1;4H\t", 1, 6);
    at("\x1b[?6h", 1, 3);
    at("\x1b[?6h\x1b[2;2H", 2, 4);
    at("\x1b[?6h\x1b[99;99H", 5, 6);
    at("\x1b[?6h\x1b[2G", 1, 4);
    at("\x1b[2;4H\x1b[!p\x1b[99C", 2, 10);
    at("\x1b[?1045h\x1b[2;3H\x08", 1, 6);
    at("\x1b[2;8H\x1b7\x1b[H\x1b8", 2, 8);
}

#[test]
fn a_program_reads_the_margins_back() {
    assert_eq!(replies("\x1b[?69h\x1b[3;6s\x1bP$qs\x1b\\\x1b[?69$p"), "\x1bP1$r3;6s\x1b\\\x1b[?69;1$y");
    assert_eq!(replies("\x1b[3;6s\x1bP$qs\x1b\\"), "\x1bP1$r1;80s\x1b\\");
    assert_eq!(replies("\x1b[?69h\x1b[3;6s\x1b[?6h\x1b[2;2H\x1b[6n"), "\x1b[2;2R");
}

#[test]
fn without_leave_the_sequence_saves_the_cursor() {
    check("ab\x1b[scd\x1b[ux", "abxd", (0, 3));
}
