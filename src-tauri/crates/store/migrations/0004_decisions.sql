-- People from whom nothing is taken (XEP-0191); the server keeps the list.
ALTER TABLE contact ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;

-- 1: the server's inbox has named it.
ALTER TABLE conversation ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;

-- Put aside with what had been said up to this stamp; what is said later brings it back.
ALTER TABLE conversation ADD COLUMN aside_us INTEGER;
