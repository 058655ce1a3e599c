//! What finding the fields of a letter of 500 characters costs, on one core.

use divan::Bencher;
use dossier_fields::LetterReader;
use dossier_model::{ItemText, Locator, PageContent, Sha256};
use dossier_pipeline::Pipeline;

/// As the program has it.
#[global_allocator]
static MEMORY: dossier_memory::BySize = dossier_memory::BySize;

fn main() {
    divan::main();
}

fn reader() -> LetterReader {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/petitions");
    let pipeline = Pipeline::load(&folder).unwrap_or_else(|faults| panic!("{faults}"));
    LetterReader::new(&pipeline).unwrap_or_else(|error| panic!("{error}"))
}

/// An invented letter that states much of what is looked for.
const LETTER: &str = "关于要求发放征地补偿款的来信\n尊敬的县领导：\n您好！我叫罗桂英，女，今年五十六岁，汉族，家住云岭县石桥镇上坪村三组，\
    身份证号990124196303120026，联系电话19900001234。去年三月，镇里修建工业园，征用了我组二十三亩承包地，\
    当时说好青苗费和土地补偿费三个月内发到各户，共计叁万伍仟元（35000元）。可是到今天一年多了，只发了一部分，账目从来没有公布过。\
    我们多次到村委会和镇政府反映，得到的答复都是再等等。园区的工地日夜施工，噪音很大，灰尘落得满院都是，\
    井水也有了异味，孩子们晚上睡不好觉，老人咳嗽不止。村里的水泥路被运料的货车压坏，雨天积水没过脚面，\
    学生上学要绕行两里多路。\n我们不是不支持建设，只是希望把该给的补偿款足额发放，把道路修好，\
    并请环保部门来测一测污水和噪声是不是超标。组里还有四户老人没有参加养老保险，土地没有了，生活没有着落，\
    希望能按照失地农民的政策办理参保手续。根据《中华人民共和国土地管理法》第四十七条，补偿款应当足额支付。\
    以上情况句句属实，请领导派人到村里来看一看，给我们一个答复。\n此致\n敬礼\n反映人：罗桂英\n二〇一九年四月六日";

fn letter(text: &str) -> (ItemText, Vec<PageContent>) {
    let mut item = ItemText::default();
    item.push(text, Sha256::of(text.as_bytes()), Locator::Page(1), true);
    let page = PageContent::of_text(1, text);
    (item, vec![page])
}

#[divan::bench]
fn a_letter(bencher: Bencher<'_, '_>) {
    let reader = reader();
    let (item, pages) = letter(LETTER);
    bencher.bench(|| reader.read(&item, &pages));
}

/// Ten letters in one, to show that the cost grows with the length and no faster.
#[divan::bench]
fn ten_times_the_text(bencher: Bencher<'_, '_>) {
    let reader = reader();
    let (item, pages) = letter(&[LETTER; 10].join("\n"));
    bencher.bench(|| reader.read(&item, &pages));
}
