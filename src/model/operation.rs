//! What is to be done with a phone's certificate, how the phone proves itself, and what came of it.

use super::words::words;

words! {
    /// The Certificate Operation scheduled for a phone (AXL `XCertificateOperation`).
    CertificateOperation {
        /// Nothing is scheduled.
        None = "No Pending Operation", "none";
        /// A new LSC, or one in place of the present one.
        Install = "Install/Upgrade", "install";
        /// The LSC in the phone is deleted.
        Delete = "Delete", "delete";
        /// The certificates in the phone are fetched for viewing.
        Troubleshoot = "Troubleshoot", "troubleshoot";
    }
}

words! {
    /// How the phone proves who it is (AXL `XAuthenticationMode`).
    AuthenticationMode {
        /// The user enters a one-time string on the phone.
        AuthenticationString = "By Authentication String", "auth-string";
        /// No proof: the network is trusted.
        NullString = "By Null String", "null-string";
        /// The phone signs with its LSC, or with its MIC where it has no LSC.
        ExistingLsc = "By Existing Certificate (precedence to LSC)", "lsc";
        /// The phone signs with its MIC, or with its LSC where it has no MIC.
        ExistingMic = "By Existing Certificate (precedence to MIC)", "mic";
    }
}

words! {
    /// Which kind of key the phone is asked for (AXL `XKeyOrder`).
    KeyOrder {
        /// RSA and nothing else.
        RsaOnly = "RSA Only", "rsa-only";
        /// Elliptic curve and nothing else.
        EcOnly = "EC Only", "ec-only";
        /// Elliptic curve; RSA where the phone cannot.
        EcPreferred = "EC Preferred, RSA Backup", "ec-preferred";
    }
}

words! {
    /// The size of an RSA key in bits (AXL `XKeySize`).
    RsaKeySize {
        /// 512 bits.
        Bits512 = "512", "512";
        /// 1024 bits.
        Bits1024 = "1024", "1024";
        /// 2048 bits.
        Bits2048 = "2048", "2048";
        /// 3072 bits.
        Bits3072 = "3072", "3072";
        /// 4096 bits.
        Bits4096 = "4096", "4096";
    }
}

impl RsaKeySize {
    /// The size in bits.
    pub const fn bits(self) -> u16 {
        match self {
            Self::Bits512 => 512,
            Self::Bits1024 => 1024,
            Self::Bits2048 => 2048,
            Self::Bits3072 => 3072,
            Self::Bits4096 => 4096,
        }
    }
}

words! {
    /// An elliptic curve, named by its size as Cisco does (AXL `XECKeySize`).
    Curve {
        /// P-256, secp256r1.
        P256 = "256", "256";
        /// P-384, secp384r1.
        P384 = "384", "384";
        /// P-521, secp521r1.
        P521 = "521", "521";
    }
}

impl Curve {
    /// The size in bits.
    pub const fn bits(self) -> u16 {
        match self {
            Self::P256 => 256,
            Self::P384 => 384,
            Self::P521 => 521,
        }
    }
}

/// The key that a phone is asked to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRequest {
    /// An RSA key of this size.
    Rsa(RsaKeySize),
    /// A key on this curve.
    Ec(Curve),
}

