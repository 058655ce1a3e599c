//! Files that hold files: what is in them is in sight like any other file.

mod zip;

use std::io::Write;
use std::path::Path;

use dossier_model::{Fault, FaultKind, FileKind};
use dossier_pipeline::ReadLimits;

use crate::text::{Attachment, attachments};

/// A file within another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path there, with `/`; unique in its container.
    pub name: String,
    /// Its size when it is unpacked, as its container declares it.
    pub bytes: u64,
}

/// An open container.
pub struct Container {
    members: Vec<Member>,
    form: Form,
}

enum Form {
    Zip(zip::Zip),
    Mail(Vec<Attachment>),
}

impl Container {
    /// Opens the container of this kind at `path` and lists what is in it.
    ///
    /// # Errors
    /// `Unreadable`, `Damaged`, or `TooLarge` when it holds too many files or too much for its size.
    pub fn open(path: &Path, kind: FileKind, limits: &ReadLimits) -> Result<Container, Fault> {
        let (named, form) = match kind {
            FileKind::Zip => {
                let zip = zip::Zip::open(path, limits)?;
                (zip.members(), Form::Zip(zip))
            }
            FileKind::Mail => {
                let attached = attachments(path)?;
                let named = attached.iter().map(|file| (file.name.clone(), file.bytes.len() as u64));
                (named.collect(), Form::Mail(attached))
            }
            other => return Err(Fault::new(FaultKind::UnknownKind, other.name())),
        };
        if named.len() as u64 > limits.members {
            return Err(Fault::new(FaultKind::TooLarge, format!("{} files in it", named.len())));
        }
        Ok(Container { members: unique(named), form })
    }

    /// What is in it, in its order.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Unpacks the member at `index` of [`Container::members`].
    ///
    /// # Errors
    /// `Encrypted`, `Damaged`, `TooLarge`, `UnknownKind`, or `Unreadable` when `to` cannot be written.
    pub fn unpack(&mut self, index: usize, to: &mut impl Write) -> Result<(), Fault> {
        match &mut self.form {
            Form::Zip(zip) => zip.unpack(index, to),
            Form::Mail(attached) => {
                let file =
                    attached.get(index).ok_or_else(|| Fault::new(FaultKind::Damaged, "no such file"))?;
                to.write_all(&file.bytes).map_err(|error| Fault::new(FaultKind::Unreadable, error))
            }
        }
    }
}

/// Members with names of their own: what has none is numbered, and a name that is taken as well.
fn unique(named: Vec<(String, u64)>) -> Vec<Member> {
    let mut taken = std::collections::HashSet::new();
    let mut members = Vec::with_capacity(named.len());
    for ((name, bytes), number) in named.into_iter().zip(1..) {
        let name = name.replace('\\', "/");
        let name = name.trim_matches('/');
        let mut name = if name.is_empty() { format!("#{number}") } else { name.to_owned() };
        while !taken.insert(name.clone()) {
            name = format!("{name}#{number}");
        }
        members.push(Member { name, bytes });
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_has_a_name_of_its_own() {
        let named = ["a", "dir\\a", "a", "", "a#3", "b#8", "b", "b"].map(|name| (name.to_owned(), 1));
        let names: Vec<String> = unique(named.into()).into_iter().map(|member| member.name).collect();
        assert_eq!(names, ["a", "dir/a", "a#3", "#4", "a#3#5", "b#8", "b", "b#8#8"]);
    }
}
