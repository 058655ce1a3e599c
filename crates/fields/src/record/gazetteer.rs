//! Places found by their names, from the beginning of a text down the ladder, as of a year.

use std::collections::HashMap;

use dossier_model::{Folded, fold, fold_text};
use dossier_pipeline::Place;

/// So many characters the longest name has that is looked for.
const LONGEST: usize = 20;

/// The places of a pipeline by their names.
pub(super) struct Gazetteer {
    places: Vec<Place>,
    by_name: HashMap<String, Vec<usize>>,
    by_code: HashMap<String, Vec<usize>>,
}

/// The place that a text begins with, in one reading.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    /// The lowest step of the ladder that the gazetteer knows.
    pub place: usize,
    /// The highest step that the text names.
    pub top: usize,
    /// How many characters of the folded text name it.
    pub length: usize,
}

impl Gazetteer {
    pub(super) fn new(places: &[Place], alike: &[[String; 2]]) -> Gazetteer {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_code: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, place) in places.iter().enumerate() {
            let name = fold_text(&place.name);
            let other = alike
                .iter()
                .filter_map(|[other, known]| Some(format!("{}{other}", name.strip_suffix(known.as_str())?)));
            let also = place.also.iter().map(|name| fold_text(name));
            for name in other.chain(also).chain([name.clone()]) {
                by_name.entry(name).or_default().push(at);
            }
            by_code.entry(place.code.clone()).or_default().push(at);
        }
        Gazetteer { places: places.to_vec(), by_name, by_code }
    }

    pub(super) fn place(&self, at: usize) -> &Place {
        &self.places[at]
    }

    /// The places that `text` can begin with, as of a year: of each reading the one that goes furthest;
    /// those whose names stood in that year, or where none did, those of the nearest years.
    pub(super) fn read(&self, text: &Folded, year: Option<i32>) -> Vec<Reading> {
        let chars = &text.chars;
        let mut found: Vec<Reading> = self.next(chars, 0, None);
        let mut longest: Vec<Reading> = Vec::new();
        while let Some(reading) = found.pop() {
            let further = self.next(chars, reading.length, Some(&reading));
            if further.is_empty() { longest.push(reading) } else { found.extend(further) }
        }
        let most = longest.iter().map(|reading| reading.length).max().unwrap_or(0);
        longest.retain(|reading| reading.length == most);
        self.of_year(longest, year)
    }

    /// The readings that go one step on from `above`.
    fn next(&self, chars: &[char], from: usize, above: Option<&Reading>) -> Vec<Reading> {
        let reach = LONGEST.min(chars.len().saturating_sub(from));
        let mut found = Vec::new();
        for length in (2..=reach).rev() {
            let name: String = chars[from..from + length].iter().collect();
            for place in self.by_name.get(&name).into_iter().flatten() {
                if above.is_none_or(|above| self.places[above.place].holds(&self.places[*place])) {
                    let top = above.map_or(*place, |above| above.top);
                    found.push(Reading { place: *place, top, length: from + length });
                }
            }
        }
        found
    }

    fn of_year(&self, mut found: Vec<Reading>, year: Option<i32>) -> Vec<Reading> {
        let away = |reading: &Reading| self.years_away(reading.place, year);
        let nearest = found.iter().map(away).min().unwrap_or(0);
        found.retain(|reading| away(reading) == nearest);
        found.sort_by_key(|reading| reading.place);
        found.dedup_by_key(|reading| self.places[reading.place].code.clone());
        found
    }

    /// By how many years a place's lists miss a year; of an unknown year the newest list counts.
    pub(super) fn years_away(&self, at: usize, year: Option<i32>) -> i32 {
        let place = &self.places[at];
        match (year, place.last) {
            (Some(year), last) => (place.first - year).max(last.map_or(0, |last| year - last)).max(0),
            (None, Some(_)) => 1,
            (None, None) => 0,
        }
    }

    /// The places that hold a place as of a year, the highest first.
    pub(super) fn above(&self, at: usize, year: Option<i32>) -> Vec<usize> {
        let code = &self.places[at].code;
        let ends = [2, 4, 6, 9].into_iter().filter(|end| *end < code.len());
        let codes = ends.map(|end| format!("{:0<6}", &code[..end])).filter(|above| above != code);
        codes.filter_map(|code| self.of_code(&code, year)).collect()
    }

    /// The place with a code as of a year.
    pub(super) fn of_code(&self, code: &str, year: Option<i32>) -> Option<usize> {
        let places = self.by_code.get(code)?.iter().copied();
        places.min_by_key(|at| self.years_away(*at, year))
    }
}

/// A text folded for looking places up, its blanks gone.
pub(super) fn folded(text: &str) -> Folded {
    let mut folded = fold(text);
    let kept = folded.chars.iter().zip(&folded.origin).filter(|(c, _)| !c.is_whitespace());
    let (chars, origin) = kept.map(|(c, at)| (*c, *at)).unzip();
    (folded.chars, folded.origin) = (chars, origin);
    folded
}
