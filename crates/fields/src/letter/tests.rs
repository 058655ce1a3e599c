//! The petitions' patterns on invented letters: exact values, each with its place.

mod hard;

use std::path::Path;
use std::sync::LazyLock;

use dossier_model::{
    Fields, ItemText, LayerJudgement, Locator, PageContent, PageMarks, PageState, Place, Sha256,
};
use dossier_pipeline::Pipeline;
use dossier_testkit::generated::{Generator, Set};
use dossier_testkit::rng::Rng;

use super::LetterReader;
use crate::text::slice;

fn reader() -> &'static LetterReader {
    static READER: LazyLock<LetterReader> = LazyLock::new(load);
    &READER
}

fn load() -> LetterReader {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/petitions");
    LetterReader::new(&Pipeline::load(&folder).unwrap()).unwrap()
}

fn pages_of(texts: &[&str]) -> (ItemText, Vec<PageContent>) {
    let mut text = ItemText::default();
    let mut pages = Vec::new();
    for (number, page) in (1..).zip(texts) {
        text.push(page, Sha256::of(b"letter"), Locator::Page(number), true);
        pages.push(PageContent {
            number,
            width: 1000,
            height: 1400,
            dpi: 150.0,
            rotation: 0,
            state: PageState::Recognised,
            layer: LayerJudgement::Absent,
            scan: None,
            marks: PageMarks::default(),
            text: (*page).to_owned(),
            words: Vec::new(),
        });
    }
    (text, pages)
}

fn read(texts: &[&str]) -> Fields {
    let (text, pages) = pages_of(texts);
    reader().read(&text, &pages)
}

fn of(fields: &Fields, field: &str) -> Vec<String> {
    fields.get(field).into_iter().flatten().map(|value| value.value.reveal().to_owned()).collect()
}

/// The first value of a field in a letter of one page.
fn best(letter: &str, field: &str) -> Option<String> {
    of(&read(&[letter]), field).first().cloned()
}

#[test]
fn demands_in_many_words() {
    for (body, expected) in [
        (
            "低保被取消了，恳请县民政局重新核查我家的情况，恢复低保。",
            "恳请县民政局重新核查我家的情况，恢复低保。",
        ),
        ("综上所述，请求贵院依法再审！", "综上所述，请求贵院依法再审！"),
        ("因此我强烈要求厂里补发工资。", "因此我强烈要求厂里补发工资。"),
        ("路坏了三年。望上级派人来修。", "望上级派人来修。"),
        (
            "为此，我们全体业主联名请求：一、更换电梯；二、公开账目。",
            "为此，我们全体业主联名请求：一、更换电梯；二、公开账目。",
        ),
        ("我的诉求如下：退还押金两千元。", "退还押金两千元。"),
        ("处分太重，特请求撤销处分。", "特请求撤销处分。"),
        ("希望能早日通上自来水。", "希望能早日通上自来水。"),
        ("我们盼望公社早日派人来调查处理此事。", "我们盼望公社早日派人来调查处理此事。"),
        ("村里的井干了，请水利局尽快派人打井", "请水利局尽快派人打井"),
    ] {
        let letter = format!("尊敬的领导：\n您好！{body}\n此致\n敬礼！");
        assert_eq!(best(&letter, "demand").as_deref(), Some(expected), "{body}");
    }
}

#[test]
fn what_asks_for_nothing_is_no_demand() {
    for body in [
        "请领导为我们保密。",
        "厂里下了通知，要求我们三日内搬走。",
        "我们要求看凭证，他又不给看。",
        "望川县的路都修好了。",
        "请原谅我写得不好。",
        "老板请客吃饭。",
        "我愿意一心走社会主义的道路。",
    ] {
        let letter = format!("关于修路的请求\n县委负责同志：\n您好！{body}\n此致\n敬礼！");
        assert_eq!(best(&letter, "demand"), None, "{body}");
    }
}

#[test]
fn a_demand_runs_across_a_page() {
    let pages =
        ["县交通局：\n路断了两年。恳请交通局\n第1页，共2页", "尽快修\n复。\n此致\n敬礼\n第2页，共2页"];
    let (text, contents) = pages_of(&pages);
    let fields = reader().read(&text, &contents);
    let demand = &fields["demand"][0];
    assert_eq!(demand.value.reveal(), "恳请交通局尽快修复。");
    let places: Vec<(u32, String)> = demand
        .evidence
        .iter()
        .map(|evidence| {
            let Place::Page { page, .. } = evidence.place else { panic!("a letter stands on pages") };
            (page, slice(&text.text, (evidence.start, evidence.end)))
        })
        .collect();
    assert_eq!(places, [(1, "恳请交通局\n第1页，共2页".to_owned()), (2, "尽快修\n复。".to_owned())]);
}

