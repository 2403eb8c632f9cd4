//! A new size for the grid: lines are wrapped anew, as the live screen does it. Never loses a written cell of
//! the main screen.

use super::{Cursor, Gone, Grid, Row};
use crate::task::Size;
use std::collections::VecDeque;

impl Grid {
    /// Wraps the lines to the new width; rows that no longer fit leave the top.
    pub(in crate::transcript) fn resize(&mut self, size: Size, gone: &mut Gone) {
        if usize::from(size.cols) != self.cols {
            self.rewrap(usize::from(size.cols));
        }
        self.set_height(usize::from(size.rows));
        while self.rows.len() > self.height {
            if self.rows.back().is_some_and(Row::is_blank) && self.cursor.row + 1 < self.rows.len() {
                self.rows.pop_back();
            } else if let Some(row) = self.rows.pop_front() {
                gone.row(&row);
                self.cursor.row = self.cursor.row.saturating_sub(1);
            }
        }
        self.cursor.row = self.cursor.row.min(self.height - 1);
    }

    /// Cuts or extends: what full-screen programs repaint after a resize anyway.
    pub(in crate::transcript) fn crop(&mut self, size: Size) {
        self.cols = usize::from(size.cols);
        self.set_height(usize::from(size.rows));
        self.rows.truncate(self.height);
        let cols = self.cols;
        self.rows.iter_mut().for_each(|row| row.cut(cols));
        self.cursor.row = self.cursor.row.min(self.height - 1);
        self.cursor.col = self.cursor.col.min(self.cols);
    }

    fn set_height(&mut self, height: usize) {
        self.height = height;
        (self.top, self.bottom) = (0, height - 1);
    }

    fn rewrap(&mut self, cols: usize) {
        let (mut rows, mut cursor) = (VecDeque::new(), None);
        let mut line: Option<Row> = None;
        let at = self.cursor;
        for (index, row) in std::mem::take(&mut self.rows).into_iter().enumerate() {
            let start = line.as_ref().map_or(0, Row::len);
            let wrapped = row.wrapped;
            match &mut line {
                Some(line) => line.append(&row),
                None => line = Some(row),
            }
            if index == at.row {
                cursor = Some(start + at.col);
            }
            if !wrapped {
                let line = line.take().unwrap_or_default();
                wrap_line(line, cols, &mut rows, cursor.take(), &mut self.cursor);
            }
        }
        if let Some(line) = line {
            wrap_line(line, cols, &mut rows, cursor, &mut self.cursor);
        }
        (self.rows, self.cols) = (rows, cols);
    }
}

/// Cuts a line into rows; where the cursor stood in it, it stands again.
fn wrap_line(mut line: Row, cols: usize, rows: &mut VecDeque<Row>, at: Option<usize>, cursor: &mut Cursor) {
    let mut start = 0;
    let continues = line.wrapped;
    loop {
        let length = line.len();
        let mut end = length.min(cols);
        if length > cols && line.is_wide(cols - 1) {
            end -= 1;
        }
        let more = length > end;
        let rest = if more { line.split_off(end) } else { Row::default() };
        if let Some(at) = at.filter(|at| *at >= start && (!more || *at < start + end)) {
            *cursor = Cursor { row: rows.len(), col: (at - start).min(cols) };
        }
        line.wrapped = more || continues;
        rows.push_back(line);
        if !more {
            return;
        }
        start += end;
        line = rest;
    }
}
