//! `dossier search`: what an officer types while somebody waits at the counter.

use std::io::Write;

use dossier_archive::{
    Archive, AuditEvent, FacetCount, Facets, HitView, Query, SavedSearch, SearchOptions, SearchView,
    SourceView, now, user,
};

use crate::args::SearchArgs;
use crate::error::{CliError, Exit};
use crate::output::{Context, Style, json};

pub fn run(args: &SearchArgs, context: Context) -> Result<Exit, CliError> {
    let archive = Archive::open(&args.archive.archive)?;
    if args.list {
        return list(&archive, args.archive.json);
    }
    if let Some(name) = &args.forget {
        archive.catalog.saved_search(name)?;
        archive.audit(AuditEvent::ForgetSearch { name: name.clone() })?;
        archive.catalog.forget_search(name)?;
        return Ok(Exit::Complete);
    }
    let search = match &args.saved {
        Some(name) => archive.catalog.saved_search(name)?,
        None => typed(args),
    };
    let query = parsed(&archive, &search, args.since)?;
    if args.save.is_some() {
        let (name, query) = (search.name.clone(), search.query.clone());
        archive.audit(AuditEvent::SaveSearch { name, query })?;
        archive.catalog.save_search(&search)?;
    }
    let mask = args.mask.mask.into();
    let options = SearchOptions { limit: args.limit, order: args.sort.into(), mask, facets: args.facets };
    let found = archive.search(&query, options)?;
    archive.audit(AuditEvent::Search { query: search.query.clone(), mask, total: found.total })?;
    if args.archive.json {
        json(&found)?;
    } else if args.csv {
        csv(&found)?;
    } else if args.null {
        let mut out = std::io::stdout().lock();
        found.hits.iter().try_for_each(|hit| write!(out, "{}\0", hit.id))?;
    } else {
        let advice = || -> Result<String, CliError> {
            let (labels, facets) = (archive.catalog.field_labels()?, archive.facet_names()?);
            Ok(Query::advice(&search.query, &labels, &facets, context.lang))
        };
        let advice = (found.total == 0 && !search.literal).then(advice).transpose()?;
        print(&found, advice, context)?;
    }
    Ok(Exit::Complete)
}

/// The search as it stands on the command line.
fn typed(args: &SearchArgs) -> SavedSearch {
    SavedSearch {
        name: args.save.clone().unwrap_or_default(),
        query: args.query.join(" "),
        literal: args.literal,
        sure: args.sure,
        saved: now(),
        user: user(),
    }
}

fn parsed(archive: &Archive, search: &SavedSearch, since: Option<i64>) -> Result<Query, CliError> {
    let query = if search.literal {
        Query::literal(&search.query)
    } else {
        Query::parse(&search.query, &archive.catalog.field_labels()?, &archive.facet_names()?)
    };
    let query = query.map_err(|error| CliError::Query { error, query: search.query.clone() })?;
    let query = if search.sure { query.sure() } else { query };
    Ok(match since {
        Some(run) => query.since(archive.catalog.generation(run)?),
        None => query,
    })
}

fn list(archive: &Archive, as_json: bool) -> Result<Exit, CliError> {
    let searches = archive.catalog.saved_searches()?;
    if as_json {
        json(&searches)?;
        return Ok(Exit::Complete);
    }
    let mut out = std::io::stdout().lock();
    for SavedSearch { name, query, literal, sure, .. } in searches {
        let literal = if literal { "--literal " } else { "" };
        let sure = if sure { "--sure " } else { "" };
        writeln!(out, "{name}\t{literal}{sure}{query}")?;
    }
    Ok(Exit::Complete)
}

/// What heads the columns of a CSV.
const COLUMNS: [&str; 8] = ["id", "title", "date", "petitioner", "region", "category", "source", "snippet"];

