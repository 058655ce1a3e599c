//! What a person says of a letter goes on record, and what depends on it is made again.

use std::path::Path;

use dossier_archive::{Archive, ArchiveError, AuditEvent, Catalog, ItemRow, item_id, kill_point, user};
use dossier_fields::values::values;
use dossier_model::{Anchor, CellKind, Decision, Item, Lang, Locator, Sensitive, Verdict, fold_text};
use dossier_pipeline::{FieldKind, FieldSpec};

use crate::compose::compose;
use crate::derive::Deriver;
use crate::progress::Quiet;
use crate::reclassify::Rules;
use crate::system::now;
use crate::{BatchError, Stop};

/// What a person wants put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Correction {
    /// A field, by its name or a header of its column, has this value; an empty one takes all
    /// values away.
    Field {
        /// As typed.
        name: String,
        /// As typed.
        value: String,
    },
    /// The category on one axis.
    Category {
        /// The axis by its name in the pipeline or in either language; the main one if not said.
        axis: Option<String>,
        /// From the first level down.
        path: Vec<String>,
    },
    /// Whether a letter begins at a page of the item.
    Begins {
        /// From 1.
        page: u32,
        /// It does, or it goes on there.
        begins: bool,
    },
    /// The item's pages belong to the row that is this item, or to none.
    Pair {
        /// The other item's id.
        with: Option<String>,
    },
}

/// What became of corrections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The numbers of the decisions on record.
    pub decisions: Vec<i64>,
    /// The item's id now; nothing if it is no longer an item of its own.
    pub item: Option<String>,
    /// Whether the archive shows them already; not while a run is writing, which leaves them to
    /// the next.
    pub applied: bool,
}

/// Why a correction cannot be put on record.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// No field is called so.
    #[error("no field is called `{0}`")]
    UnknownField(String),
    /// The value cannot be one of its field.
    #[error("`{value}` is no value of {field}")]
    NotAValue {
        /// The field.
        field: String,
        /// As typed.
        value: String,
    },
    /// No axis is called so.
    #[error("no axis is called `{0}`")]
    UnknownAxis(String),
    /// The axis has no such category.
    #[error("there is no category `{0}`")]
    UnknownCategory(String),
    /// The item has no such page.
    #[error("the letter has no page {0}")]
    NoPage(u32),
    /// It has no pages at all.
    #[error("a row of a register has no pages")]
    NoLetter,
    /// The other item is no row.
    #[error("`{0}` is no row of a register")]
    NotARow(String),
    /// There is no such decision.
    #[error("there is no decision {0}")]
    NoDecision(i64),
}

impl DecisionError {
    /// What is wrong, in words for people.
    pub fn reason(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            DecisionError::UnknownField(name) => format!("没有名为 {name} 的字段"),
            DecisionError::NotAValue { field, value } => format!("“{value}”不能作为 {field} 的值"),
            DecisionError::UnknownAxis(name) => format!("没有名为 {name} 的分类维度"),
            DecisionError::UnknownCategory(path) => format!("没有分类 {path}"),
            DecisionError::NoPage(page) => format!("此信没有第 {page} 页"),
            DecisionError::NoLetter => "登记表的一行没有页".to_owned(),
            DecisionError::NotARow(id) => format!("{id} 不是登记表的一行"),
            DecisionError::NoDecision(number) => format!("没有第 {number} 号更正"),
        }
    }
}

/// Puts what somebody said of an item on record, and makes again what depends on it, unless a run
/// is writing. All of it goes on record or nothing.
///
/// # Errors
/// `Decision` names what cannot be said; else what the catalog or the index says.
pub fn decide(
    root: &Path,
    rules: &Rules,
    id: &str,
    corrections: &[Correction],
    note: &str,
) -> Result<Decided, BatchError> {
    let archive = Archive::open(root)?;
    let ItemRow { item, .. } = archive.catalog.item(id)?;
    let clerk = Clerk { rules, catalog: &archive.catalog };
    let mut said = Vec::new();
    for correction in corrections {
        said.extend(clerk.verdicts(&item, correction)?);
    }
    record(archive, rules, &said, note)
}

