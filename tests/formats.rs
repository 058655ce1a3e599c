//! Whatever is in the box goes in, or is named with its reason: each kind of file with real files.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

mod support;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::{Dossier, Place, as_html, assert_settled, crc32, gb18030, root, said};

const LETTER: &str = "尊敬的县领导：\n我是石桥镇柳树湾村三组村民赵大勇，电话13900000012。\n\
    我村通往镇上的水泥路被运煤车压坏已经两年，雨天积水没过膝盖。\n此致\n敬礼！\n赵大勇\n2018年6月12日\n";
const OPEN_SHEET: &str = "application/vnd.oasis.opendocument.spreadsheet";
const PHRASE: &str = "雨天积水没过膝盖";

fn fixture(name: &str) -> PathBuf {
    root().join("tests/fixtures").join(name)
}

fn put(place: &Place, fixture_name: &str, as_name: &str) {
    place.write(as_name, std::fs::read(fixture(fixture_name)).expect("the fixture is there"));
}

fn utf16(text: &str) -> Vec<u8> {
    [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

/// A zip container of these files; names are bytes as some old program wrote them.
fn zip_of<N: AsRef<[u8]>>(files: &[(N, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut central = Vec::new();
    for (name, content) in files {
        let name = name.as_ref();
        let offset = bytes.len() as u32;
        let crc = crc32(content);
        let sizes = [crc, content.len() as u32, content.len() as u32];
        let lengths = [name.len() as u16, 0];
        let common: Vec<u8> = [20_u16, 0, 0, 0, 0x21].iter().flat_map(|n| n.to_le_bytes()).collect();
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(sizes.iter().flat_map(|n| n.to_le_bytes()));
        bytes.extend(lengths.iter().flat_map(|n| n.to_le_bytes()));
        bytes.extend(name);
        bytes.extend(content);
        central.extend(b"PK\x01\x02\x14\x00");
        central.extend(&common);
        central.extend(sizes.iter().flat_map(|n| n.to_le_bytes()));
        central.extend(lengths.iter().flat_map(|n| n.to_le_bytes()));
        central.extend([0; 10]);
        central.extend(offset.to_le_bytes());
        central.extend(name);
    }
    let count = (files.len() as u16).to_le_bytes();
    let start = (bytes.len() as u32).to_le_bytes();
    let length = (central.len() as u32).to_le_bytes();
    bytes.extend(central);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count.iter().chain(&count).chain(&length).chain(&start));
    bytes.extend([0, 0]);
    bytes
}

fn mail(body: &str, attached: &[(&str, &[u8])]) -> Vec<u8> {
    let mut message = format!(
        "From: zhao@example.test\r\nTo: xf@example.test\r\nSubject: letter\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=xx\r\n\r\n--xx\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    )
    .into_bytes();
    for (name, content) in attached {
        let head = format!(
            "--xx\r\nContent-Type: application/octet-stream\r\n\
             Content-Disposition: attachment; filename*=UTF-8''{name}\r\n\r\n"
        );
        message.extend(head.as_bytes());
        message.extend(*content);
        message.extend(b"\r\n");
    }
    message.extend(b"--xx--\r\n");
    message
}

/// Two documents of a page each: the letter, a piece a line with a character written as a reference, and
/// a sheet over a printed form.
fn ofd() -> Vec<u8> {
    let ofd = "<ofd:OFD xmlns:ofd=\"http://www.ofdspec.org/2016\">\
        <ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>\
        <ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>";
    let document = "<ofd:Document><ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"Pages/Page_0/Content.xml\"/>\
        </ofd:Pages></ofd:Document>";
    let over_a_form = "<ofd:Document><ofd:CommonData><ofd:TemplatePage ID=\"7\" BaseLoc=\"Tpl.xml\"/></ofd:CommonData>\
        <ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"Content.xml\"/></ofd:Pages>\
        <ofd:Attachments>Attachments.xml</ofd:Attachments></ofd:Document>";
    let object = |text: &str, y: usize| {
        format!(
            "<ofd:TextObject Boundary=\"20 {y} 170 6\" Size=\"4\"><ofd:TextCode X=\"0\" Y=\"4\">{text}\
             </ofd:TextCode></ofd:TextObject>"
        )
    };
    let page = |objects: &str| {
        format!("<ofd:Page><ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>")
    };
    let lines = LETTER.replace('膝', "&#x819D;");
    let letter: String = lines.lines().zip(1..).map(|(line, y)| object(line, 20 + y * 8)).collect();
    let sheet = "<ofd:Page><ofd:Template TemplateID=\"7\"/><ofd:Content><ofd:Layer>".to_owned()
        + &object("已转交&amp;待复", 40)
        + "</ofd:Layer></ofd:Content></ofd:Page>";
    let attached = "<ofd:Attachments><ofd:Attachment ID=\"1\" Name=\"原图\"/></ofd:Attachments>";
    zip_of(&[
        ("OFD.xml", ofd.as_bytes().to_vec()),
        ("Doc_0/Document.xml", document.as_bytes().to_vec()),
        ("Doc_0/Pages/Page_0/Content.xml", page(&letter).into_bytes()),
        ("Doc_1/Document.xml", over_a_form.as_bytes().to_vec()),
        ("Doc_1/Tpl.xml", page(&object("石桥镇来信处理单", 20)).into_bytes()),
        ("Doc_1/Content.xml", sheet.into_bytes()),
        ("Doc_1/Attachments.xml", attached.as_bytes().to_vec()),
    ])
}

#[track_caller]
/// The letter as an OpenDocument file that is one file of XML, with a picture in it.
fn flat() -> String {
    let lines: String = LETTER.lines().map(|line| format!("<text:p>{line}</text:p>")).collect();
    format!(
        "<office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
         xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" \
         office:mimetype=\"application/vnd.oasis.opendocument.text\"><office:body><office:text>{lines}\
         <draw:image><office:binary-data>iVBORw0KGgo=</office:binary-data></draw:image>\
         </office:text></office:body></office:document>"
    )
}

/// A form with two fields that were filled in and never painted, one of them below its parent.
fn filled_form() -> Vec<u8> {
    use lopdf::{Document, Object, StringFormat, dictionary};
    let utf16 = |text: &str| {
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        Object::String(units.flat_map(u16::to_be_bytes).collect(), StringFormat::Hexadecimal)
    };
    let mut document = Document::with_version("1.7");
    let pages = document.new_object_id();
    let parent = document.add_object(dictionary! { "FT" => "Tx", "V" => utf16("石桥镇柳树湾村三组赵大勇") });
    let widget = |top: i64| {
        dictionary! {
            "Type" => "Annot", "Subtype" => "Widget", "F" => 4,
            "Rect" => vec![72.into(), (top - 40).into(), 420.into(), top.into()],
        }
    };
    let mut who = widget(760);
    who.set("Parent", parent);
    let mut what = widget(700);
    what.set("FT", "Tx");
    what.set("V", utf16("我村通往镇上的水泥路被运煤车压坏已经两年，雨天积水没过膝盖。"));
    let annotations: Vec<Object> =
        [who, what].into_iter().map(|widget| document.add_object(widget).into()).collect();
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "Annots" => annotations,
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    });
    let kids = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    document.objects.insert(pages, kids.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

#[test]
fn what_was_filled_into_a_form_is_read_though_no_program_painted_it() {
    let place = Place::new();
    place.write("in/登记表.pdf", filled_form());
    let report = place.ingest([place.path("in")]).exits(0).json();
    assert_eq!(report["pages"]["text_layer"], 1, "{report}");
    assert_eq!(place.search(PHRASE)["total"], 1, "a value in two lines");
    assert_eq!(place.search("柳树湾村三组赵大勇")["total"], 1, "a value of the field above");
}

fn entry<'a>(report: &'a Value, list: &str, path: &str) -> &'a Value {
    let all = report[list].as_array().expect("a list");
    let found = all.iter().find(|entry| entry["path"].as_str().is_some_and(|at| at.ends_with(path)));
    found.unwrap_or_else(|| panic!("{path} is not among {all:?}"))
}

fn names(found: &Value) -> Vec<String> {
    let hits = found["hits"].as_array().expect("hits");
    let mut names: Vec<String> = hits
        .iter()
        .flat_map(|hit| hit["sources"].as_array().expect("sources").clone())
        .map(|source| source["file"].as_str().expect("a file").to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_letter_is_found_whatever_program_wrote_it() {
    let place = Place::new();
    for kind in ["docx", "odt", "html"] {
        put(&place, &format!("office/letter.{kind}"), &format!("in/letter.{kind}"));
    }
    place.write("in/gb.txt", gb18030(LETTER));
    place.write("in/utf16.txt", utf16(LETTER));
    place.write("in/letter.eml", mail(LETTER, &[]));
    place.write("in/letter.ofd", ofd());
    place.write("in/flat.fodt", flat());
    let report = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&report);
    assert_eq!(report["files"]["archived"], 8, "{report}");
    assert_eq!(
        names(&place.search(PHRASE)),
        [
            "flat.fodt",
            "gb.txt",
            "letter.docx",
            "letter.eml",
            "letter.html",
            "letter.odt",
            "letter.ofd",
            "utf16.txt"
        ]
    );
    assert_eq!(entry(&report, "notes", "flat.fodt")["kind"], "pictures", "{report}");
    assert_eq!(place.search("姓名:赵大勇")["total"], 8, "who wrote is found in all of them");
    // The photograph that was pasted in is a page of its own.
    assert_eq!(names(&place.search("拍摄于石桥镇柳树湾村口")), ["letter.docx", "letter.odt"]);
    assert_eq!(place.search("路面积水")["total"], 3, "a table's cells are text");
    assert_eq!(
        names(&place.search("石桥镇来信处理单 \"已转交&待复\"")),
        ["letter.ofd"],
        "the second document"
    );
    assert_eq!(entry(&report, "notes", "letter.ofd")["detail"], "原图", "{report}");
}

#[test]
fn what_only_another_program_reads_goes_through_it_or_is_named() {
    let place = Place::new();
    put(&place, "office/letter.doc", "in/letter.doc");
    put(&place, "office/letter.rtf", "in/letter.rtf");
    let converts = Command::new("soffice").arg("--version").output().is_ok();
    let report = place.ingest([place.path("in")]).exits(if converts { 0 } else { 3 }).json();
    assert_settled(&report);
    if converts {
        assert_eq!(names(&place.search("村道路失修")), ["letter.rtf"], "{report}");
        assert_eq!(names(&place.search(PHRASE)), ["letter.doc"], "{report}");
    } else {
        eprintln!("LibreOffice is not there: only its absence is tested");
        assert_eq!(entry(&report, "quarantined", "letter.doc")["kind"], "no_converter");
        assert!(
            entry(&report, "quarantined", "letter.rtf")["hint"].as_str().unwrap().contains("LibreOffice")
        );
    }
    assert!(!place.archive().join("unpacked").exists(), "nothing is left of what was made");
}

#[test]
fn a_picture_is_a_page_whatever_its_format() {
    let place = Place::new();
    support::copy_folder(&fixture("pictures"), &place.path("in"));
    let report = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&report);
    assert_eq!(report["files"]["archived"], 11, "{report}");
    assert_eq!(report["pages"]["recognised"], 12, "a fax of two pages: {report}");
    let found = names(&place.search("家房屋漏雨"));
    let all: Vec<String> =
        std::fs::read_dir(fixture("pictures")).unwrap().map(|e| name(&e.unwrap().path())).collect();
    let missing: Vec<&String> = all.iter().filter(|name| !found.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(names(&place.search("房屋已成危房")), ["fax.tif"]);
    let scans = place.ask(["status", "--json", "--scans"]).exits(0).json();
    assert_eq!(scans["scanned"], 12);
    let of_fax: Vec<&Value> =
        scans["poor"].as_array().expect("a list").iter().filter(|scan| scan["file"] == "fax.tif").collect();
    assert_eq!(of_fax.len(), 2, "{scans}");
    assert_eq!(of_fax[0]["faults"], json!([["low_resolution", 150.0]]), "as its file says");
    let poor = |name: &str| scans["poor"].as_array().unwrap().iter().any(|scan| scan["file"] == name);
    assert!(poor("turned.jpg") && poor("letter.png"), "150 dpi by their headers: {scans}");
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn as_xml(rows: &[Vec<String>]) -> String {
    let cells = |row: &Vec<String>| {
        row.iter()
            .map(|cell| format!("<Cell><Data ss:Type=\"String\">{cell}</Data></Cell>"))
            .collect::<String>()
    };
    let rows: String = rows.iter().map(|row| format!("<Row>{}</Row>", cells(row))).collect();
    format!(
        "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>\
         <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\
         <Worksheet ss:Name=\"来信\"><Table>{rows}</Table></Worksheet></Workbook>"
    )
}

/// The sheet as an OpenDocument element, written for people to read, below the element `root`.
fn as_opendocument(root: &str, rows: &[Vec<String>]) -> String {
    let cell = |cell: &String| {
        format!(
            "    <table:table-cell office:value-type=\"string\">\n     <text:p>{cell}</text:p>\n    </table:table-cell>\n"
        )
    };
    let row = |row: &Vec<String>| {
        format!("   <table:table-row>\n{}   </table:table-row>\n", row.iter().map(cell).collect::<String>())
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <office:{root} xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
         office:mimetype=\"{OPEN_SHEET}\">\n <office:body>\n  <office:spreadsheet>\n   \
         <table:table table:name=\"来信\">\n{}   </table:table>\n  </office:spreadsheet>\n </office:body>\n\
         </office:{root}>\n",
        rows.iter().map(row).collect::<String>()
    )
}

#[test]
fn a_register_says_the_same_in_every_format() {
    let header = ["信访编号", "信访人", "来信日期", "联系电话", "反映内容"];
    let data = [
        ["测字〔2018〕1号", "赵大勇", "2018-06-12", "13900000012", "水泥路被运煤车压坏两年，雨天无法通行"],
        ["测字〔2018〕2号", "孙有田", "2018-07-03", "13900000013", "低保被取消，请求核实家庭收入"],
        ["测字〔2018〕3号", "周玉兰", "2018-08-21", "13900000014", "征地补偿款至今未发，请求答复"],
    ];
    let rows: Vec<Vec<String>> =
        std::iter::once(header).chain(data).map(|row| row.map(str::to_owned).to_vec()).collect();
    let delimited = |by: &str| rows.iter().map(|row| row.join(by) + "\r\n").collect::<String>();
    let indented = as_opendocument("document-content", &rows).into_bytes();
    let packed = [
        ("mimetype", OPEN_SHEET.as_bytes().to_vec()),
        ("META-INF/manifest.xml", b"<manifest/>".to_vec()),
        ("content.xml", indented),
    ];
    let files = [
        ("utf8.csv", delimited(",").into_bytes()),
        ("stray.csv", delimited(",").replacen("两年", "两年\u{16}", 1).into_bytes()),
        ("flat.fods", as_opendocument("document", &rows).into_bytes()),
        ("indented.ods", zip_of(&packed)),
        ("gb.csv", gb18030(&delimited(","))),
        ("utf16.txt", utf16(&delimited("\t"))),
        ("html.xls", gb18030(&as_html(&rows))),
        ("xml.xls", as_xml(&rows).into_bytes()),
        ("tabs.xls", gb18030(&delimited("\t"))),
    ];
    let mut first: Option<Vec<Value>> = None;
    for (name, bytes) in files {
        let place = Place::new();
        place.write(&format!("in/{name}"), bytes);
        let report = place.ingest([place.path("in")]).exits(0).json();
        assert_settled(&report);
        assert_eq!(report["rows"]["archived"], 3, "{name}: {report}");
        let said = said(&place);
        assert_eq!(&said, first.get_or_insert_with(|| said.clone()), "{name}");
    }
}

#[test]
fn workbooks_of_every_program_say_the_same_and_what_is_not_read_is_named() {
    let mut first: Option<Vec<Value>> = None;
    for kind in ["xlsx", "ods", "xls"] {
        let place = Place::new();
        put(&place, &format!("office/register.{kind}"), &format!("in/register.{kind}"));
        let report = place.ingest([place.path("in")]).exits(0).json();
        assert_settled(&report);
        assert_eq!(report["rows"]["archived"], 4, "{kind}: {report}");
        assert_eq!(entry(&report, "notes", kind)["kind"], "hidden_sheet", "{kind}: {report}");
        let of_fields: Vec<Value> = said(&place).into_iter().map(|item| item["fields"].clone()).collect();
        assert_eq!(&of_fields, first.get_or_insert_with(|| of_fields.clone()), "{kind}");
        let kinds: Vec<&str> =
            report["notes"].as_array().unwrap().iter().map(|note| note["kind"].as_str().unwrap()).collect();
        match kind {
            "xlsx" => {
                assert_eq!(kinds, ["hidden_sheet", "pictures", "struck_through"]);
                assert_eq!(place.search("柳树湾村")["total"], 2, "a cell merged over two rows");
            }
            "ods" => assert_eq!(kinds, ["hidden_sheet", "pictures"]),
            _ => assert_eq!(kinds, ["hidden_sheet"]),
        }
    }
}

#[test]
fn files_within_files_are_accounted_for_like_any_other() {
    let place = Place::new();
    let inner = zip_of(&[("深处.txt", LETTER.replace("赵大勇", "周玉兰").into_bytes())]);
    let files = [
        (gb18030("一九九八年/来信.txt"), gb18030(LETTER)),
        (b"empty.pdf".to_vec(), Vec::new()),
        (b"Thumbs.db".to_vec(), b"x".to_vec()),
        (b"../../outside.txt".to_vec(), LETTER.replace("赵大勇", "钱守信").into_bytes()),
        (b"inner.zip".to_vec(), inner),
        (b"program".to_vec(), b"\x7FELF...".to_vec()),
    ];
    place.write("in/disk.zip", zip_of(&files));
    let csv = "信访编号,信访人,反映内容\n测001,孙有田,砖厂拖欠工资\n";
    place.write("in/mail.eml", mail("请查收附件。", &[("a.csv", csv.as_bytes())]));
    let report = place.ingest([place.path("in")]).exits(3).json();
    assert_settled(&report);
    // Two files, six in the first, one in the zip within it, one attached.
    let expected =
        json!({ "seen": 10, "archived": 7, "unchanged": 0, "duplicate": 0, "quarantined": 2, "ignored": 1 });
    assert_eq!(report["files"], expected, "{report}");
    assert_eq!(entry(&report, "quarantined", "disk.zip!/empty.pdf")["kind"], "empty");
    assert_eq!(entry(&report, "quarantined", "disk.zip!/program")["kind"], "unknown_kind");
    assert_eq!(
        names(&place.search(PHRASE)),
        ["disk.zip!/../../outside.txt", "disk.zip!/inner.zip!/深处.txt", "disk.zip!/一九九八年/来信.txt"]
    );
    assert_eq!(names(&place.search("砖厂拖欠工资")), ["mail.eml!/a.csv"]);
    assert!(place.archive().join("originals/disk.zip!/一九九八年/来信.txt").is_file());
    assert!(place.path("outside.txt").symlink_metadata().is_err(), "nothing is unpacked outside");
    assert!(!place.archive().join("unpacked").exists());
    place.ask(["verify"]).exits(0);
    let retried = place.ask_with("quarantine", ["retry", "disk.zip!/empty.pdf", "--json"]).exits(3).json();
    assert_settled(&retried["report"]);
    assert_eq!(retried["gone"], json!([]), "{retried}");
    assert_eq!(retried["report"]["files"]["seen"], 8, "the container and what is in it: {retried}");
    // Nothing has changed: nothing is read again but what could not be taken in.
    let digest = place.digest();
    let again = place.ingest([place.path("in")]).exits(3).json();
    assert_settled(&again);
    assert_eq!(again["files"]["unchanged"], 7, "{again}");
    assert_eq!(again["files"]["seen"], 10);
    assert_eq!(place.digest(), digest);
}

#[test]
fn containers_are_bounded_in_depth() {
    let place = Place::new();
    let mut nested = zip_of(&[("deep.txt", LETTER.as_bytes().to_vec())]);
    for _ in 0..6 {
        nested = zip_of(&[("next.zip", nested)]);
    }
    place.write("in/nested.zip", nested);
    place.write("in/good.txt", LETTER.as_bytes());
    let report = place.ingest([place.path("in")]).exits(3).json();
    assert_settled(&report);
    assert_eq!(entry(&report, "quarantined", "next.zip")["kind"], "too_large");
    assert_eq!(names(&place.search(PHRASE)), ["good.txt"]);
}

#[test]
fn a_container_that_unpacks_to_more_than_allowed_costs_only_that_file() {
    let place = Place::new();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("bomb.csv", options).unwrap();
    for _ in 0..64 {
        zip.write_all(&vec![b'0'; 1 << 20]).unwrap();
    }
    zip.start_file("good.txt", options).unwrap();
    zip.write_all(LETTER.as_bytes()).unwrap();
    place.write("in/bomb.zip", zip.finish().unwrap().into_inner());
    let pipelines = place.path("pipelines");
    support::copy_folder(&root().join("pipelines/petitions"), &pipelines.join("petitions"));
    let manifest = pipelines.join("petitions/pipeline.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text.replace("unpacked_mib = 4096", "unpacked_mib = 8")).unwrap();
    let report = place.ingest([place.path("in")]).env("DOSSIER_PIPELINES", &pipelines).exits(3).json();
    assert_settled(&report);
    assert_eq!(entry(&report, "quarantined", "bomb.csv")["kind"], "too_large");
    assert_eq!(names(&place.search(PHRASE)), ["bomb.zip!/good.txt"]);
}

#[test]
fn pages_are_recognised_when_that_is_allowed() {
    let place = Place::new();
    put(&place, "pictures/fax.tif", "in/fax.tif");
    place.write("in/letter.txt", LETTER);
    let never = place.ingest([place.path("in")]).arg("--ocr").arg("never").exits(3).json();
    assert_settled(&never);
    assert_eq!(entry(&never, "quarantined", "fax.tif")["kind"], "ocr_off");
    assert_eq!(never["files"]["archived"], 1);
    let now = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&now);
    assert_eq!(now["pages"]["recognised"], 2);
    assert_eq!(now["files"]["unchanged"], 1);
}

/// Two forms on one sheet, with their title each time.
fn forms() -> Vec<Vec<String>> {
    let form = |number: &str, name: &str, phone: &str, content: &str| {
        [
            vec!["石桥镇来信登记表"],
            vec!["信访编号", number, "来信日期", "2018-06-12"],
            vec!["信访人", name, "性别", "男", "联系电话", phone],
            vec!["住址", "石桥镇柳树湾村三组"],
            vec!["反映内容"],
            vec!["", content],
        ]
        .map(|row| row.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    [
        form("测001", "赵大勇", "13900000012", "水泥路被运煤车压坏两年，雨天无法通行。"),
        form("测002", "孙有田", "13900000013", "低保被取消，请求核实家庭收入。"),
    ]
    .concat()
}

#[test]
fn a_sheet_of_forms_is_a_petition_a_form() {
    let mut first: Option<Vec<Value>> = None;
    for (name, bytes) in
        [("forms.xls", gb18030(&as_html(&forms()))), ("xml.xls", as_xml(&forms()).into_bytes())]
    {
        let place = Place::new();
        place.write(&format!("in/{name}"), bytes);
        let report = place.ingest([place.path("in")]).exits(0).json();
        assert_settled(&report);
        assert_eq!(report["rows"]["archived"], 2, "{name}: {report}");
        assert_eq!(report["rows"]["seen"], 12, "{name}: {report}");
        let found = place.search("姓名:孙有田");
        assert_eq!(found["total"], 1, "{name}");
        let id = found["hits"][0]["id"].as_str().expect("an id");
        let item = place.ask(["show", "--json", "--mask", "none", id]).exits(0).json();
        let value = |field: &str| item["fields"][field][0]["value"].clone();
        assert_eq!(value("petition_no"), "测002", "{item}");
        assert_eq!(value("letter_date"), "2018-06-12");
        assert_eq!(value("summary"), "低保被取消，请求核实家庭收入。", "a value below its label");
        let said = said(&place);
        assert_eq!(&said, first.get_or_insert_with(|| said.clone()), "{name}");
    }
}

#[test]
fn what_stands_in_a_zip_says_nothing_of_the_zip_and_one_broken_file_costs_only_itself() {
    let place = Place::new();
    let docx = std::fs::read(fixture("office/letter.docx")).unwrap();
    let odt = std::fs::read(fixture("office/letter.odt")).unwrap();
    let files = [
        ("a.odt", odt),
        ("b.docx", docx),
        ("same.txt", LETTER.replace("赵大勇", "周玉兰").into_bytes()),
        ("same.txt", LETTER.replace("赵大勇", "钱守信").into_bytes()),
        ("broken.txt", LETTER.as_bytes().to_vec()),
    ];
    let mut zip = zip_of(&files);
    let last = (0..zip.len() - 4).rev().find(|at| zip[*at..].starts_with(b"PK\x03\x04")).expect("a header");
    zip[last] = b'X';
    place.write("in/box.zip", zip);
    let secret = "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let odt = [
        ("mimetype", b"application/vnd.oasis.opendocument.text".to_vec()),
        ("content.xml", b"\x93\x01\xFF".to_vec()),
        ("META-INF/manifest.xml", secret.as_bytes().to_vec()),
    ];
    place.write("in/secret.odt", zip_of(&odt));
    let report = place.ingest([place.path("in")]).exits(3).json();
    assert_settled(&report);
    assert_eq!(report["files"]["archived"], 5, "the zip and four of its files: {report}");
    assert_eq!(entry(&report, "quarantined", "box.zip!/broken.txt")["kind"], "damaged");
    assert_eq!(entry(&report, "quarantined", "secret.odt")["kind"], "encrypted");
    let found = names(&place.search(PHRASE));
    assert_eq!(found.iter().filter(|name| name.contains("same.txt")).count(), 2, "{found:?}");
}

#[test]
fn a_container_whose_content_changes_is_read_again_whatever_its_time() {
    let place = Place::new();
    let zip = |name: &str| {
        zip_of(&[("a.txt", LETTER.replace("赵大勇", name).into_bytes()), ("b.txt", b"other".to_vec())])
    };
    let path = place.write("in/box.zip", zip("周玉兰"));
    let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
    place.ingest([place.path("in")]).exits(0);
    // Another size of the container, the same of its file, and the time that it had.
    let mut other = zip("钱守信");
    let comment = other.len() - 2;
    other[comment] = 1;
    other.push(b'x');
    std::fs::write(&path, other).unwrap();
    std::fs::File::options().append(true).open(&path).unwrap().set_modified(modified).unwrap();
    let report = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&report);
    assert_eq!(names(&place.search("\"钱守信\"")), ["box.zip!/a.txt"], "{report}");
    assert_eq!(report["files"]["unchanged"], 1, "{report}");
    let again = place.ingest([place.path("in")]).exits(0).json();
    assert_eq!(again["files"]["unchanged"], 3, "{again}");
}

#[test]
fn pictures_named_as_the_sheets_of_one_document_are_one_letter() {
    let place = Place::new();
    let archive_no = "0045-WS·2018-Y-0012";
    put(&place, "sheets/1.png", &format!("in/{archive_no}-001.png"));
    put(&place, "pictures/letter.png", "in/来信/1.png");
    let first = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&first);
    assert_eq!(place.search("路面 OR 水渠")["total"], 1);
    // The second sheet comes later, and the same letter in a folder of its own, from another box.
    put(&place, "sheets/2.png", &format!("in/{archive_no}-002.png"));
    let other = std::fs::read(fixture("sheets/1.png")).unwrap();
    place.write("in/box/0045-WS·2018-Y-0013/2.png", [&other[..], b"\0"].concat());
    put(&place, "pictures/turned.jpg", "in/box/0045-WS·2018-Y-0013/1.jpg");
    let register = format!("信访编号,档号,信访人,办理单位\n测001,{archive_no},赵大勇,石桥镇政府\n");
    place.write("in/登记.csv", register);
    let report = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&report);
    assert_eq!(report["pages"]["recognised"], 3, "{report}");
    let found = place.search("浇地要到邻村挑水，三十多户的秧苗旱死了一半");
    assert_eq!(found["total"], 1, "a sentence over two sheets: {found}");
    let expected = [format!("{archive_no}-001.png"), format!("{archive_no}-002.png"), "登记.csv".to_owned()];
    assert_eq!(names(&found), expected, "the row that names it has joined");
    let id = found["hits"][0]["id"].as_str().expect("an id");
    let item = place.ask(["show", "--json", "--mask", "none", id]).exits(0).json();
    let value = |field: &str| &item["fields"][field][0];
    assert_eq!(value("letter_date")["value"], "2018-06-12", "{item}");
    assert_eq!(value("phone")["evidence"][0]["page"], 1);
    let box_of_two = place.search("家房屋漏雨 水渠");
    assert_eq!(names(&box_of_two), ["box/0045-WS·2018-Y-0013/1.jpg", "box/0045-WS·2018-Y-0013/2.png"]);
    assert_eq!(place.search("水渠")["total"], 2, "and nothing stands twice");
    place.ask(["verify"]).exits(0);
    // A sheet that goes takes its text with it, and only that.
    place.ask_with("undo", ["2", "--reason", "扫描有误"]).exits(0);
    assert_eq!(place.search("浇地要到邻村挑水")["total"], 1);
    assert_eq!(place.search("秧苗旱死")["total"], 0);
    place.ask(["verify"]).exits(0);
    place.ingest([place.path("in")]).exits(0);
    assert_eq!(place.search("浇地要到邻村挑水，三十多户的秧苗旱死了一半")["total"], 1);
    // The order in which the sheets come makes no difference.
    let other = Place::new();
    support::copy_folder(&place.path("in"), &other.path("in"));
    other.ingest([other.path("in")]).exits(0);
    assert_eq!(said(&other), said(&place));
}

#[test]
fn a_transcript_beside_a_scan_takes_the_place_of_recognition() {
    let place = Place::new();
    // Another program's recognition, and a person's own copy with what the scan does not show.
    put(&place, "sheets/1.png", "in/甲.png");
    put(&place, "sheets/2.png", "in/乙.png");
    put(&place, "pictures/fax.tif", "in/丙.tif");
    let alto = Dossier::new(["ocr", "--format", "alto"]).arg(fixture("sheets/1.png")).exits(0).stdout;
    place.write("in/甲.xml", alto.replace("渠", "閘"));
    place.write("in/乙.txt", "三十多户的秧苗旱死了大半。\n赵大勇\n2018年6月12日");
    place.write("in/丙.txt", "只有一页的说明");
    put(&place, "office/letter.html", "in/丁.html");
    put(&place, "pictures/letter.png", "in/丁.png");
    place.write("in/alone.xml", alto.replace("赵", "周"));
    let report = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&report);
    assert_eq!(report["pages"]["transcript"], 2, "{report}");
    assert_eq!(
        report["pages"]["recognised"], 3,
        "the fax, whose transcript is of another length, too: {report}"
    );
    assert_eq!(entry(&report, "notes", "丙.tif")["kind"], "transcript_unused");
    assert_eq!(report["files"]["archived"], 9, "{report}");
    assert_eq!(names(&place.search(PHRASE)), ["丁.html"], "hypertext of the same name is a letter");
    assert_eq!(names(&place.search("水闸")), ["甲.png"], "found by what the transcript says");
    assert_eq!(names(&place.search("秧苗旱死了大半")), ["乙.png"]);
    assert_eq!(names(&place.search("姓名:周大勇")), ["alone.xml"], "a transcript alone is a letter");
    let hit = place.search("水闸")["hits"][0]["id"].as_str().expect("an id").to_owned();
    let item = place.ask(["show", "--json", "--mask", "none", &hit]).exits(0).json();
    assert_eq!(item["pages"][0]["state"], "transcript");
    assert!(item["pages"][0]["words"][0]["box"][0].as_i64().unwrap() > 50, "with its places");
    // The transcript is mended: the scan has its new text, and is not recognised either.
    place.write("in/乙.txt", "三十多户的秧苗全部旱死。\n赵大勇\n2018年6月12日");
    let again = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&again);
    assert_eq!(again["pages"]["recognised"], 0, "{again}");
    assert_eq!(names(&place.search("秧苗全部旱死")), ["乙.png"]);
    assert_eq!(place.search("秧苗旱死了大半")["total"], 0);
    let same = place.ingest([place.path("in")]).exits(0).json();
    assert_eq!(same["files"]["unchanged"], 9, "{same}");
    // A transcript beside a copy is that of the content, wherever it was first seen.
    let twice = Place::new();
    put(&twice, "sheets/1.png", "in/a.png");
    put(&twice, "sheets/1.png", "in/b.png");
    twice.write("in/b.txt", "手抄：水渠至今没有完工。");
    let copied = twice.ingest([twice.path("in")]).exits(0).json();
    assert_settled(&copied);
    assert_eq!(copied["pages"]["recognised"], 0, "{copied}");
    assert_eq!(twice.search("手抄")["total"], 1);
    // A page that a transcript leaves out is recognised.
    place.write("in/丙.txt", "县信访局收文\u{C} \u{C}");
    let half = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&half);
    assert_eq!(
        (&half["pages"]["transcript"], &half["pages"]["recognised"]),
        (&json!(1), &json!(1)),
        "{half}"
    );
    place.ask(["verify"]).exits(0);
}

