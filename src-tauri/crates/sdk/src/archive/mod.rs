//! What is pure about archives: rules without store or network.

pub(crate) mod order;
pub(crate) mod positions;
