//! Characters that look alike and that their neighbours tell apart.

use crate::ctc::Glyph;

/// What stands before 日 in a date or a word for a day.
const BEFORE_DAY: &str = "0123456789〇○零一二三四五六七八九十廿卅今昨明次当每近生节假工休";

/// In print, 日 is read as 曰, "said", where it can only be a day: before 期, or after a number.
pub(crate) fn repair(line: &mut [Glyph]) {
    for at in 0..line.len() {
        let before = at.checked_sub(1).and_then(|before| line.get(before)).map(|glyph| glyph.reading);
        let after = line.get(at + 1).map(|glyph| glyph.reading);
        let day = after == Some('期') || before.is_some_and(|c| BEFORE_DAY.contains(c));
        if line[at].reading == '曰' && day {
            let glyph = &mut line[at];
            glyph.alternatives.retain(|(reading, _)| *reading != '日');
            glyph.alternatives.insert(0, ('曰', glyph.confidence));
            glyph.reading = '日';
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_no_saying() {
        let glyph = |reading| Glyph { reading, confidence: 0.9, step: 0.0, alternatives: vec![('日', 0.1)] };
        let mut line: Vec<Glyph> = "收信曰期2016年12月7曰，其名曰".chars().map(glyph).collect();
        repair(&mut line);
        assert_eq!(
            line.iter().map(|glyph| glyph.reading).collect::<String>(),
            "收信日期2016年12月7日，其名曰"
        );
        assert_eq!(line[2].alternatives, [('曰', 0.9)]);
    }
}
