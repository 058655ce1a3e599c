//! What all commands need for writing to people.

use std::io::{IsTerminal, Write};

use dossier_model::Lang;
use serde::Serialize;

use crate::error::CliError;

/// How a command speaks.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The language.
    pub lang: Lang,
    /// Whether only results and errors are wanted.
    pub quiet: bool,
}

impl Context {
    /// The wording of the language.
    pub fn pick<'a>(&self, en: &'a str, zh: &'a str) -> &'a str {
        self.lang.pick(en, zh)
    }
}

/// Writes an object as one JSON document.
///
/// # Errors
/// `Output` or `Json`.
pub fn json(value: &impl Serialize) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    Ok(())
}

/// How text is made to stand out; plain where the output is no terminal.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    coloured: bool,
}

impl Style {
    /// Colours on a terminal, unless `NO_COLOR` is set (no-color.org).
    pub fn of_stdout() -> Style {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Style { coloured: std::io::stdout().is_terminal() && !refused }
    }

    /// A heading.
    pub fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// Something of less weight.
    pub fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    /// What was looked for.
    pub fn found(self, text: &str) -> String {
        if self.coloured { self.wrap("1;31", text) } else { format!("【{text}】") }
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.coloured && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// The width of a text in terminal cells: wide characters take two (Unicode Annex 11, roughly:
/// everything from the CJK radicals on).
pub fn cells(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{2E80}' { 2 } else { 1 }).sum()
}

/// The text filled up with blanks to a width in terminal cells.
pub fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(cells(text))))
}

/// How many lines of a list are shown.
const LISTED: usize = 20;

/// Writes the lists that hold anything under their headings, the first lines of each.
///
/// # Errors
/// `Output`.
pub fn lists<'a>(
    out: &mut impl Write,
    lists: impl IntoIterator<Item = (&'a str, Vec<String>)>,
    style: Style,
    context: Context,
) -> Result<(), CliError> {
    for (heading, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        writeln!(out, "{}", style.bold(heading))?;
        for line in list.iter().take(LISTED) {
            writeln!(out, "  {line}")?;
        }
        if list.len() > LISTED {
            let more = context.pick("more, see --json", "条未列，见 --json");
            writeln!(out, "  … {} {more}", list.len() - LISTED)?;
        }
    }
    Ok(())
}