/// Takes a decision back; of an order to withdraw a letter all that it says, since it speaks of each row
/// and scan of the letter.
///
/// # Errors
/// `Decision` when there is no such; else what the catalog or the index says.
pub fn withdraw(root: &Path, rules: &Rules, number: i64, note: &str) -> Result<Decided, BatchError> {
    let archive = Archive::open(root)?;
    let decision = archive.catalog.decision(number)?.ok_or(DecisionError::NoDecision(number))?;
    let mut decisions = of_same_order(&archive.catalog, &decision)?;
    decisions.push(decision);
    let back = |decision: Decision| (decision.anchor, Verdict::Withdraw { decision: decision.number });
    let said: Vec<_> = decisions.into_iter().map(back).collect();
    record(archive, rules, &said, note)
}

/// The other decisions that hold of an order to withdraw a letter; none of anything else.
fn of_same_order(catalog: &Catalog, decision: &Decision) -> Result<Vec<Decision>, ArchiveError> {
    let Verdict::Withhold { item, .. } = &decision.verdict else { return Ok(Vec::new()) };
    let of_order = |(other, holds): &(Decision, bool)| {
        let same = matches!(&other.verdict, Verdict::Withhold { item: theirs, .. } if theirs == item);
        *holds && same && other.number != decision.number
    };
    Ok(catalog.all_decisions()?.into_iter().filter(of_order).map(|(other, _)| other).collect())
}

/// Puts verdicts on record, all or none, and makes again what depends on them, unless a run is
/// writing.
///
/// # Errors
/// What the catalog or the index says.
pub(crate) fn record(
    archive: Archive,
    rules: &Rules,
    said: &[(Anchor, Verdict)],
    note: &str,
) -> Result<Decided, BatchError> {
    let by = user();
    let decisions = archive.catalog.together::<_, ArchiveError>(|catalog| {
        let record = |(anchor, verdict): &(Anchor, Verdict)| {
            let number = catalog.decide(anchor, verdict, (now(), &by, note))?;
            catalog.reconsider(anchor, verdict)?;
            Ok(number)
        };
        said.iter().map(record).collect::<Result<Vec<_>, _>>()
    })?;
    kill_point("decision.recorded");
    let applied = match archive.lock() {
        Ok(_lock) => {
            apply(&archive, rules, said)?;
            archive.update_index()?;
            true
        }
        Err(ArchiveError::Busy { .. }) => false,
        Err(error) => return Err(error.into()),
    };
    let identity = said.first().map(|(anchor, _)| archive.catalog.identity_at(anchor)).transpose()?.flatten();
    let item = identity.map(|identity| item_id(&identity));
    let event = AuditEvent::Decide { item: item.clone().unwrap_or_default(), decisions: decisions.clone() };
    archive.audit(event)?;
    Ok(Decided { decisions, item, applied })
}

/// Divides anew the files that decisions are about, and makes anew the items.
fn apply(archive: &Archive, rules: &Rules, said: &[(Anchor, Verdict)]) -> Result<(), BatchError> {
    let catalog = &archive.catalog;
    let version = rules.derived_version();
    let deriver = Deriver::new(&rules.pipeline, catalog, (0, 0))?;
    for (anchor, _) in said {
        if catalog.waits_for_derivation(anchor.source)? {
            deriver.derive(anchor.source, &version, &Stop::default())?;
        }
    }
    compose(archive, rules, 0, &Quiet, &Stop::default())?;
    Ok(())
}

/// What people decided about each of some identities.
///
/// # Errors
/// What the catalog says.
pub(crate) fn decisions_of<'a>(
    catalog: &Catalog,
    identities: impl Iterator<Item = &'a str>,
) -> Result<Vec<Vec<Decision>>, ArchiveError> {
    let any = catalog.has_decisions()?;
    identities.map(|identity| if any { catalog.decisions_of(identity) } else { Ok(Vec::new()) }).collect()
}

/// Turns what is typed into verdicts.
struct Clerk<'a> {
    rules: &'a Rules,
    catalog: &'a Catalog,
}

