//! Tables of people, such as the signatures of a joint letter: a line that names the columns, and
//! below it one person a line.

use std::ops::Range;

use dossier_pipeline::{FieldKind, Pipeline, TableSpec};
use regex::Regex;

use super::Letter;
use super::candidate::{Candidate, Finder, candidates};
use super::names::Names;
use crate::expression::compile;

/// So many lines that are no rows may stand between two rows: a thumb print read as text, or the
/// head of a new page.
const GAP: usize = 3;

pub(super) struct Table {
    spec: TableSpec,
    header: Regex,
    cells: Vec<(String, FieldKind, Regex)>,
}

impl Table {
    pub(super) fn new(spec: &TableSpec, pipeline: &Pipeline) -> Result<Table, regex::Error> {
        let kind = |field: &String| pipeline.field(field).map(|field| field.kind).unwrap_or_default();
        let cells = spec.cells.iter().map(|(field, regex)| Ok((field.clone(), kind(field), compile(regex)?)));
        Ok(Table {
            header: compile(&spec.header)?,
            cells: cells.collect::<Result<_, regex::Error>>()?,
            spec: spec.clone(),
        })
    }

    /// The cells of the rows below each header.
    pub(super) fn candidates<'a>(&'a self, letter: &'a Letter, names: &Names) -> Vec<Candidate<'a>> {
        let mut found = Vec::new();
        // No row is read before a header, nor when too many other lines have come in between.
        let mut others = GAP + 1;
        let mut at = 0;
        for line in letter.view.lines.text.split('\n') {
            let start = at;
            at += line.len() + 1;
            if self.header.is_match(line) {
                others = 0;
            } else if others <= GAP {
                let row = self.row(letter, start..start + line.len(), names);
                others = if row.is_empty() { others + 1 } else { 0 };
                found.extend(row);
            }
        }
        found
    }

    /// The cells of a line; none where the one that makes it a row is missing.
    fn row<'a>(&'a self, letter: &'a Letter, line: Range<usize>, names: &Names) -> Vec<Candidate<'a>> {
        let finder = Finder { ordered: true, ..Finder::new(&self.spec.id, self.spec.confidence) };
        let view = &letter.view.lines;
        let mut found = Vec::new();
        for (field, kind, regex) in &self.cells {
            for value in regex.captures_iter(&view.text[line.clone()]).filter_map(|found| found.name("value"))
            {
                let span = view.source_range(line.start + value.start()..line.start + value.end());
                found.extend(candidates(finder, (field, *kind), letter, span, names));
            }
        }
        let is_row = found.iter().any(|candidate| candidate.field == self.spec.needs);
        if is_row { found } else { Vec::new() }
    }
}
