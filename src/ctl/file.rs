//! The whole file, its limits, and what its signature covers.

use std::fmt;
use std::ops::Range;

use super::error::{InvalidCtl, TooLong};
use super::field::{HeaderField, Record};
use super::reader::{Reader, short};
use super::tag::HeaderTag;
use super::value::Value;

/// The version of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// The number before the point.
    pub major: u8,
    /// The number behind it.
    pub minor: u8,
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

/// A CTL or ITL file, unjudged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CtlFile {
    /// The version of the format.
    pub version: Version,
    /// The fields of the header behind version and length, in their order.
    pub header: Vec<HeaderField>,
    /// The records, in their order.
    pub records: Vec<Record>,
}

impl CtlFile {
    /// The version of every published file. P
    pub const VERSION: Version = Version { major: 1, minor: 2 };
    /// The longest file that is read (D): some hundred times the largest published one.
    pub const MAX_LENGTH: usize = 1 << 20;
    /// How many records with the role of a SAST a phone takes. P
    pub const MAX_SASTS: usize = 2;
    /// How deep fields stand in fields: the hash algorithm's two are in two others. P
    pub(super) const MAX_DEPTH: usize = 2;
    /// How long version and header length are together.
    const PREFIX: usize = 10;
    /// What the length of the header is a multiple of. P
    const ALIGNMENT: usize = 4;

    /// Reads a file with nothing behind it.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidCtl> {
        if bytes.len() > Self::MAX_LENGTH {
            return Err(InvalidCtl::TooLarge);
        }
        let mut reader = Reader::new(bytes);
        let [major, minor] = leading(&mut reader, HeaderTag::VERSION, "VERSION")?;
        let (offset, field) = (reader.offset(), "HEADERLENGTH");
        let length = u16::from_be_bytes(leading(&mut reader, HeaderTag::HEADER_LENGTH, field)?);
        let rest = usize::from(length)
            .checked_sub(Self::PREFIX)
            .ok_or(InvalidCtl::TooShort {
                offset,
                field,
                length,
                least: Self::PREFIX,
            })?;
        let header = HeaderField::decode_all(&mut reader.sub(rest)?, 0)?;
        let mut records = Vec::new();
        while reader.any_left() {
            records.push(Record::decode(&mut reader)?);
        }
        Ok(Self {
            version: Version { major, minor },
            header,
            records,
        })
    }

    /// The file's bytes.
    pub fn encode(&self) -> Result<Vec<u8>, TooLong> {
        self.write().map(|(bytes, _)| bytes)
    }

    /// What the signature is made over: the file without the field of the signature. The length of
    /// the header counts that field all the same. D
    pub fn signed_bytes(&self) -> Result<Vec<u8>, TooLong> {
        let (mut bytes, signature) = self.write()?;
        bytes.drain(signature);
        Ok(bytes)
    }

    /// The file's bytes, and where among them the field of the signature is.
    fn write(&self) -> Result<(Vec<u8>, Range<usize>), TooLong> {
        let (mut bytes, signature) = self.write_header()?;
        for record in &self.records {
            record.encode(&mut bytes)?;
        }
        Ok((bytes, signature))
    }

    /// The header's bytes, and where among them the field of the signature is; nowhere, if there is
    /// none.
    fn write_header(&self) -> Result<(Vec<u8>, Range<usize>), TooLong> {
        let Version { major, minor } = self.version;
        let (version, header_length) = (HeaderTag::VERSION.0, HeaderTag::HEADER_LENGTH.0);
        let mut bytes = vec![version, 0, 2, major, minor, header_length, 0, 2, 0, 0];
        let mut signature = 0..0;
        for field in &self.header {
            let start = bytes.len();
            field.encode(&mut bytes)?;
            if signature.is_empty() && is_signature(field) {
                signature = start..bytes.len();
            }
        }
        let length = short(bytes.len())?;
        bytes[Self::PREFIX - 2..Self::PREFIX].copy_from_slice(&length);
        Ok((bytes, signature))
    }

    /// Fills the header up to a multiple of four bytes.
    pub fn pad(&mut self) -> Result<(), TooLong> {
        let length = self.write_header()?.0.len();
        let missing = length.next_multiple_of(Self::ALIGNMENT) - length;
        let padding = std::iter::repeat_n(HeaderField::Padding, missing);
        self.header.extend(padding);
        Ok(())
    }

    /// The first value in the header with the tag, also in the fields of a field.
    pub fn find(&self, tag: HeaderTag) -> Option<&Value> {
        self.header.iter().find_map(|field| field.find(tag))
    }

    /// The first value in the header with the tag, as a text.
    pub fn text(&self, tag: HeaderTag) -> Option<&str> {
        self.find(tag)?.text()
    }

    /// The signature; it stands in no other field.
    pub fn signature(&self) -> Option<&Value> {
        self.header.iter().find_map(|field| match field {
            HeaderField::Value(HeaderTag::SIGNATURE, value) => Some(value),
            _ => None,
        })
    }

    /// Puts another signature in the place of the one that is there.
    pub fn set_signature(&mut self, signature: Vec<u8>) {
        if let Some(field) = self.header.iter_mut().find(|field| is_signature(field)) {
            *field = HeaderField::Value(HeaderTag::SIGNATURE, signature.into());
        }
    }
}

