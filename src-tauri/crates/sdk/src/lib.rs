//! Wardline's SDK: accounts, conversations, inbox, timeline, archive sync and outbox, without any user interface.

pub mod view;
