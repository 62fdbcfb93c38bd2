//! By Authentication String: what the user entered is what the administrator set.

use jiff::SignedDuration;

use super::{Circumstances, Claim, Refusal};
use crate::model::Phone;

/// How many wrong strings in a row are judged; the phone is locked then. Cisco's troubleshooting
/// guide has the number and the time.
pub const MOST_GUESSES: u32 = 10;

/// How long no string is accepted from a phone that is locked.
pub const LOCK_TIME: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn judge(
    phone: &Phone,
    claim: &Claim,
    circumstances: &Circumstances<'_>,
) -> Result<(), Refusal> {
    // Before anything is compared: what is locked must not tell the right string from a wrong one.
    if let Some(until) = circumstances.locked_until
        && circumstances.now < until
    {
        return Err(Refusal::Locked { until });
    }
    let expected = phone
        .capf
        .authentication_string
        .as_ref()
        .ok_or(Refusal::NoAuthenticationString)?;
    let entered = claim
        .password
        .as_ref()
        .filter(|password| !password.is_empty())
        .ok_or(Refusal::NothingEntered)?;
    if expected.matches(entered.reveal()) {
        Ok(())
    } else {
        Err(Refusal::WrongAuthenticationString)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::judge;
    use super::*;
    use crate::model::{AuthenticationMode, FailureReason, ParameterValues};
    use crate::secret::{AuthenticationString, Password};
    use crate::wire::SessionId;

    fn phone(string: Option<&str>) -> Phone {
        let mut phone = Phone::new("SEP001122334455".parse().unwrap());
        phone.capf.authentication_mode = AuthenticationMode::AuthenticationString;
        phone.capf.authentication_string =
            string.map(|digits| AuthenticationString::new(digits).unwrap());
        phone
    }

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    /// The verdict on a phone whose user entered this.
    fn verdict(
        phone: &Phone,
        entered: Option<&str>,
        locked_until: Option<Timestamp>,
    ) -> Result<AuthenticationMode, Refusal> {
        let claim = Claim {
            name: phone.name.to_string(),
            password: entered.map(|digits| Password::new(digits.as_bytes())),
            certificate: None,
            signed_data: None,
            sha2_signed_data: None,
            sudi_data: None,
        };
        let circumstances = Circumstances {
            session_id: SessionId(7),
            now: now(),
            parameters: &ParameterValues::default(),
            anchors: &[],
            revocations: &[],
            lscs: &[],
            locked_until,
        };
        judge(phone, &claim, &circumstances).map(|proof| proof.mode())
    }

    #[test]
    fn the_right_string_is_accepted_and_any_other_refused() {
        let phone = phone(Some("1234567890"));
        assert_eq!(
            verdict(&phone, Some("1234567890"), None),
            Ok(AuthenticationMode::AuthenticationString)
        );
        for (entered, expected) in [
            (Some("0000"), Refusal::WrongAuthenticationString),
            (Some("123456789"), Refusal::WrongAuthenticationString),
            (Some("12345678901"), Refusal::WrongAuthenticationString),
            (Some(""), Refusal::NothingEntered),
            (None, Refusal::NothingEntered),
        ] {
            let refusal = verdict(&phone, entered, None).unwrap_err();
            assert_eq!(
                refusal.failure(),
                FailureReason::InvalidAuthenticationString
            );
            assert_eq!(refusal, expected, "{entered:?}");
        }
    }

    #[test]
    fn nothing_matches_a_phone_that_has_no_string() {
        for entered in [Some(""), Some("0000"), None] {
            assert_eq!(
                verdict(&phone(None), entered, None),
                Err(Refusal::NoAuthenticationString)
            );
        }
    }

    #[test]
    fn while_the_phone_is_locked_right_and_wrong_are_the_same() {
        let phone = phone(Some("1234567890"));
        let until = now() + SignedDuration::from_secs(1);
        for entered in [Some("1234567890"), Some("0000"), Some(""), None] {
            assert_eq!(
                verdict(&phone, entered, Some(until)),
                Err(Refusal::Locked { until })
            );
        }
        assert!(verdict(&phone, Some("1234567890"), Some(now())).is_ok());
    }
}
