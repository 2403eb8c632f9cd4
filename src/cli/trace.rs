//! The server's trace: our own diagnostics, never what tasks print or users type.

use super::limits::TRACE_BYTES_MAX;
use crate::store::Paths;
use std::{fs::OpenOptions, os::unix::fs::OpenOptionsExt as _};
use tracing_subscriber::EnvFilter;

/// Traces to `trace.log` in the session's directory, as much as `ASIDE_TRACE` says (default `warn`).
pub(super) fn begin(paths: &Paths) {
    let path = paths.state.join("trace.log");
    let large = path.metadata().is_ok_and(|meta| meta.len() > TRACE_BYTES_MAX);
    let mut options = OpenOptions::new();
    options.create(true).mode(0o600).append(!large).write(true).truncate(large);
    let Ok(file) = options.open(path) else { return };
    let filter = EnvFilter::try_from_env("ASIDE_TRACE").unwrap_or_else(|_| EnvFilter::new("warn"));
    // A second one in the same process would keep the first.
    let _first =
        tracing_subscriber::fmt().with_ansi(false).with_env_filter(filter).with_writer(file).try_init();
}
