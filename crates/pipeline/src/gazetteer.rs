//! `gazetteer.tsv` and `gazetteer/*.tsv`: the administrative places with their codes, each with the
//! years in which it stood under its code.

/// A place as it stood under one code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Six digits as GB/T 2260 has them, two a level; of a township nine, of a village twelve.
    pub code: String,
    /// Its name in full.
    pub name: String,
    /// The first year whose list has it.
    pub first: i32,
    /// The last year whose list has it; nothing where the newest has it.
    pub last: Option<i32>,
    /// What else it is called.
    pub also: Vec<String>,
}

impl Place {
    /// The part of the code that those of all places in it begin with.
    pub fn stem(&self) -> &str {
        match self.code.as_bytes() {
            [_, _, b'0', b'0', b'0', b'0'] => &self.code[..2],
            [_, _, _, _, b'0', b'0'] => &self.code[..4],
            _ => &self.code,
        }
    }

    /// Whether another place lies in it.
    pub fn holds(&self, other: &Place) -> bool {
        other.code.len() >= self.code.len() && other.code != self.code && other.code.starts_with(self.stem())
    }
}

/// Parses a file: code, name, first year, last year, other names set apart by `、`; lines that begin
/// with `#` are comments.
///
/// # Errors
/// One text for each faulty line.
pub(crate) fn parse(text: &str) -> Result<Vec<Place>, Vec<String>> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let parsed: Vec<_> =
        lines.map(|(at, line)| place(line).map_err(|what| format!("line {at}: {what}"))).collect();
    let faults: Vec<String> = parsed.iter().filter_map(|line| line.clone().err()).collect();
    if faults.is_empty() { Ok(parsed.into_iter().flatten().collect()) } else { Err(faults) }
}

fn place(line: &str) -> Result<Place, String> {
    let columns: Vec<&str> = line.split('\t').map(str::trim).collect();
    let column = |at: usize| columns.get(at).copied().unwrap_or_default();
    let (code, name) = (column(0), column(1));
    if !matches!(code.len(), 6 | 9 | 12) || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("code `{code}` does not have 6, 9 or 12 digits"));
    }
    if name.is_empty() {
        return Err(format!("`{code}` has no name"));
    }
    let year = |text: &str| text.parse::<i32>().map_err(|_| format!("`{code}`: `{text}` is no year"));
    let last = if column(3).is_empty() { None } else { Some(year(column(3))?) };
    let first = year(column(2))?;
    if last.is_some_and(|last| last < first) {
        return Err(format!("`{code}` ends before it begins"));
    }
    let also = column(4).split('、').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Ok(Place { code: code.to_owned(), name: name.to_owned(), first, last, also })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_hold_each_other_by_their_codes() {
        let text = "# comment\n990000\t云岭省\t1980\t\t云岭\n990100\t清河市\t1983\n990122\t望川县\t1980\t2011\n990122001\t石桥镇\t1990\n";
        let places = parse(text).unwrap();
        assert_eq!((places[0].also[0].as_str(), places[2].last), ("云岭", Some(2011)));
        assert!(places[0].holds(&places[1]) && places[1].holds(&places[2]) && places[2].holds(&places[3]));
        assert!(!places[1].holds(&places[0]) && !places[1].holds(&places[1]));
    }

    #[test]
    fn faults_come_all_at_once() {
        let faults = parse("99\t云岭省\t1980\n990000\t\t1980\n990100\t清河市\tx\n990101\t甲区\t1990\t1980\n");
        assert_eq!(faults.unwrap_err().len(), 4);
    }
}
