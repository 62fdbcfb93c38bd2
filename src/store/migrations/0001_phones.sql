-- The whole of the first version. {key}, {text} and {blob} are each engine's word for a row's
-- number that is never given twice, for text that is compared byte by byte, and for bytes.
--
-- Times are milliseconds since 1970-01-01T00:00:00Z. Enumerations are Cisco's database numbers: the
-- place in AXL's list, from 1. Where a phone has no such value, a column that is sorted holds 0 or
-- the empty text, as Cisco's `lscvaliduntil` does: so one index walk serves every page both ways.
-- A column `…_key` is its neighbour in lower case: searches and sorting are blind to case in every
-- script and on every engine.

CREATE TABLE phone (
    name {text} NOT NULL PRIMARY KEY,
    description {text} NOT NULL,
    description_key {text} NOT NULL,
    model {text} NOT NULL,
    model_key {text} NOT NULL,
    security_profile {text} NOT NULL,
    security_profile_key {text} NOT NULL,
    device_security_mode BIGINT NOT NULL,
    operation BIGINT NOT NULL,
    authentication_mode BIGINT NOT NULL,
    authentication_string {text} NOT NULL,
    key_order BIGINT NOT NULL,
    rsa_key_size BIGINT NOT NULL,
    ec_key_size BIGINT NOT NULL,
    completes_by BIGINT,
    operation_status BIGINT NOT NULL,
    last_contact BIGINT NOT NULL,
    last_address {text},
    -- What the report and the search say of the LSC that the phone holds: written in the
    -- transaction that makes the certificate Held, so that no list has to parse a certificate.
    lsc_subject {text},
    lsc_issuer {text},
    lsc_issuer_key {text} NOT NULL DEFAULT '',
    lsc_serial_number {text},
    lsc_not_before BIGINT,
    lsc_not_after BIGINT NOT NULL DEFAULT 0,
    lsc_issuer_not_after BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX phone_by_description ON phone (description_key, name);
CREATE INDEX phone_by_authentication_string ON phone (authentication_string, name);
CREATE INDEX phone_by_operation_status ON phone (operation_status, name);
CREATE INDEX phone_by_lsc_not_after ON phone (lsc_not_after, name);
CREATE INDEX phone_by_lsc_issuer ON phone (lsc_issuer_key, name);
CREATE INDEX phone_by_lsc_issuer_not_after ON phone (lsc_issuer_not_after, name);

CREATE TABLE csr (
    id {key},
    device {text} NOT NULL REFERENCES phone (name) ON DELETE CASCADE,
    state BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    key_fingerprint {blob} NOT NULL,
    der {blob} NOT NULL
);
-- By device and state: of a phone and a state, the planner might otherwise walk all of the state.
CREATE INDEX csr_by_device ON csr (device, state, id);
CREATE INDEX csr_by_state ON csr (state, id);
CREATE INDEX csr_by_key ON csr (key_fingerprint);

CREATE TABLE certificate (
    id {key},
    device {text} NOT NULL REFERENCES phone (name) ON DELETE CASCADE,
    kind BIGINT NOT NULL,
    state BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    key_fingerprint {blob} NOT NULL,
    -- Where the import knew it: when the certificate's issuer expires.
    issuer_not_after BIGINT,
    der {blob} NOT NULL
);
CREATE INDEX certificate_by_device ON certificate (device, kind, state, id);
CREATE INDEX certificate_by_state ON certificate (state, id);

CREATE TABLE parameter (
    name {text} NOT NULL PRIMARY KEY,
    value {text} NOT NULL
);

CREATE TABLE trust_anchor (
    id {key},
    purpose BIGINT NOT NULL,
    subject {text} NOT NULL,
    not_after BIGINT NOT NULL,
    imported_at BIGINT NOT NULL,
    der {blob} NOT NULL
);

-- A phone's entries outlive the phone: no reference.
CREATE TABLE audit (
    id {key},
    at BIGINT NOT NULL,
    actor {text} NOT NULL,
    by_admin BIGINT NOT NULL,
    device {text},
    what {text} NOT NULL
);
CREATE INDEX audit_by_device ON audit (device, id);

-- The sessions now open, for `session list`: what a person looks at, not what a session rests on.
CREATE TABLE session (
    id BIGINT NOT NULL PRIMARY KEY,
    device {text},
    address {text} NOT NULL,
    state {text} NOT NULL,
    operation BIGINT NOT NULL,
    since BIGINT NOT NULL
);
