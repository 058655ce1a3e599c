//! How far two texts are apart: for error rates, and for suggesting what was probably meant.

/// The least number of insertions, deletions and replacements that turn one sequence into the
/// other (Levenshtein 1966); time grows with the product of the lengths.
pub fn edit_distance<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], next);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_counts_one() {
        let distance =
            |a: &str, b: &str| edit_distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!(distance("拆迁补偿", "折迁补偿款"), 2);
        assert_eq!(distance("", "拆迁"), 2);
        assert_eq!(distance("wieght", "weight"), 2);
    }
}
