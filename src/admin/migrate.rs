//! Phones of another CAPF, with what it knows of them.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::doubts::lacks_certificate;
use super::intake::{Intake, UntrustedIssuer, certificate, is_serial_number, status};
use super::{AdminError, Installation};
use crate::model::{
    AuthenticationMode, CapfSettings, Certificate, CertificateOperation, Curve, DeviceName,
    Escaped, InvalidDeviceName, KeyOrder, Phone, RsaKeySize, UnknownWord, folded,
};
use crate::secret::{AuthenticationString, InvalidAuthenticationString, Password};
use crate::store::{CapfdDatabase, CapfdDevice, NewPhone};

pub use crate::store::CapfdError;

/// What came of a migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Migration {
    /// Whether nothing was to be added.
    pub dry_run: bool,
    /// How many phones were added; in a dry run, how many would have been.
    pub added: u64,
    /// How many were there already, and stay as they were.
    pub existing: u64,
    /// How many could not be taken.
    pub rejected: u64,
    /// The phones of which there is something to say, in the order of the database.
    pub entries: Vec<MigrationEntry>,
    /// The issuers of LSCs among those added that CAPF-trust does not know.
    pub untrusted_issuers: Vec<UntrustedIssuer>,
    /// The columns that the database lacks.
    pub missing_columns: Vec<&'static str>,
}

/// Something to say of a phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MigrationEntry {
    /// The number of its row in the database.
    pub row: i64,
    /// Its name, as it stands there; characters that could do harm on a terminal are escaped.
    pub device: String,
    /// Whether it was taken.
    pub verdict: Verdict,
    /// Why not.
    pub reason: Option<String>,
    /// What is odd about it, and no reason not to take it.
    pub warnings: Vec<String>,
}

/// Whether a phone was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was added.
    Added,
    /// It was there already.
    Existing,
    /// It cannot be taken as it is.
    Rejected,
}

/// Adds the phones of the SQLite database of capfd in the file `path`, which is only read. Phones
/// that are there already stay as they are; what cannot be taken is rejected alone.
///
/// | in capfd | here |
/// |---|---|
/// | `install`, `fetch`, `delete`, `none` | Install/Upgrade, Troubleshoot, Delete, nothing |
/// | `no password`, `password`, `certificate` | By Null String, By Authentication String, By Existing Certificate (precedence to LSC) |
/// | a key size, a curve, both, neither | RSA Only; EC Only; EC Preferred, RSA Backup; the defaults |
/// | a certificate | the LSC that the phone holds |
///
/// A `dry_run` adds nothing. `progress` hears how many phones are done with. `stop` ends it between
/// two batches; what was added before stays.
pub async fn capfd(
    installation: &Installation,
    path: &Path,
    dry_run: bool,
    progress: &mut dyn FnMut(u64),
    stop: &CancellationToken,
) -> Result<Migration, AdminError> {
    let mut database = CapfdDatabase::open(path)?;
    let mut intake = Intake::begin(installation, dry_run, progress, stop).await?;
    let mut entries = Vec::new();
    let mut rows: HashMap<DeviceName, i64> = HashMap::new();
    loop {
        let page = database.page().map_err(|error| intake.interrupted(error))?;
        if page.is_empty() {
            break;
        }
        intake.go_on()?;
        for device in page {
            let entry = MigrationEntry::of(&device);
            let judged = judge(&device).and_then(|judged| {
                match rows.entry(judged.phone.phone.name.clone()) {
                    Entry::Occupied(first) => {
                        Err(format!("it stands in row {} already", first.get()))
                    }
                    Entry::Vacant(place) => {
                        place.insert(entry.row);
                        Ok(judged)
                    }
                }
            });
            match judged {
                Err(reason) => entries.push(entry.rejected(reason)),
                Ok(Judged { phone, warnings }) => {
                    if !warnings.is_empty() {
                        entries.push(MigrationEntry { warnings, ..entry });
                    }
                    intake.take(phone).await?;
                }
            }
        }
    }
    let rejected = entries
        .iter()
        .filter(|entry| entry.verdict == Verdict::Rejected)
        .count() as u64;
    let taken = intake.finish().await?;
    Ok(Migration {
        dry_run,
        added: taken.added,
        existing: taken.existing.len() as u64,
        rejected,
        entries: with_existing(entries, &taken.existing, &rows),
        untrusted_issuers: taken.untrusted_issuers,
        missing_columns: database.missing_columns().to_vec(),
    })
}

