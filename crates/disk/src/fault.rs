//! Calls that fail on purpose.

use std::path::Path;

use nix::errno::Errno;

/// What a call does to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads from it.
    Read,
    /// Writes to it, makes it longer, makes or moves it.
    Write,
    /// Waits until it is on the disk.
    Sync,
}

/// What a call that fails says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The disk is broken.
    Broken,
    /// The disk is full.
    Full,
}

/// Makes calls fail.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// Which calls.
    pub access: Access,
    /// On which files.
    pub on: fn(&Path) -> bool,
    /// How many of them succeed before the first that fails.
    pub after: usize,
    /// Whether all later ones fail too.
    pub lasts: bool,
    /// What they say.
    pub refusal: Refusal,
}

/// A fault at work.
#[derive(Default)]
pub(crate) struct Refusing {
    fault: Option<Fault>,
    /// How many calls it has been asked about.
    asked: usize,
    /// How many it refused.
    pub refused: usize,
}

impl Refusing {
    pub fn new(fault: Option<Fault>) -> Refusing {
        Refusing { fault, ..Refusing::default() }
    }

    /// Whether calls that read have to be looked at.
    pub fn reads(&self) -> bool {
        self.fault.is_some_and(|fault| fault.access == Access::Read)
    }

    /// What a call says instead of being done, if it is to fail.
    pub fn refuse(&mut self, access: Access, path: &Path) -> Option<Errno> {
        let fault = self.fault.filter(|fault| fault.access == access && (fault.on)(path))?;
        self.asked += 1;
        let fails = self.asked == fault.after + 1 || fault.lasts && self.asked > fault.after;
        self.refused += usize::from(fails);
        fails.then_some(match fault.refusal {
            Refusal::Broken => Errno::EIO,
            Refusal::Full => Errno::ENOSPC,
        })
    }
}
