//! While a run writes, a search answers of one time: that of the index.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test may stop where it stands.

use dossier_archive::{Archive, ArchiveError, Classified, ItemRecord, Query, SearchOptions, item_id};
use dossier_model::{Item, ItemText, Locator, Mask, Sha256};

fn item(identity: &str, text: &str) -> Item {
    let mut whole = ItemText::default();
    whole.push(text, Sha256::of(b"source"), Locator::Page(1), false);
    Item {
        id: item_id(identity),
        identity: identity.to_owned(),
        title: text.to_owned(),
        text: whole,
        ..Item::default()
    }
}

fn write(archive: &Archive, identity: &str, text: Option<&str>) {
    let by = Classified { rules: String::new(), at: 0 };
    let item = text.map(|text| ItemRecord::of(&item(identity, text)).unwrap());
    archive
        .catalog
        .together::<_, ArchiveError>(|catalog| catalog.write_item(identity, item.as_ref(), &by))
        .unwrap();
}

/// The titles found, and how many the index says there are.
fn titles(archive: &Archive, query: &str) -> (u64, Vec<String>) {
    let options = SearchOptions { limit: 10, mask: Mask::None, ..SearchOptions::default() };
    let query = Query::parse(query, &[], &[]).unwrap();
    let found = archive.search(&query, options).unwrap();
    let mut titles: Vec<String> = found.hits.into_iter().map(|hit| hit.title).collect();
    titles.sort_unstable();
    (found.total, titles)
}

#[test]
fn hits_are_shown_as_they_were_indexed() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open_or_create(folder.path()).unwrap();
    write(&archive, "a", Some("村道失修"));
    write(&archive, "b", Some("村道积水"));
    archive.update_index().unwrap();
    let before = (2, vec!["村道失修".to_owned(), "村道积水".to_owned()]);
    assert_eq!(titles(&archive, "村道"), before);

    // A run changes one twice, takes the other away and adds a third.
    write(&archive, "a", Some("村道修好"));
    write(&archive, "a", Some("村道又坏"));
    write(&archive, "b", None);
    write(&archive, "c", Some("村道拓宽"));
    assert_eq!(titles(&archive, "村道"), before);
    assert_eq!(titles(&archive, "又坏").0, 0);

    // The index goes on under a reader that was opened before.
    let reader = Archive::open(folder.path()).unwrap();
    write(&archive, "a", Some("村道终于修好"));
    archive.update_index().unwrap();
    assert_eq!(titles(&reader, "村道"), (2, vec!["村道拓宽".to_owned(), "村道终于修好".to_owned()]));
}

#[test]
fn the_old_index_serves_until_the_new_one_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = Archive::open_or_create(folder.path()).unwrap();
    write(&archive, "a", Some("村道失修"));
    archive.update_index().unwrap();
    let reader = Archive::open(folder.path()).unwrap();
    // What a rebuilding that was killed leaves behind is no hindrance.
    std::fs::create_dir_all(folder.path().join("index.next/rest")).unwrap();
    assert_eq!(archive.rebuild_index(|_, _| {}).unwrap(), 1);
    let expected = (1, vec!["村道失修".to_owned()]);
    assert_eq!(titles(&reader, "村道"), expected, "an open reader goes on");
    assert_eq!(titles(&archive, "村道"), expected);
    assert_eq!(titles(&Archive::open(folder.path()).unwrap(), "村道"), expected);
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("index"))
        .collect();
    assert_eq!(left, ["index"]);
}

#[test]
fn other_pairs_are_indexed_once_letters_tell_them_and_nobody_misses_anything() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open_or_create(folder.path()).unwrap();
    let by = Classified { rules: String::new(), at: 0 };
    let write_many = |count: usize, end: &str| {
        archive
            .catalog
            .together::<_, ArchiveError>(|catalog| {
                for number in 0..count {
                    let identity = format!("{number:05}");
                    let text = if number % 2 == 0 { "绊阜我们" } else { "阜绊们我" };
                    catalog.write_item(
                        &identity,
                        Some(&ItemRecord::of(&item(&identity, &(text.to_owned() + end)))?),
                        &by,
                    )?;
                }
                Ok(())
            })
            .unwrap();
        archive.update_index().unwrap();
    };
    write_many(9_998, "。");
    let reader = Archive::open(folder.path()).unwrap();
    for (query, count) in [("绊阜", 4_999), ("我们", 4_999), ("绊阜我们", 4_999), ("绊阜我们~", 4_999)]
    {
        assert_eq!(titles(&reader, query).0, count, "{query} of few letters");
    }
    // The reader has to go on: what it knows is forgotten.
    write_many(10_002, "！");
    for archive in [&reader, &archive, &Archive::open(folder.path()).unwrap()] {
        for (query, count) in [("绊阜", 5_001), ("我们", 5_001), ("绊阜我们", 5_001), ("绊阜我们~", 5_001)]
        {
            assert_eq!(titles(archive, query).0, count, "{query} of many letters");
        }
    }
    let commit = std::fs::read_to_string(folder.path().join("index/meta.json")).unwrap();
    assert!(commit.contains("们我绊阜"), "the letters have told their characters: {commit}");
}

#[test]
fn changes_come_in_their_order_with_each_item_as_it_is_now() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open_or_create(folder.path()).unwrap();
    write(&archive, "a", Some("村道失修"));
    write(&archive, "b", Some("村道积水"));
    let seen = archive.catalog.sequence().unwrap();
    write(&archive, "b", Some("村道又积水"));
    write(&archive, "a", Some("村道修好"));
    write(&archive, "b", None);
    write(&archive, "a", Some("村道又坏"));
    write(&archive, "c", Some("村道拓宽"));
    let mut told = Vec::new();
    let tell = |change: u64, id: &str, row: Option<dossier_archive::ItemRow>| {
        told.push((change - seen, id.to_owned(), row.map(|row| row.item.title)));
        Ok(())
    };
    archive.catalog.for_each_change(seen, tell).unwrap();
    let title = |title: &str| Some(title.to_owned());
    // What is gone comes once for each of its changes.
    let expected = [
        (1, item_id("b"), None),
        (3, item_id("b"), None),
        (4, item_id("a"), title("村道又坏")),
        (5, item_id("c"), title("村道拓宽")),
    ];
    assert_eq!(told, expected);
}
