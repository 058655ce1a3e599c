//! Test pages through the real models: exact text, places, directions. See `pages/README.md`.

#![allow(clippy::unwrap_used)] // Helpers of tests may panic as tests do.

use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use dossier_model::{Word, is_han};
use dossier_ocr::{MAX_PIXELS, ModelStore, OcrError, Outcome, RecognisedPage, Recogniser};
use image::{Rgb, RgbImage, imageops};

static RECOGNISER: LazyLock<Mutex<Recogniser>> = LazyLock::new(|| {
    let store = ModelStore::locate().unwrap_or_else(|error| panic!("{error}"));
    Mutex::new(Recogniser::load(&store).unwrap_or_else(|error| panic!("{error}")))
});

fn recognise(image: &RgbImage) -> RecognisedPage {
    let mut recogniser = RECOGNISER.lock().unwrap_or_else(PoisonError::into_inner);
    recogniser.recognise(image, 200.0).unwrap()
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages").join(name)
}

fn image(name: &str) -> RgbImage {
    image::open(file(&format!("{name}.png"))).unwrap().into_rgb8()
}

fn text(name: &str) -> String {
    std::fs::read_to_string(file(&format!("{name}.txt"))).unwrap().trim_end().to_owned()
}

/// The word that begins at the only place of `phrase`.
#[track_caller]
fn word<'a>(page: &'a RecognisedPage, phrase: &str) -> &'a Word {
    let at = page.text.find(phrase).unwrap_or_else(|| panic!("{phrase} is not in {}", page.text));
    let start = page.text[..at].chars().count() as u32;
    page.words.iter().find(|word| word.start == start).unwrap_or_else(|| panic!("no word at {start}"))
}

#[track_caller]
fn assert_near(found: [i32; 4], expected: [i32; 4], tolerance: i32) {
    let near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() <= tolerance);
    assert!(near, "{found:?} is not within {tolerance} pixels of {expected:?}");
}

/// Where `make.py` put a full-width character of `letter.png`.
fn letter_box(row: i32, column: i32) -> [i32; 4] {
    let (x, y) = (120 + 40 * column, 104 + 72 * row);
    [x, y, x + 40, y + 40]
}

#[test]
fn a_letter_is_read_exactly_and_its_characters_placed() {
    let page = recognise(&image("letter"));
    assert_eq!(page.text, text("letter"));
    assert_eq!((page.width, page.height, page.rotation, page.blank), (1100, 760, 0, false));
    for (phrase, row, column) in
        [("关于", 0, 0), ("反映", 0, 13), ("贺", 2, 2), ("柳沟", 2, 10), ("礼", 7, 1)]
    {
        assert_near(word(&page, phrase).bounds, letter_box(row, column), 8);
    }
    // Eleven digits of half the width.
    let phone = word(&page, "19900004321");
    assert_eq!(phone.text, "19900004321");
    assert_near(phone.bounds, [120, 320, 340, 360], 10);
}

#[test]
fn every_character_of_a_letter_lies_within_a_third_of_an_em_of_its_place() {
    let page = recognise(&image("letter"));
    let (mut start, mut checked) = (0, 0);
    for (row, line) in text("letter").lines().enumerate() {
        let mut x = 120.0;
        for c in line.chars() {
            let width = if c.is_ascii() { 20.0 } else { 40.0 };
            if let Some(word) = page.words.iter().find(|word| word.start == start && is_han(c)) {
                let [x0, y0, x1, y1] = word.bounds.map(|at| at as f32);
                let (across, down) =
                    ((x0 + x1) / 2.0 - (x + 20.0), (y0 + y1) / 2.0 - (124.0 + 72.0 * row as f32));
                assert!(across.abs() < 13.0 && down.abs() < 13.0, "{c} is off by {across}, {down}");
                checked += 1;
            }
            (x, start) = (x + width, start + 1);
        }
        start += 1;
    }
    assert!(checked > 60, "only {checked} characters found");
}

#[test]
fn words_cover_the_text_in_order_without_overlap() {
    let page = recognise(&image("letter"));
    let characters: Vec<char> = page.text.chars().collect();
    let mut next = 0;
    for word in &page.words {
        let (start, length) = (word.start as usize, word.text.chars().count());
        assert!(characters[next..start].iter().all(|c| c.is_whitespace()), "nothing is left out");
        assert_eq!(characters[start..start + length].iter().collect::<String>(), word.text);
        assert!((0.0..=1.0).contains(&word.confidence));
        next = start + length;
    }
    assert_eq!(next, characters.len());
    for pair in page.words.windows(2) {
        let one_row = (pair[0].bounds[1] - pair[1].bounds[1]).abs() < 20;
        assert!(!one_row || pair[0].bounds[2] <= pair[1].bounds[0] + 1, "{pair:?} overlap");
    }
}

