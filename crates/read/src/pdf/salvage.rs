//! A file that was cut off has lost its catalog, which stands at the end, but not what came
//! before: a new catalog is appended that leads to the page tree, or to the pages one by one.

/// Objects whose beginning is looked at for their type: a dictionary's own keys stand there.
const DICTIONARY: usize = 4096;

/// What is left of a document's structure; numbers of objects.
#[derive(Debug, Default, PartialEq)]
struct Remains {
    highest: u32,
    /// Page trees that have no parent.
    roots: Vec<u32>,
    pages: Vec<u32>,
}

/// The bytes with a new catalog at their end; `None` when no page is left.
pub(super) fn with_new_catalog(bytes: &[u8]) -> Option<Vec<u8>> {
    let remains = remains(bytes);
    let catalog = remains.highest.checked_add(1)?;
    let mut whole = bytes.to_vec();
    let root = match remains.roots.first() {
        Some(root) => *root,
        None if remains.pages.is_empty() => return None,
        None => {
            let kids: Vec<String> = remains.pages.iter().map(|page| format!("{page} 0 R")).collect();
            let (root, count, kids) = (catalog.checked_add(1)?, kids.len(), kids.join(" "));
            whole.extend(
                format!("\n{root} 0 obj\n<</Type/Pages/Count {count}/Kids[{kids}]>>\nendobj").into_bytes(),
            );
            root
        }
    };
    let size = catalog.checked_add(2)?;
    whole.extend(
        format!(
            "\n{catalog} 0 obj\n<</Type/Catalog/Pages {root} 0 R>>\nendobj\n\
             trailer\n<</Root {catalog} 0 R/Size {size}>>\nstartxref\n0\n%%EOF"
        )
        .into_bytes(),
    );
    Some(whole)
}

fn remains(bytes: &[u8]) -> Remains {
    let mut remains = Remains::default();
    let marker = b" obj";
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(marker.len()).position(|window| window == marker) {
        let mark = at + found;
        at = mark + marker.len();
        let Some(number) = object_number(&bytes[..mark]) else { continue };
        remains.highest = remains.highest.max(number);
        let body = &bytes[at..bytes.len().min(at + DICTIONARY)];
        let end = [&b"endobj"[..], b"stream"].iter().filter_map(|word| position(body, word)).min();
        let body = &body[..end.unwrap_or(body.len())];
        match named_type(body) {
            Some(b"Pages") if position(body, b"/Parent").is_none() => remains.roots.push(number),
            Some(b"Page") if end.is_some() => remains.pages.push(number),
            _ => {}
        }
    }
    remains
}

/// The object number before `G obj`: digits, a blank, the generation.
fn object_number(before: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(&before[before.len().saturating_sub(20)..]);
    let tail: String = match text {
        Ok(text) => text.to_owned(),
        Err(_) => before[before.len().saturating_sub(20)..].iter().map(|byte| char::from(*byte)).collect(),
    };
    let (rest, generation) = tail.rsplit_once(' ')?;
    generation.parse::<u32>().ok()?;
    let digits: String = rest.chars().rev().take_while(char::is_ascii_digit).collect();
    digits.chars().rev().collect::<String>().parse().ok()
}

/// The name after `/Type`.
fn named_type(body: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    loop {
        at += position(&body[at..], b"/Type")? + b"/Type".len();
        let rest = body[at..].trim_ascii_start();
        let Some(name) = rest.strip_prefix(b"/") else { continue };
        let length = name.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(name.len());
        return Some(&name[..length]);
    }
}

fn position(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tree_or_single_pages_are_found_again() {
        let tree = b"%PDF-1.5\n1 0 obj\n<</Type /Pages/Kids[4 0 R]/Count 1>>\nendobj\n4 0 obj <</Type/Page/Parent 1 0 R>> endobj";
        assert_eq!(remains(tree), Remains { highest: 4, roots: vec![1], pages: vec![4] });
        let pages =
            b"%PDF-1.5\n12 0 obj\n<</Subtype/X/Type/Page/Parent 1 0 R>>\nendobj\n13 0 obj <</Type/Pag";
        assert_eq!(remains(pages), Remains { highest: 13, roots: vec![], pages: vec![12] });
        let whole = with_new_catalog(pages).unwrap();
        assert!(whole.ends_with(
            b"\n15 0 obj\n<</Type/Pages/Count 1/Kids[12 0 R]>>\nendobj\n14 0 obj\n<</Type/Catalog/Pages 15 0 R>>\nendobj\ntrailer\n<</Root 14 0 R/Size 16>>\nstartxref\n0\n%%EOF"
        ));
        assert_eq!(with_new_catalog(b"%PDF-1.5\n3 0 obj\n<</Type/Font>>\nendobj"), None);
    }
}
