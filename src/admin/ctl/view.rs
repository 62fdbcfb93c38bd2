//! What is in a CTL or ITL file, for a person and for scripts.

use jiff::Timestamp;
use serde::Serialize;

use crate::ctl::{
    CtlFile, HashAlgorithm, HeaderField, HeaderTag, Record, RecordTag, TooLong, Value,
};
use crate::model::{Certificate, InvalidCertificate};
use crate::pki::{BadCtlSignature, ctl_signer, fingerprint, md5_hex, sha1_hex, verify_ctl};
use crate::report::{Cell, Column};

/// A CTL or ITL file. What is not in it, or cannot be read, is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CtlView {
    /// The version of the format.
    pub version: String,
    /// The name in it: `CTLFile.tlv`.
    pub file_name: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// The subject of the signer's certificate.
    pub signer: Option<String>,
    /// Its issuer.
    pub signer_issuer: Option<String>,
    /// Its serial number, in hexadecimal.
    pub signer_serial_number: Option<String>,
    /// The hash under the signature.
    pub hash_algorithm: Option<String>,
    /// The number for the kind of the key.
    pub signature_algorithm: Option<u32>,
    /// The number for the size of the key.
    pub signature_modulus: Option<u32>,
    /// Whether the signature holds, by the certificate that the signer has in the file.
    pub signature_is_valid: bool,
    /// Why it does not.
    pub signature_problem: Option<BadCtlSignature>,
    /// MD5 over the file, in hexadecimal: phones show it, or SHA-1, of the file that they hold.
    pub md5: Option<String>,
    /// SHA-1 over the file, in hexadecimal.
    pub sha1: String,
    /// What else is in the header.
    pub other_fields: Vec<OtherField>,
    /// The records.
    pub records: Vec<RecordView>,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordView {
    /// Its number, from 1.
    pub record: u64,
    /// What the certificate is for.
    pub role: Option<String>,
    /// Whether it is the signer's.
    pub is_signer: bool,
    /// The server's name, or its address as text.
    pub dns_name: Option<String>,
    /// The server's address.
    pub ip_address: Option<String>,
    /// The certificate's subject, as it stands in the record; so are issuer and serial number.
    pub subject: Option<String>,
    /// Its issuer.
    pub issuer: Option<String>,
    /// Its serial number, in hexadecimal.
    pub serial_number: Option<String>,
    /// The first second in which the certificate is valid.
    pub not_before: Option<Timestamp>,
    /// The last second in which it is valid.
    pub not_after: Option<Timestamp>,
    /// SHA-256 over its DER, in hexadecimal.
    pub sha256_fingerprint: Option<String>,
    /// The hash of a certificate that is not there itself, in hexadecimal.
    pub certificate_hash: Option<String>,
    /// The algorithm of that hash.
    pub certificate_hash_algorithm: Option<String>,
    /// What is wrong with the certificate.
    pub problem: Option<String>,
    /// What else is in the record.
    pub other_fields: Vec<OtherField>,
}

/// A field that is not known, that cannot be read as what it should be, or that is there twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherField {
    /// Its tag.
    pub tag: u8,
    /// Its value, in hexadecimal.
    pub value: String,
}

impl CtlView {
    /// Describes a file.
    pub fn of(file: &CtlFile) -> Result<Self, TooLong> {
        let bytes = file.encode()?;
        let text = |tag| file.text(tag).map(str::to_owned);
        let number = |tag| file.find(tag)?.number();
        let verdict = verify_ctl(file);
        let signer = ctl_signer(file).ok();
        let records = file.records.iter().enumerate();
        Ok(Self {
            version: file.version.to_string(),
            file_name: text(HeaderTag::FILE_NAME),
            created_at: number(HeaderTag::TIMESTAMP)
                .and_then(|seconds| Timestamp::from_second(seconds.into()).ok()),
            signer: text(HeaderTag::SIGNER_NAME),
            signer_issuer: text(HeaderTag::ISSUER_NAME),
            signer_serial_number: file
                .find(HeaderTag::SERIAL_NUMBER)
                .map(|value| hex::encode(value.bytes())),
            hash_algorithm: number(HeaderTag::HASH_ALGORITHM).and_then(hash_name),
            signature_algorithm: number(HeaderTag::SIGNATURE_ALGORITHM),
            signature_modulus: number(HeaderTag::SIGNATURE_MODULUS),
            signature_is_valid: verdict.is_ok(),
            signature_problem: verdict.err(),
            md5: md5_hex(&bytes),
            sha1: sha1_hex(&bytes),
            other_fields: others_in_header(&file.header),
            records: records
                .map(|(index, record)| RecordView::of(index, record, signer == Some(index)))
                .collect(),
        })
    }