impl Clerk<'_> {
    fn verdicts(&self, item: &Item, correction: &Correction) -> Result<Vec<(Anchor, Verdict)>, BatchError> {
        let first = item.sources.first().ok_or(DecisionError::NoLetter)?;
        let first = Anchor { source: first.source, locator: first.locator.clone() };
        Ok(match correction {
            Correction::Field { name, value } => vec![(first, self.field(name, value)?)],
            Correction::Category { axis, path } => vec![(first, self.category(axis.as_deref(), path)?)],
            Correction::Begins { page, begins } => {
                vec![(page_of(item, *page)?, Verdict::Begins { begins: *begins })]
            }
            Correction::Pair { with } => {
                let with = with.as_ref().map(|other| self.row(other)).transpose()?;
                let pages = |locator: &Locator| matches!(locator, Locator::Page(_));
                let letters = item.sources.iter().filter(|source| pages(&source.locator));
                let verdicts: Vec<_> = letters
                    .map(|at| Anchor { source: at.source, locator: at.locator.clone() })
                    .map(|letter| (letter, Verdict::Pair { with: with.clone() }))
                    .collect();
                if verdicts.is_empty() {
                    return Err(DecisionError::NoLetter.into());
                }
                verdicts
            }
        })
    }

    fn field(&self, name: &str, value: &str) -> Result<Verdict, DecisionError> {
        let wanted = fold_text(name);
        let called = |field: &&FieldSpec| {
            let names = [&field.name, &field.zh, &field.en].into_iter().chain(&field.headers);
            names.into_iter().any(|name| fold_text(name) == wanted)
        };
        let field = self.rules.pipeline.fields.iter().find(called);
        let field = field.ok_or_else(|| DecisionError::UnknownField(name.to_owned()))?;
        if value.trim().is_empty() {
            return Ok(Verdict::Field { name: field.name.clone(), value: None });
        }
        let understood = values(value, field.kind, CellKind::Text).into_iter().next();
        let strict = matches!(field.kind, FieldKind::Date | FieldKind::Count);
        let understood = understood.filter(|value| !strict || value.warnings.is_empty());
        let understood = understood
            .ok_or_else(|| DecisionError::NotAValue { field: field.zh.clone(), value: value.to_owned() })?;
        Ok(Verdict::Field { name: field.name.clone(), value: Some(Sensitive::new(understood.text)) })
    }

    fn category(&self, axis: Option<&str>, path: &[String]) -> Result<Verdict, DecisionError> {
        let main = &self.rules.pipeline.manifest.summary.axis;
        let wanted = fold_text(axis.unwrap_or(main));
        let mut axes = self.rules.classifier.axes();
        let axis = axes
            .find(|(name, zh, en)| [name, zh, en].into_iter().any(|name| fold_text(name) == wanted))
            .map(|(name, ..)| name.to_owned())
            .ok_or_else(|| DecisionError::UnknownAxis(axis.unwrap_or(main).to_owned()))?;
        let code = self.rules.classifier.code_of(&axis, path);
        let code = code.ok_or_else(|| DecisionError::UnknownCategory(path.join("/")))?;
        Ok(Verdict::Category { axis, code, path: path.to_vec() })
    }

    fn row(&self, id: &str) -> Result<Anchor, BatchError> {
        let ItemRow { item, .. } = self.catalog.item(id)?;
        let row = item.sources.into_iter().find(|at| matches!(at.locator, Locator::Row { .. }));
        let row = row.ok_or_else(|| DecisionError::NotARow(id.to_owned()))?;
        Ok(Anchor { source: row.source, locator: row.locator })
    }
}

/// The anchor of a page of an item.
fn page_of(item: &Item, page: u32) -> Result<Anchor, DecisionError> {
    let holds = |first: u32, extent: u32| (first..first + extent).contains(&page);
    let found = item
        .sources
        .iter()
        .find(|at| matches!(at.locator, Locator::Page(first) if holds(first, at.extent)))
        .ok_or(DecisionError::NoPage(page))?;
    Ok(Anchor { source: found.source, locator: Locator::Page(page) })
}
