//! A page image becomes words with boxes, confidence and alternatives.
