//! The alphabet of an expression. Most of it says of thousands of characters at once what they may
//! be, and names few: characters that it nowhere tells apart are one symbol, of one byte. Spelled in
//! symbols a text has a third of the bytes, and the automaton has few states and few ways between them,
//! where one over UTF-8 would find out for each Han character anew that it is one of many.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use regex_syntax::hir::{Capture, Class, ClassBytes, ClassBytesRange, Hir, HirKind, Look, Repetition};

use super::rebuilt;

/// One past the last character.
const PAST: u32 = 0x11_0000;
/// Characters a page of the table.
const PAGE: u32 = 256;

/// The symbol of each character.
pub(super) struct Alphabet {
    /// For each 256 characters the number of the page that has their symbols.
    pages: Vec<u16>,
    symbols: Vec<[u8; PAGE as usize]>,
}

/// The characters in stretches, in order, within which an expression tells none apart.
struct Stretches {
    /// Where each begins; it ends where the next begins.
    starts: Vec<u32>,
    symbols: Vec<u8>,
}

/// Characters that an expression names together.
type Named = Vec<Range<u32>>;

impl Alphabet {
    /// The alphabet of an expression, and the expression in it. There is none if it tells more
    /// characters apart than a byte can, asks where words end, or is of bytes that are no characters.
    pub(super) fn of(hir: &Hir) -> Option<(Alphabet, Hir)> {
        let mut all = BTreeSet::new();
        name(hir, &mut all)?;
        let stretches = Stretches::of(&all.into_iter().map(ranges).collect::<Vec<Named>>())?;
        Some((stretches.alphabet(), stretches.translated(hir)))
    }

    pub(super) fn symbol(&self, c: char) -> u8 {
        let (page, at) = (u32::from(c) / PAGE, u32::from(c) % PAGE);
        self.symbols[usize::from(self.pages[page as usize])][at as usize]
    }

    /// A text in symbols, one for each character.
    pub(super) fn spelled(&self, text: &str) -> Vec<u8> {
        let mut symbols = Vec::with_capacity(text.len());
        symbols.extend(text.chars().map(|c| self.symbol(c)));
        symbols
    }
}

/// Adds what an expression names, each as its first and last characters; nothing where that cannot be
/// spelled in symbols.
fn name(hir: &Hir, all: &mut BTreeSet<Vec<(char, char)>>) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(Look::Start | Look::End) => {}
        // Lines end at a symbol that nothing else has.
        HirKind::Look(Look::StartLF | Look::EndLF) => {
            all.insert(vec![('\n', '\n')]);
        }
        HirKind::Look(_) | HirKind::Class(Class::Bytes(_)) => return None,
        HirKind::Literal(literal) => {
            all.extend(std::str::from_utf8(&literal.0).ok()?.chars().map(|c| vec![(c, c)]));
        }
        HirKind::Class(Class::Unicode(class)) => {
            all.insert(class.iter().map(|range| (range.start(), range.end())).collect());
        }
        HirKind::Repetition(Repetition { sub, .. }) | HirKind::Capture(Capture { sub, .. }) => {
            name(sub, all)?;
        }
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().try_for_each(|part| name(part, all))?;
        }
    }
    Some(())
}

fn ranges(named: Vec<(char, char)>) -> Named {
    named.into_iter().map(|(first, last)| u32::from(first)..u32::from(last) + 1).collect()
}

impl Stretches {
    /// Told apart by what is named; nothing if there are more symbols than a byte can tell.
    fn of(all: &[Named]) -> Option<Stretches> {
        let ends = all.iter().flatten().flat_map(|range| [range.start, range.end]);
        let starts: BTreeSet<u32> = ends.chain([0]).filter(|start| *start < PAST).collect();
        let starts: Vec<u32> = starts.into_iter().collect();
        // Each name parts those stretches that have been one symbol so far, into those that it has and
        // the others.
        let mut symbols = vec![0; starts.len()];
        let mut next = 1;
        for named in all {
            let mut parted: HashMap<usize, usize> = HashMap::new();
            for at in named.iter().flat_map(|range| stretches(&starts, range)) {
                symbols[at] = *parted.entry(symbols[at]).or_insert_with(|| {
                    next += 1;
                    next - 1
                });
            }
        }
        Some(Stretches { symbols: numbered(&symbols)?, starts })
    }

