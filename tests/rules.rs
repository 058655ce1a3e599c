//! Rules as an archivist works with them: faults named, decisions explained, changes compared
//! before they are made, made without reading again, and taken back.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::{Dossier, Place};

const REGISTER: &str = "信访编号,信访人,标题,内容\n\
    1001,钱守信,反映村道失修,村道三年失修，雨天无法通行\n\
    1002,孙有田,要求补发工资,砖厂拖欠工资半年\n\
    1003,李得水,请处理跑冒滴漏,院子里的跑冒滴漏一直没人管\n";

/// A copy of the pipeline that a test may change; returns its folder.
fn copy_of_pipeline(place: &Place) -> PathBuf {
    let to = place.path("pipelines/petitions");
    support::copy_folder(&support::root().join("pipelines/petitions"), &to);
    to
}

/// What a run by a copy of the pipeline says.
fn ingest_by(pipeline: &Path, place: &Place, source: &Path) -> Value {
    let run = place.ingest([source]).env("DOSSIER_PIPELINES", pipeline.parent().expect("a parent"));
    run.exits(0).json()
}

fn append(path: &Path, text: &str) {
    let before = std::fs::read_to_string(path).expect("a file");
    std::fs::write(path, before + text).expect("a write");
}

const NEW_RULE: &str = "\n[[rule]]\nid = \"leaks\"\npath = [\"城乡建设\", \"城市建设和市政管理\"]\nweight = 3.0\nany = [\"跑冒滴漏\"]\n";

#[test]
fn all_faults_are_named_at_once_with_file_line_and_suggestion() {
    let place = Place::new();
    let pipeline = copy_of_pipeline(&place);
    let file = pipeline.join("rules/04-交通运输.toml");
    let lines = std::fs::read_to_string(&file).expect("a file").lines().count();
    append(
        &file,
        "\n[[rule]]\nid = \"bad-path\"\npath = [\"交通运输\", \"出租车管里\"]\nweight = 1.0\nany = [\"@欠新\"]\n\
         \n[[rule]]\nid = \"silent\"\npath = [\"交通运输\"]\nwieght = 1.0\nweight = 1.0\n\
         \n[[rule]]\nid = \"never\"\npath = [\"交通运输\"]\nweight = 1.0\nany = [\"车\"]\nall = [\"船票\"]\nnone = [\"船票\"]\n",
    );
    let said = Dossier::new(["rules", "check"]).arg(&pipeline).exits(1).stderr;
    for (line, what) in [
        (lines + 3, "there is no category 交通运输 > 出租车管里; did you mean 交通运输 > 出租车管理?"),
        (lines + 3, "there is no word list `@欠新`; did you mean `@欠薪`?"),
        (lines + 9, "it never fires: it asks for nothing"),
        (lines + 11, "unknown key `wieght`: did you mean `weight`?"),
        (lines + 15, "it never fires: `船票` is asked for and excluded"),
    ] {
        let found = said.lines().any(|l| {
            l.contains("04-交通运输.toml") && l.contains(&format!("line {line}: ")) && l.contains(what)
        });
        assert!(found, "line {line}: {what}\n{said}");
    }
}

#[test]
fn changed_rules_are_compared_applied_and_taken_back() {
    let place = Place::new();
    place.ingest([place.write("in/登记.csv", REGISTER)]).exits(0);
    let before = place.digest();
    let leaks = || -> Value {
        let id = support::ids(&place.search("跑冒滴漏")).remove(0);
        place.ask(["show", &id, "--json"]).exits(0).json()
    };
    assert!(content(&leaks()).is_none());
    let pipeline = copy_of_pipeline(&place);
    append(&pipeline.join("rules/01-城乡建设.toml"), NEW_RULE);
    let pipeline = pipeline.to_str().expect("UTF-8");
    let diff = place.ask_with("rules", ["diff", pipeline, "--json", "-q"]).exits(0).json();
    assert_eq!((&diff["items"], &diff["moved"]), (&Value::from(3), &Value::from(1)), "{diff}");
    assert_eq!(diff["moves"][0]["to"][0], "城乡建设");
    assert_eq!(place.digest(), before, "comparing changes nothing");
    let done = place.ask(["reclassify", pipeline, "--json", "-q"]).exits(0).json();
    assert_eq!(done["moved"], 1);
    let item = leaks();
    assert_eq!(content(&item), Some("城乡建设"));
    assert_eq!(item["classified"]["rules"].as_str().map(|rules| rules.len() > 16), Some(true));
    assert_ne!(place.digest(), before);
    place.ask(["reclassify", "--undo"]).exits(0);
    assert_eq!(place.digest(), before, "the former classification is back, index included");
    let nothing = place.ask(["reclassify", "--undo"]).exits(0).stdout;
    assert!(nothing.contains("nothing to take back"));
}

