//! A file becomes parts: PDF pages and register rows.
