//! Phones from a CSV file.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::fs::File;
use std::io::{Read, Seek as _};
use std::net::IpAddr;
use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::doubts::Doubts;
use super::intake::{Intake, UntrustedIssuer, certificate, is_serial_number, status};
use super::phone::{AddedPhones, Settings, new_phone};
use super::report::{HIDDEN, PhoneColumn};
use super::spool::spool;
use super::{AdminError, Installation};
use crate::model::{
    Certificate, CertificateOperation, DeviceName, OperationStatus, folded, parse_time, phone_text,
};
use crate::report::{InvalidTable, Table, TableRow};
use crate::secret::AuthenticationString;
use crate::store::NewPhone;

/// What came of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportedPhones {
    /// Whether nothing was to be added.
    pub dry_run: bool,
    /// The phones; in a dry run, what would have come of them.
    #[serde(flatten)]
    pub phones: AddedPhones,
    /// The issuers of LSCs among them that CAPF-trust does not know.
    pub untrusted_issuers: Vec<UntrustedIssuer>,
    /// What is odd about the file, and no reason not to take it.
    #[serde(flatten)]
    pub remarks: Remarks,
}

/// What is odd about a file of phones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Remarks {
    /// How many lines tell of an LSC that the file does not hold.
    pub missing_lscs: u64,
    /// The phones whose LSC has another name in its subject.
    pub foreign_lscs: Vec<DeviceName>,
    /// The phones whose operation can come to nothing.
    #[serde(flatten)]
    pub doubts: Doubts,
}

impl Remarks {
    /// Passes over phones that are there already: it does not matter what is odd about what was not
    /// taken.
    fn forget(&mut self, existing: &[DeviceName]) {
        self.doubts.forget(existing);
        let existing: HashSet<_> = existing.iter().collect();
        self.foreign_lscs.retain(|name| !existing.contains(name));
    }
}

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

/// A CSV file of phones, of which every line has been read and none is wrong.
#[derive(Debug)]
pub struct PhoneFile {
    /// A copy that nobody else can change.
    file: File,
    /// From when the times in it are counted that say how long from now.
    now: Timestamp,
    remarks: Remarks,
}

impl PhoneFile {
    /// Reads a CSV file whose first line names its columns, Cisco's labels or the keys of JSON.
    pub fn read(installation: &Installation, source: impl Read) -> Result<Self, AdminError> {
        let now = installation.now();
        let mut file = spool(installation.data_dir(), source)?;
        let remarks = check(PhoneLines::of(&file, now)?, now)?;
        let rewound = file.rewind();
        rewound.map_err(|source| InvalidPhones::from(InvalidTable::Read { source }))?;
        Ok(Self { file, now, remarks })
    }

    /// Adds the phones, with what the file knows of their state. Phones that are there already stay
    /// as they are.
    ///
    /// A `dry_run` adds nothing. `progress` hears how many phones are done with. `stop` ends it
    /// between two batches; what was added before stays.
    pub async fn import(
        self,
        installation: &Installation,
        dry_run: bool,
        progress: &mut dyn FnMut(u64),
        stop: &CancellationToken,
    ) -> Result<ImportedPhones, AdminError> {
        let mut intake = Intake::begin(installation, dry_run, progress, stop).await?;
        for line in PhoneLines::of(&self.file, self.now)? {
            let line = line.map_err(|error| intake.interrupted(error))?;
            let phone = line.phone.expect("every line has been checked");
            intake.take(phone.new).await?;
        }
        let taken = intake.finish().await?;
        let mut remarks = self.remarks;
        remarks.forget(&taken.existing);
        Ok(ImportedPhones {
            dry_run,
            phones: AddedPhones {
                added: taken.added,
                existing: taken.existing,
            },
            untrusted_issuers: taken.untrusted_issuers,
            remarks,
        })
    }
}

/// Reads all lines, for what is wrong with them and what is odd.
fn check(
    lines: impl Iterator<Item = Result<Line, InvalidPhones>>,
    now: Timestamp,
) -> Result<Remarks, InvalidPhones> {
    let mut remarks = Remarks::default();
    let mut wrong = Vec::new();
    let mut seen: HashMap<DeviceName, usize> = HashMap::new();
    for line in lines {
        let Line { line, phone } = line?;
        let phone = phone.and_then(|phone| {
            let name = phone.new.phone.name.clone();
            match seen.insert(name.clone(), line) {
                None => Ok(phone),
                Some(first) => Err(format!("{name} stands on line {first} already")),
            }
        });
        match phone {
            Ok(LinePhone { new, lacks_its_lsc }) => {
                remarks.missing_lscs += u64::from(lacks_its_lsc);
                remarks.doubts.judge_new(&new, now);
                let name = new.phone.name;
                if new.lsc.is_some_and(|lsc| !lsc.belongs_to(&name)) {
                    remarks.foreign_lscs.push(name);
                }
            }
            Err(problem) => wrong.push(InvalidLine { line, problem }),
        }
    }
    if wrong.is_empty() {
        Ok(remarks)
    } else {
        Err(InvalidPhones::Lines(wrong))
    }
}

