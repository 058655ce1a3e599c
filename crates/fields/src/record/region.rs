//! Where the matter lies, in the gazetteer's terms: the code of its place, and the steps of the ladder
//! that nobody has written down, marked as inferred.

use std::sync::OnceLock;

use dossier_model::{FieldValue, Fields, ReviewState, Sensitive};
use dossier_pipeline::{Place, RegionSpec};

use super::gazetteer::{Gazetteer, Reading, folded};
use super::{best, mark, text, year};

/// The finder's name, shown with its values.
const BY: &str = "gazetteer";
/// More places of one name than this say nothing.
const MOST: usize = 4;
/// A list so many years from the record's date still speaks of it.
const YEARS: i32 = 4;
/// How sure a region is that only the office's own place tells.
const BY_OFFICE: f32 = 0.4;

pub(super) struct Regions {
    spec: RegionSpec,
    places: Vec<Place>,
    /// Made when the first record asks: a run may hold none.
    gazetteer: OnceLock<Gazetteer>,
}

/// A place that some text names, or that is inferred for it.
struct Found<'f> {
    /// The places it can be; one where it is certain.
    places: Vec<usize>,
    /// How far up the text names it; nothing where it names none of it.
    top: Option<usize>,
    field: &'f str,
    value: FieldValue,
    /// What of the text names it.
    named: String,
}

impl Regions {
    pub(super) fn new(spec: &RegionSpec, places: &[Place]) -> Regions {
        Regions { spec: spec.clone(), places: places.to_vec(), gazetteer: OnceLock::new() }
    }

    fn gazetteer(&self) -> &Gazetteer {
        self.gazetteer.get_or_init(|| Gazetteer::new(&self.places, &self.spec.alike))
    }

    /// Adds the code of the place, and its name where the record has none; marks a place outside the
    /// office's own.
    pub(super) fn complete(&self, fields: &mut Fields, decided: impl Fn(&str) -> bool) {
        let year = year(fields, &self.spec.at);
        let office = self.office(fields, year);
        let Some(found) = self.found(fields, year, office) else { return };
        let names = !fields.contains_key(&self.spec.name) && !decided(&self.spec.name);
        let codes = !fields.contains_key(&self.spec.code) && !decided(&self.spec.code);
        if names && let [place] = found.places[..] {
            fields.insert(self.spec.name.clone(), vec![self.named(&found, place, year)]);
        }
        if codes {
            let values: Vec<FieldValue> =
                found.places.iter().map(|place| self.coded(&found, *place, year)).collect();
            fields.insert(self.spec.code.clone(), values);
        }
        if let (Some(office), [place]) = (office, &found.places[..])
            && !self.within(*place, office)
        {
            mark(fields, &self.spec.code, format!("outside:{}", self.gazetteer().place(office).name));
        }
    }

    fn within(&self, place: usize, office: usize) -> bool {
        let (place, office) = (self.gazetteer().place(place), self.gazetteer().place(office));
        place.code == office.code || office.holds(place) || place.holds(office)
    }

    /// The place of the office, where one only can be meant.
    fn office(&self, fields: &Fields, year: Option<i32>) -> Option<usize> {
        let home = self.spec.home.as_ref().and_then(|code| self.gazetteer().of_code(code, year));
        let named = || {
            self.spec.offices.iter().find_map(|field| {
                let readings = self.gazetteer().read(&folded(text(fields, field)?), year);
                if let [only] = &readings[..] { Some(only.place) } else { None }
            })
        };
        home.or_else(named)
    }

