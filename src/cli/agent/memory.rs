//! Permissions remembered for a directory: `agents.json` in aside's state directory. Holds choices of the user alone.

use super::super::{caller::Caller, exit::Verdict};
use super::plan::Plan;
use crate::agent::{Fence, Level, Wanted};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

#[derive(Serialize, Deserialize)]
struct Remembered {
    level: Level,
    allow: Vec<String>,
    deny: Vec<String>,
    fence: Fence,
    writable: Vec<String>,
    ports: Vec<u16>,
}

type Memory = BTreeMap<String, Remembered>;

fn path(caller: &Caller) -> PathBuf {
    let state = &caller.paths.state;
    state.parent().unwrap_or(state).join("agents.json")
}

fn read(caller: &Caller) -> Memory {
    let bytes = std::fs::read(path(caller)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn write(caller: &Caller, memory: &Memory) -> anyhow::Result<()> {
    let path = path(caller);
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    Ok(crate::store::write_durable(&path, &serde_json::to_vec_pretty(memory)?)?)
}

fn key(name: &str, cwd: &std::path::Path) -> String {
    format!("{name} {}", cwd.display())
}

/// What was remembered for this agent here.
pub(super) fn recall(caller: &Caller, plan: &Plan) -> Option<Wanted> {
    let Remembered { level, allow, deny, fence, writable, ports } =
        read(caller).remove(&key(&plan.name, &plan.cwd))?;
    Some(Wanted { level, allow, deny, fence, writable, ports })
}

/// Remembers it.
pub(super) fn keep(caller: &Caller, plan: &Plan, wanted: &Wanted) -> anyhow::Result<()> {
    let Wanted { level, allow, deny, fence, writable, ports } = wanted.clone();
    let mut memory = read(caller);
    let remembered = Remembered { level, allow, deny, fence, writable, ports };
    memory.insert(key(&plan.name, &plan.cwd), remembered);
    write(caller, &memory)
}

/// `agent forget`.
pub(super) fn forget(caller: &Caller, name: &str) -> Verdict {
    let mut memory = read(caller);
    if memory.remove(&key(name, &super::super::caller::directory())).is_none() {
        return Err(super::super::exit::with_code(1, format!("nothing is remembered for {name} here")));
    }
    write(caller, &memory)?;
    Ok(0)
}
