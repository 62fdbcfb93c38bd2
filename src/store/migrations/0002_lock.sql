-- Guessing at an authentication string: how many wrong ones were entered in a row, and until when
-- none is accepted (milliseconds since 1970; 0 where the phone is not locked).
ALTER TABLE phone ADD COLUMN wrong_strings BIGINT NOT NULL DEFAULT 0;
ALTER TABLE phone ADD COLUMN locked_until BIGINT NOT NULL DEFAULT 0;
