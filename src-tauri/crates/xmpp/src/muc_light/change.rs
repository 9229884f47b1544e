//! Changes of a room, as the room itself sends them to its members.

use xmpp_parsers::minidom::Element;

use super::room::{Configuration, Occupant, Version, occupants};
use super::wire;
use crate::ns;

/// A change of a room.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// Affiliations have changed.
    Occupants {
        /// The version before; `None`: the reader has none, having just been added or removed.
        previous: Option<Version>,
        /// The version after; `None` for those who have left.
        version: Option<Version>,
        /// The changed people with their new affiliations. The others stay as they are.
        occupants: Vec<Occupant>,
    },
    /// Name or subject have changed.
    Configuration {
        /// The version before.
        previous: Option<Version>,
        /// The version after.
        version: Option<Version>,
        /// The changed fields; the others stay as they are.
        configuration: Configuration,
    },
    /// The room was destroyed.
    Destroyed,
}

/// Reads a change. `None`: the payload is none, or malformed.
pub(crate) fn read_change(payload: &Element) -> Option<Change> {
    if payload.name() != "x" || !payload.ns().starts_with(ns::MUC_LIGHT) {
        return None;
    }
    let version = |version: Option<String>| version.and_then(Version::new);
    Some(match wire::System::try_from(payload.clone()).ok()? {
        wire::System::Affiliations(change) => Change::Occupants {
            previous: version(change.previous),
            version: version(change.version),
            occupants: occupants(change.users),
        },
        wire::System::Configuration(change) => Change::Configuration {
            previous: version(change.previous),
            version: version(change.version),
            configuration: Configuration::from_fields(&change.fields),
        },
        wire::System::Destroyed => Change::Destroyed,
    })
}

crate::redact::redacted_debug!(Change);