#[test]
fn a_numbered_list_of_demands_is_a_list() {
    let letter = "市政府：\n我的请求：一、恢复工作。二、补发工资。三、赔礼道歉。\n此致";
    assert_eq!(of(&read(&[letter]), "demand"), ["一、恢复工作。", "二、补发工资。", "三、赔礼道歉。"]);
}

#[test]
fn regions_of_many_eras() {
    for (sentence, expected) in [
        ("我是云岭县石桥镇柳树村村民赵一一。", "云岭县石桥镇柳树村"),
        ("我叫赵一一，家住红旗公社前进大队第三生产队。", "红旗公社前进大队"),
        ("我叫趙一一，今年五十歲，是雲嶺縣第四區楊樹鄉高坡村的農民。", "雲嶺縣第四區楊樹鄉高坡村"),
        ("石桥镇柳树村村民赵一一反映如下问题。", "石桥镇柳树村"),
        ("我们是城南区和平街道桃园社区的居民。", "城南区和平街道桃园社区"),
        ("我叫赵一一，现住城南区和平街道桃园社区5栋301室。", "城南区和平街道桃园社区"),
        ("我1968年下放到双桥公社河头大队劳动。", "双桥公社河头大队"),
        ("我系云岭省清江市白水县大湾乡小湾村三组农民。", "云岭省清江市白水县大湾乡小湾村"),
    ] {
        let letter = format!("县政府：\n{sentence}\n此致\n敬礼");
        assert_eq!(best(&letter, "region").as_deref(), Some(expected), "{sentence}");
    }
}

#[test]
fn a_region_broken_over_lines_has_its_exact_place() {
    let (text, contents) = pages_of(&["县政府：\n我是云岭\n县石桥镇柳树村村民。"]);
    let region = &reader().read(&text, &contents)["region"][0];
    assert_eq!(region.value.reveal(), "云岭县石桥镇柳树村");
    let place = &region.evidence[0];
    assert_eq!(slice(&text.text, (place.start, place.end)), "云岭\n县石桥镇柳树村");
}

#[test]
fn reporting_a_fault_to_a_firm_is_no_address() {
    assert_eq!(best("县政府：\n去年冬天住户向热力公司报修十一次。", "address"), None);
}

#[test]
fn titles_below_stamps_and_over_lines() {
    for (head, expected) in [
        (
            "县信访局\n收文日期：2001年3月1日\n编号：云信2001-0007\n关于水渠被占的情况反映\n县委领导：",
            "关于水渠被占的情况反映",
        ),
        (
            "关于柳树村三组水渠被占长期无人\n过问的联名信\n尊敬的县委、县政府领导：",
            "关于柳树村三组水渠被占长期无人过问的联名信",
        ),
        ("关于柳树村征地问题\n的投诉\n县政府：", "关于柳树村征地问题的投诉"),
        ("县信访局\n申诉书\n县法院：", "申诉书"),
        (
            "云岭县民政局文件\n云民信复〔2018〕3号\n信访事项处理\n答复意见书\n赵一一：",
            "信访事项处理答复意见书",
        ),
        ("云岭县信访局来信登记表\n信访编号 云信2011-0001", "云岭县信访局来信登记表"),
        ("来信登记表\n信访编号 云信2011-0001\n", "来信登记表"),
    ] {
        assert_eq!(best(head, "title").as_deref(), Some(expected), "{head}");
    }
    assert_eq!(best("县委领导：\n您好！关于水渠，我说三点情况\n此致", "title"), None);
}

#[test]
fn a_table_of_signatures_keeps_its_order() {
    let letter = "县政府：\n请修路。\n此致\n村民签名表\n序号 姓名 身份证号 联系电话 手印\n\
                  1 赵一一 990100196001010018 19900001001 直\n2 钱二 990100196202020025 000-1234567\n\
                  3 孙三三 19900001003\n第2页";
    let fields = read(&[letter]);
    assert_eq!(of(&fields, "petitioner_name"), ["赵一一", "钱二", "孙三三"]);
    assert_eq!(of(&fields, "phone"), ["19900001001", "0001234567", "19900001003"]);
}

