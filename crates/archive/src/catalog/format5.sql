-- From format 4 to format 5: letters withdrawn by order, inputs accepted as lost, runs taken back.

-- Identities whose item is not made, since an order withholds it; follows from the decisions.
CREATE TABLE withheld (
  identity TEXT PRIMARY KEY,
  item     TEXT NOT NULL,
  decision INTEGER NOT NULL              -- the one that withholds it
) WITHOUT ROWID;
CREATE INDEX withheld_item ON withheld (item);

-- Inputs that somebody accepted as lost: counted and named, but no trouble any more.
CREATE TABLE release (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  at     INTEGER NOT NULL,               -- seconds since 1970
  user   TEXT NOT NULL,
  path   TEXT NOT NULL,
  sha256 TEXT,                           -- nothing where the file could not be read at all
  fault  TEXT NOT NULL,                  -- JSON
  reason TEXT NOT NULL
);
CREATE INDEX release_path ON release (path);
CREATE TRIGGER release_stays BEFORE UPDATE ON release
BEGIN SELECT RAISE(ABORT, 'a release is never changed'); END;
CREATE TRIGGER release_remains BEFORE DELETE ON release
BEGIN SELECT RAISE(ABORT, 'a release is never taken away'); END;

-- Runs that were taken back; the run itself stays on record.
CREATE TABLE undo (
  run    INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  user   TEXT NOT NULL,
  reason TEXT NOT NULL
);
-- What went with them.
CREATE TABLE undone (
  run      INTEGER NOT NULL,
  sha256   TEXT NOT NULL,
  name     TEXT NOT NULL,
  original TEXT,                         -- until the file below originals/ has been taken away
  PRIMARY KEY (run, sha256)
) WITHOUT ROWID;

-- Every file that a run saw and did not find as it was when it was last recorded.
CREATE INDEX run_input_path ON run_input (path);
CREATE INDEX run_input_trouble ON run_input (path) WHERE outcome IN ('quarantined', 'released', 'ignored');

-- An item that goes takes its other names along.
CREATE INDEX alias_item ON alias (item);
