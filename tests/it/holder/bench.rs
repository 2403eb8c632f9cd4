//! A task in a directory of its own, and what a test asks of its holder. Waits on conditions, with one deadline.

use aside::{
    holder::{HolderProgram, Launch, SpawnError, Spawned, client::Client, process, spawn},
    log::{ExitRecord, LogReader, Octets, RunRecord},
    protocol::holder::{Cap, CapPolicy, FromHolder, Greeting, Probed, Stall, Target, ToHolder},
    task::Size,
};
use rustix::{
    event::{Timespec, poll},
    fs::{FlockOperation, flock},
    process::Signal,
};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tempfile::TempDir;

pub(crate) const SIZE: Size = Size::new(24, 80);
pub(crate) const NO_CAP: Cap = Cap { bytes: 0, policy: CapPolicy::Unlimited };

/// A started task.
pub(crate) struct Task {
    pub(crate) dir: PathBuf,
    pub(crate) spawned: Spawned,
    _root: TempDir,
}

/// A launch of a command in a new task directory, to be changed before it is started.
pub(crate) struct Plan {
    root: TempDir,
    pub(crate) launch: Launch,
}

pub(crate) fn plan(argv: &[&str]) -> Plan {
    let root = tempfile::tempdir().unwrap();
    let task_dir = root.path().join("aside/session/tasks/1");
    fs::create_dir_all(&task_dir).unwrap();
    let environment = ["PATH=/usr/local/bin:/usr/bin:/bin", "TERM=xterm-256color", "HOME=/tmp"];
    let launch = Launch {
        task_dir: task_dir.into_os_string().into(),
        argv: argv.iter().map(|&word| word.into()).collect(),
        environment: environment.iter().map(|&pair| pair.into()).collect(),
        cwd: "/".into(),
        umask: 0o22,
        size: SIZE,
        cap: NO_CAP,
    };
    Plan { root, launch }
}

/// Starts a line of shell as a task.
pub(crate) fn shell(line: &str) -> Task {
    plan(&["sh", "-c", line]).start()
}

impl Plan {
    pub(crate) fn try_start(self) -> Result<Task, SpawnError> {
        let holder = HolderProgram::at(Path::new(env!("CARGO_BIN_EXE_aside-holder"))).unwrap();
        self.start_with(&holder)
    }

    pub(crate) fn start_with(self, holder: &HolderProgram) -> Result<Task, SpawnError> {
        let dir = PathBuf::from(self.launch.task_dir.as_os_str());
        let spawned = spawn(holder, &self.launch, Duration::from_secs(20))?;
        Ok(Task { dir, spawned, _root: self.root })
    }

    pub(crate) fn start(self) -> Task {
        self.try_start().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Why it does not start; the directory stays as it was.
    pub(crate) fn refusal(self) -> String {
        let dir = PathBuf::from(self.launch.task_dir.as_os_str());
        let holder = HolderProgram::at(Path::new(env!("CARGO_BIN_EXE_aside-holder"))).unwrap();
        let error = spawn(&holder, &self.launch, Duration::from_secs(20)).unwrap_err();
        let left: Vec<_> =
            fs::read_dir(dir).into_iter().flatten().map(|file| file.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| name == "lock"), "left behind: {left:?}");
        error.to_string()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }
}

/// Waits until a condition gives something.
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, condition: impl FnMut() -> Option<T>) -> T {
    wait_or(condition, || what.to_owned())
}

#[track_caller]
#[expect(clippy::disallowed_methods, reason = "a test has a real deadline")]
fn wait_or<T>(mut condition: impl FnMut() -> Option<T>, what: impl FnOnce() -> String) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = condition() {
            return found;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "timed out waiting for {}", what());
        let _ = poll(&mut [], Some(&Timespec { tv_sec: 0, tv_nsec: 2_000_000 }));
    }
}

impl Task {
    pub(crate) fn client(&self) -> Client {
        self.greeted().0
    }

    pub(crate) fn greeted(&self) -> (Client, Greeting) {
        let (mut client, greeting) = Client::connect(&self.dir).unwrap();
        client.set_deadline(Duration::from_secs(30)).unwrap();
        (client, greeting)
    }

