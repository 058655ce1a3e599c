-- The catalog of a Dossier archive. Three layers: source_file, part and page_failure are facts;
-- unit, item, alias and change are derived from them and can be made again; decision is what
-- people said. run, run_input and row_outcome say what was done.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One content, wherever it was found.
CREATE TABLE source_file (
  sha256     TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,              -- pdf, xlsx, xls, csv
  bytes      INTEGER NOT NULL,
  name       TEXT NOT NULL,              -- the path below the source that was given
  original   TEXT,                       -- the path below originals/, if one is kept
  state      TEXT NOT NULL,              -- reading, read
  units      INTEGER NOT NULL DEFAULT 0, -- how many pages or rows it has
  run        INTEGER NOT NULL,           -- the generation of runs that first took it in
  derived    TEXT NOT NULL DEFAULT ''    -- the pipeline's version its units were made by
) WITHOUT ROWID;

CREATE TABLE source_path (
  path     TEXT PRIMARY KEY,
  sha256   TEXT NOT NULL,
  bytes    INTEGER NOT NULL,
  modified INTEGER NOT NULL              -- nanoseconds since 1970
) WITHOUT ROWID;
CREATE INDEX source_path_sha ON source_path (sha256);

-- What was read at one place: a page (sheet is empty) or a row.
CREATE TABLE part (
  source    TEXT NOT NULL,
  sheet     TEXT NOT NULL,
  number    INTEGER NOT NULL,
  place     INTEGER NOT NULL,            -- the order within the file
  extractor TEXT NOT NULL,
  content   TEXT NOT NULL,               -- JSON
  PRIMARY KEY (source, place)
) WITHOUT ROWID;

CREATE TABLE page_failure (
  source TEXT NOT NULL,
  page   INTEGER NOT NULL,
  fault  TEXT NOT NULL,                  -- JSON
  PRIMARY KEY (source, page)
) WITHOUT ROWID;

-- A letter or a row, before it is paired.
CREATE TABLE unit (
  id       TEXT PRIMARY KEY,
  source   TEXT NOT NULL,
  kind     TEXT NOT NULL,                -- letter, row
  place    INTEGER NOT NULL,
  own      TEXT NOT NULL,                -- the identity it has by itself
  identity TEXT NOT NULL,                -- the identity of the item it belongs to
  unpaired INTEGER NOT NULL,             -- a letter whose partner is still to be looked for
  digest   TEXT NOT NULL,                -- of its content
  settled  TEXT NOT NULL,                -- the date by which conflicts are settled
  run      INTEGER NOT NULL,             -- the run that brought its content first
  content  TEXT NOT NULL                 -- JSON
) WITHOUT ROWID;
CREATE INDEX unit_source ON unit (source);
CREATE INDEX unit_identity ON unit (identity);
CREATE INDEX unit_unpaired ON unit (unpaired) WHERE unpaired;

CREATE TABLE unit_key (
  key  TEXT NOT NULL,
  unit TEXT NOT NULL,
  rank INTEGER NOT NULL,                 -- 0 is the strongest
  PRIMARY KEY (key, unit)
) WITHOUT ROWID;
CREATE INDEX unit_key_unit ON unit_key (unit);

-- Identities whose item has to be made again.
CREATE TABLE dirty (identity TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE item (
  id       TEXT PRIMARY KEY,
  identity TEXT NOT NULL UNIQUE,
  version  TEXT NOT NULL,                -- of its content
  sequence INTEGER NOT NULL,
  content  TEXT NOT NULL,                -- JSON
  rules    TEXT NOT NULL,                -- the version of the rules that classified it
  classified INTEGER NOT NULL            -- when, in seconds since 1970
) WITHOUT ROWID;

-- Each time the rules were applied anew, with what was decided before: that is how it is undone.
CREATE TABLE reclassification (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  rules  TEXT NOT NULL,
  before TEXT NOT NULL,                  -- the rules' version before
  at     INTEGER NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE reclassified (
  reclassification INTEGER NOT NULL,
  item             TEXT NOT NULL,
  before           TEXT NOT NULL,        -- classification as JSON
  rules            TEXT NOT NULL,
  classified       INTEGER NOT NULL,
  PRIMARY KEY (reclassification, item)
) WITHOUT ROWID;

CREATE TABLE alias (id TEXT PRIMARY KEY, item TEXT NOT NULL) WITHOUT ROWID;

-- Each change of an item; the search index follows these numbers.
CREATE TABLE change (sequence INTEGER PRIMARY KEY AUTOINCREMENT, item TEXT NOT NULL);

CREATE TABLE run (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  generation INTEGER NOT NULL,           -- the first of the runs that were cut off before this one, or this
  version    TEXT NOT NULL,              -- the pipeline's
  started    INTEGER NOT NULL,           -- seconds since 1970
  finished   INTEGER,
  status     TEXT NOT NULL,              -- running, complete, partial, failed, interrupted
  report     TEXT NOT NULL               -- JSON
);

-- Every file that a run saw, with what became of it.
CREATE TABLE run_input (
  run     INTEGER NOT NULL,
  path    TEXT NOT NULL,
  outcome TEXT,                          -- archived, unchanged, duplicate, quarantined, ignored
  sha256  TEXT,
  reason  TEXT,                          -- fault as JSON, or the ignoring rule
  PRIMARY KEY (run, path)
) WITHOUT ROWID;

-- Every row that a run read and did not archive as new.
CREATE TABLE row_outcome (
  run     INTEGER NOT NULL,
  source  TEXT NOT NULL,
  place   INTEGER NOT NULL,
  sheet   TEXT NOT NULL,
  number  INTEGER NOT NULL,
  outcome TEXT NOT NULL,                 -- unchanged, duplicate, rejected, not_data
  reason  TEXT NOT NULL,
  PRIMARY KEY (run, source, place)
) WITHOUT ROWID;
