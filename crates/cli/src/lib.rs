//! The dossier command.
