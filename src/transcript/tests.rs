//! Whole streams against the transcripts they must give.

use super::*;
use proptest::prelude::*;
use std::fmt::Write as _;

const SIZE: Size = Size::new(6, 20);

/// Feeds a stream whole, a byte a millisecond or as told, and returns the transcript's lines as text.
fn lines_of(size: Size, bytes: &[u8]) -> Vec<String> {
    let mut transcript = Transcript::new(size);
    transcript.feed(0, bytes, 0);
    transcript.finish();
    all(&transcript, bytes)
}

fn all(transcript: &Transcript, source: &[u8]) -> Vec<String> {
    let lines = transcript.lines(0..u64::MAX, &source).unwrap();
    assert_eq!(lines.len() as u64, transcript.line_count(), "{transcript:?}");
    lines.iter().map(Line::text).collect()
}

/// All that can be seen of a transcript: text, styles, kinds.
fn shown(transcript: &Transcript, source: &[u8]) -> String {
    let lines = transcript.lines(0..u64::MAX, &source).unwrap();
    lines.iter().fold(String::new(), |mut text, line| {
        writeln!(text, "{line:?}").unwrap();
        text
    })
}

fn check(bytes: &str, expected: &[&str]) {
    assert_eq!(lines_of(SIZE, bytes.as_bytes()), expected, "{:?}", bytes);
}

#[test]
fn plain_lines_are_themselves() {
    check("", &[]);
    check("one", &["one"]);
    check("one\r\n", &["one"]);
    check("one\r\n\r\nthree", &["one", "", "three"]);
    check("trailing   \r\n", &["trailing   "]);
    check("a\tb\r\n", &["a       b"]);
    check("\x1b[31mred\x1b[m\x1b[K plain\r\n", &["red plain"]);
    check("\x1b]0;title\x07text\x1b[?25l\r\n", &["text"]);
    check("nul\0s and \x07bells\r\n", &["nuls and bells"]);
    check("twice\r\r\n", &["twice"]);
    // long enough for the fast scan, which must not take a CR at its end for text
    check("a whole fast window\r\n\r\r", &["a whole fast window"]);
    check("a whole fast window\r\r\n", &["a whole fast window"]);
}

#[test]
fn a_progress_bar_ends_as_the_screen_showed_it() {
    check("10%\r20%\r100%\r\ndone\r\n", &["100%", "done"]);
    check("working\r\x1b[Kdone\r\n", &["done"]);
    check("longer text\rshort\r\n", &["shortr text"]);
}

#[test]
fn lines_redrawn_by_moving_up_end_as_the_screen_showed_them() {
    check("a 1\r\nb 1\r\n\x1b[2A\x1b[Ka 2\r\n\x1b[Kb 2\r\nend\r\n", &["a 2", "b 2", "end"]);
    check("1\r\n2\r\n3\r\n\x1b[3A\x1b[Jonly\r\n", &["only"]);
}

#[test]
fn wrapped_rows_are_one_line() {
    let long = "x".repeat(50);
    check(&format!("{long}\r\n"), &[&long]);
    check(&format!("{long}\x08y\r\n"), &[&format!("{}y", &long[1..])]);
    check(&format!("-\x08{long}\r\nnext\r\n"), &[&long, "next"]);
}

#[test]
fn a_clear_keeps_what_had_stood_for_a_second() {
    let mut transcript = Transcript::new(SIZE);
    let parts = ["one\r\ntwo\r\n", "\x1b[H\x1b[2J\x1b[3J", "three\r\n", "\x1b[2J\x1b[H", "four\r\n"];
    let times = [0, 5000, 5000, 5500, 5600];
    let whole = parts.concat();
    for (part, at) in parts.iter().zip(times) {
        transcript.feed(transcript.consumed(), part.as_bytes(), at);
    }
    assert_eq!(all(&transcript, whole.as_bytes()), ["one", "two", "four"]);
}

