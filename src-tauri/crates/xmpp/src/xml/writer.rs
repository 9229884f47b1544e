//! Elements to bytes.

use xmpp_parsers::minidom::Element;

/// The element as bytes of UTF-8, its namespaces declared on itself.
pub(crate) fn encoded(element: &Element) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    if element.write_to(&mut bytes).is_err() {
        // Writing to memory fails only for characters that XML cannot carry at all.
        bytes.clear();
    }
    bytes
}