    /// What is in the header, under its labels.
    pub fn fields(&self) -> Vec<(&'static str, Cell)> {
        let signature = match &self.signature_problem {
            None => "Valid".to_owned(),
            Some(problem) => format!("Not valid: {problem}"),
        };
        let mut fields = vec![
            ("Version", self.version.as_str().into()),
            ("File Name", self.file_name.as_deref().into()),
            ("Timestamp", self.created_at.into()),
            ("Signer", self.signer.as_deref().into()),
            ("Signer's Issuer", self.signer_issuer.as_deref().into()),
            (
                "Signer's Serial Number",
                self.signer_serial_number.as_deref().into(),
            ),
            ("Hash Algorithm", self.hash_algorithm.as_deref().into()),
            (
                "Signature Algorithm",
                self.signature_algorithm.map(i64::from).into(),
            ),
            (
                "Signature Modulus",
                self.signature_modulus.map(i64::from).into(),
            ),
            ("Signature", signature.into()),
            ("MD5", self.md5.as_deref().into()),
            ("SHA-1", self.sha1.as_str().into()),
            ("Other Fields", shown(&self.other_fields)),
            ("Records", (self.records.len() as u64).into()),
        ];
        fields.retain(|(_, cell)| *cell != Cell::Empty);
        fields
    }
}

const fn column(key: &'static str, label: &'static str) -> Column {
    Column { key, label }
}

impl RecordView {
    /// The columns in which records are listed.
    pub const COLUMNS: &'static [Column] = &[
        column("record", "Record"),
        column("role", "Role"),
        column("is_signer", "Signer"),
        column("dns_name", "DNS Name"),
        column("ip_address", "IP Address"),
        column("subject", "Subject"),
        column("issuer", "Issuer"),
        column("serial_number", "Serial Number"),
        column("not_before", "Not Before"),
        column("not_after", "Not After"),
        column("sha256_fingerprint", "SHA-256 Fingerprint"),
        column("certificate_hash", "Certificate Hash"),
        column("certificate_hash_algorithm", "Certificate Hash Algorithm"),
        column("problem", "Problem"),
        column("other_fields", "Other Fields"),
    ];

    fn of(index: usize, record: &Record, is_signer: bool) -> Self {
        let text = |tag| record.text(tag).map(str::to_owned);
        let in_hex = |tag| record.find(tag).map(|value| hex::encode(value.bytes()));
        let (certificate, problem) = match certificate(record) {
            Some(Ok(certificate)) => {
                let problem = contradiction(record, &certificate);
                (Some(certificate), problem.map(str::to_owned))
            }
            Some(Err(invalid)) => (None, Some(invalid.to_string())),
            None => (None, None),
        };
        let certificate = certificate.as_ref();
        Self {
            record: index as u64 + 1,
            role: record.role().map(|role| role.to_string()),
            is_signer,
            dns_name: text(RecordTag::DNS_NAME).filter(|name| !name.is_empty()),
            ip_address: record
                .find(RecordTag::IP_ADDRESS)
                .and_then(Value::address)
                .filter(|address| !address.is_unspecified())
                .map(|address| address.to_string()),
            subject: text(RecordTag::SUBJECT_NAME),
            issuer: text(RecordTag::ISSUER_NAME),
            serial_number: in_hex(RecordTag::SERIAL_NUMBER),
            not_before: certificate.map(Certificate::not_before),
            not_after: certificate.map(Certificate::not_after),
            sha256_fingerprint: certificate.map(|certificate| fingerprint(certificate.der())),
            certificate_hash: in_hex(RecordTag::CERTIFICATE_HASH),
            certificate_hash_algorithm: record
                .find(RecordTag::HASH_ALGORITHM)
                .and_then(|value| hash_name(value.number()?)),
            problem,
            other_fields: others_in_record(record),
        }
    }

    /// It as a row of [`RecordView::COLUMNS`].
    pub fn cells(&self) -> Vec<Cell> {
        vec![
            self.record.into(),
            self.role.as_deref().into(),
            self.is_signer.into(),
            self.dns_name.as_deref().into(),
            self.ip_address.as_deref().into(),
            self.subject.as_deref().into(),
            self.issuer.as_deref().into(),
            self.serial_number.as_deref().into(),
            self.not_before.into(),
            self.not_after.into(),
            self.sha256_fingerprint.as_deref().into(),
            self.certificate_hash.as_deref().into(),
            self.certificate_hash_algorithm.as_deref().into(),
            self.problem.as_deref().into(),
            shown(&self.other_fields),
        ]
    }
}

