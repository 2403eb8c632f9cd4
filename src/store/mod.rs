//! Where things are on disk: session directories, records, the journal. Does the I/O, decides nothing.

mod agent;
mod directory;
mod durable;
mod journal;
mod lines;
pub mod socket;
mod task;

pub use agent::{FoundAgent, MissingAgent, Whence, agent_config, find_agent, program};
pub use directory::{Paths, StoreError};
pub use durable::write_durable;
pub use journal::Journal;
pub use lines::{Lines, missing_bytes};
pub use task::{
    CHECKPOINT, Ending, Found, Replayed, encode_checkpoint, ending, find, holder_lives, replay,
    replay_with_lines, scan, task_bytes, wake_holder,
};

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// `server.json`: where the server of a session listens.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ServerRecord {
    /// Its process.
    pub pid: u32,
    /// Its socket.
    pub socket: PathBuf,
    /// Its program version.
    pub version: String,
}