words! {
    /// The Operation Status: what came of the last certificate operation (AXL
    /// `XCertificateStatus`, in its order).
    OperationStatus {
        /// No operation was ever scheduled.
        None = "None", "none";
        /// Scheduled; the phone has not finished it.
        OperationPending = "Operation Pending", "operation-pending";
        /// The phone said that it stored the certificate.
        UpgradeSuccess = "Upgrade Success", "upgrade-success";
        /// The phone said that it deleted the certificate.
        DeleteSuccess = "Delete Success", "delete-success";
        /// The phone gave its certificate.
        TroubleshootSuccess = "Troubleshoot Success", "troubleshoot-success";
        /// Failed for a reason without a status of its own.
        UpgradeFailed = "Upgrade Failed", "upgrade-failed";
        /// Failed for a reason without a status of its own.
        DeleteFailed = "Delete Failed", "delete-failed";
        /// Failed for a reason without a status of its own.
        TroubleshootFailed = "Troubleshoot Failed", "troubleshoot-failed";
        /// The LSC that the phone showed is not trusted, or there is none.
        UpgradeFailedInvalidLsc = "Upgrade Failed: Invalid LSC", "upgrade-failed-invalid-lsc";
        /// The wrong string was entered.
        UpgradeFailedInvalidAuthenticationString = "Upgrade Failed: Invalid Authentication String", "upgrade-failed-invalid-authentication-string";
        /// The MIC that the phone showed is not trusted.
        UpgradeFailedInvalidMic = "Upgrade Failed: Invalid MIC", "upgrade-failed-invalid-mic";
        /// The proof does not hold.
        UpgradeFailedInvalidCredentials = "Upgrade Failed: Invalid Credentials", "upgrade-failed-invalid-credentials";
        /// The connection broke, or the phone said something out of turn.
        UpgradeFailedPhoneCommunicationFailure = "Upgrade Failed: Phone Communication Failure", "upgrade-failed-phone-communication-failure";
        /// The phone made no key, or not in time.
        UpgradeFailedKeyGenerationFailed = "Upgrade Failed: Key Generation Failed/Timeout", "upgrade-failed-key-generation-failed";
        /// The CA could not be reached.
        UpgradeFailedCaCommunicationFailure = "Upgrade Failed: CA Communication Failure", "upgrade-failed-ca-communication-failure";
        /// The CA refused.
        UpgradeFailedCaRejectedConnection = "Upgrade Failed: CA Rejected Connection", "upgrade-failed-ca-rejected-connection";
        /// The phone came after the time by which the operation had to complete.
        UpgradeFailedLate = "Upgrade Failed: User Initiated Request Late/Timedout", "upgrade-failed-late";
        /// The LSC that the phone showed is not trusted, or there is none.
        DeleteFailedInvalidLsc = "Delete Failed: Invalid LSC", "delete-failed-invalid-lsc";
        /// The wrong string was entered.
        DeleteFailedInvalidAuthenticationString = "Delete Failed: Invalid Authentication String", "delete-failed-invalid-authentication-string";
        /// The MIC that the phone showed is not trusted.
        DeleteFailedInvalidMic = "Delete Failed: Invalid MIC", "delete-failed-invalid-mic";
        /// The proof does not hold.
        DeleteFailedInvalidCredentials = "Delete Failed: Invalid Credentials", "delete-failed-invalid-credentials";
        /// The connection broke, or the phone said something out of turn.
        DeleteFailedPhoneCommunicationFailure = "Delete Failed: Phone Communication Failure", "delete-failed-phone-communication-failure";
        /// The phone made no key, or not in time.
        DeleteFailedKeyGenerationFailed = "Delete Failed: Key Generation Failed/Timeout", "delete-failed-key-generation-failed";
        /// The CA could not be reached.
        DeleteFailedCaCommunicationFailure = "Delete Failed: CA Communication Failure", "delete-failed-ca-communication-failure";
        /// The CA refused.
        DeleteFailedCaRejectedConnection = "Delete Failed: CA Rejected Connection", "delete-failed-ca-rejected-connection";
        /// The phone came after the time by which the operation had to complete.
        DeleteFailedLate = "Delete Failed: User Initiated Request Late/Timedout", "delete-failed-late";
        /// The LSC that the phone showed is not trusted, or there is none.
        TroubleshootFailedInvalidLsc = "Troubleshoot Failed: Invalid LSC", "troubleshoot-failed-invalid-lsc";
        /// The wrong string was entered.
        TroubleshootFailedInvalidAuthenticationString = "Troubleshoot Failed: Invalid Authentication String", "troubleshoot-failed-invalid-authentication-string";
        /// The MIC that the phone showed is not trusted.
        TroubleshootFailedInvalidMic = "Troubleshoot Failed: Invalid MIC", "troubleshoot-failed-invalid-mic";
        /// The proof does not hold.
        TroubleshootFailedInvalidCredentials = "Troubleshoot Failed: Invalid Credentials", "troubleshoot-failed-invalid-credentials";
        /// The connection broke, or the phone said something out of turn.
        TroubleshootFailedPhoneCommunicationFailure = "Troubleshoot Failed: Phone Communication Failure", "troubleshoot-failed-phone-communication-failure";
        /// The phone made no key, or not in time.
        TroubleshootFailedKeyGenerationFailed = "Troubleshoot Failed: Key Generation Failed/Timeout", "troubleshoot-failed-key-generation-failed";
        /// The phone came after the time by which the operation had to complete.
        TroubleshootFailedLate = "Troubleshoot Failed: User Initiated Request Late/Timedout", "troubleshoot-failed-late";
        /// The phone knows no elliptic curves and nothing else was allowed.
        UpgradeFailedNoSupportForEcOnly = "Upgrade Failed: No Support for EC only in CAPF version 3", "upgrade-failed-no-support-for-ec-only";
    }
}

