//! What a single page looks like to who divides a file.

use dossier_model::{PageContent, PageState, fold_text};
use regex::Regex;

use super::Divider;

/// A page at a glance.
pub(super) struct Look {
    pub blank: bool,
    /// It is a separator sheet.
    pub separator: bool,
    /// Its first lines are those of a letter.
    pub begins: bool,
    /// Its last lines are those of a letter.
    pub ends: bool,
    /// Its lines, folded, but for empty ones.
    pub lines: Vec<String>,
}

impl Divider {
    pub(super) fn look(&self, page: &PageContent) -> Look {
        let lines: Vec<String> = page.text.lines().map(fold_text).filter(|line| !line.is_empty()).collect();
        let reach = self.lines.min(lines.len());
        let codes = page.marks.codes.iter().map(|code| fold_text(code));
        let says = codes.chain([lines.concat()]);
        Look {
            blank: page.state == PageState::Blank && page.marks.codes.is_empty(),
            separator: says.into_iter().any(|said| self.separators.iter().any(|is| is.is_match(&said))),
            begins: any(&self.begins, &lines[..reach]),
            ends: any(&self.ends, &lines[lines.len() - reach..]),
            lines,
        }
    }
}

fn any(expressions: &[Regex], lines: &[String]) -> bool {
    lines.iter().any(|line| expressions.iter().any(|regex| regex.is_match(line)))
}
