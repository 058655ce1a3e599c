-- From format 2 to format 3: what is large is kept in tables in the order of its coming, with
-- small indexes beside them. As B-trees by their keys, such rows are moved about with every one
-- that comes between.

CREATE TABLE part_3 (
  source    TEXT NOT NULL,
  sheet     TEXT NOT NULL,
  number    INTEGER NOT NULL,
  place     INTEGER NOT NULL,            -- the order within the file
  extractor TEXT NOT NULL,
  content   TEXT NOT NULL                -- JSON
);
INSERT INTO part_3 SELECT source, sheet, number, place, extractor, content FROM part;
DROP TABLE part;
ALTER TABLE part_3 RENAME TO part;
CREATE UNIQUE INDEX part_place ON part (source, place);

CREATE TABLE unit_3 (
  id       TEXT NOT NULL,
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
);
INSERT INTO unit_3
  SELECT id, source, kind, place, own, identity, unpaired, digest, settled, run, content FROM unit;
DROP TABLE unit;
ALTER TABLE unit_3 RENAME TO unit;
CREATE UNIQUE INDEX unit_id ON unit (id);
CREATE INDEX unit_source ON unit (source);
CREATE INDEX unit_identity ON unit (identity);
CREATE INDEX unit_unpaired ON unit (unpaired) WHERE unpaired;

CREATE TABLE item_3 (
  id       TEXT NOT NULL,
  identity TEXT NOT NULL,
  version  TEXT NOT NULL,                -- of its content
  sequence INTEGER NOT NULL,
  content  TEXT NOT NULL,                -- JSON
  rules    TEXT NOT NULL,                -- the version of the rules that classified it
  classified INTEGER NOT NULL            -- when, in seconds since 1970
);
INSERT INTO item_3 SELECT id, identity, version, sequence, content, rules, classified FROM item;
DROP TABLE item;
ALTER TABLE item_3 RENAME TO item;
CREATE UNIQUE INDEX item_id ON item (id);

-- The versions change with the form of the contents.
DELETE FROM item_before;
