-- Where the title of a team comes from: a poorer one never takes the place of a better one.
ALTER TABLE conversation ADD COLUMN title_source INTEGER;
