//! Text or a row becomes typed fields with evidence; dividing and pairing.
