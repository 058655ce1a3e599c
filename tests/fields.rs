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
