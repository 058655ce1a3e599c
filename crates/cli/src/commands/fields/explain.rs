//! `dossier fields explain`: every value that was found, in its place, and why it stands or does not.

use std::io::Write;
use std::path::Path;

use dossier_fields::{Explained, Verdict};
use dossier_model::{FieldValue, Fields, ItemText, Locator, Mask, MaskKind, PageContent, TextMask};

use super::super::doubts::{doubt, doubts};
use super::{Reading, letter_of};
use crate::args::ExplainArgs;
use crate::commands::explained;
use crate::error::{CliError, Exit};
use crate::output::{Context, Style};

/// What is explained, with what of it is hidden.
struct Subject {
    title: String,
    text: ItemText,
    pages: Vec<PageContent>,
    /// What is on record of it, whose values are hidden wherever they stand.
    recorded: Fields,
    mask: Mask,
}

/// A subject as a reader may see it.
struct Shown {
    subject: Subject,
    hidden: TextMask,
}

pub fn run(args: &ExplainArgs, context: Context) -> Result<Exit, CliError> {
    let ExplainArgs { what, pipeline, archive, mask } = args;
    let mask = mask.mask.into();
    let reading = Reading::load(pipeline)?;
    let subject = match archive {
        Some(archive) => item(what, archive, mask)?.unwrap_or_else(|| plain(what)),
        None => plain(what),
    };
    let found = reading.letters.explain(&subject.text, &subject.pages);
    let shown = Shown { hidden: hidden(&reading, &found, &subject), subject };
    let mut out = std::io::stdout().lock();
    let style = Style::of_stdout();
    writeln!(out, "{}", style.bold(&shown.subject.title))?;
    let mut field = "";
    for value in &found {
        let spec = reading.pipeline.field(&value.field);
        if value.field != field {
            field = &value.field;
            let name = spec.map_or(field, |spec| spec.label(context.lang));
            writeln!(out, "\n{}  {}", style.bold(name), style.dim(field))?;
        }
        let kind = spec.map_or(MaskKind::Text, |spec| spec.mask());
        print(&mut out, value, kind, &shown, (style, context))?;
    }
    recorded(&mut out, &reading, &shown.subject, (style, context))?;
    Ok(Exit::Complete)
}

/// What is on record of an item that its pages do not say: columns of a register, the gazetteer, a
/// person's word.
fn recorded(
    out: &mut impl Write,
    reading: &Reading,
    subject: &Subject,
    (style, context): (Style, Context),
) -> Result<(), CliError> {
    let by_pattern = |value: &&FieldValue| value.extractor.starts_with("pattern:");
    for (field, values) in &subject.recorded {
        let spec = reading.pipeline.field(field);
        let kind = spec.map_or(MaskKind::Text, |spec| spec.mask());
        let name = spec.map_or(field.as_str(), |spec| spec.label(context.lang));
        let others: Vec<&FieldValue> = values.iter().filter(|value| !by_pattern(value)).collect();
        if !others.is_empty() {
            writeln!(out, "\n{}  {}", style.bold(name), style.dim(field))?;
        }
        for value in others {
            let text = match kind {
                MaskKind::Text => {
                    let text = value.value.reveal();
                    TextMask::of_text(text, subject.mask, on_record(reading, &subject.recorded)).apply(text)
                }
                kind => value.value.masked(kind, subject.mask),
            };
            let text = text.replace(['\n', '\t'], " ");
            let why = doubts(&value.warnings, &[], context);
            let why = if why.is_empty() { why } else { format!("  ({why})") };
            writeln!(out, "  ✓ {text}  {:.2}  {}{}", value.confidence, value.extractor, style.dim(&why))?;
        }
    }
    Ok(())
}

/// The mask of the letter's text: what is on record, and what was found but does not stand, wherever
/// it occurs.
fn hidden(reading: &Reading, explained: &[Explained], subject: &Subject) -> TextMask {
    let kind = |field: &str| reading.pipeline.field(field).map_or(MaskKind::Text, |spec| spec.mask());
    let found = explained
        .iter()
        .flat_map(|value| [&value.value, &value.raw].map(|text| (text.reveal(), kind(&value.field))));
    TextMask::of_text(&subject.text.text, subject.mask, found.chain(on_record(reading, &subject.recorded)))
}

