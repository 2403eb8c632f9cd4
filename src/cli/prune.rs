//! `aside prune`: every ended task that was seen goes.

use super::{caller::Caller, exit::Verdict, find, rm};
use crate::{
    protocol::client::{Request, Response},
    store,
};
use clap::Args;

/// Forget every ended task whose end was seen, and delete what it printed
#[derive(Args)]
pub(super) struct Prune {}

impl Prune {
    #[expect(clippy::unused_self, reason = "verbs are called alike")]
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let Some(mut server) = caller.open()? else { return rm::report(0, 0) };
        let tasks = find::all(caller)?;
        let size = |id| store::task_bytes(&caller.paths.task(id));
        let sizes: Vec<_> = tasks.iter().map(|task| (task.id, size(task.id))).collect();
        match server.request(Request::Prune)? {
            Response::Removed(ids) => {
                let freed = sizes.iter().filter(|(id, _)| ids.contains(id)).map(|(_, bytes)| bytes).sum();
                rm::report(ids.len(), freed)
            }
            other => Err(find::surprise(&other)),
        }
    }
}
