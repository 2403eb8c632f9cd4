//! A world of its own for each test: directories, environment, and the processes started in it.
//!
//! Never touches the user's sessions. Every process of a world carries `ASIDE_TEST_WORLD` with the world's unique value in its
//! environment; when the world ends, all of them are killed.

use crate::tty::Tty;
use aside::task::Size;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    ffi::OsStr,
    fmt, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};
use tempfile::TempDir;

/// How long anything may take; a slow machine sets `ASIDE_TEST_DEADLINE_S`.
pub(crate) fn deadline() -> Duration {
    let seconds = std::env::var("ASIDE_TEST_DEADLINE_S").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(30))
}

/// Directories and an environment that nobody else uses.
pub(crate) struct World {
    home: TempDir,
}

const MARK: &str = "ASIDE_TEST_WORLD";

impl World {
    /// A fresh world: no session, no configuration, `/bin/sh` as the shell.
    pub(crate) fn new() -> Self {
        let home = tempfile::Builder::new().prefix("aside-").tempdir().unwrap();
        for name in ["state", "run", "config", "work"] {
            let path = home.path().join(name);
            fs::create_dir(&path).unwrap();
            fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        }
        Self { home }
    }

    /// A path below the world's own directory: `state`, `run`, `config`, `work` (where programs are started).
    pub(crate) fn path(&self, below: impl AsRef<Path>) -> PathBuf {
        self.home.path().join(below)
    }

    /// Writes a file below the world's directory, with its directories.
    pub(crate) fn write(&self, below: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Any program in this world, with nothing of our own environment but PATH.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.path("work"));
        command.env("PATH", std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into()));
        command.env("HOME", self.home.path()).env("SHELL", "/bin/sh").env("LANG", "C.UTF-8");
        command.env("XDG_STATE_HOME", self.path("state")).env("XDG_RUNTIME_DIR", self.path("run"));
        command.env("XDG_CONFIG_HOME", self.path("config")).env("TERM", "xterm-256color");
        command.env(MARK, self.home.path());
        command
    }

    /// A program in this world, started by way of another.
    pub(crate) fn command_of(&self, wrapper: &[&str], program: &[&str]) -> Command {
        let mut command = self.command(wrapper[0]);
        command.args(&wrapper[1..]).args(program);
        command
    }

    /// `aside` with these arguments, not started yet.
    pub(crate) fn aside<I: IntoIterator<Item: AsRef<OsStr>>>(&self, arguments: I) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_aside"));
        command.args(arguments);
        command
    }

    /// Runs a verb to its end.
    pub(crate) fn run<I: IntoIterator<Item: AsRef<OsStr>>>(&self, arguments: I) -> Output {
        self.output(self.aside(arguments))
    }

    /// Runs a command to its end, its input empty.
    pub(crate) fn output(&self, mut command: Command) -> Output {
        let shown = format!("{command:?}");
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let child = child.unwrap_or_else(|error| panic!("cannot start {shown}: {error}"));
        let id = i32::try_from(child.id()).unwrap();
        let (sender, receiver) = mpsc::sync_channel(1);
        std::thread::spawn(move || sender.send(child.wait_with_output()));
        match receiver.recv_timeout(deadline()) {
            Ok(output) => Output { shown, output: output.unwrap() },
            Err(_) => {
                let _ = kill_process(Pid::from_raw(id).unwrap(), Signal::KILL);
                let output = receiver.recv_timeout(deadline()).map(Result::unwrap);
                panic!("{shown} did not end within {:?}: {output:?}", deadline());
            }
        }
    }

    /// `aside` on a terminal of this size.
    pub(crate) fn attach(&self, size: Size) -> Tty {
        Tty::start(self.aside([""; 0]), size)
    }

    /// The living processes of this world.
    pub(crate) fn processes(&self) -> Vec<Pid> {
        let mark = format!("{MARK}={}", self.home.path().display());
        let ids =
            fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        ids.filter(|id| is_marked(*id, &mark)).filter_map(Pid::from_raw).collect()
    }
}

/// Environments are read from outside, so that a process is found whatever it became the child of.
fn is_marked(id: i32, mark: &str) -> bool {
    let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
    id != i32::try_from(std::process::id()).unwrap()
        && environment.split(|byte| *byte == 0).any(|v| v == mark.as_bytes())
}

impl Drop for World {
    fn drop(&mut self) {
        // again until none is left: a process may have forked while it was being killed
        for _ in 0..1000 {
            let alive = self.processes();
            if alive.is_empty() {
                break;
            }
            for process in alive {
                let _ = kill_process(process, Signal::KILL);
            }
            std::thread::yield_now();
        }
    }
}

/// What a verb printed and how it ended.
pub(crate) struct Output {
    shown: String,
    output: std::process::Output,
}

impl Output {
    /// Panics with everything it printed unless it exited with 0.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert!(self.output.status.success(), "{self:?}");
        self
    }

    /// Whether it exited with 0.
    pub(crate) fn is_success(&self) -> bool {
        self.code() == 0
    }

    /// Exit code; 128+N after signal N.
    pub(crate) fn code(&self) -> i32 {
        use std::os::unix::process::ExitStatusExt;
        self.output.status.code().unwrap_or_else(|| 128 + self.output.status.signal().unwrap_or(0))
    }

    /// Standard output as text.
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    /// Standard error as text.
    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shown, .. } = self;
        write!(
            f,
            "{shown}\nexit code {}\n-- stdout\n{}\n-- stderr\n{}",
            self.code(),
            self.stdout(),
            self.stderr()
        )
    }
}

#[test]
fn whatever_a_world_started_ends_with_it() {
    let world = World::new();
    world.write("config/note", "kept to itself");
    let mut tty = Tty::start(world.command("sh"), Size::new(5, 30));
    tty.type_line("cat $XDG_CONFIG_HOME/note; setsid sh -c 'echo $((6*7)); sleep 1000; :' &");
    tty.wait_for("kept to itself");
    tty.wait_for("42");
    assert!(world.processes().contains(&tty.pid()) && world.processes().len() > 1, "{}", tty.screen());
    tty.type_line("clear; cat");
    tty.wait_gone("kept to itself");
    tty.press("ctrl-d");
    assert!(!tty.raw().is_empty());
    let attached = world.attach(Size::new(5, 30));
    world.run(["--version"]).ok();
    drop((tty, attached));
    let (home, mark) = (world.path(""), format!("{MARK}={}", world.home.path().display()));
    drop(world);
    let ids =
        fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    assert_eq!(ids.filter(|id| is_marked(*id, &mark)).count(), 0);
    assert!(!home.exists());
}
