//! The CAPF report, and Find and List Phones: phones as rows.

use std::io::{self, Write};
use std::str::FromStr;

use super::phone::{each_page, search};
use super::{AdminError, Installation, whole_seconds};
use crate::model::{Certificate, Criterion, Field, UnknownWord, folded};
use crate::report::{Cell, Column, Part, Writer};
use crate::secret::AuthenticationString;
use crate::store::{LscSummary, PhoneRow, Search};

/// A column of the CAPF report.
struct Definition {
    column: Column,
    shown: Shown,
    source: Source,
}

/// Where a column is shown that nobody has asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    InListAndReport,
    InReport,
    Nowhere,
}

/// From what a phone's cell is made.
enum Source {
    Row(fn(&PhoneRow) -> Cell),
    AuthenticationString,
    Lsc,
}

const fn definition(
    shown: Shown,
    key: &'static str,
    label: &'static str,
    source: Source,
) -> Definition {
    Definition {
        column: Column { key, label },
        shown,
        source,
    }
}

/// A column of the report alone.
const fn report(key: &'static str, label: &'static str, cell: fn(&PhoneRow) -> Cell) -> Definition {
    definition(Shown::InReport, key, label, Source::Row(cell))
}

/// A column of the report, and of Find and List Phones.
const fn list(key: &'static str, label: &'static str, cell: fn(&PhoneRow) -> Cell) -> Definition {
    definition(Shown::InListAndReport, key, label, Source::Row(cell))
}

const COLUMNS: &[Definition] = &[
    list("name", "Device Name", |row| row.phone.name.as_str().into()),
    list("description", "Description", |row| {
        text(&row.phone.description)
    }),
    list("model", "Device Type", |row| text(&row.phone.model)),
    list("security_profile", "Security Profile", |row| {
        text(&row.phone.security_profile)
    }),
    report("device_security_mode", "Device Security Mode", |row| {
        Cell::word(row.phone.device_security_mode.as_str())
    }),
    list("authentication_mode", "Authentication Mode", |row| {
        Cell::word(row.phone.capf.authentication_mode.as_str())
    }),
    definition(
        Shown::InListAndReport,
        "authentication_string",
        "Authentication String",
        Source::AuthenticationString,
    ),
    list("operation", "Certificate Operation", |row| {
        Cell::word(row.phone.capf.operation.as_str())
    }),
    list("operation_status", "LSC Status", |row| {
        Cell::word(row.phone.operation_status.as_str())
    }),
    report("completes_by", "Operation Completes By", |row| {
        row.phone.capf.completes_by.map(whole_seconds).into()
    }),
    report("key_order", "Key Order", |row| {
        Cell::word(row.phone.capf.key_order.as_str())
    }),
    report("rsa_key_size", "RSA Key Size (Bits)", |row| {
        i64::from(row.phone.capf.rsa_key_size.bits()).into()
    }),
    report("ec_key_size", "EC Key Size (Bits)", |row| {
        i64::from(row.phone.capf.ec_key_size.bits()).into()
    }),
    report("lsc_subject", "LSC Subject", |row| {
        row.lsc.as_ref().map(|lsc| &lsc.subject[..]).into()
    }),
    report("lsc_serial_number", "LSC Serial Number", |row| {
        row.lsc.as_ref().map(|lsc| &lsc.serial_number[..]).into()
    }),
    report("lsc_issued_by", "LSC Issued by", |row| {
        of_lsc(row, |lsc| lsc.issuer.as_str().into())
    }),
    list("lsc_expires", "LSC Expires", |row| {
        of_lsc(row, |lsc| lsc.not_after.into())
    }),
    report("lsc_issuer_expires_by", "LSC Issuer Expires by", |row| {
        of_lsc(row, |lsc| lsc.issuer_not_after.map_or(UNKNOWN, Cell::from))
    }),
    report("csr_state", "CSR State", |row| {
        row.csr.map(|csr| Cell::word(csr.state.as_str())).into()
    }),
    list("last_contact", "Last Contact", |row| {
        let contact = row.phone.last_contact;
        contact.map(|(at, _)| whole_seconds(at)).into()
    }),
    report("address", "Address", |row| {
        let contact = row.phone.last_contact;
        contact.map(|(_, address)| address.to_string()).into()
    }),
    // The base64 of its DER: text of one line.
    definition(
        Shown::Nowhere,
        "lsc_certificate",
        "LSC Certificate",
        Source::Lsc,
    ),
];

/// Cisco's word where there is no LSC.
const NOT_APPLICABLE: Cell = Cell::Absent("NA");

/// Cisco's word for what is not known of an LSC: here, when an issuer expires that is not in CAPF-trust.
const UNKNOWN: Cell = Cell::Absent("Unknown");

/// What stands in the place of an authentication string that is not shown.
pub const HIDDEN: &str = "****";

