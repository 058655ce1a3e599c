//! Pictures that are the sheets of one document, as their names say.

use dossier_pipeline::Pipeline;
use regex::Regex;

/// Tells by its name which document a picture is a sheet of.
pub struct SheetNames(Vec<Regex>);

/// A sheet's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetName {
    /// What the names of the document's sheets have in common: the document's own name.
    pub document: String,
    /// All of the path up to its end, which tells the document from others of its name.
    pub beginning: String,
    /// The sheet's number in it.
    pub number: u32,
}

impl SheetNames {
    /// As the pipeline says.
    ///
    /// # Errors
    /// When an expression cannot be compiled.
    pub fn new(pipeline: &Pipeline) -> Result<SheetNames, regex::Error> {
        let sheets = pipeline.manifest.sheets.iter();
        Ok(SheetNames(sheets.map(|sheet| Regex::new(&sheet.name)).collect::<Result<_, _>>()?))
    }

    /// What the name of a picture says, given its path without its extension.
    pub fn read(&self, path: &str) -> Option<SheetName> {
        self.0.iter().find_map(|names| {
            let found = names.captures(path)?;
            let number = found.name("sheet")?.as_str().parse().ok()?;
            let document = found.name("document")?;
            let beginning = path[..document.end()].to_owned();
            Some(SheetName { document: document.as_str().to_owned(), beginning, number })
        })
    }
}
