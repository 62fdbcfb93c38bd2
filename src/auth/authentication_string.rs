//! By Authentication String: what the user entered is what the administrator set.

use super::{Claim, Refusal};
use crate::model::Phone;

pub(super) fn judge(phone: &Phone, claim: &Claim) -> Result<(), Refusal> {
    let expected = phone
        .capf
        .authentication_string
        .as_ref()
        .ok_or(Refusal::NoAuthenticationString)?;
    let entered = claim
        .password
        .as_ref()
        .map_or(&[][..], |password| password.reveal());
    if expected.matches(entered) {
        Ok(())
    } else {
        Err(Refusal::WrongAuthenticationString)
    }
}
