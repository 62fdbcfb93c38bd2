//! The commands.

use crate::model::number::numbers;

numbers! {
    /// What a message is for.
    ///
    /// The names of 5 and 6 stand the other way round in one public source; we read the odd number
    /// of each pair as the request, as everywhere up to 14 (D).
    Command {
        /// The server asks who is there. P
        AUTH_REQUEST = 1, "AuthRequest";
        /// The phone says who it is, and proves it. P
        AUTH_RESPONSE = 2, "AuthResponse";
        /// The server asks for a new key. P
        KEY_GENERATE_REQUEST = 3, "KeyGenerateRequest";
        /// The phone's public key, or a reason why there is none. P
        KEY_GENERATE_RESPONSE = 4, "KeyGenerateResponse";
        /// The server asks for the private key's operation on what it sends. N
        ENCRYPT_REQUEST = 5, "EncryptRequest";
        /// What came of it. N
        ENCRYPT_RESPONSE = 6, "EncryptResponse";
        /// Only the name is known. N
        DECRYPT_REQUEST = 7, "DecryptRequest";
        /// Only the name is known. N
        DECRYPT_RESPONSE = 8, "DecryptResponse";
        /// The server sends a certificate to be kept. P
        STORE_CERTIFICATE_REQUEST = 9, "StoreCertificateRequest";
        /// Whether the phone stored it. P
        STORE_CERTIFICATE_RESPONSE = 10, "StoreCertificateResponse";
        /// The server asks for the certificate that the phone has. P
        FETCH_CERTIFICATE_REQUEST = 11, "FetchCertificateRequest";
        /// The certificate, or a reason why there is none. P
        FETCH_CERTIFICATE_RESPONSE = 12, "FetchCertificateResponse";
        /// The server asks that the LSC be deleted. P
        DELETE_CERTIFICATE_REQUEST = 13, "DeleteCertificateRequest";
        /// Whether the phone deleted it. P
        DELETE_CERTIFICATE_RESPONSE = 14, "DeleteCertificateResponse";
        /// The server's last word. P
        END_SESSION = 15, "EndSession";
        /// The server asks the phone to come back. N
        RETRY_LATER = 16, "RetryLater";
        /// The phone is still making its key; it may say so more than once. P
        /// From the server to a phone that waits for its certificate: a keepalive (D).
        REQUEST_IN_PROGRESS = 17, "RequestInProgress";
        /// Only the name is known. N
        STATUS_REQUEST = 18, "StatusRequest";
        /// Only the name is known. N
        STATUS_RESPONSE = 19, "StatusResponse";
        /// Only the name is known. N
        ABORT_REQUEST = 20, "AbortRequest";
        /// Only the name is known. N
        ABORT_RESPONSE = 21, "AbortResponse";
        /// The server asks for a signature over a certification request. N
        SIGN_CERTIFICATE_REQUEST = 22, "SignCertificateRequest";
        /// The signature. N
        SIGN_CERTIFICATE_RESPONSE = 23, "SignCertificateResponse";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_23_known_commands_are_named_and_the_others_are_shown_in_hexadecimal() {
        let named: Vec<u8> = (0..=u8::MAX)
            .filter(|number| Command(*number).name().is_some())
            .collect();
        assert_eq!(named, (1..=23).collect::<Vec<_>>());
        assert_eq!(
            Command::STORE_CERTIFICATE_REQUEST.to_string(),
            "StoreCertificateRequest"
        );
        assert_eq!(Command(0).to_string(), "0x00");
        assert_eq!(format!("{:?}", Command(200)), "0xc8");
    }
}
