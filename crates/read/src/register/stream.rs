//! Cells that come one by one, put together in rows; a cell that is merged downwards stands in each
//! of its rows.

use calamine::{Data, DataRef, Dimensions};
use dossier_model::{Cell, Fault};

use super::carried::Carried;
use super::{Rows, cell, value_text};

pub(super) struct CellStream<'a, 'b, 'c> {
    sheet: &'a str,
    rows: &'a mut Rows<'b, 'c>,
    row: u32,
    cells: Vec<Cell>,
    /// Merged down over several rows: from which cell, and to which row; by row.
    merged: Vec<Dimensions>,
    carried: Carried,
}

impl<'a, 'b, 'c> CellStream<'a, 'b, 'c> {
    pub fn new(sheet: &'a str, rows: &'a mut Rows<'b, 'c>) -> CellStream<'a, 'b, 'c> {
        CellStream { sheet, rows, row: 0, cells: Vec::new(), merged: Vec::new(), carried: Carried::default() }
    }

    /// The same stream with the sheet's merged cells.
    pub fn merged(mut self, mut merged: Vec<Dimensions>) -> Self {
        merged.retain(|region| region.end.0 > region.start.0);
        merged.sort_by_key(|region| std::cmp::Reverse(region.start));
        self.merged = merged;
        self
    }

    /// The next cell; cells come in the order of their rows.
    pub fn cell(&mut self, (row, column): (u32, u32), value: &DataRef<'_>) -> Result<(), Fault> {
        if row != self.row {
            self.end_row()?;
            self.row = row;
        }
        if let Some((text, kind)) = value_text(Data::from(value.clone())) {
            self.cells.extend(cell(column, text, kind));
        }
        Ok(())
    }

    pub fn end(mut self) -> Result<(), Fault> {
        self.end_row()
    }

    fn end_row(&mut self) -> Result<(), Fault> {
        let mut cells = std::mem::take(&mut self.cells);
        self.carried.complete(self.row, &mut cells);
        while let Some(region) = self.merged.pop_if(|region| region.start.0 <= self.row) {
            let top = cells.iter().find(|cell| cell.column == region.start.1);
            if let Some(top) = top.filter(|_| region.start.0 == self.row) {
                self.carried.begin(region.end.0, top.clone());
            }
        }
        self.rows.push(self.sheet, self.row + 1, cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(merged: &[Dimensions], cells: &[(u32, u32, &'static str)]) -> Vec<(u32, Vec<String>)> {
        let mut seen = Vec::new();
        let mut sink = |row: dossier_model::RowContent| {
            seen.push((row.number, row.cells.into_iter().map(|cell| cell.text).collect()));
            Ok(())
        };
        let mut rows = Rows::new(100, &mut sink);
        let mut stream = CellStream::new("", &mut rows).merged(merged.to_vec());
        for (row, column, text) in cells {
            stream.cell((*row, *column), &DataRef::SharedString(text)).unwrap();
        }
        stream.end().unwrap();
        seen
    }

    #[test]
    fn a_cell_merged_downwards_stands_in_each_of_its_rows() {
        let merged = [Dimensions { start: (1, 0), end: (2, 0) }, Dimensions { start: (0, 0), end: (0, 1) }];
        let cells = [(0, 0, "标题"), (1, 0, "石桥镇"), (1, 1, "甲"), (2, 1, "乙"), (3, 1, "丙")];
        let read: Vec<(u32, String)> =
            rows(&merged, &cells).into_iter().map(|(number, cells)| (number, cells.join("|"))).collect();
        let expected = [(1, "标题"), (2, "石桥镇|甲"), (3, "石桥镇|乙"), (4, "丙")];
        assert_eq!(read, expected.map(|(number, cells)| (number, cells.to_owned())));
    }
}
