//! Names by their sound: pinyin without tones.

use dossier_model::is_han;
use pinyin::{ToPinyin, ToPinyinMulti};

/// What a name may be asked for by: its syllables from the first on, and their initials, without
/// tones; a character with several readings gives each.
pub(super) fn sounds(name: &str) -> Vec<String> {
    let readings: Vec<Vec<&str>> = name
        .chars()
        .filter(|c| is_han(*c))
        .map(|c| {
            c.to_pinyin_multi().map(|all| all.into_iter().map(|p| p.plain()).collect()).unwrap_or_default()
        })
        .collect();
    let mut sounds = Vec::new();
    let mut whole = vec![(String::new(), String::new())];
    for syllables in readings.into_iter().take(4) {
        let mut next: Vec<(String, String)> = Vec::new();
        for (spoken, initials) in &whole {
            for syllable in &syllables {
                let initial = syllable.chars().next().unwrap_or_default();
                let more = (format!("{spoken}{syllable}"), format!("{initials}{initial}"));
                if !next.contains(&more) && next.len() < 16 {
                    next.push(more);
                }
            }
        }
        sounds.extend(next.iter().flat_map(|(spoken, initials)| [spoken.clone(), initials.clone()]));
        whole = next;
    }
    sounds.sort_unstable();
    sounds.dedup();
    sounds
}

/// What was typed after `py:` as sounds are kept: Han characters by their first reading, letters
/// as they are, without tones, blanks and apostrophes.
pub(super) fn spoken(typed: &str) -> String {
    let mut spoken = String::new();
    for c in typed.chars() {
        match c.to_pinyin() {
            Some(syllable) => spoken += syllable.plain(),
            None => spoken.extend(c.to_lowercase().filter(char::is_ascii_lowercase)),
        }
    }
    spoken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_syllables_initials_and_homophones() {
        let known = sounds("章建国");
        for asked in ["zhang", "zhangjianguo", "Zhang Jian'guo", "zjg", "张建国", "张"] {
            assert!(known.contains(&spoken(asked)), "{asked}");
        }
        assert!(!known.contains(&spoken("wang")));
        assert!(sounds("单雄").contains(&"shan".to_owned()), "a surname with two readings");
    }
}
