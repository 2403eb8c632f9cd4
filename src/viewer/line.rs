//! A line being edited: the prompt, a search, a name. Wraps the text area; knows no keys, only edits.

use crate::action::Edit;
use ratatui_textarea::{CursorMove, TextArea};

/// Text with a cursor; one line unless line feeds are put in.
#[derive(Clone, Debug)]
pub struct Editor {
    area: TextArea<'static>,
}

impl Default for Editor {
    fn default() -> Self {
        Self::with("")
    }
}

impl Editor {
    /// The editor with this text, the cursor behind it.
    pub fn with(text: &str) -> Self {
        let mut area = TextArea::new(text.split('\n').map(str::to_owned).collect());
        area.set_tab_length(4);
        area.set_hard_tab_indent(true);
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Self { area }
    }

    /// The text, lines joined by line feeds.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// The lines.
    pub fn lines(&self) -> &[String] {
        self.area.lines()
    }

    /// Line and character (not column) the cursor stands before.
    pub fn cursor(&self) -> (usize, usize) {
        let cursor = self.area.cursor();
        (cursor.0, cursor.1)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.area.lines().iter().all(String::is_empty)
    }

    /// Whether the cursor is on the first line.
    pub fn on_first_line(&self) -> bool {
        self.cursor().0 == 0
    }

    /// Whether the cursor is on the last line.
    pub fn on_last_line(&self) -> bool {
        self.cursor().0 + 1 >= self.area.lines().len()
    }

    /// Types text; line feeds begin new lines.
    pub fn insert(&mut self, text: &str) {
        self.area.insert_str(text);
    }

    /// The text before the cursor, lines joined by line feeds.
    pub fn before_cursor(&self) -> String {
        let (line, column) = self.cursor();
        let lines = self.area.lines();
        let mut text: Vec<String> = lines.iter().take(line).cloned().collect();
        text.push(lines.get(line).map_or_else(String::new, |line| line.chars().take(column).collect()));
        text.join("\n")
    }

    /// Whether the cursor is behind all of the text.
    pub fn at_end(&self) -> bool {
        let (line, column) = self.cursor();
        let lines = self.area.lines();
        line + 1 >= lines.len() && lines.get(line).is_none_or(|line| column >= line.chars().count())
    }

    /// Puts a text in the place of so many characters before the cursor.
    pub fn replace_before(&mut self, characters: usize, text: &str) {
        for _ in 0..characters {
            self.area.delete_char();
        }
        self.area.insert_str(text);
    }

    /// Does an edit that concerns the text only; `false` for the others.
    pub fn edit(&mut self, edit: Edit) -> bool {
        let area = &mut self.area;
        match edit {
            Edit::Newline => area.insert_newline(),
            Edit::CursorLeft => area.move_cursor(CursorMove::Back),
            Edit::CursorRight => area.move_cursor(CursorMove::Forward),
            Edit::CursorUp => area.move_cursor(CursorMove::Up),
            Edit::CursorDown => area.move_cursor(CursorMove::Down),
            Edit::WordLeft => area.move_cursor(CursorMove::WordBack),
            Edit::WordRight => area.move_cursor(CursorMove::WordForward),
            Edit::LineStart => area.move_cursor(CursorMove::Head),
            Edit::LineEnd => area.move_cursor(CursorMove::End),
            Edit::DeleteBack => drop(area.delete_char()),
            Edit::DeleteForward => drop(area.delete_next_char()),
            Edit::CutWordBack => self.cut_to_space(),
            Edit::CutWordPartBack => drop(area.delete_word()),
            Edit::CutWordForward => drop(area.delete_next_word()),
            Edit::CutToStart => drop(area.delete_line_by_head()),
            Edit::CutToEnd => drop(area.delete_line_by_end()),
            Edit::Yank => drop(area.paste()),
            Edit::Undo => drop(area.undo()),
            Edit::Redo => drop(area.redo()),
            Edit::Submit
            | Edit::CancelLine
            | Edit::EndOfInput
            | Edit::HistoryPrevious
            | Edit::HistorySearch
            | Edit::Complete
            | Edit::HistoryNext => return false,
        }
        true
    }

    /// Cuts back to the last space, as Ctrl+W does in a shell.
    fn cut_to_space(&mut self) {
        let (line, column) = self.cursor();
        let text = self.area.lines().get(line).map_or("", String::as_str);
        let before: Vec<char> = text.chars().take(column).collect();
        let blanks = before.iter().rev().take_while(|c| c.is_whitespace()).count();
        let word = before.iter().rev().skip(blanks).take_while(|c| !c.is_whitespace()).count();
        let count = blanks + word;
        if count > 0 {
            self.area.start_selection();
            for _ in 0..count {
                self.area.move_cursor(CursorMove::Back);
            }
            self.area.cut();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, edits: &[Edit], expected: &str) {
        let mut editor = Editor::with(text);
        for &edit in edits {
            editor.edit(edit);
        }
        assert_eq!(editor.text(), expected);
    }

    #[test]
    fn words_are_cut_and_put_back_as_in_a_shell() {
        check("git commit -m", &[Edit::CutWordBack], "git commit ");
        check("a /usr/local/bin  ", &[Edit::CutWordBack], "a ");
        check("one two", &[Edit::CutWordBack, Edit::LineStart, Edit::Yank], "twoone ");
        check("one two", &[Edit::CutToStart, Edit::Yank], "one two");
        check("ab", &[Edit::CursorLeft, Edit::Newline], "a\nb");
        check("ab", &[Edit::DeleteBack, Edit::Undo], "ab");
    }
}
