-- What administrators want of the service, and what the one that runs says of itself: one row. The
-- orders are counted, so that a service knows which have come since it began.
CREATE TABLE service (
    id BIGINT NOT NULL PRIMARY KEY,
    activated BIGINT NOT NULL,
    restarts BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    since BIGINT,
    version {text},
    addresses {text},
    parameters {text}
);
INSERT INTO service (id, activated, restarts, ends) VALUES (1, 0, 0, 0);

-- The changes of parameters, with the values that were in force before and after.
CREATE TABLE parameter_change (
    id {key},
    at BIGINT NOT NULL,
    actor {text} NOT NULL,
    name {text} NOT NULL,
    old_value {text} NOT NULL,
    new_value {text} NOT NULL
);
CREATE INDEX parameter_change_by_name ON parameter_change (name, id);
