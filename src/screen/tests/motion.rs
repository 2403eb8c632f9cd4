//! Cursor, margins, wrapping, tabs, erasing, the alternate screen.

use super::*;

#[test]
fn text_wraps_and_scrolls() {
    check("one\r\ntwo", "one\ntwo", (1, 3));
    check("0123456789", "0123456789", (0, 9));
    check("0123456789x", "0123456789\nx", (1, 1));
    check("1\r\n2\r\n3\r\n4\r\n5\r\n6", "2\n3\n4\n5\n6", (4, 1));
    check("\x1b[?7l0123456789xyz", "012345678z", (0, 9));
    check("\x1b[?7l012345678漢", "01234567漢", (0, 9));
    check("a\nb\x1b[20h\nc", "a\n b\nc", (2, 1));
}

#[test]
fn a_pending_wrap_is_given_up_by_cursor_motions() {
    check("\n0123456789\x1b[Ax", "         x\n0123456789", (0, 9));
    check("0123456789\x1b[Bx", "0123456789\n         x", (1, 9));
    check("0123456789\x1b[3dx", "0123456789\n\n         x", (2, 9));
    check("0123456789\x08x", "01234567x9", (0, 9));
    check("0123456789\x1b[Dx", "01234567x9", (0, 9));
    check("0123456789\rx", "x123456789", (0, 1));
    check("0123456789\x1b7\x1b[H\x1b8x", "0123456789\nx", (1, 1));
}

#[test]
fn lines_are_fed_backwards_and_forwards() {
    check("a\x1bDb\x1bEc", "a\n b\nc", (2, 1));
    check("a\x1bMb", " b\na", (0, 2));
    check("\na\x1bMb", " b\na", (0, 2));
    check("\x1b[5Ha\x1bDb", "\n\n\na\n b", (4, 2));
}

#[test]
fn margins_hold_scrolling_in() {
    let inside = format!("{}\x1b[2;4r", letters());
    check(&format!("{inside}\x1b[4H\n"), "aaaaaaaaaa\ncccccccccc\ndddddddddd\n\neeeeeeeeee", (3, 0));
    check(&format!("{inside}\x1b[2H\x1bM"), "aaaaaaaaaa\n\nbbbbbbbbbb\ncccccccccc\neeeeeeeeee", (1, 0));
    check(&format!("{inside}\x1b[S"), "aaaaaaaaaa\ncccccccccc\ndddddddddd\n\neeeeeeeeee", (0, 0));
    check(&format!("{inside}\x1b[2T"), "aaaaaaaaaa\n\n\nbbbbbbbbbb\neeeeeeeeee", (0, 0));
    check(&format!("{inside}\x1b[3;5H\x1b[L"), "aaaaaaaaaa\nbbbbbbbbbb\n\ncccccccccc\neeeeeeeeee", (2, 0));
    check(&format!("{inside}\x1b[3;5H\x1b[M"), "aaaaaaaaaa\nbbbbbbbbbb\ndddddddddd\n\neeeeeeeeee", (2, 0));
    check(
        &format!("{inside}\x1b[5;5H\x1b[L"),
        "aaaaaaaaaa\nbbbbbbbbbb\ncccccccccc\ndddddddddd\neeeeeeeeee",
        (4, 4),
    );
    check("\x1b[2;4r\x1b[3H\x1b[9Ax\x1b[9By", "\nx\n\n y", (3, 2));
    check("\x1b[4;2rx", "x", (0, 1));
}

#[test]
fn origin_mode_counts_from_the_margin() {
    check("\x1b[2;4r\x1b[?6hx\x1b[9;9Hy", "\nx\n\n        y", (3, 9));
    check("\x1b[2;4r\x1b[?6h\x1b[2;2H\x1b7\x1b[?6l\x1b8x\x1b[Hy", "\ny\n x", (1, 1));
}

