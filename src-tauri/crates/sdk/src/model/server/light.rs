//! The room of MUC Light, as recorded from a server (`xmpp/fixtures/mongooseim/06_muclight.xml`): members need not enter; every change
//! is told with the version before it, and archived; what only Alice hears, of herself, is in no archive.

use wardline_store::{Membership, TeamRole};
use wardline_xmpp::Element;

use super::archive::Archive;
use super::rooms::{DAVE, Standing};
use super::state::{Author, OWN, State, message};
use crate::model::schedule::{Chat, Out};

/// The address of the service.
pub(super) const SERVICE: &str = "light.example";
const NS: &str = "urn:xmpp:muclight:0";

fn user(affiliation: &str, jid: &str) -> String {
    format!("<user affiliation='{affiliation}'>{jid}</user>")
}

fn word(role: TeamRole) -> &'static str {
    match role {
        TeamRole::Owner => "owner",
        TeamRole::Admin | TeamRole::Member => "member",
    }
}

impl State {
    /// The room is made: its archive says so without a version.
    pub(super) fn make_night(&mut self) {
        let users = self.users();
        self.night_archives(&format!("<x xmlns='{NS}#affiliations'>{users}</x><body/>"));
        if self.rooms.night.has_alice() {
            self.rooms.night.tell(Membership::Member);
        }
    }

    fn users(&self) -> String {
        let members = self.rooms.night.members().into_iter();
        members.map(|(jid, role)| user(word(role), jid)).collect()
    }

    /// Keeps what the room says of itself; the message's id, and that in the archive.
    fn night_archives(&mut self, payload: &str) -> (String, String) {
        let number = self.number();
        let (id, text) = (format!("n{number}"), format!("notice {number}"));
        let room = Chat::Night.address();
        let archived = self.archive(Chat::Night, Author::Team, &id, room, OWN, payload, Some(&text));
        (id, archived)
    }

    /// Something about the room changes, and its archive says so; the message's id, and what members hear: that, with both versions.
    fn night_changes(&mut self, what: &str, change: &str) -> (String, String) {
        let before = self.rooms.night.version;
        let version = format!("<version>v{}</version>", self.rooms.night.next_version());
        let (id, archived) = self.night_archives(&format!("<x xmlns='{NS}#{what}'>{version}{change}</x><body/>"));
        let room = Chat::Night.address();
        let told = format!(
            "<x xmlns='{NS}#{what}'><prev-version>v{before}</prev-version>{version}{change}</x><body/>\
             <stanza-id xmlns='urn:xmpp:sid:0' by='{room}' id='{archived}'/>"
        );
        (id, told)
    }

    fn night_tells(&mut self, id: &str, payload: &str) {
        self.deliver(message("groupchat", Chat::Night.address(), OWN, id, payload), None);
    }

    /// Dave comes or goes, or, every third time, the room gets another name.
    pub(super) fn change_night(&mut self) {
        let (what, change) = if self.rooms.night.version.is_multiple_of(3) {
            let name = format!("<roomname>Night {}</roomname>", self.rooms.night.version);
            ("configuration", name)
        } else if self.rooms.night.turn_dave() {
            ("affiliations", user("member", DAVE))
        } else {
            ("affiliations", user("none", DAVE))
        };
        if what == "configuration" {
            self.rooms.night_name = format!("Night {}", self.rooms.night.version);
        }
        let (id, told) = self.night_changes(what, &change);
        if self.rooms.night.has_alice() {
            self.night_tells(&id, &told);
        }
    }

    /// Alice is taken in: she hears the new version alone, and what she hears has no place in the archive.
    pub(super) fn take_into_night(&mut self) {
        if self.rooms.night.has_alice() {
            return;
        }
        self.rooms.night.alice = Standing::Member;
        let change = user("member", OWN);
        let (id, _) = self.night_changes("affiliations", &change);
        let version = self.rooms.night.version;
        self.rooms.night.tell(Membership::Member);
        self.night_tells(
            &id,
            &format!("<x xmlns='{NS}#affiliations'><version>v{version}</version>{change}</x><body/>"),
        );
    }

    /// Alice is taken out, or the room is no more. Neither has a version or a place in the archive for her.
    pub(super) fn put_out_of_night(&mut self, out: Out) {
        let now = self.now();
        let night = &mut self.rooms.night;
        if !night.has_alice() {
            night.is_ended |= out == Out::Ended;
            return;
        }
        night.was_out = true;
        night.out_since = now;
        let change = user("none", OWN);
        let gone = format!("<x xmlns='{NS}#affiliations'>{change}</x><body/>");
        if out == Out::Ended {
            night.is_ended = true;
            night.archive = Archive::default();
            night.tell(Membership::Ended);
            // Who was not there finds it gone from the list, and no more.
            night.tell_maybe(Membership::Removed);
            let id = format!("n{}", self.number());
            self.night_tells(&id, &format!("<x xmlns='{NS}#destroy'/>{gone}"));
        } else {
            night.alice = Standing::None;
            night.tell(Membership::Removed);
            let (id, _) = self.night_changes("affiliations", &change);
            self.night_tells(&id, &gone);
        }
    }

    /// What the service or the room answers; `None`: not to be asked of it.
    pub(super) fn ask_light(
        &mut self,
        payload: &Element,
        to: &str,
        is_set: bool,
    ) -> Option<Result<String, &'static str>> {
        let room = Chat::Night.address();
        if !self.rooms.are_told || (to != SERVICE && to != room) {
            return None;
        }
        let (name, ns) = (payload.name(), payload.ns());
        let night = &self.rooms.night;
        match (name, ns.as_str()) {
            ("query", "http://jabber.org/protocol/disco#info") => Some(Ok(format!(
                "<query xmlns='http://jabber.org/protocol/disco#info'>\
                 <identity category='conference' type='text' name='MUC Light (modern)'/><feature var='{NS}'/></query>"
            ))),
            ("query", "http://jabber.org/protocol/disco#items") => {
                let item = format!(
                    "<set xmlns='http://jabber.org/protocol/rsm'><first index='0'>{room}</first><last>{room}</last>\
                     <count>1</count></set><item jid='{room}' name='{}' version='v{}'/>",
                    self.rooms.night_name, night.version
                );
                let item = if night.has_alice() { item } else { String::new() };
                Some(Ok(format!(
                    "<query xmlns='http://jabber.org/protocol/disco#items'>{item}</query>"
                )))
            }
            _ if !night.has_alice() => Some(Err(match ns.as_str() {
                "urn:xmpp:mam:2" => "not-allowed",
                _ => "item-not-found",
            })),
            ("query", "urn:xmpp:muclight:0#info") => {
                let version = format!("v{}", night.version);
                let held = payload.children().next().map(Element::text);
                Some(Ok(if held.as_deref() == Some(&version) {
                    String::new()
                } else {
                    format!(
                        "<query xmlns='{NS}#info'><version>{version}</version><configuration><roomname>{}</roomname>\
                         </configuration><occupants>{}</occupants></query>",
                        self.rooms.night_name,
                        self.users()
                    )
                }))
            }
            ("query", "urn:xmpp:muclight:0#affiliations") if is_set => {
                // Alice, a member, may only leave.
                self.desk_leaves(Chat::Night);
                self.put_out_of_night(Out::Removed);
                Some(Ok(String::new()))
            }
            _ => None,
        }
    }
}
