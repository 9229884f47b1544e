//! Recordings of a server played again: what their clients said is said to one of ours, and what it answers is
//! compared.

mod compare;
mod stage;

pub(crate) use stage::{ROOM, Stage};
