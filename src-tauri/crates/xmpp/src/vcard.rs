//! Business cards (XEP-0054), for names, roles and pictures.

use xmpp_parsers::jid::BareJid;

use crate::session::{RequestError, Session};

/// What Wardline reads of a vCard. Empty fields are `None`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct VCard {
    /// `FN`: full name.
    pub full_name: Option<String>,
    /// `NICKNAME`.
    pub nickname: Option<String>,
    /// `TITLE`: job title.
    pub title: Option<String>,
    /// `ROLE`.
    pub role: Option<String>,
    /// `ORG/ORGNAME`.
    pub organisation: Option<String>,
    /// `ORG/ORGUNIT`, such as ward or department, in order.
    pub units: Vec<String>,
    /// `PHOTO`.
    pub photo: Option<Photo>,
}

/// A picture inside a vCard.
#[derive(Clone, PartialEq, Eq)]
pub struct Photo {
    /// Media type as claimed by whoever wrote the card; not believed by anything that draws it.
    pub media_type: Option<String>,
    /// The bytes.
    pub data: Vec<u8>,
}

crate::redact::redacted_debug!(VCard, Photo);

impl Session {
    /// Somebody's (or a room's) business card. `None`: there is none.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn vcard(&self, of: BareJid) -> Result<Option<VCard>, RequestError> {
        drop(of);
        Err(RequestError::Offline)
    }
}
