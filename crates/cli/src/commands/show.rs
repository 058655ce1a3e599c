//! `dossier show`: one letter as a filled form.

use std::io::Write;

use dossier_archive::{Archive, AuditEvent, AxisLabel, DecidedView, FieldLabel, ItemView};

use super::doubts::doubts;
use super::search::place;
use crate::args::ShowArgs;
use crate::error::{CliError, Exit};
use crate::output::{Context, Style, cells, json, padded};

/// Values below this confidence are marked as unsure.
const SURE: f32 = 0.8;

pub fn run(args: &ShowArgs, context: Context) -> Result<Exit, CliError> {
    let archive = Archive::open(&args.archive.archive)?;
    let mask = args.mask.mask.into();
    let item = archive.show(&args.id, mask)?;
    archive.audit(AuditEvent::Show { item: item.id.clone(), mask })?;
    if args.archive.json {
        json(&item)?;
    } else {
        print(&item, &archive.catalog.field_labels()?, &archive.catalog.summary()?.axes, context)?;
    }
    Ok(Exit::Complete)
}

fn print(
    item: &ItemView,
    labels: &[FieldLabel],
    axes: &[AxisLabel],
    context: Context,
) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let style = Style::of_stdout();
    writeln!(out, "{}\n{}\n", style.bold(&item.title), style.dim(&item.id))?;
    print_fields(&mut out, item, labels, style, context)?;
    print_categories(&mut out, item, axes, style, context)?;
    writeln!(out, "\n{}", style.bold(context.pick("Sources", "来源")))?;
    for source in &item.sources {
        writeln!(out, "  {}", place(source, context))?;
    }
    writeln!(out, "\n{}\n{}", style.bold(context.pick("Text", "正文")), item.text)?;
    Ok(())
}

fn print_fields(
    out: &mut impl Write,
    item: &ItemView,
    labels: &[FieldLabel],
    style: Style,
    context: Context,
) -> Result<(), CliError> {
    let mut section = None;
    let known = labels.iter().filter_map(|label| {
        section = label.section.as_ref().or(section);
        Some((section, context.lang.pick(&label.en, &label.zh), item.fields.get(&label.name)?))
    });
    let named: Vec<_> = known.collect();
    let width = named.iter().map(|(_, name, _)| cells(name)).max().unwrap_or(0);
    let mut doubtful = false;
    let mut heading = None;
    for (section, name, values) in named {
        if let Some((zh, en)) = section.filter(|section| heading.replace(*section) != Some(*section)) {
            writeln!(out, "{}", style.bold(context.pick(en, zh)))?;
        }
        let indent = if section.is_some() { "  " } else { "" };
        for (at, value) in values.iter().enumerate() {
            let name = if at == 0 { name } else { "" };
            let doubt = if !value.state.is_machine() {
                format!("  ✓ {}", said(context))
            } else if value.confidence < SURE || !value.warnings.is_empty() {
                doubtful = true;
                format!("  ? {:.2} {}", value.confidence, doubts(&value.warnings, labels, context))
            } else {
                String::new()
            };
            let line = one_line(&value.value);
            writeln!(out, "{indent}{}  {line}{}", padded(name, width), style.dim(doubt.trim_end()))?;
        }
    }
    if doubtful {
        let legend =
            context.pick("? uncertain: how sure it is, 0 to 1, and why", "? 存疑：把握程度（0至1）及缘由");
        writeln!(out, "{}", style.dim(legend))?;
    }
    Ok(())
}

/// Axis by axis; what only holds because nothing speaks against it has no reasons.
fn print_categories(
    out: &mut impl Write,
    item: &ItemView,
    axes: &[AxisLabel],
    style: Style,
    context: Context,
) -> Result<(), CliError> {
    writeln!(out, "\n{}", style.bold(context.pick("Classification", "分类")))?;
    let width = axes.iter().map(|axis| cells(context.lang.pick(&axis.en, &axis.zh))).max().unwrap_or(0);
    for axis in axes {
        let name = padded(context.lang.pick(&axis.en, &axis.zh), width);
        let decided: Vec<_> = item.categories.iter().filter(|category| category.axis == axis.name).collect();
        if decided.is_empty() {
            writeln!(out, "{name}  {}", context.pick("undecided: a person should look", "未定，需人工判断"))?;
        }
        for category in decided {
            let score = match category.score {
                _ if !category.state.is_machine() => format!("  ✓ {}", said(context)),
                score if score > 0.0 => format!("  {score:.1}"),
                _ => String::new(),
            };
            writeln!(out, "{name}  {}{}", category.path.join(" / "), style.dim(&score))?;
            print_reasons(out, category, width, style, context)?;
        }
    }
    Ok(())
}

fn print_reasons(
    out: &mut impl Write,
    category: &DecidedView,
    width: usize,
    style: Style,
    context: Context,
) -> Result<(), CliError> {
    if category.reasons.is_empty() {
        return Ok(());
    }
    let indent = " ".repeat(width);
    let reasons: Vec<String> = category
        .reasons
        .iter()
        .map(|reason| {
            // What stands for no phrase is named by its rule: a precedence, a row of a table.
            let what = if reason.phrase.is_empty() { &reason.rule } else { &reason.phrase };
            match reason.weight {
                // It chose a name or a child of a category, and added nothing.
                0.0 => one_line(what),
                weight => format!("{} {weight:+.1}", one_line(what)),
            }
        })
        .collect();
    let because = context.pick("because of", "依据");
    writeln!(out, "{indent}    {}", style.dim(&format!("{because}: {}", reasons.join("、"))))?;
    if let Some(other) = &category.runner_up {
        let next = context.pick("next", "其次");
        let line = format!("{next}: {}  {:.1}", other.path.join(" / "), other.score);
        writeln!(out, "{indent}    {}", style.dim(&line))?;
    }
    Ok(())
}

/// Marks what a person said.
fn said(context: Context) -> &'static str {
    context.pick("by a person", "人工确定")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
