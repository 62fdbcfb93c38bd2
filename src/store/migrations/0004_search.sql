-- A list of phones can be sorted by any of its columns, and is then a walk along an index.
CREATE INDEX phone_by_model ON phone (model_key, name);
CREATE INDEX phone_by_security_profile ON phone (security_profile_key, name);
CREATE INDEX phone_by_authentication_mode ON phone (authentication_mode, name);
CREATE INDEX phone_by_operation ON phone (operation, name);
CREATE INDEX phone_by_last_contact ON phone (last_contact, name);

-- Criteria under a name: a JSON array of them in the words of `phone find`, whose texts can hold
-- anything.
CREATE TABLE saved_search (
    name {text} NOT NULL PRIMARY KEY,
    criteria {text} NOT NULL,
    saved_at BIGINT NOT NULL
);
