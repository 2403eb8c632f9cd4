//! `aside run`: a task in the background.

use super::{
    caller::{self, Caller},
    exit::{self, Verdict},
    find, print,
};
use crate::{
    protocol::client::{Request, Response, Run as Order, Until},
    task::Size,
};
use clap::Args;
use serde_bytes::ByteBuf;
use std::{ffi::OsString, os::unix::ffi::OsStringExt, path::PathBuf};

/// Start a task in the background; prints its number
#[derive(Args)]
pub(super) struct Run {
    /// Shown instead of the command
    #[arg(long)]
    name: Option<String>,
    /// Directory to start in; default the current one
    #[arg(long, value_name = "DIR")]
    cwd: Option<PathBuf>,
    /// Size of its terminal
    #[arg(long, value_name = "COLSxROWS")]
    size: Option<Size>,
    /// Wait for its end, and pass on its exit code
    #[arg(long)]
    wait: bool,
    /// One word is a line for $SHELL, several are executed as they are
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "CMD")]
    command: Vec<OsString>,
}

impl Run {
    pub(super) fn call(self, caller: &Caller) -> Verdict {
        let cwd = self.cwd.map(directory).transpose()?;
        let argv = self.command.into_iter().map(|word| ByteBuf::from(word.into_vec())).collect();
        let order = Order { argv, name: self.name, cwd, size: self.size };
        let mut server = caller.start()?;
        let id = match server.request(Request::Run(order))? {
            Response::Task(task) => task.id,
            other => return Err(find::surprise(&other)),
        };
        print::text(&format!("{id}\n"))?;
        if !self.wait {
            return Ok(0);
        }
        let wait = Request::Wait { ids: vec![id], until: Until::Exit, timeout_ms: None };
        match super::wait::patiently(caller, server, &wait, None)? {
            Response::Tasks(tasks) => Ok(exit::of_tasks(&tasks)),
            other => Err(find::surprise(&other)),
        }
    }
}

/// The directory as an absolute path that exists.
fn directory(path: PathBuf) -> anyhow::Result<ByteBuf> {
    let path = caller::directory().join(path);
    if path.is_dir() {
        return Ok(ByteBuf::from(path.into_os_string().into_vec()));
    }
    Err(exit::wrong(format!("no such directory: {}", path.display())))
}
