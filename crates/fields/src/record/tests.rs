use dossier_model::{FieldValue, Fields, ReviewState, Sensitive};
use dossier_pipeline::Pipeline;
use std::path::Path;
use std::sync::LazyLock;

use super::RecordReader;

fn reader() -> &'static RecordReader {
    static READER: LazyLock<RecordReader> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/petitions");
        RecordReader::new(&Pipeline::load(&folder).unwrap())
    });
    &READER
}

fn value(text: &str) -> FieldValue {
    FieldValue {
        value: Sensitive::new(text.to_owned()),
        raw: Sensitive::new(text.to_owned()),
        confidence: 1.0,
        state: ReviewState::Machine,
        extractor: "test".to_owned(),
        warnings: Vec::new(),
        evidence: Vec::new(),
    }
}

fn completed(stated: &[(&str, &str)]) -> Fields {
    let mut fields = Fields::new();
    for (field, text) in stated {
        fields.entry((*field).to_owned()).or_default().push(value(text));
    }
    reader().complete(&mut fields, |_| false);
    fields
}

fn of<'f>(fields: &'f Fields, field: &str) -> Vec<(&'f str, &'f [String])> {
    let values = fields.get(field).into_iter().flatten();
    values.map(|value| (value.value.reveal(), &value.warnings[..])).collect()
}

fn warnings(fields: &Fields, field: &str) -> Vec<String> {
    fields.get(field).into_iter().flatten().flat_map(|value| value.warnings.clone()).collect()
}

#[test]
fn dates_out_of_order_are_marked() {
    let fields = completed(&[
        ("letter_date", "1986-05-02"),
        ("received_date", "1986-04"),
        ("registered_at", "1986"),
        ("finish_date", "1985-12-30"),
    ]);
    assert_eq!(warnings(&fields, "received_date"), ["before:letter_date"]);
    assert_eq!(warnings(&fields, "registered_at"), [""; 0], "a year says too little to be before");
    assert_eq!(warnings(&fields, "finish_date"), ["before:registered_at"]);
    assert_eq!(
        warnings(&completed(&[("letter_date", "XXXX-05-02"), ("received_date", "1986-04")]), "received_date"),
        [""; 0]
    );
}

#[test]
fn what_differs_from_the_identity_number_is_marked() {
    let id = "990122197105060013";
    let fields = completed(&[
        ("id_no", id),
        ("age", "40"),
        ("sex", "女"),
        ("birth_date", "1971-05-08"),
        ("letter_date", "2022-08-22"),
    ]);
    assert_eq!(warnings(&fields, "age"), ["differs_from:id_no", "differs_from:birth_date"]);
    assert_eq!(warnings(&fields, "sex"), ["differs_from:id_no"]);
    assert_eq!(warnings(&fields, "birth_date"), ["differs_from:id_no"]);
    let fields = completed(&[("id_no", id), ("age", "53"), ("sex", "男"), ("letter_date", "2022-08-22")]);
    assert_eq!((warnings(&fields, "age"), warnings(&fields, "sex")), (vec![], vec![]), "虚岁 is no fault");
    let fields = completed(&[("id_no", id), ("letter_date", "1965-01-01")]);
    assert_eq!(warnings(&fields, "id_no"), ["age_cannot_be"]);
}

#[test]
fn fewer_than_have_signed_is_marked() {
    let fields = completed(&[
        ("persons_count", "2"),
        ("petitioner_name", "罗大有"),
        ("petitioner_name", "汪桂枝"),
        ("petitioner_name", "谭有根"),
    ]);
    assert_eq!(warnings(&fields, "persons_count"), ["fewer_than_named:3"]);
}

#[test]
fn a_place_has_the_code_of_its_time() {
    for (region, date, code, inferred) in [
        ("湖南省长沙市望城县石桥镇", "1998-03-04", "430122", None),
        ("望城区石桥镇", "2015-03-04", "430112", Some("inferred:湖南省长沙市")),
        ("广西南宁市邕宁县", "1990", "450121", None),
        ("四川省重庆市江北区", "1990-01", "510211", None),
        ("重庆市江北区", "2001-01", "500105", None),
    ] {
        let fields = completed(&[("region", region), ("letter_date", date)]);
        let found = of(&fields, "issue_region_code");
        assert_eq!(found.first().map(|found| found.0), Some(code), "{region}");
        assert_eq!(found[0].1.first().map(String::as_str), inferred, "{region}");
    }
    let fields = completed(&[("region", "望城区石桥镇"), ("letter_date", "2015-03-04")]);
    assert_eq!(of(&fields, "issue_region")[0].0, "湖南省长沙市望城区");
}

#[test]
fn the_office_tells_which_place_of_a_name_is_meant() {
    let stated = [("region", "鼓楼区和平街道"), ("letter_date", "2010-01-02")];
    let alone = completed(&stated);
    assert!(of(&alone, "issue_region_code").len() > 1 && of(&alone, "issue_region").is_empty());
    let fields = completed(&[stated[0], stated[1], ("addressee", "开封市人民政府")]);
    assert_eq!(of(&fields, "issue_region_code")[0].0, "410204");
    let fields =
        completed(&[("region", "石桥镇上坪村"), ("addressee", "望城县信访局"), ("letter_date", "1999")]);
    let (name, warnings) = of(&fields, "issue_region")[0];
    assert_eq!((name, warnings), ("湖南省长沙市望城县", &["inferred:湖南省长沙市望城县".to_owned()][..]));
    let fields =
        completed(&[("region", "望城县石桥镇"), ("addressee", "开封市人民政府"), ("letter_date", "1999")]);
    assert_eq!(warnings_of_code(&fields), ["inferred:湖南省长沙市", "outside:开封市"]);
}

fn warnings_of_code(fields: &Fields) -> Vec<String> {
    warnings(fields, "issue_region_code")
}

#[test]
fn what_no_list_has_gets_no_code_and_what_stands_stays() {
    let fields = completed(&[("region", "云岭省清河市望川县石桥镇"), ("letter_date", "2010")]);
    assert!(!fields.contains_key("issue_region_code") && !fields.contains_key("issue_region"));
    let fields = completed(&[("issue_region", "望城县"), ("letter_date", "1999")]);
    assert_eq!(of(&fields, "issue_region")[0].0, "望城县");
    assert_eq!(of(&fields, "issue_region_code")[0].0, "430122");
}

#[test]
fn money_from_before_the_change_is_flagged() {
    let old = completed(&[("amount", "3000000"), ("amount", "20"), ("letter_date", "1954-06-01")]);
    assert_eq!(warnings(&old, "amount"), ["old_currency", "old_currency"]);
    assert_eq!(warnings(&completed(&[("amount", "20"), ("letter_date", "1955-03-01")]), "amount"), [""; 0]);
    assert_eq!(warnings(&completed(&[("amount", "20")]), "amount"), [""; 0]);
}

#[test]
fn dates_are_told_from_the_records_own() {
    let mut fields = Fields::new();
    let yesterday = FieldValue { warnings: vec!["told_from_the_letter_date".to_owned()], ..value("昨天") };
    fields.insert("issue_date".to_owned(), vec![yesterday, value("XXXX-08-15")]);
    fields.insert("letter_date".to_owned(), vec![value("2019-04-17")]);
    reader().complete(&mut fields, |_| false);
    let told: Vec<&str> = of(&fields, "issue_date").into_iter().map(|found| found.0).collect();
    assert_eq!(told, ["2019-04-16", "2018-08-15"]);
}
