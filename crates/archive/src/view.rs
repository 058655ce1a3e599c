//! What people and scripts are shown of an item, masked.

use std::collections::BTreeMap;
use std::time::Instant;

use dossier_model::{
    CategoryScore, Evidence, Fields, Item, Locator, Mask, MaskKind, PixelBox, ReviewState, Sha256, TextMask,
};
use serde::Serialize;

use crate::index::Haystack;
use crate::{Archive, ArchiveError, Classified, Facets, FieldLabel, ItemRow, Order, Query};

/// How many characters a snippet shows before and after the first match.
const SNIPPET: usize = 28;

/// The answer to a search.
#[derive(Clone, Debug, Serialize)]
pub struct SearchView {
    /// How many items match.
    pub total: u64,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
    /// The best of them.
    pub hits: Vec<HitView>,
    /// How often each counted value occurs among all of them, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facets: Option<Facets>,
}

/// What is asked for beside the query.
#[derive(Clone, Copy, Debug, Default)]
pub struct SearchOptions {
    /// How many hits.
    pub limit: usize,
    /// In which order.
    pub order: Order,
    /// What is hidden.
    pub mask: Mask,
    /// Whether values are counted.
    pub facets: bool,
}

/// One item that matches.
#[derive(Clone, Debug, Serialize)]
pub struct HitView {
    /// Its id.
    pub id: String,
    /// How well it matches.
    pub score: f32,
    /// One line to recognise it by.
    pub title: String,
    /// Its date (EDTF).
    pub date: Option<String>,
    /// Who wrote it.
    pub petitioner: Option<String>,
    /// Where it is about.
    pub region: Option<String>,
    /// The path of its primary category.
    pub category: Vec<String>,
    /// The text around the first match.
    pub snippet: String,
    /// Where in the snippet that match stands, in characters from 0.
    #[serde(skip)]
    pub snippet_match: Option<(usize, usize)>,
    /// Where it comes from.
    pub sources: Vec<SourceView>,
    /// Each place of the text that matches.
    pub matches: Vec<MatchView>,
}

/// A place of the text that matches.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MatchView {
    /// The page; nothing for a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// First character in the item's text, from 0.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Whether it matches only by a runner-up of the recogniser, or with a character that differs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unsure: bool,
    /// The boxes of the matched words, joined line by line.
    pub boxes: Vec<PixelBox>,
}

/// Where an item, or a part of it, comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceView {
    /// The file's name below the source that was given.
    pub file: String,
    /// Its content.
    pub sha256: Sha256,
    /// The first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// How many pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// The sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
}

/// Everything about an item.
#[derive(Clone, Debug, Serialize)]
pub struct ItemView {
    /// Its id.
    pub id: String,
    /// One line to recognise it by.
    pub title: String,
    /// Its text.
    pub text: String,
    /// Its fields.
    pub fields: BTreeMap<String, Vec<ValueView>>,
    /// What it was classified as.
    pub categories: Vec<DecidedView>,
    /// What else it could be: every category with a score above zero.
    pub candidates: Vec<CandidateView>,
    /// The rules that classified it, and when.
    pub classified: Classified,
    /// Where it comes from.
    pub sources: Vec<SourceView>,
    /// Its pages.
    pub pages: Vec<PageView>,
}

/// A value.
#[derive(Clone, Debug, Serialize)]
pub struct ValueView {
    /// Normalised, masked.
    pub value: String,
    /// As in the source, masked.
    pub raw: String,
    /// How sure, 0 to 1.
    pub confidence: f32,
    /// What a person said of it.
    pub state: ReviewState,
    /// What made it.
    pub extractor: String,
    /// What is doubtful about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Where it was seen.
    pub evidence: Vec<EvidenceView>,
}

/// Where a value was seen.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceView {
    /// The file's name below the source that was given.
    pub file: String,
    #[serde(flatten)]
    evidence: Evidence,
}

/// A decided category.
#[derive(Clone, Debug, Serialize)]
pub struct DecidedView {
    /// The axis.
    pub axis: String,
    /// The code in the pipeline's scheme.
    pub code: String,
    /// The names from the first level down.
    pub path: Vec<String>,
    /// The sum of the reasons' weights.
    pub score: f32,
    /// Each cue that counted.
    pub reasons: Vec<dossier_model::Reason>,
    /// What came next.
    pub runner_up: Option<CandidateView>,
}

