//! The client and its guard on a real terminal, against a scripted server: the protocol's other end, played by the test.

use crate::{
    tty::{Tty, child_of},
    world::{World, deadline},
};
use aside::{
    client::{Options, attach},
    frame::{Cursor, Picture, encode},
    key::{Code, Key, Mods, Press},
    protocol::client::{Farewell, Hello, Place, Terminal, ToClient, ToServer, VERSION, Viewer},
    task::Size,
};
use ratatui::buffer::Buffer;
use rustix::{
    event::{PollFd, PollFlags, poll},
    process::Signal,
    termios::{LocalModes, Termios},
};
use std::{
    io::{Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    process::{Command, ExitCode},
};

const SIZE: Size = Size { rows: 6, cols: 40 };

/// Not a test: the program that the tests below run on their terminals.
#[test]
#[ignore = "the other tests run it as their client"]
#[expect(clippy::disallowed_methods, reason = "its exit code is what is tested, and a test has none")]
fn client_process() {
    let path = std::env::var("ASIDE_TEST_SOCKET").expect("set by the tests");
    let options =
        Options { place: Place::default(), connect: || Ok(UnixStream::connect(&path)?), first: Vec::new() };
    let code = attach(options).unwrap_or_else(|error| {
        eprintln!("aside: {error:#}");
        ExitCode::FAILURE
    });
    std::process::exit((0..=255).find(|n| ExitCode::from(*n) == code).map_or(255, i32::from))
}

/// A world whose server is the test.
struct Stage {
    world: World,
    listener: UnixListener,
}

impl Stage {
    fn new() -> Self {
        let world = World::new();
        let listener = UnixListener::bind(world.path("socket")).unwrap();
        Self { world, listener }
    }

    fn client(&self) -> Command {
        let mut command = self.world.command(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "client::client_process", "--nocapture", "--test-threads=1"]);
        command.env("ASIDE_TEST_SOCKET", self.world.path("socket"));
        command
    }

    /// A client on a terminal that shows `hello`, and the server's end of its connection.
    fn attached(&self) -> (Tty, Server) {
        let tty = Tty::start(self.client(), SIZE);
        let mut server = self.accept();
        server.hello();
        server.show("hello");
        tty.wait_for("hello");
        server.wait_ack();
        (tty, server)
    }

    fn accept(&self) -> Server {
        let timeout =
            rustix::event::Timespec { tv_sec: deadline().as_secs().try_into().unwrap(), tv_nsec: 0 };
        let mut fds = [PollFd::new(&self.listener, PollFlags::IN)];
        assert_eq!(poll(&mut fds, Some(&timeout)), Ok(1), "no client came");
        let (stream, _) = self.listener.accept().unwrap();
        stream.set_read_timeout(Some(deadline())).unwrap();
        Server { stream, serial: 0, shown: None, terminal: Terminal::default() }
    }
}

/// The server's end of a connection.
struct Server {
    stream: UnixStream,
    serial: u64,
    shown: Option<Picture>,
    terminal: Terminal,
}

impl Server {
    /// The next message of the client.
    #[track_caller]
    fn next(&mut self) -> ToServer {
        let mut header = [0; 4];
        self.stream.read_exact(&mut header).expect("the client says something");
        let mut body = vec![0; aside::protocol::client::body_length(header).unwrap()];
        self.stream.read_exact(&mut body).unwrap();
        aside::protocol::client::decode(&body).unwrap()
    }

    /// The next message that says what a user or a terminal did; acknowledgements and the focus aside.
    #[track_caller]
    fn next_said(&mut self) -> ToServer {
        loop {
            match self.next() {
                ToServer::Ack(_) | ToServer::Focus(_) => {}
                message => return message,
            }
        }
    }

    #[track_caller]
    fn hello(&mut self) -> Viewer {
        let ToServer::Hello(Hello { version, viewer: Some(viewer), .. }) = self.next() else {
            panic!("no hello")
        };
        assert_eq!(version, VERSION);
        self.terminal = viewer.terminal.clone();
        self.send(&ToClient::Hello { version, program: "stage".into(), pid: std::process::id() });
        viewer
    }

    fn send(&mut self, message: &ToClient) {
        self.stream.write_all(&aside::protocol::client::encode(message).unwrap()).unwrap();
    }

    /// Sends a frame that shows one line.
    fn show(&mut self, line: &str) {
        let mut buffer = Buffer::empty(ratatui::layout::Rect::new(0, 0, SIZE.cols, SIZE.rows));
        buffer.set_string(0, 0, line, ratatui::style::Style::new());
        let cursor = Some(Cursor { row: 0, col: u16::try_from(line.len()).unwrap(), ..Cursor::default() });
        let picture = Picture { buffer, cursor, ..Picture::default() };
        let bytes = encode(self.shown.as_ref(), &picture, &self.terminal);
        self.shown = Some(picture);
        self.frame(bytes);
    }

