//! The system of record: originals, catalog, decisions, search index, audit.
