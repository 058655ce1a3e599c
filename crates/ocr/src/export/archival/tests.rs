use lopdf::{Document, Object, ObjectId, Stream, dictionary};

use super::*;

/// What a scanner writes: one page with one picture. `change` is told the page and the picture.
fn scan(change: impl FnOnce(&mut Document, ObjectId, ObjectId)) -> Document {
    let mut document = Document::with_version("1.4");
    let tree = document.new_object_id();
    let picture = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => 1, "Height" => 1,
        "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8,
    };
    let picture = document.add_object(Stream::new(picture, vec![0]));
    let content = Stream::new(Dictionary::new(), b"q 595 0 0 842 0 0 cm/Im0 Do Q".to_vec());
    let content = document.add_object(content);
    let page = document.add_object(dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content });
    let node = dictionary! {
        "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1,
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        "Resources" => dictionary! { "XObject" => dictionary! { "Im0" => picture } },
    };
    document.objects.insert(tree, node.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    change(&mut document, page, picture);
    document
}

fn obstacles(change: impl FnOnce(&mut Document, ObjectId, ObjectId)) -> Vec<Obstacle> {
    examine::obstacles(&scan(change)).into_iter().collect()
}

fn set(document: &mut Document, id: ObjectId, key: &str, value: impl Into<Object>) {
    match document.get_object_mut(id).unwrap() {
        Object::Stream(stream) => stream.dict.set(key, value),
        object => object.as_dict_mut().unwrap().set(key, value),
    }
}

fn draw(operators: &str) -> Vec<Obstacle> {
    let mut found = BTreeSet::new();
    operators::obstacles(operators.as_bytes(), &mut found);
    found.into_iter().collect()
}

#[test]
fn what_a_scanner_writes_is_declared() {
    let mut document = scan(|_, _, _| {});
    document.add_object(dictionary! { "Type" => "Font" });
    assert_eq!(declare_if_so(&mut document, b"the file").unwrap(), Standing::Declared);
    assert!(claims(&document).unwrap());
    assert_eq!(document.version, "1.7");
    assert!(document.trailer.has(b"ID"));
    let page = document.get_dictionary(document.get_pages()[&1]).unwrap();
    assert!(page.has(b"Resources"), "what a page uses is said in it");
    let is_font = |object: &Object| object.as_dict().is_ok_and(|found| found.has_type(b"Font"));
    assert!(!document.objects.values().any(is_font), "what nothing refers to is gone");
    // It is not declared a second time.
    assert_eq!(declare_if_so(&mut document, b"the file").unwrap(), Standing::Kept);
}

#[test]
fn what_speaks_against_it_is_named() {
    let entry = |key: &str| vec![Obstacle::Entry(key.to_owned())];
    let catalog = |document: &mut Document, key: &str| {
        document.catalog_mut().unwrap().set(key, dictionary! {});
    };
    assert_eq!(obstacles(|_, _, _| {}), []);
    assert_eq!(obstacles(|document, _, _| document.version = "2.0".into()), [Obstacle::Version]);
    assert_eq!(obstacles(|document, _, _| catalog(document, "AcroForm")), entry("/AcroForm"));
    assert_eq!(obstacles(|document, _, _| catalog(document, "OpenAction")), entry("/OpenAction"));
    assert_eq!(obstacles(|document, _, _| catalog(document, "OutputIntents")), entry("/OutputIntents"));
    assert_eq!(obstacles(|document, page, _| set(document, page, "AA", dictionary! {})), entry("/AA"));
    let note = |document: &mut Document, page, _| {
        let note = document.add_object(dictionary! { "Subtype" => "Text" });
        set(document, page, "Annots", vec![note.into()]);
    };
    assert_eq!(obstacles(note), entry("/Annots"));
    assert_eq!(obstacles(|document, page, _| set(document, page, "Annots", Vec::<Object>::new())), []);
    let fonts = |document: &mut Document, page, _| {
        let fonts = dictionary! { "Font" => dictionary! { "F1" => dictionary! { "Type" => "Font" } } };
        set(document, page, "Resources", fonts);
    };
    assert_eq!(obstacles(fonts), [Obstacle::Fonts]);
    let small = |document: &mut Document, page, _| {
        set(document, page, "MediaBox", vec![0.into(), 0.into(), 2.into(), 842.into()]);
    };
    assert_eq!(obstacles(small), [Obstacle::Size]);
    let lost = |document: &mut Document, page, _| set(document, page, "Resources", (99, 0));
    assert_eq!(obstacles(lost), [], "what is not there is not used");
}

