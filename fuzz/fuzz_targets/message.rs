//! Any bytes as a message: what decodes encodes to the same bytes, and shows nothing secret.

#![no_main]

use capf::secret::Password;
use capf::wire::{Element, Message};

libfuzzer_sys::fuzz_target!(
    init: capf_fuzz::plant("message", capf_fuzz::messages()),
    |bytes: &[u8]| {
        let message = match Message::decode(bytes) {
            Ok(message) => message,
            Err(error) => return drop(error.to_string()),
        };
        assert_eq!(message.encode().as_deref(), Ok(bytes));
        let shown = format!("{message}, {message:?}");
        let message = without_secrets(message);
        assert_eq!(format!("{message}, {message:?}"), shown);
    }
);

/// The same message with other secrets.
fn without_secrets(mut message: Message) -> Message {
    for element in &mut message.elements {
        match element {
            Element::Password(password) if !password.is_empty() => *password = Password::new(b"x"),
            Element::SignedData(signature) => signature.fill(0),
            Element::Sha2SignedData(signed) => signed.signature.fill(0),
            Element::SudiData(sudi) => {
                for signed in &mut sudi.signatures {
                    signed.signature.fill(0);
                }
            }
            Element::Unknown { value, .. } => value.fill(0),
            _ => {}
        }
    }
    message
}
