//! Text that cannot go to vt100 as it is: another character set, insert mode, no wrapping, attributes that vt100
//! lacks, or a background colour that scrolling must spread. Never sees ESC, BS, SO or SI.

use super::Normaliser;
use crate::screen::{clean::char_width, extra::selector};

impl Normaliser {
    /// Shows text. With a background colour or tabs of its own the caller keeps LF and TAB out of it.
    pub(super) fn text(&mut self, bytes: &[u8]) {
        if self.at_edge && joins(bytes) {
            let (row, col) = self.grid.position();
            self.place(row, col + 1);
        }
        if self.has_sides() {
            return self.text_between_sides(&String::from_utf8_lossy(bytes));
        }
        if self.goes_through(bytes) {
            self.pass(bytes);
        } else {
            self.rewrite(&String::from_utf8_lossy(bytes));
        }
        self.at_edge = !self.state.edit.wrap && self.settle_wrap();
    }

    /// Whether vt100 makes the right thing of these bytes. A byte takes at most one column, but for TAB.
    fn goes_through(&self, bytes: &[u8]) -> bool {
        let edit = self.state.edit;
        if (!edit.wrap || self.background) && memchr::memchr(b'\t', bytes).is_some() {
            return false;
        }
        if !self.state.charsets.plain() || self.extra_number != 0 || edit.insert {
            return false;
        }
        let (row, col) = self.grid.position();
        let cols = usize::from(self.grid.size().cols);
        let end = usize::from(col) + bytes.len();
        if !edit.wrap {
            return end <= cols;
        }
        let (row, bottom) = (usize::from(row), usize::from(self.state.margins.bottom));
        !self.background || row > bottom || row + end / cols < bottom || end <= cols
    }

    fn rewrite(&mut self, text: &str) {
        let edit = self.state.edit;
        let stepwise = edit.insert || !edit.wrap || self.background;
        let mark = selector(self.extra_number);
        let mut out = std::mem::take(&mut self.scratch);
        out.clear();
        for ch in text.chars() {
            if ch < ' ' || ch == '\x7f' {
                if !edit.wrap {
                    self.grid.process(out.as_bytes());
                    out.clear();
                    self.settle_wrap();
                }
                out.push(ch);
                continue;
            }
            let ch = self.state.charsets.map(ch);
            let ch = if ch.is_control() { '\u{fffd}' } else { ch };
            let width = char_width(ch).unwrap_or(0);
            let erase = stepwise && width > 0 && self.make_room(&mut out, width);
            out.push(ch);
            if width > 0 {
                out.extend(mark);
            }
            if erase {
                out.push_str("\x1b[K");
            }
        }
        self.grid.process(out.as_bytes());
        self.scratch = out;
        self.refresh();
    }

    /// Before a character of this width: shows what is in `out`, then inserts, stays at the margin, or tells that
    /// a row with the background colour is about to be scrolled in.
    fn make_room(&mut self, out: &mut String, width: u16) -> bool {
        self.grid.process(out.as_bytes());
        out.clear();
        let edit = self.state.edit;
        let (row, col) = self.grid.position();
        let cols = self.grid.size().cols;
        let over = col + width > cols;
        if over && !edit.wrap {
            self.grid.emit(format_args!("\x1b[{}G", cols - width + 1));
        } else if over && edit.insert {
            self.line_feed(true);
        }
        if edit.insert {
            self.grid.emit(format_args!("\x1b[{width}@"));
        }
        over && edit.wrap && !edit.insert && self.background && row == self.state.margins.bottom
    }

    /// No wrap is pending any more; tells whether one was.
    pub(super) fn settle_wrap(&mut self) -> bool {
        let cols = self.grid.size().cols;
        let pending = self.grid.position().1 >= cols;
        if pending {
            self.grid.emit(format_args!("\x1b[{cols}G"));
        }
        pending
    }

    /// U+FE0F, which may make the character before it wide.
    pub(super) fn emoji_selector(&mut self) {
        const EMOJI: &str = "\u{fe0f}";
        let (row, col) = self.grid.position();
        if col >= self.grid.size().cols || self.state.margin_wrap {
            // vt100 0.18.1 would leave half a wide character here and panic later
            return;
        }
        let before = col.checked_sub(1).and_then(|col| self.grid.cell(row, col));
        let marked = before.and_then(|cell| {
            let text = crate::screen::extra::visible(cell.contents()).into_owned();
            crate::screen::extra::number_in(cell.contents()).and_then(selector).map(|mark| (text, mark))
        });
        let Some((text, mark)) = marked else { return self.grid.process(EMOJI.as_bytes()) };
        // behind our mark vt100 would not see which character it belongs to
        self.grid.emit(format_args!("\x1b[{col}G{text}{EMOJI}{mark}"));
    }

    /// REP with the state of the moment: the character before the cursor again.
    pub(super) fn repeat(&mut self, count: u16) {
        let (row, col) = self.grid.position();
        let size = self.grid.size();
        let left = |back: u16| col.checked_sub(back).and_then(|col| self.grid.cell(row, col));
        let cell = left(1).filter(|cell| !cell.is_wide_continuation()).or_else(|| left(2));
        let Some(ch) = cell.and_then(|cell| crate::screen::extra::visible(cell.contents()).chars().next())
        else {
            return;
        };
        // a screen full of it looks the same however often it was filled
        let (count, full) = (usize::from(count), usize::from(size.rows) * usize::from(size.cols));
        let count = if count > full { full + count % usize::from(size.cols) } else { count };
        self.work += count;
        let charsets = std::mem::take(&mut self.state.charsets);
        self.text(ch.to_string().repeat(count).as_bytes());
        self.state.charsets = charsets;
    }
}

/// Whether text begins with a character that joins the one before it.
fn joins(bytes: &[u8]) -> bool {
    let first = bytes.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    first.is_some_and(|ch| char_width(ch) == Some(0))
}
