//! What was read in one row of a register.

use serde::{Deserialize, Serialize};

/// What kind of value a spreadsheet holds in a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    /// Text.
    #[default]
    Text,
    /// A number; its text is the shortest that reads back as the same number.
    Number,
    /// A date or a time; its text is `YYYY-MM-DD` or `YYYY-MM-DD hh:mm:ss`.
    Date,
    /// True or false.
    Bool,
    /// An error value such as `#REF!`.
    Error,
}

/// One cell that is not empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// From 0 for column A.
    pub column: u32,
    /// The value as text, with its white space as it stands in the file.
    pub text: String,
    /// The kind of the value.
    #[serde(default)]
    pub kind: CellKind,
}

/// One row of a sheet that is not wholly blank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowContent {
    /// The sheet's name; empty where the format has none.
    pub sheet: String,
    /// From 1, as a spreadsheet program shows it.
    pub number: u32,
    /// The cells that are not empty, by column.
    pub cells: Vec<Cell>,
}

impl RowContent {
    /// The cell in a column (from 0), if it is not empty.
    pub fn cell(&self, column: u32) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.column == column)
    }
}

impl Cell {
    /// The cell's name as spreadsheet programs write it: column letters and row, `B7`.
    pub fn name(&self, row: u32) -> String {
        let mut letters = Vec::new();
        let mut rest = self.column + 1;
        while rest > 0 {
            letters.push((b'A' + ((rest - 1) % 26) as u8) as char);
            rest = (rest - 1) / 26;
        }
        letters.iter().rev().collect::<String>() + &row.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_spreadsheets_name_them() {
        let name = |column| Cell { column, text: String::new(), kind: CellKind::Text }.name(3);
        assert_eq!([name(0), name(25), name(26), name(701), name(702)], ["A3", "Z3", "AA3", "ZZ3", "AAA3"]);
    }
}