#[test]
fn a_log_read_later_keeps_the_clears_that_were_kept_live() {
    let parts = ["one\r\n", "\x1b[H\x1b[2J", "two\r\n", "\x1b[H\x1b[2J", "three\r\n", "\x1b[H\x1b[2J", "end"];
    let times_ms = [100, 2000, 2000, 2400, 2500, 9000, 9000];
    let (mut live, mut log, mut times) = (Transcript::new(SIZE), Vec::new(), Vec::new());
    for (part, ms) in parts.iter().zip(times_ms) {
        times.push((log.len() as u64, ms));
        live.feed(log.len() as u64, part.as_bytes(), ms);
        log.extend_from_slice(part.as_bytes());
    }
    let expected = ["one", "three", "end"];
    assert_eq!(all(&live, &log), expected);
    for size in [1, 5, 1000] {
        let mut later = Transcript::new(SIZE);
        log.chunks(size).for_each(|chunk| later.feed_timed(later.consumed(), chunk, &times));
        assert_eq!(all(&later, &log), expected, "in chunks of {size}");
    }
}

#[test]
fn a_redraw_loop_of_the_same_screen_is_kept_once() {
    let mut transcript = Transcript::new(SIZE);
    let mut log = Vec::new();
    for second in 0..100 {
        let part = b"\x1b[H\x1b[2Jsame\r\npicture\r\n";
        transcript.feed(log.len() as u64, part, second * 2000);
        log.extend_from_slice(part);
    }
    assert_eq!(all(&transcript, &log), ["same", "picture", "same", "picture"]);
}

#[test]
fn a_full_screen_program_is_one_entry_with_its_last_screen() {
    let bytes = b"$ vim\r\n\x1b[?1049h\x1b]2;notes.txt - VIM\x07\x1b[2J\x1b[Hhello\r\n~\r\n\x1b[1;6H!\x1b[?1049l$ ls\r\nfile\r\n";
    let mut transcript = Transcript::new(SIZE);
    transcript.feed(0, bytes, 0);
    let lines = transcript.lines(0..9, &bytes.as_slice()).unwrap();
    let text: Vec<String> = lines.iter().map(Line::text).collect();
    assert_eq!(text, ["$ vim", "[full screen: notes.txt - VIM, 2 rows]", "$ ls", "file"]);
    let Some(Kind::Folded { title, screen }) = lines.get(1).map(|line| &line.kind) else {
        panic!("{lines:?}")
    };
    assert_eq!(title, "notes.txt - VIM");
    let screen: Vec<&str> = screen.iter().flatten().map(|span| span.text.as_str()).collect();
    assert_eq!(screen, ["hello!", "~"]);
}

#[test]
fn a_loop_of_full_screen_programs_in_one_row_does_not_pile_up() {
    let mut transcript = Transcript::new(SIZE);
    let mut log = b"above\r\n".to_vec();
    (0..20_000).for_each(|_| log.extend_from_slice(b"\x1b[?1049hx\x1b[?1049l"));
    log.extend_from_slice(b"below\r\n");
    transcript.feed(0, &log, 0);
    assert_eq!(transcript.line_count(), 20_002);
    let open: usize = transcript.open_blocks().iter().map(|open| open.bytes_held()).sum();
    assert!(open < 100_000, "{open} bytes are held");
    assert_eq!(all(&transcript, &log).iter().filter(|line| line.starts_with("[full screen")).count(), 20_000);
}

#[test]
fn a_gap_is_counted_where_it_is() {
    let mut transcript = Transcript::new(SIZE);
    let mut log = b"before\r\nhalf".to_vec();
    transcript.feed(0, &log, 0);
    log.resize(12_345 + 12, 0);
    let rest = b"after\r\n";
    transcript.feed(log.len() as u64, rest, 0);
    log.extend_from_slice(rest);
    assert_eq!(all(&transcript, &log), ["before", "half", "[… 12,345 bytes dropped by the cap …]", "after"]);
}

