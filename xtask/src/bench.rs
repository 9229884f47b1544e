//! `cargo xtask bench start`: from exec to the complete chat list, beside a bare window in the same run.

use crate::arguments::Consent;
use crate::failure::Failure;

pub(crate) fn start(_consent: Consent) -> Result<(), Failure> {
    Err(Failure::Wrong("later".to_owned()))
}