#[test]
fn a_form_has_several_labels_a_line() {
    let form = "云岭县信访局来信登记表\n信访编号云信2011-0001 收信日期 2011年5月3日\n信访人赵一一 性别 女\n\
                住址 云岭县石桥镇柳树村\n二组8号来信日期 2011年5月1日 信访形式来信\n\
                主要内容 信访人反映：水渠被占。\n住户无水。\n诉求 要求镇政府\n恢复水渠。\n\
                拟办意见 请石桥镇调查处理，并答复。\n经办人：钱二\n2011年5月4日";
    let fields = read(&[form]);
    for (field, expected) in [
        ("petition_no", "云信2011-0001"),
        ("received_date", "2011-05-03"),
        ("petitioner_name", "赵一一"),
        ("sex", "女"),
        ("address", "云岭县石桥镇柳树村二组8号"),
        ("region", "云岭县石桥镇柳树村"),
        ("letter_date", "2011-05-01"),
        ("summary", "信访人反映：水渠被占。住户无水。"),
        ("demand", "要求镇政府恢复水渠。"),
    ] {
        assert_eq!(of(&fields, field).first().map(String::as_str), Some(expected), "{field}");
    }
    assert_eq!(of(&fields, "demand").len(), 1, "the office's opinion is no demand");
}

#[test]
fn an_answer_is_addressed_to_the_petitioner() {
    let reply = "云岭县民政局文件\n云民信复〔2018〕3号\n信访事项处理答复意见书\n赵一一同志：\n\
                 您反映的事项已收悉。\n云岭县民政局\n2018年6月5日";
    assert_eq!(best(reply, "petitioner_name").as_deref(), Some("赵一一"));
    assert_eq!(best("赵一一同志：\n您好！请修路。\n此致", "petitioner_name"), None, "no answer");
}

#[test]
fn the_dot_of_an_archive_number_may_be_misread() {
    for number in ["YL01-XF·1956-Y-0003", "YL01-XF-1956-Y-0003", "YL01-XF•1956-Y-0003", "YL01-XF1956-Y-0003"]
    {
        let fields = read(&[&format!("档号：{number}\n县政府：")]);
        assert_eq!(of(&fields, "archive_no"), ["YL01-XF·1956-Y-0003"], "{number}");
        assert_eq!(fields["archive_no"][0].raw.reveal(), number);
    }
}

#[test]
fn a_petition_number_is_no_identity_number() {
    // 18 digits of which the last agrees with the checksum.
    let letter = "县信访局\n编号：990100196001010018\n县政府：\n我的快递单号990100196202020025没有收到。";
    let fields = read(&[letter]);
    assert_eq!(of(&fields, "petition_no"), ["990100196001010018"]);
    assert_eq!(of(&fields, "id_no"), Vec::<String>::new());
}

#[test]
fn names_need_a_second_cue() {
    for (letter, expected) in [
        ("县政府：\n我叫赵一一，今年三十岁。", Some("赵一一")),
        ("县政府：\n路坏了。\n此致\n敬礼\n柳树村村民　钱二二\n1993年4月6日", Some("钱二二")),
        ("县政府：\n路坏了。\n具信人：孙三", Some("孙三")),
        ("县政府：\n被举报人：李四四，村主任。", None),
        ("县政府：\n路坏了。\n此致\n敬礼\n柳树村全体村民", None),
        ("县政府：\n上周和平街的路坏了。", None),
    ] {
        assert_eq!(best(letter, "petitioner_name").as_deref(), expected, "{letter}");
    }
    assert_eq!(
        of(&read(&["县政府：\n我是石桥镇上坪村村民唐一\n建，女，五十岁。"]), "petitioner_name"),
        ["唐一建"]
    );
    let joint = read(&["县政府：\n请修路。\n此致\n村民代表：赵一一 钱二、孙三三"]);
    assert_eq!(of(&joint, "petitioner_name"), ["赵一一", "钱二", "孙三三"]);
}

#[test]
fn what_else_a_registrar_writes_down() {
    let letter = "县纪委：\n我叫赵一一，女，现年四十六岁。现举报村支部书记李四利用职权侵占集体款项。\
                  我已多次向镇里反映，这是第三次写信。请为我保密。";
    let fields = read(&[letter]);
    for (field, expected) in [
        ("sex", "女"),
        ("age", "46"),
        ("accused_name", "李四"),
        ("repeat_flag", "是"),
        ("petition_count", "3"),
        ("secrecy", "要求保密"),
    ] {
        assert_eq!(of(&fields, field).first().map(String::as_str), Some(expected), "{field}");
    }
}

#[test]
fn a_signature_ends_with_its_line() {
    for sign in
        ["反映人：孙一一\n一九八五年三月二日", "来信人：孙一一\n地址：云岭县石桥镇上坪村", "申诉人：孙一一"]
    {
        let letter = format!("云岭县人民政府：\n我们很困难。\n此致\n敬礼\n{sign}");
        assert_eq!(best(&letter, "petitioner_name").as_deref(), Some("孙一一"), "{sign}");
    }
}

