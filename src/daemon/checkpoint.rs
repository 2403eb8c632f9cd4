//! Writes checkpoints of screens in a thread of its own: a disk that is busy with floods must not hold keys back. One that
//! comes while too many wait is left out; the next one of its task makes up for it.

use crate::{limits::CHECKPOINT_QUEUE, session::Said, store, task::TaskId};
use std::{
    io,
    path::{Path, PathBuf},
    sync::mpsc::{SyncSender, sync_channel},
};

/// One checkpoint of a task's screen.
pub(super) struct Checkpoint {
    pub(super) task: TaskId,
    /// Directory of the task.
    pub(super) dir: PathBuf,
    /// Log offset it is of.
    pub(super) offset: u64,
    pub(super) said: Box<Said>,
    /// State of the screen.
    pub(super) screen: Vec<u8>,
}

/// The thread's queue.
pub(super) struct Checkpoints(SyncSender<Checkpoint>);

impl Checkpoints {
    /// Starts the thread, which ends with the queue.
    pub(super) fn start() -> Self {
        let (sender, queue) = sync_channel::<Checkpoint>(CHECKPOINT_QUEUE);
        std::thread::spawn(move || {
            for checkpoint in queue {
                if let Err(error) = write(&checkpoint.dir, &checkpoint) {
                    tracing::debug!(task = checkpoint.task.0, %error, "checkpoint not written");
                }
            }
        });
        Self(sender)
    }

    /// Has a checkpoint written, if there is room.
    pub(super) fn keep(&self, checkpoint: Checkpoint) {
        if let Err(error) = self.0.try_send(checkpoint) {
            tracing::debug!(%error, "checkpoint left out");
        }
    }
}

fn write(dir: &Path, checkpoint: &Checkpoint) -> io::Result<()> {
    let bytes = store::encode_checkpoint(checkpoint.offset, &checkpoint.said, &checkpoint.screen)?;
    let new = dir.join("checkpoint.tmp");
    std::fs::write(&new, bytes)?;
    std::fs::rename(&new, dir.join(store::CHECKPOINT))
}
