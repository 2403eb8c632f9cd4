//! The server without a process: events in, effects out, a clock of our own.

use super::*;
use crate::{
    key::Press,
    protocol::client::{Place, Request, Response, Run, Terminal, Viewer as Outer},
    session::{Evidence, Reads},
    task::{End, Outcome, Size, State},
};
use serde_bytes::ByteBuf;

/// A server, its clock, and what it asked for since looked at last.
struct Bench {
    server: Server,
    now: Now,
    effects: Vec<Effect>,
}

const ME: ClientId = ClientId(1);
const VERB: ClientId = ClientId(2);

impl Bench {
    fn new() -> Self {
        Self::with(&[])
    }

    /// A bench with a client attached, whose environment has these variables.
    fn with(environment: &[&str]) -> Self {
        let settings = Settings {
            config: Config::default(),
            keymap: Keymap::load(None, &[]).0,
            problems: vec![],
            session: "main".into(),
            exists: |_| false,
            find_agent: |name, _| if name == "known" { Ok(()) } else { Err(format!("no agent {name}")) },
            program: "/bin/aside".into(),
            history: String::new(),
        };
        #[expect(clippy::disallowed_methods, reason = "some instant to start from")]
        let now = Now { instant: Instant::now(), ms: 1_000_000 };
        let server = Server::new(Session::default(), settings, now);
        let mut bench = Self { server, now, effects: vec![] };
        bench.attach(environment);
        bench
    }

    fn attach(&mut self, environment: &[&str]) {
        let outer = Outer { size: Size::new(24, 80), terminal: Terminal::default(), reattached: None };
        let environment = environment.iter().map(|entry| ByteBuf::from(entry.as_bytes())).collect();
        let place = Place { cwd: ByteBuf::from(b"/work"), environment, umask: 0o022 };
        self.client(ToServer::Hello(Hello { version: VERSION, viewer: Some(outer), place }));
    }

    fn client(&mut self, message: ToServer) {
        self.event(Event::Client(ME, Box::new(message)));
    }

    fn task(&mut self, id: u32, event: TaskEvent) {
        self.event(Event::Task(TaskId(id), event));
    }

    fn event(&mut self, event: Event) {
        self.server.handle(self.now, event, &mut self.effects);
    }

    fn press(&mut self, key: &str) {
        let key = key.parse().unwrap();
        self.client(ToServer::Key { key, press: Press::Down });
    }

    fn line(&mut self, text: &str) {
        self.client(ToServer::Paste(text.to_owned()));
        self.press("Enter");
    }

    fn pass(&mut self, time: Duration) {
        self.now.instant += time;
        self.now.ms += u64::try_from(time.as_millis()).unwrap();
        self.event(Event::Tick);
    }

    fn run(&mut self, id: u32, command: &str) {
        self.line(command);
        self.task(id, TaskEvent::Started { pid: 100 + id, started_at: self.now.ms });
    }

    fn end(&mut self, id: u32, code: i32) {
        let outcome = Outcome { end: End::Code(code), stopped_by: None, ended_at: self.now.ms };
        let ended = TaskEvent::Ended { outcome, output_bytes: 0, output_lines: 0, carried: None };
        self.task(id, ended);
    }

    fn output(&mut self, id: u32, offset: u64, text: &str) {
        self.task(id, TaskEvent::Output { offset, bytes: text.as_bytes().to_vec() });
    }

    /// What the client's terminal would show now.
    fn screen(&mut self) -> String {
        let display = &mut self.server.viewers.get_mut(&ME).unwrap().1;
        display.forget();
        *display = Display::new();
        let before = self.effects.len();
        self.event(Event::Tick);
        let mut parser = vt100::Parser::new(24.try_into().unwrap(), 80.try_into().unwrap(), 0);
        for effect in self.effects.drain(before..) {
            if let Effect::Send(ME, ToClient::Frame { bytes, .. }) = effect {
                parser.process(&bytes);
            }
        }
        parser.screen().contents()
    }

    fn typed(&self) -> Vec<u8> {
        let input = self.effects.iter().filter_map(|effect| match effect {
            Effect::Input { reply: None, bytes, .. } => Some(bytes.as_slice()),
            _ => None,
        });
        input.collect::<Vec<_>>().concat()
    }

    fn answers(&mut self) -> Vec<Result<Response, crate::protocol::client::Failure>> {
        let answers = self.effects.drain(..).filter_map(|effect| match effect {
            Effect::Send(VERB, ToClient::Response { result, .. }) => Some(result),
            _ => None,
        });
        answers.collect()
    }

    fn ask(&mut self, request: Request) {
        self.event(Event::Client(VERB, Box::new(ToServer::Request { serial: 1, request })));
    }
}