#[test]
fn doubtful_years_are_settled_or_stand_side_by_side() {
    let dates = |letter: &str| of(&read(&[letter]), "letter_date");
    let mark = |letter: &str| read(&[letter])["letter_date"][0].warnings.clone();
    let two = "县政府：\n我叫赵一一。路坏了。\n此致\n敬礼\n五六年三月五日";
    assert_eq!(
        (dates(two), mark(two)),
        (vec!["1956-03-05".to_owned()], vec!["century_from_collection".to_owned()])
    );
    let cycle = "县政府：\n我叫赵一一。路坏了。\n此致\n敬礼\n农历丙寅年三月廿三";
    assert_eq!(dates(cycle), ["1986-05-01"], "1926 is before the collection");
    let either = "县政府：\n我叫赵一一。路坏了。\n此致\n敬礼\n己丑年三月廿三";
    assert_eq!(dates(either), ["2009-04-18", "1949-04-20"]);
    let settled = "收文日期：1949年6月1日\n县政府：\n我叫赵一一。路坏了。\n此致\n敬礼\n己丑年三月廿三";
    assert_eq!(dates(settled), ["1949-04-20"]);
    assert!(mark(settled).contains(&"century_from_other_dates".to_owned()));
}

#[test]
fn days_are_told_from_the_letters_own() {
    let letter = "县政府：\n我叫赵一一。昨天，村里的桥塌了。本月3日就有人报告。\n此致\n敬礼\n1986年3月5日";
    assert_eq!(of(&read(&[letter]), "issue_date"), ["1986-03-04", "1986-03-03"]);
}

#[test]
fn a_document_says_what_it_is() {
    for (head, expected) in [
        ("云岭县信访局来信登记表\n信访编号 云信2011-0001", Some("登记表")),
        ("望川县信访局\n信访事项转送函\n县民政局：\n现转送你局。", Some("转送交办函")),
        ("信访事项不予受理告知书\n赵一一同志：", Some("受理告知书")),
        ("信访事项复查意见书\n赵一一同志：", Some("复查复核意见书")),
        ("信访事项处理意见书\n赵一一同志：", Some("处理意见书")),
        ("送达回证\n受送达人：赵一一", Some("回执")),
        ("关于赵一一反映低保问题信访件的调查报告\n县信访局：", Some("办理情况报告")),
        ("999001\n望川县信访局 收\n石桥镇上坪村赵一一", Some("信封")),
        ("尊敬的县长：\n您好！", Some("来信")),
        ("举报信\n我要举报", Some("来信")),
        ("路坏了。", None),
    ] {
        assert_eq!(best(head, "document_kind").as_deref(), expected, "{head}");
    }
}

#[test]
fn a_kind_stands_in_the_words_that_say_it() {
    for (letter, raw, span) in [
        ("尊敬的县长：村里的路坏了三年，没有人来修。请县里派人来看。", "尊敬的", (0, 3)),
        ("云岭县信访局来信登记表\n信访编号 云信2011-0001", "云岭县信访局来信登记表", (0, 11)),
    ] {
        let fields = read(&[letter]);
        let kind = &fields["document_kind"][0];
        assert_eq!(kind.raw.reveal(), raw);
        assert_eq!(kind.evidence.iter().map(|at| (at.start, at.end)).collect::<Vec<_>>(), [span]);
    }
}

#[test]
fn papers_of_offices_have_their_dates_and_units() {
    let paper = "信访事项转送函\n望川县民政局：\n赵一一反映低保问题一件，我局2018年6月5日受理，于2018年6月8日转送望川县民政局办理。\
                 请于2018年8月4日前办结并答复信访人。\n望川县信访局\n2018年6月8日";
    let fields = read(&[paper]);
    for (field, expected) in [
        ("accepted_date", "2018-06-05"),
        ("transfer_date", "2018-06-08"),
        ("to_org", "望川县民政局"),
        ("deadline", "2018-08-04"),
        ("letter_date", "2018-06-08"),
    ] {
        assert_eq!(of(&fields, field).first().map(String::as_str), Some(expected), "{field}");
    }
}

#[test]
fn who_signs_as_nobody_in_particular_is_anonymous_unless_named() {
    let flag = |letter: &str| best(letter, "anonymous_flag");
    assert_eq!(flag("县纪委：\n路坏了。\n此致\n敬礼\n一名知情群众"), Some("匿名".to_owned()));
    assert_eq!(flag("县纪委：\n路坏了。\n此致\n敬礼\n柳树村全体村民"), Some("匿名".to_owned()));
    assert_eq!(flag("县纪委：\n路坏了。\n此致\n敬礼\n柳树村全体村民\n村民代表：赵一一、钱二"), None);
}
