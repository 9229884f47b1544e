//! Identifiers of messages. Each kind has its own type, because taking one for another loses messages: an origin-id is
//! chosen by a client and means nothing to an archive; an archive id is the only thing that an archive can be paged by.

use std::borrow::Cow;
use std::fmt;

use xso::error::Error;
use xso::{AsXmlText, FromXmlText};

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The identifier as it stands on the wire. `None` when it is empty, which no protocol means.
            #[must_use]
            pub fn new(id: impl Into<String>) -> Option<Self> {
                let id = id.into();
                (!id.is_empty()).then_some(Self(id))
            }

            /// The identifier as it stands on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The identifier as it stands on the wire.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl FromXmlText for $name {
            fn from_xml_text(text: String) -> Result<Self, Error> {
                Self::new(text).ok_or(Error::Other("empty id"))
            }
        }

        impl AsXmlText for $name {
            fn as_xml_text(&self) -> Result<Cow<'_, str>, Error> {
                Ok(Cow::Borrowed(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

id!(
    /// The id that an archive gave to a message (XEP-0359 `<stanza-id/>`, XEP-0313 `<result id/>`). Opaque: never
    /// sorted, never compared for order. Meaningful only together with the archive that gave it.
    ArchiveId
);
id!(
    /// The `id` attribute of a message: chosen by its sender, unique at best per sender.
    MessageId
);
id!(
    /// The `<origin-id/>` (XEP-0359): chosen by the sender, survives services that rewrite the `id` attribute.
    OriginId
);

/// A point in time by the server's clock: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Reads an XEP-0082 date and time. `None`: malformed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        chrono::DateTime::parse_from_rfc3339(text.trim())
            .ok()
            .map(|t| Self(t.timestamp_micros()))
    }

    /// Writes an XEP-0082 date and time in UTC with microseconds. `None`: outside the years that can be written.
    #[must_use]
    pub fn format(self) -> Option<String> {
        chrono::DateTime::from_timestamp_micros(self.0).map(|t| t.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
    }
}

impl FromXmlText for Timestamp {
    fn from_xml_text(text: String) -> Result<Self, Error> {
        Self::parse(&text).ok_or(Error::Other("malformed date and time"))
    }
}

impl AsXmlText for Timestamp {
    fn as_xml_text(&self) -> Result<Cow<'_, str>, Error> {
        self.format()
            .map(Cow::Owned)
            .ok_or(Error::Other("a year that cannot be written"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_survives_the_wire() {
        let stamp = Timestamp::parse("2026-11-22T17:00:00.123456Z").unwrap();
        assert_eq!(stamp.0, 1_795_366_800_123_456);
        assert_eq!(Timestamp::parse(&stamp.format().unwrap()), Some(stamp));
        assert_eq!(Timestamp::parse("2026-11-22T18:00:00.123456+01:00"), Some(stamp));
    }

    #[test]
    fn nonsense_is_no_timestamp_and_an_empty_string_no_id() {
        assert_eq!(Timestamp::parse("yesterday"), None);
        assert_eq!(Timestamp(i64::MAX).format(), None);
        assert_eq!(ArchiveId::new(""), None);
    }
}
