//! The directories of a session, made private and checked. A directory that others own or may enter is
//! refused by name: what stands in it could steer us (reliability.md §5).

use rustix::fs::{Mode, OFlags};
use std::{
    env, io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
};

/// Why the directories cannot be used; each message names the path and the way out.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A session name that could not be a file name.
    #[error(
        "'{0}' is not a session name: use 1 to 64 letters, digits, '-', '_' or '.', not starting with '.'"
    )]
    Name(String),
    /// Nowhere to keep state.
    #[error("no place to keep tasks: set HOME or XDG_STATE_HOME to a directory you can write")]
    NoHome,
    /// A directory could not be made or opened.
    #[error("cannot use {path}: {error}; set {variable} to a directory you can write")]
    Unusable {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
        /// What to set to choose another.
        variable: &'static str,
    },
    /// Someone else's directory.
    #[error("refusing {path}: it belongs to user {owner}, not to you; remove it or set {variable}")]
    Foreign {
        /// Which.
        path: PathBuf,
        /// Whose.
        owner: u32,
        /// What to set to choose another.
        variable: &'static str,
    },
    /// Others may enter.
    #[error("refusing {path}: other users may enter it (mode {mode:o}); run: chmod 700 {path}")]
    Open {
        /// Which.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

/// The paths of one session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Paths {
    /// Name of the session.
    pub session: String,
    /// `$XDG_STATE_HOME/aside/<session>`.
    pub state: PathBuf,
    /// `$XDG_RUNTIME_DIR/aside`, else `/tmp/aside-<uid>`.
    pub runtime: PathBuf,
    /// `$XDG_CONFIG_HOME/aside`.
    pub config: PathBuf,
}

impl Paths {
    /// The paths for a session by name, from the XDG variables. Makes nothing.
    ///
    /// # Errors
    /// [`StoreError::Name`], [`StoreError::NoHome`].
    pub fn of(session: &str) -> Result<Self, StoreError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if session.is_empty() || session.len() > 64 || session.starts_with('.') || !session.chars().all(fits)
        {
            return Err(StoreError::Name(session.to_owned()));
        }
        let state = base("XDG_STATE_HOME", ".local/state").ok_or(StoreError::NoHome)?;
        let config = base("XDG_CONFIG_HOME", ".config").ok_or(StoreError::NoHome)?;
        let runtime = absolute("XDG_RUNTIME_DIR").filter(|path| usable(path)).map(|path| path.join("aside"));
        let uid = rustix::process::geteuid().as_raw();
        Ok(Self {
            session: session.to_owned(),
            state: state.join("aside").join(session),
            runtime: runtime.unwrap_or_else(|| PathBuf::from(format!("/tmp/aside-{uid}"))),
            config: config.join("aside"),
        })
    }

    /// Makes the state and runtime directories, 0700, and checks that they are ours alone.
    ///
    /// # Errors
    /// All but the first two of [`StoreError`].
    pub fn ensure(&self) -> Result<(), StoreError> {
        if let Some(parent) = self.state.parent() {
            private(parent, "XDG_STATE_HOME")?;
        }
        private(&self.state, "XDG_STATE_HOME")?;
        private(&self.tasks(), "XDG_STATE_HOME")?;
        private(&self.runtime, "XDG_RUNTIME_DIR")
    }

    /// Directory of all tasks.
    pub fn tasks(&self) -> PathBuf {
        self.state.join("tasks")
    }

    /// Directory of one task.
    pub fn task(&self, id: crate::task::TaskId) -> PathBuf {
        self.tasks().join(id.to_string())
    }

    /// The server's socket.
    pub fn socket(&self) -> PathBuf {
        self.runtime_file("sock")
    }

    /// Where a foreground command leaves its directory and environment.
    pub fn carry(&self, id: crate::task::TaskId) -> PathBuf {
        self.runtime_file(&format!("carry.{id}"))
    }

    /// The session's directory and environment, kept while the machine runs.
    pub fn place(&self) -> PathBuf {
        self.runtime_file("place")
    }

    /// A file in the runtime directory, which sessions of other state directories may share.
    fn runtime_file(&self, kind: &str) -> PathBuf {
        let mark = crc32fast::hash(self.state.as_os_str().as_encoded_bytes());
        self.runtime.join(format!("{}-{mark:08x}.{kind}", self.session))
    }

    /// Other sessions of this user, by name.
    pub fn sessions(&self) -> Vec<String> {
        let entries = self.state.parent().and_then(|parent| parent.read_dir().ok());
        let names = entries.into_iter().flatten().flatten().filter_map(|e| e.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| Self::of(name).is_ok()).collect();
        names.sort();
        names
    }
}

/// Whether a directory is there or can be made: `XDG_RUNTIME_DIR` may name one of another user's login.
fn usable(path: &Path) -> bool {
    let parent = || path.parent().is_some_and(|parent| parent.is_dir() && writable(parent));
    if path.is_dir() { writable(path) } else { parent() }
}

fn writable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

fn absolute(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}

fn base(variable: &str, below_home: &str) -> Option<PathBuf> {
    absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(below_home)))
}

fn private(path: &Path, variable: &'static str) -> Result<(), StoreError> {
    let unusable = |error: io::Error| StoreError::Unusable { path: path.to_owned(), error, variable };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(unusable)?;
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::RDONLY;
    let opened = rustix::fs::open(path, flags, Mode::empty()).map_err(|e| unusable(e.into()))?;
    let meta = std::fs::File::from(opened).metadata().map_err(unusable)?;
    if meta.uid() != rustix::process::geteuid().as_raw() {
        return Err(StoreError::Foreign { path: path.to_owned(), owner: meta.uid(), variable });
    }
    if meta.mode() & 0o077 != 0 {
        return Err(StoreError::Open { path: path.to_owned(), mode: meta.mode() & 0o7777 });
    }
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).map_err(|e| unusable(e.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_session_name_is_a_plain_file_name() {
        for name in ["", ".hidden", "a/b", "a b", "ü"] {
            assert!(matches!(Paths::of(name), Err(StoreError::Name(_))), "{name}");
        }
    }

    #[test]
    fn sessions_of_different_state_directories_do_not_share_a_socket() {
        let paths = |state: &str| Paths {
            session: "main".into(),
            state: state.into(),
            runtime: "/r".into(),
            config: "/c".into(),
        };
        assert_ne!(paths("/a/main").socket(), paths("/b/main").socket());
    }

    #[test]
    fn a_directory_others_may_enter_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("loose");
        private(&path, "X").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let error = private(&path, "X").unwrap_err().to_string();
        assert!(error.contains("chmod 700") && error.contains("loose"), "{error}");
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(dir.path(), &link).unwrap();
        assert!(private(&link, "X").is_err());
    }
}