fn is_signature(field: &HeaderField) -> bool {
    matches!(field, HeaderField::Value(HeaderTag::SIGNATURE, _))
}

/// One of the two fields with which every file begins.
fn leading(
    reader: &mut Reader<'_>,
    expected: HeaderTag,
    name: &'static str,
) -> Result<[u8; 2], InvalidCtl> {
    let offset = reader.offset();
    match reader.u8()? {
        found if found == expected.0 => reader.pair(name),
        found => Err(InvalidCtl::NotCtl {
            offset,
            found,
            expected,
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::ctl::{RecordField, RecordTag};

    fn any_value() -> impl Strategy<Value = Value> {
        vec(any::<u8>(), 0..40).prop_map(Value::from)
    }

    fn any_plain_field() -> impl Strategy<Value = HeaderField> {
        let tag = any::<u8>().prop_map(HeaderTag);
        let plain = tag.prop_filter("it has no value", |tag| {
            !tag.is_group() && *tag != HeaderTag::PADDING
        });
        (plain, any_value()).prop_map(|(tag, value)| HeaderField::Value(tag, value))
    }

    fn any_group(
        tag: HeaderTag,
        field: impl Strategy<Value = HeaderField>,
    ) -> impl Strategy<Value = HeaderField> {
        vec(field, 0..4).prop_map(move |fields| HeaderField::Group(tag, fields))
    }

    fn any_header_field() -> impl Strategy<Value = HeaderField> {
        let inner = any_group(HeaderTag::SIGNATURE_ALGORITHM_INFO, any_plain_field());
        let within = prop_oneof![any_plain_field(), inner];
        prop_oneof![
            4 => any_plain_field(),
            1 => any_group(HeaderTag::SIGNER_ID, any_plain_field()),
            1 => any_group(HeaderTag::SIGNATURE_INFO, within),
            1 => Just(HeaderField::Padding),
        ]
    }

    fn any_record() -> impl Strategy<Value = Record> {
        let field = (any::<u8>().prop_map(RecordTag), any_value())
            .prop_map(|(tag, value)| RecordField { tag, value });
        vec(field, 0..8).prop_map(|fields| Record { fields })
    }

    fn any_file() -> impl Strategy<Value = CtlFile> {
        let version = any::<(u8, u8)>().prop_map(|(major, minor)| Version { major, minor });
        (
            version,
            vec(any_header_field(), 0..8),
            vec(any_record(), 0..5),
        )
            .prop_map(|(version, header, records)| CtlFile {
                version,
                header,
                records,
            })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_written_again_byte_for_byte(file in any_file()) {
            let bytes = file.encode().unwrap();
            let read = CtlFile::decode(&bytes).unwrap();
            prop_assert_eq!(&read, &file);
            prop_assert_eq!(read.encode().unwrap(), bytes);
        }

        #[test]
        fn a_file_that_is_cut_is_none_unless_a_record_ends_there(file in any_file(), at: usize) {
            let bytes = file.encode().unwrap();
            let cut = &bytes[..at % bytes.len()];
            if let Ok(read) = CtlFile::decode(cut) {
                prop_assert!(file.records.starts_with(&read.records));
                prop_assert!(read.records.len() < file.records.len());
                prop_assert_eq!(read.encode().unwrap(), cut);
            }
        }

        #[test]
        fn no_bytes_panic(bytes in vec(any::<u8>(), 0..200)) {
            let _ = CtlFile::decode(&bytes);
        }

        #[test]
        fn what_is_taken_of_a_changed_file_is_given_back(
            file in any_file(), at: usize, byte: u8,
        ) {
            let mut bytes = file.encode().unwrap();
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok(read) = CtlFile::decode(&bytes) {
                prop_assert_eq!(read.encode().unwrap(), bytes);
            }
        }
    }

    /// The header that Cisco's document 118892 shows, with other texts of the same length.
    fn published_header() -> CtlFile {
        let value = |tag, length| HeaderField::Value(tag, vec![b'x'; length].into());
        CtlFile {
            version: CtlFile::VERSION,
            header: vec![
                HeaderField::Group(
                    HeaderTag::SIGNER_ID,
                    vec![
                        value(HeaderTag::SIGNER_NAME, 56),
                        value(HeaderTag::SERIAL_NUMBER, 10),
                        value(HeaderTag::ISSUER_NAME, 42),
                    ],
                ),
                HeaderField::Group(
                    HeaderTag::SIGNATURE_INFO,
                    vec![
                        value(HeaderTag::HASH_ALGORITHM, 1),
                        HeaderField::Group(
                            HeaderTag::SIGNATURE_ALGORITHM_INFO,
                            vec![
                                value(HeaderTag::SIGNATURE_ALGORITHM, 1),
                                value(HeaderTag::SIGNATURE_MODULUS, 1),
                            ],
                        ),
                    ],
                ),
                value(HeaderTag::SIGNATURE, 128),
                value(HeaderTag::FILE_NAME, 12),
                value(HeaderTag::TIMESTAMP, 4),
            ],
            records: Vec::new(),
        }
    }

    #[test]
    fn lengths_count_as_in_the_files_that_cisco_shows() {
        let mut file = published_header();
        file.pad().unwrap();
        let bytes = file.encode().unwrap();
        assert_eq!(bytes.len(), 304);
        assert_eq!(bytes[..10], [1, 0, 2, 1, 2, 2, 0, 2, 0x01, 0x30]);
        assert_eq!(bytes[10..16], [3, 0, 117, 4, 0, 56], "SIGNERID 117");
        assert_eq!(bytes[130..133], [7, 0, 15], "SIGNATUREINFO 15");
        assert_eq!(bytes[137..140], [9, 0, 8], "SIGNATUREALGOINFO 8");
        assert_eq!(bytes[301..], [13, 13, 13]);
        // A call agent without a certificate, whose RECORDLENGTH is 33.
        let record = Record::default()
            .with(RecordTag::DNS_NAME, Value::of_text("10.48.47.153"))
            .with(RecordTag::ROLE, [0, 2])
            .with(RecordTag::IP_ADDRESS, [10, 48, 47, 153]);
        file.records.push(record);
        assert_eq!(file.encode().unwrap()[304..309], [1, 0, 2, 0, 33]);
    }

    #[test]
    fn what_is_signed_is_all_but_the_signature() {
        let file = published_header();
        let (whole, signed) = (file.encode().unwrap(), file.signed_bytes().unwrap());
        assert_eq!(signed, [&whole[..148], &whole[148 + 131..]].concat());
        let mut other = file.clone();
        other.set_signature(vec![7; 128]);
        assert_eq!(other.signed_bytes().unwrap(), signed);
        assert_eq!(other.signature().unwrap().bytes(), [7; 128]);
    }

    #[test]
    fn a_header_that_fills_four_bytes_is_not_padded() {
        let mut file = published_header();
        file.pad().unwrap();
        let padded = file.clone();
        file.pad().unwrap();
        assert_eq!(file, padded);
    }

    #[test]
    fn an_error_says_where_it_is() {
        let header = [1, 0, 2, 1, 2, 2, 0, 2, 0, 10];
        for (bytes, expected) in [
            (
                &b"-----BEGIN"[..],
                "at byte 0 stands tag 0x2d, where VERSION belongs",
            ),
            (
                &header[..3],
                "at byte 3: of 2 bytes that belong there, there are 0",
            ),
            (&[1, 0, 3, 1, 2, 2], "at byte 0: VERSION has 3 bytes, not 2"),
            (
                &[1, 0, 2, 1, 2, 3],
                "at byte 5 stands tag 0x03, where HEADERLENGTH belongs",
            ),
            (
                &[1, 0, 2, 1, 2, 2, 0, 2, 0, 9],
                "at byte 5: HEADERLENGTH says 9 bytes, and it has itself 10",
            ),
            (
                &[1, 0, 2, 1, 2, 2, 0, 2, 0xff, 0xff],
                "at byte 10: of 65525 bytes that belong there, there are 0",
            ),
            (
                &[1, 0, 2, 1, 2, 2, 0, 2, 0, 14, 12, 0, 9, 1],
                "at byte 13: of 9 bytes that belong there, there are 1",
            ),
            (
                &[1, 0, 2, 1, 2, 2, 0, 2, 0, 19, 3, 0, 6, 3, 0, 3, 3, 0, 0],
                "at byte 16: fields are nested deeper than 2 times",
            ),
            (
                &[&header[..], b"<?xml"].concat(),
                "at byte 10 stands tag 0x3c, where a record begins with RECORDLENGTH",
            ),
            (
                &[&header[..], &[1, 0, 2, 0, 4]].concat(),
                "at byte 10: RECORDLENGTH says 4 bytes, and it has itself 5",
            ),
            (
                &[&header[..], &[1, 0, 2, 0, 9, 4, 0, 2, 0, 4]].concat(),
                "at byte 18: of 2 bytes that belong there, there are 1",
            ),
            (&vec![1; CtlFile::MAX_LENGTH + 1], "more than 1048576 bytes"),
        ] {
            let error = CtlFile::decode(bytes).unwrap_err().to_string();
            assert!(error.contains(expected), "{expected}: {error}");
        }
    }

    #[test]
    fn what_is_too_long_for_its_length_is_not_written() {
        let mut file = published_header();
        file.set_signature(vec![0; 0x1_0000]);
        assert_eq!(file.encode(), Err(TooLong { length: 0x1_0000 }));
        file.set_signature(vec![0; 0xffff]);
        assert!(
            file.encode().is_err(),
            "the header is longer than its field"
        );
        file.set_signature(Vec::new());
        let record = Record::default().with(RecordTag::CERTIFICATE, vec![0; 0xffff]);
        file.records.push(record);
        assert_eq!(file.encode(), Err(TooLong { length: 0x1_0007 }));
    }
}