/// The first-level category on the content axis.
fn content(item: &Value) -> Option<&str> {
    let decided = item["categories"].as_array()?.iter().find(|category| category["axis"] == "content")?;
    decided["path"][0].as_str()
}

#[test]
fn a_run_with_changed_rules_applies_them_to_everything() {
    let place = Place::new();
    let source = place.write("in/登记.csv", REGISTER);
    place.ingest([&source]).exits(0);
    let pipeline = copy_of_pipeline(&place);
    append(&pipeline.join("rules/01-城乡建设.toml"), NEW_RULE);
    let report = ingest_by(&pipeline, &place, &source);
    assert_eq!(report["files"]["unchanged"], 1);
    assert_eq!(report["items"]["updated"], 1, "{report}");
    let fresh = Place::new();
    ingest_by(&pipeline, &fresh, &source);
    assert_eq!(place.digest(), fresh.digest(), "as if it had been taken in with these rules");
}

#[test]
fn a_run_with_a_changed_pipeline_makes_letters_anew_and_says_so() {
    let place = Place::new();
    let source = place.write("in/登记.csv", REGISTER);
    place.ingest([&source]).exits(0);
    let pipeline = copy_of_pipeline(&place);
    append(&pipeline.join("letters.toml"), "# Another version.\n");
    let again = || ingest_by(&pipeline, &place, &source)["renewed_files"].clone();
    assert_eq!(again(), 1);
    let said = "此前收入的 1 个文件已按新版重新整理成件";
    let report = place.ask(["runs", "--lang", "zh", "2"]).exits(0).stdout;
    assert!(report.contains(said), "{report}");
    let page = place.archive().join("morning.html");
    place.ask(["report", "--lang", "zh", "2", "--html", page.to_str().expect("a path")]).exits(0);
    let page = std::fs::read_to_string(page).expect("a page");
    assert!(page.contains(said), "{page}");
    assert_eq!(again(), 0, "the next run finds them made");
}

#[test]
fn explanations_show_phrases_in_place_and_add_up() {
    let said =
        Dossier::new(["rules", "explain", "尊敬的教育局领导：自来水停水三天，没有人管"]).exits(0).stdout;
    assert!(said.contains("content: 城乡建设"), "{said}");
    assert!(said.contains("【停水】"), "{said}");
    assert!(said.contains("only in salutation, office names or signature"), "{said}");
    assert!(said.contains("it would change without"), "{said}");
}

#[test]
fn the_cases_beside_the_rules_pass() {
    let said = Dossier::new(["rules", "test"]).exits(0).stdout;
    assert!(said.contains("macro F1 1.000"), "{said}");
}

#[test]
fn a_rule_that_fails_its_own_test_is_named_with_its_reasons() {
    let place = Place::new();
    let pipeline = copy_of_pipeline(&place);
    append(
        &pipeline.join("rules/01-城乡建设.toml"),
        &format!(
            "{NEW_RULE}[[rule.test]]\ntext = \"跑冒滴漏没人管\"\nfires = false\n\
             [[rule.test]]\ntext = \"不是跑冒滴漏的事\"\nfires = true\n"
        ),
    );
    let pipeline = pipeline.to_str().expect("UTF-8");
    let said = Dossier::new(["rules", "test", pipeline]).exits(3).stdout;
    assert!(said.contains("tests beside the rules; failed 2"), "{said}");
    assert!(said.contains("leaks: fires, and should not, because of 跑冒滴漏"), "{said}");
    assert!(said.contains("leaks: should fire, and does not: only where it is denied"), "{said}");
    let json = Dossier::new(["rules", "test", pipeline, "--json"]).exits(3).json();
    assert_eq!(json["rule_tests"]["failed"][0]["rule"], "leaks");
    assert_eq!(json["rule_tests"]["failed"].as_array().map(Vec::len), Some(2));
}

#[test]
fn faults_of_tests_refinements_and_exceptions_are_named() {
    let place = Place::new();
    let pipeline = copy_of_pipeline(&place);
    let file = pipeline.join("rules/16-本单位.toml");
    append(
        &place.write("pipelines/petitions/rules/16-本单位.toml", ""),
        "axis = \"content\"\n\
         [[rule]]\nid = \"a\"\npath = [\"民政\"]\nweight = 1.0\nany = [\"法院\"]\n\
         except = { inside = [\"医院宿舍\"], near = [\"村\"] }\n\
         [[rule.test]]\ntext = \"x\"\nfires = true\nfire = true\n\
         [[rule]]\nid = \"b\"\npath = [\"民政\"]\nweight = 1.0\nrefines = true\nany = [\"墓\"]\n\
         [refine]\n\"民政 > 社会救助 > 农村低保户\" = [\"农村低保\"]\n",
    );
    assert!(file.is_file());
    let said = Dossier::new(["rules", "check"]).arg(&pipeline).exits(1).stderr;
    for (line, what) in [
        (3, "`except`: `near` and `within` go together"),
        (3, "`except`: none of its phrases is inside `医院宿舍`"),
        (11, "unknown key `fire`: did you mean `fires`?"),
        (13, "it refines nothing"),
        (19, "there is no category 民政 > 社会救助 > 农村低保户; did you mean 民政 > 社会救助 > 农村低保?"),
    ] {
        let found = said.lines().any(|l| l.contains(&format!("line {line}: ")) && l.contains(what));
        assert!(found, "line {line}: {what}\n{said}");
    }
}

