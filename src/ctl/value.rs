//! A field's value, and how it is read.

use std::net::IpAddr;

/// A value as it stands in the file. What it means, its tag says; how it is read, whoever asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value(Box<[u8]>);

impl Value {
    /// A text, with the NUL that ends it.
    pub fn of_text(text: &str) -> Self {
        Self([text.as_bytes(), b"\0"].concat().into())
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// It as a text, without the NUL that ends it; `None` where it is not UTF-8, or has a NUL inside,
    /// where some readers would stop. That a text without a NUL is one, too, is D.
    pub fn text(&self) -> Option<&str> {
        let text = self.0.strip_suffix(b"\0").unwrap_or(&self.0);
        let text = std::str::from_utf8(text).ok()?;
        (!text.contains('\0')).then_some(text)
    }

    /// It as a big-endian number of one to four bytes.
    pub fn number(&self) -> Option<u32> {
        let digits = (1..=4).contains(&self.0.len()).then_some(&self.0)?;
        Some(
            digits
                .iter()
                .fold(0, |number, digit| number << 8 | u32::from(*digit)),
        )
    }

    /// It as an address: of IPv4 in four bytes, of IPv6 in sixteen.
    pub fn address(&self) -> Option<IpAddr> {
        let v4 = <[u8; 4]>::try_from(self.bytes()).map(IpAddr::from);
        v4.or_else(|_| <[u8; 16]>::try_from(self.bytes()).map(IpAddr::from))
            .ok()
    }
}

impl<T: Into<Box<[u8]>>> From<T> for Value {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_with_a_nul_that_is_not_part_of_it() {
        assert_eq!(Value::of_text("pub").bytes(), b"pub\0");
        for (bytes, text) in [
            (&b"pub\0"[..], Some("pub")),
            (b"pub", Some("pub")),
            (b"\0", Some("")),
            (b"", Some("")),
            (b"p\0b\0", None),
            (b"p\0\0", None),
            (b"\xff\0", None),
        ] {
            assert_eq!(Value::from(bytes).text(), text, "{bytes:?}");
        }
    }

    #[test]
    fn a_number_has_one_to_four_bytes() {
        for (bytes, number) in [
            (&[7][..], Some(7)),
            (&[1, 2], Some(0x0102)),
            (&[0xff; 4], Some(u32::MAX)),
            (&[], None),
            (&[0; 5], None),
        ] {
            assert_eq!(Value::from(bytes).number(), number, "{bytes:?}");
        }
    }

    #[test]
    fn an_address_has_four_or_sixteen_bytes() {
        let address = |bytes: &[u8]| Value::from(bytes).address().map(|it| it.to_string());
        assert_eq!(address(&[192, 0, 2, 1]).as_deref(), Some("192.0.2.1"));
        assert_eq!(address(&[0; 16]).as_deref(), Some("::"));
        assert_eq!(address(&[0; 5]), None);
    }
}
