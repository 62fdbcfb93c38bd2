//! The fields of the header and of records, both directions side by side.

use super::error::{InvalidCtl, TooLong};
use super::file::CtlFile;
use super::reader::{Reader, short, write_field};
use super::tag::{HeaderTag, RecordTag, Role};
use super::value::Value;

/// A field of the header, but for the version and the length, with which every header begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderField {
    /// A value.
    Value(HeaderTag, Value),
    /// Fields in a field.
    Group(HeaderTag, Vec<Self>),
    /// One byte that fills the header up.
    Padding,
}

impl HeaderField {
    /// Reads all fields that there are.
    pub(super) fn decode_all(
        reader: &mut Reader<'_>,
        depth: usize,
    ) -> Result<Vec<Self>, InvalidCtl> {
        let mut fields = Vec::new();
        while reader.any_left() {
            fields.push(Self::decode(reader, depth)?);
        }
        Ok(fields)
    }

    fn decode(reader: &mut Reader<'_>, depth: usize) -> Result<Self, InvalidCtl> {
        let offset = reader.offset();
        let tag = HeaderTag(reader.u8()?);
        if tag == HeaderTag::PADDING {
            return Ok(Self::Padding);
        }
        let length = reader.u16()?.into();
        if !tag.is_group() {
            return Ok(Self::Value(tag, reader.take(length)?.into()));
        }
        if depth == CtlFile::MAX_DEPTH {
            return Err(InvalidCtl::TooDeep { offset });
        }
        let fields = Self::decode_all(&mut reader.sub(length)?, depth + 1)?;
        Ok(Self::Group(tag, fields))
    }

    pub(super) fn encode(&self, buffer: &mut Vec<u8>) -> Result<(), TooLong> {
        match self {
            Self::Value(tag, value) => write_field(buffer, tag.0, |buffer| {
                buffer.extend(value.bytes());
                Ok(())
            }),
            Self::Group(tag, fields) => write_field(buffer, tag.0, |buffer| {
                fields.iter().try_for_each(|field| field.encode(buffer))
            }),
            Self::Padding => {
                buffer.push(HeaderTag::PADDING.0);
                Ok(())
            }
        }
    }

    /// The first value with the tag, here or in the fields of this field.
    pub(super) fn find(&self, wanted: HeaderTag) -> Option<&Value> {
        match self {
            Self::Value(tag, value) => (*tag == wanted).then_some(value),
            Self::Group(_, fields) => fields.iter().find_map(|field| field.find(wanted)),
            Self::Padding => None,
        }
    }
}

/// A field of a record, but for the length, with which every record begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordField {
    /// Which field it is.
    pub tag: RecordTag,
    /// Its value.
    pub value: Value,
}

/// A record: whose certificate is trusted, and what for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Its fields, in their order.
    pub fields: Vec<RecordField>,
}

impl Record {
    /// How long the field is that says how long a record is.
    const OWN_LENGTH: usize = 5;

    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Self, InvalidCtl> {
        let offset = reader.offset();
        let found = reader.u8()?;
        if found != RecordTag::RECORD_LENGTH.0 {
            return Err(InvalidCtl::NoRecord { offset, found });
        }
        let field = "RECORDLENGTH";
        let length = u16::from_be_bytes(reader.pair(field)?);
        let rest =
            usize::from(length)
                .checked_sub(Self::OWN_LENGTH)
                .ok_or(InvalidCtl::TooShort {
                    offset,
                    field,
                    length,
                    least: Self::OWN_LENGTH,
                })?;
        let mut reader = reader.sub(rest)?;
        let mut fields = Vec::new();
        while reader.any_left() {
            let tag = RecordTag(reader.u8()?);
            let length = reader.u16()?.into();
            let value = reader.take(length)?.into();
            fields.push(RecordField { tag, value });
        }
        Ok(Self { fields })
    }

    pub(super) fn encode(&self, buffer: &mut Vec<u8>) -> Result<(), TooLong> {
        let start = buffer.len();
        buffer.extend([RecordTag::RECORD_LENGTH.0, 0, 2, 0, 0]);
        for field in &self.fields {
            write_field(buffer, field.tag.0, |buffer| {
                buffer.extend(field.value.bytes());
                Ok(())
            })?;
        }
        let length = short(buffer.len() - start)?;
        buffer[start + 3..start + Self::OWN_LENGTH].copy_from_slice(&length);
        Ok(())
    }

    /// Adds a field.
    #[must_use]
    pub fn with(mut self, tag: RecordTag, value: impl Into<Value>) -> Self {
        self.fields.push(RecordField {
            tag,
            value: value.into(),
        });
        self
    }

    /// The first value with the tag.
    pub fn find(&self, tag: RecordTag) -> Option<&Value> {
        let field = self.fields.iter().find(|field| field.tag == tag)?;
        Some(&field.value)
    }

    /// The first value with the tag, as a text.
    pub fn text(&self, tag: RecordTag) -> Option<&str> {
        self.find(tag)?.text()
    }

    /// What the certificate is for.
    pub fn role(&self) -> Option<Role> {
        let number = self.find(RecordTag::ROLE)?.number()?;
        u16::try_from(number).ok().map(Role)
    }
}