#[test]
fn a_skewed_letter_is_read_exactly() {
    let page = recognise(&image("skewed"));
    assert_eq!(page.text, text("letter"));
    assert_eq!(page.rotation, 0);
    // The page of 1100 × 760 was turned about its middle by three degrees and enlarged to hold it.
    let (sin, cos) = 3.0_f32.to_radians().sin_cos();
    let [x0, y0, x1, y1] = letter_box(0, 13).map(|at| at as f32);
    let (x, y) = ((x0 + x1) / 2.0 - 550.0, (y0 + y1) / 2.0 - 380.0);
    let (x, y) = (x * cos - y * sin + page.width as f32 / 2.0, x * sin + y * cos + page.height as f32 / 2.0);
    let [left, top, right, bottom] = word(&page, "反映").bounds;
    assert!(((left + right) as f32 / 2.0 - x).abs() < 8.0 && ((top + bottom) as f32 / 2.0 - y).abs() < 8.0);
}

#[test]
fn turned_letters_are_turned_back() {
    let upright = image("letter");
    for (turned, rotation) in [
        (imageops::rotate180(&upright), 180),
        (imageops::rotate90(&upright), 270),
        (imageops::rotate270(&upright), 90),
    ] {
        let page = recognise(&turned);
        assert_eq!((page.text, page.rotation), (text("letter"), rotation));
        assert_eq!((page.width, page.height), (1100, 760), "boxes are those of the upright page");
    }
}

#[test]
fn columns_are_read_downwards_from_the_right() {
    let page = recognise(&image("columns"));
    assert_eq!((page.text.clone(), page.rotation), (text("columns"), 0));
    assert_near(word(&page, "尊敬").bounds, [560, 104, 606, 150], 10);
    assert_near(word(&page, "维修").bounds, [380, 104 + 54 * 10, 426, 150 + 54 * 10], 10);
}

#[test]
fn the_cells_of_a_form_are_kept_apart_in_rows() {
    assert_eq!(recognise(&image("form")).text, text("form"));
}

#[test]
fn a_page_of_noise_is_blank() {
    let mut seed = 1_u32;
    let mut random = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    };
    let noisy = RgbImage::from_fn(827, 1169, |_, _| match (random(), random()) {
        (0, 0..16) => Rgb([20, 20, 20]),
        (_, shade) => Rgb([235 + shade / 16, 232 + shade / 16, 220 + shade / 16]),
    });
    let page = recognise(&noisy);
    assert!(page.blank && page.words.is_empty() && page.text.is_empty());
    assert_eq!(page.outcome, Outcome::Blank);
}

#[test]
fn a_scrawl_or_a_picture_is_illegible_not_blank() {
    let mut scrawl = RgbImage::from_pixel(827, 1169, Rgb([255; 3]));
    for step in 0..60_000 {
        // Loops to and fro, as a pen crosses something out.
        let turn = step as f32 / 60_000.0;
        let x = 200.0 + 400.0 * turn + 60.0 * (turn * 170.0).sin();
        let y = 500.0 + 200.0 * (turn * 3.0).sin() + 90.0 * (turn * 170.0).cos();
        let pen = (x as u32..x as u32 + 3).flat_map(|x| (y as u32..y as u32 + 3).map(move |y| (x, y)));
        pen.for_each(|(x, y)| scrawl.put_pixel(x, y, Rgb([30, 30, 90])));
    }
    let mut picture = RgbImage::from_pixel(827, 1169, Rgb([255; 3]));
    for (x, y) in (200..600).flat_map(|x| (300..700).map(move |y| (x, y))) {
        let shade = (90.0 + 60.0 * (x as f32 / 57.0).sin() + 60.0 * (y as f32 / 83.0).cos()) as u8;
        picture.put_pixel(x, y, Rgb([shade, shade, shade / 2]));
    }
    for page in [recognise(&scrawl), recognise(&picture)] {
        assert_eq!((page.outcome, page.blank, page.text.as_str()), (Outcome::Illegible, false, ""));
    }
}

#[test]
fn marks_that_are_no_text_make_a_blank_page() {
    let mut page = RgbImage::from_pixel(827, 1169, Rgb([255; 3]));
    for x in 150..700 {
        for y in 500..503 {
            page.put_pixel(x, y, Rgb([0; 3]));
        }
    }
    assert!(recognise(&page).blank, "a ruled line is nothing to read");
}

#[test]
fn the_same_page_gives_the_same_result() {
    let image = image("form");
    assert_eq!(recognise(&image), recognise(&image));
}

#[test]
fn senseless_sizes_are_refused() {
    let mut recogniser = RECOGNISER.lock().unwrap_or_else(PoisonError::into_inner);
    let huge = RgbImage::new(20_000, (MAX_PIXELS / 20_000) as u32 + 1);
    for image in [RgbImage::new(0, 10), huge] {
        assert!(matches!(recogniser.recognise(&image, 200.0), Err(OcrError::Size { .. })));
    }
}

#[test]
fn tiny_images_do_no_harm() {
    for (width, height) in [(1, 1), (1, 500), (500, 1), (7, 3)] {
        assert_eq!(recognise(&RgbImage::from_pixel(width, height, Rgb([0; 3]))).text, "");
    }
}
