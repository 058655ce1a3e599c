use dossier_model::fold_text;

use super::*;

fn of(word: &str) -> Option<String> {
    token(&fold_text(word))
}

/// Whether a text says what a query asks for.
fn says(text: &str, word: &str) -> bool {
    let chars: Vec<char> = fold_text(text).chars().collect();
    of(word).is_some_and(|token| said(&chars).iter().any(|said| said.token == token))
}

#[test]
fn one_amount_in_many_notations() {
    let amounts = [
        "3.5万元",
        "三万五千元",
        "35000元",
        "35,000元",
        "叁万伍仟圆",
        "三万五千块钱",
        "3万5千元",
        "三万五元",
        "３５０００元",
        "¥35000",
    ];
    for one in amounts {
        assert_eq!(of(one), of("35000元"), "{one}");
        assert!(says(one, "3.5万"), "{one} as a number");
    }
    assert!(of("35000元").is_some());
    for (one, other) in [
        ("一百二十元", "120元"),
        ("一千零五元", "1005元"),
        ("一千零五十元", "1050元"),
        ("两亿三千万元", "2.3亿元"),
        ("一万二千三百四十五元", "12345元"),
        ("三元五角", "3.5元"),
        ("十五万元", "150000元"),
        ("一百一十万元", "110万元"),
        ("二十元", "20块"),
        ("0.35万元", "3500元"),
        ("三千万元", "3000万元"),
    ] {
        assert!(of(one).is_some(), "{one}");
        assert_eq!(of(one), of(other), "{one} {other}");
    }
}

#[test]
fn one_date_in_many_notations() {
    for one in [
        "1987年3月5日",
        "一九八七年三月五日",
        "1987-03-05",
        "1987.3.5",
        "1987/3/5",
        "87.3.5",
        "87年3月5号",
        "八七年三月五日",
    ] {
        assert_eq!(of(one), of("1987年3月5日"), "{one}");
        assert!(says(one, "3月5日"), "{one}");
        assert!(says(one, "1987年3月"), "{one}");
    }
    assert_eq!(of("二〇一九年十二月廿一日"), of("2019-12-21"));
    assert_eq!(of("二○一九年十二月三十一日"), of("2019-12-31"));
    assert_eq!(of("一九八七年"), of("1987年"));
}

#[test]
fn what_may_be_something_else_is_nothing() {
    for text in [
        "3.4.5",
        "12.3.5",
        "192.168.1.1",
        "1987-0305",
        "13900000012",
        "990101196503121235",
        "三五千元",
        "三万多元",
        "三万余元",
        "千万",
        "万一",
    ] {
        let chars: Vec<char> = fold_text(text).chars().collect();
        let dates_or_amounts: Vec<Said> =
            said(&chars).into_iter().filter(|said| !said.token.contains('n')).collect();
        assert!(dates_or_amounts.is_empty(), "{text}: {dates_or_amounts:?}");
    }
    assert!(!says("1999.5元", "1999年5月"));
    assert!(says("1999.5元", "一千九百九十九元五角"));
    assert!(!says("135000元", "35000元"));
}

#[test]
fn places_are_those_of_what_is_said() {
    let text: Vec<char> = fold_text("欠我三万五千元，1987年3月5日立据").chars().collect();
    let stands = |word: &str| {
        let token = of(word);
        let said = said(&text).into_iter().find(|said| Some(&said.token) == token.as_ref());
        said.map(|said| text[said.place].iter().collect::<String>())
    };
    assert_eq!(stands("35000元").as_deref(), Some("三万五千元"));
    assert_eq!(stands("1987.3.5").as_deref(), Some("1987年3月5日"));
    assert_eq!(stands("87年3月").as_deref(), Some("1987年3月"));
    assert_eq!(stands("36000元"), None);
}

#[test]
fn nothing_typed_ever_panics() {
    let parts = [
        "1",
        "九",
        "十",
        "万",
        "亿",
        ".",
        ",",
        "-",
        "年",
        "月",
        "日",
        "元",
        "99999999999999999999",
        "角",
        "¥",
        "0",
    ];
    for a in parts {
        for b in parts {
            for c in parts {
                for d in parts {
                    let text: Vec<char> = [a, b, c, d, a].concat().chars().collect();
                    for said in said(&text) {
                        assert!(said.place.end <= text.len() && said.place.start < said.place.end);
                    }
                }
            }
        }
    }
}
