//! What comes before the stages: the archive is made to belong to the pipeline, and what a run that
//! was cut off left half-done is cleared away, but for what took long.

use std::path::Path;

use dossier_archive::{Archive, ArchiveError, AxisLabel, Catalog, FieldLabel, Summary};
use dossier_pipeline::{FieldKind, FieldSpec};

use crate::BatchError;
use crate::reclassify::Rules;
use crate::worker::extractors_that_stand;

/// Makes sure that no other pipeline made the archive.
///
/// # Errors
/// `OtherPipeline`, or what the catalog says.
pub(crate) fn belongs(catalog: &Catalog, root: &Path, rules: &Rules) -> Result<(), BatchError> {
    match catalog.pipeline()?.filter(|theirs| *theirs != rules.pipeline.manifest.name) {
        Some(theirs) => Err(BatchError::OtherPipeline { archive: root.to_owned(), theirs }),
        None => Ok(()),
    }
}

/// Makes the archive belong to the pipeline.
///
/// # Errors
/// `OtherPipeline`, or what the catalog says.
pub(crate) fn prepare(archive: &Archive, root: &Path, rules: &Rules) -> Result<(), BatchError> {
    belongs(&archive.catalog, root, rules)?;
    let pipeline = &rules.pipeline;
    let name = &pipeline.manifest.name;
    let summary = &pipeline.manifest.summary;
    let shown = Summary {
        date: summary.date.clone(),
        petitioner: summary.petitioner.clone(),
        axis: summary.axis.clone(),
        region: summary.region.clone(),
        demand: summary.demand.clone(),
        person: summary.person.clone(),
        answer: summary.answer.clone(),
        anonymous: summary.anonymous.clone(),
        no: summary.no.clone(),
        nobody: pipeline.letters.anonymous.clone(),
        facets: summary.facets.clone(),
        number: pipeline.manifest.identity.keys.clone(),
        axes: rules
            .classifier
            .axes()
            .map(|(name, zh, en)| AxisLabel { name: name.to_owned(), zh: zh.to_owned(), en: en.to_owned() })
            .collect(),
    };
    archive.clear_undone()?;
    let labels: Vec<FieldLabel> = pipeline.fields.iter().map(label).collect();
    archive.catalog.together::<_, ArchiveError>(|catalog| {
        catalog.set_pipeline(name)?;
        catalog.set_summary(&shown)?;
        catalog.set_field_labels(&labels)?;
        catalog.drop_unfinished_sources(&extractors_that_stand(&pipeline.manifest.recognition))?;
        catalog.seal_unsealed()
    })?;
    Ok(())
}

fn label(field: &FieldSpec) -> FieldLabel {
    let exact =
        !matches!(field.kind, FieldKind::Text | FieldKind::Name | FieldKind::Address | FieldKind::Region);
    FieldLabel {
        name: field.name.clone(),
        zh: field.zh.clone(),
        en: field.en.clone(),
        mask: field.mask(),
        also: field.headers.clone(),
        number: matches!(field.kind, FieldKind::Date | FieldKind::Count),
        exact,
        section: field.section.as_ref().map(|section| (section.zh.clone(), section.en.clone())),
    }
}