#[test]
fn pictures_are_looked_at_with_their_masks() {
    let of = |key: &'static str, value: Object| {
        obstacles(move |document, _, picture| set(document, picture, key, value))
    };
    assert_eq!(of("ColorSpace", "DeviceCMYK".into()), [Obstacle::Colours]);
    assert_eq!(of("ColorSpace", vec!["Separation".into()].into()), [Obstacle::Colours]);
    assert_eq!(of("Filter", "LZWDecode".into()), [Obstacle::Packing("/LZWDecode".into())]);
    assert_eq!(of("Filter", "JPXDecode".into()), [Obstacle::Packing("/JPXDecode".into())]);
    assert_eq!(of("Filter", vec!["FlateDecode".into(), "DCTDecode".into()].into()), []);
    assert_eq!(of("Interpolate", true.into()), [Obstacle::Entry("/Interpolate".into())]);
    assert_eq!(of("Interpolate", false.into()), []);
    assert_eq!(of("Intent", "Perceptual".into()), []);
    assert_eq!(of("Intent", "Pretty".into()), [Obstacle::Damage]);
    assert_eq!(of("Alternates", Vec::<Object>::new().into()), [Obstacle::Entry("/Alternates".into())]);
    let masked = |document: &mut Document, _, picture| {
        let mask = dictionary! { "Subtype" => "Image", "ColorSpace" => "DeviceCMYK" };
        let mask = document.add_object(Stream::new(mask, Vec::new()));
        set(document, picture, "SMask", mask);
    };
    assert_eq!(obstacles(masked), [Obstacle::Colours]);
    let of_itself = |document: &mut Document, _, picture| set(document, picture, "SMask", picture);
    assert_eq!(obstacles(of_itself), []);
}

#[test]
fn a_profile_tells_what_colours_are() {
    let with = |components: i64, profile: Vec<u8>| {
        obstacles(move |document, _, picture| {
            let profile = document.add_object(Stream::new(dictionary! { "N" => components }, profile));
            set(document, picture, "ColorSpace", vec!["ICCBased".into(), profile.into()]);
        })
    };
    let srgb = ColorProfile::new_srgb().encode().unwrap();
    assert_eq!(with(3, srgb.clone()), []);
    assert_eq!(with(4, srgb.clone()), [Obstacle::Colours]);
    assert_eq!(with(1, srgb.clone()), [Obstacle::Colours]);
    assert_eq!(with(3, srgb[..100].to_vec()), [Obstacle::Colours]);
    let indexed = |base: &'static str| {
        obstacles(move |document, _, picture| {
            let space = vec!["Indexed".into(), base.into(), 1.into(), Object::string_literal("......")];
            set(document, picture, "ColorSpace", space);
        })
    };
    assert_eq!((indexed("DeviceRGB"), indexed("DeviceCMYK")), (vec![], vec![Obstacle::Colours]));
}

#[test]
fn operators_are_those_that_scanners_write() {
    assert_eq!(draw("q 0.24 0 0 .24 -1 0 cm /Im0 Do Q\n[3 2] 0 d 1 0 0 RG 0 0 m 9 9 l S"), []);
    assert_eq!(draw("/Cs1 cs/Pattern CS"), [Obstacle::Colours]);
    assert_eq!(draw("0 0 0 1 k"), [Obstacle::Colours]);
    assert_eq!(draw("BT /F1 12 Tf <0041> Tj (b) Tj ET"), [Obstacle::Fonts]);
    assert_eq!(draw("/Sh0 sh"), [Obstacle::Drawing]);
    assert_eq!(
        draw("BI /W 1 ID x EI"),
        [Obstacle::Drawing],
        "pictures among the operators are not looked into"
    );
    assert_eq!(draw(&"q ".repeat(27)), []);
    assert_eq!(draw(&"q ".repeat(28)), [Obstacle::Damage]);
    assert_eq!(draw("99999999999 w"), [Obstacle::Drawing]);
}
