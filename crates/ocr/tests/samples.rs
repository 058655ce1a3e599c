//! The samples' scans through the real models: what damage, seals, thumb prints and empty backs do.

#![allow(clippy::unwrap_used)] // Helpers of tests may panic as tests do.

use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

use dossier_model::{FileKind, is_han};
use dossier_ocr::compare::compare;
use dossier_ocr::{ModelStore, Outcome, RecognisedPage, Recogniser};
use dossier_pipeline::{Reading, RecognitionSpec, RuntimeSpec};
use dossier_read::{Document, PageReading};
use dossier_testkit::damage::skew;
use dossier_testkit::expect::Expectation;
use dossier_testkit::fonts::Fonts;
use dossier_testkit::trial::{self, Kind, TUNED};
use image::{RgbImage, imageops};

const LETTER: &str = "scans/1986-1998/青信86-0041.pdf";

static RECOGNISER: LazyLock<Mutex<Recogniser>> = LazyLock::new(|| {
    let store = ModelStore::locate().unwrap_or_else(|error| panic!("{error}"));
    Mutex::new(Recogniser::load(&store).unwrap_or_else(|error| panic!("{error}")))
});

/// A page of the samples and what it says.
struct Sample {
    image: RgbImage,
    dpi: f32,
    text: String,
}

impl Sample {
    fn load(path: &str, page: u32) -> Sample {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples").join(path);
        let expected = std::fs::read(format!("{}.expected.json", path.display())).unwrap();
        let Expectation::Scan(expected) = serde_json::from_slice(&expected).unwrap() else {
            panic!("{} is no scan", path.display())
        };
        let text = expected.pages[page as usize - 1].text.clone();
        match Document::open(&path, FileKind::Pdf, Default::default())
            .unwrap()
            .read_page(page, false)
            .unwrap()
        {
            PageReading::Scan { image, dpi, .. } => Sample { image, dpi, text },
            PageReading::Read(_) => panic!("page {page} of {} needs no recognition", path.display()),
        }
    }

    fn recognise(&self) -> RecognisedPage {
        self.recognise_as(&self.image)
    }

    /// Recognises the page as it looks in `image`.
    fn recognise_as(&self, image: &RgbImage) -> RecognisedPage {
        let mut recogniser = RECOGNISER.lock().unwrap_or_else(PoisonError::into_inner);
        recogniser.recognise(image, self.dpi).unwrap()
    }

    #[track_caller]
    fn assert_errors(&self, page: &RecognisedPage, at_most: usize) {
        let errors = compare(&self.text, &page.text).unwrap().errors;
        assert!(errors <= at_most, "{errors} errors in:\n{}", page.text);
    }
}

#[test]
fn a_letter_is_read_without_an_error_and_its_words_are_sound() {
    let sample = Sample::load(LETTER, 1);
    let page = sample.recognise();
    sample.assert_errors(&page, 0);
    assert_words_are_sound(&sample.image, &page);
}

#[test]
fn what_the_quick_reader_is_sure_of_is_what_the_full_one_reads_and_doubtful_lines_are_read_again() {
    let store = ModelStore::locate().unwrap();
    let sample = Sample::load(LETTER, 1);
    let [quick, full] = [Reading::Quick, Reading::Full].map(|reading| {
        let spec = RecognitionSpec { reading, ..RecognitionSpec::default() };
        let mut recogniser = Recogniser::of(&store.model(&spec).unwrap()).unwrap();
        let page = recogniser.recognise(&sample.image, sample.dpi).unwrap();
        (page.text, recogniser.readings())
    });
    assert_eq!(quick.0, full.0);
    assert_eq!((quick.1.lines, full.1.twice), (full.1.lines, 0));
    assert!(0 < quick.1.twice && quick.1.twice < quick.1.lines / 2, "{:?}", quick.1);
}

