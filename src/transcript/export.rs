//! The text of a transcript to a writer: for `aside output`, files and pipes. Never holds more than a window of it.

use super::{
    Source, Style, Transcript,
    line::{self, Form, Kind, Line},
    plain::odd,
    read::Reader,
    token::{Csi, Lexer, Token},
};
use memchr::memchr_iter;
use std::{
    io::{self, Write},
    ops::Range,
};

/// What is written of each line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dress {
    /// Characters and tabs.
    Plain,
    /// Colours and attributes too, as SGR.
    Ansi,
}

/// Bytes read and written at a time.
const WINDOW_BYTES: usize = 256 * 1024;

impl Transcript {
    /// Writes the lines of a range, a LF after each but an unfinished last one; lines of any length are whole.
    ///
    /// # Errors
    /// Reading or writing fails; a closed pipe is `BrokenPipe`.
    pub fn export(
        &self,
        range: Range<u64>,
        dress: Dress,
        source: &dyn Source,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let reader = Reader::new(self, source);
        let end = range.end.min(reader.lines());
        let mut writer = Writer::new(dress, out);
        for index in reader.block_of_line(range.start)..reader.blocks() {
            let (first, lines, _) = reader.extent(index);
            if first >= end {
                break;
            }
            let wanted = range.start.max(first) - first..end.min(first + lines) - first;
            if !wanted.is_empty() {
                writer.begin_block()?;
                writer.block(&reader, index, wanted)?;
            }
        }
        writer.finish()
    }
}

struct Writer<'a> {
    dress: Dress,
    out: &'a mut dyn Write,
    buffer: Vec<u8>,
    /// What the reader of the output has in force.
    style: Style,
    lexer: Lexer,
    /// The last byte written was a line end, or none was.
    at_start: bool,
}

impl<'a> Writer<'a> {
    fn new(dress: Dress, out: &'a mut dyn Write) -> Self {
        let buffer = Vec::with_capacity(WINDOW_BYTES + 4096);
        Self { dress, out, buffer, style: Style::default(), lexer: Lexer::default(), at_start: true }
    }

    /// A line that was broken off in the block before ends here.
    fn begin_block(&mut self) -> io::Result<()> {
        if !self.at_start {
            self.push(b"\n");
        }
        self.lexer = Lexer::default();
        self.flush_full()
    }

    fn block(&mut self, reader: &Reader<'_>, index: usize, wanted: Range<u64>) -> io::Result<()> {
        let (_, lines, bytes) = reader.extent(index);
        let whole = wanted == (0..lines);
        if let (Some(offset), true) = (reader.log_offset(index), whole) {
            // as most of a large log is: never read into lines
            self.set_style(reader.style(index));
            return self.stream(reader.source, offset..offset + bytes);
        }
        let view = reader.view(index)?;
        if view.form == Form::Encoded {
            return self.encoded(view.lines(), wanted, view.entry.clone());
        }
        let start = view.start_of(wanted.start);
        self.set_style(view.style_at(start));
        match reader.log_offset(index) {
            Some(offset) => {
                let end = if wanted.end == lines { bytes } else { view.start_of(wanted.end) as u64 };
                self.stream(reader.source, offset + start as u64..offset + end)
            }
            None => {
                let end = if wanted.end == lines { view.bytes.len() } else { view.start_of(wanted.end) };
                self.printed(view.bytes.get(start..end).unwrap_or_default());
                self.flush_full()
            }
        }
    }

    /// Writes a stretch of the log.
    fn stream(&mut self, source: &dyn Source, range: Range<u64>) -> io::Result<()> {
        let mut window =
            vec![0; WINDOW_BYTES.min(usize::try_from(range.end - range.start).unwrap_or(WINDOW_BYTES))];
        let (mut at, mut held) = (range.start, 0);
        while at < range.end {
            let room = window.get_mut(held..).unwrap_or_default();
            let wanted = usize::try_from(range.end - at).unwrap_or(usize::MAX).min(room.len());
            let count = source.read_at(at, room.get_mut(..wanted).unwrap_or_default())?;
            if count == 0 {
                self.told(&Line::gap(range.end - at));
                break;
            }
            at += count as u64;
            let filled = window.get(..held + count).unwrap_or_default();
            let taken = self.printed(filled);
            held = filled.len() - taken;
            window.copy_within(taken..taken + held, 0);
            self.flush_full()?;
        }
        Ok(())
    }

