//! Builds elements: envelopes and requests without content. `minidom` wants attribute names as validated types; the
//! names here are literals.

use xmpp_parsers::minidom::{Element, rxml};

/// Chained additions to an element.
pub(crate) trait Build: Sized {
    /// With an attribute without namespace.
    #[must_use]
    fn with_attr(self, name: &'static str, value: impl Into<String>) -> Self;
    /// With an attribute without namespace, where there is a value.
    #[must_use]
    fn with_attr_opt(self, name: &'static str, value: Option<impl Into<String>>) -> Self;
    /// With one more child.
    #[must_use]
    fn with_child(self, child: Element) -> Self;
    /// With text at the end.
    #[must_use]
    fn with_text(self, text: impl Into<String>) -> Self;
}

impl Build for Element {
    fn with_attr(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Ok(name) = rxml::NcName::try_from(name) {
            self.attrs_mut().insert(rxml::Namespace::NONE, name, value.into());
        }
        self
    }

    fn with_attr_opt(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with_attr(name, value),
            None => self,
        }
    }

    fn with_child(mut self, child: Element) -> Self {
        self.append_child(child);
        self
    }

    fn with_text(mut self, text: impl Into<String>) -> Self {
        self.append_text(text);
        self
    }
}

/// An element of that name.
pub(crate) fn element(name: &'static str, namespace: &'static str) -> Element {
    Element::bare(name, namespace)
}
