//! The CAPF report, and Find and List Phones: phones as rows.

use std::str::FromStr;

use super::phone::{each_page, search};
use super::{AdminError, Installation, whole_seconds};
use crate::model::{Certificate, Criterion, Field, UnknownWord, folded};
use crate::report::{Cell, Column};
use crate::secret::AuthenticationString;
use crate::store::{PhoneRow, Search};

/// A column of the CAPF report, and how a phone's cell is made.
struct PhoneColumn {
    column: Column,
    is_in_list: bool,
    cell: fn(&PhoneRow) -> Cell,
}

/// A column of the report alone.
const fn report(
    key: &'static str,
    label: &'static str,
    cell: fn(&PhoneRow) -> Cell,
) -> PhoneColumn {
    PhoneColumn {
        column: Column { key, label },
        is_in_list: false,
        cell,
    }
}

/// A column of the report, and of Find and List Phones.
const fn list(key: &'static str, label: &'static str, cell: fn(&PhoneRow) -> Cell) -> PhoneColumn {
    PhoneColumn {
        is_in_list: true,
        ..report(key, label, cell)
    }
}

const COLUMNS: &[PhoneColumn] = &[
    list("name", "Device Name", |row| row.phone.name.as_str().into()),
    list("description", "Description", |row| {
        text(&row.phone.description)
    }),
    list("model", "Device Type", |row| text(&row.phone.model)),
    list("security_profile", "Security Profile", |row| {
        text(&row.phone.security_profile)
    }),
    report("device_security_mode", "Device Security Mode", |row| {
        row.phone.device_security_mode.as_str().into()
    }),
    list("authentication_mode", "Authentication Mode", |row| {
        row.phone.capf.authentication_mode.as_str().into()
    }),
    list("authentication_string", "Authentication String", |row| {
        let string = row.phone.capf.authentication_string.as_ref();
        string.map(AuthenticationString::reveal).into()
    }),
    list("operation", "Certificate Operation", |row| {
        row.phone.capf.operation.as_str().into()
    }),
    list("operation_status", "LSC Status", |row| {
        row.phone.operation_status.as_str().into()
    }),
    report("completes_by", "Operation Completes By", |row| {
        row.phone.capf.completes_by.map(whole_seconds).into()
    }),
    report("key_order", "Key Order", |row| {
        row.phone.capf.key_order.as_str().into()
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
        row.lsc.as_ref().map(|lsc| &lsc.issuer[..]).into()
    }),
    list("lsc_expires", "LSC Expires", |row| {
        row.lsc.as_ref().map(|lsc| lsc.not_after).into()
    }),
    report("lsc_issuer_expires_by", "LSC Issuer Expires by", |row| {
        let expires = row.lsc.as_ref().and_then(|lsc| lsc.issuer_not_after);
        expires.into()
    }),
    report("csr_state", "CSR State", |row| {
        row.csr.map(|csr| csr.state.as_str()).into()
    }),
    list("last_contact", "Last Contact", |row| {
        let contact = row.phone.last_contact;
        contact.map(|(at, _)| whole_seconds(at)).into()
    }),
    report("address", "Address", |row| {
        let contact = row.phone.last_contact;
        contact.map(|(_, address)| address.to_string()).into()
    }),
];

/// Text that may be empty, and then is nothing.
fn text(text: &str) -> Cell {
    Some(text).filter(|text| !text.is_empty()).into()
}

/// What the CAPF report has for each phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// What lists show.
    Facts,
    /// That, and the LSC itself: all that another installation needs to know the phone as well.
    WithLsc,
}

/// The LSC as the base64 of its DER: text of one line.
const LSC: Column = Column {
    key: "lsc_certificate",
    label: "LSC Certificate",
};

/// The columns of the CAPF report.
pub fn columns(contents: Contents) -> Vec<Column> {
    let facts = COLUMNS.iter().map(|column| column.column);
    match contents {
        Contents::Facts => facts.collect(),
        Contents::WithLsc => facts.chain([LSC]).collect(),
    }
}

/// Hands out the CAPF report's rows: the phones that meet all criteria, by name.
pub async fn each<E: From<AdminError>>(
    installation: &Installation,
    criteria: Vec<Criterion>,
    contents: Contents,
    mut row: impl FnMut(&[Cell]) -> Result<(), E>,
) -> Result<(), E> {
    each_page(installation, search(criteria), async |phones| {
        let mut lscs = match contents {
            Contents::Facts => Vec::new(),
            Contents::WithLsc => held_lscs(installation, phones).await?,
        }
        .into_iter();
        for phone in phones {
            let facts = COLUMNS.iter().map(|column| (column.cell)(phone));
            let cells: Vec<_> = facts.chain(lscs.next()).collect();
            row(&cells)?;
        }
        Ok(())
    })
    .await
}

/// The LSC of each phone, as a cell.
async fn held_lscs(
    installation: &Installation,
    phones: &[PhoneRow],
) -> Result<Vec<Cell>, AdminError> {
    let names = phones.iter().map(|row| row.phone.name.clone()).collect();
    let lscs = installation.store().held_lscs(names).await?;
    let base64 = |lsc: Certificate| {
        let pem = lsc.to_pem();
        let lines = pem.lines().filter(|line| !line.starts_with('-'));
        lines.collect::<String>()
    };
    Ok(lscs.into_iter().map(|lsc| lsc.map(base64).into()).collect())
}

/// The columns of Find and List Phones.
pub fn list_columns() -> Vec<Column> {
    in_list().map(|column| column.column).collect()
}

fn in_list() -> impl Iterator<Item = &'static PhoneColumn> {
    COLUMNS.iter().filter(|column| column.is_in_list)
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

/// A page of Find and List Phones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneList {
    /// The page's rows.
    pub rows: Vec<Vec<Cell>>,
    /// How many phones meet the criteria.
    pub total: u64,
}

/// Lists the phones that meet all criteria: the `page`th page, from 1, of `limit` rows each.
pub async fn find(
    installation: &Installation,
    criteria: Vec<Criterion>,
    sort: SortBy,
    descending: bool,
    page: u32,
    limit: u32,
) -> Result<PhoneList, AdminError> {
    let store = installation.store();
    let total = store.count(&criteria).await?;
    let search = Search {
        criteria,
        sort: sort.0,
        descending,
        after: None,
        skip: u64::from(page - 1) * u64::from(limit),
        limit,
    };
    let found = store.find(&search).await?;
    let rows = found
        .rows
        .iter()
        .map(|phone| in_list().map(|column| (column.cell)(phone)).collect())
        .collect();
    Ok(PhoneList { rows, total })
}

/// Whether the report has a column of this name, by label or key.
pub(super) fn has_column(name: &str) -> bool {
    let wanted = folded(name);
    COLUMNS.iter().any(|PhoneColumn { column, .. }| {
        folded(column.label) == wanted || folded(column.key) == wanted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_labels_are_each_used_once() {
        let columns = columns(Contents::WithLsc);
        let keys: std::collections::BTreeSet<_> = columns.iter().map(|it| it.key).collect();
        let labels: std::collections::BTreeSet<_> = columns.iter().map(|it| it.label).collect();
        assert_eq!((keys.len(), labels.len()), (columns.len(), columns.len()));
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