/// A record's certificate, where it has one.
pub(super) fn certificate(record: &Record) -> Option<Result<Certificate, InvalidCertificate>> {
    let der = record.find(RecordTag::CERTIFICATE)?.bytes();
    Some(Certificate::from_der(der))
}

/// What the record says of its certificate, and the certificate does not.
fn contradiction(record: &Record, certificate: &Certificate) -> Option<&'static str> {
    let stated = record.find(RecordTag::SERIAL_NUMBER)?;
    let digits = hex::encode(stated.bytes());
    let (stated, own) = (digits.trim_start_matches('0'), certificate.serial_number());
    (stated != own.trim_start_matches('0'))
        .then_some("the certificate's serial number is not the record's")
}

fn hash_name(number: u32) -> Option<String> {
    let hash = HashAlgorithm(u8::try_from(number).ok()?);
    Some(hash.to_string())
}

/// The fields of the header that the view shows nowhere else.
fn others_in_header(fields: &[HeaderField]) -> Vec<OtherField> {
    let mut values = Vec::new();
    flatten(fields, &mut values);
    others(values, |tag, value| match HeaderTag(tag) {
        HeaderTag::SIGNER_NAME | HeaderTag::ISSUER_NAME | HeaderTag::FILE_NAME => {
            value.text().is_some()
        }
        HeaderTag::HASH_ALGORITHM => value.number().and_then(hash_name).is_some(),
        HeaderTag::SIGNATURE_ALGORITHM | HeaderTag::SIGNATURE_MODULUS | HeaderTag::TIMESTAMP => {
            value.number().is_some()
        }
        HeaderTag::SERIAL_NUMBER | HeaderTag::SIGNATURE => true,
        _ => false,
    })
}

fn flatten<'a>(fields: &'a [HeaderField], values: &mut Vec<(u8, &'a Value)>) {
    for field in fields {
        match field {
            HeaderField::Value(tag, value) => values.push((tag.0, value)),
            HeaderField::Group(_, fields) => flatten(fields, values),
            HeaderField::Padding => {}
        }
    }
}

/// The fields of a record that the view shows nowhere else.
fn others_in_record(record: &Record) -> Vec<OtherField> {
    let fields = record.fields.iter();
    others(
        fields.map(|field| (field.tag.0, &field.value)),
        |tag, value| match RecordTag(tag) {
            RecordTag::DNS_NAME | RecordTag::SUBJECT_NAME | RecordTag::ISSUER_NAME => {
                value.text().is_some()
            }
            RecordTag::ROLE => record.role().is_some(),
            RecordTag::HASH_ALGORITHM => value.number().and_then(hash_name).is_some(),
            RecordTag::IP_ADDRESS => value.address().is_some(),
            RecordTag::SERIAL_NUMBER
            | RecordTag::PUBLIC_KEY
            | RecordTag::SIGNATURE
            | RecordTag::CERTIFICATE
            | RecordTag::CERTIFICATE_HASH => true,
            _ => false,
        },
    )
}

/// The fields that are not the first of their tag, or of which `is_shown` says that they are not.
fn others<'a>(
    fields: impl IntoIterator<Item = (u8, &'a Value)>,
    is_shown: impl Fn(u8, &Value) -> bool,
) -> Vec<OtherField> {
    let mut seen = [false; 256];
    fields
        .into_iter()
        .filter(|(tag, value)| {
            let is_first = !std::mem::replace(&mut seen[usize::from(*tag)], true);
            !(is_first && is_shown(*tag, value))
        })
        .map(|(tag, value)| OtherField {
            tag,
            value: hex::encode(value.bytes()),
        })
        .collect()
}

fn shown(others: &[OtherField]) -> Cell {
    let texts: Vec<_> = others
        .iter()
        .map(|OtherField { tag, value }| format!("{tag}: {value}"))
        .collect();
    Some(texts.join(", "))
        .filter(|text| !text.is_empty())
        .into()
}
