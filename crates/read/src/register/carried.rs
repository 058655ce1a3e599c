//! Cells that are merged downwards: what one says stands in each of its rows.

use dossier_model::Cell;

/// What stands in merged cells whose last row is still to come.
#[derive(Default)]
pub(super) struct Carried {
    /// The last row that each reaches, with what it says.
    cells: Vec<(u32, Cell)>,
}

impl Carried {
    /// A cell is merged with those below it, down to the row `last`.
    pub fn begin(&mut self, last: u32, cell: Cell) {
        self.cells.push((last, cell));
    }

    /// Completes the cells of a row with what reaches down into it, where the row has nothing of its
    /// own, and puts them in order. A row without cells of its own is blank, whatever is merged into
    /// it.
    pub fn complete(&mut self, row: u32, cells: &mut Vec<Cell>) {
        if cells.is_empty() {
            return;
        }
        self.cells.retain(|(last, _)| *last >= row);
        let own = cells.len();
        for (_, above) in &self.cells {
            if !cells[..own].iter().any(|cell| cell.column == above.column) {
                cells.push(above.clone());
            }
        }
        cells.sort_by_key(|cell| cell.column);
    }
}
