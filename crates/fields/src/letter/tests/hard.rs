//! Letters of any content: long ones, monotonous ones, spoilt ones.

use super::*;

/// Twenty times the text may not take more than some twenty times as long, whatever it says: quadratic
/// time would be four hundred times as long.
#[test]
fn no_text_takes_more_than_linear_time() {
    const NASTY: [&str; 30] = [
        "我",
        "一",
        "1",
        "年",
        "县",
        "，",
        "、",
        "。",
        "\n",
        " ",
        "（",
        "《",
        "请求",
        "关于",
        "举报",
        "村民",
        "签名：",
        "联系电话：",
        "身份证",
        "被举报人：",
        "家住石桥镇",
        "我是石桥镇",
        "曾向信访局",
        "三次",
        "编号：a1",
        "书记王",
        "一、请求：",
        "去年三月，",
        "甲子年",
        "公司工作，",
    ];
    let mut random: u64 = 7;
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    let mut texts: Vec<String> = NASTY.iter().map(|piece| (*piece).to_owned()).collect();
    texts.extend((0..30).map(|_| (0..1 + next(5)).map(|_| NASTY[next(NASTY.len())]).collect()));
    for piece in texts {
        let time = |characters: usize| {
            let text = piece.repeat(characters.div_ceil(piece.chars().count()));
            let (item, pages) = pages_of(&[&text]);
            let run = || {
                let start = std::time::Instant::now();
                std::hint::black_box(reader().read(&item, &pages));
                start.elapsed()
            };
            (0..3).map(|_| run()).min().unwrap_or_default()
        };
        let (short, long) = (time(1500), time(30_000));
        let allowed = 100 * short + std::time::Duration::from_millis(10);
        assert!(
            long <= allowed,
            "{piece:?}: {short:?} for 1,500 characters, {long:?} for twenty times as many"
        );
    }
}

/// Letters spoilt at random: whatever comes of them, each value is said where it is said to be.
#[test]
fn what_is_read_of_spoilt_letters_stands_in_them() {
    let generator = Generator::load().unwrap();
    let mut rng = Rng::named("spoilt letters");
    let mut values = 0;
    for number in 0..50 {
        let letter = generator.letter(Set::Development, number).unwrap();
        let whole: Vec<char> = letter.plain_text().chars().collect();
        for _ in 0..40 {
            let (first, second) = whole.split_at(rng.below(whole.len()));
            let spoilt = [first, second].map(|page| spoil(page, &mut rng));
            let spoilt = spoilt.each_ref().map(String::as_str);
            let (text, contents) = pages_of(&spoilt);
            for value in reader().read(&text, &contents).values().flatten() {
                values += 1;
                assert!(!value.evidence.is_empty(), "{value:?} in {spoilt:?}");
                let mut there = String::new();
                for evidence in &value.evidence {
                    let Place::Page { page, .. } = evidence.place else { panic!("a letter stands on pages") };
                    assert!((1..=contents.len()).contains(&(page as usize)), "{value:?} in {spoilt:?}");
                    there += &slice(&text.text, (evidence.start, evidence.end));
                }
                // A page's number or foot may stand between its parts, and it may stand in several places.
                let mut there = there.chars();
                let raw = value.raw.reveal();
                let follows =
                    raw.chars().filter(|c| !c.is_whitespace()).all(|c| there.any(|other| other == c));
                assert!(follows, "{value:?}, {raw:?}, in {spoilt:?}");
            }
        }
    }
    assert!(values > 10_000, "{values}");
}

/// A text with up to eight pieces cut out, doubled, moved to other places or replaced by what means
/// something to the patterns.
fn spoil(text: &[char], rng: &mut Rng) -> String {
    const PIECES: [&str; 16] = [
        "\n",
        "　",
        "：",
        "（",
        "》",
        "〇",
        "１９",
        "年",
        "月",
        "村",
        "县人民政府",
        "请求",
        "举报",
        "此致",
        "签名",
        "\u{301}",
    ];
    let mut text = text.to_vec();
    for _ in 0..1 + rng.below(8) {
        let start = rng.below(text.len());
        let end = (start + rng.below(20)).min(text.len());
        let piece: Vec<char> = match rng.below(4) {
            0 => Vec::new(),
            1 => text[start..end].repeat(2),
            2 => text[start..end].iter().rev().copied().collect(),
            _ => PIECES[rng.below(PIECES.len())].chars().collect(),
        };
        text.splice(start..end, piece);
    }
    text.into_iter().collect()
}
