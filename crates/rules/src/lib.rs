//! The rule language: parse, check, classify, explain.
