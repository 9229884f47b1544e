//! XML on the wire: one reader and one writer for all phases of a stream.

mod build;
mod reader;
mod wire;
mod writer;

pub(crate) use build::{Build, element};
pub(crate) use reader::{Incoming, Limits};
pub(crate) use wire::{Input, InputError};
pub(crate) use writer::{STREAM_END, encoded, stream_header};
