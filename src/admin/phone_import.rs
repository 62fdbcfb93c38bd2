//! Phones from a CSV file.

use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use std::str::FromStr;

use jiff::Timestamp;

use super::phone::{AddedPhones, Settings, add_phones, new_phone};
use super::report::has_column;
use super::{AdminError, Installation};
use crate::model::{DeviceName, Phone, folded, parse_time};
use crate::report::{InvalidTable, Table, TableRow};
use crate::secret::AuthenticationString;

/// Why a file of phones is not imported: all of it or nothing.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPhones {
    /// The file is no table.
    #[error(transparent)]
    Table(#[from] InvalidTable),
    /// A column that means nothing.
    #[error("the column `{name}` means nothing here")]
    UnknownColumn {
        /// Its name, escaped.
        name: String,
    },
    /// Two columns that mean the same.
    #[error("two columns are `{name}`")]
    ColumnTwice {
        /// The second one's name, escaped.
        name: String,
    },
    /// There is no column with the names.
    #[error("there is no column `Device Name`")]
    NoNames,
    /// Lines that are wrong.
    #[error("{}", Lines(.0))]
    Lines(Vec<InvalidLine>),
}

/// A line that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidLine {
    /// Which, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

/// The first lines that are wrong, and how many more there are.
struct Lines<'a>(&'a [InvalidLine]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 20;
        for (index, InvalidLine { line, problem }) in self.0.iter().take(SHOWN).enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(formatter, "{separator}line {line}: {problem}")?;
        }
        if self.0.len() > SHOWN {
            write!(formatter, "\nand {} more", self.0.len() - SHOWN)?;
        }
        Ok(())
    }
}

/// Adds the phones of a CSV file whose first line names its columns, Cisco's labels or the keys of
/// JSON. If a line is wrong, nothing is added. Phones that are there already stay as they are.
pub async fn import(
    installation: &Installation,
    source: impl Read,
) -> Result<AddedPhones, AdminError> {
    let phones = read(source, installation.now())?;
    add_phones(installation, phones).await
}

fn read(source: impl Read, now: Timestamp) -> Result<Vec<Phone>, InvalidPhones> {
    let table = Table::read(source)?;
    let columns = columns(&table.columns)?;
    let mut phones = Vec::with_capacity(table.rows.len());
    let mut wrong = Vec::new();
    let mut lines: HashMap<DeviceName, usize> = HashMap::new();
    for TableRow { line, fields } in &table.rows {
        let phone = phone(&columns, fields, now).and_then(|phone| {
            match lines.insert(phone.name.clone(), *line) {
                None => Ok(phone),
                Some(first) => Err(format!("{} stands on line {first} already", phone.name)),
            }
        });
        match phone {
            Ok(phone) => phones.push(phone),
            Err(problem) => wrong.push(InvalidLine {
                line: *line,
                problem,
            }),
        }
    }
    if wrong.is_empty() {
        Ok(phones)
    } else {
        Err(InvalidPhones::Lines(wrong))
    }
}

/// What a column says of a phone; `None` for one that only reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Name,
    Description,
    Model,
    SecurityProfile,
    DeviceSecurityMode,
    Operation,
    AuthenticationMode,
    AuthenticationString,
    KeyOrder,
    RsaKeySize,
    EcKeySize,
    CompletesBy,
}

impl Meaning {
    fn of(name: &str) -> Option<Self> {
        Some(match &folded(name)[..] {
            "devicename" | "name" => Self::Name,
            "description" => Self::Description,
            "devicetype" | "model" => Self::Model,
            "securityprofile" => Self::SecurityProfile,
            "devicesecuritymode" => Self::DeviceSecurityMode,
            "certificateoperation" | "operation" => Self::Operation,
            "authenticationmode" | "authmode" => Self::AuthenticationMode,
            "authenticationstring" | "authstring" => Self::AuthenticationString,
            "keyorder" => Self::KeyOrder,
            "rsakeysize" | "rsakeysizebits" => Self::RsaKeySize,
            "eckeysize" | "eckeysizebits" => Self::EcKeySize,
            "operationcompletesby" | "completesby" => Self::CompletesBy,
            _ => return None,
        })
    }
}

fn columns(names: &[String]) -> Result<Vec<Option<Meaning>>, InvalidPhones> {
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        let shown = || name.escape_debug().to_string();
        let meaning = Meaning::of(name);
        if meaning.is_none() && !has_column(name) {
            return Err(InvalidPhones::UnknownColumn { name: shown() });
        }
        if meaning.is_some() && columns.contains(&meaning) {
            return Err(InvalidPhones::ColumnTwice { name: shown() });
        }
        columns.push(meaning);
    }
    if columns.contains(&Some(Meaning::Name)) {
        Ok(columns)
    } else {
        Err(InvalidPhones::NoNames)
    }
}

