//! In which order files are recognised: what somebody asked for, then by fonds, then the newest.

use std::cmp::Reverse;
use std::path::Path;

use dossier_archive::{ArchiveError, Catalog};

use crate::plan::Job;
use crate::walk::container_of;

/// The order of a backlog.
pub(crate) struct Backlog<'a> {
    wanted: Vec<String>,
    /// Fonds numbers, the most urgent first.
    fonds: &'a [String],
}

impl<'a> Backlog<'a> {
    /// # Errors
    /// What the catalog says.
    pub fn new(catalog: &Catalog, fonds: &'a [String]) -> Result<Backlog<'a>, ArchiveError> {
        Ok(Backlog { wanted: catalog.wanted()?, fonds })
    }

    /// Puts jobs in their order.
    pub fn sort(&self, jobs: &mut [Job]) {
        jobs.sort_by_cached_key(|job| (self.place(&job.seen.key), Reverse(job.stat.1)));
    }

    /// Whether a path was asked for, or its folder or container; then the place of its fonds.
    fn place(&self, path: &str) -> (bool, usize) {
        let outer = Path::new(container_of(path));
        let is_wanted =
            self.wanted.iter().any(|wanted| path == wanted || outer.starts_with(Path::new(wanted)));
        let fonds = self.fonds.iter().position(|fonds| is_of(path, fonds));
        (!is_wanted, fonds.unwrap_or(self.fonds.len()))
    }
}

/// Whether a path has a folder or file of a fonds: one that is called by its number, or by what begins
/// with it, as archive numbers do (DA/T 13): `0045`, `0045-WS·2018-Y-0012`.
fn is_of(path: &str, fonds: &str) -> bool {
    path.split('/').any(|name| {
        let rest = name.strip_prefix(fonds);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fonds_is_known_by_folders_and_archive_numbers() {
        assert!(is_of("/scans/0045/1986/1.pdf", "0045"));
        assert!(is_of("/scans/0045-WS·2018-Y-0012.pdf", "0045"));
        assert!(is_of("/scans/0045.zip!/1.pdf", "0045"));
        assert!(!is_of("/scans/00451/1.pdf", "0045"), "another number that begins the same");
        assert!(!is_of("/scans/10045/1.pdf", "0045"));
    }

    #[test]
    fn what_is_asked_for_comes_before_any_fonds() {
        let fonds = ["0002".to_owned(), "0001".to_owned()];
        let backlog =
            Backlog { wanted: vec!["/in/0009/b".to_owned(), "/in/c.zip".to_owned()], fonds: &fonds };
        let mut paths =
            ["/in/0001/x.pdf", "/in/0009/a.pdf", "/in/0009/b/1.pdf", "/in/0002/x.pdf", "/in/c.zip!/1.pdf"];
        paths.sort_by_key(|path| backlog.place(path));
        assert_eq!(
            paths,
            ["/in/0009/b/1.pdf", "/in/c.zip!/1.pdf", "/in/0002/x.pdf", "/in/0001/x.pdf", "/in/0009/a.pdf"]
        );
    }
}
