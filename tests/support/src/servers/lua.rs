//! Prosody keeps its data as Lua tables in files: this writes them.

use xmpp_parsers::minidom::{Element, Node};

/// A value in Lua.
#[derive(Debug, Clone)]
pub(super) enum Lua {
    /// A string.
    Text(String),
    /// An integer.
    Number(i64),
    /// A truth value.
    Flag(bool),
    /// A table: entries with keys, then the array part.
    Table(Vec<(Key, Lua)>),
}

/// A table's key.
#[derive(Debug, Clone)]
pub(super) enum Key {
    /// A named entry.
    Name(String),
    /// Prosody uses `false` as a key for "everything that is not an entry".
    False,
    /// The next place of the array part.
    Next,
}

impl From<&str> for Lua {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A table with named entries.
pub(super) fn table<const N: usize>(entries: [(&str, Lua); N]) -> Lua {
    Lua::Table(
        entries
            .into_iter()
            .map(|(name, value)| (Key::Name(name.to_owned()), value))
            .collect(),
    )
}

impl Lua {
    /// The file's text: `return <value>`.
    pub(super) fn file(&self) -> String {
        let mut text = "return ".to_owned();
        self.write(&mut text);
        text.push_str(";\n");
        text
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Text(text) => quote(text, out),
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Flag(flag) => out.push_str(&flag.to_string()),
            Self::Table(entries) => {
                out.push('{');
                for (key, value) in entries {
                    match key {
                        Key::Name(name) => {
                            out.push('[');
                            quote(name, out);
                            out.push_str("]=");
                        }
                        Key::False => out.push_str("[false]="),
                        Key::Next => {}
                    }
                    value.write(out);
                    out.push(';');
                }
                out.push('}');
            }
        }
    }
}

/// Every byte that is not plain ASCII as `\ddd`: valid whatever the text holds.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for byte in text.bytes() {
        match byte {
            b' '..=b'!' | b'#'..=b'[' | b']'..=b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\{byte:03}")),
        }
    }
    out.push('"');
}

/// A stanza as Prosody's `st.preserialize` gives it. Every element carries its namespace, as those that come off the wire
/// do: Prosody looks children up by it.
pub(super) fn stanza(element: &Element) -> Lua {
    let mut attributes: Vec<(Key, Lua)> = element
        .attrs()
        .iter()
        .map(|((_namespace, name), value)| (Key::Name(name.to_string()), Lua::from(value.as_str())))
        .collect();
    attributes.push((Key::Name("xmlns".to_owned()), Lua::Text(element.ns())));
    let mut entries = vec![
        (Key::Name("name".to_owned()), Lua::from(element.name())),
        (Key::Name("attr".to_owned()), Lua::Table(attributes)),
    ];
    for node in element.nodes() {
        let value = match node {
            Node::Element(child) => stanza(child),
            Node::Text(text) => Lua::from(text.as_str()),
        };
        entries.push((Key::Next, value));
    }
    Lua::Table(entries)
}

/// Prosody's encoding of a name in a path: everything but ASCII letters and digits as `%xx`.
pub(super) fn file_name(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02x}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stanza_becomes_the_table_that_prosody_reads() {
        let card: Element = "<vCard xmlns='vcard-temp'><FN>Ann \"A\" O'Neil</FN></vCard>"
            .parse()
            .unwrap();
        assert_eq!(
            stanza(&card).file(),
            "return {[\"name\"]=\"vCard\";[\"attr\"]={[\"xmlns\"]=\"vcard-temp\";};\
             {[\"name\"]=\"FN\";[\"attr\"]={[\"xmlns\"]=\"vcard-temp\";};\"Ann \\034A\\034 O'Neil\";};};\n"
        );
    }

    #[test]
    fn file_names_are_encoded_as_prosody_does() {
        assert_eq!(file_name("rooms.ward-7.test"), "rooms%2eward%2d7%2etest");
    }
}
