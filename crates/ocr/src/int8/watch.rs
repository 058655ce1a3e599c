//! Watching what flows through the reader, to measure the table of ranges anew.

use prost::Message;

use super::onnx::Value;
use super::ranges::{Ranges, parsed, written};
use super::tidy::tidied;
use crate::runtime::Watched;

/// Each so manyth line is watched: neighbours tell the same.
const EVERY: usize = 15;
/// The share of lines whose extremes are cut off, at either end: a range that one line stretches makes the
/// steps wider for all.
const OUTLIERS: f32 = 0.05;

/// The reader's network with all values of the table as outputs, and what they were.
pub(crate) struct Watch {
    pub network: Watched,
    names: Vec<String>,
    lines: usize,
    /// Of each line watched, the extremes of each value.
    extremes: Vec<Vec<(f32, f32)>>,
}

/// The network's file with the table's values as further outputs, and their names.
pub(crate) fn opened(network: &[u8], table: &str) -> Result<(Vec<u8>, Vec<String>), String> {
    let names: Vec<String> = parsed(table)?.into_keys().collect();
    let mut model = super::read(network)?;
    let graph = model.graph.as_mut().ok_or("it has no graph")?;
    tidied(graph);
    let inside = names.iter().filter(|name| graph.inputs.iter().all(|input| input.name() != *name));
    let inside: Vec<String> = inside.cloned().collect();
    graph.outputs.extend(inside.iter().map(|name| Value::of_floats(name)));
    model.allow_runtime_operators();
    Ok((model.encode_to_vec(), inside))
}

impl Watch {
    pub fn new(network: Watched, names: Vec<String>) -> Watch {
        Watch { network, names, lines: 0, extremes: Vec::new() }
    }

    /// Whether the line that comes now is to be watched.
    pub fn wants_next(&mut self) -> bool {
        self.lines += 1;
        self.lines % EVERY == 1
    }

    /// Takes the extremes of all values of a line, in the order of the names.
    pub fn take(&mut self, extremes: Vec<(f32, f32)>) {
        self.extremes.push(extremes);
    }

    /// The table as measured, with the input's range, which is known.
    pub fn table(&self) -> String {
        let range = |(at, name): (usize, &String)| {
            let low = nth(self.extremes.iter().map(|line| line[at].0).collect(), OUTLIERS);
            let high = nth(self.extremes.iter().map(|line| line[at].1).collect(), 1.0 - OUTLIERS);
            (name.clone(), (low.min(0.0), high.max(0.0)))
        };
        let mut ranges: Ranges = self.names.iter().enumerate().map(range).collect();
        ranges.insert("x".to_owned(), (-1.0, 1.0));
        written(&ranges)
    }
}

/// The value that the given share of values lies below.
fn nth(mut values: Vec<f32>, share: f32) -> f32 {
    values.sort_by(f32::total_cmp);
    let at = (share * values.len().saturating_sub(1) as f32).round() as usize;
    values.get(at).copied().unwrap_or(0.0)
}
