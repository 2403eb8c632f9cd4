//! What programs that redraw leave behind: recorded byte streams (24 × 80 unless told) and their transcripts.

use super::*;
use insta::assert_snapshot;
use std::num::NonZeroU16;

fn transcript_of(size: Size, log: &[u8]) -> String {
    let feed = |chunk: usize| {
        let mut transcript = Transcript::new(size);
        log.chunks(chunk).for_each(|chunk| transcript.feed(transcript.consumed(), chunk, 0));
        let lines = transcript.lines(0..u64::MAX, &log).unwrap();
        lines.iter().map(|line| format!("{}\n", line.text())).collect::<String>()
    };
    let text = feed(usize::MAX);
    assert_eq!(text, feed(7), "chunking changes it");
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let screen = screen_of(size, log);
    assert!(
        trimmed(&text).ends_with(&trimmed(&screen)),
        "a terminal shows\n{screen}\nthe transcript is\n{text}"
    );
    text
}

/// What a terminal shows at the end.
fn screen_of(size: Size, log: &[u8]) -> String {
    let [rows, cols] = [size.rows, size.cols].map(|side| NonZeroU16::new(side).unwrap());
    let mut terminal = vt100::Parser::new(rows, cols, 0);
    terminal.process(log);
    terminal.screen().contents()
}

fn of(log: &[u8]) -> String {
    transcript_of(Size::new(24, 80), log)
}

#[test]
fn cargo_leaves_its_messages_and_no_bar() {
    assert_snapshot!(of(include_bytes!("recordings/cargo.bytes")), @r"
       Compiling two v0.1.0 (/tmp/rec/cr/two)
       Compiling one v0.1.0 (/tmp/rec/cr/one)
    warning: unused variable: `unused`
     --> one/src/lib.rs:1:16
      |
    1 | pub fn x(){let unused=1;}
      |                ^^^^^^ help: if this is intentional, prefix it with an underscore: `_unused`
      |
      = note: `#[warn(unused_variables)]` (part of `#[warn(unused)]`) on by default

    warning: unused variable: `unused`
     --> two/src/lib.rs:1:16
      |
    1 | pub fn x(){let unused=1;}
      |                ^^^^^^ help: if this is intentional, prefix it with an underscore: `_unused`
      |
      = note: `#[warn(unused_variables)]` (part of `#[warn(unused)]`) on by default

    warning: `one` (lib) generated 1 warning (run `cargo fix --lib -p one` to apply 1 suggestion)
    warning: `two` (lib) generated 1 warning (run `cargo fix --lib -p two` to apply 1 suggestion)
       Compiling demo v0.1.0 (/tmp/rec/cr)
        Finished `dev` profile [unoptimized + debuginfo] target(s) in 0.17s
    ");
}

#[test]
fn tqdm_leaves_each_bar_once_and_what_was_written_above() {
    assert_snapshot!(of(include_bytes!("recordings/tqdm.bytes")), @r"
    note 3                                                                         
    outer: 100%|████████████████████████████████████| 6/6 [00:00<00:00, 449.66it/s]
    a: 100%|████████████████████████████████████████| 2/2 [00:00<00:00, 146.42it/s]
    done
    ");
}

#[test]
fn npm_leaves_no_spinner() {
    assert_snapshot!(of(include_bytes!("recordings/npm.bytes")), @r#"
    npm warn Unknown user config "nodedir". This will stop working in the next major version of npm. See `npm help npmrc` for supported config options.

    added 1 package in 483ms
    "#);
}

#[test]
fn pytest_leaves_its_dots() {
    assert_snapshot!(of(include_bytes!("recordings/pytest.bytes")), @r#"
    ..................................................F..................... [ 80%]
    ..................                                                       [100%]
    =================================== FAILURES ===================================
    __________________________________ test_a[50] __________________________________

    n = 50

        @pytest.mark.parametrize("n", range(90))
    >   def test_a(n): assert n != 50
                       ^^^^^^^^^^^^^^
    E   assert 50 != 50

    test_x.py:3: AssertionError
    =========================== short test summary info ============================
    FAILED test_x.py::test_a[50] - assert 50 != 50
    1 failed, 89 passed in 0.06s
    "#);
}

#[test]
fn pip_leaves_the_full_bar() {
    assert_snapshot!(of(include_bytes!("recordings/pip.bytes")), @r"
    Looking in links: /opt/wheels
    Collecting pygments
      Downloading pygments-2.21.0-py3-none-any.whl (1.3 MB)
         ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 1.3/1.3 MB 493.6 MB/s eta 0:00:00
    Saved ./dl2/pygments-2.21.0-py3-none-any.whl
    Successfully downloaded pygments
    ");
}

#[test]
fn two_bars_redrawn_together_are_left_once_below_what_was_printed() {
    assert_snapshot!(transcript_of(Size::new(10, 60), include_bytes!("recordings/rich.bytes")), @r"
    a line above
    first  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 100% 0:00:00
    second ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 100% 0:00:00
    end
    ");
}

/// The sequences of docker's jsonmessage.go: up to the layer's line, clear it, write it, down again.
#[test]
fn docker_pull_leaves_each_layer_once() {
    let mut log = b"latest: Pulling from library/demo\r\n".to_vec();
    let layers = ["a1", "b2", "c3"];
    for (nth, layer) in layers.iter().enumerate() {
        log.extend_from_slice(
            format!("\x1b[{}A\x1b[2K\r{layer}: Pulling fs layer \r\x1b[{0}B", nth)
                .replace("\x1b[0A", "")
                .replace("\x1b[0B", "")
                .as_bytes(),
        );
        log.extend_from_slice(b"\r\n");
    }
    for step in ["Downloading  [=>    ]", "Downloading  [====> ]", "Pull complete"] {
        for (nth, layer) in layers.iter().enumerate() {
            let up = layers.len() - nth;
            log.extend_from_slice(format!("\x1b[{up}A\x1b[2K\r{layer}: {step} \r\x1b[{up}B").as_bytes());
        }
    }
    log.extend_from_slice(b"Status: Downloaded newer image\r\n");
    assert_snapshot!(of(&log), @r"
    latest: Pulling from library/demo
    a1: Pull complete 
    b2: Pull complete 
    c3: Pull complete 
    Status: Downloaded newer image
    ");
}

/// The sequences of apt's install-progress.cc: a scroll region above a bar in the last row.
#[test]
fn apt_leaves_its_lines_and_no_bar() {
    let mut log = b"Unpacking ...\r\n\r\n\x1b7\x1b[0;5r\x1b8\x1b[1A".to_vec();
    for percent in [0, 20, 40, 60, 80, 100] {
        log.extend_from_slice(
            format!("\x1b7\x1b[6;0f\x1b[42m\x1b[30mProgress: [{percent:3}%]\x1b[49m\x1b[39m [##..] \x1b8")
                .as_bytes(),
        );
        log.extend_from_slice(format!("Setting up package at {percent} ...\r\n").as_bytes());
    }
    log.extend_from_slice(b"\r\n\x1b7\x1b[0;6r\x1b8\x1b[1A\x1b[JProcessing triggers ...\r\n");
    assert_snapshot!(transcript_of(Size::new(6, 60), &log), @r"
    Unpacking ...
    Setting up package at 0 ...
    Setting up package at 20 ...
    Setting up package at 40 ...
    Setting up package at 60 ...
    Setting up package at 80 ...
    Setting up package at 100 ...
    Processing triggers ...
    ");
}
