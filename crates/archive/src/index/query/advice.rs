//! What may help whoever found nothing.

use dossier_model::{Lang, fold_text};

use super::words::{Word, words};
use super::{FacetName, Query};
use crate::FieldLabel;

impl Query {
    /// What to try otherwise where what was typed finds nothing.
    pub fn advice(typed: &str, labels: &[FieldLabel], facets: &[FacetName], lang: Lang) -> String {
        let words = words(typed).unwrap_or_default();
        let plain: Vec<&Word> = words.iter().filter(|word| !word.quoted && word.operator.is_none()).collect();
        let named: Vec<(&str, String)> = plain
            .iter()
            .filter_map(|word| word.text.split_once([':', '：']))
            .filter(|(_, value)| !value.is_empty() && !value.starts_with("//"))
            .map(|(name, _)| (name, fold_text(name)))
            .collect();
        let is_facet = |name: &str| facets.iter().any(|facet| facet.is_called(name));
        let is_known = |name: &str| {
            is_facet(name)
                || labels.iter().any(|label| label.is_called(name))
                || matches!(name, "date" | "日期" | "py" | "拼音")
        };
        if let Some((name, _)) = named.iter().find(|(_, name)| !is_known(name)) {
            return match lang {
                Lang::En => format!("no field is called `{name}`, so it was looked for as text"),
                Lang::Zh => format!("没有名为“{name}”的字段，已按原文查找"),
            };
        }
        let (en, zh) = if named.iter().any(|(_, name)| is_facet(name)) {
            (
                "a counted value is named in full, as `--facets` shows them: content:城乡建设",
                "分类、年份等须写全，可用 --facets 查看有哪些：类别:城乡建设",
            )
        } else if plain.iter().any(|word| word.text.contains(['，', '、', '；', '。', ',', ';'])) {
            (
                "punctuation is looked for as it stands: put blanks between words that need not stand together",
                "标点按原样查找：各词不必相连时，请用空格隔开",
            )
        } else if plain.iter().any(|word| matches!(word.text.as_str(), "and" | "or" | "not")) {
            ("`OR` and `NOT` are written in capitals", "OR、NOT 须大写")
        } else {
            (
                "try fewer characters, or ~ after a word for one wrong character: 石挢镇~",
                "可减少字数，或在词后加 ~ 容一字之差：石挢镇~",
            )
        };
        lang.pick(en, zh).to_owned()
    }
}
