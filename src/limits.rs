//! Every bound of the program, by name and with its reason. Nothing here is configurable:
//! a bound is what keeps one task, client or file from hurting the others.

use crate::task::Size;
use std::time::Duration;

/// Smallest columns a screen may have: vt100 0.18.1 panics with one column (`screen/`).
pub const COLS_MIN: u16 = 2;
/// Largest rows or columns of a screen; absurd sizes are clamped so that a grid stays ≤ 32 MB.
pub const SIDE_MAX: u16 = 1000;
/// Bytes of one frame on the holder wire; the holder keeps one static buffer of this size per connection.
pub const HOLDER_FRAME_BYTES_MAX: usize = 64 * 1024;
/// Bytes of one message on the client protocol; decoding never allocates more than this.
pub const CLIENT_MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of a log segment: small enough that dropping the oldest one is cheap, large enough to be few.
pub const SEGMENT_BYTES: u64 = 16 * 1024 * 1024;
/// Entries of the main view kept; older ones are still in the tasks' own records.
pub const FEED_ENTRIES_MAX: usize = 10_000;
/// Lines of a block of notices before the overflow summary: product.md.
pub const NOTICE_LINES_MAX: usize = 3;
/// Bullets under one notice: product.md.
pub const NOTICE_BULLETS_MAX: usize = 3;
/// Columns of a bullet of an agent's final message: what people read at a glance.
pub const AGENT_BULLET_COLUMNS: usize = 120;
/// Columns a title keeps in a notice however narrow the terminal is.
pub const TITLE_COLUMNS_MIN: usize = 12;
/// Columns of a task's title where it is named as who did something; the holder keeps 256 bytes.
pub const WHO_COLUMNS_MAX: usize = 24;
/// Columns of a result line or a title taken from a task.
pub const RESULT_COLUMNS_MAX: usize = 160;
/// Time between the steps of stopping a task: long enough for a service to flush, short enough to wait for.
pub const STOP_GRACE: Duration = Duration::from_secs(3);
/// Connections to the server at once; a client opens one.
pub const CLIENTS_MAX: usize = 64;
/// Messages queued for a client: one frame is in flight, the rest are small answers; a fuller queue means it does not read.
pub const CLIENT_QUEUE: usize = 64;
/// Time for the first message of a connection: a peer that says nothing must not keep a place.
pub const HELLO_DEADLINE: Duration = Duration::from_secs(1);
/// A server with no client and no living task leaves after this.
pub const IDLE_LEAVE: Duration = Duration::from_secs(600);
/// Size of a task's terminal when a verb starts it and says none.
pub const SCREEN_OF_VERB: Size = Size::new(24, 80);
/// Output between two checkpoints of a screen: catching up with this much of a flood takes some 30 ms, and a flood of
/// 200 MB/s does not have one written all the time.
pub const CHECKPOINT_BYTES: u64 = 16 * 1024 * 1024;
/// Checkpoints waiting to be written: a few busy tasks' worth.
pub const CHECKPOINT_QUEUE: usize = 8;
/// Log read into a screen when there is no checkpoint; what is older has left the screen long since.
pub const REPLAY_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Screens of ended tasks kept in memory (≤ 0.4 MB each); the log makes the others again.
pub const ENDED_SCREENS_MAX: usize = 32;
/// Bytes of one task parsed in one turn (some 0.2 ms), so that keys and echoes never wait behind a flood.
pub const TURN_BYTES: usize = 16 * 1024;
/// Input kept for a program that does not read; what is typed beyond is dropped and said so.
pub const INPUT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Time between frames of a picture that changes all the time: 60 a second.
pub const FRAME_INTERVAL: Duration = Duration::from_millis(16);
/// After a key, frames are not held back for this long, so that its echo is drawn at once.
pub const ECHO_WINDOW: Duration = Duration::from_millis(50);
/// Events of clients queued for the server: keys of a fast typist, pastes; a fuller queue slows their sender.
pub const EVENT_QUEUE: usize = 256;
/// Events of tasks queued: each carries at most a turn's bytes, so a flood is held back where it is, in its log, and an
/// echo waits for one turn of each flooding task at most.
pub const TASK_EVENT_QUEUE: usize = 1;
/// Commands queued for one holder.
pub const COMMAND_QUEUE: usize = 1024;
/// Records the journal keeps when it is compacted at a start.
pub const JOURNAL_RECORDS_MAX: usize = 20_000;
/// Reads of transcripts queued: a few views, each with one under way.
pub const READ_QUEUE: usize = 64;
/// Time a new server may take until it answers.
pub const START_DEADLINE: Duration = Duration::from_secs(10);
/// Lines a review keeps at hand around what it shows; a page is some 50.
pub const REVIEW_WINDOW_LINES: u64 = 600;
/// Things a list at the prompt offers: more is not looked through, but typed.
pub const MENU_ITEMS_MAX: usize = 200;
/// What a word may be, at most: a directory may have a million files.
pub const CANDIDATES_MAX: usize = 500;
/// Lines copied from a review at once: they are read into memory.
pub const COPY_LINES_MAX: u64 = 20_000;
/// Bytes copied to the clipboard at once: terminals drop longer sequences, most of them well before this.
pub const CLIPBOARD_BYTES_MAX: usize = 1024 * 1024;
/// Lines of an ended command shown in the main view; the review has all.
pub const TAIL_LINES: u64 = 1_000;
/// Tails of ended commands kept in memory; older ones are read again when scrolled to.
pub const TAILS_MAX: usize = 64;
/// Views one can be deep in; Esc leads back through them.
pub const VIEWS_DEEP_MAX: usize = 8;
/// Ends named in the status line before `+N`: product.md.
pub const STATUS_TASKS_MAX: usize = 3;
/// Time between looks at a foreground task that could not be moved to the background: product.md.
pub const FRONT_RECHECK: Duration = Duration::from_secs(10);
/// A task that has been quiet this long is looked at: does it wait for input?
pub const PROBE_FIRST: Duration = Duration::from_secs(1);
/// Looks at a task that stays quiet, each after four times the wait of the one before (1, 5, 21, 85 s): a program may
/// begin to read without a word, but a task that has been idle for long must cost nothing.
pub const PROBES_MAX: u8 = 4;
/// Time between looks at a task while a verb waits for it to need input.
pub const PROBE_AWAITED: Duration = Duration::from_secs(2);
/// Reports of parts of a program (OSC 7501) kept of a task, the newest ones.
pub const PROGRAM_RECORDS_MAX: usize = 64;
/// Transcripts kept open: each has at most a few MB of indexes.
pub const TRANSCRIPTS_MAX: usize = 8;
/// Log read into a transcript for one answer; a longer log takes several, and the view says that it is still read.
pub const TRANSCRIPT_BYTES_A_STEP: u64 = 64 * 1024 * 1024;
/// Transcript searched in one step.
pub const SEARCH_BYTES_A_STEP: u64 = 64 * 1024 * 1024;
/// Lines a count or a filter keeps the numbers of (8 MB); it ends there, and says so.
pub const SIEVE_LINES_MAX: usize = 1_000_000;
