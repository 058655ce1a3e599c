//! The answer to a search.

use std::time::Instant;

use dossier_model::{Item, Locator, Mask, PixelBox};
use serde::Serialize;

use super::snippet::Snippet;
use super::{Labels, SourceView, sources};
use crate::index::{Found, Haystack, Hit};
use crate::{Archive, ArchiveError, FacetName, Facets, ItemRow, Order, Query, Summary};

/// How often the index is asked again when it has gone on meanwhile.
const ASKED: usize = 5;

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
    /// The sentences around the first match.
    pub snippet: String,
    /// Where in the snippet matches stand: first character and one past the last, from 0.
    pub snippet_matches: Vec<(usize, usize)>,
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

impl Archive {
    /// The names of counted values: the year, the axes of classification, and the counted fields.
    ///
    /// # Errors
    /// What the catalog says.
    pub fn facet_names(&self) -> Result<Vec<FacetName>, ArchiveError> {
        let summary = self.catalog.summary()?;
        let axes = summary.axes.iter().map(|axis| {
            let main: &[&str] =
                if axis.name == summary.axis { &["类别", "分类", "category"] } else { &[] };
            FacetName::new(&axis.name, &[&[axis.zh.as_str(), axis.en.as_str()], main].concat())
        });
        let fields = summary.facets.iter().map(|name| FacetName::new(name, &[]));
        Ok([FacetName::new("year", &["年份", "年度"])].into_iter().chain(axes).chain(fields).collect())
    }

    /// Searches. The answer is of one time, that of the index: while a run writes, items are
    /// shown as they were when they were indexed.
    ///
    /// # Errors
    /// What the catalog or the index says.
    pub fn search(&self, query: &Query, options: SearchOptions) -> Result<SearchView, ArchiveError> {
        let started = Instant::now();
        let labels = self.labels()?;
        let mask = options.mask;
        let (Found { total, facets, .. }, rows) = self.rows(query, &labels.summary, options)?;
        let mut hits = Vec::with_capacity(rows.len());
        for (score, row) in rows {
            hits.push(self.hit(&row.item, score, query, &labels, mask)?);
        }
        Ok(SearchView { total, took_ms: started.elapsed().as_secs_f64() * 1000.0, hits, facets })
    }

    /// The items that match, in the versions that the index holds. If the catalog has forgotten
    /// one of them, the index has just gone on, and is asked again.
    pub(super) fn rows(
        &self,
        query: &Query,
        summary: &Summary,
        options: SearchOptions,
    ) -> Result<(Found, Vec<(f32, ItemRow)>), ArchiveError> {
        let mut asked = 0;
        loop {
            asked += 1;
            let found = self.index.search(query, summary, (options.limit, options.order), options.facets)?;
            let row = |hit: &Hit| {
                let row = self.catalog.item_in_version(&hit.id, &hit.version)?;
                Ok(row.map(|row| (hit.score, row)))
            };
            let rows = found.hits.iter().map(row).collect::<Result<Option<Vec<_>>, ArchiveError>>()?;
            match rows {
                Some(rows) => return Ok((found, rows)),
                None if asked < ASKED => self.index.reload()?,
                None => return Err(ArchiveError::IndexBehind(self.root().to_owned())),
            }
        }
    }

    fn hit(
        &self,
        item: &Item,
        score: f32,
        query: &Query,
        labels: &Labels,
        mask: Mask,
    ) -> Result<HitView, ArchiveError> {
        let masked = labels.text_mask(&item.text.text, item, mask);
        let matches = self.matches(item, query)?;
        let snippet = Snippet::of(&item.text, &matches, &masked);
        let summary = |names: &[String]| labels.shown(item, names, mask);
        Ok(HitView {
            id: item.id.clone(),
            score,
            title: labels.masked_title(item, mask),
            date: summary(&labels.summary.date),
            petitioner: summary(&labels.summary.petitioner),
            region: summary(&labels.summary.region),
            category: labels.about(item),
            snippet: snippet.text,
            snippet_matches: snippet.matches,
            sources: sources(item, &self.names_of(item, labels, mask)?),
            matches,
        })
    }

    /// Where the query's phrases stand in an item; a match over two pages is one on each.
    fn matches(&self, item: &Item, query: &Query) -> Result<Vec<MatchView>, ArchiveError> {
        let haystack = Haystack::new(&item.text, &item.fields);
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
}