impl MigrationEntry {
    /// Of a phone that is taken, until something speaks against it.
    fn of(device: &CapfdDevice) -> Self {
        Self {
            row: device.row,
            device: Escaped(device.device_name.as_deref().unwrap_or_default()).to_string(),
            verdict: Verdict::Added,
            reason: None,
            warnings: Vec::new(),
        }
    }

    fn rejected(self, reason: String) -> Self {
        Self {
            verdict: Verdict::Rejected,
            reason: Some(reason),
            ..self
        }
    }
}

/// Adds entries for the phones that were there already. Of them it does not matter what is odd
/// about what was not taken.
fn with_existing(
    entries: Vec<MigrationEntry>,
    existing: &[DeviceName],
    rows: &HashMap<DeviceName, i64>,
) -> Vec<MigrationEntry> {
    let mut by_row: BTreeMap<_, _> = entries.into_iter().map(|it| (it.row, it)).collect();
    for device in existing {
        let row = rows[device];
        let entry = MigrationEntry {
            row,
            device: device.to_string(),
            verdict: Verdict::Existing,
            reason: Some("it is there already, and stays as it is".to_owned()),
            warnings: Vec::new(),
        };
        by_row.insert(row, entry);
    }
    by_row.into_values().collect()
}

/// A phone that can be taken.
#[derive(Debug)]
struct Judged {
    phone: NewPhone,
    warnings: Vec<String>,
}

/// Makes a phone of what capfd knows of one, or says why that cannot be.
fn judge(device: &CapfdDevice) -> Result<Judged, String> {
    let name: DeviceName = device
        .device_name
        .as_deref()
        .unwrap_or_default()
        .parse()
        .map_err(|error: InvalidDeviceName| error.to_string())?;
    let mut warnings = Vec::new();
    let lsc = lsc(device)?;
    if let Some(lsc) = lsc.as_ref().filter(|lsc| !lsc.belongs_to(&name)) {
        warnings.push(format!(
            "its certificate is made out to `{}`: make sure that it is this phone's",
            lsc.subject()
        ));
    }
    let mut phone = Phone::new(name);
    phone.capf = settings(device, &mut warnings)?;
    phone.operation_status = status(&phone, lsc.as_ref());
    let phone = NewPhone {
        phone,
        lsc,
        mic: None,
    };
    if lacks_certificate(&phone) {
        warnings.push(format!(
            "{} is scheduled, and no certificate of it is known: where it has none, call that off \
             with `capf phone set NAME --operation none`",
            phone.phone.capf.operation
        ));
    }
    Ok(Judged { phone, warnings })
}

fn settings(device: &CapfdDevice, warnings: &mut Vec<String>) -> Result<CapfSettings, String> {
    let password = device.password.as_ref().filter(|it| !it.is_empty());
    let authentication_mode = authentication_mode(stated(&device.authentication), password)?;
    let authentication_string = match password.map(authentication_string).transpose() {
        Ok(string) => string,
        Err(problem) if authentication_mode == AuthenticationMode::AuthenticationString => {
            return Err(problem);
        }
        Err(problem) => {
            warnings.push(format!(
                "{problem}; it was left behind, because {authentication_mode} asks for none"
            ));
            None
        }
    };
    let (key_order, rsa_key_size, ec_key_size) =
        key(stated(&device.key_size), stated(&device.curve_name))?;
    let operation = operation(stated(&device.operation))?;
    if operation != CertificateOperation::None
        && authentication_mode == AuthenticationMode::AuthenticationString
        && authentication_string.is_none()
    {
        warnings.push(
            "its operation waits for a password, and it has none: give it one with `capf phone set \
             NAME --auth-string generate`"
                .to_owned(),
        );
    }
    Ok(CapfSettings {
        operation,
        authentication_mode,
        authentication_string,
        key_order,
        rsa_key_size,
        ec_key_size,
        completes_by: None,
    })
}