    pub(crate) fn log(&self) -> LogReader {
        LogReader::open(&self.dir).unwrap()
    }

    pub(crate) fn output(&self) -> Vec<u8> {
        read_log(&self.log())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.output()).into_owned()
    }

    #[track_caller]
    pub(crate) fn wait_for_text(&self, text: &str) {
        wait_or(|| self.text().contains(text).then_some(()), || format!("{text:?} in {:?}", self.text()));
    }

    pub(crate) fn run_record(&self) -> RunRecord {
        serde_json::from_slice(&fs::read(self.dir.join("run.json")).unwrap()).unwrap()
    }

    /// Waits for the end of the program.
    #[track_caller]
    pub(crate) fn exit_record(&self) -> ExitRecord {
        wait_or(
            || serde_json::from_slice(&fs::read(self.dir.join("exit.json")).ok()?).ok(),
            || format!("exit.json after {:?}", self.text()),
        )
    }

    /// Waits until the holder has left.
    #[track_caller]
    pub(crate) fn wait_for_holder_to_leave(&mut self) {
        wait_for("the holder to leave", || self.spawned.child.try_wait().unwrap());
    }

    pub(crate) fn is_locked(&self) -> bool {
        let lock = File::open(self.dir.join("lock")).unwrap();
        flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err()
    }

    pub(crate) fn stall(&self) -> Stall {
        self.greeted().1.state.stall
    }

    pub(crate) fn signal(&self, target: Target, number: i32) -> u32 {
        let number = u8::try_from(number).unwrap();
        match self.client().request(&ToHolder::Signal { target, number, who: "a test" }).unwrap() {
            FromHolder::Done(count) => count,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn probe<T>(&self, look: impl FnOnce(Probed<'_>) -> T) -> T {
        match self.client().request(&ToHolder::Probe).unwrap() {
            FromHolder::Probed(probed) => look(probed),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn input(&self, bytes: &[u8]) -> u32 {
        input(&mut self.client(), None, bytes)
    }
}

pub(crate) fn input(client: &mut Client, reply_offset: Option<u64>, bytes: &[u8]) -> u32 {
    match client.request(&ToHolder::Input { reply_offset, bytes }).unwrap() {
        FromHolder::Accepted(count) => count,
        other => panic!("{other:?}"),
    }
}

/// Everything a log has; a gap is left out.
pub(crate) fn read_log(log: &LogReader) -> Vec<u8> {
    let (mut bytes, mut offset, mut buffer) = (Vec::new(), 0, vec![0; 64 * 1024]);
    loop {
        match log.chunk_at(offset, &mut buffer).unwrap() {
            aside::log::Chunk::Bytes(count) => {
                bytes.extend_from_slice(&buffer[..count]);
                offset += count as u64;
            }
            aside::log::Chunk::Gap(gap) => offset = gap.end,
            aside::log::Chunk::End => return bytes,
        }
    }
}

/// The numbers 0, 1, … as lines of 16 digits with CR LF: any loss or repetition shows at its offset.
pub(crate) fn numbers(lines: u64) -> String {
    format!("stty raw; i=0; seq -f %015.0f 0 {}", lines - 1)
}

/// Asserts that bytes from a log offset on are what [`numbers`] prints there.
#[track_caller]
pub(crate) fn assert_numbers(from: u64, bytes: &[u8]) {
    for (offset, byte) in (from..).zip(bytes) {
        let expected = if offset % 16 == 15 {
            b'\n'
        } else {
            format!("{:015}", offset / 16).as_bytes()[(offset % 16) as usize]
        };
        assert_eq!(*byte, expected, "at offset {offset}");
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if matches!(self.spawned.child.try_wait(), Ok(None)) {
            // the tree first: what is left of it would outlive its holder
            for process in process::descendants(self.spawned.holder) {
                let _ = process::signal(process, Signal::KILL);
            }
            let _ = self.spawned.child.kill();
            let _ = self.spawned.child.wait();
        }
    }
}

/// The words of a path as the launch takes them.
pub(crate) fn octets(path: &Path) -> Octets {
    path.as_os_str().to_owned().into()
}
