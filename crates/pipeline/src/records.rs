//! `records.toml`: what holds for a record as a whole, whatever its values came from: which of them
//! must agree, and where the matter lies.

use serde::Deserialize;

/// `records.toml`; a pipeline without it looks at no record as a whole.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordSpec {
    /// Fields of dates that follow each other, the earliest first.
    pub order: Vec<String>,
    /// What is known of a person in several ways.
    pub person: Option<PersonSpec>,
    /// A number of people, and the people.
    pub count: Option<CountSpec>,
    /// Amounts that may be in another currency.
    pub currency: Option<CurrencySpec>,
    /// Where the matter lies.
    pub region: Option<RegionSpec>,
}

/// Fields that say the same of a person.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonSpec {
    /// The identity number, which says birth date and sex.
    pub id_no: String,
    /// Years of age.
    pub age: String,
    /// The birth date.
    pub birth_date: String,
    /// The sex.
    pub sex: String,
    /// How a man's and a woman's sex is written.
    pub sexes: [String; 2],
    /// The dates at which the age holds, the best first.
    pub at: Vec<String>,
    /// By how many years an age may differ: it may be counted from conception, and to the next birthday.
    pub tolerance: i32,
}

/// A number that is not below what it counts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountSpec {
    /// The number.
    pub count: String,
    /// The people that are named.
    pub named: Vec<String>,
}

/// Amounts in letters from before a change of currency.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurrencySpec {
    /// The fields of amounts.
    pub amounts: Vec<String>,
    /// The dates of which one is before the change.
    pub at: Vec<String>,
    /// The day of the change (EDTF).
    pub before: String,
}

/// Where the matter lies, in the gazetteer's terms.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionSpec {
    /// The field that says it in words; it is filled in where it is empty.
    pub name: String,
    /// The field that gets its code.
    pub code: String,
    /// The fields that say where, the best first.
    pub from: Vec<String>,
    /// The offices that were written to or that registered it; what a place leaves out is inferred from
    /// theirs.
    pub offices: Vec<String>,
    /// The dates as of which the gazetteer is asked, the best first.
    pub at: Vec<String>,
    /// The code of the place whose office keeps the archive, if that is always the same.
    pub home: Option<String>,
    /// Words at the end of names that stand for each other.
    #[serde(default)]
    pub alike: Vec<[String; 2]>,
}

impl RecordSpec {
    /// All fields that are named.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &String> {
        let person = self.person.iter().flat_map(|person| {
            [&person.id_no, &person.age, &person.birth_date, &person.sex].into_iter().chain(&person.at)
        });
        let count = self.count.iter().flat_map(|count| [&count.count].into_iter().chain(&count.named));
        let region = self.region.iter().flat_map(|region| {
            let named = [&region.name, &region.code].into_iter();
            named.chain(&region.from).chain(&region.offices).chain(&region.at)
        });
        let currency = self.currency.iter().flat_map(|currency| currency.amounts.iter().chain(&currency.at));
        self.order.iter().chain(currency).chain(person).chain(count).chain(region)
    }
}
