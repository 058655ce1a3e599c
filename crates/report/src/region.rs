//! Places as a report counts them: by county, however much of the address above it is written.

use std::collections::BTreeSet;

use dossier_model::fold_text;

/// The beginning of a place down to its county; to its prefecture or province where no county is
/// named.
pub(crate) fn county(place: &str) -> Option<String> {
    let chars: Vec<char> = fold_text(place).chars().collect();
    let is_county = |at: usize| match chars[at] {
        '县' => at > 0,
        // 红旗 and the like are names; a banner's own name is longer.
        '旗' => at > 1,
        // Communities, housing estates and numbered districts are below the county.
        '区' => at > 0 && !"社小民一二三四五六七八九十".contains(chars[at - 1]),
        _ => false,
    };
    let last = |mark: &[char]| chars.iter().rposition(|c| mark.contains(c)).filter(|at| *at > 0);
    let end = (0..chars.len())
        .find(|&at| is_county(at))
        .or_else(|| last(&['市', '州', '盟']))
        .or_else(|| last(&['省']));
    end.map(|end| chars[..=end].iter().collect())
}

/// The fullest form of a place: of those that are known the only one that it ends.
pub(crate) fn fullest(place: String, known: &BTreeSet<String>) -> String {
    let mut longer = known.iter().filter(|other| **other != place && other.ends_with(&place));
    match (longer.next(), longer.next()) {
        (Some(only), None) => only.clone(),
        // Two counties of one name in two prefectures are not to be mixed up.
        _ => place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_end_at_the_county() {
        for (place, expected) in [
            ("云岭省清河市望川县柳林镇上坪村", Some("云岭省清河市望川县")),
            ("清河市临溪区和平街道桃园社区", Some("清河市临溪区")),
            ("青禾縣第三區", Some("青禾县")),
            ("红旗公社", None),
            ("清河市", Some("清河市")),
            ("上坪村", None),
        ] {
            assert_eq!(county(place).as_deref(), expected, "{place}");
        }
    }

    #[test]
    fn a_short_form_joins_its_only_long_one() {
        let known = |names: &[&str]| names.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
        let one = known(&["清河市青禾县", "青禾县", "望川县"]);
        assert_eq!(fullest("青禾县".into(), &one), "清河市青禾县");
        assert_eq!(fullest("望川县".into(), &one), "望川县");
        let two = known(&["甲市城关区", "乙市城关区", "城关区"]);
        assert_eq!(fullest("城关区".into(), &two), "城关区");
    }
}
