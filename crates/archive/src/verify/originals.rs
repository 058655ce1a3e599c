//! The originals: each against its SHA-256, none more and none less than the catalog knows, and
//! the list of sums beside them.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use dossier_model::Sha256;

use super::{Damage, Fingerprints, Found, VerifyStep, Watch, fingerprint};
use crate::originals::{FOLDER, SUMS, pass};
use crate::{ArchiveError, Catalog};

/// An original that the catalog, or the list of sums, names.
struct Original {
    path: String,
    sha256: Sha256,
}

pub(super) fn check(root: &Path, catalog: &Catalog, found: &mut Found, watch: Watch<'_>) {
    let mut originals = Vec::new();
    let listed = catalog.for_each_original(|sha256, path| {
        originals.push(Original { path: path.to_owned(), sha256 });
        Ok(())
    });
    if found.readable(listed).is_none() {
        return against_sums(root, found, watch);
    }
    let came_from = |sha256| catalog.paths_of(sha256).ok().and_then(|paths| paths.into_iter().next());
    read_all(root, &originals, &came_from, found, watch);
    unknown_files(root, &originals, found);
    let folder = root.join(FOLDER);
    // Nothing was kept yet, or all of it elsewhere: then there need be no list.
    if folder.join(SUMS).exists() || !originals.is_empty() && !found.checked.run_going_on {
        compare_sums(&folder.join(SUMS), &originals, found);
    }
    referenced(catalog, found);
}

/// Without a catalog, the list of sums is what the originals are held against.
pub(super) fn against_sums(root: &Path, found: &mut Found, watch: Watch<'_>) {
    let Ok(lines) = sums(&root.join(FOLDER).join(SUMS)) else { return found.add(Damage::SumsMissing) };
    let originals: Vec<Original> =
        lines.into_iter().filter_map(|(path, sha256)| Some(Original { path, sha256: sha256? })).collect();
    read_all(root, &originals, &|_| None, found, watch);
    unknown_files(root, &originals, found);
}

fn read_all(
    root: &Path,
    originals: &[Original],
    came_from: &dyn Fn(Sha256) -> Option<String>,
    found: &mut Found,
    watch: Watch<'_>,
) {
    let folder = root.join(FOLDER);
    let size = |original: &&Original| std::fs::metadata(folder.join(&original.path)).map_or(0, |at| at.len());
    let sample = found.sample;
    let total = originals.iter().filter(|original| sample.holds(original.sha256)).map(|o| size(&o)).sum();
    let mut done = 0;
    for original in originals {
        let file = folder.join(&original.path);
        let path = format!("{FOLDER}/{}", original.path);
        let came_from = || came_from(original.sha256).unwrap_or_else(|| "?".to_owned());
        if !file.exists() {
            let sha256 = original.sha256;
            found.add(Damage::OriginalMissing { path, sha256, came_from: came_from() });
        } else if sample.holds(original.sha256) {
            found.checked.originals += 1;
            match digest(&file, &mut |bytes| {
                done += bytes;
                watch(VerifyStep::Originals, done, total);
            }) {
                Ok(sha256) if sha256 == original.sha256 => {}
                Ok(_) => found.add(Damage::OriginalChanged {
                    path,
                    sha256: original.sha256,
                    came_from: came_from(),
                }),
                Err(error) => found.add(Damage::OriginalUnreadable { path, detail: error.to_string() }),
            }
        }
    }
    found.checked.bytes += done;
}

fn digest(path: &Path, note: &mut dyn FnMut(u64)) -> std::io::Result<Sha256> {
    let counted = |chunk: &[u8]| {
        note(chunk.len() as u64);
        Ok(())
    };
    Ok(pass(&mut File::open(path)?, |error| error, counted)?.0)
}

fn unknown_files(root: &Path, originals: &[Original], found: &mut Found) {
    let known: Fingerprints = originals.iter().map(|original| fingerprint(&[&original.path])).collect();
    let folder = root.join(FOLDER);
    let own = [SUMS.to_owned(), format!("{SUMS}.next")];
    let mut folders = vec![folder.clone()];
    let mut unknown = Vec::new();
    while let Some(here) = folders.pop() {
        match entries(&here) {
            Err(error) => found.add(Damage::OriginalUnreadable {
                path: here.display().to_string(),
                detail: error.to_string(),
            }),
            Ok(entries) => {
                for (path, is_folder) in entries {
                    let name = path.strip_prefix(&folder).unwrap_or(&path).to_string_lossy().into_owned();
                    if is_folder {
                        folders.push(path);
                    } else if !known.contains(&fingerprint(&[&name])) && !own.contains(&name) {
                        unknown.push(format!("{FOLDER}/{name}"));
                    }
                }
            }
        }
    }
    unknown.sort();
    // What a run that goes on has just copied is not on record yet.
    if !found.checked.run_going_on {
        unknown.into_iter().for_each(|path| found.add(Damage::OriginalUnknown { path }));
    }
}

fn entries(folder: &Path) -> std::io::Result<Vec<(PathBuf, bool)>> {
    std::fs::read_dir(folder)?
        .map(|entry| entry.and_then(|entry| Ok((entry.path(), entry.file_type()?.is_dir()))))
        .collect()
}

/// The list's lines: a name and its sum, nothing where that is no sum.
fn sums(path: &Path) -> std::io::Result<Vec<(String, Option<Sha256>)>> {
    let lines = BufReader::new(File::open(path)?).split(b'\n');
    lines
        .map(|line| {
            let line = String::from_utf8_lossy(&line?).into_owned();
            let (sum, name) = line.split_once("  ").unwrap_or((&line, ""));
            Ok((name.to_owned(), sum.parse().ok()))
        })
        .collect()
}

/// Both are in the order of the names.
fn compare_sums(path: &Path, originals: &[Original], found: &mut Found) {
    let Ok(lines) = sums(path) else { return found.add(Damage::SumsMissing) };
    let same = |original: &Original, line: &(String, Option<Sha256>)| {
        line.0 == original.path && line.1 == Some(original.sha256)
    };
    let first = (0..originals.len().max(lines.len())).find(|&at| match (originals.get(at), lines.get(at)) {
        (Some(original), Some(line)) => !same(original, line),
        _ => true,
    });
    // A run that goes on writes the list at its end.
    if let Some(at) = first.filter(|_| !found.checked.run_going_on) {
        let path = originals.get(at).map(|original| original.path.clone());
        let path = path.or_else(|| lines.get(at).map(|line| line.0.clone())).unwrap_or_default();
        found.add(Damage::SumsDiffer { path });
    }
}

/// Files that the archive only knows the place of must still be at one of their places.
fn referenced(catalog: &Catalog, found: &mut Found) {
    let looked = || -> Result<Vec<Damage>, ArchiveError> {
        let mut damages = Vec::new();
        for sha256 in catalog.referenced_sources()? {
            let paths = catalog.paths_of(sha256)?;
            if !found.sample.holds(sha256) {
                continue;
            }
            let there = |path: &String| digest(Path::new(path), &mut |_| {}).is_ok_and(|is| is == sha256);
            if !paths.iter().any(there) {
                let path = paths.first().cloned().unwrap_or_else(|| sha256.to_string());
                damages.push(Damage::OriginalMissing { path: path.clone(), sha256, came_from: path });
            }
        }
        Ok(damages)
    }();
    for damage in found.readable(looked).unwrap_or_default() {
        found.add(damage);
    }
}