/// A category with its score.
#[derive(Clone, Debug, Serialize)]
pub struct CandidateView {
    /// The axis.
    pub axis: String,
    /// The code in the pipeline's scheme.
    pub code: String,
    /// The names from the first level down.
    pub path: Vec<String>,
    /// The sum of the reasons' weights.
    pub score: f32,
}

/// A page with its words.
#[derive(Clone, Debug, Serialize)]
pub struct PageView {
    /// The file's name.
    file: String,
    number: u32,
    width: u32,
    height: u32,
    dpi: f32,
    rotation: u16,
    state: dossier_model::PageState,
    words: Vec<WordView>,
}

#[derive(Clone, Debug, Serialize)]
struct WordView {
    text: String,
    #[serde(rename = "box")]
    bounds: PixelBox,
    confidence: f32,
}

/// The values that are looked up for lists, the first field that has one.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Summary {
    /// Fields of the date.
    pub date: Vec<String>,
    /// Fields of who wrote it.
    pub petitioner: Vec<String>,
    /// Fields of the place.
    pub region: Vec<String>,
    /// Fields of what the writer asks for.
    #[serde(default)]
    pub demand: Vec<String>,
    /// Fields whose values are counted beside a search.
    #[serde(default)]
    pub facets: Vec<String>,
    /// The axes of classification, which are counted too.
    #[serde(default)]
    pub axes: Vec<AxisLabel>,
}

