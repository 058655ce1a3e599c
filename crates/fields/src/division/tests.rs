//! Files divided as their pages say, on text alone.

use std::collections::BTreeMap;

use dossier_model::{LayerJudgement, PageContent, PageMarks, PageState};
use dossier_pipeline::{Pipeline, Split};

use super::{Divided, Divider, Mismatch};

/// A letter's only page, its first and its last.
const WHOLE: &str = "云岭县信访局:\n村口的桥断了,请求修复。\n此致\n敬礼\n钱守义\n2018年3月4日";
const FIRST: &str = "尊敬的县领导:\n我家的地被占了,至今没有补偿。";
const LAST: &str = "以上所说都是事实,请求解决。\n此致\n敬礼\n孙有福\n2018年5月6日";
const BLANK: &str = "";

fn pages(texts: &[&str]) -> Vec<PageContent> {
    let page = |(number, text): (u32, &&str)| PageContent {
        number,
        width: 1000,
        height: 1400,
        dpi: 150.0,
        rotation: 0,
        state: if text.is_empty() { PageState::Blank } else { PageState::Recognised },
        layer: LayerJudgement::Absent,
        scan: None,
        marks: PageMarks::default(),
        text: (*text).to_owned(),
        words: Vec::new(),
    };
    (1..).zip(texts).map(page).collect()
}

fn divided(pages: &[PageContent], split: &str) -> Divided {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/petitions");
    let pipeline = Pipeline::load(&folder).unwrap();
    Divider::new(&pipeline.letters).unwrap().divide(pages, split.parse().unwrap(), &BTreeMap::new())
}

/// The first and the last page of each letter, from 1.
fn letters(divided: &Divided) -> Vec<(usize, usize)> {
    divided.letters.iter().map(|range| (range.start + 1, range.end)).collect()
}

#[test]
fn what_ends_and_what_begins_divide_together() {
    let found = divided(&pages(&[FIRST, LAST, BLANK, WHOLE, WHOLE]), "auto");
    assert_eq!((letters(&found), found.doubts), (vec![(1, 3), (4, 4), (5, 5)], vec![]));
}

#[test]
fn a_beginning_in_the_midst_of_a_letter_is_a_matter_for_a_person() {
    let found = divided(&pages(&[FIRST, FIRST, LAST]), "auto");
    assert_eq!((letters(&found), found.doubts), (vec![(1, 3)], vec![2]));
}

#[test]
fn every_other_page_of_a_duplex_scan_is_blank_and_says_nothing() {
    let found = divided(&pages(&[FIRST, BLANK, FIRST, BLANK, LAST, BLANK]), "auto");
    assert_eq!((letters(&found), found.doubts), (vec![(1, 6)], vec![3]));
    let found = divided(&pages(&[FIRST, FIRST, FIRST, BLANK, FIRST]), "auto");
    assert_eq!((letters(&found), found.doubts), (vec![(1, 4), (5, 5)], vec![2, 3]), "one is a sign");
}

#[test]
fn separator_sheets_divide_alone_and_belong_to_nothing() {
    let mut scanned = pages(&["分件页", FIRST, WHOLE, BLANK, BLANK, BLANK, WHOLE]);
    scanned[3].marks.codes = vec!["PATCHT".to_owned()];
    scanned[3].state = PageState::Recognised;
    for split in ["auto", "separator"] {
        let found = divided(&scanned, split);
        assert_eq!(letters(&found), [(2, 3), (7, 7)], "{split}: a sheet's reverse goes with it");
    }
    assert_eq!(letters(&divided(&scanned, "never")), [(1, 7)]);
    assert_eq!(letters(&divided(&pages(&["分件页", "分件页"]), "separator")), []);
}

#[test]
fn pages_can_be_counted_off() {
    let found = divided(&pages(&[WHOLE, WHOLE, WHOLE, WHOLE, WHOLE]), "every:2");
    assert_eq!((letters(&found), found.doubts), (vec![(1, 2), (3, 4), (5, 5)], vec![]));
}

