//! Which characters are common, so that pairs of them are tokens of their own.
//!
//! Both characters of such a pair are in so many letters that looking through all of these for
//! places side by side would take long. Of other pairs one character is rare enough to lead to it.
//! Letters to one office have other common characters than a language has, the names of its towns
//! among them: once there are enough letters, they themselves tell. An index keeps to one choice,
//! which its commits name: what was not indexed as a pair must not be looked for as one.

use dossier_model::{COMMON_HAN, fold_each, is_han};

use crate::{ArchiveError, Catalog};

/// How many Han characters count as common. With half as many a search for two characters takes half as
/// long again, and indexing a sixth less (`docs/search.md`).
pub(super) const COUNT: usize = 512;
/// So many letters tell which characters are common among all; and from how many on they are asked.
const ASKED: usize = 1_000;
const ENOUGH: u64 = 10_000;
/// One past the last character that may be common: the end of the basic block of ideographs.
pub(super) const END: usize = 0xA000;

/// The common characters of an index.
pub(super) struct Common {
    /// The Han characters that the archive's letters tell; nothing while there are too few letters.
    told: Option<String>,
    /// Digits, Latin letters and they, each once.
    characters: Vec<char>,
    /// Of each character, one more than its number among them; 0 if it is none of them.
    numbers: Vec<u16>,
}

impl Common {
    /// The characters that were told, or else those of the language.
    pub fn new(told: Option<String>) -> Common {
        let (mut characters, mut numbers) = (Vec::new(), vec![0; END]);
        let han = told.as_deref().unwrap_or(COMMON_HAN).chars().take(COUNT);
        for c in ('0'..='9').chain('a'..='z').chain(han) {
            if let Some(number @ 0) = numbers.get_mut(c as usize) {
                characters.push(c);
                *number = characters.len() as u16;
            }
        }
        Common { told, characters, numbers }
    }

    /// The characters that most letters of the catalog have, if there are enough of them.
    pub fn among(catalog: &Catalog) -> Result<Common, ArchiveError> {
        if catalog.count_items()? < ENOUGH {
            return Ok(Common::new(None));
        }
        // Of each character, how many letters have it, and the last that has.
        let mut letters = vec![(0_usize, 0_usize); END];
        let mut letter = 0;
        catalog.sample(ASKED, |row| {
            letter += 1;
            fold_each(&row.item.text.text, |c, _| {
                if let Some((count, last)) = letters.get_mut(c as usize).filter(|(_, last)| *last < letter) {
                    (*count, *last) = (*count + 1, letter);
                }
            });
        })?;
        let counted = ('\0'..).zip(letters).map(|(c, (count, _))| (c, count));
        let mut letters: Vec<(char, usize)> = counted.filter(|(c, count)| *count > 0 && is_han(*c)).collect();
        letters.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        Ok(Common::new(Some(letters.into_iter().take(COUNT).map(|(c, _)| c).collect())))
    }

    /// Whether there are enough letters by now to tell what has not been told.
    pub fn is_outgrown(&self, catalog: &Catalog) -> Result<bool, ArchiveError> {
        Ok(self.told.is_none() && catalog.count_items()? >= ENOUGH)
    }

    pub fn told(&self) -> Option<&str> {
        self.told.as_deref()
    }

    /// The common characters by their numbers.
    pub fn characters(&self) -> &[char] {
        &self.characters
    }

    /// The number of a character, if it is common.
    pub fn number(&self, c: char) -> Option<u16> {
        self.numbers.get(c as usize)?.checked_sub(1)
    }

    /// Whether two characters in a row are a pair that the index has as such.
    pub fn is_pair(&self, first: char, second: char) -> bool {
        self.number(first).is_some() && self.number(second).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_letters_tell_is_common_instead_of_the_languages_characters() {
        let general = Common::new(None);
        assert!(general.is_pair('我', '们') && general.is_pair('7', 'a') && !general.is_pair('我', '绊'));
        let told = Common::new(Some("绊阜".to_owned()));
        assert!(told.is_pair('绊', '阜') && told.is_pair('绊', '7') && !told.is_pair('我', '们'));
    }
}