#[test]
fn a_command_is_drawn_inline_and_ctrl_b_sends_it_away() {
    let mut bench = Bench::new();
    bench.run(1, "make");
    bench.output(1, 0, "one\r\n");
    assert!(bench.screen().starts_with("❯ make\none\n"), "{}", bench.screen());
    assert!(bench.screen().contains("▶ make · 0s · ^B background"));
    bench.press("ctrl-b");
    let screen = bench.screen();
    assert!(screen.contains("↳ running in background as task 1 · output: aside output 1"), "{screen}");
    assert!(bench.typed().is_empty(), "ctrl-b is not the program's");
    bench.output(1, 5, "result\r\n");
    bench.end(1, 0);
    let screen = bench.screen();
    assert!(
        screen.contains("● Background task completed: \"make\"\n  • exit 0 · 0.0s · 2 lines\n  • result"),
        "{screen}"
    );
}

#[test]
fn keys_go_to_the_program_in_front_and_nowhere_else() {
    let mut bench = Bench::new();
    bench.run(1, "cat");
    bench.press("a");
    bench.press("ctrl-c");
    bench.press("ctrl-x");
    bench.press("b");
    assert_eq!(bench.typed(), b"a\x03\x18b");
    bench.press("ctrl-x");
    bench.pass(Duration::from_millis(600));
    assert_eq!(bench.typed(), b"a\x03\x18b\x18", "ctrl-x is passed on after a while");
    bench.press("ctrl-x");
    bench.press("ctrl-b");
    assert!(bench.server.session().foreground().is_none(), "the chord for people inside tmux");
}

#[test]
fn an_idle_prompt_has_ctrl_b_for_itself() {
    let mut bench = Bench::new();
    bench.client(ToServer::Paste("ac".into()));
    bench.press("ctrl-b");
    bench.press("b");
    assert!(bench.screen().contains("❯ abc"));
}

#[test]
fn a_long_command_moves_by_itself_but_not_one_that_reads_the_terminal() {
    let mut bench = Bench::with(&["BASH_DEFAULT_TIMEOUT_MS=2000"]);
    bench.run(1, "make");
    let cooked = Evidence { canonical: true, echo: true, reads: Reads::No, group: 1 };
    bench.pass(Duration::from_millis(2100));
    assert!(bench.effects.iter().any(|effect| matches!(effect, Effect::Probe(TaskId(1)))));
    bench.task(1, TaskEvent::Probed { evidence: Evidence { reads: Reads::Yes, ..cooked }, children: 0 });
    assert!(bench.server.session().foreground().is_some(), "it reads: it stays");
    bench.pass(Duration::from_secs(11));
    bench.task(1, TaskEvent::Probed { evidence: cooked, children: 0 });
    let screen = bench.screen();
    assert!(
        screen.contains("Command did not complete within 2s and was moved to the background"),
        "{screen}"
    );
}

#[test]
fn typing_to_a_command_puts_its_move_off() {
    let mut bench = Bench::with(&["BASH_DEFAULT_TIMEOUT_MS=2000"]);
    bench.run(1, "make");
    bench.pass(Duration::from_millis(1500));
    bench.press("a");
    bench.effects.clear();
    bench.pass(Duration::from_millis(900));
    assert!(!bench.effects.iter().any(|effect| matches!(effect, Effect::Probe(_))));
}

#[test]
fn background_tasks_can_be_disabled_and_that_is_said() {
    let mut bench = Bench::with(&["CLAUDE_CODE_DISABLE_BACKGROUND_TASKS=1", "BASH_DEFAULT_TIMEOUT_MS=10"]);
    bench.line("make &");
    let message = "background tasks are disabled by CLAUDE_CODE_DISABLE_BACKGROUND_TASKS";
    assert!(bench.screen().contains(message), "{}", bench.screen());
    bench.run(1, "make");
    bench.press("ctrl-b");
    assert!(bench.screen().contains(message));
    bench.pass(Duration::from_secs(5));
    let cooked = Evidence { canonical: true, echo: true, reads: Reads::No, group: 1 };
    bench.task(1, TaskEvent::Probed { evidence: cooked, children: 0 });
    assert!(bench.server.session().foreground().is_some());
}

#[test]
fn a_task_that_stays_quiet_is_looked_at_a_few_times_and_then_costs_nothing() {
    let mut bench = Bench::new();
    bench.line("make &");
    bench.task(1, TaskEvent::Started { pid: 101, started_at: 0 });
    bench.effects.clear();
    let cooked = Evidence { canonical: true, echo: true, reads: Reads::No, group: 1 };
    let looks = |bench: &mut Bench, evidence: Evidence| {
        for _ in 0..400 {
            bench.pass(Duration::from_secs(1));
            bench.task(1, TaskEvent::Probed { evidence, children: 0 });
        }
        let looks = bench.effects.iter().filter(|effect| matches!(effect, Effect::Probe(_))).count();
        bench.effects.clear();
        looks
    };
    assert_eq!(looks(&mut bench, cooked), 4);
    assert_eq!(looks(&mut bench, cooked), 0);
    bench.output(1, 0, "name? ");
    assert_eq!(looks(&mut bench, Evidence { reads: Reads::Yes, ..cooked }), 1, "seen once, it is known");
    assert_eq!(bench.server.session().task(TaskId(1)).unwrap().state(), State::NeedsInput);
}

