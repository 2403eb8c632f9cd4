//! The client's loop: waits for everything at once, and passes on.
//!
//! Decides nothing about the session. Every wait has an end that is an event or a deadline.

use super::{
    Ending, Options, after, clipboard,
    display::Display,
    guard::{Heard, Watch},
    input,
    limits::{PROBE_WAIT, PROBE_WAIT_LATE},
    mode::Held,
    patience::{Patience, Step},
    peer::{Attempt, Peer},
    probe::Probe,
    signals::Signals,
    tty::{Tty, wait_for},
    until,
};
use crate::{
    key::{Key, Keyboard, Press},
    protocol::client::{Request, Terminal, ToClient, ToServer, Viewer},
    task::Size,
};
use anyhow::bail;
use rustix::{
    event::{PollFd, PollFlags},
    stdio::stdin,
};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use std::{
    io::{self, Read},
    os::unix::net::UnixStream,
    time::{Duration, Instant},
};

/// Shows the session until the end; the terminal is given back then, whatever happened.
pub(super) fn run<C>(
    options: Options<C>,
    tty: Tty,
    watch: Watch,
    terminal: Terminal,
) -> anyhow::Result<Ending>
where
    C: FnMut() -> anyhow::Result<UnixStream>,
{
    let mut display = Display::new(tty, watch);
    let result = start(options, &mut display, terminal);
    match result {
        Ok(Ending::Alone) => display.leave_alone(),
        _ => display.leave(),
    }
    result
}

fn start<C>(options: Options<C>, display: &mut Display, terminal: Terminal) -> anyhow::Result<Ending>
where
    C: FnMut() -> anyhow::Result<UnixStream>,
{
    let signals = Signals::new(&[SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])?;
    display.enter(Held::RAW)?;
    let mut probe = Probe::new(terminal);
    display.print(probe.questions())?;
    let deadline = after(PROBE_WAIT);
    // the terminal answers while a server is found
    let peer = Peer::new(options.connect, options.place)?;
    let typed = listen(&mut probe, deadline)?;
    display.enter(Held::SCREEN)?;
    let (wake, waker) = UnixStream::pair()?;
    wake.set_nonblocking(true)?;
    let mut client = Client {
        size: display.tty.size(),
        display,
        peer,
        signals,
        probe_end: (!probe.done).then(|| after(PROBE_WAIT_LATE)),
        probe,
        patience: Patience::default(),
        wake,
        waker: Some(waker),
    };
    client.peer.greet(client.viewer(None));
    for message in options.first {
        client.send(&message);
    }
    client.type_keys(typed);
    if client.probe.done {
        client.read_events()?;
    }
    client.show()
}

/// Takes the terminal's answers until the last one or the deadline; the keys typed meanwhile.
fn listen(probe: &mut Probe, deadline: Instant) -> io::Result<Vec<Key>> {
    let mut keys = Vec::new();
    while !probe.done && !until(deadline).is_zero() {
        let mut fds = [PollFd::from_borrowed_fd(stdin(), PollFlags::IN)];
        wait_for(&mut fds, Some(until(deadline)))?;
        if fds.iter().any(|fd| !fd.revents().is_empty()) {
            keys.extend(probe.feed(&read_typed()?));
        }
    }
    Ok(keys)
}

fn read_typed() -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; 4096];
    let count = rustix::io::read(stdin(), &mut bytes)?;
    bytes.truncate(count);
    if count == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(bytes) }
}

/// What turned up in a wait.
#[derive(Default)]
struct Ready {
    signals: bool,
    guard: bool,
    server: bool,
    server_takes: bool,
    terminal_takes: bool,
    terminal_gone: bool,
    typed: bool,
    woken: bool,
}

struct Client<'a, C> {
    display: &'a mut Display,
    peer: Peer<C>,
    signals: Signals,
    size: Size,
    patience: Patience,
    probe: Probe,
    /// Until then, what is typed is read here, and answers are told from keys.
    probe_end: Option<Instant>,
    wake: UnixStream,
    /// For the input thread; taken when it starts.
    waker: Option<UnixStream>,
}

