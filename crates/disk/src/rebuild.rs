//! The folder as a power cut leaves it.
//!
//! What is synced is kept: a file's content by syncing the file, its name by syncing its folder.
//! Of the rest, file systems keep what they happen to have written: any blocks of a file, in any
//! order, and of a folder's names the changes up to some moment, since names are journaled.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::Path;

use crate::journal::{Change, Entry, Journal, Kind, Object, ROOT};

/// What a disk writes as a whole, in bytes.
const BLOCK: u64 = 4096;

/// What a power cut leaves of changes that were not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Nothing.
    Nothing,
    /// A part that follows from this number.
    Some(u64),
}

/// The folder at a moment.
struct Disk<'j> {
    journal: &'j Journal,
    folders: BTreeMap<Object, BTreeMap<OsString, Object>>,
    files: BTreeMap<Object, Vec<u8>>,
}

impl Journal {
    /// Rebuilds the folder at `to` as a power cut after so many changes leaves it.
    ///
    /// # Errors
    /// What the file system says about `to`.
    pub fn rebuild(&self, cut: usize, kept: Kept, to: &Path) -> io::Result<()> {
        let changes = &self.changes[..self.before + cut.min(self.len())];
        let safe = self.safe(changes, kept);
        let mut disk = Disk { journal: self, folders: BTreeMap::new(), files: BTreeMap::new() };
        for (index, change) in changes.iter().enumerate() {
            let is_safe = index < self.before || safe.get(&change.of()).is_some_and(|upto| index < *upto);
            match (is_safe, kept, change) {
                (true, ..) => disk.apply(change),
                (false, Kept::Some(seed), Change::Write { object, at, bytes }) => {
                    disk.write_some(*object, *at, bytes, |block| coin(seed, index as u64, block));
                }
                (false, Kept::Some(seed), Change::Resize { .. }) if coin(seed, index as u64, 0) => {
                    disk.apply(change);
                }
                _ => {}
            }
        }
        disk.write_out(ROOT, to)
    }

    /// Up to which change each object is kept.
    fn safe(&self, changes: &[Change], kept: Kept) -> BTreeMap<Object, usize> {
        let mut safe = BTreeMap::new();
        for change in changes {
            if let Change::Sync { object, upto } = change {
                let kept = safe.entry(*object).or_insert(0);
                *kept = (*kept).max(*upto);
            }
        }
        let Kept::Some(seed) = kept else { return safe };
        // Of names, what came before any that is kept.
        for (index, change) in changes.iter().enumerate().filter(|(_, change)| change.is_of_names()) {
            let folder = change.of();
            let part = mixed(seed, folder as u64, u64::MAX) % (changes.len() as u64 + 1);
            let kept = safe.entry(folder).or_insert(0);
            if (index as u64) < part {
                *kept = (*kept).max(index + 1);
            }
        }
        safe
    }
}

impl Disk<'_> {
    fn apply(&mut self, change: &Change) {
        match change {
            Change::Put { at, object } => self.put(at, *object),
            Change::Move { from, to, object } => {
                self.remove(from);
                self.put(to, *object);
            }
            Change::Exchange { one, other } => {
                let (first, second) = (self.remove(one), self.remove(other));
                if let Some(second) = second {
                    self.put(one, second);
                }
                if let Some(first) = first {
                    self.put(other, first);
                }
            }
            Change::Remove { at } => {
                self.remove(at);
            }
            Change::Write { object, at, bytes } => self.write_some(*object, *at, bytes, |_| true),
            Change::Resize { object, length } => {
                self.files.entry(*object).or_default().resize(*length as usize, 0);
            }
            Change::Sync { .. } => {}
        }
    }

    fn put(&mut self, at: &Entry, object: Object) {
        self.folders.entry(at.folder).or_default().insert(at.name.clone(), object);
    }

    fn remove(&mut self, at: &Entry) -> Option<Object> {
        self.folders.entry(at.folder).or_default().remove(&at.name)
    }

    /// Writes those blocks that are kept; what is between them and was never written is zeros.
    fn write_some(&mut self, object: Object, at: u64, bytes: &[u8], keeps: impl Fn(u64) -> bool) {
        let file = self.files.entry(object).or_default();
        let mut done = 0;
        while done < bytes.len() {
            let start = at + done as u64;
            let length = ((BLOCK - start % BLOCK) as usize).min(bytes.len() - done);
            if keeps(start / BLOCK) {
                let (from, to) = (start as usize, start as usize + length);
                file.resize(file.len().max(to), 0);
                file[from..to].copy_from_slice(&bytes[done..done + length]);
            }
            done += length;
        }
    }

    fn write_out(&self, folder: Object, to: &Path) -> io::Result<()> {
        std::fs::create_dir_all(to)?;
        for (name, object) in self.folders.get(&folder).into_iter().flatten() {
            let path = to.join(name);
            match &self.journal.kinds[*object] {
                Kind::Folder => self.write_out(*object, &path)?,
                Kind::File => {
                    std::fs::write(&path, self.files.get(object).map_or(&[][..], Vec::as_slice))?;
                }
                Kind::Link(target) => std::os::unix::fs::symlink(target, &path)?,
            }
        }
        Ok(())
    }
}

fn coin(seed: u64, index: u64, block: u64) -> bool {
    mixed(seed, index, block) & 1 == 1
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
fn mixed(seed: u64, index: u64, block: u64) -> u64 {
    let step = |state: u64, more: u64| {
        let mut z = (state ^ more).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    step(step(step(0, seed), index), block)
}
