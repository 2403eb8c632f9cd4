//! What the normaliser adds to vt100's own time, and what catching up saves. `cargo bench --bench screen`.
//!
//! CPU time of this thread, best of several rounds, 64 KiB at a time, 80 × 24. Aims (issue 3): ≤ 5 % on a plain log,
//! ≤ 15 % on a coloured one, ≤ 30 % on screens dense with escapes; a flood nobody looks at ≥ 1 GB/s.

use aside::{
    screen::{LazyScreen, Screen},
    task::Size,
};
use rustix::time::{ClockId, clock_gettime};
use std::fmt::Write;

const SIZE: Size = Size { rows: 24, cols: 80 };
const CHUNK: usize = 64 * 1024;
const BYTES: usize = 16 * 1024 * 1024;
const ROUNDS: usize = 7;

fn main() {
    println!("{:16} {:>10} {:>12} {:>7} {:>10}", "payload", "vt100", "normalised", "adds", "unseen");
    let only = std::env::var("BENCH_ONLY").ok();
    for (name, block) in
        payloads().into_iter().filter(|(name, _)| only.as_ref().is_none_or(|only| only == name))
    {
        let payload: Vec<u8> = block.bytes().cycle().take(BYTES).collect();
        // in turns, so that a busy machine slows all of them
        let (mut alone, mut normal, mut lazy) = (f64::MAX, f64::MAX, f64::MAX);
        for _ in 0..ROUNDS {
            alone = alone.min(timed(|| by_vt100(&payload)));
            normal = normal.min(timed(|| by_screen(&payload)));
            lazy = lazy.min(timed(|| by_lazy_screen(&payload)));
        }
        let speed = |seconds: f64| format!("{:.0} MB/s", BYTES as f64 / seconds / 1e6);
        let adds = (normal / alone - 1.0) * 100.0;
        println!("{name:16} {:>10} {:>12} {adds:>6.1}% {:>10}", speed(alone), speed(normal), speed(lazy));
    }
}

fn timed(act: impl FnOnce()) -> f64 {
    let seconds = || {
        let now = clock_gettime(ClockId::ThreadCPUTime);
        now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
    };
    let start = seconds();
    act();
    seconds() - start
}

fn by_vt100(payload: &[u8]) {
    let side = |side: u16| std::num::NonZeroU16::new(side).expect("not zero");
    let mut parser = vt100::Parser::new(side(SIZE.rows), side(SIZE.cols), 0);
    payload.chunks(CHUNK).for_each(|chunk| parser.process(chunk));
}

fn by_screen(payload: &[u8]) {
    let mut screen = Screen::new(SIZE);
    let mut effects = Vec::new();
    let mut offset = 0;
    for chunk in payload.chunks(CHUNK) {
        screen.process(offset, chunk, &mut effects);
        effects.clear();
        offset += chunk.len() as u64;
    }
}

fn by_lazy_screen(payload: &[u8]) {
    let mut screen = LazyScreen::new(Screen::new(SIZE));
    let mut effects = Vec::new();
    let mut offset = 0;
    for chunk in payload.chunks(CHUNK) {
        screen.feed(offset, chunk, &mut effects);
        effects.clear();
        offset += chunk.len() as u64;
    }
    screen.settle();
}

fn payloads() -> Vec<(&'static str, String)> {
    let mut all = vec![("plain log", String::new()), ("coloured log", String::new())];
    for n in 0..4000 {
        let text = "request handler worker socket buffer".get(..20 + n % 16).unwrap_or_default();
        let second = n / 60 % 60;
        if let [(_, plain), (_, coloured)] = all.as_mut_slice() {
            let _ = write!(plain, "2026-11-23T14:00:{second:02}Z INFO  {text} id={n}\r\n");
            let _ = write!(
                coloured,
                "\x1b[2m14:00:{second:02}Z\x1b[0m \x1b[1;32mINFO\x1b[0m \x1b[36m{text}\x1b[0m id={n}\r\n"
            );
        }
    }
    all.push(("editor", editor()));
    all.push(("dense", dense()));
    all.push(("cursor", cursor()));
    all.push((
        "background",
        all.get(2).map(|(_, text)| text.replace("\x1b[m", "\x1b[44m")).unwrap_or_default(),
    ));
    all.push(("unicode", "漢字かな交じり文 naïve café ┌──┐ 한국어 русский\r\n".repeat(500)));
    all.push(("short lines", "y\r\n".repeat(5000)));
    all.push(("links", "\x1b]8;;https://a.example/file\x1b\\file name.txt\x1b]8;;\x1b\\  ".repeat(2000)));
    all
}

/// A full-screen editor scrolling and redrawing highlighted lines.
fn editor() -> String {
    let mut text = String::from("\x1b[?1049h\x1b[2J");
    for n in 0..2000 {
        let row = n % 22 + 1;
        let _ = write!(
            text,
            "\x1b[?25l\x1b[1;23r\x1b[23;1H\n\x1b[{row};1H\x1b[33m{n:4} \x1b[m\x1b[34mlet\x1b[m value = \
             \x1b[35m\"text\"\x1b[m;\x1b[K\x1b[{};1H\x1b[38;5;130mfn\x1b[m name(\x1b[1margument\x1b[m) {{\x1b[K\
             \x1b[24;60H{row},1\x1b[24;70H{n}%\x1b[{row};6H\x1b[?25h",
            row + 1
        );
    }
    text
}

/// Every cell with its own colours.
fn dense() -> String {
    let mut text = String::from("\x1b[?1049h");
    for n in 0..26u32 {
        text.push_str("\x1b[H");
        for row in 0..24 {
            for col in 0..80 {
                let colour = (col + row + n) % 156;
                let _ = write!(text, "\x1b[38;5;{};48;5;{};1;3;4mA", colour + 100, 255 - colour);
            }
            let _ = write!(text, "\x1b[{};1H", row + 2);
        }
    }
    text
}

/// A cursor motion for each character.
fn cursor() -> String {
    let mut text = String::from("\x1b[?1049h");
    for n in 0..20_000 {
        let _ = write!(text, "\x1b[{};{}Hx", n * 7 % 24 + 1, n * 13 % 80 + 1);
    }
    text
}
