//! A room of XEP-0045 as an honest service keeps it, with members that a probe makes up.

use xmpp_parsers::minidom::Element;

use crate::honest::Archived;
use crate::ward::ALICE;

/// A room.
#[derive(Debug, Clone)]
pub struct Room {
    /// Its bare address.
    pub address: String,
    /// What it announces of itself.
    pub features: Vec<&'static str>,
    /// Who is in it beside alice: presences without the wrapping, `(nick, payload)`.
    pub occupants: Vec<(String, String)>,
    /// Its archive, oldest first.
    pub archive: Vec<Archived>,
    /// Whether it shows everybody's real address.
    pub shows_addresses: bool,
    /// The name that alice has in it, once she has entered.
    pub nick: Option<String>,
}

impl Room {
    /// A members' room with addresses, an archive and ids of its own.
    #[must_use]
    pub fn of(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            features: vec![
                "http://jabber.org/protocol/muc",
                "urn:xmpp:mam:2",
                "urn:xmpp:sid:0",
                "muc_membersonly",
                "muc_nonanonymous",
                "muc_persistent",
            ],
            occupants: Vec::new(),
            archive: Vec::new(),
            shows_addresses: true,
            nick: None,
        }
    }

    /// Somebody who is in it, with their real address.
    #[must_use]
    pub fn with(mut self, nick: &str, real: &str) -> Self {
        self.occupants.push((
            nick.to_owned(),
            format!(
                "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' role='participant' \
                 jid='{real}'/></x>"
            ),
        ));
        self
    }

    pub(crate) fn info(&self) -> String {
        let features: String = self
            .features
            .iter()
            .map(|feature| format!("<feature var='{feature}'/>"))
            .collect();
        format!(
            "<query xmlns='http://jabber.org/protocol/disco#info'>\
             <identity category='conference' type='text' name='Ward 7'/>{features}</query>"
        )
    }

    pub(crate) fn answer(&mut self, stanza: &Element) -> Option<String> {
        let to = stanza.attr("to")?;
        let nick = to.strip_prefix(self.address.as_str())?;
        if stanza.name() == "message" && nick.is_empty() && stanza.attr("type") == Some("groupchat") {
            return Some(self.echo(stanza));
        }
        let nick = nick.strip_prefix('/')?;
        if stanza.name() != "presence" || stanza.attr("type").is_some() {
            return None;
        }
        self.nick = Some(nick.to_owned());
        let room = &self.address;
        let others: String = self
            .occupants
            .iter()
            .map(|(name, payload)| format!("<presence from='{room}/{name}' to='{ALICE}/desk'>{payload}</presence>"))
            .collect();
        let real = if self.shows_addresses {
            format!(" jid='{ALICE}/desk'")
        } else {
            String::new()
        };
        Some(format!(
            "{others}<presence from='{room}/{nick}' to='{ALICE}/desk'><x xmlns='http://jabber.org/protocol/muc#user'>\
             <item affiliation='member' role='participant'{real}/><status code='100'/><status code='110'/></x></presence>\
             <message type='groupchat' from='{room}' to='{ALICE}/desk'><subject/></message>"
        ))
    }

    fn echo(&self, stanza: &Element) -> String {
        let body = stanza
            .get_child("body", "jabber:client")
            .map(Element::text)
            .unwrap_or_default();
        let id = stanza.attr("id").unwrap_or_default();
        let nick = self.nick.as_deref().unwrap_or_default();
        let room = &self.address;
        format!(
            "<message type='groupchat' id='{id}' from='{room}/{nick}' to='{ALICE}/desk'><body>{body}</body>\
             <stanza-id xmlns='urn:xmpp:sid:0' by='{room}' id='echo-{id}'/></message>"
        )
    }
}
