//! What programs are answered. Fixed forms only (reliability.md F37).

use super::*;

#[track_caller]
fn answered(input: &str, expected: &str) {
    assert_eq!(replies(input), expected, "{input:?}");
}

#[test]
fn a_program_learns_what_terminal_it_has() {
    answered("\x1b[c", "\x1b[?64;1;2;6;9;15;16;17;18;21;22;28;29c");
    answered("\x1b[>c", "\x1b[>41;380;0c");
    answered("\x1b[=c", "\x1bP!|00000000\x1b\\");
    answered("\x1bZ", &replies("\x1b[c"));
    answered("\x1b[>0q", concat!("\x1bP>|aside(", env!("CARGO_PKG_VERSION"), ")\x1b\\"));
    answered("\x1bP+q544e\x1b\\", "\x1bP1+r544E=787465726D2D323536636F6C6F72\x1b\\");
}

#[test]
fn a_program_learns_where_the_cursor_is() {
    answered("\x1b[5n\x1b[3;4H\x1b[6n\x1b[?6n", "\x1b[0n\x1b[3;4R\x1b[?3;4;1R");
    answered("\x1b[5;10r\x1b[?6h\x1b[2;4H\x1b[6n", "\x1b[2;4R");
    answered(&format!("{}\x1b[6n", "x".repeat(80)), "\x1b[1;80R");
    answered("\x1b[14t\x1b[16t\x1b[18t", "\x1b[4;384;640t\x1b[6;16;8t\x1b[8;24;80t");
}

#[test]
fn a_program_learns_what_is_switched_on() {
    answered("\x1b[?2004$p\x1b[?2004h\x1b[?2004$p", "\x1b[?2004;2$y\x1b[?2004;1$y");
    answered(
        "\x1b[?1000;1006h\x1b[?1000$p\x1b[?1002$p\x1b[?1006$p",
        "\x1b[?1000;1$y\x1b[?1002;2$y\x1b[?1006;1$y",
    );
    answered("\x1b[?2026h\x1b[?2026$p\x1b[?9999$p", "\x1b[?2026;1$y\x1b[?9999;0$y");
    answered("\x1b[4h\x1b[4$p\x1b[20$p\x1b[7$p", "\x1b[4;1$y\x1b[20;2$y\x1b[7;4$y");
    answered("\x1b[?7h\x1b[?7s\x1b[?7l\x1b[?7$p\x1b[?7r\x1b[?7$p", "\x1b[?7;2$y\x1b[?7;1$y");
}

#[test]
fn a_program_reads_its_settings_back() {
    answered("\x1b[1;4:3;31;58:5:3m\x1bP$qm\x1b\\", "\x1bP1$r0;1;4;31;4:3;58:5:3m\x1b\\");
    answered("\x1b[2;9r\x1bP$qr\x1b\\", "\x1bP1$r2;9r\x1b\\");
    answered("\x1b[4 q\x1bP$q q\x1b\\", "\x1bP1$r4 q\x1b\\");
    answered("\x1bP$qnonsense\x1b\\", "\x1bP0$r\x1b\\");
}

#[test]
fn colours_are_told_as_numbers() {
    answered("\x1b]11;?\x07", "\x1b]11;rgb:0000/0000/0000\x1b\\");
    answered("\x1b]4;1;?\x07", "\x1b]4;1;rgb:cdcd/0000/0000\x1b\\");
    answered(
        "\x1b]10;#fff;?\x07\x1b]10;?\x07",
        "\x1b]11;rgb:0000/0000/0000\x1b\\\x1b]10;rgb:f000/f000/f000\x1b\\",
    );
    answered("\x1b]4;1;rgb:1/2/3\x07\x1b]104;1\x07\x1b]4;1;?\x07", "\x1b]4;1;rgb:cdcd/0000/0000\x1b\\");
    let mut screen = Screen::new(Size::new(24, 80));
    screen.set_outer_colours((0, 0, 0), (255, 254, 253));
    let mut effects = Vec::new();
    screen.process(7, b"\x1b]11;?\x07", &mut effects);
    let bytes = b"\x1b]11;rgb:ffff/fefe/fdfd\x1b\\".to_vec();
    assert_eq!(effects, [Effect::Reply { offset: 14, bytes }]);
}

#[test]
fn keyboard_flags_are_a_stack_per_screen() {
    answered("\x1b[?u\x1b[>5u\x1b[?u\x1b[>1u\x1b[?u\x1b[<u\x1b[?u", "\x1b[?0u\x1b[?5u\x1b[?1u\x1b[?5u");
    answered("\x1b[>1u\x1b[?1049h\x1b[?u\x1b[=3u\x1b[?u\x1b[?1049l\x1b[?u", "\x1b[?0u\x1b[?3u\x1b[?1u");
    answered("\x1b[=1u\x1b[=4;2u\x1b[=1;3u\x1b[?u\x1b[<9u\x1b[?u", "\x1b[?4u\x1b[?0u");
    answered("\x1b[>4;2m\x1b[?4m\x1b[>4m\x1b[?4m", "\x1b[>4;2m\x1b[>4;0m");
    assert_eq!(shown("\x1b[>4;2m\x1b[>5u").modes().kitty_keyboard, 5);
}

#[test]
fn no_answer_holds_text_the_program_chose() {
    for input in [
        "\x1b]0;rm -rf\x07\x1b[20t\x1b[21t",
        "\x05",
        "\x1b]52;c;cm0gLXJm\x07\x1b]52;c;?\x07",
        "\x1b]4;evil;?\x07\x1b]10;evil\x07\x1b]11;?evil\x07",
        "\x1bP$qevil\x1b\\\x1bP+q6576696c\x1b\\\x1bP+qevil;evil\x1b\\",
        "\x1b]50;?\x07\x1b[1;1;1;1;1;1*y",
        "\x1b]99;i=evil:p=?;evil\x1b\\\x1b]7501;?evil\x1b\\\x1b[?evil$p",
    ] {
        let answer = replies(input);
        assert!(!answer.contains("evil") && !answer.contains("rm") && !answer.contains("cm0"), "{answer:?}");
    }
    answered("\x1b]52;c;?\x07", "\x1b]52;c;\x1b\\");
    answered("\x1b[20t\x1b[21t\x05", "");
}

#[test]
fn an_answer_names_the_offset_behind_its_query() {
    let mut screen = Screen::new(Size::new(24, 80));
    let mut effects = Vec::new();
    screen.process(100, b"ab\x1b[", &mut effects);
    screen.process(104, b"5", &mut effects);
    screen.process(105, b"nxx\x1b]11;", &mut effects);
    screen.process(113, b"?\x1b", &mut effects);
    screen.process(115, b"\\", &mut effects);
    let offsets: Vec<u64> = effects
        .iter()
        .filter_map(|e| if let Effect::Reply { offset, .. } = e { Some(*offset) } else { None })
        .collect();
    assert_eq!(offsets, [106, 116]);
}
