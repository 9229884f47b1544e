//! XML on the wire.

mod build;
mod writer;

pub(crate) use build::{Build, element};
pub(crate) use writer::encoded;
