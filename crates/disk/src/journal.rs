//! What a program changed below a folder, in order.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A file, folder or symbolic link, whatever its name; its place among all of them.
pub(crate) type Object = usize;

/// What an object is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Folder,
    File,
    Link(PathBuf),
}

/// A name in a folder.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub folder: Object,
    pub name: OsString,
}

/// One change.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// An object got a name.
    Put { at: Entry, object: Object },
    /// An object got another name; what had that name before lost it.
    Move { from: Entry, to: Entry, object: Object },
    /// Two objects got each other's names.
    Exchange { one: Entry, other: Entry },
    /// A name went.
    Remove { at: Entry },
    /// Bytes were written.
    Write { object: Object, at: u64, bytes: Vec<u8> },
    /// A file got another length.
    Resize { object: Object, length: u64 },
    /// All changes to an object before this one's `upto` were on the disk.
    Sync { object: Object, upto: usize },
}

impl Change {
    /// The object whose syncing keeps this change: a file for its content, a folder for its names.
    pub fn of(&self) -> Object {
        match self {
            Change::Put { at, .. } | Change::Remove { at } => at.folder,
            Change::Move { to, .. } => to.folder,
            Change::Exchange { one, .. } => one.folder,
            Change::Write { object, .. } | Change::Resize { object, .. } | Change::Sync { object, .. } => {
                *object
            }
        }
    }

    /// Whether it is about names.
    pub fn is_of_names(&self) -> bool {
        !matches!(self, Change::Write { .. } | Change::Resize { .. } | Change::Sync { .. })
    }
}

/// What a program changed below a folder.
#[derive(Debug)]
pub struct Journal {
    root: PathBuf,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) changes: Vec<Change>,
    /// How many of the changes were there before the program began.
    pub(crate) before: usize,
    /// Which object has which number in the file system now.
    numbers: HashMap<u64, Object>,
}

/// The folder itself.
pub(crate) const ROOT: Object = 0;

impl Journal {
    /// Begins with what is below `root`, all of it on the disk.
    pub(crate) fn begin(root: &Path) -> io::Result<Journal> {
        let root = fs::canonicalize(root)?;
        let number = fs::metadata(&root)?.ino();
        let mut journal = Journal {
            kinds: vec![Kind::Folder],
            changes: Vec::new(),
            before: 0,
            numbers: HashMap::from([(number, ROOT)]),
            root,
        };
        journal.take_in(&journal.root.clone())?;
        journal.before = journal.changes.len();
        Ok(journal)
    }

    fn take_in(&mut self, folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            self.appeared(&path)?;
            let about = fs::symlink_metadata(&path)?;
            if about.is_dir() {
                self.take_in(&path)?;
            } else if about.is_file()
                && let Some(object) = self.number(about.ino())
            {
                self.changes.push(Change::Write { object, at: 0, bytes: fs::read(&path)? });
            }
        }
        Ok(())
    }

    /// How many changes the program made.
    pub fn len(&self) -> usize {
        self.changes.len() - self.before
    }

    /// Whether it made none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The moments, counted in changes, right after something was synced, moved or removed: there
    /// what has been lost matters most.
    pub fn turns(&self) -> Vec<usize> {
        let told = |change: &Change| {
            matches!(change, Change::Sync { .. } | Change::Move { .. } | Change::Remove { .. })
        };
        let own = self.changes[self.before..].iter().enumerate();
        own.filter(|(_, change)| told(change)).map(|(at, _)| at + 1).collect()
    }

    /// Whether a path is below the folder, and not what only lives as long as its program: the
    /// catalog's shared memory is made anew by whoever opens it next.
    pub(crate) fn covers(&self, path: &Path) -> bool {
        path.starts_with(&self.root) && !path.as_os_str().as_encoded_bytes().ends_with(b"-shm")
    }

    pub(crate) fn number(&self, number: u64) -> Option<Object> {
        self.numbers.get(&number).copied()
    }

    /// The name that a path has in a folder that is known.
    pub(crate) fn entry(&self, path: &Path) -> Option<Entry> {
        let folder = self.number(fs::metadata(path.parent()?).ok()?.ino())?;
        Some(Entry { folder, name: path.file_name().map(OsStr::to_owned)? })
    }

    /// An object that was not known has this name now.
    pub(crate) fn appeared(&mut self, path: &Path) -> io::Result<()> {
        let about = fs::symlink_metadata(path)?;
        let Some(at) = self.entry(path) else { return Ok(()) };
        let kind = if about.is_dir() {
            Kind::Folder
        } else if about.is_symlink() {
            Kind::Link(fs::read_link(path)?)
        } else {
            Kind::File
        };
        let object = self.kinds.len();
        self.kinds.push(kind);
        self.numbers.insert(about.ino(), object);
        self.changes.push(Change::Put { at, object });
        Ok(())
    }

    pub(crate) fn push(&mut self, change: Change) {
        self.changes.push(change);
    }
}
