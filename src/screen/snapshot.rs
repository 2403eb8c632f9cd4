//! A screen as plain data, for `aside screen --json`. Its field names are a stable interface.

use super::{Attributes, Colour, Cursor, Modes, Screen, Underline};
use crate::task::Size;
use serde::{Deserialize, Serialize};

/// Everything visible on a screen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// Rows and columns.
    pub size: Size,
    /// The cells, row by row.
    pub rows: Vec<SnapshotRow>,
    /// The cursor.
    pub cursor: Cursor,
    /// What is switched on.
    pub modes: Modes,
    /// The window title, cleaned.
    pub title: String,
}

/// One row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SnapshotRow {
    /// Whether its text goes on in the next row.
    pub wrapped: bool,
    /// One entry a cell; the right half of a wide character has width 0.
    pub cells: Vec<SnapshotCell>,
}

/// One cell. Fields with nothing to say are left out of the JSON.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SnapshotCell {
    /// As [`super::Cell::text`].
    pub text: String,
    /// 0, 1 or 2 columns.
    pub width: u8,
    /// Colour of the text.
    pub fg: Colour,
    /// Colour behind it.
    pub bg: Colour,
    /// Names of the attributes that are on.
    pub attributes: Attributes,
    /// Style of the underline.
    #[serde(default, skip_serializing_if = "not_underlined")]
    pub underline: Underline,
    /// Colour of the underline.
    #[serde(default, skip_serializing_if = "is_default")]
    pub underline_colour: Colour,
    /// Target of its hyperlink.
    pub link: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn not_underlined(underline: &Underline) -> bool {
    *underline == Underline::None
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_default(colour: &Colour) -> bool {
    *colour == Colour::Default
}

impl Snapshot {
    /// Reads a whole screen.
    pub fn of(screen: &Screen) -> Self {
        let size = screen.size();
        let cell = |row, col| {
            let cell = screen.cell(row, col);
            SnapshotCell {
                text: cell.text().to_owned(),
                width: cell.width,
                fg: cell.fg,
                bg: cell.bg,
                attributes: cell.attributes,
                underline: cell.underline,
                underline_colour: cell.underline_colour,
                link: cell.link.map(str::to_owned),
            }
        };
        let row = |row| SnapshotRow {
            wrapped: screen.row_wrapped(row),
            cells: (0..size.cols).map(|col| cell(row, col)).collect(),
        };
        Self {
            size,
            rows: (0..size.rows).map(row).collect(),
            cursor: screen.cursor(),
            modes: screen.modes(),
            title: screen.title().to_owned(),
        }
    }
}
