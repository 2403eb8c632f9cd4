//! What a verb is called with: the session's paths and where the user stands.

use super::{
    connection::{self, Connection},
    limits::LOSSES_MAX,
};
use crate::{
    daemon,
    protocol::client::{Place, Request, Response},
    store::{Paths, StoreError},
};
use rustix::fs::Mode;
use serde_bytes::ByteBuf;
use std::{
    ffi::OsString,
    io,
    os::unix::{
        ffi::{OsStrExt, OsStringExt},
        fs::MetadataExt,
    },
    path::{Path, PathBuf},
};

/// The session unless named.
const SESSION: &str = "main";

/// Who calls, and for which session.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) paths: Paths,
}

impl Caller {
    /// For a session by name; `main` for none.
    pub(super) fn new(session: Option<&str>) -> Result<Self, StoreError> {
        let session = session.filter(|name| !name.is_empty()).unwrap_or(SESSION);
        Ok(Self { paths: Paths::of(session)? })
    }

    /// Every session of this user that has a directory.
    pub(super) fn all_sessions(&self) -> Vec<Self> {
        let sessions = self.paths.sessions();
        sessions.iter().filter_map(|name| Paths::of(name).ok()).map(|paths| Self { paths }).collect()
    }

    /// The session's server, started if there is none.
    pub(super) fn start(&self) -> anyhow::Result<Connection> {
        Connection::greet(daemon::connect_or_start(&self.paths)?)
    }

    /// The session's server; started only if there are tasks it could tell of.
    pub(super) fn open(&self) -> anyhow::Result<Option<Connection>> {
        match self.running()? {
            None if self.has_tasks() => self.start().map(Some),
            found => Ok(found),
        }
    }

    /// Asks for something that may be asked again, until a server lives long enough to answer. `None` when there are no
    /// tasks, and so no server to ask.
    pub(super) fn ask(&self, request: &Request) -> anyhow::Result<Option<Response>> {
        let mut losses = 0;
        loop {
            let answer = match self.open() {
                Ok(Some(mut server)) => server.request(request.clone()).map(Some),
                Ok(None) => return Ok(None),
                Err(error) => Err(error),
            };
            losses += 1;
            match answer {
                Err(error) if connection::is_lost(&error) && losses <= LOSSES_MAX => {}
                answer => return answer,
            }
        }
    }

    /// The session's server if one runs.
    pub(super) fn running(&self) -> anyhow::Result<Option<Connection>> {
        match daemon::connect(&self.paths) {
            Ok(stream) => Connection::greet(stream).map(Some),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(error.into()),
            Err(_) => Ok(None),
        }
    }

    /// Whether the session has any task, as its files say.
    pub(super) fn has_tasks(&self) -> bool {
        let tasks = self.paths.tasks().read_dir().into_iter().flatten().flatten();
        tasks.filter_map(|entry| entry.file_name().into_string().ok()).any(|name| name.parse::<u32>().is_ok())
    }
}

/// Directory, environment and umask of this process.
pub(super) fn place() -> Place {
    let entry = |(mut name, value): (OsString, OsString)| {
        name.push("=");
        name.push(value);
        ByteBuf::from(name.into_vec())
    };
    // there is no way to read it but to set it; nothing else runs in this process yet
    let umask = rustix::process::umask(Mode::from_raw_mode(0o077));
    rustix::process::umask(umask);
    Place {
        cwd: ByteBuf::from(directory().as_os_str().as_bytes()),
        environment: std::env::vars_os().map(entry).collect(),
        umask: umask.bits(),
    }
}

/// The current directory by the name the shell has for it. One that was removed keeps its name: whatever is started there
/// says so.
pub(super) fn directory() -> PathBuf {
    let named = std::env::var_os("PWD").map(PathBuf::from).filter(|path| path.is_absolute());
    match (std::env::current_dir(), named) {
        (Ok(current), Some(named)) if is_same(&current, &named) => named,
        (Ok(current), _) => current,
        (Err(_), named) => named.unwrap_or_else(|| PathBuf::from("/")),
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    let file = |path: &Path| path.metadata().map(|meta| (meta.dev(), meta.ino())).ok();
    file(one).is_some() && file(one) == file(other)
}