    /// The place of the matter: what the first field says that names one, else the office's own.
    fn found<'f>(&'f self, fields: &Fields, year: Option<i32>, office: Option<usize>) -> Option<Found<'f>> {
        let named = self.spec.from.iter().find_map(|field| {
            let value = best(fields, field)?;
            self.read(field, value, year, office)
        });
        named.or_else(|| self.by_office(fields, office?))
    }

    fn read<'f>(
        &self,
        field: &'f str,
        value: &FieldValue,
        year: Option<i32>,
        office: Option<usize>,
    ) -> Option<Found<'f>> {
        let source = value.value.reveal();
        let text = folded(source);
        let readings = self.nearest(self.gazetteer().read(&text, year), office);
        let first = readings.first()?;
        let end = text.origin.get(first.length - 1).map_or(0, |at| *at as usize + 1);
        (readings.len() <= MOST).then(|| Found {
            places: readings.iter().map(|reading| reading.place).collect(),
            top: Some(first.top),
            field,
            value: value.clone(),
            named: source.chars().take(end).collect(),
        })
    }

    /// Of several places of one name those that share the most of the office's own code.
    fn nearest(&self, mut readings: Vec<Reading>, office: Option<usize>) -> Vec<Reading> {
        let Some(office) = office else { return readings };
        let office = self.gazetteer().place(office).stem();
        let shared = |reading: &Reading| {
            let code = &self.gazetteer().place(reading.place).code;
            code.bytes().zip(office.bytes()).take_while(|(a, b)| a == b).count() / 2
        };
        let most = readings.iter().map(shared).max().unwrap_or(0);
        readings.retain(|reading| shared(reading) == most);
        readings
    }

    /// Where no place is named that the gazetteer knows, the office's county is the likeliest.
    fn by_office<'f>(&'f self, fields: &Fields, office: usize) -> Option<Found<'f>> {
        let place = self.gazetteer().place(office);
        let field = self.spec.from.iter().find(|field| best(fields, field).is_some());
        let field = field.map_or(self.spec.name.as_str(), String::as_str);
        let offices = || self.spec.offices.iter().find_map(|field| best(fields, field));
        (place.stem().len() >= 6).then_some(())?;
        let source = best(fields, field).or_else(offices)?.clone();
        let value = FieldValue { confidence: source.confidence * BY_OFFICE, ..source };
        Some(Found { places: vec![office], top: None, field, value, named: String::new() })
    }

    /// The steps above a place that its text leaves out, in words.
    fn inferred(&self, found: &Found<'_>, place: usize, year: Option<i32>) -> String {
        let name = |at: &usize| self.gazetteer().place(*at).name.clone();
        match found.top {
            Some(top) => {
                let top = if found.places.len() == 1 { top } else { place };
                self.gazetteer().above(top, year).iter().map(name).collect()
            }
            None => self.gazetteer().above(place, year).iter().chain([&place]).map(name).collect(),
        }
    }

    fn value(&self, found: &Found<'_>, place: usize, year: Option<i32>, text: String) -> FieldValue {
        let mut warnings = Vec::new();
        let inferred = self.inferred(found, place, year);
        if !inferred.is_empty() {
            warnings.push(format!("inferred:{inferred}"));
        }
        if self.gazetteer().years_away(place, year) > YEARS {
            warnings.push("place_of_other_years".to_owned());
        }
        if found.places.len() > 1 {
            warnings.push("several_places".to_owned());
        }
        FieldValue {
            value: Sensitive::new(text),
            raw: if found.named.is_empty() {
                found.value.raw.clone()
            } else {
                Sensitive::new(found.named.clone())
            },
            confidence: found.value.confidence / found.places.len() as f32,
            state: ReviewState::Machine,
            extractor: format!("{BY}:{}", found.field),
            warnings,
            evidence: found.value.evidence.clone(),
        }
    }

    /// The place's name with all steps. What the text says beyond them is the petitioner's address, and
    /// stays where addresses are masked.
    fn named(&self, found: &Found<'_>, place: usize, year: Option<i32>) -> FieldValue {
        let mut text = self.inferred(found, place, year);
        text += &found.named;
        self.value(found, place, year, text)
    }

    fn coded(&self, found: &Found<'_>, place: usize, year: Option<i32>) -> FieldValue {
        self.value(found, place, year, self.gazetteer().place(place).code.clone())
    }
}
