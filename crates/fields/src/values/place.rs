//! Places: what of an address is the administrative place, from province to village.

use std::sync::LazyLock;

use dossier_model::fold;
use regex::Regex;

/// The characters `start..end` of `text` that name the administrative place an address begins
/// with, and how many steps it has: province, prefecture, county, township, village; any of them
/// may be missing.
pub fn region_of(text: &str) -> Option<((u32, u32), usize)> {
    static LADDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
        // Each step is a short name and its kind; historical kinds stand beside today's.
        Regex::new(concat!(
            r"^([\p{Han}]{2,8}?(?:省|自治区))?",
            r"([\p{Han}]{1,7}?(?:市|地区|专区|自治州|盟))?",
            r"([\p{Han}]{1,7}?(?:自治县|县|市|旗)|[\p{Han}]{0,6}?[\p{Han}&&[^社小民]]区)?",
            // Below a county of the 1950s stood districts with a number or a name.
            r"(第[一二三四五六七八九十0-9]{1,3}区|[\p{Han}]{0,2}?[\p{Han}&&[^社小民]]区)?",
            r"([\p{Han}]{1,7}?(?:乡|镇|街道|公社|苏木)(?:办事处)?)?",
            r"([\p{Han}]{1,7}?(?:村|社区|大队|居委会|嘎查))?",
        ))
        .ok()
    });
    let folded = fold(text);
    let line = folded.text();
    let found = LADDER.as_ref()?.captures(&line)?;
    let length = found[0].chars().count();
    let steps = found.iter().skip(1).flatten().count();
    (length > 0).then(|| (folded.source_range(0..length), steps))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ladder_ends_at_the_village() {
        let region = |text: &str| {
            let ((start, end), _) = region_of(text)?;
            Some(text.chars().skip(start as usize).take((end - start) as usize).collect::<String>())
        };
        assert_eq!(region("清河市云岭县石桥镇柳树村三组12号").as_deref(), Some("清河市云岭县石桥镇柳树村"));
        assert_eq!(region("云岭县红旗公社东风大队第二生产队").as_deref(), Some("云岭县红旗公社东风大队"));
        assert_eq!(
            region("清河市城东区和平街道文昌社区5栋").as_deref(),
            Some("清河市城东区和平街道文昌社区")
        );
        assert_eq!(region("青禾縣第三區柳樹鄉上坪村的農民").as_deref(), Some("青禾縣第三區柳樹鄉上坪村"));
        assert_eq!(region("青禾县\n石桥镇东沟村").as_deref(), Some("青禾县\n石桥镇东沟村"));
        assert_eq!(region_of("城东街道南门社区老城街").map(|(_, steps)| steps), Some(2));
        assert_eq!(region("12号楼"), None);
    }
}
