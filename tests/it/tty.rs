//! A terminal as a user has it: a real pseudo-terminal with a vt100 screen, that answers what terminals answer.
//!
//! Never sleeps: everything waits for a condition on the screen, with one deadline, and a failure prints the screen. The
//! program on it is a session leader (through `setsid --ctty`), as under a terminal emulator.

use crate::world::deadline;
use aside::task::Size;
use rustix::{
    event::{PollFd, PollFlags, poll},
    process::{Pid, Signal, kill_process},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Termios, Winsize, tcgetattr, tcsetwinsize},
};
use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    os::unix::{net::UnixStream, process::ExitStatusExt},
    process::Command,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
};

/// A terminal with a program on it.
pub(crate) struct Tty {
    master: Option<Arc<File>>,
    /// Ends the reading when it is dropped.
    reader: Option<(UnixStream, JoinHandle<()>)>,
    shared: Arc<Shared>,
    pid: Pid,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    parser: Option<vt100::Parser<Answers>>,
    received: Vec<u8>,
    /// The program reads and writes no more.
    closed: bool,
    /// Exit code, 128+N after signal N.
    code: Option<i32>,
    /// Bytes are left in the pseudo-terminal, as by a terminal that is stopped.
    frozen: bool,
}

impl Tty {
    /// Starts a command as the only program of a new terminal.
    pub(crate) fn start(command: Command, size: Size) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        set_size(&master, size);
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let slave = || OpenOptions::new().read(true).write(true).open(&name).unwrap();
        let mut leader = Command::new("setsid");
        leader.arg("--ctty").arg(command.get_program()).args(command.get_args());
        leader.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        leader.current_dir(command.get_current_dir().unwrap());
        let mut child = leader.stdin(slave()).stdout(slave()).stderr(slave()).spawn().unwrap();
        drop(leader);
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        let (master, shared) = (Arc::new(File::from(master)), Arc::new(Shared::default()));
        let (rows, cols) = (size.rows.try_into().unwrap(), size.cols.try_into().unwrap());
        let parser = vt100::Parser::new_with_callbacks(rows, cols, 0, Answers::default());
        shared.lock().parser = Some(parser);
        let (awake, wake) = UnixStream::pair().unwrap();
        let (device, screen) = (master.clone(), shared.clone());
        let reader = std::thread::spawn(move || receive(&device, &screen, &wake));
        let waiter = shared.clone();
        std::thread::spawn(move || {
            let status = child.wait().unwrap();
            waiter.lock().code = Some(status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)));
            waiter.changed.notify_all();
        });
        Self { master: Some(master), reader: Some((awake, reader)), shared, pid }
    }

    /// Types text as it is.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.send(text.as_bytes());
    }

    /// Types text and Return.
    pub(crate) fn type_line(&mut self, text: &str) {
        self.send(format!("{text}\r").as_bytes());
    }

    /// Presses one key by its name: `a`, `Enter`, `ctrl-b`, `alt-1`, `Up`, `f5`, `ctrl-space`.
    pub(crate) fn press(&mut self, key: &str) {
        self.send(&bytes_of(key));
    }

    /// Pastes text as a terminal does after the program asked for brackets.
    pub(crate) fn paste(&mut self, text: &str) {
        self.send(format!("\x1b[200~{text}\x1b[201~").as_bytes());
    }

    /// Sends bytes as the terminal would.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let mut master = &**self.master.as_ref().expect("the terminal is open");
        master.write_all(bytes).unwrap();
    }

    /// Makes the terminal another size.
    pub(crate) fn resize(&mut self, size: Size) {
        let rows_cols = (size.rows.try_into().unwrap(), size.cols.try_into().unwrap());
        let mut state = self.shared.lock();
        state.parser().screen_mut().set_size(rows_cols.0, rows_cols.1);
        set_size(self.master.as_deref().expect("the terminal is open"), size);
    }

    /// Waits until the screen contains the text.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait_until(&format!("{text:?} on the screen"), |screen| screen.contents().contains(text));
    }

    /// Waits until the screen does not contain the text.
    #[track_caller]
    pub(crate) fn wait_gone(&self, text: &str) {
        self.wait_until(&format!("{text:?} to go"), |screen| !screen.contents().contains(text));
    }

    /// Waits until the screen is as wanted.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, mut wanted: impl FnMut(&vt100::Screen) -> bool) {
        self.wait(what, |state| wanted(state.parser().screen()));
    }

    /// Waits until these bytes were received.
    #[track_caller]
    pub(crate) fn wait_raw(&self, bytes: &[u8]) {
        let what = format!("the bytes {:?}", String::from_utf8_lossy(bytes));
        self.wait(&what, |state| state.received.windows(bytes.len()).any(|window| window == bytes));
    }

    /// Waits until the program has ended; its exit code, 128+N after signal N.
    #[track_caller]
    pub(crate) fn wait_exit(&self) -> i32 {
        // all it printed is read first, unless others keep the terminal
        self.wait("the program to end", |state| state.code.is_some() && (state.closed || state.frozen));
        self.shared.lock().code.unwrap()
    }

    #[track_caller]
    fn wait(&self, what: &str, mut done: impl FnMut(&mut State) -> bool) {
        let state = self.shared.lock();
        let (mut state, _) = self
            .shared
            .changed
            .wait_timeout_while(state, deadline(), |state| !done(state))
            .unwrap_or_else(PoisonError::into_inner);
        if !done(&mut state) {
            let (code, screen) = (state.code, show(state.parser().screen()));
            drop(state);
            panic!("waited {:?} for {what}; exit code {code:?}, screen:\n{screen}", deadline());
        }
    }

    /// The text on the screen.
    pub(crate) fn screen(&self) -> String {
        self.shared.lock().parser().screen().contents()
    }

    /// Looks at the screen itself.
    pub(crate) fn look<T>(&self, at: impl FnOnce(&vt100::Screen) -> T) -> T {
        at(self.shared.lock().parser().screen())
    }

    /// Every byte received so far.
    pub(crate) fn raw(&self) -> Vec<u8> {
        self.shared.lock().received.clone()
    }

    /// The settings of the line discipline.
    pub(crate) fn termios(&self) -> Termios {
        tcgetattr(self.master.as_deref().expect("the terminal is open")).unwrap()
    }

    /// Waits until the settings of the line discipline are as wanted; nothing tells of their change, so they are looked at again.
    #[track_caller]
    pub(crate) fn wait_termios(&self, wanted: impl Fn(&Termios) -> bool) {
        let step = std::time::Duration::from_millis(5);
        for _ in 0..deadline().as_millis() / step.as_millis() {
            if wanted(&self.termios()) {
                return;
            }
            let _ = self.shared.changed.wait_timeout(self.shared.lock(), step);
        }
        panic!("waited {:?} for the line discipline; it is {:?}", deadline(), self.termios());
    }

    /// The process the terminal was started with: the guard, when it is a client.
    pub(crate) const fn pid(&self) -> Pid {
        self.pid
    }

    /// The client behind the guard: its only child of the same process group.
    #[track_caller]
    pub(crate) fn client_pid(&self) -> Pid {
        child_of(self.pid).expect("the guard has a child")
    }

    /// Signals the client itself, not its guard.
    pub(crate) fn kill_client(&self, signal: Signal) {
        kill_process(self.client_pid(), signal).unwrap();
    }

    /// Signals the process the user's shell would know.
    pub(crate) fn kill_guard(&self, signal: Signal) {
        kill_process(self.pid, signal).unwrap();
    }

    /// Takes no more bytes from the program, as a terminal that is stopped.
    pub(crate) fn freeze(&mut self) {
        self.shared.lock().frozen = true;
    }

    /// Takes bytes again.
    pub(crate) fn thaw(&mut self) {
        self.shared.lock().frozen = false;
        self.shared.changed.notify_all();
    }

    /// Closes the terminal, as by closing its window.
    pub(crate) fn close(&mut self) {
        self.thaw();
        if let Some((awake, reader)) = self.reader.take() {
            drop(awake);
            reader.join().unwrap();
        }
        self.master = None;
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        for process in [child_of(self.pid), Some(self.pid)].into_iter().flatten() {
            if self.shared.lock().code.is_none() {
                let _ = kill_process(process, Signal::KILL);
            }
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn parser(&mut self) -> &mut vt100::Parser<Answers> {
        self.parser.as_mut().expect("set before anything is received")
    }
}

/// Feeds the screen with what the program prints, and answers its questions, until either end closes.
fn receive(master: &File, shared: &Shared, wake: &UnixStream) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let state = shared.changed.wait_while(shared.lock(), |state| state.frozen);
        drop(state.unwrap_or_else(PoisonError::into_inner));
        let mut fds = [PollFd::new(master, PollFlags::IN), PollFd::new(wake, PollFlags::IN)];
        if poll(&mut fds, None).is_err() {
            continue;
        }
        let (mut device, closing) = (master, !fds[1].revents().is_empty());
        let count = if closing { 0 } else { device.read(&mut bytes).unwrap_or(0) };
        let mut state = shared.lock();
        state.closed |= count == 0;
        state.received.extend_from_slice(&bytes[..count]);
        state.parser().process(&bytes[..count]);
        let answers = std::mem::take(&mut state.parser().callbacks_mut().0);
        drop(state);
        shared.changed.notify_all();
        if count == 0 || device.write_all(&answers).is_err() {
            return;
        }
    }
}

