//! Answers about this client (XEP-0030, XEP-0092, XEP-0115).

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::digest;
use xmpp_parsers::caps::Caps;
use xmpp_parsers::disco::{DiscoInfoResult, Identity};
use xmpp_parsers::hashes::Algo;
use xmpp_parsers::minidom::Element;
use xmpp_parsers::version::VersionResult;

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

/// The verification hash of XEP-0115 section 5.1.
fn verification() -> Vec<u8> {
    let mut text = format!("client/pc//{NAME}<");
    for feature in FEATURES {
        text.push_str(feature);
        text.push('<');
    }
    digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes())
        .as_ref()
        .to_vec()
}

/// The node under which the server and contacts ask for [`FEATURES`].
fn node() -> String {
    format!("{NODE}#{}", BASE64.encode(verification()))
}

/// `<c/>` for presence.
pub(super) fn capabilities() -> Element {
    let capabilities = Caps {
        ext: None,
        node: NODE.to_owned(),
        hash: Algo::Sha_1,
        ver: verification(),
    };
    capabilities.into()
}

/// The answer to disco#info about `node`. `None`: there is no such node.
pub(super) fn info(node: Option<&str>) -> Option<Element> {
    if node.is_some_and(|asked| asked != self::node()) {
        return None;
    }
    let info = DiscoInfoResult {
        node: node.map(str::to_owned),
        identities: vec![Identity {
            category: "client".to_owned(),
            type_: "pc".to_owned(),
            lang: None,
            name: Some(NAME.to_owned()),
        }],
        features: FEATURES.into_iter().map(str::to_owned).collect(),
        extensions: Vec::new(),
    };
    Some(info.into())
}

/// The answer to a request for the version. It leaves the operating system out, as contacts need not know it.
pub(super) fn version() -> Element {
    let version = VersionResult {
        name: NAME.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        os: None,
    };
    version.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verification_string_is_that_of_the_library_for_what_is_answered() {
        let info = DiscoInfoResult::try_from(info(None).unwrap()).unwrap();
        let data = xmpp_parsers::caps::compute_disco(&info);
        let hash = xmpp_parsers::caps::hash_caps(&data, Algo::Sha_1).unwrap();
        assert_eq!(hash.hash, verification());
        let mut sorted = FEATURES;
        sorted.sort_unstable();
        assert_eq!(sorted, FEATURES);
    }

    #[test]
    fn only_the_announced_node_is_answered() {
        assert!(info(Some(&node())).is_some());
        assert!(info(Some("https://other.example#x")).is_none());
    }

    #[test]
    fn answers_have_the_form_that_servers_and_contacts_know() {
        let written = |element: &Element| String::from_utf8(crate::xml::encoded(element)).unwrap();
        let capabilities = written(&capabilities());
        for part in ["<c ", "hash='sha-1'", "ver='", "node='https://wardline.invalid/caps'"] {
            assert!(capabilities.replace('"', "'").contains(part), "{capabilities}");
        }
        let info = info(None).unwrap();
        let names: Vec<_> = info.children().map(Element::name).collect();
        assert_eq!(
            (names[0], names[1], names.len()),
            ("identity", "feature", 1 + FEATURES.len())
        );
        let version = version();
        let fields: Vec<_> = version.children().map(|field| (field.name(), field.text())).collect();
        assert_eq!(
            fields,
            [
                ("name", NAME.to_owned()),
                ("version", env!("CARGO_PKG_VERSION").to_owned())
            ]
        );
    }
}
