//! CTL and ITL files: bytes ↔ values, without IO.
//!
//! A phone believes the servers whose certificates stand in its trust list: `CTLFile.tlv` and
//! `ITLFile.tlv`, of one format, or a copy of its own (`CTLSEP….tlv`, `ITLSEP….tlv`). The list is
//! signed by one of its own first records, the System Administrator Security Tokens (SAST). A phone
//! connects to CAPF only if the CAPF certificate is in it.
//!
//! ```text
//! header:  1 version | 2 header length | 3 signer id ( 4 name | 5 serial number | 6 issuer )
//!          7 signature info ( 8 hash | 9 signature algorithm info ( 10 algorithm | 11 modulus ) )
//!          12 signature | 14 file name | 15 timestamp | 13 padding …
//! records: 1 record length | 2 DNS name | 3 subject | 4 role | 5 issuer | 6 serial number
//!          7 public key | 8 signature | 9 certificate | 10 IP address
//! ```
//!
//! A field is a tag of one byte, a length of two bytes and a value; integers are big-endian, and
//! texts end in a NUL. What [`CtlFile::decode`] takes, [`CtlFile::encode`] gives back byte for byte;
//! fields that nobody knows are kept in their place.
//!
//! | file | subject |
//! |---|---|
//! | `tag` | the numbers: tags, roles, hash algorithms |
//! | `value` | a field's value, and how it is read |
//! | `field` | the fields of the header and of records, both directions side by side |
//! | `file` | the whole file, its limits, and what its signature covers |
//! | `reader` | a cursor that knows where in the file it is, and the lengths that are written |
//! | `error` | what is wrong with bytes that are no such file |
//!
//! # Standing of the facts
//!
//! The format has no public specification, so each fact carries the letter of its source:
//!
//! - **P**: published: an open tool's table of tags and roles, and `show ctl` of Unified CM in Cisco's
//!   documents, whose lengths add up to what is said here;
//! - **N**: only a name and a number are known;
//! - **D**: our decision, which no phone has proved.
//!
//! The lengths count as follows (P): that of the header and that of a record cover the whole of it,
//! from the tag of its first field on; the signer id's covers fields 4 to 6, the signature info's 8
//! to 11, the signature algorithm info's 10 and 11. A padding byte is a tag without a length. The
//! header of every published file fills a multiple of four bytes, records are not padded; that the
//! padding stands last, and that each of its bytes is 13, is D.
//!
//! ```
//! use capf::ctl::{CtlFile, RecordTag, Role};
//!
//! let bytes = [
//!     1, 0, 2, 1, 2, 2, 0, 2, 0, 12, 13, 13, // version 1.2, 12 bytes of header, two of them padding
//!     1, 0, 2, 0, 15, 2, 0, 2, b'a', 0, 4, 0, 2, 0, 4, // 15 bytes of record: DNS name `a`, role 4
//! ];
//! let file = CtlFile::decode(&bytes)?;
//! assert_eq!(file.version.to_string(), "1.2");
//! let [record] = &file.records[..] else { unreachable!() };
//! assert_eq!(record.role(), Some(Role::CAPF));
//! assert_eq!(record.text(RecordTag::DNS_NAME).as_deref(), Some("a"));
//! assert_eq!(file.encode()?, bytes);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod field;
mod file;
mod reader;
mod tag;
mod value;

pub use error::{InvalidCtl, TooLong};
pub use field::{HeaderField, Record, RecordField};
pub use file::{CtlFile, Version};
pub use tag::{HashAlgorithm, HeaderTag, RecordTag, Role};
pub use value::Value;