#[test]
fn any_size_is_found_at_once_and_costs_little_memory() {
    let mut log = Vec::new();
    for number in 0..200_000 {
        log.extend_from_slice(format!("line {number} of many\r\n").as_bytes());
    }
    let mut transcript = Transcript::new(Size::new(24, 80));
    log.chunks(50_000).for_each(|chunk| transcript.feed(transcript.consumed(), chunk, 0));
    assert_eq!(transcript.line_count(), 200_000);
    for number in [0, 1, 99_999, 123_456, 199_975, 199_976, 199_999] {
        let line = transcript.lines(number..number + 1, &log.as_slice()).unwrap();
        assert_eq!(line.iter().map(Line::text).collect::<Vec<_>>(), [format!("line {number} of many")]);
    }
    assert!(transcript.store.blocks().len() < 100);
}

#[test]
fn a_line_too_long_is_cut_and_the_rest_counted() {
    let mut log = b"short\r\n".to_vec();
    log.resize(log.len() + 3_000_000, b'x');
    log.extend_from_slice(b"\r\nafter\r\n");
    let mut transcript = Transcript::new(SIZE);
    log.chunks(7000).for_each(|chunk| transcript.feed(transcript.consumed(), chunk, 0));
    let lines = transcript.lines(0..9, &log.as_slice()).unwrap();
    let lengths: Vec<(usize, u64)> = lines.iter().map(|line| (line.text().len(), line.cut_bytes)).collect();
    // its line end is among the bytes not shown
    assert_eq!(lengths, [(5, 0), (262_144, 3_000_002 - 262_144), (5, 0)]);
}

#[test]
fn hostile_text_is_inert() {
    let bytes = "a\u{9b}31mb\u{202e}c\x1b[31\x1b[md\u{e0100}e\u{2066}\r\n".as_bytes();
    assert_eq!(lines_of(SIZE, bytes), ["a31mbcde"]);
    assert_eq!(lines_of(SIZE, &[b'a', 0xff, b'z', 0xe2, 0x82]), ["a\u{fffd}z\u{fffd}"]);
}

/// Streams of everything a terminal knows, mostly text.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => "[a-zé漢 \t]{0,30}",
        6 => Just("\r\n".to_owned()),
        2 => Just("\r".to_owned()),
        1 => Just("\n".to_owned()),
        1 => Just("\x08".to_owned()),
        2 => "\x1b\\[[0-9]{0,2}[ABCDEFGHJKLMPSTX@mdrbsu]",
        2 => "\x1b\\[(1;31|0|38;5;9|)m",
        1 => "\x1b\\[\\?(7|25|1049|6|47)[hl]",
        1 => "\x1b[78DEMc]|\x1b\\(0|\x1b\\(B",
        1 => "\x1b\\]0;[a-z\n]{0,4}\x07",
        1 => "\u{301}|\u{fe0f}|\x0e|\x0f|\x1b\\[4h|\x1b\\[4l",
    ];
    proptest::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn the_transcript_of_plain_text_is_the_text(
        text in proptest::collection::vec("[ -~é漢\u{1f600}]{0,60}", 0..60),
        rows in 1u16..8,
        cols in 2u16..40,
    ) {
        let bytes = text.iter().map(|line| format!("{line}\r\n")).collect::<String>();
        prop_assert_eq!(lines_of(Size::new(rows, cols), bytes.as_bytes()), text);
    }

    #[test]
    fn text_that_passed_the_grid_is_the_text_too(
        text in proptest::collection::vec("[ -~é漢\u{1f600}]{1,60}", 1..30),
        rows in 1u16..8,
        cols in 2u16..40,
    ) {
        // a harmless step beyond plain text in each line
        let bytes = text.iter().map(|line| format!("\x1b7{line}\r\n")).collect::<String>();
        prop_assert_eq!(lines_of(Size::new(rows, cols), bytes.as_bytes()), text);
    }

    #[test]
    fn any_chunking_gives_the_same_transcript(bytes in stream(), size in 1usize..50, rows in 1u16..8, cols in 2u16..30) {
        let mut whole = Transcript::new(Size::new(rows, cols));
        whole.feed(0, &bytes, 0);
        let mut parts = Transcript::new(Size::new(rows, cols));
        for chunk in bytes.chunks(size) {
            parts.feed(parts.consumed(), chunk, 0);
            parts.line_count();
        }
        prop_assert_eq!(shown(&whole, &bytes), shown(&parts, &bytes));
        prop_assert_eq!(whole.line_count(), parts.line_count());
        whole.finish();
        let all = whole.lines(0..u64::MAX, &bytes.as_slice()).unwrap();
        prop_assert_eq!(all.len() as u64, whole.line_count());
        let inert = all.iter().flat_map(|line| &line.spans).all(|span| !span.text.contains(char::is_control));
        prop_assert!(inert);
    }

    #[test]
    fn any_bytes_and_resizes_are_survived(
        parts in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..60), stream(), 1u16..9, 2u16..30), 0..6),
    ) {
        let (mut transcript, mut log) = (Transcript::new(SIZE), Vec::new());
        for (noise, stream, rows, cols) in parts {
            for bytes in [noise, stream] {
                transcript.feed(log.len() as u64, &bytes, 0);
                log.extend_from_slice(&bytes);
            }
            transcript.resize(log.len() as u64, Size::new(rows, cols));
        }
        prop_assert_eq!(transcript.lines(0..u64::MAX, &log.as_slice()).unwrap().len() as u64, transcript.line_count());
    }
}