/// The lines of a file, behind the one that names the columns.
struct PhoneLines<R> {
    table: Table<R>,
    columns: Vec<Option<Meaning>>,
    now: Timestamp,
}

struct Line {
    line: usize,
    /// The phone, or what is wrong with the line.
    phone: Result<LinePhone, String>,
}

struct LinePhone {
    new: NewPhone,
    /// Whether the line tells of an LSC that it does not hold.
    lacks_its_lsc: bool,
}

impl<R: Read> PhoneLines<R> {
    fn of(source: R, now: Timestamp) -> Result<Self, InvalidPhones> {
        let table = Table::open(source)?;
        Ok(Self {
            columns: columns(table.columns())?,
            table,
            now,
        })
    }
}

impl<R: Read> Iterator for PhoneLines<R> {
    type Item = Result<Line, InvalidPhones>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.table.next()? {
            Ok(TableRow { line, fields }) => Ok(Line {
                line,
                phone: phone(&self.columns, &fields, self.now),
            }),
            Err(InvalidTable::Fields {
                line,
                expected,
                found,
            }) => Ok(Line {
                line,
                phone: Err(format!(
                    "it has {found} field{}, and the header has {expected}",
                    if found == 1 { "" } else { "s" }
                )),
            }),
            Err(InvalidTable::NotUtf8 { line }) => Ok(Line {
                line,
                phone: Err("it is not UTF-8; save the file as CSV UTF-8".to_owned()),
            }),
            Err(error) => Err(error.into()),
        })
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
    OperationStatus,
    Lsc,
    LscSerialNumber,
    Mic,
    LastContact,
    Address,
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
            "lscstatus" | "operationstatus" | "certificateoperationstatus" => Self::OperationStatus,
            "lsccertificate" | "lsc" => Self::Lsc,
            "lscserialnumber" => Self::LscSerialNumber,
            "miccertificate" | "mic" => Self::Mic,
            "lastcontact" => Self::LastContact,
            "address" => Self::Address,
            _ => return None,
        })
    }
}

