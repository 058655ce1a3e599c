use super::*;

fn label(name: &str, zh: &str, number: bool) -> FieldLabel {
    FieldLabel {
        name: name.into(),
        zh: zh.into(),
        en: name.into(),
        also: vec!["姓名".into()].into_iter().filter(|_| name == "petitioner_name").collect(),
        mask: dossier_model::MaskKind::Open,
        exact: number,
        number,
        section: None,
    }
}

fn parse(text: &str) -> Result<Node, QueryError> {
    let labels = [label("petitioner_name", "信访人", false), label("persons_count", "人数", true)];
    Query::parse(
        text,
        &labels,
        &[FacetName::new("year", &["年份"]), FacetName::new("content", &["内容分类"])],
    )
    .map(|query| query.root)
}

fn text(folded: &str) -> Node {
    Node::Text { folded: folded.into(), exact: false }
}

fn phrase(folded: &str) -> Node {
    Node::Text { folded: folded.into(), exact: true }
}

fn fault(text: &str) -> (QueryFault, usize) {
    let error = parse(text).unwrap_err();
    (error.kind, error.at)
}

#[test]
fn words_phrases_and_operators() {
    assert_eq!(parse("拆迁 補償"), Ok(Node::And(vec![text("拆迁"), text("补偿")])));
    assert_eq!(parse("\"拆迁 补偿\""), Ok(phrase("拆迁补偿")));
    assert_eq!(
        parse("拆迁 OR 征收 补偿"),
        Ok(Node::Or(vec![text("拆迁"), Node::And(vec![text("征收"), text("补偿")])]))
    );
    let group = Node::Or(vec![text("拆迁"), text("征收")]);
    assert_eq!(parse("(拆迁 或 征收) 补偿"), Ok(Node::And(vec![group, text("补偿")])));
    assert_eq!(parse("拆迁 -补偿"), Ok(Node::And(vec![text("拆迁"), Node::Not(Box::new(text("补偿")))])));
    assert_eq!(parse("石桥镇~"), Ok(Node::Nearly { folded: "石桥镇".into() }));
    assert_eq!(parse("石桥*"), Ok(text("石桥")));
}

#[test]
fn fields_ranges_counted_values_and_sounds() {
    let field = |folded: &str| Node::Field { name: "petitioner_name".into(), folded: folded.into() };
    for written in ["petitioner_name:甲乙", "信访人：甲乙", "姓名:甲乙", "信访人:\"甲 乙\""]
    {
        assert_eq!(parse(written), Ok(field("甲乙")), "{written}");
    }
    let range = |name: &str, from, to| Node::Range { name: name.into(), from, to };
    assert_eq!(parse("date:1978..1985"), Ok(range("date", Some(19_780_000), Some(19_859_999))));
    assert_eq!(parse("日期:2019-03"), Ok(range("date", Some(20_190_300), Some(20_190_399))));
    assert_eq!(parse("date:>=2019年3月12日"), Ok(range("date", Some(20_190_312), None)));
    assert_eq!(parse("人数:>=5"), Ok(range("persons_count", Some(5), None)));
    assert_eq!(parse("persons_count:5..9"), Ok(range("persons_count", Some(5), Some(9))));
    assert_eq!(
        parse("内容分类：城乡建设"),
        Ok(Node::Facet { name: "content".into(), value: "城乡建设".into() })
    );
    assert_eq!(parse("year:2019"), Ok(Node::Facet { name: "year".into(), value: "2019".into() }));
    assert_eq!(parse("py:zhang"), Ok(Node::Sound("zhang".into())));
}

#[test]
fn what_people_type_elsewhere_means_the_same_here() {
    let both = Node::And(vec![text("小区"), text("噪音")]);
    for written in ["小区 噪音", "小区 AND 噪音", "小区 && 噪音", "小区 & 噪音"] {
        assert_eq!(parse(written).as_ref(), Ok(&both), "{written}");
    }
    assert_eq!(parse("拆迁 || 征收"), parse("拆迁 OR 征收"));
    assert_eq!(parse("－补偿"), parse("-补偿"));
    assert_eq!(parse("\"AND\""), Ok(Node::Text { folded: fold_text("AND"), exact: true }));
    let range = |name: &str, from, to| Ok(Node::Range { name: name.into(), from, to });
    for written in ["date:2019..2020", "日期:2019-2020", "日期：2019至2020", "year:2019..2020"] {
        assert_eq!(parse(written), range("date", Some(20_190_000), Some(20_209_999)), "{written}");
    }
    assert_eq!(parse("year:2021.."), range("date", Some(20_210_000), None));
    assert_eq!(parse("year:>=2021"), parse("year:2021.."));
    assert_eq!(parse("日期>=2019"), range("date", Some(20_190_000), None));
    assert_eq!(parse("人数>=5"), range("persons_count", Some(5), None));
    assert_eq!(parse("甲>乙"), Ok(text("甲>乙")), "no number's name stands before it");
}

#[test]
fn what_is_no_operator_is_text() {
    for written in ["http://a", "时刻:三点", "2019-03-12", "补偿(款)", "a)b", "-"] {
        assert_eq!(parse(written), Ok(text(&fold_text(written))), "{written}");
    }
    assert_eq!(parse("(补偿(款))"), Ok(text("补偿(款)")));
}

#[test]
fn faults_have_their_place() {
    assert_eq!(fault(" \t"), (QueryFault::Empty, 2));
    assert_eq!(fault("拆迁 (征收"), (QueryFault::OpenBracket, 3));
    assert_eq!(fault("拆迁 \"征收"), (QueryFault::OpenQuote, 3));
    assert_eq!(fault("OR 拆迁"), (QueryFault::LonelyOr, 0));
    assert_eq!(fault("拆迁 NOT"), (QueryFault::LonelyNot, 6));
    assert_eq!(fault("date:abc"), (QueryFault::NoRange, 0));
    assert_eq!(fault("date:2021-13"), (QueryFault::NoRange, 0));
    assert_eq!(fault("村道 date:2020..2019"), (QueryFault::Reversed, 3));
    assert!(Query::literal("").is_err());
}

#[test]
fn nothing_typed_panics() {
    let pieces = [
        "(", ")", "\"", "“", "”", "-", "OR", "NOT", "AND", ":", "date:", "..", ">=", "~", "*", " ", "拆",
        "py:",
    ];
    let mut number = 1_u64;
    for _ in 0..20_000 {
        let mut typed = String::new();
        for _ in 0..6 {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            typed += pieces[(number >> 33) as usize % pieces.len()];
        }
        // Parsed or refused, never a panic.
        drop(parse(&typed));
    }
}
