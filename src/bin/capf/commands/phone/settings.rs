use std::str::FromStr;

use capf::admin;
use capf::model::{
    AuthenticationMode, CertificateOperation, Curve, DeviceSecurityMode, InvalidTime, KeyOrder,
    PhoneChange, RsaKeySize, parse_time, phone_text,
};
use capf::secret::{AuthenticationString, InvalidAuthenticationString};
use jiff::Timestamp;

use crate::words::words;

/// What `phone add` and `phone set` set on a phone.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Settings")]
pub(super) struct Settings {
    /// Schedule this certificate operation
    ///
    /// It is carried out when the phone next connects. An operation that is scheduled must complete
    /// by a certain time; without `--completes-by` that is as many days from now as the parameter
    /// `CAPF Operation Expires in (days)` says.
    #[arg(long, value_parser = words(CertificateOperation::ALL, CertificateOperation::option))]
    operation: Option<CertificateOperation>,

    /// How the phone has to prove who it is
    ///
    /// By the authentication string that its user enters; not at all (null string); by its LSC, or
    /// its MIC where it has no LSC; by its MIC, or its LSC where it has no MIC.
    #[arg(
        long,
        value_name = "MODE",
        value_parser = words(AuthenticationMode::ALL, AuthenticationMode::option)
    )]
    auth_mode: Option<AuthenticationMode>,

    /// The string of 4 to 10 digits that the phone's user enters, or `generate`
    ///
    /// `generate` gives each phone a string of its own; `capf phone show` shows it, and a report with
    /// `--output` shows all. It is good for one operation.
    #[arg(long, value_name = "DIGITS|generate")]
    auth_string: Option<AuthenticationStringChoice>,

    /// Which kind of key the phone makes
    #[arg(
        long,
        value_name = "ORDER",
        value_parser = words(KeyOrder::ALL, KeyOrder::option)
    )]
    key_order: Option<KeyOrder>,

    /// The size of an RSA key in bits
    #[arg(
        long,
        value_name = "BITS",
        value_parser = words(RsaKeySize::ALL, RsaKeySize::option)
    )]
    rsa_key_size: Option<RsaKeySize>,

    /// The size of an elliptic-curve key in bits
    #[arg(
        long,
        value_name = "BITS",
        value_parser = words(Curve::ALL, Curve::option)
    )]
    ec_key_size: Option<Curve>,

    /// The time by which the operation must complete
    ///
    /// 2027-01-31, 2027-01-31T18:00, 2027:01:31:18:00 as on Unified CM (all UTC), or how long from
    /// now: 90m, 36h, 10d.
    #[arg(long, value_name = "TIME")]
    completes_by: Option<Time>,

    /// What to write about the phone
    ///
    /// It has up to 128 characters.
    #[arg(long, value_name = "TEXT", value_parser = phone_text)]
    description: Option<String>,

    /// The device type, as it is to stand in the certificate's subject: CP-8861
    ///
    /// It has up to 128 characters. In the subject it stands in front of the phone's name; it is left
    /// out where the two have more than 64 together.
    #[arg(long, value_name = "MODEL", value_parser = phone_text)]
    model: Option<String>,

    /// The name of the phone's security profile
    #[arg(long, value_name = "NAME")]
    security_profile: Option<String>,

    /// How the phone talks to its call agent
    #[arg(
        long,
        value_name = "MODE",
        value_parser = words(DeviceSecurityMode::ALL, DeviceSecurityMode::option)
    )]
    device_security_mode: Option<DeviceSecurityMode>,

    /// Schedule Delete or Troubleshoot for phones, too, of which no certificate is known
    ///
    /// Without it they are refused: a phone without an LSC has nothing to delete, and one without an
    /// LSC and a MIC nothing to fetch.
    #[arg(long)]
    force: bool,
}

impl Settings {
    /// The settings with times as they are `now`.
    pub(super) fn resolve(self, now: Timestamp) -> Result<admin::phone::Settings, InvalidTime> {
        let (authentication_string, generate_strings) = match self.auth_string {
            None => (None, false),
            Some(AuthenticationStringChoice::Generate) => (None, true),
            Some(AuthenticationStringChoice::Digits(digits)) => (Some(Some(digits)), false),
        };
        Ok(admin::phone::Settings {
            change: PhoneChange {
                operation: self.operation,
                authentication_mode: self.auth_mode,
                authentication_string,
                key_order: self.key_order,
                rsa_key_size: self.rsa_key_size,
                ec_key_size: self.ec_key_size,
                completes_by: self
                    .completes_by
                    .map(|time| time.at(now))
                    .transpose()?
                    .map(Some),
                description: self.description,
                model: self.model,
                security_profile: self.security_profile,
                device_security_mode: self.device_security_mode,
            },
            generate_strings,
            force: self.force,
        })
    }
}

/// The argument of `--auth-string`.
#[derive(Clone, Debug)]
enum AuthenticationStringChoice {
    Digits(AuthenticationString),
    Generate,
}

impl FromStr for AuthenticationStringChoice {
    type Err = InvalidAuthenticationString;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case("generate") {
            Ok(Self::Generate)
        } else {
            AuthenticationString::new(text).map(Self::Digits)
        }
    }
}

/// A time as an administrator writes it, checked, and not yet counted from now.
#[derive(Clone, Debug)]
struct Time(String);

impl Time {
    fn at(&self, now: Timestamp) -> Result<Timestamp, InvalidTime> {
        parse_time(&self.0, now)
    }
}

impl FromStr for Time {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_time(text, Timestamp::UNIX_EPOCH)?;
        Ok(Self(text.to_owned()))
    }
}
