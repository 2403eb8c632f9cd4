//! `run`: starts a task in the background and prints its number, alone, for scripts.

use super::{
    caller::{self, Caller},
    exit::{self, Verdict},
    find,
    limits::NAME_COLUMNS,
    print, wait,
};
use crate::{
    protocol::client::{self as wire, Request, Response, TaskInfo},
    screen::clean,
    task::Size,
};
use serde_bytes::ByteBuf;
use std::{
    ffi::OsString,
    io,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};

/// Start a task in the background; prints its number
///
/// One word is a line for $SHELL -c, several are executed as they are.
#[derive(clap::Args)]
pub(super) struct Run {
    /// Name shown instead of the command
    #[arg(long)]
    name: Option<String>,

    /// Directory to run in [default: the current one]
    #[arg(long, value_name = "DIR")]
    cwd: Option<PathBuf>,

    /// Size of its terminal [default: 80x24]
    #[arg(long, value_name = "COLSxROWS")]
    size: Option<Size>,

    /// Wait for its end, and end with its exit code
    #[arg(long)]
    wait: bool,

    /// The command
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    command: Vec<OsString>,
}

impl Run {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let cwd = self.cwd.map(|dir| existing(&dir)).transpose()?;
        let name = self.name.map(|name| clean(&name, NAME_COLUMNS)).filter(|name| !name.is_empty());
        let argv = self.command.into_iter().map(|word| ByteBuf::from(word.into_vec())).collect();
        let task = start(caller, wire::Run { argv, name, cwd, size: self.size, agent: None })?;
        print::text(&format!("{}\n", task.id))?;
        if !self.wait {
            return Ok(0);
        }
        Ok(exit::of_tasks(&wait::for_end(caller, &[task.id], None)?))
    }
}

#[cfg(test)]
impl Run {
    pub(super) fn words(&self) -> &[OsString] {
        &self.command
    }
}

/// Starts a task.
pub(super) fn start(caller: &Caller, run: wire::Run) -> anyhow::Result<TaskInfo> {
    match caller.start()?.request(Request::Run(run))? {
        Response::Task(task) => Ok(*task),
        other => Err(find::surprise(&other)),
    }
}

/// The directory as an absolute path, if it is one.
pub(super) fn existing(dir: &Path) -> anyhow::Result<ByteBuf> {
    let path = caller::directory().join(dir);
    let error = match path.metadata() {
        Ok(meta) if meta.is_dir() => return Ok(ByteBuf::from(path.as_os_str().as_bytes())),
        Ok(_) => io::ErrorKind::NotADirectory.into(),
        Err(error) => error,
    };
    let why = match error.kind() {
        io::ErrorKind::NotFound => "no such directory".to_owned(),
        io::ErrorKind::NotADirectory => "not a directory".to_owned(),
        _ => error.to_string(),
    };
    Err(exit::wrong(format!("--cwd: {why}: {}", dir.display())))
}
