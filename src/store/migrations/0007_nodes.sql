-- The nodes on which the service runs, or ran when it was killed. What the one service said of itself
-- is said by each node from here on.
CREATE TABLE node (
    name {text} NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL,
    -- When it last said that it lives, by the database's clock where it has one.
    beat BIGINT NOT NULL,
    version {text} NOT NULL,
    addresses {text} NOT NULL,
    parameters {text} NOT NULL
);
ALTER TABLE service DROP COLUMN since;
ALTER TABLE service DROP COLUMN version;
ALTER TABLE service DROP COLUMN addresses;
ALTER TABLE service DROP COLUMN parameters;
-- The CAPF certificate, by which every node has to issue; where only one can, it is not written.
ALTER TABLE service ADD COLUMN capf {blob};

DROP TABLE session;
CREATE TABLE session (
    node {text} NOT NULL,
    id BIGINT NOT NULL,
    device {text},
    address {text} NOT NULL,
    state {text} NOT NULL,
    operation BIGINT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (node, id)
);

-- The session that came last for this phone, on whatever node: a number of its own. An older one
-- decides nothing any more.
ALTER TABLE phone ADD COLUMN claim BIGINT NOT NULL DEFAULT 0;