    fn frame(&mut self, bytes: Vec<u8>) {
        self.serial += 1;
        self.send(&ToClient::Frame { serial: self.serial, bytes: bytes.into() });
    }

    #[track_caller]
    fn wait_ack(&mut self) {
        loop {
            if let ToServer::Ack(serial) = self.next()
                && serial == self.serial
            {
                return;
            }
        }
    }
}

fn key(code: Code, mods: Mods) -> ToServer {
    ToServer::Key { key: Key { code, mods }, press: Press::Down }
}

fn is_cooked(termios: &Termios) -> bool {
    termios.local_modes.contains(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG)
}

/// The terminal is as a shell expects it.
#[track_caller]
fn assert_restored(tty: &Tty) {
    tty.wait_until("the main screen", |screen| !screen.alternate_screen());
    tty.wait_raw(b"\x1b[?1004l\x1b[?2004l");
    tty.look(|screen| {
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert!(!screen.hide_cursor());
    });
    tty.wait_termios(is_cooked);
}

#[test]
fn keys_arrive_frames_are_shown_and_a_farewell_gives_the_terminal_back() {
    let stage = Stage::new();
    let (mut tty, mut server) = stage.attached();
    assert!(!is_cooked(&tty.termios()));
    assert!(server.terminal.synchronized && server.terminal.name == "world(1)");
    assert_eq!(server.terminal.background, Some([0; 3]));
    tty.wait_until("the modes", |screen| screen.alternate_screen() && screen.bracketed_paste());
    tty.press("ctrl-b");
    assert_eq!(server.next_said(), key(Code::Char('b'), Mods::CTRL));
    tty.press("Up");
    assert_eq!(server.next_said(), key(Code::Up, Mods::NONE));
    tty.paste("two\nlines");
    assert_eq!(server.next_said(), ToServer::Paste("two\nlines".into()));
    server.show("hello again");
    tty.wait_for("hello again");
    server.wait_ack();
    server.send(&ToClient::Bye(Farewell::Detached("2 tasks run on".into())));
    assert_eq!(tty.wait_exit(), 0);
    assert_restored(&tty);
    tty.wait_for("2 tasks run on");
}

#[test]
fn a_refusal_is_told_on_standard_error_and_is_exit_code_2() {
    let stage = Stage::new();
    let (tty, mut server) = stage.attached();
    server.send(&ToClient::Bye(Farewell::Refused("the server is older".into())));
    assert_eq!(tty.wait_exit(), 2);
    assert_restored(&tty);
    tty.wait_for("aside: the server is older");
}

#[test]
fn the_terminal_is_restored_after_the_client_is_killed_with_9() {
    let stage = Stage::new();
    let (tty, _server) = stage.attached();
    tty.wait_raw(b"\x1b[?1004h");
    tty.kill_client(Signal::KILL);
    assert_eq!(tty.wait_exit(), 128 + 9);
    assert_restored(&tty);
}

#[test]
fn the_client_notices_that_its_guard_was_killed_with_9() {
    let stage = Stage::new();
    let (tty, mut server) = stage.attached();
    tty.wait_raw(b"\x1b[?1004h");
    tty.kill_guard(Signal::KILL);
    assert_restored(&tty);
    while !matches!(server.stream.read(&mut [0; 64]), Ok(0)) {}
}

#[test]
fn sigterm_ends_the_client_politely() {
    let stage = Stage::new();
    let (tty, mut server) = stage.attached();
    tty.kill_guard(Signal::TERM);
    assert_eq!(server.next_said(), ToServer::Bye);
    assert_eq!(tty.wait_exit(), 128 + 15);
    assert_restored(&tty);
}

#[test]
fn a_closed_terminal_ends_the_client_and_leaves_no_process() {
    let stage = Stage::new();
    let (mut tty, mut server) = stage.attached();
    tty.close();
    while !matches!(server.stream.read(&mut [0; 64]), Ok(0) | Err(_)) {}
    tty.wait_exit();
}

#[test]
fn a_new_size_is_told_once_and_not_while_it_stays() {
    let stage = Stage::new();
    let (mut tty, mut server) = stage.attached();
    for _ in 0..100 {
        tty.kill_client(Signal::WINCH);
    }
    tty.resize(Size::new(10, 50));
    assert_eq!(server.next_said(), ToServer::Resize(Size::new(10, 50)));
    tty.press("x");
    assert_eq!(server.next_said(), key(Code::Char('x'), Mods::NONE));
}

#[test]
fn a_terminal_that_takes_nothing_delays_the_acknowledgement_and_no_key() {
    let stage = Stage::new();
    let (mut tty, mut server) = stage.attached();
    tty.freeze();
    server.frame(b"flood ".repeat(100_000));
    tty.press("x");
    assert_eq!(server.next(), key(Code::Char('x'), Mods::NONE), "no acknowledgement came before");
    tty.thaw();
    server.wait_ack();
}

