//! Between which values the numbers lie that flow through the reader: one line for each value that is
//! quantised, its name, its low and its high end.

use std::collections::BTreeMap;

/// The committed table; `cargo run --release -p dossier-ocr --example ranges` measures it anew.
pub(crate) const READER: &str = include_str!("reader.ranges");

/// Low and high end by name.
pub(crate) type Ranges = BTreeMap<String, (f32, f32)>;

/// The table's ranges; what is wrong with it otherwise.
pub(crate) fn parsed(table: &str) -> Result<Ranges, String> {
    table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| range(line).ok_or_else(|| format!("{line:?} is no name with two numbers")))
        .collect()
}

fn range(line: &str) -> Option<(String, (f32, f32))> {
    let mut parts = line.split_whitespace();
    let name = parts.next()?.to_owned();
    let (low, high): (f32, f32) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (low <= 0.0 && 0.0 <= high && low < high).then_some((name, (low, high)))
}

/// The ranges as a table; four digits are more than 8 bits can tell apart.
pub(crate) fn written(ranges: &Ranges) -> String {
    ranges.iter().map(|(name, (low, high))| format!("{name} {low:.3e} {high:.3e}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_as_it_was_written_and_its_faults_are_named() {
        let ranges = parsed("# what it is\n\nb -1 0.5\na 0 12\n").unwrap();
        assert_eq!(parsed(&written(&ranges)).unwrap(), ranges);
        assert_eq!(written(&ranges), "a 0.000e0 1.200e1\nb -1.000e0 5.000e-1\n");
        for wrong in ["a 1", "a 1 2", "a -1 x", "a 0 0"] {
            assert!(parsed(wrong).unwrap_err().contains(wrong), "{wrong}");
        }
        assert!(parsed(READER).unwrap().len() > 50);
    }
}