/// Text that may be empty, and then is nothing.
fn text(text: &str) -> Cell {
    Some(text).filter(|text| !text.is_empty()).into()
}

fn of_lsc(row: &PhoneRow, cell: fn(&LscSummary) -> Cell) -> Cell {
    row.lsc.as_ref().map_or(NOT_APPLICABLE, cell)
}

/// A column that phones can be listed with: one of those of the CAPF report, or the LSC itself.
#[derive(Clone, Copy)]
pub struct PhoneColumn(&'static Definition);

impl PhoneColumn {
    /// The columns of Find and List Phones.
    pub fn of_list() -> Vec<Self> {
        shown_in(&[Shown::InListAndReport])
    }

    /// The columns of the CAPF report.
    pub fn of_report() -> Vec<Self> {
        shown_in(&[Shown::InListAndReport, Shown::InReport])
    }

    /// The LSC itself: with it, a report has all that another installation needs to know the phone.
    pub fn lsc() -> Self {
        let mut all = COLUMNS.iter();
        let lsc = all.find(|definition| matches!(definition.source, Source::Lsc));
        Self(lsc.expect("it is in the table"))
    }

    /// Every column, by its key.
    pub fn options() -> impl Iterator<Item = &'static str> {
        COLUMNS.iter().map(|definition| definition.column.key)
    }

    /// Its two names.
    pub fn names(self) -> Column {
        self.0.column
    }

    /// Whether its cells are authentication strings.
    pub fn is_secret(self) -> bool {
        matches!(self.0.source, Source::AuthenticationString)
    }
}

fn shown_in(places: &[Shown]) -> Vec<PhoneColumn> {
    let columns = COLUMNS.iter().filter(|it| places.contains(&it.shown));
    columns.map(PhoneColumn).collect()
}

impl PartialEq for PhoneColumn {
    fn eq(&self, other: &Self) -> bool {
        self.names() == other.names()
    }
}

impl Eq for PhoneColumn {}

impl std::fmt::Debug for PhoneColumn {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "PhoneColumn({})", self.names().key)
    }
}

impl FromStr for PhoneColumn {
    type Err = UnknownWord;

    /// Takes a column's key or label, in any case, with spaces, hyphens or neither.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let wanted = folded(word);
        let found = COLUMNS.iter().find(|Definition { column, .. }| {
            folded(column.label) == wanted || folded(column.key) == wanted
        });
        found.map(Self).ok_or_else(|| UnknownWord {
            word: word.to_owned(),
            expected: Self::options().collect(),
        })
    }
}

/// What is shown of each phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The columns, in their order.
    pub columns: Vec<PhoneColumn>,
    /// Whether authentication strings are shown; where they are not, [`HIDDEN`] stands for one that is
    /// set.
    pub reveals_strings: bool,
}

impl Layout {
    /// The names of its columns.
    pub fn names(&self) -> Vec<Column> {
        self.columns.iter().map(|column| column.names()).collect()
    }

    /// The rows of these phones.
    async fn rows(
        &self,
        installation: &Installation,
        phones: &[PhoneRow],
    ) -> Result<Vec<Vec<Cell>>, AdminError> {
        let lscs = if self.has_lscs() {
            held_lscs(installation, phones).await?
        } else {
            vec![None; phones.len()]
        };
        let rows = phones.iter().zip(lscs);
        Ok(rows
            .map(|(phone, lsc)| self.row(phone, lsc.as_deref()))
            .collect())
    }

    /// Whether the LSCs themselves are shown, which are not in a [`PhoneRow`].
    fn has_lscs(&self) -> bool {
        self.columns.contains(&PhoneColumn::lsc())
    }

    fn row(&self, phone: &PhoneRow, lsc: Option<&str>) -> Vec<Cell> {
        let columns = self.columns.iter();
        columns
            .map(|PhoneColumn(definition)| match definition.source {
                Source::Row(cell) => cell(phone),
                Source::AuthenticationString => self.authentication_string(phone),
                Source::Lsc => lsc.into(),
            })
            .collect()
    }

    fn authentication_string(&self, phone: &PhoneRow) -> Cell {
        let string = phone.phone.capf.authentication_string.as_ref();
        let shown = if self.reveals_strings {
            AuthenticationString::reveal
        } else {
            |_: &AuthenticationString| HIDDEN
        };
        string.map(shown).into()
    }
}

/// The LSC that each phone holds, as the base64 of its DER.
async fn held_lscs(
    installation: &Installation,
    phones: &[PhoneRow],
) -> Result<Vec<Option<String>>, AdminError> {
    let names = phones.iter().map(|row| row.phone.name.clone()).collect();
    let lscs = installation.store().held_lscs(names).await?;
    let base64 = |lsc: Certificate| {
        let pem = lsc.to_pem();
        let lines = pem.lines().filter(|line| !line.starts_with('-'));
        lines.collect::<String>()
    };
    Ok(lscs.into_iter().map(|lsc| lsc.map(base64)).collect())
}

