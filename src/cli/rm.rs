//! `rm`: forgets ended tasks and deletes their files.

use super::{
    caller::Caller,
    exit::{self, Verdict},
    find, print,
};
use crate::{
    protocol::client::{Request, Response},
    store,
    task::{TaskId, text},
};

/// Forget ended tasks and delete their files
#[derive(clap::Args)]
pub(super) struct Rm {
    /// Numbers or names of tasks
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
}

impl Rm {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let mut ids = find::tasks(caller, &self.ids)?;
        ids.sort_unstable();
        ids.dedup();
        let first = ids.first().copied().ok_or_else(|| exit::wrong("no task to remove"))?;
        remove(caller, &ids, Request::Remove(ids.clone()))?.ok_or_else(|| find::none(first))?;
        Ok(0)
    }
}

/// Asks for tasks to be removed, and tells which were and how much room that made. `None` without a server: there is
/// no task then. `candidates` are those that may be removed.
pub(super) fn remove(caller: &Caller, candidates: &[TaskId], request: Request) -> anyhow::Result<Option<()>> {
    let Some(mut server) = caller.open()? else { return Ok(None) };
    let size = |id: &TaskId| (*id, store::task_bytes(&caller.paths.task(*id)));
    let sizes: Vec<(TaskId, u64)> = candidates.iter().map(size).collect();
    let Response::Removed(removed) = server.request(request)? else {
        anyhow::bail!("the server does not tell what it removed");
    };
    let bytes = sizes.iter().filter(|(id, _)| removed.contains(id)).map(|(_, bytes)| bytes).sum();
    print::text(&told(removed.len(), bytes))?;
    Ok(Some(()))
}

/// What was removed, in a line.
pub(super) fn told(tasks: usize, bytes: u64) -> String {
    let tasks = text::plural(u64::try_from(tasks).unwrap_or(u64::MAX), "task");
    format!("removed {tasks}, freed {}\n", text::bytes(bytes))
}

/// Tells which tasks would be removed and how much room that would make.
pub(super) fn told_before(caller: &Caller, request: Request) -> Verdict {
    let ids = match caller.open()? {
        None => vec![],
        Some(mut server) => match server.request(request)? {
            Response::Removed(ids) => ids,
            other => return Err(find::surprise(&other)),
        },
    };
    let mut lines = String::new();
    let mut all = 0;
    for id in &ids {
        let bytes = store::task_bytes(&caller.paths.task(*id));
        all += bytes;
        lines.push_str(&format!("{id}  {}\n", text::bytes(bytes)));
    }
    let tasks = text::plural(u64::try_from(ids.len()).unwrap_or(u64::MAX), "task");
    print::text(&format!("{lines}would remove {tasks}, free {}\n", text::bytes(all)))?;
    Ok(0)
}
