//! `dossier registers`: what the columns of a register mean, and putting that right.

use std::io::Write;

use dossier_batch::{BatchError, RegisterSummary, SheetSummary, inspect};
use dossier_batch::{Column, How, Layout};
use dossier_model::{Cell, CellKind, Lang};
use dossier_pipeline::{Pipeline, SavedLayout, locate, save_layout};
use serde_json::{Value, json};

use super::load_pipeline;
use crate::args::{RegisterArgs, RegistersArgs, RegistersCommand, SaveArgs};
use crate::error::{CliError, Exit};
use crate::output::{self, Context, Style};

pub fn run(args: &RegistersArgs, context: Context) -> Result<Exit, CliError> {
    match &args.command {
        RegistersCommand::Inspect(args) => look(args, context),
        RegistersCommand::Save(args) => save(args, context),
    }
}

fn look(args: &RegisterArgs, context: Context) -> Result<Exit, CliError> {
    let pipeline = load_pipeline(&args.pipeline)?;
    let summary = summary(args, &pipeline)?;
    if args.json {
        output::json(&as_json(&summary))?;
    } else {
        print(&summary, &pipeline, context)?;
    }
    let whole = summary.sheets.iter().all(|sheet| sheet.layout.is_some() || sheet.form.is_some());
    Ok(if whole { Exit::Complete } else { Exit::Partial })
}

fn summary(args: &RegisterArgs, pipeline: &Pipeline) -> Result<RegisterSummary, CliError> {
    inspect(&args.workbook, pipeline).map_err(|fault| CliError::Input { path: args.workbook.clone(), fault })
}

/// What people say of columns is kept with the pipeline, for this register and next month's alike.
fn save(args: &SaveArgs, context: Context) -> Result<Exit, CliError> {
    let pipeline = load_pipeline(&args.register.pipeline)?;
    let summary = summary(&args.register, &pipeline)?;
    let folder = locate(&args.register.pipeline).map_err(BatchError::from)?;
    let from = args.register.workbook.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let said = args.columns.iter().map(|said| {
        let (header, field) = said.split_once('=').ok_or_else(|| CliError::NoColumn(said.clone()))?;
        Ok((header.trim().to_owned(), field_named(field.trim(), &pipeline)?))
    });
    let said = said.collect::<Result<Vec<_>, CliError>>()?;
    let layouts = || summary.sheets.iter().filter_map(|sheet| sheet.layout.as_ref());
    let unknown =
        |(header, _): &&(String, String)| !layouts().any(|layout| headers(layout).any(|of| of == header));
    let unknown: Vec<&str> = said.iter().filter(unknown).map(|(header, _)| header.as_str()).collect();
    if !unknown.is_empty() {
        return Err(CliError::NoColumn(unknown.join(", ")));
    }
    for layout in layouts() {
        let of_sheet = said.iter().filter(|(header, _)| headers(layout).any(|of| of == header));
        let columns: std::collections::BTreeMap<String, String> = of_sheet.cloned().collect();
        if !columns.is_empty() {
            let layout = layout.id.clone();
            save_layout(&folder, SavedLayout { layout, from: from.clone(), columns })
                .map_err(BatchError::from)?;
        }
    }
    eprintln!(
        "{}",
        context.pick(
            "kept in the pipeline's registers.toml; the next ingest reads this register by it",
            "已写入管线的 registers.toml；下次导入时按此读取该登记表"
        )
    );
    look(&args.register, context)
}

/// All headers of a table.
fn headers(layout: &Layout) -> impl Iterator<Item = &String> {
    layout.columns.values().map(|column| &column.header).chain(layout.undecided.values())
}

/// A field by its canonical name or its name in Chinese or English; nothing for `-`.
fn field_named(name: &str, pipeline: &Pipeline) -> Result<String, CliError> {
    if matches!(name, "" | "-") {
        return Ok(String::new());
    }
    let is =
        |field: &&dossier_pipeline::FieldSpec| field.name == name || field.zh == name || field.en == name;
    let field = pipeline.fields.iter().find(is).ok_or_else(|| CliError::NoField(name.to_owned()))?;
    Ok(field.name.clone())
}

