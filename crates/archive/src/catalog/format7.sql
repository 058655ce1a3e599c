-- From format 6 to format 7: searches that somebody keeps under a name.

CREATE TABLE saved_search (
  name    TEXT PRIMARY KEY,
  query   TEXT NOT NULL,                 -- as typed
  literal INTEGER NOT NULL,              -- whether it is one exact phrase
  sure    INTEGER NOT NULL,              -- whether runners-up are left out
  saved   INTEGER NOT NULL,              -- seconds since 1970
  user    TEXT NOT NULL
) WITHOUT ROWID;
