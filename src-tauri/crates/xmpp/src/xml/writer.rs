//! Elements to bytes.

use xmpp_parsers::minidom::Element;

/// The end of a stream.
pub(crate) const STREAM_END: &[u8] = b"</stream:stream>";

/// The element as bytes of UTF-8, its namespaces declared on itself.
pub(crate) fn encoded(element: &Element) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    if element.write_to(&mut bytes).is_err() {
        // Writing to memory fails only for characters that XML cannot carry at all.
        bytes.clear();
    }
    bytes
}

/// The beginning of a stream to `domain`.
pub(crate) fn stream_header(domain: &str) -> Vec<u8> {
    let mut bytes = b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
        xmlns:stream='http://etherx.jabber.org/streams' version='1.0' xml:lang='en' to='"
        .to_vec();
    for character in domain.chars() {
        match character {
            '&' => bytes.extend_from_slice(b"&amp;"),
            '<' => bytes.extend_from_slice(b"&lt;"),
            '\'' => bytes.extend_from_slice(b"&apos;"),
            other => bytes.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes.extend_from_slice(b"'>");
    bytes
}