#[test]
fn both_run_times_read_the_same_text_in_the_same_places() {
    let store = ModelStore::locate().unwrap();
    let mut runtimes = [RuntimeSpec::Ort, RuntimeSpec::Rten].map(|runtime| {
        let spec = RecognitionSpec { runtime, reading: Reading::Full, ..RecognitionSpec::default() };
        Recogniser::of(&store.model(&spec).unwrap()).unwrap()
    });
    for (path, number) in [(LETTER, 1), (LETTER, 2), ("scans/2003-2009/马岭村村民联名信.pdf", 1)] {
        let sample = Sample::load(path, number);
        let [ort, rten] =
            runtimes.each_mut().map(|recogniser| recogniser.recognise(&sample.image, sample.dpi).unwrap());
        assert_eq!((&ort.text, ort.outcome), (&rten.text, rten.outcome), "{path} p. {number}");
        assert_eq!(ort.words.len(), rten.words.len());
        for (a, b) in ort.words.iter().zip(&rten.words) {
            let apart = a.bounds.iter().zip(b.bounds).map(|(a, b)| a.abs_diff(b)).max();
            assert!(apart <= Some(1), "{a:?} and {b:?}");
            assert!((a.confidence - b.confidence).abs() < 0.01, "{a:?} and {b:?}");
        }
    }
}

#[test]
fn a_turned_letter_gives_the_same_text_and_boxes_of_the_upright_page() {
    let sample = Sample::load(LETTER, 1);
    let upright = sample.recognise();
    for (turned, rotation) in [
        (imageops::rotate180(&sample.image), 180),
        (imageops::rotate90(&sample.image), 270),
        (imageops::rotate270(&sample.image), 90),
    ] {
        let page = sample.recognise_as(&turned);
        assert_eq!((&page.text, page.rotation), (&upright.text, rotation));
        assert_eq!((page.width, page.height), sample.image.dimensions());
        assert_words_are_sound(&sample.image, &page);
    }
}

#[test]
fn a_skewed_letter_loses_at_most_two_characters() {
    let sample = Sample::load(LETTER, 1);
    for degrees in [-3.0, 3.0] {
        let image = skew(&sample.image, degrees);
        let page = sample.recognise_as(&image);
        sample.assert_errors(&page, 2);
        assert_words_are_sound(&image, &page);
    }
}

#[test]
fn a_page_in_one_script_is_read_in_that_script() {
    // Skewed by 2.5 degrees, in a face that the network half takes for traditional.
    let simplified = Sample::load("scans/2019-2024/2023年宽带信号问题.pdf", 1);
    let page = simplified.recognise();
    simplified.assert_errors(&page, 1);
    assert_words_are_sound(&simplified.image, &page);
    let traditional = Sample::load("scans/1956-1979/QH01-XF·1956-Y-0003.pdf", 1);
    traditional.assert_errors(&traditional.recognise(), 2);
}

#[test]
fn a_seal_and_thumb_prints_are_no_text() {
    let form = Sample::load("scans/2012-2017/临信2016-0321 来信登记表.pdf", 1);
    let page = form.recognise();
    form.assert_errors(&page, 0);
    assert!(page.text.ends_with("经办人：朱家明\n2016年12月8日"), "what lies under the seal is read");
    let signatures = Sample::load("scans/2003-2009/马岭村村民联名信.pdf", 3);
    signatures.assert_errors(&signatures.recognise(), 0);
}

#[test]
fn empty_backs_are_blank() {
    for (path, page) in [
        ("scans/1956-1979/一九六二年何守义来信.pdf", 3),
        ("scans/2019-2024/20190318收信两件.pdf", 3),
        ("scans/2003-2009/青信2009-0093.pdf", 2),
    ] {
        let page = Sample::load(path, page).recognise();
        assert_eq!((page.outcome, page.blank), (Outcome::Blank, true), "{path}");
        assert!(page.text.is_empty() && page.words.is_empty());
    }
}

