//! What came in: charts of this run against former ones.

use dossier_model::Lang;
use maud::{Markup, PreEscaped, html as page};

use super::Sheet;
use crate::ReportError;
use crate::chart::{bars, columns};
use crate::morning::Share;

/// How many values a chart shows; the rest is one bar.
const SHOWN: usize = 10;

impl Sheet<'_> {
    pub(super) fn what_came(&self) -> Result<Markup, ReportError> {
        let morning = self.morning;
        let former = morning.intake.len().saturating_sub(1);
        let all_before: u64 = morning.intake.iter().take(former).map(|run| run.items).sum();
        let now = morning.intake.last().map_or(0, |run| run.items);
        if now == 0 && all_before == 0 {
            return Ok(page! {
                h2 { (self.say("What came in", "收到的信件")) }
                p.well { (self.say("Nothing new.", "没有新件。")) }
            });
        }
        let key = page! {
            p.key {
                i {} (self.say("this run", "本次"))
                @if former > 0 {
                    i.former {}
                    @match (former, self.lang) {
                        (1, _) => { (self.say("the run before", "上次")) }
                        (_, Lang::En) => { "mean of the " (former) " before" }
                        (_, Lang::Zh) => { "前 " (former) " 次平均" }
                    }
                }
            }
        };
        let chart = |heading: &str, shares: &[Share], none: &str| -> Result<Markup, ReportError> {
            let svg = bars(&self.named(shares, none))?;
            Ok(page! { section { h2 { (heading) } (PreEscaped(svg)) (key) } })
        };
        Ok(page! {
            div.two {
                (chart(self.say("By category", "按内容"), &morning.categories, self.say("undecided", "未定"))?)
                (chart(self.say("By region", "按地区"), &morning.regions, self.say("not stated", "未载明"))?)
            }
            @if former > 0 {
                h2 { (self.say("New letters, run by run", "历次新增件数")) }
                (PreEscaped(columns(&morning.intake)?))
            }
        })
    }

    /// The shares with their names: the first few, what is beyond them as one, and what has none.
    fn named(&self, shares: &[Share], none: &str) -> Vec<(String, Share)> {
        let (stated, unstated): (Vec<&Share>, Vec<&Share>) =
            shares.iter().partition(|share| share.name.is_some());
        let (first, rest) = stated.split_at(stated.len().min(SHOWN));
        let line = |share: &&Share| (share.name.clone().unwrap_or_else(|| none.to_owned()), (*share).clone());
        let others = (!rest.is_empty()).then(|| {
            let now = rest.iter().map(|share| share.now).sum();
            let before = rest.iter().map(|share| share.before).sum();
            (self.say("others", "其他").to_owned(), Share { name: None, now, before })
        });
        first.iter().map(line).chain(others).chain(unstated.iter().map(line)).collect()
    }
}
