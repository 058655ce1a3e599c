//! `dossier rules explain`: each rule that fired, its phrases in place, and what would have
//! changed the decision.

use std::io::Write;
use std::path::Path;

use dossier_batch::{Rules, year_of};
use dossier_model::{Fields, ItemText, Mask, TextMask};
use dossier_rules::{Blocked, Explanation, TurningPoint};

use crate::args::ExplainArgs;
use crate::commands::explained;
use crate::error::{CliError, Exit};
use crate::output::{Context, Style};

/// What is explained, with what of it is hidden.
struct Subject {
    title: String,
    text: ItemText,
    fields: Fields,
    mask: TextMask,
}

pub fn run(args: &ExplainArgs, context: Context) -> Result<Exit, CliError> {
    let ExplainArgs { what, pipeline, archive, mask } = args;
    let mask = mask.mask.into();
    let rules = Rules::load(pipeline)?;
    let subject = match archive {
        Some(archive) => item(what, archive, mask)?.unwrap_or_else(|| plain(what)),
        None => plain(what),
    };
    let year = year_of(&subject.fields, &rules.pipeline.manifest.summary);
    let mut out = std::io::stdout().lock();
    let style = Style::of_stdout();
    writeln!(out, "{}", style.bold(&subject.title))?;
    for explanation in rules.classifier.explain(&subject.text, &subject.fields, year) {
        print(&mut out, &explanation, &subject, style, context)?;
    }
    Ok(Exit::Complete)
}

/// The item with this id; nothing when there is none, and the words are a text.
fn item(id: &str, archive: &Path, mask: Mask) -> Result<Option<Subject>, CliError> {
    let Some((archive, row)) = explained::item(id, archive, mask)? else { return Ok(None) };
    let labels = archive.labels()?;
    Ok(Some(Subject {
        title: labels.masked_title(&row.item, mask),
        mask: labels.text_mask(&row.item.text.text, &row.item, mask),
        text: row.item.text,
        fields: row.item.fields,
    }))
}

fn plain(text: &str) -> Subject {
    let title = explained::title_of(text);
    Subject { title, text: super::text_of(text), fields: Fields::new(), mask: TextMask::default() }
}

fn print(
    out: &mut impl Write,
    explanation: &Explanation,
    subject: &Subject,
    style: Style,
    context: Context,
) -> Result<(), CliError> {
    let decided: Vec<String> = explanation.decided.iter().map(|path| path.join("/")).collect();
    let decided = if decided.is_empty() {
        context.pick("undecided", "未定").to_owned()
    } else {
        decided.join(context.pick(", ", "，"))
    };
    writeln!(out, "\n{}: {}", explanation.axis, style.bold(&decided))?;
    for candidate in &explanation.candidates {
        writeln!(out, "  {}  {:.2}", candidate.path.join("/"), candidate.score)?;
        for reason in &candidate.reasons {
            let place = in_place(subject, reason.start as usize, reason.end as usize, style);
            // What only chooses among the children adds nothing to the score.
            let weight =
                if reason.weight == 0.0 { "    ↳".to_owned() } else { format!("{:+.2}", reason.weight) };
            writeln!(out, "    {weight}  {}  {place}", reason.rule)?;
        }
    }
    for (rule, why) in &explanation.blocked {
        writeln!(out, "    {}", style.dim(&format!("–  {rule}: {}", blocked(why, context))))?;
    }
    writeln!(out, "  {}", turning_point(&explanation.turning_point, context))?;
    Ok(())
}

/// A phrase with what stands around it.
fn in_place(subject: &Subject, start: usize, end: usize, style: Style) -> String {
    if start == end {
        return String::new();
    }
    explained::in_place(&subject.text, &subject.mask, (start, end), style)
}

/// Why a rule does not fire, in words.
pub(super) fn blocked(why: &Blocked, context: Context) -> String {
    let (en, zh) = match why {
        Blocked::Field(name) => {
            return format!("{} {name}", context.pick("the field does not say so:", "字段不符："));
        }
        Blocked::Year => ("speaks of letters of other years", "针对其他年代的信"),
        Blocked::Neutral => {
            ("only in salutation, office names or signature", "只出现在称谓、机关名称或落款中")
        }
        Blocked::Denied => ("only where it is denied or settled", "只出现在否认或已解决的话中"),
        Blocked::Scope => ("only outside the part it looks at", "只出现在规则所看范围之外"),
        Blocked::Excepted => ("only where it makes an exception", "只出现在规则所列的例外之处"),
        Blocked::Excluded => ("an excluded phrase occurs", "出现了排除的词"),
        Blocked::Incomplete => ("not all that it asks for is there", "所要求的没有全部出现"),
    };
    context.pick(en, zh).to_owned()
}

fn turning_point(point: &TurningPoint, context: Context) -> String {
    match point {
        TurningPoint::Follows(axis) => format!("{} {axis}", context.pick("it follows", "随此轴而定：")),
        TurningPoint::Nothing => context.pick("nothing was found", "没有找到任何线索").to_owned(),
        TurningPoint::Lacks(points) => {
            format!("{} {points:.2}", context.pick("to be decided it lacks", "距作出决定还差"))
        }
        TurningPoint::Tie { leads, needs } => {
            let (leads_word, needs_word) =
                (context.pick("a tie: it leads by", "相持：领先"), context.pick("of", "，需"));
            format!("{leads_word} {leads:.2} {needs_word} {needs:.2}")
        }
        TurningPoint::Without(reasons) => {
            let reasons: Vec<String> =
                reasons.iter().map(|reason| format!("{} ({:+.2})", reason.phrase, reason.weight)).collect();
            format!(
                "{} {}",
                context.pick("it would change without", "若没有以下各词则会改变："),
                reasons.join("、")
            )
        }
    }
}
