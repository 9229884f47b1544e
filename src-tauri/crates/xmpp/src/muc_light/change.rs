//! Changes of a room, as the room itself sends them to its members.

use xmpp_parsers::minidom::Element;

use super::room::{Configuration, Occupant, Version, occupants};
use super::wire;
use crate::ns;

/// What a room says of itself in a message of its own.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// Somebody came, left, or became something else.
    Occupants {
        /// The version before; `None`: the reader cannot hold one, having just come or gone.
        previous: Option<Version>,
        /// The version after; `None`: for those who have left.
        version: Option<Version>,
        /// Who has changed, and what they are now. The others stay as they are.
        occupants: Vec<Occupant>,
    },
    /// Name or subject have changed.
    Configuration {
        /// The version before.
        previous: Option<Version>,
        /// The version after.
        version: Option<Version>,
        /// What has changed; the rest stays as it is.
        configuration: Configuration,
    },
    /// The room is no more.
    Destroyed,
}

/// Reads what a room says of itself. `None`: it is nothing of that sort, or malformed.
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