    fn alphabet(&self) -> Alphabet {
        let mut alphabet = Alphabet { pages: Vec::new(), symbols: Vec::new() };
        let mut add = |page| {
            alphabet.symbols.push(page);
            (alphabet.symbols.len() - 1) as u16
        };
        // Most pages lie in one stretch, and those of one symbol are alike.
        let mut alike: HashMap<u8, u16> = HashMap::new();
        let mut stretch = 0;
        for start in (0..PAST).step_by(PAGE as usize) {
            let mut at = |character: u32| {
                while self.starts.get(stretch + 1).is_some_and(|next| *next <= character) {
                    stretch += 1;
                }
                (stretch, self.symbols[stretch])
            };
            let (first, symbol) = at(start);
            let whole = self.starts.get(first + 1).is_none_or(|next| *next >= start + PAGE);
            alphabet.pages.push(match whole {
                true => *alike.entry(symbol).or_insert_with(|| add([symbol; PAGE as usize])),
                false => add(std::array::from_fn(|offset| at(start + offset as u32).1)),
            });
        }
        alphabet
    }

    /// An expression, in symbols.
    fn translated(&self, hir: &Hir) -> Hir {
        rebuilt(hir, &|part| match part.kind() {
            HirKind::Literal(literal) => {
                let characters = String::from_utf8_lossy(&literal.0);
                Some(Hir::literal(characters.chars().map(|c| self.symbol(c)).collect::<Vec<u8>>()))
            }
            HirKind::Class(Class::Unicode(class)) => {
                let named = ranges(class.iter().map(|range| (range.start(), range.end())).collect());
                let stretches = named.iter().flat_map(|range| stretches(&self.starts, range));
                let symbols = stretches.map(|at| ClassBytesRange::new(self.symbols[at], self.symbols[at]));
                Some(Hir::class(Class::Bytes(ClassBytes::new(symbols))))
            }
            _ => None,
        })
    }

    fn symbol(&self, c: char) -> u8 {
        let past = self.starts.partition_point(|start| *start <= u32::from(c));
        self.symbols[past - 1]
    }
}

/// The stretches of which a range is made, one of whose ends is each of its ends.
fn stretches(starts: &[u32], range: &Range<u32>) -> Range<usize> {
    let at = |end: u32| starts.partition_point(|start| *start < end);
    at(range.start)..at(range.end)
}

/// The same numbers from 0 on, without gaps; nothing if a byte does not take them.
fn numbered(symbols: &[usize]) -> Option<Vec<u8>> {
    let mut numbers: HashMap<usize, usize> = HashMap::new();
    let number = |symbol: &usize| {
        let next = numbers.len();
        u8::try_from(*numbers.entry(*symbol).or_insert(next)).ok()
    };
    symbols.iter().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alphabet(expression: &str) -> Option<(Alphabet, Hir)> {
        Alphabet::of(&regex_syntax::parse(expression).unwrap())
    }

    #[test]
    fn characters_that_are_not_told_apart_are_one_symbol() {
        let (alphabet, spelled) = alphabet("村[一-鿿&&[^的]]{2}[,;]的?组").unwrap();
        let same = |a, b| alphabet.symbol(a) == alphabet.symbol(b);
        assert!(same('民', '国') && same(',', ';') && same('a', '\u{10ffff}'));
        assert!(!same('村', '民') && !same('的', '民') && !same('村', ','));
        let symbols: BTreeSet<u8> = alphabet.spelled("村组民的,a").into_iter().collect();
        assert_eq!(symbols.len(), 6, "each is told from all others");
        assert_eq!(spelled.properties().minimum_len(), Some(5), "a symbol is a byte");
    }

    #[test]
    fn what_cannot_be_spelled_has_no_alphabet() {
        let many: String = ('一'..).take(256).collect();
        assert!(alphabet(&many).is_none(), "256 and all others");
        assert!(alphabet(&many.chars().skip(1).collect::<String>()).is_some());
        assert!(alphabet(r"\b民").is_none());
    }
}