/// What a column says; nothing, where it is NULL or empty.
#[expect(clippy::ref_option, reason = "it is what a field gives")]
fn stated(column: &Option<String>) -> Option<&str> {
    column
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

fn operation(column: Option<&str>) -> Result<CertificateOperation, String> {
    let Some(word) = column else {
        return Ok(CertificateOperation::None);
    };
    Ok(match &folded(word)[..] {
        "install" => CertificateOperation::Install,
        "fetch" => CertificateOperation::Troubleshoot,
        "delete" => CertificateOperation::Delete,
        "none" => CertificateOperation::None,
        _ => return Err(format!("`{word}` is none of capfd's operations")),
    })
}

/// Where capfd does not say how the phone proves itself, a password that is set is asked for.
fn authentication_mode(
    column: Option<&str>,
    password: Option<&Password>,
) -> Result<AuthenticationMode, String> {
    Ok(match (column.map(folded).as_deref(), password) {
        (Some("nopassword"), _) | (None, None) => AuthenticationMode::NullString,
        (Some("password"), _) | (None, Some(_)) => AuthenticationMode::AuthenticationString,
        (Some("certificate"), _) => AuthenticationMode::ExistingLsc,
        (Some(_), _) => {
            let word = column.unwrap_or_default();
            return Err(format!("`{word}` is none of capfd's authentications"));
        }
    })
}

/// The password itself is never repeated.
fn authentication_string(password: &Password) -> Result<AuthenticationString, String> {
    str::from_utf8(password.reveal())
        .map_err(|_| InvalidAuthenticationString)
        .and_then(AuthenticationString::new)
        .map_err(|_| "its password is no authentication string of 4 to 10 digits".to_owned())
}

/// The key that the phone is asked for. Where both a size and a curve stand, both are kept, and the
/// phone makes the key that it can; where neither does, it is the default.
fn key(size: Option<&str>, curve: Option<&str>) -> Result<(KeyOrder, RsaKeySize, Curve), String> {
    let defaults = CapfSettings::default();
    let size = size.filter(|size| *size != "0");
    let size = size.map(rsa_key_size).transpose()?;
    let curve = curve.map(ec_key_size).transpose()?;
    let order = match (size, curve) {
        (Some(_), Some(_)) => KeyOrder::EcPreferred,
        (Some(_), None) => KeyOrder::RsaOnly,
        (None, Some(_)) => KeyOrder::EcOnly,
        (None, None) => defaults.key_order,
    };
    Ok((
        order,
        size.unwrap_or(defaults.rsa_key_size),
        curve.unwrap_or(defaults.ec_key_size),
    ))
}

fn rsa_key_size(column: &str) -> Result<RsaKeySize, String> {
    column
        .parse()
        .map_err(|error: UnknownWord| format!("its key size {error}"))
}

/// OpenSSL's, SECG's and NIST's names.
fn ec_key_size(column: &str) -> Result<Curve, String> {
    Ok(match &folded(column)[..] {
        "secp256r1" | "prime256v1" | "p256" => Curve::P256,
        "secp384r1" | "p384" => Curve::P384,
        "secp521r1" | "p521" => Curve::P521,
        _ => {
            return Err(format!(
                "its curve `{column}` is not one of: secp256r1, secp384r1, secp521r1"
            ));
        }
    })
}

/// The LSC, which must be what the columns beside it say.
fn lsc(device: &CapfdDevice) -> Result<Option<Certificate>, String> {
    let cell = device.certificate.as_deref().unwrap_or_default();
    if cell.trim_ascii().is_empty() {
        return Ok(None);
    }
    let lsc = certificate(cell).map_err(|problem| format!("its certificate: {problem}"))?;
    if let Some(column) = stated(&device.serial_number).filter(|it| !is_serial_number(it, &lsc)) {
        return Err(format!(
            "its certificate has the serial number {}, and the database says `{column}`",
            lsc.serial_number()
        ));
    }
    for (what, column, time) in [
        ("is valid from", &device.not_valid_before, lsc.not_before()),
        ("expires at", &device.not_valid_after, lsc.not_after()),
    ] {
        if let Some(column) = stated(column).filter(|column| !is_time(column, time)) {
            return Err(format!(
                "its certificate {what} {time}, and the database says `{column}`"
            ));
        }
    }
    Ok(Some(lsc))
}

/// Whether `text` is this time: in RFC 3339, without a zone, as ASN.1 or OpenSSL write it, or in
/// seconds or milliseconds since 1970.
///
/// A time without a zone may be the local time of capfd's machine: it may differ by as much as a
/// zone does.
fn is_time(text: &str, time: Timestamp) -> bool {
    /// The zones of the world are from UTC-12 to UTC+14, in whole quarters of an hour.
    const FARTHEST: SignedDuration = SignedDuration::from_hours(14);
    const QUARTER: i64 = 15 * 60;
    let seconds = time.as_second();
    if let Ok(number) = text.parse::<i64>() {
        return number == seconds || number == time.as_millisecond();
    }
    if let Ok(stated) = text.parse::<Timestamp>() {
        return stated.as_second() == seconds;
    }
    // `20261123120000Z` and `Nov 23 12:00:00 2026 GMT`.
    if let Some(stated) = ["%Y%m%d%H%M%SZ", "%b %e %H:%M:%S %Y GMT"]
        .into_iter()
        .find_map(|format| DateTime::strptime(format, text).ok())
    {
        return TimeZone::UTC
            .to_timestamp(stated)
            .is_ok_and(|stated| stated == time);
    }
    let stated = text
        .parse::<DateTime>()
        .ok()
        .and_then(|stated| TimeZone::UTC.to_timestamp(stated).ok());
    stated.is_some_and(|stated| {
        let difference = stated.duration_since(time);
        difference.abs() <= FARTHEST && difference.as_secs() % QUARTER == 0
    })
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::super::testing::{Fixture, now};
    use super::*;
    use crate::model::OperationStatus;

    /// An LSC of `CSFONE`.
    static LSC: LazyLock<Certificate> = LazyLock::new(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(async {
            let fixture = Fixture::new().await;
            fixture.sign(&fixture.csr("CSFONE").await)
        })
    });

    #[expect(clippy::unnecessary_wraps, reason = "it is what a column holds")]
    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn device() -> CapfdDevice {
        CapfdDevice {
            row: 1,
            device_name: some("CSFONE"),
            ..CapfdDevice::default()
        }
    }

    fn with_lsc() -> CapfdDevice {
        CapfdDevice {
            certificate: Some(LSC.to_pem().into_bytes()),
            ..device()
        }
    }

    fn taken(device: &CapfdDevice) -> Phone {
        let judged = judge(device).unwrap();
        assert_eq!(judged.warnings, [""; 0]);
        judged.phone.phone
    }

    #[test]
    fn operations_have_ciscos_names() {
        for (word, device, operation, status) in [
            (
                "install",
                device(),
                CertificateOperation::Install,
                OperationStatus::OperationPending,
            ),
            (
                "FETCH",
                with_lsc(),
                CertificateOperation::Troubleshoot,
                OperationStatus::OperationPending,
            ),
            (
                "delete",
                with_lsc(),
                CertificateOperation::Delete,
                OperationStatus::OperationPending,
            ),
            (
                " none ",
                device(),
                CertificateOperation::None,
                OperationStatus::None,
            ),
            (
                "",
                device(),
                CertificateOperation::None,
                OperationStatus::None,
            ),
        ] {
            let phone = taken(&CapfdDevice {
                operation: some(word),
                ..device
            });
            assert_eq!(phone.capf.operation, operation, "{word}");
            assert_eq!(phone.operation_status, status, "{word}");
        }
    }

    #[test]
    fn a_password_is_asked_for_where_the_mode_says_so_or_says_nothing() {
        use AuthenticationMode::{AuthenticationString, ExistingLsc, NullString};
        for (word, password, mode) in [
            (Some("no password"), None, NullString),
            (Some("no password"), Some("1234"), NullString),
            (Some("password"), Some("1234"), AuthenticationString),
            (Some("password"), None, AuthenticationString),
            (Some("certificate"), None, ExistingLsc),
            (None, Some("1234"), AuthenticationString),
            (None, Some(""), NullString),
            (None, None, NullString),
        ] {
            let phone = taken(&CapfdDevice {
                authentication: word.map(str::to_owned),
                password: password.map(|digits| Password::new(digits.as_bytes())),
                ..device()
            });
            assert_eq!(phone.capf.authentication_mode, mode, "{word:?}");
            let string = phone.capf.authentication_string;
            assert_eq!(
                string
                    .as_ref()
                    .map(crate::secret::AuthenticationString::reveal),
                password.filter(|digits| !digits.is_empty()),
                "{word:?}"
            );
        }
    }

    #[test]
    fn an_operation_on_a_certificate_of_which_nothing_is_known_is_warned_of() {
        for (word, says) in [("delete", "Delete is"), ("fetch", "Troubleshoot is")] {
            let judged = judge(&CapfdDevice {
                operation: some(word),
                ..device()
            })
            .unwrap();
            let [warning] = &judged.warnings[..] else {
                panic!("{:?}", judged.warnings)
            };
            assert!(warning.starts_with(says), "{warning}");
        }
    }

    #[test]
    fn a_password_that_is_asked_for_and_not_there_is_warned_of() {
        let judged = judge(&CapfdDevice {
            operation: some("install"),
            authentication: some("password"),
            ..device()
        })
        .unwrap();
        assert!(
            judged.warnings[0].contains("it has none"),
            "{:?}",
            judged.warnings
        );
    }

    #[test]
    fn a_password_that_is_no_authentication_string_is_left_behind_where_none_is_asked_for() {
        for password in [
            &b"cisco"[..],
            b"123",
            b"12345678901",
            b"12\xff4",
            " 1234".as_bytes(),
        ] {
            let with_mode = |mode: &str| CapfdDevice {
                authentication: some(mode),
                password: Some(Password::new(password)),
                ..device()
            };
            let problem = judge(&with_mode("password")).unwrap_err();
            assert_eq!(
                problem,
                "its password is no authentication string of 4 to 10 digits"
            );
            for mode in ["no password", "certificate"] {
                let judged = judge(&with_mode(mode)).unwrap();
                assert_eq!(judged.phone.phone.capf.authentication_string, None);
                assert!(judged.warnings[0].contains("left behind"), "{mode}");
            }
        }
    }

    #[test]
    fn what_is_stated_of_the_key_decides_the_key_order() {
        let defaults = CapfSettings::default();
        for (size, curve, order, rsa, ec) in [
            (
                Some("1024"),
                None,
                KeyOrder::RsaOnly,
                RsaKeySize::Bits1024,
                Curve::P384,
            ),
            (
                Some("4096"),
                Some(""),
                KeyOrder::RsaOnly,
                RsaKeySize::Bits4096,
                Curve::P384,
            ),
            (
                None,
                Some("secp256r1"),
                KeyOrder::EcOnly,
                RsaKeySize::Bits2048,
                Curve::P256,
            ),
            (
                Some("0"),
                Some("P-384"),
                KeyOrder::EcOnly,
                RsaKeySize::Bits2048,
                Curve::P384,
            ),
            (
                None,
                Some("prime256v1"),
                KeyOrder::EcOnly,
                RsaKeySize::Bits2048,
                Curve::P256,
            ),
            (
                None,
                Some("SECP521R1"),
                KeyOrder::EcOnly,
                RsaKeySize::Bits2048,
                Curve::P521,
            ),
            (
                Some("3072"),
                Some("secp521r1"),
                KeyOrder::EcPreferred,
                RsaKeySize::Bits3072,
                Curve::P521,
            ),
            (
                None,
                None,
                defaults.key_order,
                defaults.rsa_key_size,
                defaults.ec_key_size,
            ),
        ] {
            let capf = taken(&CapfdDevice {
                key_size: size.map(str::to_owned),
                curve_name: curve.map(str::to_owned),
                ..device()
            })
            .capf;
            let made = (capf.key_order, capf.rsa_key_size, capf.ec_key_size);
            assert_eq!(made, (order, rsa, ec), "{size:?} {curve:?}");
        }
    }

    #[test]
    fn a_certificate_is_the_lsc_that_the_phone_holds() {
        for certificate in [LSC.to_pem().into_bytes(), LSC.der().to_vec()] {
            let judged = judge(&CapfdDevice {
                certificate: Some(certificate),
                ..device()
            });
            let phone = judged.unwrap().phone;
            assert_eq!(phone.lsc.as_ref(), Some(&*LSC));
            assert_eq!(
                phone.phone.operation_status,
                OperationStatus::UpgradeSuccess
            );
        }
        let pending = taken(&CapfdDevice {
            operation: some("install"),
            ..with_lsc()
        });
        assert_eq!(pending.operation_status, OperationStatus::OperationPending);
    }

    #[test]
    fn a_certificate_that_is_made_out_to_another_is_taken_with_a_warning() {
        let judged = judge(&CapfdDevice {
            device_name: some("CSFTWO"),
            ..with_lsc()
        })
        .unwrap();
        assert!(
            judged.warnings[0].contains("CN=CP-8861-CSFONE"),
            "{judged:?}"
        );
        assert!(judged.phone.lsc.is_some());
    }

    #[test]
    fn a_serial_number_is_compared_in_every_notation() {
        let hexadecimal = LSC.serial_number().to_owned();
        let pairs: Vec<_> = hexadecimal.as_bytes().chunks(2).collect();
        let number = in_decimal(&hexadecimal);
        for right in [
            hexadecimal.clone(),
            hexadecimal.to_uppercase(),
            format!("0x{hexadecimal}"),
            format!("00{hexadecimal}"),
            pairs.join(&b":"[..]).escape_ascii().to_string(),
            number.clone(),
        ] {
            let device = CapfdDevice {
                serial_number: Some(right.clone()),
                ..with_lsc()
            };
            assert!(judge(&device).is_ok(), "{right}");
        }
        for wrong in ["0", "1", "x", &hexadecimal[2..], &number[1..]] {
            let device = CapfdDevice {
                serial_number: some(wrong),
                ..with_lsc()
            };
            let problem = judge(&device).unwrap_err();
            let says = format!("and the database says `{wrong}`");
            assert!(problem.ends_with(&says), "{problem}");
        }
    }

    /// By another way than the program's: digit by digit.
    fn in_decimal(hexadecimal: &str) -> String {
        let bytes = hex::decode(hexadecimal).unwrap();
        let number = bytes
            .iter()
            .fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        number.to_string()
    }

    #[test]
    fn a_time_is_compared_in_every_notation() {
        let time: Timestamp = "2026-11-03T12:00:00Z".parse().unwrap();
        for right in [
            "1793707200",
            "1793707200000",
            "2026-11-03T12:00:00Z",
            "2026-11-03 12:00:00+00:00",
            "2026-11-03T13:00:00.000+01:00",
            "20261103120000Z",
            "Nov  3 12:00:00 2026 GMT",
            "2026-11-03 12:00:00",
            // The local time of Auckland, and of Nepal.
            "2026-11-04 01:00:00",
            "2026-11-03T17:45:00",
        ] {
            assert!(is_time(right, time), "{right}");
        }
        for wrong in [
            "",
            "soon",
            "0",
            "1793707201",
            "2026-11-03T12:00:01Z",
            "2026-11-03T13:00:00Z",
            "20261103120001Z",
            "Nov  4 12:00:00 2026 GMT",
            "2026-11-03 12:00:01",
            "2026-11-04 02:15:00",
            "2025-11-03 12:00:00",
        ] {
            assert!(!is_time(wrong, time), "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_taken_says_why() {
        let ca = crate::pki::OutsideCa::create("Example CA", now()).unwrap();
        let ca = ca.certificate().to_pem().into_bytes();
        for (device, says) in [
            (
                CapfdDevice {
                    device_name: None,
                    ..device()
                },
                "the device name is empty",
            ),
            (
                CapfdDevice {
                    device_name: some("SEP1"),
                    ..device()
                },
                "begins with SEP",
            ),
            (
                CapfdDevice {
                    operation: some("renew"),
                    ..device()
                },
                "`renew` is none of capfd's operations",
            ),
            (
                CapfdDevice {
                    authentication: some("pin"),
                    ..device()
                },
                "`pin` is none of capfd's authentications",
            ),
            (
                CapfdDevice {
                    key_size: some("2049"),
                    ..device()
                },
                "its key size `2049` is not one of: 512",
            ),
            (
                CapfdDevice {
                    curve_name: some("X25519"),
                    ..device()
                },
                "its curve `X25519` is not one of",
            ),
            (
                CapfdDevice {
                    certificate: Some(b"no".to_vec()),
                    ..device()
                },
                "its certificate: neither",
            ),
            (
                CapfdDevice {
                    certificate: Some(ca),
                    ..device()
                },
                "its certificate: it is a CA's",
            ),
            (
                CapfdDevice {
                    not_valid_before: some("2020-01-01T00:00:00Z"),
                    ..with_lsc()
                },
                "its certificate is valid from",
            ),
            (
                CapfdDevice {
                    not_valid_after: some("0"),
                    ..with_lsc()
                },
                "its certificate expires at 2027-11-23T12:00:00Z, and the database says `0`",
            ),
        ] {
            let problem = judge(&device).unwrap_err();
            assert!(problem.contains(says), "{problem}");
        }
    }

    /// Text that is a word that counts as often as not.
    fn text() -> impl Strategy<Value = Option<String>> {
        prop_oneof![
            Just(None),
            any::<String>().prop_map(Some),
            prop::sample::select(vec![
                "CSFONE",
                "SEP001122334455",
                "install",
                "none",
                "password",
                "no password",
                "certificate",
                "1024",
                "2048",
                "secp256r1",
                "p521",
                "0",
                "-1",
                "1e9",
                "2026-11-23",
                "2026-11-23 12:00:00",
                "-9223372036854775808",
            ])
            .prop_map(some),
        ]
    }

    fn bytes() -> impl Strategy<Value = Option<Vec<u8>>> {
        let spoilt = (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(index, byte)| {
            let mut bytes = LSC.to_pem().into_bytes();
            let place = index.index(bytes.len());
            bytes[place] = byte;
            Some(bytes)
        });
        prop_oneof![Just(None), any::<Vec<u8>>().prop_map(Some), spoilt]
    }

    proptest! {
        #[test]
        fn whatever_stands_in_the_columns_is_judged_without_a_panic(
            (device_name, operation, authentication, password) in (text(), text(), text(), bytes()),
            (key_size, curve_name, certificate) in (text(), text(), bytes()),
            (serial_number, not_valid_before, not_valid_after) in (text(), text(), text()),
        ) {
            let judged = judge(&CapfdDevice {
                row: 1,
                device_name,
                operation,
                authentication,
                password: password.as_deref().map(Password::new),
                key_size,
                curve_name,
                certificate: certificate.clone(),
                serial_number,
                not_valid_before,
                not_valid_after,
            });
            if let Ok(Judged { phone, .. }) = judged {
                let has_certificate = certificate.is_some_and(|it| !it.trim_ascii().is_empty());
                prop_assert_eq!(phone.lsc.is_some(), has_certificate);
            }
        }
    }
}
