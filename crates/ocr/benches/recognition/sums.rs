//! Sums over the pages of a kind.

use dossier_ocr::compare::Comparison;
use dossier_testkit::trial::Kind;

use crate::reliability::Verdict;

#[derive(Clone, Default)]
pub struct Sums {
    pub found: Comparison,
    pages: usize,
    cpu: f64,
}

impl Sums {
    pub fn add(&mut self, found: Comparison, seconds: f64) {
        self.found.add(found);
        self.pages += 1;
        self.cpu += seconds;
    }

    pub fn join(&mut self, other: &Sums) {
        self.found.add(other.found.clone());
        self.pages += other.pages;
        self.cpu += other.cpu;
    }

    /// CPU seconds a page.
    pub fn seconds(&self) -> f64 {
        self.cpu / self.pages.max(1) as f64
    }

    pub fn is_empty(&self) -> bool {
        self.pages == 0
    }

    /// The share of numbers that are right, `None` without any.
    pub fn exact(&self) -> Option<f64> {
        let (there, right) = self
            .found
            .values
            .iter()
            .fold((0, 0), |(there, right), value| (there + value.there, right + value.right));
        (there > 0).then(|| right as f64 / there as f64)
    }
}

/// All kinds of one seed: our sums and RapidOCR's.
pub struct Run {
    pub seed: u64,
    pub kinds: Vec<(Kind, Sums, Sums)>,
    pub verdicts: Vec<Verdict>,
}

impl Run {
    pub fn total(&self) -> (Sums, Sums) {
        self.kinds.iter().fold(Default::default(), |(mut ours, mut theirs): (Sums, Sums), (_, a, b)| {
            ours.join(a);
            theirs.join(b);
            (ours, theirs)
        })
    }
}