/// Why an operation failed, before it is known which operation's status says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureReason {
    /// None of the reasons with a status of their own.
    Other,
    /// The LSC is not trusted, or missing.
    InvalidLsc,
    /// The wrong authentication string.
    InvalidAuthenticationString,
    /// The MIC is not trusted.
    InvalidMic,
    /// The proof does not hold.
    InvalidCredentials,
    /// The connection broke, or the phone said something out of turn.
    PhoneCommunication,
    /// No key, or not in time.
    KeyGeneration,
    /// The CA could not be reached.
    CaCommunication,
    /// The CA refused.
    CaRejected,
    /// After the time by which the operation had to complete.
    Late,
    /// EC Only was asked for and the phone cannot.
    NoEcSupport,
}

impl OperationStatus {
    /// The status of a success, where the operation is one.
    pub const fn success(operation: CertificateOperation) -> Self {
        match operation {
            CertificateOperation::None => Self::None,
            CertificateOperation::Install => Self::UpgradeSuccess,
            CertificateOperation::Delete => Self::DeleteSuccess,
            CertificateOperation::Troubleshoot => Self::TroubleshootSuccess,
        }
    }

    /// Whether it says that an operation failed.
    pub const fn is_failure(self) -> bool {
        !matches!(
            self,
            Self::None
                | Self::OperationPending
                | Self::UpgradeSuccess
                | Self::DeleteSuccess
                | Self::TroubleshootSuccess
        )
    }

