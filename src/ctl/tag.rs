//! The numbers: tags, roles, hash algorithms.

use std::str::FromStr;

use crate::model::number::numbers;
use crate::model::{UnknownWord, folded};

numbers! {
    /// Which field of the header a value is. P
    HeaderTag {
        /// The version of the format: two bytes.
        VERSION = 1, "VERSION";
        /// The length of the header: two bytes.
        HEADER_LENGTH = 2, "HEADERLENGTH";
        /// Who signed the file: fields 4 to 6.
        SIGNER_ID = 3, "SIGNERID";
        /// The subject of the signer's certificate.
        SIGNER_NAME = 4, "SIGNERNAME";
        /// Its serial number.
        SERIAL_NUMBER = 5, "SERIALNUMBER";
        /// Its issuer.
        ISSUER_NAME = 6, "CANAME";
        /// How the file is signed: fields 8 to 11.
        SIGNATURE_INFO = 7, "SIGNATUREINFO";
        /// A [`HashAlgorithm`].
        HASH_ALGORITHM = 8, "DIGESTALGORITHM";
        /// With which key the file is signed: fields 10 and 11.
        SIGNATURE_ALGORITHM_INFO = 9, "SIGNATUREALGOINFO";
        /// The kind of key. Its values are not known. N
        SIGNATURE_ALGORITHM = 10, "SIGNATUREALGORITHM";
        /// The size of the key, as an index. Its values are not known. N
        SIGNATURE_MODULUS = 11, "SIGNATUREMODULUS";
        /// The signature.
        SIGNATURE = 12, "SIGNATURE";
        /// A byte that fills the header up; without a length.
        PADDING = 13, "PADDING";
        /// The name of the file.
        FILE_NAME = 14, "FILENAME";
        /// When the file was made: four bytes of seconds since 1970.
        TIMESTAMP = 15, "TIMESTAMP";
        /// Only the name is known. N
        SIGNER_VERSION = 28, "SIGNERVERSION";
    }
}

impl HeaderTag {
    /// Whether the value is fields.
    pub(super) fn is_group(self) -> bool {
        matches!(
            self,
            Self::SIGNER_ID | Self::SIGNATURE_INFO | Self::SIGNATURE_ALGORITHM_INFO
        )
    }
}

numbers! {
    /// Which field of a record a value is. P
    RecordTag {
        /// The length of the record: two bytes.
        RECORD_LENGTH = 1, "RECORDLENGTH";
        /// The server's name or its address as text; empty where the record is nobody's who is
        /// connected to.
        DNS_NAME = 2, "DNSNAME";
        /// The certificate's subject: `CN=CAPF-e9037b69;OU=TAC;O=Cisco`.
        SUBJECT_NAME = 3, "SUBJECTNAME";
        /// The [`Role`]: two bytes.
        ROLE = 4, "FUNCTION";
        /// The certificate's issuer.
        ISSUER_NAME = 5, "ISSUERNAME";
        /// The certificate's serial number, without a sign byte.
        SERIAL_NUMBER = 6, "SERIALNUMBER";
        /// The certificate's key: for RSA, the `RSAPublicKey` of PKCS#1, as its length says.
        PUBLIC_KEY = 7, "PUBLICKEY";
        /// The signature in the certificate.
        SIGNATURE = 8, "SIGNATURE";
        /// The certificate in DER.
        CERTIFICATE = 9, "CERTIFICATE";
        /// The server's address: four bytes. That sixteen are an IPv6 address is D.
        IP_ADDRESS = 10, "IPADDRESS";
        /// A hash of the certificate, where that is not there itself.
        CERTIFICATE_HASH = 11, "CERTIFICATE HASH";
        /// The [`HashAlgorithm`] of that hash.
        HASH_ALGORITHM = 12, "HASH ALGORITHM";
    }
}

numbers! {
    /// What a certificate is for. P
    Role(u16) {
        /// A key that signs trust lists.
        SAST = 0, "System Administrator Security Token";
        /// A call agent.
        CCM = 1, "CCM";
        /// A call agent and TFTP server.
        CCM_TFTP = 2, "CCM+TFTP";
        /// A TFTP server, whose key signs configuration files.
        TFTP = 3, "TFTP";
        /// The Certificate Authority Proxy Function.
        CAPF = 4, "CAPF";
        /// A server of applications.
        APP_SERVER = 7, "APP-SERVER";
        /// The Trust Verification Service.
        TVS = 21, "TVS";
    }
}

impl Role {
    /// Each known role, with the command line's word for it.
    pub const OPTIONS: [(Self, &'static str); 7] = [
        (Self::SAST, "sast"),
        (Self::CCM, "ccm"),
        (Self::CCM_TFTP, "ccm+tftp"),
        (Self::TFTP, "tftp"),
        (Self::CAPF, "capf"),
        (Self::APP_SERVER, "app-server"),
        (Self::TVS, "tvs"),
    ];
}

impl FromStr for Role {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        find(word, &Self::OPTIONS)
    }
}

numbers! {
    /// A hash algorithm. P
    HashAlgorithm {
        /// FIPS 180-4, 160 bits; the one that old phones know.
        SHA1 = 1, "SHA-1";
        /// FIPS 180-4, 256 bits.
        SHA256 = 2, "SHA-256";
        /// FIPS 180-4, 512 bits.
        SHA512 = 3, "SHA-512";
    }
}

impl HashAlgorithm {
    /// Each known algorithm, with the command line's word for it.
    pub const OPTIONS: [(Self, &'static str); 3] = [
        (Self::SHA1, "sha-1"),
        (Self::SHA256, "sha-256"),
        (Self::SHA512, "sha-512"),
    ];
}

impl FromStr for HashAlgorithm {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        find(word, &Self::OPTIONS)
    }
}

fn find<T: Copy>(word: &str, options: &[(T, &'static str)]) -> Result<T, UnknownWord> {
    let wanted = folded(word);
    options
        .iter()
        .find(|(_, option)| folded(option) == wanted)
        .map(|(value, _)| *value)
        .ok_or_else(|| UnknownWord {
            word: word.to_owned(),
            expected: options.iter().map(|(_, option)| *option).collect(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_understood_and_each_means_something_else() {
        for (role, option) in Role::OPTIONS {
            assert_eq!(option.to_uppercase().parse(), Ok(role));
            assert!(role.name().is_some(), "{option}");
        }
        for (algorithm, option) in HashAlgorithm::OPTIONS {
            assert_eq!(option.replace('-', "").parse(), Ok(algorithm));
        }
        assert!("md5".parse::<HashAlgorithm>().is_err());
        let error = "proxy".parse::<Role>().unwrap_err().to_string();
        assert!(error.contains("ccm+tftp"), "{error}");
    }

    #[test]
    fn an_unknown_role_keeps_its_number() {
        assert_eq!(Role(0x1234).to_string(), "0x1234");
        assert_eq!(
            Role::SAST.to_string(),
            "System Administrator Security Token"
        );
    }
}
