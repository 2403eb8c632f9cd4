//! What holds for any bytes.

use super::*;
use crate::screen::{LazyScreen, Snapshot};
use proptest::prelude::*;

/// Pieces that mean something, so that random bytes get somewhere.
const PIECES: [&str; 68] = [
    "a",
    "Hello, world",
    "漢字",
    "é",
    "e\u{301}",
    "❤\u{fe0f}",
    "👨\u{200d}👩",
    "\u{fffd}",
    "\u{e0201}",
    "葛\u{e0101}",
    "\r\n",
    "\n",
    "\r",
    "\t",
    "\x08",
    "\x07",
    "\x0e",
    "\x0f",
    "\x1bM",
    "\x1bD",
    "\x1bE",
    "\x1b7",
    "\x1b8",
    "\x1bc",
    "\x1b#8",
    "\x1b(0",
    "\x1b(B",
    "\x1bH",
    "\x1bN",
    "\x1b[",
    "\x1b[1;31m",
    "\x1b[0m",
    "\x1b[41m",
    "\x1b[4:3;9m",
    "\x1b[7;2m",
    "\x1b]8;;https://a.example\x1b\\",
    "\x1b]8;;\x07",
    "\x1b]0;title\x07",
    "\x1b]",
    "\x1bP$qm\x1b\\",
    "\x1b[?1049h",
    "\x1b[?1049l",
    "\x1b[?47h",
    "\x1b[?6h",
    "\x1b[?6l",
    "\x1b[?7l",
    "\x1b[?7h",
    "\x1b[4h",
    "\x1b[4l",
    "\x1b[2;4r",
    "\x1b[r",
    "\x1b[3;5H",
    "\x1b[H",
    "\x1b[2J",
    "\x1b[K",
    "\x1b[2@",
    "\x1b[3P",
    "\x1b[L",
    "\x1b[2M",
    "\x1b[?69h",
    "\x1b[?69l",
    "\x1b[2;4s",
    "\x1b[S",
    "\x1b[6n",
    "\x1b[c",
    "\x1b[5b",
    "\x1b[!p",
    "0123456789",
];

/// Some output; shown with its escapes when a property fails.
#[derive(Clone)]
struct Output(Vec<u8>);

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// Bytes that make sense, with some that do not.
fn output() -> impl Strategy<Value = Output> {
    let piece = prop_oneof![
        12 => (0..PIECES.len()).prop_map(|at| PIECES[at].as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..6),
        1 => ("[0-9;:?<=>]{0,6}", 0x20u8..0x7f).prop_map(|(params, last)| format!("\x1b[{params}{}", last as char).into()),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| Output(pieces.concat()))
}

fn size() -> impl Strategy<Value = Size> {
    (1u16..8, 2u16..14).prop_map(|(rows, cols)| Size::new(rows, cols))
}

/// Bells are told once for all that rang in one go, titles and progress only as they are at last.
fn told(effects: &[Effect]) -> Vec<&Effect> {
    effects.iter().filter(|effect| matches!(effect, Effect::Reply { .. } | Effect::Mark { .. })).collect()
}

