//! Who the phone is: a claim becomes an [`Authenticated`] proof, or a [`Refusal`].
//!
//! One file a mode. Nothing outside this room can make an [`Authenticated`], and a session's
//! operations ask for one, so that no way leads past the judgement.

mod authentication_string;
mod existing_certificate;

use crate::model::{AuthenticationMode, FailureReason, Phone};
use crate::secret::Password;

/// What the phone says to prove itself, as it stood in its `AuthResponse`.
#[derive(Debug)]
pub struct Claim {
    /// The authentication string that was entered on the phone. Version-2 clients send none.
    pub password: Option<Password>,
}

/// Proof that the phone was judged to be who it says. Only [`judge`] makes one.
#[derive(Debug)]
pub struct Authenticated {
    by: AuthenticationMode,
}

impl Authenticated {
    /// The mode by which the phone proved itself.
    pub fn by(&self) -> AuthenticationMode {
        self.by
    }
}

/// The phone is not who it says, or did not prove it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A certificate is asked for as proof, which this version cannot judge.
    #[error(
        "proof by certificate is not judged by this version; schedule another authentication mode"
    )]
    CertificateNotJudged {
        /// The mode that was asked for.
        mode: AuthenticationMode,
    },
    /// No authentication string is set for the phone, so none can be right.
    #[error("the phone has no authentication string; set one with `capf phone set --auth-string`")]
    NoAuthenticationString,
    /// The string that was entered is not the phone's.
    #[error("the wrong authentication string was entered on the phone")]
    WrongAuthenticationString,
}

impl Refusal {
    /// Cisco's reason, from which the status is made.
    pub fn failure(self) -> FailureReason {
        match self {
            Self::CertificateNotJudged {
                mode: AuthenticationMode::ExistingMic,
            } => FailureReason::InvalidMic,
            Self::CertificateNotJudged { .. } => FailureReason::InvalidLsc,
            Self::NoAuthenticationString | Self::WrongAuthenticationString => {
                FailureReason::InvalidAuthenticationString
            }
        }
    }
}

/// Judges the claim by the mode that is scheduled for the phone.
pub fn judge(phone: &Phone, claim: &Claim) -> Result<Authenticated, Refusal> {
    let by = phone.capf.authentication_mode;
    match by {
        AuthenticationMode::AuthenticationString => authentication_string::judge(phone, claim)?,
        // The network is trusted: any phone that knows the name is the phone.
        AuthenticationMode::NullString => {}
        AuthenticationMode::ExistingLsc | AuthenticationMode::ExistingMic => {
            existing_certificate::judge(by)?;
        }
    }
    Ok(Authenticated { by })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::AuthenticationString;

    fn phone(mode: AuthenticationMode, string: Option<&str>) -> Phone {
        let mut phone = Phone::new("SEP001122334455".parse().unwrap());
        phone.capf.authentication_mode = mode;
        phone.capf.authentication_string =
            string.map(|digits| AuthenticationString::new(digits).unwrap());
        phone
    }

    fn entered(digits: &str) -> Claim {
        Claim {
            password: Some(Password::new(digits.as_bytes())),
        }
    }

    #[test]
    fn the_right_string_is_accepted_and_any_other_refused() {
        let phone = phone(AuthenticationMode::AuthenticationString, Some("1234567890"));
        let by = judge(&phone, &entered("1234567890")).map(|proof| proof.by());
        assert_eq!(by, Ok(AuthenticationMode::AuthenticationString));
        for wrong in [
            entered("0000"),
            entered("123456789"),
            entered(""),
            Claim { password: None },
        ] {
            let refusal = judge(&phone, &wrong).unwrap_err();
            assert_eq!(refusal, Refusal::WrongAuthenticationString);
            assert_eq!(
                refusal.failure(),
                FailureReason::InvalidAuthenticationString
            );
        }
    }

    #[test]
    fn an_empty_string_does_not_match_a_phone_that_has_none() {
        let phone = phone(AuthenticationMode::AuthenticationString, None);
        assert_eq!(
            judge(&phone, &entered("")).unwrap_err(),
            Refusal::NoAuthenticationString
        );
    }

    #[test]
    fn a_null_string_asks_for_nothing() {
        let phone = phone(AuthenticationMode::NullString, None);
        assert!(judge(&phone, &Claim { password: None }).is_ok());
        assert!(judge(&phone, &entered("4711")).is_ok());
    }

    #[test]
    fn a_certificate_that_cannot_be_judged_is_refused() {
        for (mode, reason) in [
            (AuthenticationMode::ExistingLsc, FailureReason::InvalidLsc),
            (AuthenticationMode::ExistingMic, FailureReason::InvalidMic),
        ] {
            let refusal = judge(&phone(mode, None), &entered("")).unwrap_err();
            assert_eq!(refusal.failure(), reason);
        }
    }
}