#[test]
fn bookmarks_need_a_second_sign() {
    let mut bookmarked = pages(&[FIRST, "第二章 经过", LAST, "登记表", WHOLE]);
    for page in [0, 1, 3] {
        bookmarked[page].marks.bookmark = Some("一".to_owned());
    }
    let found = divided(&bookmarked, "auto");
    assert_eq!((letters(&found), found.doubts), (vec![(1, 3), (4, 5)], vec![2, 5]));
}

/// A contents list, pages with the numbers 1 to 5, and a note that declares `declared`.
fn volume(list: &str, declared: u32) -> Vec<PageContent> {
    let note = format!("卷内备考表\n本卷共有{declared}页,无缺损。\n立卷人 周文启\n2019年1月5日");
    pages(&[list, FIRST, "续前。", LAST, "关于桥梁维修的答复意见书\n经查属实。", WHOLE, &note])
}

const LIST: &str = "卷内文件目录\n顺序号 文号 责任者 题名 日期 页号 备注\n\
    1 孙有福 关于占地补偿的来信 20180506 1\n2 信〔2018〕3号 县交通局 关于桥梁维修的答复意见书 20180601 4\n\
    3 钱守义 关于村桥的来信 20180304 5-5";

#[test]
fn a_volume_is_divided_by_its_contents_list() {
    let found = divided(&volume(LIST, 5), "auto");
    assert_eq!(letters(&found), [(1, 1), (2, 4), (5, 5), (6, 6), (7, 7)]);
    assert_eq!((found.doubts, found.mismatch), (vec![], None));
}

#[test]
fn a_page_that_could_not_be_read_keeps_its_number() {
    let mut sheets = volume(LIST, 5);
    sheets.remove(2);
    let found = divided(&sheets, "auto");
    assert_eq!(letters(&found), [(1, 1), (2, 3), (4, 4), (5, 5), (6, 6)]);
    assert_eq!((found.doubts, found.mismatch), (vec![], None));
}

#[test]
fn blank_reverses_are_not_numbered() {
    let sheets = volume(LIST, 5);
    let mut duplex: Vec<PageContent> =
        sheets.into_iter().flat_map(|page| [page, pages(&[BLANK]).remove(0)]).collect();
    (1..).zip(&mut duplex).for_each(|(number, page)| page.number = number);
    let found = divided(&duplex, "auto");
    assert_eq!(letters(&found), [(1, 2), (3, 8), (9, 10), (11, 12), (13, 14)]);
    assert_eq!((found.doubts, found.mismatch), (vec![], None));
}

#[test]
fn a_volume_that_lost_a_page_says_so_and_stays_as_it_looks() {
    let mut lost = volume(LIST, 5);
    lost.remove(2);
    (1..).zip(&mut lost).for_each(|(number, page)| page.number = number);
    let found = divided(&lost, "auto");
    assert_eq!(found.mismatch, Some(Mismatch { declared: 5, found: 4 }));
    assert_eq!(letters(&found), [(1, 1), (2, 3), (4, 5), (6, 6)], "by what the pages look like");
    assert_eq!(found.doubts, [5], "an answer has no end that can be told");
}

#[test]
fn a_list_of_something_else_divides_nothing() {
    let other = "卷内目录\n1 3 张\n2 桥 7\n";
    let found = divided(&pages(&[other, FIRST, LAST]), "auto");
    assert_eq!(found.mismatch, None);
}

#[test]
fn what_a_person_decided_goes_before_everything() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/petitions");
    let pipeline = Pipeline::load(&folder).unwrap();
    let divider = Divider::new(&pipeline.letters).unwrap();
    let decided = BTreeMap::from([(2, false), (3, true)]);
    let found = divider.divide(&pages(&[WHOLE, WHOLE, LAST]), Split::Auto, &decided);
    assert_eq!(letters(&found), [(1, 2), (3, 3)]);
}
