-- From format 10 to format 11: an item keeps what its fields said before a person put them right, so that
-- it stays masked; items of before are made again by the next run. And rows that could not be understood
-- stay known until they are: derived from the parts, as units are.
CREATE TABLE rejected_row (
  source TEXT NOT NULL,
  place  INTEGER NOT NULL,
  sheet  TEXT NOT NULL,
  number INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (source, place)
) WITHOUT ROWID;
-- Where a content has units, a changed pipeline may have understood its rows since.
INSERT OR IGNORE INTO rejected_row SELECT source, place, sheet, number, reason FROM row_outcome
  WHERE outcome = 'rejected' AND source IN (SELECT sha256 FROM source_file)
  AND source NOT IN (SELECT source FROM unit);
-- Which content a path had before a generation of runs took in another.
CREATE TABLE replaced (
  generation INTEGER NOT NULL,
  path       TEXT NOT NULL,
  before     TEXT NOT NULL,
  PRIMARY KEY (generation, path)
) WITHOUT ROWID;
