//! People named in a cell: several are told apart, a count after them is not a name.

use super::{Value, clean, pieces};

pub(super) fn values(source: &str) -> Vec<Value> {
    let separates = |c: char| matches!(c, '、' | ',' | '，' | ';' | '；' | '/' | '\n');
    let people = pieces(source, separates);
    people
        .into_iter()
        .map(|(piece, span)| {
            let name = without_count(&clean(&piece));
            Value { span, ..Value::whole(&piece, name) }
        })
        .filter(|value| !value.text.is_empty())
        .collect()
}

/// `张三等12人` names one person.
fn without_count(name: &str) -> String {
    let Some(at) = name.find('等') else { return spaced_out(name) };
    let rest = &name[at + '等'.len_utf8()..];
    let counts = rest.is_empty()
        || rest.ends_with(['人', '户', '名'])
            && rest.chars().all(|c| c.is_numeric() || "一二三四五六七八九十百多余几数人户名".contains(c));
    if counts { spaced_out(&name[..at]) } else { name.to_owned() }
}

/// `张 三` is set wide to fill its column: two single Han characters are one name.
fn spaced_out(name: &str) -> String {
    let words: Vec<&str> = name.split(' ').filter(|word| !word.is_empty()).collect();
    let single_han = |word: &&str| word.chars().count() == 1 && word.chars().all(dossier_model::is_han);
    if words.len() <= 4 && words.iter().all(single_han) { words.concat() } else { name.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_apart() {
        let names = |text| values(text).into_iter().map(|value| value.text).collect::<Vec<_>>();
        assert_eq!(names("甲乙丙、丁 戊等12人"), ["甲乙丙", "丁戊"]);
        assert_eq!(names("等等服饰店"), ["等等服饰店"]);
        assert_eq!(names("A00077171"), ["A00077171"]);
        assert_eq!(values("甲乙、丙丁")[1].span, (3, 5));
    }
}
