//! Places: what of an address is the administrative place, from province to village.

use std::ops::Range;
use std::sync::LazyLock;

use dossier_model::fold;
use regex::Regex;

/// The characters `start..end` of `text` that name the administrative place an address begins
/// with, and how many steps it has: province, prefecture, county, township, village; any of them
/// may be missing.
pub fn region_of(text: &str) -> Option<((u32, u32), usize)> {
    let folded = fold(text);
    let line = folded.text();
    let found = ladder()?.captures(&line)?;
    let length = found[0].chars().count();
    let steps = found.iter().skip(1).flatten().count();
    (length > 0).then(|| (folded.source_range(0..length), steps))
}

/// The county, district, banner or county-level city that an address names, folded, and its
/// characters in `text`; nothing where only a prefecture or a township is named.
pub fn county_of(text: &str) -> Option<(String, Range<u32>)> {
    let folded = fold(text);
    let line = folded.text();
    let county = ladder()?.captures(&line)?.get(COUNTY)?;
    if county.as_str().strip_suffix('区').is_some_and(is_no_district) {
        return None;
    }
    let start = line[..county.start()].chars().count();
    let (start, end) = folded.source_range(start..start + county.as_str().chars().count());
    Some((county.as_str().to_owned(), start..end))
}

/// The ladder's step that is a county.
const COUNTY: usize = 3;

/// Whether what stands before 区 makes it a place within a town: a hospital's quarters, an estate of
/// factories, a part of a village.
fn is_no_district(before: &str) -> bool {
    before.chars().count() > 3
        || before.ends_with(['属', '园', '活', '宅', '厂', '校', '片', '库', '景', '街', '学', '矿'])
}

fn ladder() -> Option<&'static Regex> {
    static LADDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
        // Each step is a short name and its kind; historical kinds stand beside today's. Where letters are
        // published, a letter and a number may stand for the name: A市A7县.
        Regex::new(concat!(
            r"^([\p{Han}]{2,8}?(?:省|自治区))?",
            r"((?:[\p{Han}]{1,7}?|[a-z][0-9]{0,2})(?:市|地区|专区|自治州|盟))?",
            r"((?:[\p{Han}]{1,7}?|[a-z][0-9]{0,2})(?:自治县|县|市|旗)|(?:[\p{Han}]{0,6}?[\p{Han}&&[^社小民]]|[a-z][0-9]{0,2})区)?",
            // Below a county of the 1950s stood districts with a number or a name.
            r"(第[一二三四五六七八九十0-9]{1,3}区|[\p{Han}]{0,2}?[\p{Han}&&[^社小民]]区)?",
            r"([\p{Han}]{1,7}?(?:乡|镇|街道|公社|苏木)(?:办事处)?)?",
            r"([\p{Han}]{1,7}?(?:村|社区|大队|居委会|嘎查))?",
        ))
        .ok()
    });
    LADDER.as_ref()
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
        let county = |text: &str| county_of(text).map(|(county, _)| county);
        assert_eq!(county("云岭省清河市望川县柳林镇上坪村3组").as_deref(), Some("望川县"));
        assert_eq!(county("青禾縣第三區柳樹鄉").as_deref(), Some("青禾县"));
        assert_eq!(county("清河市城东区和平街道文昌社区").as_deref(), Some("城东区"));
        assert_eq!((county("县医院家属区3栋"), county("城东工业园区")), (None, None));
        assert_eq!((county("清河市柳林镇"), county("柳林镇上坪社区")), (None, None));
        assert_eq!(county_of("云岭省 望川县").map(|(_, span)| span), Some(4..7));
        assert_eq!(region_of("城东街道南门社区老城街").map(|(_, steps)| steps), Some(2));
        assert_eq!(region("A市A4区秀峰街道大塘村陈家冲组").as_deref(), Some("A市A4区秀峰街道大塘村"));
        assert_eq!(region("A7县安沙镇").as_deref(), Some("A7县安沙镇"));
        assert_eq!(region("12号楼"), None);
    }
}