#[test]
fn tab_stops_can_be_set_and_cleared() {
    check("a\tb\tc", "a       bc", (0, 9));
    check("\x1b[4G\x1bH\ra\tb", "a  b", (0, 4));
    check("\x1b[3ga\tb", "a        b", (0, 9));
    check("\x1b[9Ga\x1b[2Zb", "b       a", (0, 1));
    check("\x1b[2Ia", "         a", (0, 9));
    check("\x1b[9G\x1b[g\ra\tb", "a        b", (0, 9));
    check("\x1b[3g\x1b[?5W\ta", "        a", (0, 9));
}

#[test]
fn reverse_wrap_goes_up_where_rows_are_joined() {
    check("\x1b[?45h0123456789x\x08\x08y", "012345678y\nx", (0, 9));
    check("\x1b[?45ha\r\n\x08y", "a\ny", (1, 1));
    check("\x1b[?1045ha\r\n\x08y", "a        y", (0, 9));
    check("0123456789x\x08\x08\x08y", "0123456789\ny", (1, 1));
}

#[test]
fn cells_are_inserted_deleted_and_erased() {
    check("abcdef\x1b[3G\x1b[2@", "ab  cdef", (0, 2));
    check("abcdef\x1b[3G\x1b[2P", "abef", (0, 2));
    check("abcdef\x1b[3G\x1b[2X", "ab  ef", (0, 2));
    check("abcdef\x1b[3G\x1b[4hXY\x1b[4lZ", "abXYZdef", (0, 5));
    check("abcdef\x1b[3G\x1b[K", "ab", (0, 2));
    check("abcdef\x1b[3G\x1b[1K", "   def", (0, 2));
    check("abc\x1b[3b", "abcccc", (0, 6));
    check("abc\x1b[1m\x1b[?7l\x1b[99b", "abcccccccc", (0, 9));
    check("a\x1b[3;3H\x1b[1J b", "\n\n   b", (2, 4));
    check(&format!("{}\x1b[2J", letters()), "", (0, 0));
    check("012345678\x1b[4hab", "012345678a\nb", (1, 1));
}

#[test]
fn columns_of_the_region_are_inserted_and_deleted() {
    let rows = "abc\r\ndef\x1b[1;2H";
    check(&format!("{rows}\x1b['}}"), "a bc\nd ef", (0, 1));
    check(&format!("{rows}\x1b['~"), "ac\ndf", (0, 1));
    check("ab\x1b[H\x1b6", " ab", (0, 0));
    check("ab\x1b[1;10H\x1b9", "b", (0, 9));
}

#[test]
fn rectangles_are_filled_erased_and_copied() {
    let rows = letters();
    check(
        &format!("{rows}\x1b[88;2;2;3;4$x"),
        "aaaaaaaaaa\nbXXXbbbbbb\ncXXXcccccc\ndddddddddd\neeeeeeeeee",
        (0, 0),
    );
    check(
        &format!("{rows}\x1b[2;2;3;4$z"),
        "aaaaaaaaaa\nb   bbbbbb\nc   cccccc\ndddddddddd\neeeeeeeeee",
        (0, 0),
    );
    check(
        &format!("{rows}\x1b[1;1;2;2;1;4;9$v"),
        "aaaaaaaaaa\nbbbbbbbbbb\ncccccccccc\nddddddddaa\neeeeeeeebb",
        (0, 0),
    );
    check("漢字\x1b[1;1;1;4;1;2;2$v", "漢字\n 漢字", (0, 4));
}

#[test]
fn selective_erase_spares_protected_cells() {
    check("a\x1b[1\"qb\x1b[0\"qc\x1b[?2J", " b", (0, 3));
    check("a\x1b[1\"qb\x1b[0\"qc\r\x1b[?K", " b", (0, 0));
    check("a\x1b[1\"qb\x1b[0\"qc\x1b[1;1;1;9${", " b", (0, 3));
    check("\x1bVa\x1bWb\r\x1b[?0K", "a", (0, 0));
    check("\x1b[1\"q漢\x1b[0\"qb\r\x1b[?0K", "漢", (0, 0));
    check("a\x1b[1\"qb\x1b[2J", "", (0, 2));
}