#[test]
fn coverage_names_rules_that_never_fire_and_letters_without_any() {
    let place = Place::new();
    place.ingest([place.write("in/登记.csv", REGISTER)]).exits(0);
    let coverage = place.ask_with("rules", ["coverage", "--json"]).exits(0).json();
    assert_eq!(coverage["items"], 3);
    assert!(coverage["fires"]["wages"].as_u64() >= Some(1), "{coverage}");
    assert!(coverage["never"].as_array().is_some_and(|never| !never.is_empty()));
}

#[test]
fn peoples_own_classification_and_office_names_are_not_scored() {
    let place = Place::new();
    let register = "信访编号,标题,内容,一级分类,承办单位\n1001,请派人看看,院子里一直没人管,商贸旅游,教育局\n";
    place.ingest([place.write("in/登记.csv", register)]).exits(0);
    let item = place.ask(["export"]).exits(0).lines().remove(0);
    let candidates = item["candidates"].as_array().expect("candidates");
    let content: Vec<&Value> = candidates.iter().filter(|candidate| candidate["axis"] == "content").collect();
    assert!(content.is_empty(), "{content:?}");
}

#[test]
fn the_unit_follows_the_category_and_is_named_after_the_county() {
    let place = Place::new();
    let register = "信访编号,标题,内容,问题属地\n\
        1001,反映村道失修,通村公路坑坑洼洼，雨天无法通行,云岭省清河市望川县柳林镇\n";
    place.ingest([place.write("in/登记.csv", register)]).exits(0);
    let id = support::ids(&place.search("村道")).remove(0);
    let route = || -> Value {
        let item = place.ask(["show", &id, "--json"]).exits(0).json();
        let categories = item["categories"].as_array().expect("categories");
        categories.iter().find(|category| category["axis"] == "route").expect("a route").clone()
    };
    let found = route();
    assert_eq!(found["path"], json!(["交通运输局", "望川县交通运输局"]));
    let reasons = [(&found["reasons"][0], "交通运输", ""), (&found["reasons"][1], "issue_region", "望川县")];
    for (reason, rule, phrase) in reasons {
        assert_eq!((&reason["rule"], &reason["phrase"]), (&json!(rule), &json!(phrase)), "{found}");
    }
    assert_eq!(found["reasons"][0]["weight"], found["score"], "reasons add up");
    let shown = place.ask(["show", &id]).exits(0).stdout;
    assert!(shown.contains("交通运输局 / 望川县交通运输局"), "{shown}");
    place.ask(["correct", &id, "--category", "农村农业/水利水电"]).exits(0);
    assert_eq!(route()["path"], json!(["水利局", "望川县水利局"]), "it follows what a person decided");
    assert_eq!(support::ids(&place.search("通村公路 建议去向:水利局")).len(), 1);
    place.ask(["correct", &id, "--category", "建议去向=信访局"]).exits(1);
    place.ask(["correct", &id, "--category", "建议去向=城管局"]).exits(0);
    assert_eq!(route()["path"], json!(["城管局"]), "a person's own choice stands");
}

#[test]
fn faults_of_a_table_that_another_axis_follows_are_named() {
    let place = Place::new();
    let pipeline = copy_of_pipeline(&place);
    let file = pipeline.join("rules/route.toml");
    let text = std::fs::read_to_string(&file).expect("a file");
    let text = text.replace("\"环境保护\" = \"生态环境局\"", "\"环境保户\" = \"生态环境居\"");
    std::fs::write(&file, text.replace("\"政法委\" = \"{county}", "\"政法偎\" = \"{county}"))
        .expect("a write");
    let said = Dossier::new(["rules", "check"]).arg(&pipeline).exits(1).stderr;
    for what in [
        "there is no category 环境保户; did you mean 环境保护?",
        "there is no category 生态环境居; did you mean 生态环境局?",
        "there is no category 政法偎; did you mean 政法委?",
    ] {
        let found = said.lines().any(|line| line.contains("route.toml: line ") && line.contains(what));
        assert!(found, "{what}\n{said}");
    }
}
