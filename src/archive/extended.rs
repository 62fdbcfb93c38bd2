//! The headers that describe the entry behind them.

use tar::EntryType;

/// What the headers in front of an entry say of it: GNU's long names, and POSIX's pax records.
#[derive(Default)]
pub(super) struct Extended {
    pub(super) name: Option<Vec<u8>>,
    pub(super) sparse: bool,
    /// Whether one of them is for the next entry alone, so that there must be one.
    pub(super) awaits_entry: bool,
}

impl Extended {
    /// Whether an entry is such a header.
    pub(super) fn has(kind: EntryType) -> bool {
        matches!(
            kind,
            EntryType::GNULongName
                | EntryType::GNULongLink
                | EntryType::XHeader
                | EntryType::XGlobalHeader
        )
    }

    /// Takes in one such header. The error is what is wrong with it.
    pub(super) fn learn(&mut self, kind: EntryType, mut data: Vec<u8>) -> Result<(), &'static str> {
        self.awaits_entry |= kind != EntryType::XGlobalHeader;
        match kind {
            EntryType::GNULongName => {
                let end = data.iter().position(|byte| *byte == 0);
                data.truncate(end.unwrap_or(data.len()));
                self.name = Some(data);
                Ok(())
            }
            // Whose target is long is a link, and refused when its turn comes.
            EntryType::GNULongLink => Ok(()),
            _ => self.learn_records(&data, kind == EntryType::XGlobalHeader),
        }
    }

    fn learn_records(&mut self, mut data: &[u8], global: bool) -> Result<(), &'static str> {
        while !data.is_empty() {
            let (key, value, rest) =
                pax_record(data).ok_or("an extended header has a malformed record")?;
            data = rest;
            match key {
                b"path" if global => return Err("an extended header names every file"),
                b"path" => self.name = Some(value.to_vec()),
                // For more than 8 GiB alone: two sizes are two readings of one archive.
                b"size" => return Err("an extended header states a size"),
                _ => self.sparse |= key.starts_with(b"GNU.sparse."),
            }
        }
        Ok(())
    }
}

/// Takes `LENGTH KEY=VALUE\n` from the front, the length being that of the record whole (POSIX,
/// pax Extended Header). A value may hold any byte: those of macOS hold line feeds.
fn pax_record(data: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = data.iter().position(|byte| *byte == b' ')?;
    let length: usize = str::from_utf8(&data[..space]).ok()?.parse().ok()?;
    let record = data.get(space + 1..length)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|byte| *byte == b'=')?;
    Some((&record[..equals], &record[equals + 1..], &data[length..]))
}
