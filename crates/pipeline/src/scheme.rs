//! `categories.tsv`: the category scheme, one category a line: code, then its path's names; and
//! `crosswalk.tsv`: what other schemes call them.

use std::collections::HashMap;

/// One category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// The code in the pipeline's own scheme: two digits a level.
    pub code: String,
    /// The names from the first level down. Names recur: only the path is a key.
    pub path: Vec<String>,
}

/// The categories, in the order of their codes.
#[derive(Clone, Debug, Default)]
pub struct Scheme {
    /// All levels.
    pub categories: Vec<Category>,
    /// What other schemes call them.
    pub crosswalk: Vec<Crosswalk>,
    /// The place of each path among the categories.
    places: HashMap<Vec<String>, usize>,
}

/// A name of another scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crosswalk {
    /// The other scheme.
    pub scheme: String,
    /// The name there; one that was divided has several entries.
    pub name: String,
    /// The path here.
    pub path: Vec<String>,
}

impl Scheme {
    /// Parses the file; lines that begin with `#` are comments.
    ///
    /// # Errors
    /// One text for each faulty line.
    pub fn parse(text: &str) -> Result<Scheme, Vec<String>> {
        let mut scheme = Scheme::default();
        let mut faults = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let mut columns = line.split('\t').map(|column| column.trim().to_owned());
            let code = columns.next().unwrap_or_default();
            let path: Vec<String> = columns.filter(|name| !name.is_empty()).collect();
            if code.len() != 2 * path.len() || path.is_empty() {
                faults.push(format!("line {number}: code `{code}` does not have two digits a level"));
            } else if scheme.by_path(&path).is_some() || scheme.categories.iter().any(|c| c.code == code) {
                faults.push(format!("line {number}: `{code}` or its path occurs twice"));
            }
            scheme.places.entry(path.clone()).or_insert(scheme.categories.len());
            scheme.categories.push(Category { code, path });
        }
        if faults.is_empty() { Ok(scheme) } else { Err(faults) }
    }

    /// Adds `crosswalk.tsv`.
    ///
    /// # Errors
    /// One text for each faulty line.
    pub fn add_crosswalk(&mut self, text: &str) -> Result<(), Vec<String>> {
        let mut faults = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let mut columns = line.split('\t').map(|column| column.trim().to_owned());
            let (scheme, name) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
            let path: Vec<String> = columns.filter(|name| !name.is_empty()).collect();
            if self.by_path(&path).is_none() {
                faults.push(format!("line {number}: there is no category {}", path.join(" > ")));
            }
            self.crosswalk.push(Crosswalk { scheme, name, path });
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// The paths that a name means: the first-level category of this name, else what other schemes
    /// say; none for a name that nobody knows.
    pub fn paths_of(&self, name: &str) -> Vec<&[String]> {
        match self.by_path(&[name.to_owned()]) {
            Some(category) => vec![&category.path],
            None => {
                self.crosswalk.iter().filter(|other| other.name == name).map(|o| o.path.as_slice()).collect()
            }
        }
    }

    /// The category with this path.
    pub fn by_path(&self, path: &[String]) -> Option<&Category> {
        self.places.get(path).map(|at| &self.categories[*at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_schemes_are_understood() {
        let mut scheme = Scheme::parse("01\t甲\n0101\t甲\t乙\n02\t丙\n").unwrap();
        assert_eq!(scheme.add_crosswalk("# x\nold\t旧\t甲\t乙\nold\t旧\t丙\n"), Ok(()));
        assert_eq!(scheme.paths_of("旧"), [&["甲".to_owned(), "乙".to_owned()][..], &["丙".to_owned()]]);
        assert_eq!(scheme.paths_of("甲"), [&["甲".to_owned()][..]]);
        assert!(scheme.paths_of("无").is_empty());
        assert_eq!(scheme.add_crosswalk("old\t旧\t丁\n").unwrap_err().len(), 1);
    }

    #[test]
    fn paths_and_codes_agree() {
        let scheme = Scheme::parse("# scheme\n01\t甲\n0101\t甲\t乙\n").unwrap();
        assert_eq!(scheme.by_path(&["甲".into(), "乙".into()]).map(|c| c.code.as_str()), Some("0101"));
        assert_eq!(Scheme::parse("01\t甲\t乙\n0102\t甲\n01\t丙\n").unwrap_err().len(), 3);
    }
}