/// The text with wrapped rows joined.
fn logical_lines(screen: &Screen) -> Vec<String> {
    let snapshot = Snapshot::of(screen);
    let mut lines = vec![String::new()];
    for row in &snapshot.rows {
        let line = lines.last_mut().unwrap();
        line.extend(
            row.cells
                .iter()
                .map(|cell| if cell.text.is_empty() && cell.width > 0 { " " } else { cell.text.as_str() }),
        );
        if !row.wrapped {
            line.truncate(line.trim_end().len());
            lines.push(String::new());
        } else if row.cells.last().is_some_and(|cell| cell.text.is_empty() && cell.width > 0) {
            line.pop();
        }
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// Controls, and the marks that stand for attributes.
fn forbidden(ch: char) -> bool {
    ch.is_control() || ('\u{e0200}'..='\u{e0fff}').contains(&ch)
}

/// Output with floods in it, long enough to be skipped.
fn flood() -> impl Strategy<Value = Output> {
    let line = prop_oneof![
        Just("line of text\r\n".to_owned()),
        Just("\x1b[32mok\x1b[0m test \x1b[1;4mname\x1b[m\r\n".to_owned()),
        Just("\x1b[41mleft open\r\n".to_owned()),
        Just("\x1b[9mstruck\r\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("bare\n".to_owned()),
        Just(
            "a long line that wraps twice or more: 漢字 e\u{301} ❤\u{fe0f}\ttab\x08\x07\x1b[K\r\n".to_owned()
        ),
    ];
    let lines = prop::collection::vec(line, 1..6).prop_map(|lines| lines.concat());
    let piece = prop_oneof![
        (lines, 1usize..600).prop_map(|(lines, times)| lines.repeat(times).into_bytes()),
        output().prop_map(|Output(bytes)| bytes),
    ];
    prop::collection::vec(piece, 1..5).prop_map(|pieces| Output(pieces.concat()))
}

proptest! {
    // floods are long
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 4, ..ProptestConfig::default() })]
    #[test]
    fn a_screen_that_catches_up_looks_as_if_it_had_seen_everything(
        size in size(),
        Output(bytes) in flood(),
        cuts in prop::collection::vec(1usize..9000, 1..20),
        looks in prop::collection::vec(any::<bool>(), 1..20),
    ) {
        let mut screen = Screen::new(size);
        let mut lazy = LazyScreen::new(Screen::new(size));
        let (mut direct, mut deferred) = (Vec::new(), Vec::new());
        let mut offset = 0;
        for (cut, look) in cuts.iter().cycle().zip(looks.iter().cycle()) {
            let end = (offset + cut).min(bytes.len());
            screen.process(offset as u64, &bytes[offset..end], &mut direct);
            lazy.feed(offset as u64, &bytes[offset..end], &mut deferred);
            while lazy.busy() {
                lazy.go_on(&mut deferred);
            }
            prop_assert_eq!(lazy.as_settled().modes(), screen.modes());
            prop_assert_eq!(lazy.as_settled().title(), screen.title());
            if *look {
                prop_assert_eq!(Snapshot::of(lazy.settle()), Snapshot::of(&screen));
            }
            offset = end;
            if offset == bytes.len() {
                break;
            }
        }
        prop_assert_eq!(told(&deferred), told(&direct));
        prop_assert_eq!(deferred.contains(&Effect::Bell), direct.contains(&Effect::Bell));
        let mut settled = lazy.into_settled();
        prop_assert_eq!(Snapshot::of(&settled), Snapshot::of(&screen));
        prop_assert_eq!(settled.used_rows(), screen.used_rows());
        for screen in [&mut settled, &mut screen] {
            screen.process(offset as u64, b"\x1b[2bx\n\n\x1b[L\x1b8", &mut direct);
        }
        prop_assert_eq!(Snapshot::of(&settled), Snapshot::of(&screen));
    }
}

