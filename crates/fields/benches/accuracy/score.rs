//! Values that are right, wrong and missed, by field.

use std::collections::{BTreeMap, BTreeSet};

use dossier_model::{Fields, fold_text};
use dossier_testkit::expect::FieldValues;

/// Fields of which a letter may state several; of the others the best value counts.
const SEVERAL: [&str; 10] = [
    "petitioner_name",
    "accused_name",
    "id_no",
    "phone",
    "facts",
    "demand",
    "amount",
    "area",
    "statute",
    "case_no",
];
/// What generated letters state; values of other fields are not looked at.
const SCORED: [&str; 33] = [
    "petitioner_name",
    "sex",
    "age",
    "birth_date",
    "id_no",
    "phone",
    "address",
    "household_address",
    "region",
    "employer",
    "occupation",
    "persons_count",
    "joint_flag",
    "addressee",
    "title",
    "letter_date",
    "received_date",
    "petition_no",
    "issue_date",
    "amount",
    "area",
    "accused_name",
    "accused_unit",
    "accused_post",
    "statute",
    "case_no",
    "repeat_flag",
    "petition_count",
    "earlier_date",
    "earlier_org",
    "secrecy",
    "facts",
    "demand",
];

/// A field's counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub right: usize,
    pub wrong: usize,
    pub missed: usize,
}

impl Count {
    /// Of what was found, the share that is right.
    pub fn precision(&self) -> Option<f64> {
        share(self.right, self.wrong)
    }

    /// Of what is stated, the share that was found.
    pub fn recall(&self) -> Option<f64> {
        share(self.right, self.missed)
    }

    pub fn f1(&self) -> Option<f64> {
        let stated = 2 * self.right + self.wrong + self.missed;
        (stated > 0).then(|| 2.0 * self.right as f64 / stated as f64)
    }

    fn add(&mut self, other: Count) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }
}

fn share(right: usize, others: usize) -> Option<f64> {
    (right + others > 0).then(|| right as f64 / (right + others) as f64)
}

/// A set of letters, as text or as scans.
pub struct Scores {
    pub title: String,
    pub letters: usize,
    pub fields: BTreeMap<&'static str, Count>,
    errors: bool,
}

impl Scores {
    pub fn new(title: &str, errors: bool) -> Scores {
        let fields = SCORED.iter().map(|field| (*field, Count::default())).collect();
        Scores { title: title.to_owned(), letters: 0, fields, errors }
    }

    /// Counts a letter.
    pub fn add(&mut self, stated: &FieldValues, found: &Fields, text: impl Fn() -> String) {
        self.letters += 1;
        for (field, count) in &mut self.fields {
            let stated: BTreeSet<String> =
                stated.get(*field).into_iter().flatten().map(|value| fold_text(value)).collect();
            let all = found.get(*field).into_iter().flatten().map(|value| fold_text(value.value.reveal()));
            let found: BTreeSet<String> =
                if SEVERAL.contains(field) { all.collect() } else { all.take(1).collect() };
            let right = stated.intersection(&found).count();
            let this = Count { right, wrong: found.len() - right, missed: stated.len() - right };
            if self.errors && this.wrong + this.missed > 0 {
                let letter = text().replace('\n', "⏎");
                println!("{field}: stated {stated:?}, found {found:?}\n    {letter}");
            }
            count.add(this);
        }
    }

    /// All fields together.
    pub fn total(&self) -> Count {
        self.fields.values().fold(Count::default(), |mut total, count| {
            total.add(*count);
            total
        })
    }
}
