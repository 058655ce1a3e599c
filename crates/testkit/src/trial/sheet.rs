//! Setting the text of a trial on its sheet.

use std::collections::BTreeMap;

use super::Kind;
use super::writer::Writer;
use crate::Result;
use crate::canvas::Ink;
use crate::fonts::Fonts;
use crate::layout::{self, Mark, PAGE, PageLayout, columns};
use crate::letter::{FaceName, Letter, Paper, Seal, Stamp, StampColour, Style, Table};
use crate::rng::Rng;

/// Sizes of print, in points.
const SIZES: [f32; 4] = [16.0, 14.0, 12.0, 10.5];
/// Characters on a full page, by the size of its print; what does not fit is cut off.
const AREA: f32 = 190_000.0;

/// A sheet and what is to be read on it.
pub(super) struct Sheet {
    pub page: PageLayout,
    pub text: String,
}

/// Sets the page of a kind.
pub(super) fn set_page(letter: &Letter, last: bool, fonts: &Fonts) -> Result<Sheet> {
    let mut pages = layout::set(letter, fonts)?;
    let page = if last { pages.pop() } else { (!pages.is_empty()).then(|| pages.swap_remove(0)) };
    let page = page.unwrap_or_default();
    let text = page.text();
    Ok(Sheet { page, text })
}

/// The sheet of the page with this number.
pub(super) fn set(kind: Kind, number: usize, fonts: &Fonts, rng: &mut Rng) -> Result<Sheet> {
    let print = [FaceName::Ming, FaceName::Kai, FaceName::Hei][number % 3];
    let size = SIZES[number % SIZES.len()];
    let face = if kind == Kind::Hand { FaceName::HANDS[number % 4] } else { print };
    let mut writer = Writer::new(face, fonts, rng)?;
    match kind {
        Kind::Form => set_page(&form(&mut writer), false, fonts),
        Kind::Table => set_page(&table(&mut writer), true, fonts),
        Kind::Downwards => {
            let paragraphs: Vec<String> = (0..8).map(|_| writer.plain(60)).collect();
            let (page, text) = columns::downwards(&paragraphs, face, size.max(13.0), fonts);
            Ok(Sheet { page, text })
        }
        Kind::Columns => {
            let paragraphs: Vec<String> = (0..12).map(|_| writer.paragraph(90)).collect();
            let (page, text) = columns::two(&paragraphs, face, size.min(12.0), fonts);
            Ok(Sheet { page, text })
        }
        Kind::Hand => set_page(&by_hand(&mut writer, face, number), false, fonts),
        Kind::Ruled => ruled(&mut writer, face, size, number, fonts),
        Kind::Seals => sealed(&mut writer, face, size, number, fonts),
        _ => set_page(&typed(&mut writer, face, size), false, fonts),
    }
}

fn typed(writer: &mut Writer<'_>, font: FaceName, size: f32) -> Letter {
    let length = (AREA / (size * size * 1.9)) as usize;
    let (name, person) = writer.person();
    Letter {
        style: Style::Typed,
        font,
        paper: Paper::Plain,
        size: Some(size),
        leading: Some(size * 1.85),
        aged: false,
        blank_reverse: false,
        blank_reverse_last: false,
        page_numbers: true,
        thumb: false,
        stamp: None,
        seal: None,
        red_head: None,
        number: None,
        title: Some(format!("关于{}拖欠补偿款的反映", writer.village())),
        salutation: "尊敬的县委领导：".to_owned(),
        body: (0..(length / 150).max(1)).map(|_| writer.paragraph(130)).collect(),
        close: vec!["此致".to_owned(), "敬礼！".to_owned()],
        sign: vec![format!("反映人：{name}"), format!("电话：{}", person.phone)],
        date: writer.date(),
        after: Vec::new(),
        table: None,
        form: Vec::new(),
        categories: Vec::new(),
        fields: BTreeMap::new(),
    }
}

