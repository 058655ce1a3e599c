-- From format 8 to format 9: what somebody asked to be recognised first.

CREATE TABLE wanted (
  path TEXT PRIMARY KEY,                 -- a file's or a folder's
  at   INTEGER NOT NULL,                 -- seconds since 1970-01-01 UTC
  user TEXT NOT NULL
) WITHOUT ROWID;
