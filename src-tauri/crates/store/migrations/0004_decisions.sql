-- People from whom nothing is taken (XEP-0191); the server keeps the list.
ALTER TABLE contact ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;