fn print(summary: &RegisterSummary, pipeline: &Pipeline, context: Context) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let style = Style::of_stdout();
    for sheet in &summary.sheets {
        let name =
            if sheet.name.is_empty() { context.pick("(no name)", "（无名）") } else { &sheet.name };
        writeln!(out, "{}", style.bold(name))?;
        writeln!(out, "  {}", rows_line(sheet, context))?;
        for column in sheet.form.iter().flat_map(|form| &form.labels) {
            writeln!(out, "  {} → {}", column.header, label(&column.field, pipeline, context))?;
        }
        let Some(layout) = sheet.layout.as_ref() else {
            if sheet.form.is_some() {
                continue;
            }
            writeln!(out, "  {}", context.pick("no header was found", "没有找到表头"))?;
            continue;
        };
        for (at, column) in &layout.columns {
            let label = label(&column.field, pipeline, context);
            let how = how(column, context);
            writeln!(out, "  {:<3} {} → {label}  {how}{}", letters(*at), column.header, share(sheet, *at))?;
        }
        for (at, header) in &layout.undecided {
            let nothing =
                context.pick("no field; its text is searched all the same", "无对应字段，内容仍可检索");
            writeln!(out, "  {:<3} {header} → {nothing}{}", letters(*at), share(sheet, *at))?;
        }
    }
    for note in &summary.notes {
        writeln!(out, "{}", note.text(context.lang))?;
    }
    Ok(())
}

/// What people call a field.
fn label<'f>(field: &'f str, pipeline: &'f Pipeline, context: Context) -> &'f str {
    pipeline.field(field).map_or(field, |known| known.label(context.lang))
}

fn rows_line(sheet: &SheetSummary, context: Context) -> String {
    let form = sheet.form.as_ref().map(|_| context.pick("a form each; ", "逐份表单；").to_owned());
    let header = sheet.layout.as_ref().map_or(form.unwrap_or_default(), |layout| match context.lang {
        Lang::En => format!("header in row {}; ", layout.header_row),
        Lang::Zh => format!("表头在第 {} 行；", layout.header_row),
    });
    let others: Vec<String> = sheet.not_data.iter().map(|(what, count)| format!("{what} {count}")).collect();
    let data = sheet.data;
    let others = others.join(", ");
    match context.lang {
        Lang::En => format!("{header}{data} rows of data; not data: {others}"),
        Lang::Zh => format!("{header}数据 {data} 行；非数据：{others}"),
    }
}

fn how(column: &Column, context: Context) -> String {
    let words = match column.how {
        How::Saved => context.pick("as somebody said", "已由人指定"),
        How::Known => return String::new(),
        How::Likely => context.pick("likely, by the end of its header", "按表头结尾推定"),
        How::Values => context.pick("likely, by its values", "按内容推定"),
    };
    format!("({words}, {:.2}) ", column.confidence)
}

fn share(sheet: &SheetSummary, column: u32) -> String {
    let filled = sheet.filled.get(&column).copied().unwrap_or_default();
    format!(" {filled}/{}", sheet.data)
}

fn letters(column: u32) -> String {
    let cell = Cell { column, text: String::new(), kind: CellKind::Text }.name(1);
    cell.trim_end_matches('1').to_owned()
}

fn as_json(summary: &RegisterSummary) -> Value {
    let sheets = summary.sheets.iter().map(|sheet| {
        let columns = sheet.layout.iter().flat_map(|layout| &layout.columns).map(|(at, column)| {
            json!({ "column": letters(*at), "header": column.header, "field": column.field,
                "how": column.how.name(), "confidence": column.confidence,
                "filled": sheet.filled.get(at).copied().unwrap_or_default() })
        });
        let undecided = sheet.layout.iter().flat_map(|layout| &layout.undecided).map(|(at, header)| {
            json!({ "column": letters(*at), "header": header,
                "filled": sheet.filled.get(at).copied().unwrap_or_default() })
        });
        json!({
            "sheet": sheet.name,
            "layout": sheet.layout.as_ref().map(|layout| &layout.id),
            "header_row": sheet.layout.as_ref().map(|layout| layout.header_row),
            "form": sheet.form.as_ref().map(|form| {
                let labels = form.labels.iter();
                labels.map(|label| json!({ "label": label.header, "field": label.field })).collect::<Vec<_>>()
            }),
            "data": sheet.data,
            "not_data": sheet.not_data,
            "headless": sheet.headless,
            "columns": columns.collect::<Vec<_>>(),
            "undecided": undecided.collect::<Vec<_>>(),
        })
    });
    json!({ "sheets": sheets.collect::<Vec<_>>(), "notes": summary.notes })
}
