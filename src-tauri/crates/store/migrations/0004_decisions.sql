-- People from whom nothing is taken (XEP-0191); the server keeps the list.
ALTER TABLE contact ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;

-- 1: the server's inbox has named it.
ALTER TABLE conversation ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