fn set_size(master: impl std::os::fd::AsFd, size: Size) {
    let size = Winsize { ws_row: size.rows, ws_col: size.cols, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(master, size).unwrap();
}

/// The first child of a process.
pub(crate) fn child_of(parent: Pid) -> Option<Pid> {
    let threads = fs::read_dir(format!("/proc/{}/task", parent.as_raw_nonzero())).ok()?;
    let children = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok());
    children.collect::<String>().split_whitespace().next()?.parse().ok().and_then(Pid::from_raw)
}

/// The screen in a frame, with the cursor's place, for people.
fn show(screen: &vt100::Screen) -> String {
    let cols = screen.size().1.get();
    let rule = "─".repeat(usize::from(cols));
    let rows: String = screen.rows(0, cols).map(|row| format!("│{row}\n")).collect();
    format!(
        "┌{rule}\n{rows}└{rule}\ncursor at {:?}, hidden: {}",
        screen.cursor_position(),
        screen.hide_cursor()
    )
}

/// What a terminal answers: device attributes, cursor position, name, synchronized output, colours.
#[derive(Default)]
struct Answers(Vec<u8>);

impl vt100::Callbacks for Answers {
    fn unhandled_csi(
        &mut self,
        screen: &mut vt100::Screen,
        first: Option<u8>,
        second: Option<u8>,
        params: &[&[u16]],
        end: char,
    ) {
        let param = params.first().and_then(|param| param.first()).copied().unwrap_or(0);
        let (row, col) = screen.cursor_position();
        match (first, second, end, param) {
            (None, None, 'c', _) => self.0.extend_from_slice(b"\x1b[?62;22c"),
            (None, None, 'n', 6) => {
                self.0.extend_from_slice(format!("\x1b[{};{}R", row + 1, col + 1).as_bytes())
            }
            (Some(b'>'), None, 'q', _) => self.0.extend_from_slice(b"\x1bP>|world(1)\x1b\\"),
            (Some(b'?'), Some(b'$'), 'p', 2026) => self.0.extend_from_slice(b"\x1b[?2026;2$y"),
            _ => {}
        }
    }

