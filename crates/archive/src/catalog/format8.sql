-- From format 7 to format 8: by what a file is divided into letters, where whoever took it in said so.

CREATE TABLE source_split (
  source TEXT PRIMARY KEY,               -- → source_file
  split  TEXT NOT NULL                   -- as `--split` has it
) WITHOUT ROWID;

-- What a person should know of how a file was divided; made anew with its units.
CREATE TABLE division_note (
  source TEXT NOT NULL,                  -- → source_file
  kind   TEXT NOT NULL,                  -- a kind of note, by its name
  detail TEXT NOT NULL,
  PRIMARY KEY (source, kind, detail)
) WITHOUT ROWID;