/// A part of a log as large as what the housekeeping is for.
#[derive(Clone, Debug)]
enum Part {
    /// So many lines of so many bytes.
    Lines(usize, usize),
    /// A line without an end.
    Long(usize),
    /// Something that must be emulated.
    Beyond(&'static str),
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let beyond = prop::sample::select(vec![
        "\x08",
        "\r",
        "\x1b[A",
        "\x1b[2Kx\r\n",
        "\x1b7",
        "\x1b[3Jé\r\n",
        "\x1b[?1049h",
        "\x1b[?1049l\r\n",
    ]);
    let part = prop_oneof![
        4 => (1usize..2000, 0usize..90).prop_map(|(count, length)| Part::Lines(count, length)),
        1 => (1usize..700_000).prop_map(Part::Long),
        3 => beyond.prop_map(Part::Beyond),
    ];
    proptest::collection::vec(part, 1..9)
}

fn render(parts: &[Part]) -> Vec<u8> {
    let (mut log, mut number) = (Vec::new(), 0);
    for part in parts {
        match part {
            Part::Lines(count, length) => (0..*count).for_each(|_| {
                number += 1;
                let colour = number % 7 + 30;
                log.extend_from_slice(format!("\x1b[{colour}m{number:0length$}\r\n").as_bytes());
            }),
            Part::Long(length) => log.extend("long é ".bytes().cycle().take(length / 8 * 8)),
            Part::Beyond(bytes) => log.extend_from_slice(bytes.as_bytes()),
        }
    }
    log
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_gives_the_same_transcript_of_large_logs(
        parts in parts(),
        size in prop::sample::select(vec![997usize, 4096, 32_768, 50_000, 65_536, 300_001]),
        rows in 1u16..60,
    ) {
        let log = render(&parts);
        let feed = |size: usize| {
            let mut transcript = Transcript::new(Size::new(rows, 40));
            log.chunks(size).for_each(|chunk| transcript.feed(transcript.consumed(), chunk, 0));
            transcript
        };
        let (one, other) = (feed(usize::MAX), feed(size));
        prop_assert_eq!(one.line_count(), other.line_count());
        prop_assert!(shown(&one, &log) == shown(&other, &log));
        let export = |transcript: &Transcript| {
            let mut text = Vec::new();
            transcript.export(0..u64::MAX, Dress::Ansi, &log.as_slice(), &mut text).unwrap();
            text
        };
        prop_assert!(export(&one) == export(&other));
        for line in [0, one.line_count() / 3, one.line_count() / 2, one.line_count().saturating_sub(1)] {
            let alone = one.lines(line..line + 1, &log.as_slice()).unwrap();
            let among = one.lines(line.saturating_sub(5)..line + 1, &log.as_slice()).unwrap();
            prop_assert_eq!(alone.last(), among.last());
        }
    }
}
