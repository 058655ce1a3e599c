//! Finding a pipeline's folder by its name.

use std::path::{Path, PathBuf};

/// No folder holds the pipeline.
#[derive(Debug, thiserror::Error)]
#[error("no pipeline `{name}`: looked in {}", .looked.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "))]
pub struct NotFound {
    /// What was asked for.
    pub name: String,
    /// The folders that do not hold it.
    pub looked: Vec<PathBuf>,
}

/// The folder of the pipeline `name`: a path is taken as it is; a bare name is looked for in
/// `$DOSSIER_PIPELINES`, in `pipelines/` here, and in `pipelines/` or `share/dossier/pipelines/`
/// beside the program and above it.
///
/// # Errors
/// When none of them has a `pipeline.toml`.
pub fn locate(name: &str) -> Result<PathBuf, NotFound> {
    let mut looked = Vec::new();
    let program = std::env::current_exe().ok();
    let above = program.iter().flat_map(|program| program.ancestors().skip(1));
    let roots = std::env::var_os("DOSSIER_PIPELINES")
        .map(PathBuf::from)
        .into_iter()
        .chain([PathBuf::from("pipelines")])
        .chain(above.flat_map(|folder| [folder.join("pipelines"), folder.join("share/dossier/pipelines")]));
    let bare = !name.contains(['/', '\\']) && name != "." && name != "..";
    let candidates: Box<dyn Iterator<Item = PathBuf>> = if bare {
        Box::new(roots.map(|root| root.join(name)))
    } else {
        Box::new([Path::new(name).to_owned()].into_iter())
    };
    for folder in candidates {
        if folder.join("pipeline.toml").is_file() {
            return Ok(folder);
        }
        looked.push(folder);
    }
    Err(NotFound { name: name.to_owned(), looked })
}