/// What an axis of classification is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct AxisLabel {
    /// The canonical name.
    pub name: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Archive {
    /// How the fields are masked.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn labels(&self) -> Result<Labels, ArchiveError> {
        Labels::of(self)
    }

    /// The names of counted values: the year, the axes of classification, and the counted fields.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn facet_names(&self) -> Result<Vec<String>, ArchiveError> {
        let summary = self.catalog.summary()?;
        Ok(["year".to_owned()]
            .into_iter()
            .chain(summary.axes.into_iter().map(|axis| axis.name))
            .chain(summary.facets)
            .collect())
    }

    /// Searches.
    ///
    /// # Errors
    /// What the catalog or the index says.
    pub fn search(&self, query: &Query, options: SearchOptions) -> Result<SearchView, ArchiveError> {
        let started = Instant::now();
        let labels = Labels::of(self)?;
        let SearchOptions { limit, order, mask, .. } = options;
        let (total, found) = self.index.search(query, &labels.summary, limit, order)?;
        let facets = options.facets.then(|| self.index.facets(query, &labels.summary)).transpose()?;
        let mut hits = Vec::with_capacity(found.len());
        for (score, id) in found {
            // An item that has gone since the index was written is no hit.
            if let Some(row) = self.catalog.item_row(&id)? {
                hits.push(self.hit(&row.item, score, query, &labels, mask)?);
            }
        }
        Ok(SearchView { total, took_ms: started.elapsed().as_secs_f64() * 1000.0, hits, facets })
    }

    fn hit(
        &self,
        item: &Item,
        score: f32,
        query: &Query,
        labels: &Labels,
        mask: Mask,
    ) -> Result<HitView, ArchiveError> {
        let masked = labels.text_mask(&item.text.text, &item.fields, mask);
        let matches = self.matches(item, query)?;
        let (snippet, snippet_match) = snippet(&item.text.text, matches.first(), &masked);
        let summary = |names: &[String]| {
            names.iter().find_map(|name| {
                let value = item.best(name)?;
                Some(value.value.masked(labels.kind(name), mask))
            })
        };
        Ok(HitView {
            id: item.id.clone(),
            score,
            title: labels.masked_title(item, mask),
            date: summary(&labels.summary.date),
            petitioner: summary(&labels.summary.petitioner),
            region: summary(&labels.summary.region),
            category: item.classification.decided.first().map(|c| c.path.clone()).unwrap_or_default(),
            snippet,
            snippet_match,
            sources: self.sources(item)?,
            matches,
        })
    }

    /// Where the query's phrases stand in an item; a match over two pages is one on each.
    fn matches(&self, item: &Item, query: &Query) -> Result<Vec<MatchView>, ArchiveError> {
        let haystack = Haystack::new(&item.text);
        let mut matches: Vec<MatchView> = Vec::new();
        for found in haystack.find(query) {
            let (start, end) = haystack.folded.source_range(found.place);
            let unsure = found.unsure;
            let segments = item.text.segments.iter().filter(|s| s.start < end && s.end > start);
            for segment in segments.clone() {
                if segments.clone().count() > 1 && !segment.continues && segment.start > start {
                    // Two cells side by side are no phrase.
                    matches.pop();
                    break;
                }
                let (from, to) = (start.max(segment.start), end.min(segment.end));
                let mut found = MatchView { page: None, start: from, end: to, unsure, boxes: Vec::new() };
                if let Locator::Page(number) = segment.locator {
                    found.page = Some(number);
                    if let Some(page) = self.catalog.page(segment.source, number)? {
                        let words = page.words_between(from - segment.start, to - segment.start);
                        found.boxes = dossier_model::join_boxes(words.map(|word| word.bounds));
                    }
                }
                matches.push(found);
            }
        }
        Ok(matches)
    }

    /// Everything about the item with this id, or a former one.
    ///
    /// # Errors
    /// `NoItem`, or what the catalog says.
    pub fn show(&self, id: &str, mask: Mask) -> Result<ItemView, ArchiveError> {
        let labels = Labels::of(self)?;
        self.view(self.catalog.item(id)?, &labels, mask)
    }

    /// Hands over everything about every item, in the order of their ids.
    ///
    /// # Errors
    /// What the catalog or `take` says.
    pub fn export<E: From<ArchiveError>>(
        &self,
        mask: Mask,
        mut take: impl FnMut(ItemView) -> Result<(), E>,
    ) -> Result<(), E> {
        let labels = Labels::of(self)?;
        self.catalog.for_each_item(|row| take(self.view(row, &labels, mask)?))
    }

    fn view(&self, row: ItemRow, labels: &Labels, mask: Mask) -> Result<ItemView, ArchiveError> {
        let ItemRow { item, classified, .. } = row;
        let text_mask = labels.text_mask(&item.text.text, &item.fields, mask);
        let sources = self.sources(&item)?;
        let classification = &item.classification;
        let reasons = |category: &CategoryScore| {
            let mut reasons = category.reasons.clone();
            for reason in &mut reasons {
                reason.phrase = text_mask.apply_at(&reason.phrase, reason.start as usize);
            }
            reasons
        };
        let categories = classification
            .decided
            .iter()
            .map(|category| DecidedView {
                axis: category.axis.clone(),
                code: category.code.clone(),
                path: category.path.clone(),
                score: category.score,
                reasons: reasons(category),
                runner_up: classification.runner_up(category).map(candidate),
            })
            .collect();
        Ok(ItemView {
            id: item.id.clone(),
            title: labels.masked_title(&item, mask),
            text: text_mask.apply(&item.text.text),
            fields: self.field_views(&item.fields, labels, mask)?,
            categories,
            candidates: classification.candidates.iter().map(candidate).collect(),
            pages: self.page_views(&item, &text_mask)?,
            classified,
            sources,
        })
    }

    fn field_views(
        &self,
        fields: &Fields,
        labels: &Labels,
        mask: Mask,
    ) -> Result<BTreeMap<String, Vec<ValueView>>, ArchiveError> {
        let mut views = BTreeMap::new();
        for (name, values) in fields {
            let kind = labels.kind(name);
            let shown = |text: &dossier_model::Sensitive| match kind {
                MaskKind::Text => labels.text_mask(text.reveal(), fields, mask).apply(text.reveal()),
                kind => text.masked(kind, mask),
            };
            let mut list = Vec::new();
            for value in values {
                let mut evidence = Vec::new();
                for place in &value.evidence {
                    evidence
                        .push(EvidenceView { file: self.file_name(place.source)?, evidence: place.clone() });
                }
                list.push(ValueView {
                    value: shown(&value.value),
                    raw: shown(&value.raw),
                    confidence: value.confidence,
                    state: value.state,
                    extractor: value.extractor.clone(),
                    warnings: value.warnings.clone(),
                    evidence,
                });
            }
            views.insert(name.clone(), list);
        }
        Ok(views)
    }

    fn page_views(&self, item: &Item, mask: &TextMask) -> Result<Vec<PageView>, ArchiveError> {
        let mut views = Vec::new();
        for segment in &item.text.segments {
            let Locator::Page(number) = segment.locator else { continue };
            let Some(page) = self.catalog.page(segment.source, number)? else { continue };
            let word = |word: dossier_model::Word| WordView {
                text: mask.apply_at(&word.text, (segment.start + word.start) as usize),
                bounds: word.bounds,
                confidence: word.confidence,
            };
            views.push(PageView {
                file: self.file_name(segment.source)?,
                number: page.number,
                width: page.width,
                height: page.height,
                dpi: page.dpi,
                rotation: page.rotation,
                state: page.state,
                words: page.words.into_iter().map(word).collect(),
            });
        }
        Ok(views)
    }

    fn sources(&self, item: &Item) -> Result<Vec<SourceView>, ArchiveError> {
        item.sources
            .iter()
            .map(|at| {
                let file = self.file_name(at.source)?;
                let blank =
                    SourceView { file, sha256: at.source, page: None, pages: None, sheet: None, row: None };
                Ok(match &at.locator {
                    Locator::Page(page) => SourceView { page: Some(*page), pages: Some(at.extent), ..blank },
                    Locator::Row { sheet, row } => {
                        SourceView { sheet: Some(sheet.clone()), row: Some(*row), ..blank }
                    }
                })
            })
            .collect()
    }

    fn file_name(&self, source: Sha256) -> Result<String, ArchiveError> {
        Ok(self.catalog.source(source)?.map_or_else(|| source.to_string(), |record| record.name))
    }
}

