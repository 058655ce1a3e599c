//! Writing PDFs: pages that are images, and pages that are text.

pub mod scan;
pub mod text;

use lopdf::{Document, Object, ObjectId, dictionary};

use crate::layout::PAGE;
use crate::{Error, Result};

/// A PDF being written. It has neither dates nor identifiers, so equal pages give equal bytes.
pub(crate) struct Writer {
    pub(crate) document: Document,
    tree: ObjectId,
    pages: Vec<Object>,
}

impl Writer {
    pub(crate) fn new() -> Writer {
        let mut document = Document::with_version("1.5");
        let tree = document.new_object_id();
        Writer { document, tree, pages: Vec::new() }
    }

    /// Adds an A4 page.
    pub(crate) fn page(&mut self, content: Vec<u8>, resources: lopdf::Dictionary) -> Result<()> {
        let mut stream = lopdf::Stream::new(dictionary! {}, content);
        stream.compress().map_err(|cause| Error::encode("a PDF page", cause))?;
        let content = self.document.add_object(stream);
        let page = dictionary! {
            "Type" => "Page",
            "Parent" => self.tree,
            "MediaBox" => vec![0.into(), 0.into(), PAGE.0.into(), PAGE.1.into()],
            "Resources" => resources,
            "Contents" => content,
        };
        let page = self.document.add_object(page);
        self.pages.push(page.into());
        Ok(())
    }

    /// The file's bytes.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>> {
        let count = self.pages.len() as i64;
        let tree = dictionary! { "Type" => "Pages", "Kids" => self.pages, "Count" => count };
        self.document.objects.insert(self.tree, tree.into());
        let catalog = dictionary! { "Type" => "Catalog", "Pages" => self.tree };
        let catalog = self.document.add_object(catalog);
        self.document.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        self.document.save_to(&mut bytes).map_err(|cause| Error::encode("a PDF", cause))?;
        Ok(bytes)
    }
}