fn by_hand(writer: &mut Writer<'_>, font: FaceName, number: usize) -> Letter {
    let paper = [Paper::Plain, Paper::RedLines, Paper::GreenLines][number % 3];
    let body = (0..3).map(|_| writer.paragraph(90)).collect();
    let base = typed(writer, font, 16.0);
    Letter { style: Style::Handwritten, paper, size: None, leading: None, page_numbers: false, body, ..base }
}

/// Half of the pages are on letter paper, half have rules that run through the text.
fn ruled(writer: &mut Writer<'_>, face: FaceName, size: f32, number: usize, fonts: &Fonts) -> Result<Sheet> {
    if number.is_multiple_of(2) {
        return set_page(
            &Letter { paper: Paper::RedLines, ..by_hand(writer, FaceName::Kai, 1) },
            false,
            fonts,
        );
    }
    let mut sheet = set_page(&typed(writer, face, size), false, fonts)?;
    let ink = [Ink::GREEN, Ink::RED.thin(0.7), Ink::BLACK.thin(0.6)][number / 2 % 3];
    let gap = writer.rng.range(19.0, 27.0);
    let mut y = 70.0;
    while y < PAGE.1 - 60.0 {
        sheet.page.marks.push(Mark::Bar { area: [54.0, y, PAGE.0 - 54.0, y + 0.8], ink });
        y += gap;
    }
    Ok(sheet)
}

/// A seal over the date, one over the text, and a receiving stamp.
fn sealed(writer: &mut Writer<'_>, face: FaceName, size: f32, number: usize, fonts: &Fonts) -> Result<Sheet> {
    let text = "云岭省望川县信访局".to_owned();
    let colour = if number.is_multiple_of(2) { StampColour::Red } else { StampColour::Blue };
    let lines = vec!["望川县信访局".to_owned(), format!("收文日期：{}", writer.date())];
    let letter = typed(writer, face, size);
    let shorter = letter.body.len().saturating_sub(2).max(1);
    let body = letter.body[..shorter].to_vec();
    let letter = Letter {
        body,
        seal: Some(Seal { text: text.clone() }),
        stamp: Some(Stamp { colour, lines }),
        ..letter
    };
    let mut sheet = set_page(&letter, false, fonts)?;
    let at = (writer.rng.range(140.0, 450.0), writer.rng.range(200.0, 420.0));
    sheet.page.marks.push(Mark::Seal { at, text });
    Ok(sheet)
}

fn form(writer: &mut Writer<'_>) -> Letter {
    let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let (name, person) = writer.person();
    let form = vec![
        row(&["姓名", &name, "性别", if person.seq % 2 == 1 { "男" } else { "女" }]),
        row(&["身份证号", &person.id_no(), "联系电话", &person.phone]),
        row(&["住址", &writer.village(), "来访人数", &format!("{}人", 1 + writer.rng.below(9))]),
        row(&["登记日期", &writer.date(), "涉及金额", &writer.amount()]),
        row(&["反映事项", &writer.paragraph(110)]),
        row(&["信访请求", &writer.paragraph(60)]),
        row(&["办理意见", &writer.paragraph(50)]),
    ];
    let base = typed(writer, FaceName::Ming, 12.5);
    let title = Some("来访登记表".to_owned());
    Letter { style: Style::Form, size: None, leading: None, page_numbers: false, title, form, ..base }
}

fn table(writer: &mut Writer<'_>) -> Letter {
    let rows = (1..=13)
        .map(|at| {
            let (name, person) = writer.person();
            vec![at.to_string(), name, person.id_no(), person.phone, writer.amount()]
        })
        .collect();
    let head = ["序号", "姓名", "身份证号", "电话", "欠款"].map(str::to_owned).to_vec();
    let title = "被拖欠工资人员名单".to_owned();
    let table = Table { title, head, widths: vec![1.0, 1.6, 4.2, 2.6, 2.2], rows };
    Letter { table: Some(table), page_numbers: false, ..typed(writer, FaceName::Ming, 16.0) }
}
