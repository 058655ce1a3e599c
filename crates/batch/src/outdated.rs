//! Files whose recognition is out of date: they are recognised again though nothing of them has changed.

use dossier_archive::{ArchiveError, Catalog};
use dossier_model::Sha256;
use dossier_pipeline::RecognitionSpec;

use crate::worker::extractors_that_stand;

/// What recognition is out of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outdated {
    /// By anything but what would do it now: other models, another way of reading, or another revision of the code.
    Any,
    /// Of that, what runs did that began before this moment, in seconds since 1970.
    Before(u64),
}

/// The contents with such recognition; none where there is no model as `spec` asks for to do it better with.
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
    };
    catalog.recognised_otherwise(&extractors_that_stand(spec), before)
}
