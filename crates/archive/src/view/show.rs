//! Everything about an item.

use std::collections::BTreeMap;

use dossier_model::{
    CategoryScore, Evidence, FieldValue, Item, Locator, Mask, MaskKind, PixelBox, ReviewState, Sensitive,
    TextMask,
};
use serde::Serialize;

use super::names::FileNames;
use super::{Labels, SourceView, sources};
use crate::{Archive, ArchiveError, Classified, ItemRow};

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
    /// Whether the rules decided, or a person.
    pub state: ReviewState,
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

impl Archive {
    /// Everything about the item with this id, or a former one.
    ///
    /// # Errors
    /// `NoItem`, or what the catalog says.
    pub fn show(&self, id: &str, mask: Mask) -> Result<ItemView, ArchiveError> {
        let labels = self.labels()?;
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
        let labels = self.labels()?;
        self.catalog.for_each_item(|row| take(self.view(row, &labels, mask)?))
    }

    fn view(&self, row: ItemRow, labels: &Labels, mask: Mask) -> Result<ItemView, ArchiveError> {
        let ItemRow { item, classified, .. } = row;
        let text_mask = labels.text_mask(&item.text.text, &item, mask);
        let names = self.names_of(&item, labels, mask)?;
        let classification = &item.classification;
        let reasons = |category: &CategoryScore| {
            let mut reasons = category.reasons.clone();
            // A reason without a place is no part of the text: a row of a table, a county.
            for reason in reasons.iter_mut().filter(|reason| reason.start < reason.end) {
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
                state: category.state,
            })
            .collect();
        Ok(ItemView {
            id: item.id.clone(),
            title: labels.masked_title(&item, mask),
            text: text_mask.apply(&item.text.text),
            fields: field_views(&item, labels, mask, &names),
            categories,
            candidates: classification.candidates.iter().map(candidate).collect(),
            pages: self.page_views(&item, &text_mask, &names)?,
            classified,
            sources: sources(&item, &names),
        })
    }

    fn page_views(
        &self,
        item: &Item,
        mask: &TextMask,
        names: &FileNames,
    ) -> Result<Vec<PageView>, ArchiveError> {
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
                file: names.of(segment.source),
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
}

fn candidate(category: &CategoryScore) -> CandidateView {
    CandidateView {
        axis: category.axis.clone(),
        code: category.code.clone(),
        path: category.path.clone(),
        score: category.score,
    }
}

fn field_views(
    item: &Item,
    labels: &Labels,
    mask: Mask,
    names: &FileNames,
) -> BTreeMap<String, Vec<ValueView>> {
    let view = |(name, values): (&String, &Vec<FieldValue>)| {
        let kind = labels.kind(name);
        let shown = |text: &Sensitive| match kind {
            MaskKind::Text => labels.text_mask(text.reveal(), item, mask).apply(text.reveal()),
            kind => text.masked(kind, mask),
        };
        let evidence =
            |place: &Evidence| EvidenceView { file: names.of(place.source), evidence: place.clone() };
        let value = |value: &FieldValue| ValueView {
            value: shown(&value.value),
            raw: shown(&value.raw),
            confidence: value.confidence,
            state: value.state,
            extractor: value.extractor.clone(),
            warnings: value.warnings.clone(),
            evidence: value.evidence.iter().map(evidence).collect(),
        };
        (name.clone(), values.iter().map(value).collect())
    };
    item.fields.iter().map(view).collect()
}
