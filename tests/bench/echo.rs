//! What the server does for one echoed key: output of the task in front in, frame out. `cargo bench --bench echo`.
//!
//! CPU time of this thread, 200 × 50, per key; beside it what vt100 alone needs to take the same bytes and to compare
//! the screen with the one before, which is what a multiplexer on vt100 cannot do without.

use aside::{
    config::Config,
    keymap::Keymap,
    protocol::client::{Hello, Place, Terminal, ToClient, ToServer, VERSION, Viewer},
    server::{ClientId, Effect, Event, Now, Server, Settings, TaskEvent},
    session::Session,
    task::{Size, TaskId},
};
use rustix::time::{ClockId, clock_gettime};
use serde_bytes::ByteBuf;
use std::time::{Duration, Instant};

const SIZE: Size = Size { rows: 50, cols: 200 };
const KEYS: u32 = 2_000;
const ME: ClientId = ClientId(1);

fn main() {
    println!("{:24} {:>12} {:>14}", "screen", "a key", "vt100 alone");
    for (name, before) in screens() {
        let mut bench = Bench::new();
        bench.output(before.as_bytes());
        bench.output(b"\r\n");
        let ours = per_key(|key| bench.echo(key));
        let mut alone = vt100::Parser::new(50.try_into().expect("not 0"), 200.try_into().expect("not 0"), 0);
        alone.process(before.as_bytes());
        alone.process(b"\r\n");
        let mut shown = alone.screen().clone();
        let vt100 = per_key(|key| {
            alone.process(&[key]);
            let bytes = alone.screen().contents_diff(&shown).len();
            shown = alone.screen().clone();
            bytes
        });
        println!("{name:24} {:>9.1} µs {:>11.1} µs", ours * 1e6, vt100 * 1e6);
    }
}

/// Seconds of CPU for one of the keys.
fn per_key(mut act: impl FnMut(u8) -> usize) -> f64 {
    let seconds = || {
        let now = clock_gettime(ClockId::ThreadCPUTime);
        now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
    };
    let start = seconds();
    for n in 0..KEYS {
        let key = if n % 100 == 99 { b'\r' } else { b'a' + (n % 26) as u8 };
        assert!(act(key) > 0 || key == b'\r');
    }
    (seconds() - start) / f64::from(KEYS)
}

fn screens() -> Vec<(&'static str, String)> {
    let plain = "some words of a log, as long as lines of logs are ".repeat(3);
    let dense: String = (0..200).map(|n| format!("\x1b[38;5;{n};1mx")).collect();
    let full = |line: &str| format!("{line}\r\n").repeat(60);
    vec![
        ("empty", String::new()),
        ("full of plain text", full(&plain)),
        ("full of colours", full(&dense)),
        ("full-screen program", format!("\x1b[?1049h{}", full(&dense))),
    ]
}

/// A server with one client and one task in front.
struct Bench {
    server: Server,
    now: Now,
    offset: u64,
    effects: Vec<Effect>,
}

impl Bench {
    fn new() -> Self {
        let settings = Settings {
            config: Config::default(),
            keymap: Keymap::load(None, &[]).0,
            problems: vec![],
            session: "main".into(),
            exists: |_| false,
            find_agent: |_, _| Ok(()),
            program: String::new(),
            history: String::new(),
        };
        #[expect(clippy::disallowed_methods, reason = "some instant to start from")]
        let now = Now { instant: Instant::now(), ms: 1_000_000 };
        let server = Server::new(Session::default(), settings, now);
        let mut bench = Self { server, now, offset: 0, effects: vec![] };
        let outer = Viewer { size: SIZE, terminal: Terminal::default(), reattached: None };
        let place = Place { cwd: ByteBuf::from(b"/work"), environment: vec![], umask: 0o022 };
        bench.client(ToServer::Hello(Hello { version: VERSION, viewer: Some(outer), place }));
        bench.client(ToServer::Paste("cat".into()));
        bench.client(ToServer::Key { key: "Enter".parse().expect("a key"), press: aside::key::Press::Down });
        bench.task(TaskEvent::Started { pid: 100, started_at: 1_000_000 });
        bench
    }

    fn client(&mut self, message: ToServer) {
        self.handle(Event::Client(ME, Box::new(message)));
    }

    fn task(&mut self, event: TaskEvent) {
        self.handle(Event::Task(TaskId(1), event));
    }

    fn handle(&mut self, event: Event) {
        self.now.instant += Duration::from_millis(20);
        self.server.handle(self.now, event, &mut self.effects);
    }

    fn output(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(16 * 1024) {
            self.task(TaskEvent::Output { offset: self.offset, bytes: part.to_vec() });
            self.offset += part.len() as u64;
        }
        self.frames();
    }

    /// The program prints a key; the size of the frames that follow, which are acknowledged.
    fn echo(&mut self, key: u8) -> usize {
        self.task(TaskEvent::Output { offset: self.offset, bytes: vec![key] });
        self.offset += 1;
        self.frames()
    }

    fn frames(&mut self) -> usize {
        let mut size = 0;
        for effect in std::mem::take(&mut self.effects) {
            if let Effect::Send(ME, ToClient::Frame { serial, bytes }) = effect {
                size += bytes.len();
                self.client(ToServer::Ack(serial));
            }
        }
        size
    }
}
