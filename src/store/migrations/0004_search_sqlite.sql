-- What finds text inside names and descriptions. It holds trigrams alone, so it finds some phones too
-- many; the statement that uses it looks at the text itself.
CREATE VIRTUAL TABLE phone_text USING fts5 (
    name, description,
    content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1'
);

-- The row in phone_text: SQLite may give other rowids to phones when the file is vacuumed.
ALTER TABLE phone ADD COLUMN number BIGINT;
UPDATE phone SET number = rowid;
CREATE UNIQUE INDEX phone_by_number ON phone (number);
INSERT INTO phone_text (rowid, name, description) SELECT number, name, description_key FROM phone;

CREATE TRIGGER phone_text_of_new AFTER INSERT ON phone BEGIN
    UPDATE phone SET number = (SELECT COALESCE(MAX(number), 0) + 1 FROM phone) WHERE name = new.name;
    INSERT INTO phone_text (rowid, name, description)
        SELECT number, name, description_key FROM phone WHERE name = new.name;
END;
CREATE TRIGGER phone_text_of_changed AFTER UPDATE OF description_key ON phone
    WHEN old.description_key <> new.description_key BEGIN
    INSERT OR REPLACE INTO phone_text (rowid, name, description)
        VALUES (new.number, new.name, new.description_key);
END;
CREATE TRIGGER phone_text_of_removed AFTER DELETE ON phone BEGIN
    DELETE FROM phone_text WHERE rowid = old.number;
END;
