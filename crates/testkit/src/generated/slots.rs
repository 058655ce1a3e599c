//! What is filled into sentence forms: invented people, places, dates and sums, each written in one
//! of the notations of its time, with what it says in its normal form.

use std::collections::BTreeMap;

use super::Era;
use crate::person::{self, Person};
use crate::rng::Rng;

/// Something filled in.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    pub written: String,
    /// Fields with their values.
    pub says: Vec<(String, String)>,
}

/// What a letter's slots are filled with, the same throughout the letter.
pub(super) struct Slots {
    slots: BTreeMap<&'static str, Slot>,
    date: (String, String),
}

impl Slots {
    pub(super) fn new(era: Era, rng: &mut Rng) -> Slots {
        let mut maker = Maker { era, rng, slots: BTreeMap::new() };
        let date = maker.dates();
        maker.people(date.0);
        maker.places();
        maker.sums();
        maker.matters();
        let written = maker.written_date(date);
        let date = (written, edtf(date));
        Slots { date, slots: maker.slots }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Slot> {
        self.slots.get(name)
    }

    /// The date line and the date.
    pub(super) fn date_line(&self) -> (String, String) {
        self.date.clone()
    }
}

type Date = (usize, usize, usize);

struct Maker<'a> {
    era: Era,
    rng: &'a mut Rng,
    slots: BTreeMap<&'static str, Slot>,
}

