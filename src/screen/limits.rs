//! Bounds of the screen alone, by name and with their reasons. Belongs to `crate::limits`; never configurable.

/// Bytes of a title, notice or path from a task after cleaning; far more than any list shows.
pub(super) const CLEAN_BYTES_MAX: usize = 1024;
/// Bytes given to vt100 at once: after each invalid byte vte searches the rest of its slice anew, so a slice of
/// 64 KiB of 0xff would cost a fifth of a second.
pub(super) const GRID_SLICE_BYTES: usize = 4096;
/// Bytes of a control sequence; real ones are far shorter, a longer one is dropped up to its final byte.
pub(super) const CSI_BYTES_MAX: usize = 1024;
/// Bytes of all hyperlink targets a screen keeps; text beyond that is shown without its link.
pub(super) const LINKS_BYTES_MAX: usize = 1024 * 1024;
/// Entries of the kitty keyboard stack, as in kitty; the oldest gives way.
pub(super) const KITTY_STACK_MAX: usize = 16;
/// Titles a program may push, as in xterm.
pub(super) const TITLE_STACK_MAX: usize = 10;
/// Columns of a title.
pub(super) const TITLE_COLUMNS: usize = 256;
/// Columns of a notification's title and of its body.
pub(super) const NOTICE_COLUMNS: usize = 256;
/// Bytes of a hyperlink's target: what browsers and other terminals take.
pub(super) const LINK_BYTES_MAX: usize = 2083;
/// Bytes of a control string; a longer one is dropped up to its end.
pub(super) const STRING_BYTES_MAX: usize = 8 * 1024;
/// Bytes a program may put into the clipboard at once.
pub(super) const CLIPBOARD_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of the control string that holds them in base64.
pub(super) const CLIPBOARD_STRING_BYTES_MAX: usize = CLIPBOARD_BYTES_MAX / 3 * 4 + 64;
/// Bytes of a report of the Program Status Protocol, names in its id, characters of a name: its own rules.
pub(super) const STATUS_BYTES_MAX: usize = 4096;
pub(super) const STATUS_NAMES_MAX: usize = 8;
pub(super) const STATUS_NAME_CHARS_MAX: usize = 32;
/// Height and width of a cell in pixels, told to programs that ask: no picture is ever drawn.
pub(super) const CELL_PIXELS: (u32, u32) = (16, 8);
/// Cells touched in one step before the caller may do something else: about 30 ms.
pub(super) const WORK_MAX: usize = 4_000_000;
/// Failures of the emulator on one screen before its output is shown uninterpreted.
pub(super) const FAULTS_MAX: u8 = 3;
/// Bytes of output a screen may be behind; then it catches up unasked, which takes about a millisecond.
pub(super) const BACKLOG_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of room a backlog keeps when it is empty: more than a quiet task ever needs, little enough for hundreds.
pub(super) const BACKLOG_BYTES_KEPT: usize = 16 * 1024;
/// Bytes of the shortest run worth cutting.
pub(super) const SKIP_BYTES_MIN: usize = 4096;