/// What a list of phones is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortBy(crate::store::Column);

impl SortBy {
    /// Every field by which a list can be sorted, in the command line's words.
    pub fn options() -> impl Iterator<Item = &'static str> {
        Field::ALL
            .iter()
            .map(|field| field.option())
            .chain(["certificate-operation", "last-contact"])
    }
}

impl Default for SortBy {
    fn default() -> Self {
        Self(Search::default().sort)
    }
}

impl FromStr for SortBy {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        use crate::store::Column;
        match &folded(word)[..] {
            "certificateoperation" => Ok(Self(Column::CertificateOperation)),
            "lastcontact" => Ok(Self(Column::LastContact)),
            _ => match word.parse::<Field>() {
                Ok(field) => Ok(Self(Column::Field(field))),
                Err(unknown) => Err(UnknownWord {
                    expected: Self::options().collect(),
                    ..unknown
                }),
            },
        }
    }
}

/// Which phones, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// What a phone must meet: all of it.
    pub criteria: Vec<Criterion>,
    /// By what the phones are sorted; by name among equals.
    pub sort: SortBy,
    /// Whether the order is reversed.
    pub descending: bool,
}

impl Listing {
    fn search(self) -> Search {
        Search {
            sort: self.sort.0,
            descending: self.descending,
            ..search(self.criteria)
        }
    }
}

/// Hands out the rows of all phones.
pub async fn each<E: From<AdminError>>(
    installation: &Installation,
    listing: Listing,
    layout: &Layout,
    mut row: impl FnMut(&[Cell]) -> Result<(), E>,
) -> Result<(), E> {
    each_page(installation, listing.search(), async |phones| {
        let rows = layout.rows(installation, phones).await?;
        rows.iter().try_for_each(|cells| row(cells))
    })
    .await
}

/// Writes the rows of all phones into a report of the layout's columns; tells how many there are.
/// `go_on` is asked now and then.
pub async fn write<W, E>(
    installation: &Installation,
    listing: Listing,
    layout: &Layout,
    report: &mut Writer<W>,
    mut go_on: impl FnMut() -> Result<(), E>,
) -> Result<u64, E>
where
    W: Write,
    E: From<AdminError> + From<io::Error>,
{
    let mut count = 0;
    if layout.has_lscs() {
        each(installation, listing, layout, |cells| {
            count += 1;
            go_on()?;
            Ok::<_, E>(report.row(cells)?)
        })
        .await?;
        return Ok(count);
    }
    // Written by the threads that read them, of which there are several.
    let (format, columns, layout) = (report.format(), layout.names(), layout.clone());
    let parts = move || (Part::new(format, &columns), layout.clone());
    let mut pages = installation
        .store()
        .pages(listing.search(), parts, |(part, layout), phone| {
            part.row(&layout.row(&phone, None))
                .expect("a row has the layout's cells, and memory takes them");
        });
    while let Some((part, _)) = pages.next().await.map_err(AdminError::from)? {
        go_on()?;
        count += part.count();
        report.part(part)?;
    }
    Ok(count)
}

/// The rows of the `page`th page, from 1, of `limit` rows each; none, if it lies behind the last.
pub async fn page(
    installation: &Installation,
    listing: Listing,
    layout: &Layout,
    page: u32,
    limit: u32,
) -> Result<Vec<Vec<Cell>>, AdminError> {
    let store = installation.store();
    let search = Search {
        skip: u64::from(page - 1) * u64::from(limit),
        limit,
        ..listing.search()
    };
    let found = store.find(&search).await?;
    layout.rows(installation, &found.rows).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_labels_are_each_used_once() {
        let columns = COLUMNS.iter().map(|it| it.column);
        let names: Vec<_> = columns
            .flat_map(|it| [folded(it.key), folded(it.label)])
            .collect();
        for (index, name) in names.iter().enumerate() {
            let first = names.iter().position(|other| other == name);
            // A column's two names may be one.
            assert_eq!(first.map(|it| it / 2), Some(index / 2), "{name}");
        }
    }

    #[test]
    fn columns_are_named_by_key_or_label() {
        for name in [
            "operation_status",
            "LSC Status",
            "lsc-status",
            "OPERATION-STATUS",
        ] {
            let column: PhoneColumn = name.parse().unwrap();
            assert_eq!(column.names().label, "LSC Status");
        }
        let error = "colour".parse::<PhoneColumn>().unwrap_err().to_string();
        assert!(error.contains("lsc_certificate"), "{error}");
    }

    #[test]
    fn lists_are_sorted_by_ciscos_fields_and_two_more() {
        for option in SortBy::options() {
            assert!(option.parse::<SortBy>().is_ok(), "{option}");
        }
        let error = "colour".parse::<SortBy>().unwrap_err().to_string();
        assert!(error.contains("last-contact"), "{error}");
    }
}
