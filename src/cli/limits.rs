//! Bounds of verbs alone, by name and with their reasons. Belongs to `crate::limits`; never configurable.

use std::time::Duration;

/// Time for a server's first message: it is on this machine, and does nothing that takes long.
pub(super) const GREETING_DEADLINE: Duration = Duration::from_secs(2);
/// Time for an answer that needs no waiting for a task: a start on a machine that swaps takes seconds.
pub(super) const ANSWER_DEADLINE: Duration = Duration::from_secs(30);
/// Time `stop` waits for the end: the ladder of signals takes three graces at most.
pub(super) const STOP_PATIENCE: Duration = Duration::from_secs(30);
/// Time a stopped server may take to leave.
pub(super) const LEAVE_PATIENCE: Duration = Duration::from_secs(10);
/// Servers lost in a row, each at once after its start, before a waiting verb gives up.
pub(super) const LOSSES_MAX: u32 = 8;
/// A server that lasted this long was not lost at once.
pub(super) const LASTING: Duration = Duration::from_secs(1);
/// Columns of a name, and of a command where the output is no terminal.
pub(super) const NAME_COLUMNS: usize = 200;
/// Time between two looks whether somebody still reads what `output --follow` prints.
pub(super) const FOLLOW_LOOK: Duration = Duration::from_secs(1);
/// Time between two looks at a log whose holder cannot be asked to tell.
pub(super) const FOLLOW_RETRY: Duration = Duration::from_millis(200);
/// Bytes of a log read at a time.
pub(super) const READ_BYTES: usize = 256 * 1024;
/// Bytes of a log read, and then searched, at a time.
pub(super) const GREP_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes of the trace file beyond which a starting server begins a new one.
pub(super) const TRACE_BYTES_MAX: u64 = 1024 * 1024;
/// Time an agent's program may take to say its version; those on Node take a second.
pub(super) const VERSION_PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of a hook's event: a final message with its context.
pub(super) const HOOK_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Bytes of a message of the Model Context Protocol: a prompt or a text to type.
pub(super) const MCP_LINE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Lines of a task's output given to an agent at once: more would fill its context.
pub(super) const MCP_LINES_MAX: u64 = 400;
/// Bytes of a log read at a time for an agent.
pub(super) const MCP_STEP_BYTES: u64 = 4 * 1024 * 1024;
/// Time an agent may wait in one call: its client gives up on longer ones.
pub(super) const MCP_WAIT_MAX: Duration = Duration::from_secs(60);