impl Maker<'_> {
    fn put(&mut self, name: &'static str, written: impl Into<String>, says: &[(&str, String)]) {
        let says = says.iter().map(|(field, value)| ((*field).to_owned(), value.clone())).collect();
        self.slots.insert(name, Slot { written: written.into(), says });
    }

    fn one(&mut self, of: &[&'static str]) -> &'static str {
        self.rng.pick(of).copied().unwrap_or_default()
    }

    /// One of the era's.
    fn of_era(
        &mut self,
        commune: &[&'static str],
        reform: &[&'static str],
        modern: &[&'static str],
    ) -> &'static str {
        match self.era {
            Era::Commune => self.one(commune),
            Era::Reform => self.one(reform),
            Era::Modern => self.one(modern),
        }
    }

    /// The letter's date; with it, the others.
    fn dates(&mut self) -> Date {
        let year = match self.era {
            Era::Commune => 1956 + self.rng.below(22),
            Era::Reform => 1980 + self.rng.below(20),
            Era::Modern => 2001 + self.rng.below(24),
        };
        let date = (year, 2 + self.rng.below(10), 1 + self.rng.below(28));
        let received = (year, date.1 + 1, 1 + self.rng.below(28));
        let written = self.written_date(received);
        self.put("received", written, &[("received_date", edtf(received))]);
        let written = self.written_date(date);
        self.put("date", written, &[("letter_date", edtf(date))]);
        self.event(year);
        let (years, month) = (1 + self.rng.below(3), 1 + self.rng.below(12));
        let earlier = format!("{}年{month}月", year - years);
        self.put("earlier", earlier, &[("earlier_date", format!("{:04}-{month:02}", year - years))]);
        date
    }

    /// When it happened: said outright, or told from the letter's date.
    fn event(&mut self, year: usize) {
        let (years, month) = (1 + self.rng.below(4), 1 + self.rng.below(12));
        let (written, year) = match self.rng.below(4) {
            0 => (format!("去年{}月", chinese(month)), year - 1),
            1 => (format!("{}年{}月", digits(year - years), chinese(month)), year - years),
            _ => (format!("{}年{month}月", year - years), year - years),
        };
        self.put("event", written, &[("issue_date", format!("{year:04}-{month:02}"))]);
    }

    fn written_date(&mut self, (year, month, day): Date) -> String {
        match self.rng.below(3) {
            0 => format!("{}年{}月{}日", digits(year), chinese(month), chinese(day)),
            _ => format!("{year}年{month}月{day}日"),
        }
    }

    fn people(&mut self, year: usize) {
        let (mut name, person) = person::random(self.rng);
        if self.rng.below(6) == 0 {
            name.pop();
        }
        let age = 25 + self.rng.below(50);
        let birth = (year - age, 1 + self.rng.below(12), 1 + self.rng.below(28));
        let person = Person { birth: edtf(birth), ..person };
        let sex = if person.seq % 2 == 1 { "男" } else { "女" };
        self.put("name", name.clone(), &[("petitioner_name", name)]);
        self.put("sex", sex, &[("sex", sex.to_owned())]);
        let written = if self.rng.below(3) == 0 { chinese(age) } else { age.to_string() };
        self.put("age", written, &[("age", age.to_string())]);
        let written = self.written_date(birth);
        self.put("birth", written, &[("birth_date", edtf(birth))]);
        let id = if self.era == Era::Modern { person.id_no() } else { person.id15() };
        self.put("id", id.clone(), &[("id_no", id)]);
        let landline = format!("000-{}", 2_000_000 + self.rng.below(999_999));
        let phone = if self.era == Era::Modern { person.phone } else { landline };
        self.put("phone", phone.clone(), &[("phone", phone.replace('-', ""))]);
        let (accused, _) = person::random(self.rng);
        self.put("accused", accused.clone(), &[("accused_name", accused)]);
        let occupation = self.of_era(
            &["社员", "饲养员", "民办教师", "木匠", "赤脚医生"],
            &["农民", "工人", "民办教师", "司机", "退休工人"],
            &["农民", "个体户", "教师", "司机", "退休工人", "保洁员"],
        );
        self.put("occupation", occupation, &[("occupation", occupation.to_owned())]);
        let employer = self.of_era(
            &["青禾县农具厂", "清河专区运输公司", "望川县供销社"],
            &["青禾县纺织厂", "望川县石桥镇中学", "清河市农机公司"],
            &["清河市环卫处", "望川县人民医院", "青禾县建筑公司"],
        );
        self.put("employer", employer, &[("employer", employer.to_owned())]);
        let unit = self.of_era(
            &["东风大队", "河口大队"],
            &["石桥镇上坪村", "柳树乡东沟村"],
            &["白塔镇马岭村", "双河镇河口村"],
        );
        self.put("accused_unit", unit, &[("accused_unit", unit.to_owned())]);
        let post = self.of_era(
            &["大队长", "会计", "支书"],
            &["村主任", "会计", "支书"],
            &["村主任", "村支书", "会计"],
        );
        self.put("accused_post", post, &[("accused_post", post.to_owned())]);
    }

    fn places(&mut self) {
        let county = self.one(&["青禾县", "望川县"]);
        let place = self.of_era(
            &["红旗公社东风大队", "双河公社河口大队"],
            &["石桥镇上坪村", "柳树乡东沟村", "白塔镇新塘村"],
            &["石桥镇上坪村", "双河镇河口村", "文昌街道桃园社区"],
        );
        let city =
            if self.era == Era::Modern { self.one(&["清河市", "", "云岭省清河市"]) } else { "" };
        let region = format!("{city}{county}{place}");
        let number = 1 + self.rng.below(9);
        let rest = match self.era {
            Era::Commune => format!("第{}生产队", chinese(number)),
            _ if place.ends_with("社区") => format!("{number}栋{}室", 101 + self.rng.below(500)),
            _ => self.one(&["三组", "2组", "第一村民小组", "五组16号"]).to_owned(),
        };
        let address = format!("{region}{rest}");
        self.put("region", region.clone(), &[("region", region.clone())]);
        self.put("address", address.clone(), &[("address", address), ("region", region.clone())]);
        self.put("home", region.clone(), &[("address", region.clone()), ("region", region.clone())]);
        let household = format!("临溪区城东街道南门社区{}号", 1 + self.rng.below(90));
        self.put("household", household.clone(), &[("household_address", household)]);
        let office = self.of_era(
            &["青禾县人民委员会", "中共望川县委员会", "望川县革命委员会"],
            &["望川县人民政府", "青禾县信访办公室", "清河市劳动局"],
            &["望川县信访局", "清河市人民政府", "青禾县自然资源局"],
        );
        self.put("office", office, &[]);
        let leader = self.of_era(
            &["县委书记", "毛主席"],
            &["李县长", "县委书记"],
            &["市委书记", "王局长", "县委书记"],
        );
        self.put("leader", leader, &[]);
        self.put("register_org", "望川县信访局", &[]);
        let org = self.one(&["县信访局", "县委", "镇政府", "市信访局", "县民政局", "县法院"]);
        self.put("earlier_org", org, &[("earlier_org", org.to_owned())]);
        self.put("court", "望川县人民法院", &[]);
    }

    fn sums(&mut self) {
        let thousands = 1 + self.rng.below(9);
        let tens = 1 + self.rng.below(9);
        let (written, amount) = match (self.era, self.rng.below(5)) {
            (Era::Commune, 0..3) => (format!("{}元", chinese(tens * 10)), tens * 10),
            (Era::Commune, _) => (format!("{}元", tens * 10), tens * 10),
            (_, 0) => {
                (format!("{}千{}百元", chinese(thousands), chinese(tens)), thousands * 1000 + tens * 100)
            }
            (_, 1) => (format!("{thousands}.{tens}万元"), thousands * 10_000 + tens * 1000),
            (_, 2) => (format!("{}万元", chinese(tens * 10)), tens * 100_000),
            _ => (format!("{}元", thousands * 1000 + tens * 10), thousands * 1000 + tens * 10),
        };
        self.put("amount", written, &[("amount", amount.to_string())]);
        let sum = thousands * 10_000 + tens * 1000;
        let capital = format!("{}万{}仟元整", capital(thousands), capital(tens));
        let both = if self.rng.below(2) == 0 {
            format!("{capital}（{sum}元）")
        } else {
            format!("{sum}元（大写：{capital}）")
        };
        self.put("amount_both", both, &[("amount", sum.to_string())]);
        let (written, area) = match self.rng.below(4) {
            0 => (format!("{}亩{}分", chinese(thousands), chinese(tens)), format!("{thousands}.{tens}亩")),
            1 => (format!("{}亩", chinese(tens)), format!("{tens}亩")),
            2 => (format!("{thousands}.{tens}亩"), format!("{thousands}.{tens}亩")),
            _ => (format!("{tens}亩"), format!("{tens}亩")),
        };
        self.put("area", written, &[("area", area)]);
        let square = 60 + self.rng.below(90);
        self.put("building", format!("{square}平方米"), &[("area", format!("{square}平方米"))]);
        let persons = 5 + self.rng.below(90);
        let written = if self.rng.below(2) == 0 { chinese(persons) } else { persons.to_string() };
        self.put("persons", written, &[("persons_count", persons.to_string())]);
        let times = 2 + self.rng.below(7);
        let written = if self.rng.below(2) == 0 { chinese(times) } else { times.to_string() };
        self.put("times", written, &[("petition_count", times.to_string())]);
    }

    fn matters(&mut self) {
        let statute = self.one(&[
            "《中华人民共和国土地管理法》第四十七条",
            "《中华人民共和国劳动法》第五十条",
            "《信访条例》第二十一条",
            "《中华人民共和国村民委员会组织法》",
        ]);
        self.put("statute", statute, &[("statute", statute.to_owned())]);
        let case = format!("（{}）岭0122民初{}号", 2001 + self.rng.below(23), 100 + self.rng.below(900));
        self.put("case_no", case.clone(), &[("case_no", case)]);
        let matter = self.one(&["征地补偿", "拖欠工资", "宅基地纠纷", "退休待遇", "救济款发放"]);
        self.put("matter", matter, &[]);
        let wish = self.one(&[
            "查清此事并给予答复",
            "把该发的钱发给我们",
            "落实政策",
            "恢复我的待遇",
            "严肃处理有关责任人",
            "还我土地",
        ]);
        self.put("wish", wish, &[]);
        let number = format!("望信{}-{:04}", 1990 + self.rng.below(30), 1 + self.rng.below(900));
        self.put("number", number.clone(), &[("petition_no", number)]);
    }
}

fn edtf((year, month, day): Date) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

const NUMERALS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// 一九五六.
fn digits(number: usize) -> String {
    number.to_string().chars().filter_map(|c| NUMERALS.get(c.to_digit(10)? as usize)).collect()
}

/// 四十六, for numbers below a hundred.
fn chinese(number: usize) -> String {
    let digit = |digit: usize| if digit == 0 { String::new() } else { NUMERALS[digit % 10].to_string() };
    match number {
        0..10 => digit(number),
        10..20 => format!("十{}", digit(number % 10)),
        _ => format!("{}十{}", digit(number / 10), digit(number % 10)),
    }
}

fn capital(digit: usize) -> char {
    ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'][digit % 10]
}
