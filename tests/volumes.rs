//! One file, many letters: divided by bookmarks, separator sheets and a volume's contents list, and
//! paired by the codes that are stuck on letters.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::path::PathBuf;

use dossier_testkit::canvas::Ink;
use dossier_testkit::fonts::Fonts;
use dossier_testkit::layout::{Mark, PageLayout, TextMark};
use dossier_testkit::letter::{Codec, FaceName, InkMode};
use dossier_testkit::pdf::{scan, text};
use dossier_testkit::raster;
use dossier_testkit::rng::Rng;
use image::{Rgb, RgbImage};
use lopdf::{Document, Object, dictionary};
use rxing::{BarcodeFormat, MultiFormatWriter, Writer};
use serde_json::Value;
use support::Place;

const BRIDGE: &[&str] =
    &["云岭县信访局：", "我村村口的桥断了，请求早日修复。", "此致", "敬礼", "钱守义", "2018年3月4日"];
const LAND: &[&str] = &["尊敬的县领导：", "我家的承包地被占，至今没有得到补偿。"];
const LAND_GOES_ON: &[&str] = &["以上情况全部属实。", "此致", "敬礼", "孙有福", "2018年5月6日"];

fn page(lines: &[&str]) -> PageLayout {
    let line = |(at, text): (usize, &&str)| {
        Mark::Text(TextMark {
            x: 80.0,
            y: 90.0 + 30.0 * at as f32,
            size: 16.0,
            face: FaceName::Ming,
            ink: Ink::BLACK,
            hand: false,
            bold: false,
            text: (*text).to_owned(),
        })
    };
    PageLayout { marks: lines.iter().enumerate().map(line).collect(), ..PageLayout::default() }
}

fn born_digital(pages: &[PageLayout]) -> Vec<u8> {
    text::write(pages, &Fonts::load().unwrap(), text::ToUnicode::Right).unwrap()
}

/// The pages as images of 200 dpi, some with a code on them.
fn scanned(pages: &[(PageLayout, Option<(&str, BarcodeFormat)>)]) -> Vec<u8> {
    let fonts = Fonts::load().unwrap();
    let mut rng = Rng::new(7);
    let mut images = Vec::new();
    for (page, code) in pages {
        let mut image = raster::draw(page, 200.0, &fonts, &mut rng).unwrap().image;
        if let Some((says, format)) = code {
            put_code(&mut image, says, *format);
        }
        images.push(image);
    }
    let storage = scan::Storage { ink: InkMode::Grey, codec: Codec::Jpeg, quality: 80 };
    scan::write(&images, storage).unwrap()
}

fn put_code(image: &mut RgbImage, says: &str, format: BarcodeFormat) {
    let (size, scale) = if format == BarcodeFormat::QR_CODE { ((33, 33), 6) } else { ((260, 80), 3) };
    let code = MultiFormatWriter.encode(says, &format, size.0, size.1).unwrap();
    for (x, y) in (0..code.getHeight()).flat_map(|y| (0..code.getWidth()).map(move |x| (x, y))) {
        for (dx, dy) in (0..scale).flat_map(|dy| (0..scale).map(move |dx| (dx, dy))) {
            let ink = if code.get(x, y) { Rgb([15, 15, 20]) } else { Rgb([250, 250, 248]) };
            image.put_pixel(700 + x * scale + dx, 1900 + y * scale + dy, ink);
        }
    }
}

