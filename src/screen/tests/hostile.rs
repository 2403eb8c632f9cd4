//! Output that means harm, or only wants to be odd (reliability.md F32, F34, F35).

use super::*;

#[test]
fn an_emoji_selector_in_the_last_column_harms_nobody() {
    // vt100 0.18.1 alone panics at the second line
    let heart = format!("{}❤\u{fe0f}", "x".repeat(9));
    let input = format!("\x1b[5;1H{heart}\x1b[5;10Hx\x1b[5;9Hyz{heart}\r\n{heart}\x1b[H{heart}");
    let (screen, effects) = run(Size::new(5, 10), input);
    assert_eq!((effects.len(), screen.size()), (0, Size::new(5, 10)));
}

#[test]
fn sizes_are_clamped_and_every_one_of_them_works() {
    for (rows, cols) in [(0, 0), (1, 1), (1, 2), (2, 1), (u16::MAX, u16::MAX), (1, 1000)] {
        let mut screen = Screen::new(Size { rows, cols });
        let mut effects = Vec::new();
        screen.process(0, "漢字é\u{301}❤\u{fe0f}\r\n\x1b[999;999Hx\x1b#8\x1b[2Jabc".as_bytes(), &mut effects);
        screen.resize(Size { rows: cols, cols: rows });
        screen.process(0, "漢字❤\u{fe0f}x".as_bytes(), &mut effects);
        assert_eq!(effects, []);
        let size = screen.size();
        assert!((1..=1000).contains(&size.rows) && (2..=1000).contains(&size.cols));
    }
}

#[test]
fn strings_without_end_are_not_kept() {
    for kind in ["]", "]52;c;", "P", "_", "^", "X", "P+q", "[", "[?", "[1;"] {
        let mut screen = Screen::new(Size::new(5, 10));
        let mut effects = Vec::new();
        screen.process(0, format!("a\x1b{kind}").as_bytes(), &mut effects);
        for _ in 0..64 {
            screen.process(0, &[b'1'; 65536], &mut effects);
        }
        assert!(screen.inner.normaliser.pending_bytes() < 2 << 20, "{kind}");
        screen.process(0, b"\x18b", &mut effects);
        assert_eq!((screen.text().as_str(), effects.len()), ("ab", 0), "{kind}");
    }
}

#[test]
fn huge_numbers_cost_no_time_and_change_nothing_else() {
    for last in "@ABCDEFGHIJKLMPSTXZ`abcdefghilmnqrstu".chars() {
        let screen = shown(format!("x\x1b[99999999999;99999999999{last}\x1b[H"));
        assert_eq!(screen.size(), Size::new(5, 10), "{last}");
    }
    let many = format!("\x1b[{}m", "1;".repeat(10_000_000));
    assert_eq!(shown(many + "x").text(), "x");
}

#[test]
fn work_is_handed_out_in_portions() {
    for sequence in
        ["\x1b[2J", "\x1b#8", "x\x1b[65535b", "\x1b[9999S", "\x1b[9999L", "\x1b[41m\x1b[9999T", "\x1b[$z"]
    {
        let flood = sequence.repeat(1000);
        let mut effects = Vec::new();
        let mut screen = Screen::new(Size::new(1000, 1000));
        let used = screen.advance(0, flood.as_bytes(), &mut effects);
        assert!(used < flood.len() / 10, "{sequence:?} {used}");
    }
}

#[test]
fn invalid_bytes_do_not_cost_a_search_each() {
    let (screen, _) = run(Size::new(5, 10), vec![0xff; 1 << 16]);
    assert_eq!(screen.cell(0, 0).text(), "\u{fffd}");
}

#[test]
fn a_burst_of_marks_does_not_push_a_character_out() {
    let screen = shown(format!("\x1b[9me{}x", "\u{301}".repeat(100)));
    assert!(screen.cell(0, 0).text().starts_with('e'));
    assert_eq!(screen.cell(0, 1).text(), "x");
}

#[test]
fn a_damaged_checkpoint_restores_nothing() {
    let checkpoint = shown("\x1b[9mabc\x1b[?1049hdef").checkpoint();
    assert_eq!(Screen::restore(&checkpoint).expect("whole").text(), "   def");
    for at in 0..checkpoint.len() {
        let mut damaged = checkpoint.clone();
        damaged[at] ^= 1;
        assert!(Screen::restore(&damaged).is_none());
        assert!(Screen::restore(&checkpoint[..at]).is_none());
    }
}
