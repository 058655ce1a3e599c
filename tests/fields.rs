//! Fields as an archivist meets them: cases kept beside the patterns, why a value stands, and a
//! pipeline that is nothing but a folder.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use serde_json::{Value, json};
use support::{Dossier, Place};

#[test]
fn the_pipelines_cases_hold() {
    for pipeline in ["petitions", "historical-letters"] {
        let folder = support::root().join("pipelines").join(pipeline);
        let said = Dossier::new(["fields", "test", "--json"]).arg(&folder).exits(0).stdout;
        let outcome: Value = serde_json::from_str(&said).expect("JSON");
        assert!(outcome["cases"].as_u64().is_some_and(|cases| cases >= 4), "{pipeline}: {outcome}");
    }
}

#[test]
fn a_case_that_does_not_hold_is_named() {
    let place = Place::new();
    let folder = place.path("pipelines/historical-letters");
    support::copy_folder(&support::root().join("pipelines/historical-letters"), &folder);
    let case = "[[case]]\nshows = \"wrong\"\ntext = \"Sir,\\nI remain,\\nA. Bexley\"\nfields = { sender = [\"B. Axley\"] }\n";
    std::fs::write(folder.join("field-cases/wrong.toml"), case).expect("a write");
    let said = Dossier::new(["fields", "test"]).arg(&folder).exits(3).stdout;
    assert!(said.contains("wrong.toml") && said.contains("- B. Axley\n  + A. Bexley"), "{said}");
}

#[test]
fn what_stands_and_what_does_not_is_explained() {
    let text = "云岭县人民政府：\n我叫钱守信，家住云岭县石桥镇上坪村。信访编号：990102202104120011。\n此致\n敬礼\n钱守信";
    let said = Dossier::new(["fields", "explain"]).arg(text).exits(0).stdout;
    let stands = said.lines().any(|line| {
        line.contains("✓ 钱守信") && line.contains("self-introduction") && line.contains("signature-line")
    });
    assert!(stands, "{said}");
    let claimed = |line: &str| line.contains("– 990102202104120011") && line.contains("petition_no");
    assert!(said.lines().any(claimed), "an eighteen-digit petition number is no identity number: {said}");
}

/// Date, sender, recipient, place and subject of English letters, by a folder and no code.
#[test]
fn a_second_pipeline_is_a_folder() {
    let place = Place::new();
    let folder = support::root().join("pipelines/historical-letters");
    Dossier::new(["ingest"])
        .arg(&folder)
        .arg(folder.join("samples"))
        .arg("--archive")
        .arg(place.path("archive"))
        .exits(0);
    let export =
        Dossier::new(["export", "--mask", "none", "--archive"]).arg(place.path("archive")).exits(0).stdout;
    let items: Vec<Value> = export.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(items.len(), 3);
    for (sender, expected) in [
        (
            "Josiah Quillfeather",
            json!([
                "1872-03-05",
                "the Harbour Commissioners",
                "Port Ellery",
                "the new dues upon the eastern wharf"
            ]),
        ),
        (
            "Augusta Wynnlow",
            json!([
                "1811-10-21",
                "Cousin Lettice",
                "Marrowdale House, Thornby",
                "the christening at Thornby"
            ]),
        ),
        (
            "Barnaby Holtwhistle",
            json!(["1798-06-02", null, "Upper Sedgecombe", "the turnpike at Sedgecombe Bridge"]),
        ),
    ] {
        let item = items.iter().find(|item| item["fields"]["sender"][0]["value"] == sender).expect(sender);
        let best = |field: &str| item["fields"][field][0]["value"].clone();
        let found = json!([best("date"), best("recipient"), best("place"), best("subject")]);
        assert_eq!(found, expected, "{sender}");
    }
}

/// The only item of a file, taken in.
fn taken_in(place: &Place, name: &str, text: &str) -> Value {
    let file = place.write(name, text);
    place.ingest([file]).exits(0);
    place.ask(["export", "--mask", "none"]).exits(0).lines().remove(0)
}

