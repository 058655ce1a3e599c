//! What the samples promise: numbers, variety, size, invented people and places, and that the
//! same bytes come out every time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use dossier_testkit::expect::{Expectation, PageState, RegisterExpectation, ScanExpectation};
use dossier_testkit::fonts::Fonts;
use dossier_testkit::person::{Cast, check_digit};
use dossier_testkit::samples::{self, Sample};

static ALL: LazyLock<Vec<Sample>> = LazyLock::new(|| {
    let all = Fonts::load().and_then(|fonts| samples::build(&fonts, |_| ()));
    all.unwrap_or_else(|error| panic!("{error}"))
});

fn scans() -> impl Iterator<Item = (&'static Sample, &'static ScanExpectation)> {
    ALL.iter().filter_map(|sample| match &sample.expected {
        Expectation::Scan(scan) => Some((sample, scan)),
        Expectation::Register(_) => None,
    })
}

fn registers() -> impl Iterator<Item = (&'static Sample, &'static RegisterExpectation)> {
    ALL.iter().filter_map(|sample| match &sample.expected {
        Expectation::Register(register) => Some((sample, register)),
        Expectation::Scan(_) => None,
    })
}

#[test]
fn enough_of_everything() {
    let letters = scans().map(|(_, scan)| scan.letters.len()).sum::<usize>();
    let scanned = scans().filter(|(_, scan)| scan.pages[0].state == PageState::Recognised);
    let pages = scanned.map(|(_, scan)| scan.pages.len()).sum::<usize>();
    let rows = registers().map(|(_, register)| register.items.len()).sum::<usize>();
    let first_level: BTreeSet<&str> =
        scans().flat_map(|(_, scan)| &scan.letters).map(|letter| letter.categories[0][0].as_str()).collect();
    assert!(letters >= 15, "{letters} letters");
    assert!(pages >= 25, "{pages} scanned pages");
    assert_eq!(registers().count(), 3);
    assert!((40..=80).contains(&rows), "{rows} rows");
    assert!(first_level.len() >= 8, "{first_level:?}");
    let blank = scans().flat_map(|(_, scan)| &scan.pages).filter(|page| page.state == PageState::Blank);
    assert!(blank.count() >= 3, "blank backs");
}

#[test]
fn at_most_eight_megabytes() {
    let json = |sample: &Sample| serde_json::to_string_pretty(&sample.expected).unwrap().len();
    let bytes: usize = ALL.iter().map(|sample| sample.bytes.len() + json(sample)).sum();
    assert!(bytes <= 8 << 20, "{bytes} bytes");
}

#[test]
fn the_committed_samples_are_these() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    for sample in ALL.iter() {
        let json = std::fs::read_to_string(folder.join(format!("{}.expected.json", sample.path))).unwrap();
        let expected: Expectation = serde_json::from_str(&json).unwrap();
        assert_eq!(expected, sample.expected, "{}: run make samples", sample.path);
        let bytes = std::fs::read(folder.join(&sample.path)).unwrap();
        assert!(bytes == sample.bytes, "{} differs: run make samples", sample.path);
    }
}

#[test]
fn the_same_bytes_every_time() {
    let cast = Cast::load().unwrap();
    let fonts = Fonts::load().unwrap();
    let made = |file: &str| ALL.iter().find(|sample| sample.path == file).unwrap();
    for text in samples::scans(&cast).unwrap().iter().filter(|text| text.file.contains("两件")) {
        let again = samples::letters(text, &fonts, &mut BTreeMap::new()).unwrap();
        assert!(again.bytes == made(&text.file).bytes, "{}", text.file);
    }
    for text in samples::registers(&cast).unwrap() {
        let again = samples::register(&text).unwrap();
        assert!(again.bytes == made(&text.file).bytes, "{}", text.file);
    }
}

#[test]
fn the_readme_lists_every_sample() {
    let readme = include_str!("../../../samples/README.md");
    for sample in ALL.iter() {
        let line = format!("| `{}` | {} |", sample.path, sample.shows);
        assert!(readme.lines().any(|found| found == line), "{line}");
    }
}

