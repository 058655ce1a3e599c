//! What a commit says of the index.

use tantivy::Index;

use super::common::Common;
use crate::ArchiveError;

/// Goes up with every change of what is indexed; an older index is made anew.
const LAYOUT: u64 = 9;

/// What the last commit says.
#[derive(Default)]
pub(super) struct Said {
    /// The number of the last change that the index holds; 0 when it holds nothing of this layout.
    pub sequence: u64,
    /// The common characters, if letters told them.
    pub common: Option<String>,
}

impl Said {
    pub fn of(index: &Index) -> Result<Said, ArchiveError> {
        let payload = index.load_metas()?.payload.unwrap_or_default();
        let mut parts = payload.split(' ');
        let mut number = || parts.next().and_then(|part| part.parse::<u64>().ok());
        Ok(match (number(), number()) {
            (Some(LAYOUT), Some(sequence)) => {
                let common = parts.next().filter(|common| !common.is_empty());
                Said { sequence, common: common.map(str::to_owned) }
            }
            _ => Said::default(),
        })
    }

    /// The same as a commit has it.
    pub fn payload(sequence: u64, common: &Common) -> String {
        format!("{LAYOUT} {sequence} {}", common.told().unwrap_or_default())
    }
}
