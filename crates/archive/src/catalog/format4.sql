-- From format 3 to format 4: seals, by which a damaged byte shows that SQLite itself cannot see.

-- What was sealed when it was written.
CREATE TABLE seal (
  kind   TEXT NOT NULL,                  -- source, units, decision, run, meta
  id     TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;