/// The document with a bookmark that leads to each of these pages.
fn bookmarked(pdf: &[u8], bookmarks: &[(&str, u32)]) -> Vec<u8> {
    let mut document = Document::load_mem(pdf).unwrap();
    let pages = document.get_pages();
    let outline = document.new_object_id();
    let ids: Vec<_> = bookmarks.iter().map(|_| document.new_object_id()).collect();
    for (at, (title, page)) in bookmarks.iter().enumerate() {
        let utf16 = std::iter::once(0xfeff).chain(title.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        let mut entry = dictionary! {
            "Title" => Object::String(utf16, lopdf::StringFormat::Hexadecimal),
            "Parent" => outline,
            "Dest" => vec![pages[page].into(), "Fit".into()],
        };
        if let Some(next) = ids.get(at + 1) {
            entry.set("Next", *next);
        }
        document.objects.insert(ids[at], entry.into());
    }
    document.objects.insert(outline, dictionary! { "First" => ids[0], "Last" => ids[ids.len() - 1] }.into());
    document.catalog_mut().unwrap().set("Outlines", outline);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

/// The pages of each letter of a file, from its first to its last.
fn letters(place: &Place) -> Vec<(u64, u64)> {
    let items = place.ask(["export", "--mask", "none"]).exits(0).lines();
    let mut letters: Vec<(u64, u64)> = items
        .iter()
        .flat_map(|item| item["sources"].as_array().unwrap())
        .filter_map(|source| Some((source["page"].as_u64()?, source["pages"].as_u64().unwrap_or(1))))
        .map(|(first, pages)| (first, first + pages - 1))
        .collect();
    letters.sort_unstable();
    letters
}

fn write(place: &Place, bytes: Vec<u8>) -> PathBuf {
    place.write("in/卷一.pdf", bytes)
}

#[test]
fn a_file_is_divided_as_whoever_takes_it_in_says() {
    let pages = [page(BRIDGE), page(LAND), page(LAND_GOES_ON), page(BRIDGE)];
    for (split, expected) in [
        ("auto", vec![(1, 1), (2, 3), (4, 4)]),
        ("never", vec![(1, 4)]),
        ("every:2", vec![(1, 2), (3, 4)]),
        ("separator", vec![(1, 4)]),
    ] {
        let place = Place::new();
        let file = write(&place, born_digital(&pages));
        place.ingest([&file]).arg("--split").arg(split).exits(0);
        assert_eq!(letters(&place), expected, "{split}");
        // What was said holds in later runs, and when all is made anew.
        place.ingest([&file]).exits(0);
        assert_eq!(letters(&place), expected, "{split}, the next night");
    }
    let place = Place::new();
    let file = write(&place, born_digital(&pages));
    let refused = place.ingest([&file]).arg("--split").arg("every:0").exits(2);
    assert!(refused.stderr.contains("every:PAGES"), "{}", refused.stderr);
}

#[test]
fn a_bookmark_with_a_second_sign_divides_and_one_alone_is_shown_to_a_person() {
    let place = Place::new();
    let pages = [
        page(LAND),
        page(&["二、经过", "去年三月，队里来人量地。"]),
        page(LAND_GOES_ON),
        page(&["情况说明"]),
    ];
    let pdf = bookmarked(&born_digital(&pages), &[("孙有福来信", 1), ("经过", 2), ("说明", 4)]);
    place.ingest([write(&place, pdf)]).exits(0);
    assert_eq!(letters(&place), [(1, 3), (4, 4)]);
    let review = place.ask(["status", "--review", "--json"]).exits(0).json();
    assert_eq!((review[0]["kind"].as_str(), review[0]["detail"].as_str()), (Some("may_begin"), Some("2")));

    let first = support::id_of(&place, "承包地被占");
    place.ask(["correct", &first, "--begins", "2"]).exits(0);
    assert_eq!(letters(&place), [(1, 1), (2, 3), (4, 4)]);
    assert_eq!(place.ask(["status", "--review", "--json"]).exits(0).json(), serde_json::json!([]));
}

#[test]
fn a_volume_is_divided_by_its_list_and_a_lost_page_is_named() {
    let list = page(&[
        "卷内文件目录",
        "1 孙有福 关于占地补偿的来信 20180506 1",
        "2 县交通局 关于桥梁的情况说明 20180601 3",
        "3 钱守义 关于村桥的来信 20180304 4",
    ]);
    let report = page(&["桥梁情况", "该桥建于一九七六年。"]);
    let note = page(&["卷内备考表", "本卷共有4页。", "立卷人 周文启"]);
    let place = Place::new();
    let whole = [list.clone(), page(LAND), page(LAND_GOES_ON), report.clone(), page(BRIDGE), note.clone()];
    place.ingest([write(&place, born_digital(&whole))]).exits(0);
    assert_eq!(letters(&place), [(1, 1), (2, 3), (4, 4), (5, 5), (6, 6)]);
    assert_eq!(place.ask(["status", "--review", "--json"]).exits(0).json(), serde_json::json!([]));

    let place = Place::new();
    let lost = [list, page(LAND), page(LAND_GOES_ON), page(BRIDGE), note];
    let report = place.ingest([write(&place, born_digital(&lost))]).exits(0).json();
    let said = report["notes"].as_array().unwrap().iter().find(|note| note["kind"] == "pages_differ");
    assert_eq!(said.expect("the loss is in the report")["detail"], "4 ≠ 3");
    let review = place.ask(["status", "--review"]).exits(0).stdout;
    assert!(review.contains("卷一.pdf") && review.contains("4 ≠ 3"), "{review}");
}

#[test]
fn separator_sheets_divide_and_codes_on_letters_pair_them_with_their_rows() {
    let number = "990121201803040007";
    let place = Place::new();
    let separator = || (page(&[]), Some(("PATCHT", BarcodeFormat::CODE_128)));
    let file = scanned(&[
        separator(),
        (page(LAND), None),
        (page(BRIDGE), Some((number, BarcodeFormat::QR_CODE))),
        separator(),
        (page(BRIDGE), Some(("990121201803040008", BarcodeFormat::CODE_128))),
    ]);
    let register =
        format!("信访编号,信访人,概况\n{number},孙有福,承包地被占\n990121201803040008,钱守义,村桥断了\n");
    let sources = [write(&place, file), place.write("in/登记.csv", register)];
    place.ingest(&sources).exits(0);
    assert_eq!(letters(&place), [(2, 3), (5, 5)]);
    let items = place.ask(["export", "--mask", "none"]).exits(0).lines();
    assert_eq!(items.len(), 2, "each letter is one with its row");
    let paired = |item: &Value| item["sources"].as_array().unwrap().len() == 2;
    assert!(items.iter().all(paired), "{items:?}");
    let orphans = place.ask(["status", "--orphans", "--json"]).exits(0).json();
    assert_eq!(orphans["letters_without_row"], serde_json::json!([]));
}

#[test]
fn what_was_handed_over_is_compared_with_what_came() {
    let place = Place::new();
    let first = place.write("in/Z1-WS·2018-Y-0001.txt", "云岭县信访局：\n村口的桥断了。\n钱守义");
    place.write("in/Z1-WS·2018-Y-0002.pdf", born_digital(&[page(LAND), page(LAND_GOES_ON)]));
    place.write("in/Z1-WS·2018-Y-0009.txt", "尊敬的领导：\n路灯不亮。\n孙有福");
    place.write("in/归来/0001.txt", "尊敬的领导：\n水井干了。\n周文启");
    place.ingest([place.path("in")]).exits(0);

    let md5 = "d41d8cd98f00b204e9800998ecf8427e"; // of nothing
    let sha256 = dossier_model::Sha256::of(&std::fs::read(&first).unwrap());
    let list = format!(
        "移交清册,,,\n序号,档号,题名,页数,校验值\n1,Z1-WS·2018-Y-0001,村桥来信,1,{sha256}\n\
         2,Z1-WS·2018-Y-0002,占地来信,3,{md5}\n3,Z1-WS·2018-Y-0003,灌溉来信,1,\n合计,,,5,\n"
    );
    let list = place.write("清册.csv", list);
    let compare = |list: &std::path::Path| place.ask(["status", "--gaps", "--declared"]).arg(list);
    let found = compare(&list).arg("--json").exits(3).json();
    let expected = serde_json::json!({
        "listed": 3,
        "missing": ["Z1-WS·2018-Y-0003"],
        "differing": [
            { "file": "Z1-WS·2018-Y-0002", "differs_in": "content" },
            { "file": "Z1-WS·2018-Y-0002", "differs_in": "pages", "declared": 3, "found": 2 },
        ],
        "unchecked": [],
        "unlisted": [found["unlisted"][0]],
    });
    assert_eq!(found, expected);
    assert!(found["unlisted"][0].as_str().unwrap().ends_with("0009.txt"), "and no file of other folders");
    assert!(compare(&list).exits(3).stdout.starts_with("3 listed = 2 there + 1 missing\n"));

    let sums =
        place.write("in/桥.sha256", format!("{sha256} *Z1-WS·2018-Y-0001.txt\n{sha256}  归来/0001.txt\n"));
    let found = compare(&sums).arg("--json").exits(3).json();
    assert_eq!(found["differing"], serde_json::json!([{ "file": "归来/0001.txt", "differs_in": "content" }]));
    let letter = compare(&first).exits(1).stderr;
    assert!(letter.contains("0001.txt") && letter.contains("names a file"), "{letter}");
}

#[test]
fn a_letter_and_a_row_of_one_name_and_day_are_proposed_to_a_person() {
    let place = Place::new();
    let letter = place
        .write("in/来信.txt", "云岭县信访局：\n我叫钱守义，村口的桥断了。\n此致\n敬礼\n钱守义\n2018年3月4日");
    let register = "信访人,来信日期,概况\n钱守义,2018-03-04,村桥断了\n钱守义,2019-07-01,路灯不亮\n孙有福,2018-03-04,水井干了\n";
    place.ingest([letter, place.write("in/登记.csv", register)]).exits(0);
    let orphans = place.ask(["status", "--orphans", "--json"]).exits(0).json();
    let proposed = orphans["proposed"].as_array().unwrap();
    assert_eq!(proposed.len(), 1, "{orphans}");
    assert_eq!(proposed[0]["because"], "name_and_day");
    let (letter, row) = (proposed[0]["letter"].as_str().unwrap(), proposed[0]["row"].as_str().unwrap());
    place.ask(["correct", letter, "--belongs-to", row]).exits(0);
    let orphans = place.ask(["status", "--orphans", "--json"]).exits(0).json();
    assert_eq!(
        (&orphans["proposed"], &orphans["letters_without_row"]),
        (&serde_json::json!([]), &serde_json::json!([]))
    );
}