/// What holds for the words of every page.
#[track_caller]
fn assert_words_are_sound(image: &RgbImage, page: &RecognisedPage) {
    let characters: Vec<char> = page.text.chars().collect();
    for word in &page.words {
        let (start, length) = (word.start as usize, word.text.chars().count());
        assert_eq!(characters[start..start + length].iter().collect::<String>(), word.text);
        let run = word.text.chars().all(|c| c.is_alphanumeric() && !is_han(c));
        assert!(length == 1 || run, "{word:?} is more than a word");
        let [x0, y0, x1, y1] = word.bounds;
        assert!(0 <= x0 && x0 < x1 && x1 <= page.width as i32, "{word:?}");
        assert!(0 <= y0 && y0 < y1 && y1 <= page.height as i32, "{word:?}");
        assert!((0.0..=1.0).contains(&word.confidence), "{word:?}");
        for at in 0..length as u32 {
            let runners_up = word.alternatives.iter().filter(|other| other.at == at);
            let probabilities: Vec<f32> = runners_up.map(|other| other.probability).collect();
            assert!(probabilities.is_sorted_by(|a, b| a >= b), "{word:?}");
            assert!(length > 1 || probabilities.iter().all(|p| *p < word.confidence), "{word:?}");
        }
        assert!(has_ink(image, word.bounds), "nothing is written where {word:?} is");
    }
    assert_lines_run_to_the_right(page);
}

#[track_caller]
fn assert_lines_run_to_the_right(page: &RecognisedPage) {
    let mut start = 0;
    for line in page.text.split('\n') {
        let end = start + line.chars().count() as u32;
        let words: Vec<_> = page.words.iter().filter(|word| (start..end).contains(&word.start)).collect();
        for pair in words.windows(2) {
            assert!(pair[0].bounds[0] < pair[1].bounds[0], "{pair:?} are out of order");
            assert!(pair[0].bounds[2] <= pair[1].bounds[0] + 4, "{pair:?} overlap");
        }
        start = end + 1;
    }
}

/// Whether anything in the box is clearly darker than the lightest part of it.
fn has_ink(image: &RgbImage, [x0, y0, x1, y1]: [i32; 4]) -> bool {
    let view = imageops::crop_imm(image, x0 as u32, y0 as u32, (x1 - x0) as u32, (y1 - y0) as u32).to_image();
    let shades = view.pixels().map(|pixel| pixel.0.iter().map(|c| u32::from(*c)).sum::<u32>() / 3);
    let (least, most) = shades.fold((255, 0), |(least, most), s| (s.min(least), s.max(most)));
    most - least >= 60
}

#[test]
fn vertical_writing_stands_upright_with_its_marks_and_a_page_on_its_side_is_turned() {
    let fonts = Fonts::load().unwrap();
    let mut recogniser = RECOGNISER.lock().unwrap_or_else(PoisonError::into_inner);
    // Page 1 of this kind was taken for one on its side.
    let page = trial::page(Kind::Downwards, TUNED, 1, &fonts).unwrap();
    let read = recogniser.recognise(&page.image, page.dpi).unwrap();
    let found = compare(&page.truth, &read.text).unwrap();
    assert_eq!(read.rotation, 0);
    assert!(found.rate() < 0.03, "{:.3} in:\n{}", found.rate(), read.text);
    let page = trial::page(Kind::OnSide, TUNED, 0, &fonts).unwrap();
    let read = recogniser.recognise(&page.image, page.dpi).unwrap();
    assert_eq!((read.rotation, compare(&page.truth, &read.text).unwrap().errors), (270, 0));
}

#[test]
fn seals_and_what_shows_through_leave_the_text_alone() {
    let fonts = Fonts::load().unwrap();
    let mut recogniser = RECOGNISER.lock().unwrap_or_else(PoisonError::into_inner);
    for (kind, number) in [(Kind::Seals, 1), (Kind::ShowThrough, 1), (Kind::Columns, 0)] {
        let page = trial::page(kind, TUNED, number, &fonts).unwrap();
        let read = recogniser.recognise(&page.image, page.dpi).unwrap();
        let found = compare(&page.truth, &read.text).unwrap();
        assert!(found.errors <= 1, "{}: {} errors in:\n{}", kind.name(), found.errors, read.text);
    }
}