fn candidate(category: &CategoryScore) -> CandidateView {
    CandidateView {
        axis: category.axis.clone(),
        code: category.code.clone(),
        path: category.path.clone(),
        score: category.score,
    }
}

/// The text around the first match, or its beginning, on one line, with the match's place in it.
fn snippet(text: &str, first: Option<&MatchView>, mask: &TextMask) -> (String, Option<(usize, usize)>) {
    let (start, end) = first.map_or((0, 0), |found| (found.start as usize, found.end as usize));
    let from = start.saturating_sub(SNIPPET);
    let to = end + SNIPPET;
    let piece: String = text.chars().skip(from).take(to - from).collect();
    let shown = mask.apply_at(&piece, from);
    let line: String = shown.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let before = if from > 0 { "…" } else { "" };
    let after = if text.chars().nth(to).is_some() { "…" } else { "" };
    let shift = before.chars().count();
    let place = first.map(|_| (start - from + shift, end - from + shift));
    (format!("{before}{line}{after}"), place)
}

/// How the fields are masked.
pub struct Labels {
    labels: Vec<FieldLabel>,
    summary: Summary,
}

impl Labels {
    fn of(archive: &Archive) -> Result<Labels, ArchiveError> {
        Ok(Labels { labels: archive.catalog.field_labels()?, summary: archive.catalog.summary()? })
    }

    /// An item's title as a reader at level `mask` may see it.
    pub fn masked_title(&self, item: &Item, mask: Mask) -> String {
        self.text_mask(&item.title, &item.fields, mask).apply(&item.title)
    }

    /// A field that the archive does not know is masked as running text.
    fn kind(&self, name: &str) -> MaskKind {
        self.labels.iter().find(|label| label.name == name).map_or(MaskKind::Text, |label| label.mask)
    }

    /// The mask of a running text: the personal values of the item wherever they stand in it.
    pub fn text_mask(&self, text: &str, fields: &Fields, mask: Mask) -> TextMask {
        let values = fields.iter().flat_map(|(name, values)| {
            let kind = self.kind(name);
            values
                .iter()
                .flat_map(|value| [value.value.reveal(), value.raw.reveal()])
                .map(move |value| (value, kind))
        });
        TextMask::of_text(text, mask, values)
    }
}