fn columns(names: &[String]) -> Result<Vec<Option<Meaning>>, InvalidPhones> {
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        let shown = || name.escape_debug().to_string();
        let meaning = Meaning::of(name);
        if meaning.is_none() && name.parse::<PhoneColumn>().is_err() {
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

fn phone(
    columns: &[Option<Meaning>],
    fields: &[String],
    now: Timestamp,
) -> Result<LinePhone, String> {
    let mut name = None;
    let mut settings = Settings::default();
    let change = &mut settings.change;
    let mut state = State::default();
    let filled = columns
        .iter()
        .zip(fields)
        .filter_map(|(meaning, field)| Some(((*meaning)?, &field[..])))
        .filter(|(_, field)| !field.is_empty());
    for (meaning, field) in filled {
        match meaning {
            Meaning::Name => name = Some(read_as(field)?),
            Meaning::Description => change.description = Some(text("description", field)?),
            Meaning::Model => change.model = Some(text("device type", field)?),
            Meaning::SecurityProfile => change.security_profile = Some(field.to_owned()),
            Meaning::DeviceSecurityMode => change.device_security_mode = Some(read_as(field)?),
            Meaning::Operation => change.operation = Some(read_as(field)?),
            Meaning::AuthenticationMode => change.authentication_mode = Some(read_as(field)?),
            Meaning::AuthenticationString if field.eq_ignore_ascii_case("generate") => {
                settings.generate_strings = true;
            }
            Meaning::AuthenticationString if field == HIDDEN => {
                return Err(format!(
                    "the authentication string is hidden (`{HIDDEN}`): the report has to be made with \
                     the strings shown"
                ));
            }
            Meaning::AuthenticationString => {
                let string = AuthenticationString::new(field).map_err(|it| it.to_string())?;
                change.authentication_string = Some(Some(string));
            }
            Meaning::KeyOrder => change.key_order = Some(read_as(field)?),
            Meaning::RsaKeySize => change.rsa_key_size = Some(read_as(field)?),
            Meaning::EcKeySize => change.ec_key_size = Some(read_as(field)?),
            Meaning::CompletesBy => change.completes_by = Some(Some(time(field, now)?)),
            Meaning::OperationStatus => state.status = Some(read_as(field)?),
            Meaning::Lsc => {
                let lsc = certificate(field.as_bytes());
                state.lsc = Some(lsc.map_err(|problem| format!("the LSC: {problem}"))?);
            }
            Meaning::LscSerialNumber => state.lsc_serial_number = Some(field.to_owned()),
            Meaning::Mic => {
                let mic = certificate(field.as_bytes());
                state.mic = Some(mic.map_err(|problem| format!("the MIC: {problem}"))?);
            }
            Meaning::LastContact => state.last_contact = Some(time(field, now)?),
            Meaning::Address => state.address = Some(address(field)?),
        }
    }
    let name = name.ok_or("the device name is empty")?;
    state.complete(name, &settings)
}

/// What a line tells of a phone that no administrator can set.
#[derive(Default)]
struct State {
    status: Option<OperationStatus>,
    lsc: Option<Certificate>,
    lsc_serial_number: Option<String>,
    mic: Option<Certificate>,
    last_contact: Option<Timestamp>,
    address: Option<IpAddr>,
}

impl State {
    fn complete(self, name: DeviceName, settings: &Settings) -> Result<LinePhone, String> {
        let mut phone = new_phone(name, settings);
        phone.operation_status = match self.status {
            None => status(&phone, self.lsc.as_ref()),
            Some(OperationStatus::OperationPending)
                if phone.capf.operation == CertificateOperation::None =>
            {
                return Err("an operation is pending, and none is scheduled".to_owned());
            }
            Some(status) => status,
        };
        phone.last_contact = match (self.last_contact, self.address) {
            (Some(time), Some(address)) => Some((time, address)),
            (None, None) => None,
            _ => return Err("of the last contact the time or the address is missing".to_owned()),
        };
        if let (Some(lsc), Some(serial_number)) = (&self.lsc, &self.lsc_serial_number)
            && !is_serial_number(serial_number, lsc)
        {
            return Err(format!(
                "the LSC has the serial number {}, not `{}`",
                lsc.serial_number(),
                serial_number.escape_debug()
            ));
        }
        Ok(LinePhone {
            lacks_its_lsc: self.lsc.is_none() && self.lsc_serial_number.is_some(),
            new: NewPhone {
                phone,
                lsc: self.lsc,
                mic: self.mic,
            },
        })
    }
}

fn time(field: &str, now: Timestamp) -> Result<Timestamp, String> {
    parse_time(field, now).map_err(|it| it.to_string())
}

fn text(what: &str, field: &str) -> Result<String, String> {
    phone_text(field).map_err(|problem| format!("the {what}: {problem}"))
}

fn address(field: &str) -> Result<IpAddr, String> {
    field
        .parse()
        .map_err(|_| format!("`{}` is no IP address", field.escape_debug()))
}

fn read_as<T: FromStr<Err: fmt::Display>>(field: &str) -> Result<T, String> {
    field.parse().map_err(|error: T::Err| error.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::Fixture;
    use super::*;
    use crate::model::{AuthenticationMode, RsaKeySize};
    use crate::pki::OutsideCa;
    use crate::report::{Delimiter, Dialect, Format, Writer};

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn read(csv: impl AsRef<[u8]>) -> Result<Vec<NewPhone>, InvalidPhones> {
        check(PhoneLines::of(csv.as_ref(), now())?, now())?;
        PhoneLines::of(csv.as_ref(), now())?
            .map(|line| Ok(line?.phone.expect("it was checked").new))
            .collect()
    }

    #[test]
    fn columns_are_named_by_ciscos_labels_or_by_keys() {
        let phones = read(
            "Device Name,model,Certificate Operation,auth-string,RSA Key Size (Bits),LSC Subject\n\
             SEP001122334455,CP-8861,Install/Upgrade,1234,1024,None\n\
             sep001122334456,,,generate,,\n",
        )
        .unwrap();
        let [first, second] = [&phones[0].phone, &phones[1].phone];
        assert_eq!(first.model, "CP-8861");
        assert_eq!(first.capf.operation, CertificateOperation::Install);
        assert_eq!(first.capf.rsa_key_size, RsaKeySize::Bits1024);
        assert_eq!(first.operation_status, OperationStatus::OperationPending);
        assert_eq!(second.name.as_str(), "SEP001122334456");
        assert_eq!(
            second.capf.authentication_mode,
            AuthenticationMode::NullString
        );
        assert!(second.capf.authentication_string.is_some());
    }

    #[tokio::test]
    async fn the_state_of_a_phone_comes_with_it() {
        let fixture = Fixture::new().await;
        let lsc = fixture.sign(&fixture.csr("CSFONE").await);
        let mic = fixture.sign(&fixture.csr("CSFTWO").await);
        let pem = lsc.to_pem();
        let csv = format!(
            "name,operation,LSC Status,LSC Certificate,LSC Serial Number,MIC,Last Contact,Address\n\
             CSFONE,,Troubleshoot Success,\"{pem}\",{},\"{}\",2026-11-01T10:00:00Z,2001:db8::1\n\
             CSFB,,,\"{pem}\",,,,\n\
             CSFC,install,Upgrade Failed: Invalid MIC,,1f,,,\n",
            lsc.serial_number(),
            mic.to_pem(),
        );
        let remarks = check(PhoneLines::of(csv.as_bytes(), now()).unwrap(), now()).unwrap();
        assert_eq!(remarks.missing_lscs, 1);
        assert_eq!(remarks.foreign_lscs, ["CSFB".parse().unwrap()]);
        let phones = read(&csv).unwrap();
        let status = |index: usize| phones[index].phone.operation_status;
        assert_eq!(status(0), OperationStatus::TroubleshootSuccess);
        assert_eq!(status(1), OperationStatus::UpgradeSuccess);
        assert_eq!(status(2), OperationStatus::UpgradeFailedInvalidMic);
        assert_eq!(phones[0].lsc, Some(lsc));
        assert_eq!(phones[0].mic, Some(mic));
        let contact = "2026-11-01T10:00:00Z".parse().unwrap();
        let address = "2001:db8::1".parse().unwrap();
        assert_eq!(phones[0].phone.last_contact, Some((contact, address)));
        assert_eq!(
            (&phones[2].lsc, phones[2].phone.last_contact),
            (&None, None)
        );
    }

    #[test]
    fn every_wrong_line_is_named() {
        let ca = OutsideCa::create("Example CA", now()).unwrap();
        let ca = ca.certificate().to_pem();
        let error = read(format!(
            "name,operation,key_order,LSC Status,LSC,Last Contact,Address\n\
             SEP001122334455,install,,,,,\n\
             SEP00,install,,,,,\n\
             SEP001122334456,,sideways,,,,\n\
             ,install,,,,,\n\
             SEP001122334455,,,,,,\n\
             CSFA,,,Upgraded,,,\n\
             CSFB,,,Operation Pending,,,\n\
             CSFC,,,,MIIB,,\n\
             CSFD,,,,,2026-11-01,\n\
             CSFE,,,,,2026-11-01,here\n\
             CSFF,,,,\"{ca}\",,\n"
        ))
        .unwrap_err();
        let InvalidPhones::Lines(wrong) = error else {
            panic!("{error}")
        };
        for (wrong, (line, says)) in wrong.iter().zip([
            (3, "the device name `SEP00` begins with SEP"),
            (4, "`sideways` is not one of"),
            (5, "the device name is empty"),
            (6, "SEP001122334455 stands on line 2 already"),
            (7, "`Upgraded` is not one of"),
            (8, "an operation is pending, and none is scheduled"),
            (9, "the LSC: not a certificate"),
            (10, "of the last contact the time or the address is missing"),
            (11, "`here` is no IP address"),
            (12, "the LSC: it is a CA's certificate"),
        ]) {
            assert_eq!(wrong.line, line);
            assert!(wrong.problem.starts_with(says), "{}", wrong.problem);
        }
        assert_eq!(wrong.len(), 10);
    }

    #[test]
    fn a_string_that_a_report_hides_is_no_string() {
        let error = read("name,auth-string\nCSFA,****\nCSFB,0123\nCSFC,'0123\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2: the authentication string is hidden (`****`): the report has to be made with the \
             strings shown"
        );
    }

    proptest! {
        #[test]
        fn any_description_comes_back_from_a_report(
            text in prop_oneof![
                any::<String>(),
                "['=+@\\-\t\r\n\",; 0-9.eEü😀\u{202e}]{0,12}",
            ],
            delimiter in prop::sample::select(Delimiter::ALL),
        ) {
            let Ok(description) = phone_text(&text) else { return Ok(()) };
            let columns = ["name", "description"].map(|name| name.parse::<PhoneColumn>().unwrap().names());
            let dialect = Dialect { delimiter, ..Dialect::default() };
            let mut csv = Writer::new(Format::Csv(dialect), &columns, Vec::new()).unwrap();
            csv.row(&["CSFA".into(), description.as_str().into()]).unwrap();
            let phones = read(csv.finish().unwrap()).unwrap();
            prop_assert_eq!(&phones[0].phone.description, &description);
        }
    }

    #[test]
    fn lines_that_are_no_rows_are_named_among_the_others() {
        let mut csv = b"name,description\nCSFA\nSEP00,\nCSFB,".to_vec();
        csv.extend(b"\xff\nCSFC,one,two\nCSFD,\n");
        let error = read(csv).unwrap_err().to_string();
        assert_eq!(
            error,
            "line 2: it has 1 field, and the header has 2\n\
             line 3: the device name `SEP00` begins with SEP, which twelve hexadecimal digits must \
             follow\n\
             line 4: it is not UTF-8; save the file as CSV UTF-8\n\
             line 5: it has 3 fields, and the header has 2"
        );
    }

    #[tokio::test]
    async fn an_lsc_that_is_not_the_one_of_the_serial_number_is_refused() {
        let fixture = Fixture::new().await;
        let lsc = fixture.sign(&fixture.csr("CSFONE").await);
        let csv = format!("name,lsc,lsc_serial_number\nCSFA,\"{}\",12\n", lsc.to_pem());
        let error = read(&csv).unwrap_err().to_string();
        let expected = format!(
            "line 2: the LSC has the serial number {}, not `12`",
            lsc.serial_number()
        );
        assert_eq!(error, expected);
    }

    #[test]
    fn columns_that_mean_nothing_or_the_same_are_refused() {
        for (csv, says) in [
            ("name,colour\n", "`colour` means nothing"),
            ("name,Device Name\n", "two columns are `Device Name`"),
            (
                "name,LSC,LSC Certificate\n",
                "two columns are `LSC Certificate`",
            ),
            ("description\n", "no column `Device Name`"),
        ] {
            let error = read(csv).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[tokio::test]
    async fn a_file_that_fails_in_the_middle_adds_nothing_and_leaves_nothing() {
        /// A pipe that breaks when it has been read.
        struct Broken(std::io::Cursor<&'static str>);
        impl Read for Broken {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                match self.0.read(buffer)? {
                    0 => Err(std::io::ErrorKind::BrokenPipe.into()),
                    length => Ok(length),
                }
            }
        }
        let fixture = Fixture::new().await;
        let data = fixture.installation.data_dir();
        let files = || std::fs::read_dir(data).unwrap().count();
        let before = files();
        let pipe = Broken(std::io::Cursor::new("name\nCSFA\n"));
        let error = PhoneFile::read(&fixture.installation, pipe).unwrap_err();
        assert!(
            matches!(
                &error,
                AdminError::Phones(InvalidPhones::Table(InvalidTable::Read { .. }))
            ),
            "{error:?}"
        );
        assert_eq!(fixture.installation.store().count(&[]).await.unwrap(), 0);
        assert_eq!(files(), before);
    }

    #[tokio::test]
    async fn an_import_that_is_stopped_says_how_far_it_came_and_goes_on_where_it_is_run_again() {
        let fixture = Fixture::new().await;
        let installation = &fixture.installation;
        let names: Vec<_> = (0..2500).map(|number| format!("CSF{number}\n")).collect();
        let csv = format!("name\n{}", names.concat());
        let read = || PhoneFile::read(installation, csv.as_bytes()).unwrap();
        let stop = CancellationToken::new();
        let error = read()
            .import(installation, false, &mut |_| stop.cancel(), &stop)
            .await
            .unwrap_err();
        let AdminError::Interrupted { count, source, .. } = error else {
            panic!("{error}")
        };
        assert!(matches!(*source, AdminError::Stopped), "{source}");
        assert_eq!(count, 1000);
        assert_eq!(installation.store().count(&[]).await.unwrap(), 1000);
        // Where nothing was added, nothing was interrupted.
        for dry_run in [false, true] {
            let error = read()
                .import(installation, dry_run, &mut |_| (), &stop)
                .await
                .unwrap_err();
            assert!(matches!(error, AdminError::Stopped), "{error}");
        }
        let unstopped = CancellationToken::new();
        // Ctrl-C after the last batch comes too late.
        let last = &mut |done| {
            if done == 2500 {
                unstopped.cancel();
            }
        };
        let rest = read().import(installation, false, last, &unstopped).await;
        assert_eq!(rest.unwrap().phones.added, 1500);
    }
}
