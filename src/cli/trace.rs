//! The server's own diagnostics: a file in the session's directory, never the user's terminal. What is typed or
//! pasted is never traced at any level.

use super::limits::TRACE_BYTES_MAX;
use crate::store::Paths;
use rustix::fs::{Mode, OFlags};
use std::{fs::File, io, path::Path, sync::Mutex};
use tracing_subscriber::EnvFilter;

/// Traces to `trace.log` from now on, at the level `ASIDE_TRACE` says (`debug`, `aside::daemon=trace`), else `warn`.
/// Panics go there too. A file that has grown too long is begun anew.
/// Without a file there is no trace, and the server serves all the same.
pub(super) fn begin(paths: &Paths) {
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    let Ok(file) = open(&paths.state.join("trace.log")) else { return };
    let filter = EnvFilter::try_from_env("ASIDE_TRACE").unwrap_or_else(|_| EnvFilter::new("warn"));
    let traced =
        tracing_subscriber::fmt().with_ansi(false).with_env_filter(filter).with_writer(Mutex::new(file));
    // a second one in the same process would keep the first
    let _first = traced.try_init();
}

fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let file = File::from(rustix::fs::open(path, flags, Mode::from_raw_mode(0o600))?);
    if file.metadata()?.len() > TRACE_BYTES_MAX {
        file.set_len(0)?;
    }
    Ok(file)
}
