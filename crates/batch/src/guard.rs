//! What a reader does wrong.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dossier_model::{Fault, FaultKind};

/// A reader's panic is the fault of its file.
///
/// # Errors
/// `Crashed`, or what the reader says.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(Fault::new(FaultKind::Crashed, said.unwrap_or_default()))
    })
}
