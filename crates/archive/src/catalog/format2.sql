-- From format 1 to format 2: what people decide, and what items said before.

-- What people said: append-only, anchored to a place of a file.
CREATE TABLE decision (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  at     INTEGER NOT NULL,               -- seconds since 1970
  user   TEXT NOT NULL,
  source TEXT NOT NULL,                  -- the anchor's file
  unit   TEXT NOT NULL,                  -- follows from the anchor
  topic  TEXT NOT NULL,                  -- of two about the same the later one holds
  content TEXT NOT NULL,                 -- JSON
  withdraws INTEGER                      -- the decision that no longer holds
);
CREATE INDEX decision_unit ON decision (unit);
CREATE INDEX decision_source ON decision (source);
CREATE INDEX decision_withdraws ON decision (withdraws) WHERE withdraws IS NOT NULL;
CREATE TRIGGER decision_stays BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END;
CREATE TRIGGER decision_remains BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'a decision is never taken away'); END;

-- What an item said before its last changes, until the search index holds them: results are of
-- the index's time, not half of one and half of another.
CREATE TABLE item_before (
  id      TEXT NOT NULL,
  version TEXT NOT NULL,
  until   INTEGER NOT NULL,              -- the change that superseded it
  content TEXT NOT NULL,
  rules   TEXT NOT NULL,
  classified INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (id, version)
) WITHOUT ROWID;
CREATE INDEX item_before_until ON item_before (until);
