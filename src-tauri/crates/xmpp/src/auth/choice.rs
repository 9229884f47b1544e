//! Which mechanism to use.

use xmpp_parsers::minidom::Element;

use super::scram::{Binding, Hash};
use crate::ns;

/// What the server offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Offer {
    mechanisms: Vec<String>,
    /// Types of channel binding that it announces (XEP-0440).
    bindings: Vec<String>,
}

impl Offer {
    /// Reads the stream's features.
    pub(crate) fn read(features: &Element) -> Self {
        let mechanisms = features.get_child("mechanisms", ns::SASL).map(|list| {
            list.children()
                .filter(|e| e.is("mechanism", ns::SASL))
                .map(|e| e.text())
                .collect()
        });
        let bindings = features.get_child("sasl-channel-binding", ns::SASL_CB).map(|list| {
            list.children()
                .filter(|e| e.is("channel-binding", ns::SASL_CB))
                .filter_map(|e| e.attr("type").map(str::to_owned))
                .collect()
        });
        Self {
            mechanisms: mechanisms.unwrap_or_default(),
            bindings: bindings.unwrap_or_default(),
        }
    }

    /// The whole offer in the form of which a server may send a hash (XEP-0474 section 5.1), so that nobody on the way can
    /// take the better choices out of it.
    pub(crate) fn listed(&self) -> String {
        let joined = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort();
            names.join("\u{1e}")
        };
        let mechanisms = joined(&self.mechanisms);
        if self.bindings.is_empty() {
            mechanisms
        } else {
            format!("{mechanisms}\u{1f}{}", joined(&self.bindings))
        }
    }

    fn has_exporter(&self) -> bool {
        self.bindings.iter().any(|name| name == "tls-exporter")
    }

    fn has(&self, name: &str) -> bool {
        self.mechanisms.iter().any(|mechanism| mechanism == name)
    }
}

/// How to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// SCRAM (RFC 5802, RFC 7677).
    Scram {
        mechanism: String,
        hash: Hash,
        binding: Binding,
    },
    /// PLAIN (RFC 4616).
    Plain,
}

/// The best mechanism offered. `exporter`: channel binding data of the TLS connection, where there is any.
///
/// -PLUS is used only if the server announces that it knows tls-exporter: ejabberd 23.01 offers -PLUS and then refuses
/// it. Without that the server is told the truth, which lets it notice when somebody has taken -PLUS out of its offer:
/// "could bind, but you did not offer" only if it really did not offer.
pub(crate) fn choose(offer: &Offer, exporter: Option<Vec<u8>>) -> Option<Choice> {
    const STRONGEST_FIRST: [Hash; 3] = [Hash::Sha512, Hash::Sha256, Hash::Sha1];
    let plus = |hash: Hash| format!("{}-PLUS", hash.mechanism());
    let exporter = exporter.filter(|_| offer.has_exporter());
    if let Some(data) = &exporter
        && let Some(hash) = STRONGEST_FIRST.into_iter().find(|hash| offer.has(&plus(*hash)))
    {
        return Some(Choice::Scram {
            mechanism: plus(hash),
            hash,
            binding: Binding::Exporter(data.clone()),
        });
    }
    let plus_offered = offer.mechanisms.iter().any(|name| name.ends_with("-PLUS"));
    let binding = if plus_offered {
        Binding::NotSupported
    } else {
        Binding::NotOffered
    };
    if let Some(hash) = STRONGEST_FIRST.into_iter().find(|hash| offer.has(hash.mechanism())) {
        return Some(Choice::Scram {
            mechanism: hash.mechanism().to_owned(),
            hash,
            binding,
        });
    }
    offer.has("PLAIN").then_some(Choice::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(mechanisms: &[&str], exporter: bool) -> Offer {
        Offer {
            mechanisms: mechanisms.iter().map(|name| (*name).to_owned()).collect(),
            bindings: exporter.then(|| "tls-exporter".to_owned()).into_iter().collect(),
        }
    }

    fn chosen(offer: &Offer) -> Option<(String, Option<Binding>)> {
        choose(offer, Some(vec![7])).map(|choice| match choice {
            Choice::Scram { mechanism, binding, .. } => (mechanism, Some(binding)),
            Choice::Plain => ("PLAIN".to_owned(), None),
        })
    }

    #[test]
    fn the_strongest_hash_wins() {
        let mongooseim = offer(&["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"], false);
        assert_eq!(
            chosen(&mongooseim),
            Some(("SCRAM-SHA-512".into(), Some(Binding::NotOffered)))
        );
    }

    #[test]
    fn binding_is_used_only_where_the_server_announces_the_type() {
        let names = ["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256"];
        let bound = ("SCRAM-SHA-1-PLUS".into(), Some(Binding::Exporter(vec![7])));
        assert_eq!(chosen(&offer(&names, true)), Some(bound));
        assert_eq!(
            chosen(&offer(&names, false)),
            Some(("SCRAM-SHA-256".into(), Some(Binding::NotSupported)))
        );
    }

    #[test]
    fn plain_is_the_last_resort_and_nothing_else_is_one() {
        assert_eq!(
            chosen(&offer(&["DIGEST-MD5", "PLAIN"], false)),
            Some(("PLAIN".into(), None))
        );
        assert_eq!(chosen(&offer(&["DIGEST-MD5", "ANONYMOUS", "X-OAUTH2"], false)), None);
        assert_eq!(chosen(&Offer::default()), None);
    }

    #[test]
    fn an_offer_is_read_from_the_features() {
        let features: Element = "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>\
            <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-1</mechanism></mechanisms>\
            <sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-exporter'/>\
            </sasl-channel-binding></stream:features>"
            .parse()
            .unwrap();
        assert_eq!(Offer::read(&features), offer(&["SCRAM-SHA-1"], true));
    }

    #[test]
    fn an_offer_is_listed_in_order_whatever_the_order_of_the_server() {
        assert_eq!(offer(&["B", "A"], false).listed(), "A\u{1e}B");
        assert_eq!(offer(&["B", "A"], true).listed(), "A\u{1e}B\u{1f}tls-exporter");
    }
}