#[test]
fn pages_and_rows_add_up() {
    for (sample, scan) in scans() {
        let mut next = 1;
        for letter in &scan.letters {
            assert_eq!(letter.first_page, next, "{}", sample.path);
            next += letter.pages;
        }
        assert_eq!(next as usize, scan.pages.len() + 1, "{}", sample.path);
        let numbers: Vec<u32> = scan.pages.iter().map(|page| page.number).collect();
        assert_eq!(numbers, (1..next).collect::<Vec<_>>(), "{}", sample.path);
        for page in &scan.pages {
            assert_eq!(page.text.is_empty(), page.state == PageState::Blank, "{}", sample.path);
        }
    }
    for (sample, register) in registers() {
        let rows = register.rows;
        assert_eq!(rows.seen, rows.not_data + rows.archived + rows.duplicate, "{}", sample.path);
        assert_eq!(rows.archived as usize, register.items.len(), "{}", sample.path);
    }
}

#[test]
fn pairs_agree_on_both_sides() {
    let mut from_rows = BTreeSet::new();
    for (sample, register) in registers() {
        for item in &register.items {
            let Some(scan) = &item.pairs_with else { continue };
            from_rows.insert((scan.clone(), item.letter.unwrap(), sample.path.clone(), item.row));
        }
    }
    let mut from_letters = BTreeSet::new();
    let mut alone = 0;
    for (sample, scan) in scans() {
        for (number, letter) in (1..).zip(&scan.letters) {
            match &letter.pairs_with {
                Some(row) => {
                    from_letters.insert((sample.path.clone(), number, row.register.clone(), row.row));
                }
                None => alone += 1,
            }
        }
    }
    assert_eq!(from_rows, from_letters);
    assert!(from_rows.len() >= 10 && alone >= 3, "{} pairs, {alone} letters alone", from_rows.len());
}

#[test]
fn everybody_is_invented_and_so_is_every_place() {
    let cast = Cast::load().unwrap();
    let known: Vec<String> = cast.people.values().flat_map(|p| [p.id_no(), p.id15()]).collect();
    let phones: Vec<String> = cast.people.values().map(|p| p.phone.replace('-', "")).collect();
    let letters = scans().flat_map(|(_, scan)| scan.letters.iter().map(|letter| &letter.fields));
    let rows = registers().flat_map(|(_, register)| register.items.iter().map(|item| &item.fields));
    for fields in letters.chain(rows) {
        let values = |name: &str| fields.get(name).cloned().unwrap_or_default();
        for name in values("petitioner_name") {
            assert!(cast.people.contains_key(&name), "{name}");
        }
        for id in values("id_no").iter().filter(|id| !id.ends_with("000")) {
            assert!(known.contains(id), "{id}");
            assert!(id.len() == 15 || id.ends_with(check_digit(&id[..17])), "{id}");
        }
        for phone in values("phone") {
            assert!(phones.contains(&phone) || phone.starts_with("000"), "{phone}");
        }
        for place in ["address", "region", "issue_region"].into_iter().flat_map(values) {
            assert_eq!(cast.strange_place(&place), None, "{place}");
        }
    }
}

#[test]
fn one_petition_number_looks_like_a_valid_identity_number() {
    let numbers = registers().flat_map(|(_, r)| &r.items).filter_map(|item| item.fields.get("petition_no"));
    let long = numbers.flatten().filter(|number| number.len() == 18 && number.is_ascii());
    // Its date is a real date and its last digit happens to be the check digit: only its label
    // tells it from an identity number.
    let valid: Vec<&String> = long.filter(|number| number.ends_with(check_digit(&number[..17]))).collect();
    assert_eq!(valid, ["990121201903180047"]);
}

#[test]
fn categories_are_of_the_scheme() {
    let scheme = include_str!("../../../pipelines/petitions/categories.tsv");
    let paths: BTreeSet<&str> = scheme.lines().filter_map(|line| Some(line.split_once('\t')?.1)).collect();
    let letters = scans().flat_map(|(_, scan)| &scan.letters).flat_map(|letter| &letter.categories);
    let rows = registers().flat_map(|(_, register)| &register.items).map(|item| &item.category);
    for path in letters.chain(rows) {
        assert!(path.len() == 2 && paths.contains(path.join("\t").as_str()), "{path:?}");
    }
}
