//! The records a holder leaves: `run.json` and `exit.json`. Pure. Times are milliseconds since 1970.
//!
//! Fields are only ever added, with `#[serde(default)]`, so that any version reads any record.

use crate::{log::Octets, task::Size};
use serde::{Deserialize, Serialize};

/// Version of both records.
pub const FORMAT: u32 = 1;

/// `run.json`, written after the program was started. Whether it still runs is said by the lock, not by this file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RunRecord {
    /// See [`FORMAT`].
    pub format: u32,
    /// The holder.
    pub holder: Started,
    /// The program.
    pub program: Started,
    /// When the program was started.
    pub started_ms: u64,
    /// Names the boot of the machine, so that a pid of another one is never believed.
    pub boot_id: String,
    /// First size of the terminal.
    pub size: Size,
    /// The slave side of the pseudo-terminal, `/dev/pts/3`.
    pub terminal: Octets,
}

/// A process, told apart from a later one with the same id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Started {
    /// Process id.
    pub pid: u32,
    /// Clock ticks from boot to its start (field 22 of `/proc/PID/stat`); 0 where the system does not tell.
    pub start_ticks: u64,
}

/// `exit.json`: how a task ended. On disk before anyone is told.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ExitRecord {
    /// See [`FORMAT`].
    pub format: u32,
    /// How the program ended.
    pub end: End,
    /// The last request to end it, if there was one.
    pub asked: Option<Asked>,
    /// Nobody asked for the SIGKILL that ended it, and the system killed for want of memory just then.
    #[serde(default)]
    pub out_of_memory: bool,
    /// When the program was started.
    pub started_ms: u64,
    /// When the end was noticed.
    pub ended_ms: u64,
    /// Length of the log; the files may be longer when processes left behind still print.
    pub output_bytes: u64,
    /// Line feeds in the log.
    pub output_lines: u64,
    /// Bytes the cap dropped.
    #[serde(default)]
    pub dropped_bytes: u64,
    /// What the program and the children it waited for used.
    pub usage: Usage,
    /// Names the boot of the machine.
    pub boot_id: String,
}

/// How a program ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// It exited with this code.
    Code(i32),
    /// A signal ended it.
    Signal {
        /// Number of the signal.
        number: i32,
        /// It left a core dump.
        core: bool,
    },
    /// Nobody knows; never guessed.
    Unknown,
}

/// A request to end a program.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// By whom, as SIGNAL named it.
    pub who: String,
    /// Number of the signal sent.
    pub signal: i32,
    /// When.
    pub at_ms: u64,
}

/// Resources used.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Processor time in programs, microseconds.
    pub user_us: u64,
    /// Processor time in the kernel, microseconds.
    pub system_us: u64,
    /// Largest resident memory, KiB.
    pub memory_kib_max: u64,
    /// Blocks read from a disk.
    pub blocks_in: u64,
    /// Blocks written to a disk.
    pub blocks_out: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_record_reads_like_this() {
        let record = ExitRecord {
            format: FORMAT,
            end: End::Signal { number: 15, core: false },
            asked: Some(Asked { who: "cli".into(), signal: 15, at_ms: 3 }),
            out_of_memory: false,
            started_ms: 1,
            ended_ms: 4,
            output_bytes: 9,
            output_lines: 2,
            dropped_bytes: 0,
            usage: Usage { user_us: 7, ..Usage::default() },
            boot_id: "b".into(),
        };
        let json = serde_json::to_string(&record).unwrap();
        insta::assert_snapshot!(json, @r#"{"format":1,"end":{"signal":{"number":15,"core":false}},"asked":{"who":"cli","signal":15,"at_ms":3},"out_of_memory":false,"started_ms":1,"ended_ms":4,"output_bytes":9,"output_lines":2,"dropped_bytes":0,"usage":{"user_us":7,"system_us":0,"memory_kib_max":0,"blocks_in":0,"blocks_out":0},"boot_id":"b"}"#);
        assert_eq!(serde_json::from_str::<ExitRecord>(&json).unwrap(), record);
        assert_eq!(
            serde_json::to_string(&[End::Code(5), End::Unknown]).unwrap(),
            r#"[{"code":5},"unknown"]"#
        );
    }
}
