-- A certificate that is imported once more is found by its key, when its request is gone.
CREATE INDEX certificate_by_key ON certificate (key_fingerprint);
