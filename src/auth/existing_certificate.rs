//! By Existing Certificate: the phone signs with its LSC or MIC.
//!
//! The signatures are not judged yet, so the mode is refused: nobody gets in by a proof that
//! nobody checked.

use super::Refusal;
use crate::model::AuthenticationMode;

pub(super) fn judge(mode: AuthenticationMode) -> Result<(), Refusal> {
    Err(Refusal::CertificateNotJudged { mode })
}