#[test]
fn the_alternate_screen_comes_and_goes() {
    check("main\x1b[?1049halt\x1b[?1049l!", "main!", (0, 5));
    check("main\x1b[?1049h\x1b[Halt", "alt", (0, 3));
    check("main\x1b[?47halt\x1b[?47l!", "main   !", (0, 8));
    check("main\x1b[?1047halt\x1b[?1047l\x1b[?47h\x1b[1;1Hx", "x", (0, 1));
    check("0123456789\x1b[?47h\x1b[?47lx", "0123456789\nx", (1, 1));
    check("a\x1b[?1048hb\x1b[?1048lc", "ac", (0, 2));
    check("\x1b[2;3r\x1b[?1049h\x1b[3Ha\n\nb\x1b[?1049l", "", (0, 0));
    let screen = shown("\x1b[2;3r\x1b[?47h\x1b[3Ha\n\nb");
    assert_eq!(screen.text(), "\n\n b");
}

#[test]
fn resets_reset() {
    check("\x1b[2;3r\x1b[?6h\x1b[4h\x1b[?7l\x1b[3;3H\x1b[!px", "\n\n  x", (2, 3));
    check("abc\x1b[2;3r\x1bcx", "x", (0, 1));
    check("\x1b#8", "EEEEEEEEEE\nEEEEEEEEEE\nEEEEEEEEEE\nEEEEEEEEEE\nEEEEEEEEEE", (0, 0));
    check("ab\x1b7cd\x1b[!p\x1b8x", "xbcd", (0, 1));
    check("abc\x1b[?3h", "", (0, 0));
    check("abc\x1b[?3l", "abc", (0, 3));
}

#[test]
fn line_drawing_works_in_any_locale() {
    check("\x1b(0lqk\x1b(Bq", "┌─┐q", (0, 4));
    check("\x1b)0\x0elqk\x0fq", "┌─┐q", (0, 4));
    check("\x1b*0\x1bNqq", "─q", (0, 2));
    check("\x1b(A#\x1b(B#", "£#", (0, 2));
    check("\x1b(0\x1b7\x1b(B\x1b8q", "─", (0, 1));
}

#[test]
fn controls_inside_a_sequence_act_at_once() {
    check("ab\x1b[2\x08Cc", "ab c", (0, 4));
    check("ab\x1b[\r2Cc", "abc", (0, 3));
    check("a\x1b[1\x18mb", "amb", (0, 3));
    check("a\x1b[1\x1b[31mb", "ab", (0, 2));
}

#[test]
fn wide_combining_and_broken_characters_take_their_columns() {
    check("漢字x", "漢字x", (0, 5));
    check("123456789漢", "123456789\n漢", (1, 2));
    check("漢\x1b[2Gx", " x", (0, 2));
    check("e\u{301}x", "e\u{301}x", (0, 2));
    check("❤\u{fe0f}x", "❤\u{fe0f}x", (0, 3));
    check("a\u{fffd}b", "a\u{fffd}b", (0, 3));
    let screen = shown(b"a\xffb\xe2\x82c\x85d");
    assert_eq!(screen.text(), "a\u{fffd}b\u{fffd}c\u{fffd}d");
    let screen = shown(b"\x1b[4ma\xffb\xe2\x82c\x85d\x1b[9m\xff\xe2\x82");
    assert_eq!(screen.text(), "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}");
}

#[test]
fn used_rows_grow_with_output_and_fall_when_the_screen_is_cleared() {
    let used = |input: &str| shown(input).used_rows();
    assert_eq!(used(""), 1);
    assert_eq!(used("a\r\nb\r\nc"), 3);
    assert_eq!(used("a\r\nb\r\nc\x1b[A\x1b[A"), 3);
    assert_eq!(used("a\r\nb\r\nc\x1b[2A\x1b[J"), 3);
    assert_eq!(used("a\r\nb\r\nc\x1b[H\x1b[2J"), 1);
    assert_eq!(used("a\r\nb\r\nc\x1b[H\x1b[J"), 1);
    // asking for the size of the terminal uses nothing
    assert_eq!(used("a\x1b7\x1b[999;999H\x1b[6n\x1b8"), 1);
    assert_eq!(used("\x1b[4;1Hx\x1b[H"), 4);
    assert_eq!(used("a\x1b[?1049h\x1b[5;1Hx\x1b[?1049l"), 1);
}