    /// Why an operation failed, in the words that are the same for every operation. `None` where it
    /// did not fail, or the status gives no reason.
    pub fn reason(self) -> Option<&'static str> {
        self.as_str().split_once(": ").map(|(_, reason)| reason)
    }

    /// The status that says that `operation` failed for `reason`. Where Cisco has no status for
    /// the pair (a CA in a Troubleshoot), it is the operation's plain failure.
    pub const fn failure(operation: CertificateOperation, reason: FailureReason) -> Self {
        use CertificateOperation as Operation;
        use FailureReason as Reason;
        match (operation, reason) {
            (Operation::None, _) => Self::None,
            (Operation::Install, Reason::Other) => Self::UpgradeFailed,
            (Operation::Install, Reason::InvalidLsc) => Self::UpgradeFailedInvalidLsc,
            (Operation::Install, Reason::InvalidAuthenticationString) => {
                Self::UpgradeFailedInvalidAuthenticationString
            }
            (Operation::Install, Reason::InvalidMic) => Self::UpgradeFailedInvalidMic,
            (Operation::Install, Reason::InvalidCredentials) => {
                Self::UpgradeFailedInvalidCredentials
            }
            (Operation::Install, Reason::PhoneCommunication) => {
                Self::UpgradeFailedPhoneCommunicationFailure
            }
            (Operation::Install, Reason::KeyGeneration) => Self::UpgradeFailedKeyGenerationFailed,
            (Operation::Install, Reason::CaCommunication) => {
                Self::UpgradeFailedCaCommunicationFailure
            }
            (Operation::Install, Reason::CaRejected) => Self::UpgradeFailedCaRejectedConnection,
            (Operation::Install, Reason::Late) => Self::UpgradeFailedLate,
            (Operation::Install, Reason::NoEcSupport) => Self::UpgradeFailedNoSupportForEcOnly,
            (Operation::Delete, Reason::Other | Reason::NoEcSupport) => Self::DeleteFailed,
            (Operation::Delete, Reason::InvalidLsc) => Self::DeleteFailedInvalidLsc,
            (Operation::Delete, Reason::InvalidAuthenticationString) => {
                Self::DeleteFailedInvalidAuthenticationString
            }
            (Operation::Delete, Reason::InvalidMic) => Self::DeleteFailedInvalidMic,
            (Operation::Delete, Reason::InvalidCredentials) => Self::DeleteFailedInvalidCredentials,
            (Operation::Delete, Reason::PhoneCommunication) => {
                Self::DeleteFailedPhoneCommunicationFailure
            }
            (Operation::Delete, Reason::KeyGeneration) => Self::DeleteFailedKeyGenerationFailed,
            (Operation::Delete, Reason::CaCommunication) => {
                Self::DeleteFailedCaCommunicationFailure
            }
            (Operation::Delete, Reason::CaRejected) => Self::DeleteFailedCaRejectedConnection,
            (Operation::Delete, Reason::Late) => Self::DeleteFailedLate,
            (
                Operation::Troubleshoot,
                Reason::Other | Reason::NoEcSupport | Reason::CaCommunication | Reason::CaRejected,
            ) => Self::TroubleshootFailed,
            (Operation::Troubleshoot, Reason::InvalidLsc) => Self::TroubleshootFailedInvalidLsc,
            (Operation::Troubleshoot, Reason::InvalidAuthenticationString) => {
                Self::TroubleshootFailedInvalidAuthenticationString
            }
            (Operation::Troubleshoot, Reason::InvalidMic) => Self::TroubleshootFailedInvalidMic,
            (Operation::Troubleshoot, Reason::InvalidCredentials) => {
                Self::TroubleshootFailedInvalidCredentials
            }
            (Operation::Troubleshoot, Reason::PhoneCommunication) => {
                Self::TroubleshootFailedPhoneCommunicationFailure
            }
            (Operation::Troubleshoot, Reason::KeyGeneration) => {
                Self::TroubleshootFailedKeyGenerationFailed
            }
            (Operation::Troubleshoot, Reason::Late) => Self::TroubleshootFailedLate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_ciscos_34_statuses() {
        assert_eq!(OperationStatus::ALL.len(), 34);
        assert_eq!(
            OperationStatus::ALL[33].as_str(),
            "Upgrade Failed: No Support for EC only in CAPF version 3"
        );
        assert_eq!(
            OperationStatus::ALL[22].as_str(),
            "Delete Failed: Key Generation Failed/Timeout"
        );
    }

    #[test]
    fn a_status_is_a_failure_where_ciscos_word_says_failed() {
        for status in OperationStatus::ALL {
            assert_eq!(status.is_failure(), status.as_str().contains("Failed"));
            assert!(status.is_failure() || status.reason().is_none());
        }
    }

    #[test]
    fn a_word_is_read_in_any_case_with_spaces_or_hyphens() {
        for word in ["Install/Upgrade", "install", "INSTALL upgrade"] {
            assert_eq!(word.parse(), Ok(CertificateOperation::Install), "{word}");
        }
        assert_eq!("by null string".parse(), Ok(AuthenticationMode::NullString));
        assert!(
            "sideways"
                .parse::<KeyOrder>()
                .unwrap_err()
                .to_string()
                .contains("RSA Only")
        );
    }

    #[test]
    fn every_status_is_read_back_from_its_own_spelling() {
        for status in OperationStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
        }
    }
}
