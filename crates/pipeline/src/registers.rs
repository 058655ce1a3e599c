//! `registers.toml`: what people have said of the columns of single registers.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::parse::parse;
use crate::{LoadError, PipelineFault};

/// The file's name.
pub(crate) const FILE: &str = "registers.toml";

const HEAD: &str =
    "# What people have said of the columns of single registers; `dossier registers save` writes this.\n\n";

/// What the columns of one register mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedLayout {
    /// By which the register is known again: it follows from its title without figures and from all
    /// its headers.
    pub layout: String,
    /// For people: from which file it was taken.
    #[serde(default)]
    pub from: String,
    /// The field of each column by its header; an empty name where it has none.
    pub columns: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterFile {
    #[serde(default, rename = "layout")]
    pub layouts: Vec<SavedLayout>,
}

/// Adds what people have said of a register to the pipeline in `folder`; what was said of the same
/// columns before is replaced.
///
/// # Errors
/// When the file cannot be read, has faults, or cannot be written.
pub fn save_layout(folder: &Path, saved: SavedLayout) -> Result<(), LoadError> {
    let path = folder.join(FILE);
    let fault = |what: String| LoadError(vec![PipelineFault { file: path.clone(), what }]);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(fault(error.to_string())),
    };
    let (file, faults) = parse::<RegisterFile>(&text);
    let mut file = match file {
        Some(file) if faults.is_empty() => file,
        _ => return Err(fault(faults.join("; "))),
    };
    match file.layouts.iter_mut().find(|known| known.layout == saved.layout) {
        Some(known) => {
            known.from = saved.from;
            known.columns.extend(saved.columns);
        }
        None => file.layouts.push(saved),
    }
    let text = toml::to_string(&file).map_err(|error| fault(error.to_string()))?;
    let next = path.with_extension("next");
    fs::write(&next, HEAD.to_owned() + &text)
        .and_then(|()| fs::rename(&next, &path))
        .map_err(|error| fault(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_register_is_kept_and_replaced_column_by_column() {
        let folder = std::env::temp_dir().join(format!("dossier-registers-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let said = |columns: [(&str, &str); 1]| SavedLayout {
            layout: "abc".to_owned(),
            from: "a.xlsx".to_owned(),
            columns: columns
                .into_iter()
                .map(|(header, field)| (header.to_owned(), field.to_owned()))
                .collect(),
        };
        save_layout(&folder, said([("所属村", "issue_region")])).unwrap();
        save_layout(&folder, said([("备注", "")])).unwrap();
        save_layout(&folder, said([("所属村", "region")])).unwrap();
        let (file, faults) = parse::<RegisterFile>(&fs::read_to_string(folder.join(FILE)).unwrap());
        fs::remove_dir_all(&folder).unwrap();
        assert!(faults.is_empty());
        let layouts = file.unwrap().layouts;
        assert_eq!(layouts.len(), 1);
        assert_eq!(layouts[0].columns["所属村"], "region");
        assert_eq!(layouts[0].columns["备注"], "");
    }
}