impl<C: FnMut() -> anyhow::Result<UnixStream>> Client<'_, C> {
    fn show(&mut self) -> anyhow::Result<Ending> {
        let written = self.display.write();
        self.acknowledge(written)?;
        loop {
            let ready = self.wait()?;
            if ready.signals
                && let Some(ending) = self.obey()?
            {
                return Ok(ending);
            }
            if ready.guard && self.hear_guard()? == Heard::Gone {
                return Ok(Ending::Alone);
            }
            if ready.terminal_gone {
                return Ok(Ending::HungUp);
            }
            if ready.woken && self.woken()? {
                return Ok(Ending::GaveUp);
            }
            if ready.server_takes {
                self.peer.link.flush();
            }
            if ready.server
                && let Some(ending) = self.hear()?
            {
                return Ok(ending);
            }
            if ready.terminal_takes {
                let written = self.display.write();
                self.acknowledge(written)?;
            }
            self.listen_late(ready.typed)?;
            self.be_patient()?;
            self.come_back()?;
        }
    }

    fn wait(&self) -> io::Result<Ready> {
        let when = |wanted: bool, flags: PollFlags| if wanted { flags } else { PollFlags::empty() };
        let waiting = self.peer.link.is_waiting();
        let mut fds = vec![
            PollFd::new(&self.signals, PollFlags::IN),
            PollFd::new(&self.display.watch, PollFlags::IN),
            PollFd::new(&self.display.tty, when(self.display.is_waiting(), PollFlags::OUT)),
            PollFd::new(&self.wake, PollFlags::IN),
            PollFd::from_borrowed_fd(stdin(), when(self.probe_end.is_some(), PollFlags::IN)),
        ];
        fds.extend(self.peer.stream().map(|s| PollFd::new(s, PollFlags::IN | when(waiting, PollFlags::OUT))));
        let deadlines = [self.probe_end, self.patience.next_deadline(), self.peer.next_attempt()];
        let timeout = deadlines.into_iter().flatten().min().map(until);
        wait_for(&mut fds, timeout)?;
        let found: Vec<PollFlags> = fds.iter().map(PollFd::revents).collect();
        let at = |index: usize| found.get(index).copied().unwrap_or(PollFlags::empty());
        let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
        Ok(Ready {
            signals: !at(0).is_empty(),
            guard: !at(1).is_empty(),
            terminal_takes: at(2).contains(PollFlags::OUT),
            terminal_gone: at(2).intersects(gone),
            woken: !at(3).is_empty(),
            typed: at(4).contains(PollFlags::IN),
            server: at(5).intersects(PollFlags::IN | gone),
            server_takes: at(5).contains(PollFlags::OUT),
        })
    }

    fn obey(&mut self) -> anyhow::Result<Option<Ending>> {
        let arrived = self.signals.pending();
        for signal in [SIGHUP, SIGTERM, SIGINT, SIGQUIT] {
            if arrived.contains(&signal) {
                self.send(&ToServer::Bye);
                return Ok(Some(Ending::Signal(signal)));
            }
        }
        if arrived.contains(&SIGTSTP) {
            self.display.suspend()?;
        }
        if arrived.contains(&SIGCONT) {
            self.display.watch.wake();
            if self.hear_guard()? != Heard::Restored {
                self.redraw()?;
            }
        }
        if arrived.contains(&SIGWINCH) || arrived.contains(&SIGCONT) {
            self.resize();
        }
        Ok(None)
    }

    /// The guard may be heard before the signal that continued us is: another thread may have taken it.
    fn hear_guard(&mut self) -> io::Result<Heard> {
        let heard = self.display.hear_guard()?;
        if heard == Heard::Restored {
            self.redraw()?;
        }
        Ok(heard)
    }

    /// Asks for the whole picture, for what is on the terminal is not known any more.
    fn redraw(&mut self) -> io::Result<()> {
        let void = self.display.void();
        self.acknowledge(Ok(void))?;
        self.send(&ToServer::Redraw);
        Ok(())
    }

    /// Many signals, one message, and none without a change.
    fn resize(&mut self) {
        let size = self.display.tty.size();
        if size != self.size {
            self.size = size;
            self.send(&ToServer::Resize(size));
        }
    }

    fn hear(&mut self) -> anyhow::Result<Option<Ending>> {
        let messages = self.peer.receive();
        if !messages.is_empty() {
            self.peer.link.heard();
            if self.patience.heard() {
                self.send(&ToServer::Redraw);
            }
        }
        for message in messages {
            match message {
                ToClient::Frame { serial, bytes } => {
                    let written = self.display.frame(serial, &bytes);
                    self.acknowledge(written)?;
                }
                ToClient::Clipboard(text) => {
                    let written = self.display.print(&clipboard::sequence(&text));
                    clipboard::give_to_desktop(text);
                    self.acknowledge(written)?;
                }
                ToClient::Bye(farewell) => return Ok(Some(Ending::Told(farewell))),
                ToClient::Hello { .. } | ToClient::Response { .. } => {}
            }
        }
        Ok(None)
    }

    fn acknowledge(&self, written: io::Result<Option<u64>>) -> io::Result<()> {
        if let Some(serial) = written? {
            self.send(&ToServer::Ack(serial));
        }
        Ok(())
    }

    fn send(&self, message: &ToServer) {
        self.peer.link.send(message);
    }

    fn type_keys(&self, keys: impl IntoIterator<Item = Key>) {
        for key in keys {
            self.send(&ToServer::Key { key, press: Press::Down });
        }
    }

    fn viewer(&self, reattached: Option<u64>) -> Viewer {
        Viewer { size: self.size, terminal: self.probe.terminal.clone(), reattached }
    }

    /// Answers that come late, and keys, until the last answer came or the time is over.
    fn listen_late(&mut self, typed: bool) -> io::Result<()> {
        let Some(end) = self.probe_end else { return Ok(()) };
        if typed {
            let keys = self.probe.feed(&read_typed()?);
            self.type_keys(keys);
        }
        if self.probe.done || until(end).is_zero() {
            self.probe_end = None;
            let last = self.probe.finish();
            self.type_keys(last);
            self.read_events()?;
            let written = self.display.write();
            self.acknowledge(written)?;
        }
        Ok(())
    }

    /// From now on crossterm reads the terminal, with all its modes.
    fn read_events(&mut self) -> io::Result<()> {
        let kitty = self.probe.terminal.kitty_keyboard;
        self.display.enter(if kitty { Held::INPUT.with(Held::KITTY) } else { Held::INPUT })?;
        let keyboard = if kitty { Keyboard::Kitty } else { Keyboard::Legacy };
        match self.waker.take() {
            Some(waker) => input::start(self.peer.link.clone(), keyboard, waker),
            None => Ok(()),
        }
    }

    /// What the input thread said; whether the user leaves.
    fn woken(&mut self) -> anyhow::Result<bool> {
        let mut said = [0; 64];
        let count = (&self.wake).read(&mut said).unwrap_or(1);
        if count == 0 {
            bail!("cannot read the terminal");
        }
        self.peer.link.flush();
        if self.peer.link.is_expecting() {
            self.patience.typed(after(Duration::ZERO));
        }
        Ok(said.contains(&input::LEAVE))
    }

    /// Asks a server that is silent after a key, and tells the user if it stays so: else a server that hangs could not be left.
    fn be_patient(&mut self) -> io::Result<()> {
        match self.patience.tick(after(Duration::ZERO)) {
            Step::Nothing => Ok(()),
            Step::Ask => {
                self.send(&ToServer::Request { serial: 0, request: Request::Status });
                Ok(())
            }
            Step::Tell => self.hint("the server does not respond · Ctrl+C leaves, tasks run on"),
        }
    }

    fn hint(&mut self, text: &str) -> io::Result<()> {
        self.peer.link.fall_silent();
        let written = self.display.hint(text);
        self.acknowledge(written)
    }

    /// A lost server is looked for again; the user is told when that takes long.
    fn come_back(&mut self) -> anyhow::Result<()> {
        match self.peer.retry()? {
            Attempt::NotDue => {}
            Attempt::Failed => {
                self.hint("the server is gone, looking for it… · Ctrl+C leaves, tasks run on")?
            }
            Attempt::Connected { dropped } => {
                self.size = self.display.tty.size();
                self.patience.heard();
                self.peer.link.heard();
                self.peer.greet(self.viewer(Some(dropped)));
            }
        }
        Ok(())
    }
}
