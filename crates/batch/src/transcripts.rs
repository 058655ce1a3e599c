//! Transcripts beside scans: files of one name in one folder, of which one is a scan by the end of its
//! name and the other a text.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use dossier_archive::{ArchiveError, Catalog};
use dossier_model::FileKind;
use dossier_read::sniff;

use crate::guard::guarded;
use crate::walk::Seen;

/// The ends of the names of scans, and of the transcripts that may stand beside them, the better first.
const SCANS: [&str; 9] = ["pdf", "tif", "tiff", "jpg", "jpeg", "png", "bmp", "webp", "jp2"];
const TRANSCRIPTS: [&str; 4] = ["xml", "hocr", "html", "txt"];

/// Which transcript stands beside which scan.
#[derive(Default)]
pub(crate) struct Transcripts {
    /// Where the transcript of a scan is, by the scan's key.
    of: HashMap<String, PathBuf>,
    /// The keys of the transcripts.
    transcripts: HashSet<String>,
    /// The keys of scans whose transcript is new, or has changed.
    news: HashSet<String>,
}

impl Transcripts {
    /// Pairs the files of a source, which are in the order of their keys.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn among(files: &[Seen], catalog: &Catalog) -> Result<Transcripts, ArchiveError> {
        let mut found = Transcripts::default();
        // Files of one name come one after the other, but for what stands between a dot and others.
        for group in files.chunk_by(|a, b| parts(&a.key).0 == parts(&b.key).0).filter(|group| group.len() > 1)
        {
            let of_kind = |ends: &[&str]| {
                let kind = |file: &&Seen| ends.iter().position(|end| *end == parts(&file.key).1);
                group.iter().filter_map(move |file| Some((kind(&file)?, file))).min_by_key(|(rank, _)| *rank)
            };
            let (Some((_, scan)), Some((_, transcript))) = (of_kind(&SCANS), of_kind(&TRANSCRIPTS)) else {
                continue;
            };
            // Hypertext, a register or a message of the same name is what it is.
            let kind = guarded(|| sniff(transcript.path()));
            if !matches!(kind, Ok(FileKind::Text | FileKind::Layout)) {
                continue;
            }
            let known = catalog.path(&transcript.key)?.map(|record| (record.bytes, record.modified));
            if known.is_none() || transcript.stat.clone().ok() != known {
                found.news.insert(scan.key.clone());
            }
            found.of.insert(scan.key.clone(), transcript.path().to_owned());
            found.transcripts.insert(transcript.key.clone());
        }
        Ok(found)
    }

    /// Where the transcript of the file with this key is.
    pub fn of(&self, key: &str) -> Option<PathBuf> {
        self.of.get(key).cloned()
    }

    /// Whether the file with this key is the transcript of another.
    pub fn is_transcript(&self, key: &str) -> bool {
        self.transcripts.contains(key)
    }

    /// Whether the file with this key has to be read because of its transcript.
    pub fn is_news(&self, key: &str) -> bool {
        self.news.contains(key)
    }
}

/// The file beside a scan that may be its transcript: whoever names the scan alone means both.
pub fn transcript_beside(scan: &Path) -> Option<PathBuf> {
    let end = scan.extension()?.to_str()?.to_ascii_lowercase();
    let is_scan = SCANS.contains(&end.as_str());
    TRANSCRIPTS.iter().map(|end| scan.with_extension(end)).find(|beside| is_scan && beside.is_file())
}

/// A path without the end of its name, and that end in small letters.
fn parts(key: &str) -> (&str, String) {
    let name = key.rfind('/').map_or(0, |slash| slash + 1);
    match key[name..].rfind('.') {
        Some(dot) => (&key[..name + dot], key[name + dot + 1..].to_ascii_lowercase()),
        None => (key, String::new()),
    }
}