proptest! {

    #[test]
    fn output_in_any_pieces_gives_the_same_screen(
        size in size(),
        Output(bytes) in output(),
        cuts in prop::collection::vec(1usize..9, 1..40),
    ) {
        let (whole, effects) = run(size, &bytes);
        let mut screen = Screen::new(size);
        let mut pieces = Vec::new();
        let mut offset = 0;
        for cut in cuts.iter().cycle() {
            let end = (offset + cut).min(bytes.len());
            screen.process(offset as u64, &bytes[offset..end], &mut pieces);
            offset = end;
            if offset == bytes.len() {
                break;
            }
        }
        prop_assert_eq!(Snapshot::of(&screen), Snapshot::of(&whole));
        prop_assert_eq!(told(&pieces), told(&effects));
        prop_assert_eq!(screen.used_rows(), whole.used_rows());
    }

    #[test]
    fn a_screen_goes_on_from_its_checkpoint(size in size(), Output(before) in output(), Output(after) in output()) {
        let (mut whole, _) = run(size, &before);
        let mut restored = Screen::restore(&whole.checkpoint()).expect("just taken");
        prop_assert_eq!(Snapshot::of(&restored), Snapshot::of(&whole));
        let (mut first, mut second) = (Vec::new(), Vec::new());
        whole.process(before.len() as u64, &after, &mut first);
        restored.process(before.len() as u64, &after, &mut second);
        prop_assert_eq!(Snapshot::of(&restored), Snapshot::of(&whole));
        prop_assert_eq!(told(&second), told(&first));
        prop_assert_eq!(restored.used_rows(), whole.used_rows());
    }

    #[test]
    fn no_output_and_no_size_breaks_a_screen(
        steps in prop::collection::vec((size(), output()), 1..6),
    ) {
        let mut screen = Screen::new(Size::new(3, 9));
        let mut effects = Vec::new();
        for (size, Output(bytes)) in steps {
            screen.resize(size);
            screen.process(0, &bytes, &mut effects);
            prop_assert_eq!(screen.size(), size);
            let _ = Snapshot::of(&screen);
        }
        let fault = effects.iter().any(|effect| matches!(effect, Effect::Fault { .. }));
        prop_assert!(!fault);
    }

    #[test]
    // Of printed lines only: one that was wrapped and then had rows inserted or scrolled into it is no line any more.
    fn a_new_size_and_back_keeps_the_lines(
        printed in proptest::collection::vec("[a-z漢字é]{0,12}( [a-z漢字é]{1,9}){0,4}", 0..9),
        cols in 14u16..40,
    ) {
        let size = Size::new(30, 14);
        let (mut screen, _) = run(size, printed.join("\r\n").as_bytes());
        if screen.modes().alternate_screen || screen.used_rows() >= 30 {
            return Ok(());
        }
        let lines = logical_lines(&screen);
        // a line before a wide character may look wrapped: see `Grid::row_wrapped`
        if lines.iter().any(|line| line.starts_with(['漢', '字', '葛', '❤', '👨', '👩'])) {
            return Ok(());
        }
        screen.resize(Size::new(30, cols));
        prop_assert_eq!(logical_lines(&screen), lines.clone());
        screen.resize(size);
        prop_assert_eq!(logical_lines(&screen), lines);
    }

    #[test]
    fn a_row_of_the_same_version_has_the_same_cells(
        size in size(),
        Output(bytes) in output(),
        cuts in prop::collection::vec(1usize..12, 1..40),
    ) {
        let mut screen = Screen::new(size);
        let mut offset = 0;
        for cut in cuts.iter().cycle() {
            let versions: Vec<_> = (0..size.rows).map(|row| screen.row_version(row)).collect();
            let before = Snapshot::of(&screen);
            let end = (offset + cut).min(bytes.len());
            screen.process(offset as u64, &bytes[offset..end], &mut Vec::new());
            let after = Snapshot::of(&screen);
            for row in 0..size.rows {
                let at = usize::from(row);
                if screen.row_version(row) == versions[at] {
                    prop_assert_eq!(&after.rows[at].cells, &before.rows[at].cells, "row {}", row);
                }
            }
            offset = end;
            if offset == bytes.len() {
                break;
            }
        }
    }

    #[test]
    fn cells_hold_no_control_character(size in size(), Output(bytes) in output()) {
        let (screen, _) = run(size, &bytes);
        for row in 0..size.rows {
            let mut width = 0;
            for col in 0..size.cols {
                let cell = screen.cell(row, col);
                prop_assert!(!cell.text().contains(forbidden));
                width += u16::from(cell.width);
            }
            prop_assert_eq!(width, size.cols, "row {}: {:?}", row, screen.text());
        }
    }
}