fn csv(found: &SearchView) -> Result<(), CliError> {
    let mut out = csv::Writer::from_writer(std::io::stdout().lock());
    let written = |error: csv::Error| CliError::Output(error.into());
    out.write_record(COLUMNS).map_err(written)?;
    for hit in &found.hits {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let sources: Vec<String> = hit.sources.iter().map(|source| source.file.clone()).collect();
        let category = hit.category.join("/");
        let record = [
            hit.id.clone(),
            hit.title.clone(),
            text(&hit.date),
            text(&hit.petitioner),
            text(&hit.region),
            category,
            sources.join(" "),
            hit.snippet.clone(),
        ];
        out.write_record(record.map(|cell| harmless(&cell))).map_err(written)?;
    }
    Ok(out.flush()?)
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

fn print(found: &SearchView, advice: Option<String>, context: Context) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let style = Style::of_stdout();
    let count = match context.lang {
        dossier_model::Lang::En => format!("{} found in {:.0} ms", found.total, found.took_ms),
        dossier_model::Lang::Zh => format!("找到 {} 件，{:.0} 毫秒", found.total, found.took_ms),
    };
    let shown = found.hits.len() as u64;
    let more = if shown < found.total {
        format!("{}{shown}", context.pick("; shown: ", "，显示 "))
    } else {
        String::new()
    };
    writeln!(out, "{count}{more}")?;
    if let Some(advice) = advice {
        writeln!(out, "{}", style.dim(&advice))?;
    }
    for (number, hit) in (1..).zip(&found.hits) {
        print_hit(&mut out, number, hit, style, context)?;
    }
    match &found.facets {
        Some(facets) => print_facets(&mut out, facets, style),
        None => Ok(()),
    }
}

/// How many values of each kind are listed.
const VALUES: usize = 12;

/// How long the longest bar of a histogram is.
const BAR: u64 = 40;

fn print_facets(out: &mut impl Write, facets: &Facets, style: Style) -> Result<(), CliError> {
    for (name, values) in facets {
        if matches!(name.as_str(), "year" | "month") {
            print_histogram(out, name, values, style)?;
            continue;
        }
        let shown: Vec<String> =
            values.iter().take(VALUES).map(|facet| format!("{} {}", facet.value, facet.count)).collect();
        let more = if values.len() > VALUES { " …" } else { "" };
        writeln!(out, "\n{}  {}{more}", style.bold(name), shown.join("  "))?;
    }
    Ok(())
}

/// Times with a bar each, in their order.
fn print_histogram(
    out: &mut impl Write,
    name: &str,
    times: &[FacetCount],
    style: Style,
) -> Result<(), CliError> {
    let most = times.iter().map(|time| time.count).max().unwrap_or(0).max(1);
    writeln!(out, "\n{}", style.bold(name))?;
    for FacetCount { value, count } in times {
        let bar = "▇".repeat((count * BAR).div_ceil(most) as usize);
        writeln!(out, "  {value} {bar} {count}")?;
    }
    Ok(())
}

fn print_hit(
    out: &mut impl Write,
    number: usize,
    hit: &HitView,
    style: Style,
    context: Context,
) -> Result<(), CliError> {
    let facts = [hit.date.as_deref(), hit.petitioner.as_deref(), hit.region.as_deref()];
    let category = hit.category.join("/");
    let facts: Vec<&str> =
        facts.into_iter().flatten().chain([category.as_str()]).filter(|s| !s.is_empty()).collect();
    writeln!(out, "\n{number:>3}. {}", style.bold(&hit.title))?;
    writeln!(out, "     {}", facts.join("  "))?;
    writeln!(out, "     {}", highlighted(hit, style))?;
    let sources: Vec<String> = hit.sources.iter().map(|source| place(source, context)).collect();
    writeln!(out, "     {}", style.dim(&format!("{}  ← {}", hit.id, sources.join("; "))))?;
    Ok(())
}

/// The snippet with its matches made to stand out.
fn highlighted(hit: &HitView, style: Style) -> String {
    let chars: Vec<char> = hit.snippet.chars().collect();
    let part = |from: usize, to: usize| chars[from..to].iter().collect::<String>();
    let mut shown = String::new();
    let mut at = 0;
    for (start, end) in &hit.snippet_matches {
        shown += &part(at, *start);
        shown += &style.found(&part(*start, *end));
        at = *end;
    }
    shown + &part(at, chars.len())
}

/// Where a source stands, in words.
pub fn place(source: &SourceView, context: Context) -> String {
    let former = context.pick(" (no longer in the file)", "（该文件中已不再有）");
    place_in_file(source, context) + if source.former { former } else { "" }
}

fn place_in_file(source: &SourceView, context: Context) -> String {
    match (source.page, source.row) {
        (Some(page), _) => {
            let last = page + source.pages.unwrap_or(1).max(1) - 1;
            let pages = if last > page { format!("{page}–{last}") } else { page.to_string() };
            match context.lang {
                dossier_model::Lang::En => format!("{} p. {pages}", source.file),
                dossier_model::Lang::Zh => format!("{} 第 {pages} 页", source.file),
            }
        }
        (None, Some(row)) => {
            let sheet = source.sheet.as_deref().unwrap_or_default();
            match context.lang {
                dossier_model::Lang::En => format!("{} {sheet} row {row}", source.file),
                dossier_model::Lang::Zh => format!("{} {sheet} 第 {row} 行", source.file),
            }
        }
        (None, None) => source.file.clone(),
    }
}
