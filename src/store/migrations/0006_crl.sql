-- Certificate revocation lists, one of each issuer and scope: the latest.
CREATE TABLE crl (
    id {key},
    issuer {text} NOT NULL,
    -- The key that signed it: a DER SubjectPublicKeyInfo.
    issuer_key {blob} NOT NULL,
    -- Which part of what the issuer has revoked it covers; nothing where it covers all.
    scope {blob} NOT NULL,
    -- In hexadecimal: it may have 20 octets.
    number {text},
    this_update BIGINT NOT NULL,
    next_update BIGINT,
    imported_at BIGINT NOT NULL
);

CREATE TABLE revoked_certificate (
    -- In hexadecimal, as in the certificate.
    serial_number {text} NOT NULL,
    crl BIGINT NOT NULL REFERENCES crl (id) ON DELETE CASCADE,
    revoked_at BIGINT NOT NULL,
    reason BIGINT NOT NULL,
    PRIMARY KEY (serial_number, crl)
);
-- A list that is removed or replaced finds its own.
CREATE INDEX revoked_certificate_by_crl ON revoked_certificate (crl);
