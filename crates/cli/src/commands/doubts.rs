//! What is doubtful about a value, in words.

use dossier_archive::FieldLabel;

use crate::output::Context;

/// Doubts that name nothing further: mark, English, Chinese.
const PLAIN: [(&str, &str, &str); 26] = [
    ("about_so_many", "about so many, or more", "约数"),
    ("age_cannot_be", "no age that anybody has", "年龄不可能"),
    ("amount_said_twice_differently", "capital numerals and figures differ", "大小写金额不一致"),
    ("birth_date_is_no_date", "its birth date is no date", "出生日期不成立"),
    ("century_from_collection", "century told by the collection's years", "世纪据馆藏年代推定"),
    ("century_from_other_dates", "century told by other dates", "世纪据信中其他日期推定"),
    ("century_not_stated", "century not stated", "未写明世纪"),
    ("characters_damaged", "some characters could not be read", "有字符损坏，无法读取"),
    ("check_digit_differs", "the check digit does not agree", "校验位不符"),
    ("column_guessed", "the column's meaning is guessed", "列义为推测"),
    ("cycle_year", "only named in the sixty-year cycle", "只有干支纪年"),
    ("digits_lost_in_spreadsheet", "digits were lost in the spreadsheet", "表格丢失了末几位数字"),
    ("ditto", "as in the row above", "同上行"),
    ("from_serial_number", "told from a serial number", "由序列数换算"),
    ("lunar_calendar", "told from the old calendar", "由农历换算"),
    ("not_a_date", "no date", "不是日期"),
    ("not_a_phone_number", "no telephone number", "不是电话号码"),
    ("not_an_amount", "no amount", "不是金额"),
    ("not_an_area", "no area", "不是面积"),
    ("not_an_id_number", "no identity number", "不是身份证号"),
    ("not_a_count", "no number", "不是数目"),
    ("october_may_have_lost_its_zero", "October may have lost its zero", "可能是十月丢了零"),
    (
        "old_currency",
        "perhaps in the currency before March 1955, 10,000 to 1",
        "可能是1955年3月以前的旧币，万元合一元",
    ),
    ("place_of_other_years", "the list of those years has no such place", "当年区划中无此地名"),
    ("several_places", "several places of this name", "同名地不止一处"),
    ("told_from_the_letter_date", "told from the letter's date", "据来信日期推算"),
];

/// Doubts that name another field or a place: mark, English, Chinese, with `{}` for it.
const NAMING: [(&str, &str, &str); 5] = [
    ("before", "before the {}", "早于{}"),
    ("differs_from", "does not agree with the {}", "与{}不符"),
    ("fewer_than_named", "{} are named", "署名已有{}人"),
    ("inferred", "inferred: {}", "推定：{}"),
    ("outside", "outside {}", "不在{}境内"),
];

/// A mark in words; one that nobody has put into words stays what it is.
pub fn doubt(mark: &str, labels: &[FieldLabel], context: Context) -> String {
    if let Some((_, en, zh)) = PLAIN.iter().find(|(known, ..)| *known == mark) {
        return context.pick(en, zh).to_owned();
    }
    let naming = mark.split_once(':').and_then(|(known, what)| {
        let (_, en, zh) = NAMING.iter().find(|(naming, ..)| *naming == known)?;
        let label = labels.iter().find(|label| label.name == what);
        let what = label.map_or(what, |label| context.lang.pick(&label.en, &label.zh));
        Some(context.pick(en, zh).replace("{}", what))
    });
    naming.unwrap_or_else(|| mark.to_owned())
}

/// All marks of a value in words.
pub fn doubts(marks: &[String], labels: &[FieldLabel], context: Context) -> String {
    let words: Vec<String> = marks.iter().map(|mark| doubt(mark, labels, context)).collect();
    words.join(context.pick("; ", "；"))
}
