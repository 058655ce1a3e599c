//! Amounts of money and areas: a number, or several, each with its unit.

use std::sync::LazyLock;

use dossier_model::fold_text;
use regex::Regex;

use super::numeral::{self, Decimal};
use super::{Value, clean};

/// 1 of an area's unit in the unit that is kept: 10 分 are 1 亩.
struct Unit {
    names: &'static [&'static str],
    kept: &'static str,
    parts: u64,
}

const AREAS: [Unit; 7] = [
    Unit { names: &["平方公里"], kept: "平方公里", parts: 1 },
    Unit { names: &["平方米", "平米", "m2", "平方"], kept: "平方米", parts: 1 },
    Unit { names: &["公顷"], kept: "公顷", parts: 1 },
    Unit { names: &["亩"], kept: "亩", parts: 1 },
    Unit { names: &["分"], kept: "亩", parts: 10 },
    Unit { names: &["厘"], kept: "亩", parts: 100 },
    // Its size differs by region: it is kept.
    Unit { names: &["垧"], kept: "垧", parts: 1 },
];

const MONEY: [Unit; 4] = [
    Unit { names: &["元", "圆", "块"], kept: "", parts: 1 },
    Unit { names: &["角", "毛"], kept: "", parts: 10 },
    Unit { names: &["分"], kept: "", parts: 100 },
    Unit { names: &["厘"], kept: "", parts: 1000 },
];

/// An amount in yuan. Where it is said twice, in capital numerals and in figures, both must agree.
pub(super) fn amount(source: &str) -> Value {
    let said = said(source, &MONEY);
    let differ = said.windows(2).any(|pair| pair[0].0 != pair[1].0);
    match said.first() {
        Some((text, _)) if differ => {
            Value::whole(source, text.clone()).doubtful(0.5, "amount_said_twice_differently")
        }
        Some((text, _)) => Value::whole(source, text.clone()),
        None => match numeral::parse(&fold_text(source)) {
            Some(number) => Value::whole(source, number.to_string()),
            None => Value::whole(source, clean(source)).doubtful(0.3, "not_an_amount"),
        },
    }
}

/// An area in 亩, square metres or hectares, whichever it is said in.
pub(super) fn area(source: &str) -> Value {
    match said(source, &AREAS).first() {
        Some((number, unit)) => Value::whole(source, format!("{number}{unit}")),
        None => Value::whole(source, clean(source)).doubtful(0.3, "not_an_area"),
    }
}

/// Each measure that a text says: the number with the unit that it is kept in. Smaller units that
/// follow, as in 三亩二分, are added.
fn said(source: &str, units: &[Unit]) -> Vec<(String, &'static str)> {
    static STEP: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(concat!(
            "(?P<number>[0-9][0-9.,]*[十百千万亿]{0,2}(?:[0-9]千)?|[零〇一二三四五六七八九十百千万亿两壹贰弍叁叄参肆伍陆柒捌玖拾佰仟]+)",
            "(?P<unit>平方公里|平方米|平米|平方|m2|公顷|亩|元|圆|块|角|毛|分|厘|垧)",
        ))
        .ok()
    });
    let folded = fold_text(source);
    let mut found: Vec<(Decimal, &'static str, u64)> = Vec::new();
    let mut end = usize::MAX;
    for step in STEP.as_ref().into_iter().flat_map(|step| step.captures_iter(&folded)) {
        let unit = units.iter().find(|unit| unit.names.contains(&&step["unit"]));
        let (Some(unit), Some(number)) = (unit, numeral::parse(&step["number"])) else { continue };
        let number = number.per(unit.parts);
        let at = step.get(0).map_or(0..0, |all| all.range());
        match found.last_mut() {
            Some((sum, kept, parts)) if at.start == end && *kept == unit.kept && *parts < unit.parts => {
                if let Some(more) = sum.plus(number) {
                    (*sum, *parts) = (more, unit.parts);
                }
            }
            _ => found.push((number, unit.kept, unit.parts)),
        }
        end = at.end;
    }
    found.into_iter().map(|(number, unit, _)| (number.to_string(), unit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_in_yuan() {
        for (text, expected) in [
            ("叁万伍仟元整", "35000"),
            ("叁万伍仟元整（35000元）", "35000"),
            ("人民币3.5万元", "35000"),
            ("三十块五毛", "30.5"),
            ("￥1,200.00元", "1200"),
            ("壹佰贰拾元伍角整", "120.5"),
            ("3万5千元", "35000"),
        ] {
            let value = amount(text);
            assert_eq!((value.text.as_str(), value.warnings.len()), (expected, 0), "{text}");
        }
        assert_eq!(amount("叁万元整（35000元）").warnings, ["amount_said_twice_differently"]);
        assert_eq!(amount("很多钱").warnings, ["not_an_amount"]);
    }

    #[test]
    fn areas_keep_their_unit() {
        for (text, expected) in [
            ("三亩二分", "3.2亩"),
            ("12.5亩", "12.5亩"),
            ("八十㎡", "80平方米"),
            ("二公顷", "2公顷"),
            ("四垧", "4垧"),
        ] {
            assert_eq!(area(text).text, expected, "{text}");
        }
    }
}
