//! The size of a screen, in cells.

use crate::limits::{COLS_MIN, SIDE_MAX};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Rows and columns of a screen. Always within what the emulator survives: see [`Size::new`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Size {
    /// Height in cells, 1 to 1,000.
    pub rows: u16,
    /// Width in cells, 2 to 1,000.
    pub cols: u16,
}

impl Size {
    /// Clamps to 1..=1000 rows and 2..=1000 columns, so that no caller can ask for an absurd grid.
    pub const fn new(rows: u16, cols: u16) -> Self {
        Self { rows: clamp(rows, 1, SIDE_MAX), cols: clamp(cols, COLS_MIN, SIDE_MAX) }
    }
}

const fn clamp(value: u16, least: u16, most: u16) -> u16 {
    if value < least {
        least
    } else if value > most {
        most
    } else {
        value
    }
}

impl fmt::Display for Size {
    /// `COLSxROWS`, as terminals are named (`80x24`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.cols, self.rows)
    }
}

impl FromStr for Size {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text
            .split_once('x')
            .and_then(|(cols, rows)| Some(Self::new(rows.parse().ok()?, cols.parse().ok()?)));
        parsed.ok_or_else(|| format!("'{text}' is not a size like 80x24"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_read_as_columns_by_rows_and_clamped() {
        assert_eq!("80x24".parse(), Ok(Size { rows: 24, cols: 80 }));
        assert_eq!("0x0".parse(), Ok(Size { rows: 1, cols: 2 }));
        assert_eq!("80".parse::<Size>(), Err("'80' is not a size like 80x24".into()));
    }
}