#[test]
fn a_client_that_was_stopped_draws_anew_and_goes_on() {
    let stage = Stage::new();
    let (mut tty, mut server) = stage.attached();
    tty.kill_client(Signal::STOP);
    server.show("meanwhile");
    tty.kill_client(Signal::CONT);
    assert_eq!(server.next_said(), ToServer::Redraw);
    tty.press("x");
    // A guard that was stopped along with it continues it once more, which draws once more.
    let mut said = server.next_said();
    while said == ToServer::Redraw {
        said = server.next_said();
    }
    assert_eq!(said, key(Code::Char('x'), Mods::NONE));
    tty.wait_for("meanwhile");
}

#[test]
fn a_lost_server_is_found_again_and_keys_typed_meanwhile_are_dropped_and_counted() {
    let stage = Stage::new();
    let (mut tty, server) = stage.attached();
    drop(server);
    let mut second = stage.accept();
    assert_eq!(second.hello().reattached, Some(0));
    std::fs::remove_file(stage.world.path("socket")).unwrap();
    drop(second);
    tty.wait_for("the server is gone");
    tty.type_text("abc");
    let stage =
        Stage { listener: UnixListener::bind(stage.world.path("socket")).unwrap(), world: stage.world };
    let mut third = stage.accept();
    assert_eq!(third.hello().reattached, Some(3));
    third.show("back again");
    tty.wait_for("back again");
    tty.press("d");
    assert_eq!(third.next_said(), key(Code::Char('d'), Mods::NONE));
}

#[test]
fn a_server_that_hangs_can_be_left_after_the_user_was_told() {
    let stage = Stage::new();
    let (mut tty, mut server) = stage.attached();
    tty.press("ctrl-c");
    assert_eq!(server.next_said(), key(Code::Char('c'), Mods::CTRL));
    tty.wait_for("the server does not respond");
    assert!(matches!(server.next_said(), ToServer::Request { .. }));
    server.shown = None;
    server.show("only slow");
    assert_eq!(server.next_said(), ToServer::Redraw);
    tty.wait_for("only slow");
    tty.press("ctrl-c");
    assert_eq!(server.next_said(), key(Code::Char('c'), Mods::CTRL));
    tty.wait_for("the server does not respond");
    tty.press("ctrl-c");
    assert_eq!(tty.wait_exit(), 1);
    assert_restored(&tty);
}

#[test]
fn a_server_that_cannot_be_found_again_ends_the_client_with_a_sentence() {
    let stage = Stage::new();
    let (tty, server) = stage.attached();
    std::fs::remove_file(stage.world.path("socket")).unwrap();
    drop(server);
    assert_eq!(tty.wait_exit(), 1);
    assert_restored(&tty);
    tty.wait_for("aside: the server is lost");
}

#[test]
fn without_a_terminal_one_sentence_names_the_way_out() {
    let stage = Stage::new();
    let piped = stage.world.output(stage.client());
    assert_eq!(piped.code(), 1);
    assert!(
        piped.stderr().contains("standard input is not a terminal; use `aside run -- COMMAND`"),
        "{piped:?}"
    );
    for (term, said) in [("", "TERM is not set"), ("dumb", "TERM is dumb")] {
        let mut client = stage.client();
        client.env("TERM", term);
        let tty = Tty::start(client, SIZE);
        assert_eq!(tty.wait_exit(), 1);
        tty.wait_for(said);
        assert!(is_cooked(&tty.termios()));
    }
}

#[test]
fn under_a_shell_the_client_stops_and_continues_as_any_program() {
    let stage = Stage::new();
    let mut shell = stage.world.command("bash");
    let client = stage.client();
    let arguments = client.get_args().map(|a| a.to_str().unwrap()).collect::<Vec<_>>().join(" ");
    shell
        .args(["--norc", "--noediting", "-i"])
        .env("PS1", "shell$ ")
        .env("ASIDE_TEST_SOCKET", stage.world.path("socket"));
    let mut tty = Tty::start(shell, SIZE);
    tty.wait_for("shell$ ");
    tty.type_line(&format!("{} {arguments}", client.get_program().to_str().unwrap()));
    let mut server = stage.accept();
    server.hello();
    server.show("hello");
    tty.wait_for("hello");
    for signal in [Signal::TSTP, Signal::STOP] {
        let guard = tty.client_pid();
        let victim = if signal == Signal::TSTP { guard } else { child_of(guard).unwrap() };
        rustix::process::kill_process(victim, signal).unwrap();
        tty.wait_for("Stopped");
        tty.wait_termios(is_cooked);
        assert_restored(&tty);
        tty.type_line("clear; fg");
        while server.next_said() != ToServer::Redraw {}
        server.shown = None;
        server.show("continued");
        tty.wait_for("continued");
        tty.wait_termios(|termios| !is_cooked(termios));
        tty.press("x");
        while server.next_said() != key(Code::Char('x'), Mods::NONE) {}
    }
    server.send(&ToClient::Bye(Farewell::Detached(String::new())));
    tty.wait_for("shell$ ");
    assert_restored(&tty);
}
