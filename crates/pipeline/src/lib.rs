//! A pipeline as data: parsed, validated, all faults reported at once.
