-- To the format with notes: what a person should know of a file that went in.

CREATE TABLE source_note (
  source TEXT NOT NULL,                  -- → source_file
  kind   TEXT NOT NULL,                  -- a kind of note, by its name
  detail TEXT NOT NULL,
  PRIMARY KEY (source, kind, detail)
) WITHOUT ROWID;
