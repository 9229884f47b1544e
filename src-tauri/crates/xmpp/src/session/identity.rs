//! What Wardline says about itself when asked (XEP-0030, XEP-0092, XEP-0115).

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::digest;
use xmpp_parsers::minidom::Element;

use crate::ns;
use crate::xml::{Build, element};

const NAME: &str = "Wardline";
const NODE: &str = "https://wardline.invalid/caps";

/// Sorted, as XEP-0115 section 5.1 hashes them.
const FEATURES: [&str; 14] = [
    "http://jabber.org/protocol/caps",
    "http://jabber.org/protocol/chatstates",
    "http://jabber.org/protocol/disco#info",
    "jabber:iq:version",
    "jabber:x:conference",
    "urn:wardline:conversations:0+notify",
    "urn:xmpp:bookmarks:1+notify",
    "urn:xmpp:chat-markers:0",
    "urn:xmpp:delay",
    "urn:xmpp:mds:displayed:0+notify",
    "urn:xmpp:message-correct:0",
    "urn:xmpp:ping",
    "urn:xmpp:receipts",
    "urn:xmpp:sid:0",
];

/// The verification string of XEP-0115 section 5.1.
fn verification() -> String {
    let mut text = format!("client/pc//{NAME}<");
    for feature in FEATURES {
        text.push_str(feature);
        text.push('<');
    }
    BASE64.encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()))
}

/// `<c/>` for presence.
pub(super) fn capabilities() -> Element {
    element("c", ns::CAPS)
        .with_attr("hash", "sha-1")
        .with_attr("node", NODE)
        .with_attr("ver", verification())
}

/// The answer to disco#info. `node`: as asked; `None` for a node that does not exist.
pub(super) fn info(node: Option<&str>) -> Option<Element> {
    if let Some(node) = node
        && node != format!("{NODE}#{}", verification())
    {
        return None;
    }
    let identity = element("identity", ns::DISCO_INFO)
        .with_attr("category", "client")
        .with_attr("type", "pc")
        .with_attr("name", NAME);
    let mut query = element("query", ns::DISCO_INFO)
        .with_attr_opt("node", node)
        .with_child(identity);
    for feature in FEATURES {
        query.append_child(element("feature", ns::DISCO_INFO).with_attr("var", feature));
    }
    Some(query)
}

/// The answer to a question for the version. The operating system is nobody's business.
pub(super) fn version() -> Element {
    element("query", ns::VERSION)
        .with_child(element("name", ns::VERSION).with_text(NAME))
        .with_child(element("version", ns::VERSION).with_text(env!("CARGO_PKG_VERSION")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verification_string_is_that_of_the_library_for_what_is_answered() {
        let info = xmpp_parsers::disco::DiscoInfoResult::try_from(info(None).unwrap()).unwrap();
        let data = xmpp_parsers::caps::compute_disco(&info);
        let hash = xmpp_parsers::caps::hash_caps(&data, xmpp_parsers::hashes::Algo::Sha_1).unwrap();
        assert_eq!(BASE64.encode(hash.hash), verification());
        let mut sorted = FEATURES;
        sorted.sort_unstable();
        assert_eq!(sorted, FEATURES);
    }

    #[test]
    fn only_the_announced_node_is_answered() {
        assert!(info(Some(&format!("{NODE}#{}", verification()))).is_some());
        assert!(info(Some("https://other.example#x")).is_none());
    }
}
