//! `dossier correct` and `dossier corrections`: what people say, and what they said.

use std::io::Write;
use std::path::Path;

use dossier_archive::Archive;
use dossier_batch::{BatchError, Correction, Decided, Rules, decide, withdraw};
use dossier_model::{Decision, Mask, Verdict};
use serde_json::json;

use crate::args::{CorrectArgs, CorrectionsArgs};
use crate::error::{CliError, Exit};
use crate::output::{self, Context, Style};

pub fn run(args: &CorrectArgs, context: Context) -> Result<Exit, CliError> {
    let rules = rules_of(&args.archive.archive, args.pipeline.as_deref())?;
    let decided = decide(&args.archive.archive, &rules, &args.id, &corrections(args), &args.note)?;
    tell(&decided, args.archive.json, context)
}

pub fn list(args: &CorrectionsArgs, context: Context) -> Result<Exit, CliError> {
    let root = &args.archive.archive;
    if let Some(number) = args.withdraw {
        return tell(
            &withdraw(root, &rules_of(root, args.pipeline.as_deref())?, number, "")?,
            args.archive.json,
            context,
        );
    }
    let archive = Archive::open(root)?;
    let labels = archive.labels()?;
    let mask: Mask = args.mask.mask.into();
    let mut shown = Vec::new();
    for (decision, holds) in archive.catalog.all_decisions()? {
        let item = archive.catalog.identity_at(&decision.anchor)?.map(|it| dossier_archive::item_id(&it));
        let says = words(&decision, context, |name, value| value.masked(labels.kind(name), mask));
        shown.push((decision, item, says, holds));
    }
    if args.archive.json {
        let entries: Vec<_> = shown
            .iter()
            .map(|(decision, item, says, holds)| {
                json!({ "decision": decision.number, "at": decision.at, "user": decision.user, "item": item,
                    "source": decision.anchor.source, "place": decision.anchor.locator, "topic": decision.verdict.topic(),
                    "says": says, "note": decision.note, "holds": holds })
            })
            .collect();
        output::json(&entries)?;
        return Ok(Exit::Complete);
    }
    let mut out = std::io::stdout().lock();
    let style = Style::of_stdout();
    for (decision, item, says, holds) in shown {
        let item =
            item.unwrap_or_else(|| context.pick("(nothing begins there now)", "（该处现无件）").to_owned());
        let line = format!("{:>4}  {item}  {says}  {}", decision.number, decision.user);
        let no_longer = context.pick("no longer holds", "已失效");
        writeln!(out, "{}", if holds { line } else { style.dim(&format!("{line}  {no_longer}")) })?;
        if !decision.note.is_empty() {
            writeln!(out, "      {}", style.dim(&decision.note))?;
        }
    }
    Ok(Exit::Complete)
}

/// The rules of the pipeline that made the archive, wherever that is now.
pub fn rules_of(root: &Path, stated: Option<&str>) -> Result<Rules, CliError> {
    let made_by = Archive::open(root)?.catalog.pipeline()?.unwrap_or_default();
    let rules = Rules::load(stated.unwrap_or(&made_by))?;
    if rules.pipeline.manifest.name != made_by {
        return Err(BatchError::OtherPipeline { archive: root.to_owned(), theirs: made_by }.into());
    }
    Ok(rules)
}

fn corrections(args: &CorrectArgs) -> Vec<Correction> {
    let set = args.set.iter().map(|set| {
        let (name, value) = set.split_once(['=', '＝']).unwrap_or((set, ""));
        Correction::Field { name: name.trim().to_owned(), value: value.to_owned() }
    });
    let category = args.category.iter().map(|category| {
        let (axis, path) = match category.split_once(['=', '＝']) {
            Some((axis, path)) => (Some(axis.trim().to_owned()), path),
            None => (None, category.as_str()),
        };
        let path = path.split(['/', '／']).map(|name| name.trim().to_owned()).collect();
        Correction::Category { axis, path }
    });
    let begins = args.begins.iter().map(|page| Correction::Begins { page: *page, begins: true });
    let joins = args.joins.iter().map(|page| Correction::Begins { page: *page, begins: false });
    let belongs = args.belongs_to.iter().map(|id| Correction::Pair { with: Some(id.clone()) });
    let alone = args.alone.then_some(Correction::Pair { with: None });
    set.chain(category).chain(begins).chain(joins).chain(belongs).chain(alone).collect()
}

fn tell(decided: &Decided, as_json: bool, context: Context) -> Result<Exit, CliError> {
    if as_json {
        output::json(&json!({
            "decisions": decided.decisions,
            "item": decided.item,
            "applied": decided.applied,
        }))?;
        return Ok(Exit::Complete);
    }
    let mut out = std::io::stdout().lock();
    let numbers: Vec<String> = decided.decisions.iter().map(ToString::to_string).collect();
    let numbers = numbers.join(", ");
    writeln!(out, "{} {numbers}", context.pick("on record as", "已记录，更正号"))?;
    if !decided.applied {
        let later = context.pick(
            "a run is writing to the archive: the correction shows after the next run",
            "档案库正在写入：更正将在下次运行后显示",
        );
        writeln!(out, "{later}")?;
    }
    Ok(Exit::Complete)
}

/// What a decision says, on one line.
fn words(
    decision: &Decision,
    context: Context,
    masked: impl Fn(&str, &dossier_model::Sensitive) -> String,
) -> String {
    match &decision.verdict {
        Verdict::Field { name, value: Some(value) } => format!("{name} = {}", masked(name, value)),
        Verdict::Field { name, value: None } => format!("{name} = {}", context.pick("(none)", "（无）")),
        Verdict::Category { axis, path, .. } => format!("{axis} = {}", path.join("/")),
        Verdict::Begins { begins: true } => {
            format!("{}: {}", context.pick("a letter begins at", "另一封信起于"), decision.anchor.locator)
        }
        Verdict::Begins { begins: false } => {
            format!("{}: {}", context.pick("goes on at", "接上一页"), decision.anchor.locator)
        }
        Verdict::Pair { with: Some(row) } => {
            format!("{}: {}", context.pick("belongs to", "属于"), row.locator)
        }
        Verdict::Pair { with: None } => context.pick("belongs to no row", "不属于任何登记行").to_owned(),
        Verdict::Withhold { by, .. } => match context.lang {
            dossier_model::Lang::En => format!("withdrawn by order of {by}"),
            dossier_model::Lang::Zh => format!("依 {by} 的命令撤出"),
        },
        Verdict::Withdraw { decision } => format!("{} {decision}", context.pick("takes back", "撤回")),
    }
}