/// A cell that tells the matter is read as a letter is, for what no column says.
#[test]
fn a_rows_own_words_fill_what_its_columns_leave_out() {
    let place = Place::new();
    let register = "信访编号,信访人,登记日期,反映内容\n\
        望信2019-0001,罗桂英,2019年5月8日,\"我家住望川县石桥镇上坪村三组，去年三月修路占地两亩，补偿款3.5万元没有发。请求镇政府足额发放补偿款。信访编号：望信2001-0009\"\n";
    let item = taken_in(&place, "register.csv", register);
    let best = |field: &str| item["fields"][field][0]["value"].clone();
    assert_eq!(
        json!([
            best("petition_no"),
            best("petitioner_name"),
            best("address"),
            best("amount"),
            best("demand")
        ]),
        json!(["望信2019-0001", "罗桂英", "望川县石桥镇上坪村三组", "35000", "请求镇政府足额发放补偿款。"])
    );
    let evidence = &item["fields"]["amount"][0]["evidence"][0];
    assert!(evidence.to_string().contains("D2"), "{evidence}");
    let explain = |mask: &str| {
        Dossier::new(["fields", "explain", item["id"].as_str().expect("an id"), "--mask", mask, "--archive"])
            .arg(place.path("archive"))
            .exits(0)
            .stdout
    };
    assert!(explain("none").contains("✓ 罗桂英  1.00  column:信访人"), "{}", explain("none"));
    let masked = explain("internal");
    assert!(!masked.contains("罗桂英") && !masked.contains("上坪村"), "{masked}");
}

/// An archived letter is explained by its id, and what does not agree in it is said.
#[test]
fn an_archived_letter_is_explained_and_what_does_not_agree_is_marked() {
    let place = Place::new();
    let letter = "望城县信访局 1996年3月8日收到\n望城县人民政府：\n我叫何有才，男，现年四十六岁，家住石桥镇柳树湾村，\
        身份证号990122560305001。1995年秋收时粮站打白条。请求县里过问。\n此致\n敬礼\n何有才\n1996年4月29日\n";
    let item = taken_in(&place, "letter.txt", letter);
    let id = item["id"].as_str().expect("an id");
    let said = Dossier::new(["fields", "explain", id, "--mask", "none", "--archive"])
        .arg(place.path("archive"))
        .exits(0)
        .stdout;
    assert!(said.contains("✓ 何有才") && said.contains("self-introduction"), "{said}");
    let shown = Dossier::new(["show", id, "--lang", "zh", "--mask", "none", "--archive"])
        .arg(place.path("archive"))
        .exits(0)
        .stdout;
    for expected in ["早于来信日期", "与身份证号不符", "430122", "推定：湖南省长沙市望城县"]
    {
        assert!(shown.contains(expected), "{expected} in {shown}");
    }
    // A form has its sections in their order, and those alone that say something.
    let sections = ["日期", "信访人", "何处何时", "反映内容", "办理"].map(|heading| {
        shown.lines().position(|line| line == heading).map_or(-1, |at| i64::try_from(at).unwrap_or(-1))
    });
    assert!(sections[0] > 0 && sections[..4].is_sorted() && sections[4] == -1, "{sections:?} in {shown}");
}

/// A site's own places, down to the township, stand beside the pipeline's; a faulty line is named.
#[test]
fn a_site_adds_its_own_places() {
    let place = Place::new();
    let folder = place.path("pipelines/petitions");
    support::copy_folder(&support::root().join("pipelines/petitions"), &folder);
    std::fs::create_dir(folder.join("gazetteer")).expect("a folder");
    let places =
        "990000\t云岭省\t1980\n990100\t清河市\t1980\n990122\t望川县\t1980\n990122103\t石桥镇\t1994\n";
    std::fs::write(folder.join("gazetteer/local.tsv"), places).expect("a write");
    let letter =
        "望川县人民政府：\n我叫何有才，家住石桥镇柳树湾村。请求修路。\n此致\n敬礼\n何有才\n1996年4月29日\n";
    let stated = letter.replace("家住石桥镇", "家住望川县石桥镇");
    std::fs::write(place.path("stated.txt"), stated).expect("a write");
    let archive = place.path("archive");
    Dossier::new(["ingest"])
        .arg(&folder)
        .arg(place.path("stated.txt"))
        .arg("--archive")
        .arg(&archive)
        .exits(0);
    let export = Dossier::new(["export", "--mask", "none", "--archive"]).arg(&archive).exits(0).stdout;
    let item: Value = serde_json::from_str(export.lines().next().expect("an item")).expect("JSON");
    let code = &item["fields"]["issue_region_code"][0];
    assert_eq!(
        (&code["value"], &code["warnings"][0]),
        (&json!("990122103"), &json!("inferred:云岭省清河市"))
    );
    std::fs::write(folder.join("gazetteer/local.tsv"), "99\t云岭省\t1980\n").expect("a write");
    let said = Dossier::new(["fields", "test"]).arg(&folder).exits(1).stderr;
    assert!(said.contains("local.tsv") && said.contains("line 1"), "{said}");
}
