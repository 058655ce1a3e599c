//! Files that are read again though nothing of them has changed: their recognition is out of date, or some
//! of their pages failed.

use dossier_archive::{ArchiveError, Catalog};
use dossier_model::Sha256;
use dossier_pipeline::RecognitionSpec;

use crate::worker::extractors_that_stand;

/// What is read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outdated {
    /// What was recognised by anything but what would do it now: other models, another way of reading, or
    /// another revision of the code.
    Any,
    /// Of that, what runs did that began before this moment, in seconds since 1970.
    Before(u64),
    /// What could not be read.
    Unread,
}

/// The contents with such pages; of those whose recognition is out of date none where there is no model as
/// `spec` asks for to do it better with.
///
/// # Errors
/// What the catalog says.
pub fn outdated(
    catalog: &Catalog,
    what: Outdated,
    spec: &RecognitionSpec,
) -> Result<Vec<Sha256>, ArchiveError> {
    let before = match what {
        Outdated::Any => u64::MAX,
        Outdated::Before(moment) => moment,
        Outdated::Unread => return Ok(catalog.sources_failed(|_| true)?.into_iter().collect()),
    };
    catalog.recognised_otherwise(&extractors_that_stand(spec), before)
}
