//! `dossier rules`: writing rules that can be trusted.

mod coverage;
mod explain;
mod own;
mod suggest;
mod test;

use std::io::Write;
use std::path::Path;

use dossier_batch::{LabelledRow, Moves, Rules, Stop, compare, read_labelled};
use dossier_model::{ItemText, Locator, Sha256};
use dossier_pipeline::Pipeline;

use crate::args::{LabelledOption, RulesArgs, RulesCommand};
use crate::error::{CliError, Exit};
use crate::output::{self, Context, Style};
use crate::progress::for_people;

pub fn run(args: &RulesArgs, context: Context) -> Result<Exit, CliError> {
    match &args.command {
        RulesCommand::Check(args) => check(&args.pipeline, context),
        RulesCommand::Test { pipeline, labelled, json } => {
            test::run(&pipeline.pipeline, labelled, *json, context)
        }
        RulesCommand::Explain(args) => explain::run(args, context),
        RulesCommand::Diff { pipeline, archive } => diff(pipeline, &archive.archive, archive.json, context),
        RulesCommand::Suggest { pipeline, labelled, most } => {
            suggest::run(&pipeline.pipeline, labelled, *most, context)
        }
        RulesCommand::Coverage { pipeline, archive } => {
            coverage::run(&pipeline.pipeline, &archive.archive, archive.json, context)
        }
    }
}

fn check(pipeline: &str, context: Context) -> Result<Exit, CliError> {
    let rules = Rules::load(pipeline)?;
    let mut out = std::io::stdout().lock();
    let count = rules.classifier.rules().count();
    let sound = context.pick("rules, no faults; version", "条规则，没有问题；版本");
    writeln!(out, "{count} {sound} {}", rules.version())?;
    for (name, zh, en) in rules.classifier.axes() {
        let of_axis = rules.classifier.rules().filter(|(axis, _, _)| *axis == name).count();
        writeln!(out, "  {name}  {}  {of_axis}", context.lang.pick(en, zh))?;
    }
    Ok(Exit::Complete)
}

fn diff(pipeline: &str, archive: &Path, json: bool, context: Context) -> Result<Exit, CliError> {
    let stop = Stop::default();
    stop.on_signals()?;
    let rules = Rules::load(pipeline)?;
    let progress = for_people(context);
    let moves = compare(archive, &rules, progress.as_ref(), &stop)?;
    if json {
        output::json(&moves)?;
    } else {
        print_moves(&moves, context)?;
    }
    Ok(if stop.is_asked() { Exit::Interrupted } else { Exit::Complete })
}

/// Prints what moves from where to where, the most first.
pub fn print_moves(moves: &Moves, context: Context) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let style = Style::of_stdout();
    let undecided = context.pick("undecided", "未定");
    let name = |path: &[String]| if path.is_empty() { undecided.to_owned() } else { path.join("/") };
    let line = match context.lang {
        dossier_model::Lang::En => format!(
            "{} of {} items move; {} more get other scores or reasons",
            moves.moved, moves.items, moves.rescored
        ),
        dossier_model::Lang::Zh => format!(
            "{} 件中有 {} 件改变分类；另有 {} 件得分或理由有变",
            moves.items, moves.moved, moves.rescored
        ),
    };
    writeln!(out, "{}", style.bold(&line))?;
    for step in &moves.moves {
        writeln!(out, "{:>7}  {}  {} → {}", step.count, step.axis, name(&step.from), name(&step.to))?;
        for (id, title) in &step.examples {
            writeln!(out, "         {}", style.dim(&format!("{id}  {title}")))?;
        }
    }
    Ok(())
}

/// The rows of the register that an option names, if it names one.
fn labelled_rows(option: &LabelledOption, pipeline: &Pipeline) -> Result<Option<Vec<LabelledRow>>, CliError> {
    let Some(path) = &option.labelled else { return Ok(None) };
    read_labelled(path, &option.label_column, pipeline)
        .map(Some)
        .map_err(|fault| CliError::Input { path: path.clone(), fault })
}

/// A text by itself, as if it were an item's.
fn text_of(text: &str) -> ItemText {
    let mut item = ItemText::default();
    item.push(text, Sha256::of(text.as_bytes()), Locator::Page(1), true);
    item
}