#[test]
fn a_scan_that_is_tried_again_keeps_its_transcript() {
    let place = Place::new();
    place.write("in/甲.png", b"\x89PNG\r\n\x1A\n cut off");
    place.write("in/甲.txt", "手抄：水渠至今没有完工。");
    let report = place.ingest([place.path("in")]).exits(3).json();
    assert_eq!(report["files"]["quarantined"], 1, "{report}");
    put(&place, "sheets/1.png", "in/甲.png");
    let retried = place.ask_with("quarantine", ["retry", "--json", "--quiet"]).exits(0).json();
    assert_eq!(retried["report"]["pages"]["transcript"], 1, "{retried}");
    assert_eq!(names(&place.search("手抄")), ["甲.png"]);
}

#[test]
fn a_sheet_that_explains_a_register_is_noted_and_no_trouble() {
    let place = Place::new();
    let mut book = rust_xlsxwriter::Workbook::new();
    let explained = book.add_worksheet();
    explained.set_name("说明").unwrap();
    explained.write_string(0, 0, "本表由信访科填写，每周一更新。").unwrap();
    explained.write_string(1, 0, "涉密件不入此表。").unwrap();
    let register = book.add_worksheet();
    register.set_name("登记").unwrap();
    for (row, cells) in [["信访编号", "信访人", "内容"], ["丁001", "钱守信", "村道失修"]].iter().enumerate()
    {
        for (column, cell) in cells.iter().enumerate() {
            register.write_string(row as u32, column as u16, *cell).unwrap();
        }
    }
    place.write("in/登记.xlsx", book.save_to_buffer().unwrap());
    let report = place.ingest([place.path("in")]).exits(0).json();
    assert_settled(&report);
    assert_eq!(
        (&report["rows"]["archived"], &report["rows"]["not_data"]),
        (&json!(1), &json!(3)),
        "{report}"
    );
    assert_eq!(report["notes"][0]["kind"], "sheet_aside");
    assert_eq!(report["notes"][0]["detail"], "说明 (2)");
    // Without a register beside it nothing says what it is.
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write_string(0, 0, "本表由信访科填写").unwrap();
    place.write("in/无表.xlsx", book.save_to_buffer().unwrap());
    let report = place.ingest([place.path("in")]).exits(3).json();
    assert_eq!(report["rows"]["rejected"], 1, "{report}");
}