    /// Writes bytes as printed; the number taken, an incomplete sequence at the end is not.
    fn printed(&mut self, bytes: &[u8]) -> usize {
        if !self.lexer.is_skipping() && !bytes.iter().fold(false, |found, byte| found | odd(*byte)) {
            // nothing but text, tabs and line ends
            let mut start = 0;
            for at in memchr_iter(b'\r', bytes) {
                self.buffer.extend_from_slice(bytes.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            self.buffer.extend_from_slice(bytes.get(start..).unwrap_or_default());
            self.at_start = bytes.last().map_or(self.at_start, |last| *last == b'\n');
            return bytes.len();
        }
        let mut at = 0;
        while let Some((token, length)) = bytes.get(at..).and_then(|rest| self.lexer.next(rest)) {
            let sequence = bytes.get(at..at + length).unwrap_or_default();
            self.token(&token, sequence);
            at += length;
        }
        // half a character is written as it is, at worst at the very end
        match bytes.get(at..) {
            Some(rest @ [first, ..]) if *first != 0x1b => {
                self.push(rest);
                bytes.len()
            }
            _ => at,
        }
    }

    fn token(&mut self, token: &Token<'_>, sequence: &[u8]) {
        match token {
            Token::Text(_) | Token::Control(b'\t' | b'\n') => self.push(sequence),
            Token::Csi(Csi { marker: 0, intermediate: 0, last: b'm', parameters })
                if self.dress == Dress::Ansi =>
            {
                self.style.apply(parameters);
                self.buffer.extend_from_slice(sequence);
            }
            _ => {}
        }
    }

    fn encoded<'l>(
        &mut self,
        lines: impl Iterator<Item = &'l [u8]>,
        wanted: Range<u64>,
        entry: Option<Line>,
    ) -> io::Result<()> {
        if let Some(line) = entry {
            self.told(&line);
            return Ok(());
        }
        self.set_style(Style::default());
        for line in (0..).zip(lines).filter(|(nth, _)| wanted.contains(nth)).map(|(_, line)| line) {
            if line.first().is_some_and(|byte| line::is_entry(*byte)) {
                self.told(&line::read(line, Form::Encoded, &mut Style::default()));
            } else {
                self.printed(line::without_offset(line).0);
                self.push(b"\n");
            }
            self.flush_full()?;
        }
        Ok(())
    }

    /// Writes an entry that is no text: what it is, and a full-screen program's last screen.
    fn told(&mut self, line: &Line) {
        self.set_style(Style::default());
        if !self.at_start {
            self.push(b"\n");
        }
        self.push(line.text().as_bytes());
        self.push(b"\n");
        if let Kind::Folded { screen, .. } = &line.kind {
            for row in screen {
                for span in row {
                    self.set_style(span.style);
                    self.push(span.text.as_bytes());
                }
                self.set_style(Style::default());
                self.push(b"\n");
            }
        }
    }

    fn set_style(&mut self, style: Style) {
        if self.dress == Dress::Ansi && self.style != style {
            style.write(&mut self.buffer);
            self.style = style;
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        self.at_start = bytes.last().map_or(self.at_start, |last| *last == b'\n');
    }

    fn flush_full(&mut self) -> io::Result<()> {
        if self.buffer.len() >= WINDOW_BYTES / 2 {
            self.out.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        self.set_style(Style::default());
        self.out.write_all(&self.buffer)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::Size;
    use proptest::prelude::*;

    fn exported(log: &[u8], range: Range<u64>, dress: Dress) -> Vec<u8> {
        let mut transcript = Transcript::new(Size::new(3, 20));
        transcript.feed(0, log, 0);
        let mut out = Vec::new();
        transcript.export(range, dress, &log, &mut out).unwrap();
        out
    }

    fn text(log: &str, range: Range<u64>, dress: Dress) -> String {
        String::from_utf8(exported(log.as_bytes(), range, dress)).unwrap()
    }

    #[test]
    fn text_is_exported_as_it_was_printed() {
        let all = 0..u64::MAX;
        let log = "one\ttab  \r\n\x1b[31mred\x1b[m\x1b[K\r\n10%\r20%\r\nlast";
        assert_eq!(text(log, all.clone(), Dress::Plain), "one\ttab  \nred\n20%\nlast");
        assert_eq!(text(log, all, Dress::Ansi), "one\ttab  \n\x1b[0;31mred\x1b[m\n20%\nlast");
        assert_eq!(text(log, 1..3, Dress::Plain), "red\n20%\n");
        assert_eq!(text("a\r\nb\r\nc\r\nd\r\ne\r\n", 1..3, Dress::Plain), "b\nc\n");
        assert_eq!(text("", 0..9, Dress::Plain), "");
    }

    #[test]
    fn colours_that_began_before_the_range_are_kept_and_end_with_it() {
        let log = "\x1b[32mgreen\r\nstill\r\nand on\r\n";
        assert_eq!(text(log, 1..2, Dress::Ansi), "\x1b[0;32mstill\n\x1b[m");
        assert_eq!(text(log, 1..2, Dress::Plain), "still\n");
    }

    #[test]
    fn gaps_and_last_screens_are_told_in_words() {
        let log = b"$ vi\r\n\x1b[?1049h\x1b[Hhello\r\nworld\x1b[?1049l$\r\n";
        let told = String::from_utf8(exported(log, 0..9, Dress::Plain)).unwrap();
        assert_eq!(told, "$ vi\n[full screen, 2 rows]\nhello\nworld\n$\n");
    }

    #[test]
    fn a_line_of_any_length_is_exported_whole() {
        let mut log = b"first\r\n".to_vec();
        (0..400_000).for_each(|number| log.extend_from_slice(format!("{number} ").as_bytes()));
        log.extend_from_slice(b"\r\nlast\r\n");
        let expected: Vec<u8> = log.iter().copied().filter(|byte| *byte != b'\r').collect();
        assert!(exported(&log, 0..9, Dress::Plain) == expected);
    }

    proptest! {
        #[test]
        fn exported_text_is_the_text(
            lines in proptest::collection::vec("[ -~é\t\u{1f600}]{0,50}", 0..50),
            coloured in any::<bool>(),
            from in 0usize..60,
            to in 0usize..60,
        ) {
            let (before, after) = if coloured { ("\x1b[33m", "\x1b[m") } else { ("", "") };
            let log: String = lines.iter().map(|line| format!("{before}{line}{after}\r\n")).collect();
            let (from, to) = (from.min(lines.len()), to.min(lines.len()));
            let expected: String = lines.get(from..to).unwrap_or_default().iter().map(|line| format!("{line}\n")).collect();
            prop_assert_eq!(text(&log, from as u64..to as u64, Dress::Plain), expected.clone());
            let ansi = text(&log, from as u64..to as u64, Dress::Ansi);
            prop_assert_eq!(ansi.replace("\x1b[33m", "").replace("\x1b[m", ""), expected);
        }
    }
}
