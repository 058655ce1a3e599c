//! Documents that came as a picture a page: the sheets are files with parts of their own, and one
//! letter together.
//!
//! The letter's text and fields are the unit of one sheet, the first whose content stands nowhere else;
//! the other sheets have units without text, by which the letter knows all its files. A page that was
//! scanned once and filed twice, such as a blank reverse, belongs to no document alone and has none.

use dossier_archive::{ArchiveError, Catalog, KnownPath, Unit, UnitRecord};
use dossier_fields::{SheetName, SheetNames};
use dossier_model::{FileKind, Locator, PageContent, PartContent, Place, Sha256};

use crate::BatchError;
use crate::derive::{Deriver, letter_text, letter_unit};

/// Behind every path that begins alike.
const LAST: char = char::MAX;

/// A page of a document in sheets.
struct Sheet {
    source: Sha256,
    /// Its number in its file.
    number: u32,
    page: PageContent,
}

/// The sheets of the document that a content is a sheet of, in their order: each file's path and
/// content. Nothing where its names say nothing of the kind.
///
/// # Errors
/// What the catalog says.
pub(crate) fn document_of(
    catalog: &Catalog,
    names: &SheetNames,
    sha256: Sha256,
) -> Result<Option<(String, Vec<KnownPath>)>, ArchiveError> {
    for path in catalog.paths_of(sha256)? {
        let Some(SheetName { document, beginning, .. }) = names.read(stem(&path)) else { continue };
        let found = catalog.known_paths(&beginning, &format!("{beginning}{LAST}"))?;
        let mut sheets: Vec<(u32, KnownPath)> = found
            .into_iter()
            .filter(|known| known.kind.is_some_and(is_picture))
            .filter_map(|known| {
                let name = names.read(stem(&known.path)).filter(|name| name.beginning == beginning)?;
                Some((name.number, known))
            })
            .collect();
        sheets.sort_by(|a, b| (a.0, &a.1.path).cmp(&(b.0, &b.1.path)));
        if sheets.len() > 1 {
            return Ok(Some((document, sheets.into_iter().map(|(_, known)| known).collect())));
        }
    }
    Ok(None)
}

fn is_picture(kind: FileKind) -> bool {
    matches!(kind, FileKind::Picture | FileKind::Tiff | FileKind::Jpeg2000)
}

/// A path without its extension.
pub(crate) fn stem(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |slash| slash + 1);
    path[name..].rfind('.').map_or(path, |dot| &path[..name + dot])
}

impl Deriver<'_> {
    /// Makes the units of all sheets of a document anew.
    ///
    /// # Errors
    /// What the catalog says.
    pub(crate) fn document(&self, name: &str, files: &[KnownPath], version: &str) -> Result<(), BatchError> {
        let mut contents: Vec<Sha256> = Vec::new();
        for file in files {
            if !contents.contains(&file.record.sha256) {
                contents.push(file.record.sha256);
            }
        }
        let mut own = Vec::new();
        for content in &contents {
            if self.catalog.paths_of(*content)?.len() == 1 {
                own.push(*content);
            }
        }
        let holder = own.first().or(contents.first()).copied();
        let Some(holder) = holder else { return Ok(()) };
        let sheets = self.sheets(&contents)?;
        self.catalog.together(|catalog| {
            contents.iter().try_for_each(|content| catalog.drop_units(*content))?;
            let mut letter = self.joint_letter(name, holder, &sheets)?;
            let (keys, identity) = (letter.keys.clone(), letter.own.clone());
            for (content, at) in own.iter().zip(1..) {
                let unit = if *content == holder {
                    letter.place = at;
                    letter.clone()
                } else {
                    self.further_sheet(*content, at, &keys, &identity)?
                };
                catalog.put_unit(&UnitRecord::new(unit)?)?;
            }
            if own.is_empty() {
                catalog.put_unit(&UnitRecord::new(letter)?)?;
            }
            contents.iter().try_for_each(|content| catalog.set_derived(*content, version))?;
            Ok::<_, BatchError>(())
        })
    }

    /// All pages of the sheets, numbered through.
    fn sheets(&self, contents: &[Sha256]) -> Result<Vec<Sheet>, BatchError> {
        let mut sheets: Vec<Sheet> = Vec::new();
        for source in contents {
            self.catalog.for_each_part::<ArchiveError>(*source, |part, _| {
                if let PartContent::Page(page) = part.content {
                    let through = sheets.len() as u32 + 1;
                    let number = page.number;
                    sheets.push(Sheet {
                        source: *source,
                        number,
                        page: PageContent { number: through, ..page },
                    });
                }
                Ok(())
            })?;
        }
        Ok(sheets)
    }

    /// The letter on some sheets, as the unit of the one that holds it.
    fn joint_letter(&self, name: &str, holder: Sha256, sheets: &[Sheet]) -> Result<Unit, BatchError> {
        let mut text = letter_text(sheets.iter().map(|sheet| (sheet.source, &sheet.page)));
        let pages: Vec<PageContent> = sheets.iter().map(|sheet| sheet.page.clone()).collect();
        let mut fields = self.letters.read(&text, &pages);
        // Every place is a page of its own file again.
        let in_file = |through: u32| {
            let sheet = (through as usize).checked_sub(1).and_then(|at| sheets.get(at));
            sheet.map_or(through, |sheet| sheet.number)
        };
        for segment in &mut text.segments {
            if let Locator::Page(page) = &mut segment.locator {
                *page = in_file(*page);
            }
        }
        for evidence in fields.values_mut().flatten().flat_map(|value| &mut value.evidence) {
            if let Place::Page { page, .. } = &mut evidence.place {
                *page = in_file(*page);
            }
        }
        let keys = self.letter_keys(&fields, &[name.to_owned()]);
        Ok(Unit { keys, text, fields, ..self.sheet_unit(holder)? })
    }

    fn further_sheet(
        &self,
        content: Sha256,
        place: u64,
        keys: &[String],
        identity: &str,
    ) -> Result<Unit, BatchError> {
        Ok(Unit { place, keys: keys.to_vec(), own: identity.to_owned(), ..self.sheet_unit(content)? })
    }

    /// A unit of all pages of a file, without its text.
    fn sheet_unit(&self, content: Sha256) -> Result<Unit, BatchError> {
        let source = self.catalog.source(content)?;
        let (run, pages) = source.map_or((self.run, 1), |source| (source.run, source.units));
        Ok(letter_unit(content, 1, u32::try_from(pages).unwrap_or(u32::MAX), run))
    }
}