/// The values on record, as they are and as they stand in their sources.
fn on_record<'a>(reading: &'a Reading, recorded: &'a Fields) -> impl Iterator<Item = (&'a str, MaskKind)> {
    recorded.iter().flat_map(|(field, values)| {
        let kind = reading.pipeline.field(field).map_or(MaskKind::Text, |spec| spec.mask());
        values.iter().flat_map(move |value| [(value.value.reveal(), kind), (value.raw.reveal(), kind)])
    })
}

/// The letter of the item with this id, as its pages have it; nothing when there is none, and the
/// words are a text.
fn item(id: &str, archive: &Path, mask: Mask) -> Result<Option<Subject>, CliError> {
    let Some((archive, row)) = explained::item(id, archive, mask)? else { return Ok(None) };
    let mut text = ItemText::default();
    let mut pages = Vec::new();
    for segment in &row.item.text.segments {
        let Locator::Page(number) = segment.locator else { continue };
        let Some(page) = archive.catalog.page(segment.source, number)? else { continue };
        text.push(&page.text, segment.source, segment.locator.clone(), true);
        pages.push(page);
    }
    let labels = archive.labels()?;
    let title = labels.masked_title(&row.item, mask);
    Ok(Some(Subject { title, text, pages, recorded: row.item.fields, mask }))
}

fn plain(text: &str) -> Subject {
    let (item, page) = letter_of(text);
    let title = explained::title_of(text);
    // Who gives a text knows it.
    Subject { title, text: item, pages: vec![page], recorded: Fields::new(), mask: Mask::None }
}

fn print(
    out: &mut impl Write,
    value: &Explained,
    kind: MaskKind,
    shown: &Shown,
    (style, context): (Style, Context),
) -> Result<(), CliError> {
    let stands = value.verdict == Verdict::Kept;
    let text = match kind {
        MaskKind::Text => in_text(value, shown),
        kind => value.value.masked(kind, shown.subject.mask),
    };
    let line = format!(
        "  {} {}  {:.2}  {}",
        if stands { "✓" } else { "–" },
        text.replace(['\n', '\t'], " "),
        value.confidence,
        value.finders.join(" + "),
    );
    let mut why = reason(&value.verdict, context);
    why.extend(value.warnings.iter().map(|mark| doubt(mark, &[], context)));
    let why = if why.is_empty() { String::new() } else { format!("  ({})", why.join("; ")) };
    writeln!(out, "{}{}", if stands { line } else { style.dim(&line) }, style.dim(&why))?;
    for (start, end) in &value.places {
        let place = (*start as usize, *end as usize);
        let place = explained::in_place(&shown.subject.text, &shown.hidden, place, style);
        writeln!(out, "      {place}")?;
    }
    Ok(())
}

/// A value of running text, with the personal data in it hidden.
fn in_text(value: &Explained, shown: &Shown) -> String {
    let Some((start, end)) = value.places.first() else { return String::new() };
    explained::piece(&shown.subject.text, &shown.hidden, *start as usize, *end as usize)
}

/// Why a value does not stand.
fn reason(verdict: &Verdict, context: Context) -> Vec<String> {
    let words = match verdict {
        Verdict::Kept => return Vec::new(),
        Verdict::Claimed(field) => {
            format!("{} {field}", context.pick("its characters belong to", "这些字属于"))
        }
        Verdict::Refuted(field) => {
            format!("{} {field}", context.pick("spoken against by the value of", "不容此解的字段"))
        }
        Verdict::NoSecondCue => context.pick("needs a second cue", "尚缺另一线索").to_owned(),
        Verdict::Covered => context.pick("a surer value stands here", "此处另有更可靠的值").to_owned(),
        Verdict::Unsure => context.pick("too unsure", "把握不足").to_owned(),
        Verdict::Barred => context
            .pick("what stands before it, or in it, speaks against it", "其前或其中的字句不容此解")
            .to_owned(),
    };
    vec![words]
}
