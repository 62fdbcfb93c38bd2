//! Values that must not leak: redacted in `Debug`, wiped when dropped, compared in constant time.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The one-time string of 4 to 10 digits that a user enters on the phone.
///
/// `Debug` never shows the digits; a report that is meant to show them says so by calling
/// [`AuthenticationString::reveal`].
#[derive(Clone)]
pub struct AuthenticationString(Zeroizing<String>);

/// Text that is not an authentication string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an authentication string has 4 to 10 digits")]
pub struct InvalidAuthenticationString;

impl AuthenticationString {
    /// The fewest digits that Unified CM accepts.
    pub const MIN_DIGITS: usize = 4;
    /// The most digits that Unified CM accepts.
    pub const MAX_DIGITS: usize = 10;

    /// Takes `digits` as an authentication string.
    pub fn new(digits: &str) -> Result<Self, InvalidAuthenticationString> {
        let length = digits.len();
        if (Self::MIN_DIGITS..=Self::MAX_DIGITS).contains(&length)
            && digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            Ok(Self(Zeroizing::new(digits.to_owned())))
        } else {
            Err(InvalidAuthenticationString)
        }
    }

    /// A new string of ten digits from the system's randomness.
    ///
    /// # Panics
    /// Where the operating system has no randomness to give: nothing safe can go on then.
    pub fn generate() -> Self {
        let mut digits = String::with_capacity(Self::MAX_DIGITS);
        while digits.len() < Self::MAX_DIGITS {
            let mut byte = [0_u8; 1];
            getrandom::fill(&mut byte).expect("the operating system gives randomness");
            // 250 is the largest multiple of ten in a byte: what lies above would favour low digits.
            if byte[0] < 250 {
                digits.push(char::from(b'0' + byte[0] % 10));
            }
        }
        Self(Zeroizing::new(digits))
    }

    /// Whether `entered` is this string, in a time that does not depend on where they differ.
    pub fn matches(&self, entered: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(entered).into()
    }

    /// The digits, for the places that are meant to show them.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AuthenticationString {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AuthenticationString(…)")
    }
}

impl PartialEq for AuthenticationString {
    fn eq(&self, other: &Self) -> bool {
        self.matches(other.0.as_bytes())
    }
}

impl Eq for AuthenticationString {}

/// What a phone sent as its password: any bytes, as yet unjudged.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<Vec<u8>>);

impl Password {
    /// Takes the bytes that the phone sent, without their terminating NUL.
    pub fn new(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// Whether nothing was entered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes, for the wire and for comparison.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.is_empty() {
            "Password(empty)"
        } else {
            "Password(…)"
        })
    }
}

/// What an administrator proves an account on a server with, or unlocks a key.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountPassword(Zeroizing<String>);

impl AccountPassword {
    /// Takes the text as a password; it may be empty.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text, for the server alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccountPassword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccountPassword(…)")
    }
}

impl FromStr for AccountPassword {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authentication_string_has_4_to_10_digits() {
        for good in ["0000", "1234567890"] {
            assert!(AuthenticationString::new(good).is_ok(), "{good}");
        }
        for bad in ["", "123", "12345678901", "12a4", "１２３４", " 1234"] {
            assert!(AuthenticationString::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn generated_strings_are_valid_and_differ() {
        let strings: std::collections::BTreeSet<_> = (0..100)
            .map(|_| AuthenticationString::generate().reveal().to_owned())
            .collect();
        assert_eq!(strings.len(), 100);
        assert!(
            strings
                .iter()
                .all(|string| AuthenticationString::new(string).is_ok())
        );
    }

    #[test]
    fn debug_shows_no_secret() {
        let string = AuthenticationString::new("1234567890").unwrap();
        assert!(!format!("{string:?}").contains('1'));
        assert!(!format!("{:?}", Password::new(b"4711")).contains("47"));
        assert!(!format!("{:?}", AccountPassword::new("hush")).contains("hush"));
    }
}