fn phone(columns: &[Option<Meaning>], fields: &[String], now: Timestamp) -> Result<Phone, String> {
    let mut name = None;
    let mut settings = Settings::default();
    let change = &mut settings.change;
    let filled = columns
        .iter()
        .zip(fields)
        .filter_map(|(meaning, field)| Some(((*meaning)?, &field[..])))
        .filter(|(_, field)| !field.is_empty());
    for (meaning, field) in filled {
        match meaning {
            Meaning::Name => name = Some(read_as(field)?),
            Meaning::Description => change.description = Some(field.to_owned()),
            Meaning::Model => change.model = Some(field.to_owned()),
            Meaning::SecurityProfile => change.security_profile = Some(field.to_owned()),
            Meaning::DeviceSecurityMode => change.device_security_mode = Some(read_as(field)?),
            Meaning::Operation => change.operation = Some(read_as(field)?),
            Meaning::AuthenticationMode => change.authentication_mode = Some(read_as(field)?),
            Meaning::AuthenticationString if field.eq_ignore_ascii_case("generate") => {
                settings.generate_strings = true;
            }
            Meaning::AuthenticationString => {
                let string = AuthenticationString::new(field).map_err(|it| it.to_string())?;
                change.authentication_string = Some(Some(string));
            }
            Meaning::KeyOrder => change.key_order = Some(read_as(field)?),
            Meaning::RsaKeySize => change.rsa_key_size = Some(read_as(field)?),
            Meaning::EcKeySize => change.ec_key_size = Some(read_as(field)?),
            Meaning::CompletesBy => {
                let time = parse_time(field, now).map_err(|it| it.to_string())?;
                change.completes_by = Some(Some(time));
            }
        }
    }
    let name = name.ok_or("the device name is empty")?;
    Ok(new_phone(name, &settings))
}

fn read_as<T: FromStr<Err: fmt::Display>>(field: &str) -> Result<T, String> {
    field.parse().map_err(|error: T::Err| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AuthenticationMode, CertificateOperation, OperationStatus, RsaKeySize};

    fn read(csv: &str) -> Result<Vec<Phone>, InvalidPhones> {
        super::read(csv.as_bytes(), "2026-11-23T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn columns_are_named_by_ciscos_labels_or_by_keys() {
        let phones = read(
            "Device Name,model,Certificate Operation,auth-string,RSA Key Size (Bits),LSC Status\n\
             SEP001122334455,CP-8861,Install/Upgrade,1234,1024,None\n\
             sep001122334456,,,generate,,\n",
        )
        .unwrap();
        assert_eq!(phones[0].model, "CP-8861");
        assert_eq!(phones[0].capf.operation, CertificateOperation::Install);
        assert_eq!(phones[0].capf.rsa_key_size, RsaKeySize::Bits1024);
        assert_eq!(
            phones[0].operation_status,
            OperationStatus::OperationPending
        );
        assert_eq!(phones[1].name.as_str(), "SEP001122334456");
        assert_eq!(
            phones[1].capf.authentication_mode,
            AuthenticationMode::NullString
        );
        assert!(phones[1].capf.authentication_string.is_some());
    }

    #[test]
    fn every_wrong_line_is_named() {
        let error = read(
            "name,operation,key_order\n\
             SEP001122334455,install,\n\
             SEP00,install,\n\
             SEP001122334456,,sideways\n\
             ,install,\n\
             SEP001122334455,,\n",
        )
        .unwrap_err()
        .to_string();
        let lines: Vec<_> = error.lines().collect();
        assert_eq!(lines.len(), 4, "{error}");
        assert!(lines[0].starts_with("line 3: the device name `SEP00`"));
        assert!(lines[1].starts_with("line 4: `sideways` is not one of"));
        assert_eq!(lines[2], "line 5: the device name is empty");
        assert_eq!(lines[3], "line 6: SEP001122334455 stands on line 2 already");
    }

    #[test]
    fn columns_that_mean_nothing_or_the_same_are_refused() {
        for (csv, says) in [
            ("name,colour\n", "`colour` means nothing"),
            ("name,Device Name\n", "two columns are `Device Name`"),
            ("description\n", "no column `Device Name`"),
        ] {
            let error = read(csv).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