#[test]
fn one_frame_is_in_flight_however_much_changes() {
    let mut bench = Bench::new();
    bench.run(1, "yes");
    bench.effects.clear();
    for at in 0..100 {
        bench.output(1, at * 3, &format!("{at:01}\r\n").chars().take(3).collect::<String>());
        bench.pass(Duration::from_millis(20));
    }
    let frames =
        bench.effects.iter().filter(|e| matches!(e, Effect::Send(ME, ToClient::Frame { .. }))).count();
    assert!(frames <= 1, "{frames} frames to a client that acknowledges nothing");
}

#[test]
fn tasks_shows_the_only_one_running_and_esc_the_list() {
    let mut bench = Bench::new();
    bench.run(1, "server &");
    bench.line("/tasks");
    assert!(bench.screen().starts_with("Task 1 ● running server"), "{}", bench.screen());
    bench.press("Esc");
    assert!(bench.screen().starts_with("Tasks"), "{}", bench.screen());
    bench.press("Esc");
    assert!(bench.screen().contains("❯"));
}

#[test]
fn stopping_from_the_list_asks_where_it_can_be_seen() {
    let mut bench = Bench::new();
    bench.run(1, "server &");
    bench.line("/tasks");
    bench.press("Esc");
    bench.press("ctrl-x");
    assert!(bench.screen().contains("Stop task 1 (server)? [y] yes  [n] no"), "{}", bench.screen());
}

#[test]
fn a_connection_that_ended_is_let_go() {
    let mut bench = Bench::new();
    bench.event(Event::Gone(VERB));
    assert!(bench.effects.iter().any(|effect| matches!(effect, Effect::Close(VERB))));
}

#[test]
fn quitting_asks_while_tasks_run_and_leaves_them_running() {
    let mut bench = Bench::new();
    bench.run(1, "server &");
    bench.line("/quit");
    assert!(bench.screen().contains("1 task running."), "{}", bench.screen());
    bench.press("y");
    assert!(bench.effects.iter().any(|effect| matches!(effect, Effect::Close(ME))));
    let stopped = |effect: &Effect| matches!(effect, Effect::Session(crate::session::Effect::Signal { .. }));
    assert!(!bench.effects.iter().any(stopped));
    assert_eq!(bench.server.session().living().count(), 1);
}

#[test]
fn ends_are_counted_for_a_client_that_was_away() {
    let mut bench = Bench::new();
    bench.run(1, "a &");
    bench.run(2, "b &");
    bench.client(ToServer::Bye);
    bench.end(1, 0);
    bench.end(2, 1);
    bench.attach(&[]);
    let screen = bench.screen();
    assert!(screen.contains("While you were away: 1 completed, 1 failed"), "{screen}");
    assert!(screen.contains("Background task failed: \"b\" (exit 1)"), "{screen}");
}

#[test]
fn a_verb_is_answered_when_its_task_runs_and_when_it_has_ended() {
    let mut bench = Bench::new();
    let hello = Hello { version: VERSION, viewer: None, place: Place::default() };
    bench.event(Event::Client(VERB, Box::new(ToServer::Hello(hello))));
    let run = Run { argv: vec![ByteBuf::from(b"true")], name: None, cwd: None, size: None, agent: None };
    bench.ask(Request::Run(run));
    assert_eq!(bench.answers().len(), 0, "not before it runs");
    bench.task(1, TaskEvent::Started { pid: 7, started_at: 1 });
    assert!(matches!(bench.answers().as_slice(), [Ok(Response::Task(task))] if task.state == "running"));
    let wait = Request::Wait {
        ids: vec![TaskId(1)],
        until: crate::protocol::client::Until::Exit,
        timeout_ms: Some(500),
    };
    bench.ask(wait.clone());
    bench.pass(Duration::from_millis(600));
    assert!(matches!(bench.answers().as_slice(), [Err(failure)] if failure.code == 124));
    bench.ask(wait);
    bench.end(1, 3);
    assert!(
        matches!(bench.answers().as_slice(), [Ok(Response::Tasks(tasks))] if tasks[0].exit_code == Some(3))
    );
    bench.ask(Request::Show(TaskId(9)));
    assert!(matches!(bench.answers().as_slice(), [Err(failure)] if failure.code == 2));
}

#[test]
fn a_query_is_answered_with_its_place_in_the_log() {
    let mut bench = Bench::new();
    bench.run(1, "x");
    bench.output(1, 0, "ab\x1b[6n");
    let reply = bench.effects.iter().find_map(|effect| match effect {
        Effect::Input { reply: Some(offset), bytes, .. } => Some((*offset, bytes.clone())),
        _ => None,
    });
    assert_eq!(reply, Some((6, b"\x1b[1;3R".to_vec())));
}

#[test]
fn a_server_nobody_needs_leaves() {
    let mut bench = Bench::new();
    bench.client(ToServer::Bye);
    bench.pass(Duration::from_secs(1));
    bench.effects.clear();
    bench.pass(Duration::from_secs(601));
    assert!(bench.effects.iter().any(|effect| matches!(effect, Effect::Stop)));
}