    fn unhandled_osc(&mut self, _: &mut vt100::Screen, params: &[&[u8]]) {
        match params {
            [b"10", b"?"] => self.0.extend_from_slice(b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\"),
            [b"11", b"?"] => self.0.extend_from_slice(b"\x1b]11;rgb:0000/0000/0000\x1b\\"),
            _ => {}
        }
    }
}

/// The bytes of a key in the plain encodings, independent of the encoder under test.
fn bytes_of(name: &str) -> Vec<u8> {
    let rest = |prefix: &str| name.strip_prefix(prefix);
    if let Some(key) = rest("alt-") {
        return [b"\x1b".to_vec(), bytes_of(key)].concat();
    }
    match (name, rest("ctrl-").map(str::as_bytes)) {
        ("ctrl-space", _) => vec![0],
        (_, Some([key])) => vec![key & 0x1f],
        ("Enter", _) => b"\r".to_vec(),
        ("Tab", _) => b"\t".to_vec(),
        ("Esc", _) => b"\x1b".to_vec(),
        ("Backspace", _) => vec![0x7f],
        ("space", _) => b" ".to_vec(),
        _ => match ESCAPED.iter().find(|(known, _)| *known == name) {
            Some((_, bytes)) => format!("\x1b{bytes}").into_bytes(),
            None if name.chars().count() == 1 => name.as_bytes().to_vec(),
            None => panic!("no key is called {name:?} here"),
        },
    }
}

const ESCAPED: [(&str, &str); 22] = [
    ("Up", "[A"),
    ("Down", "[B"),
    ("Right", "[C"),
    ("Left", "[D"),
    ("Home", "[H"),
    ("End", "[F"),
    ("shift-Tab", "[Z"),
    ("Insert", "[2~"),
    ("Delete", "[3~"),
    ("PageUp", "[5~"),
    ("PageDown", "[6~"),
    ("f1", "OP"),
    ("f2", "OQ"),
    ("f3", "OR"),
    ("f4", "OS"),
    ("f5", "[15~"),
    ("f6", "[17~"),
    ("f10", "[21~"),
    ("f12", "[24~"),
    ("ctrl-Up", "[1;5A"),
    ("ctrl-Down", "[1;5B"),
    ("shift-Up", "[1;2A"),
];
