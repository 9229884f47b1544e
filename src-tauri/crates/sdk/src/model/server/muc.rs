//! The room of XEP-0045: entering it, being put out of it, who belongs to it; and where it is remembered (XEP-0402, XEP-0048).

use wardline_store::{Membership, TeamRole};
use wardline_xmpp::Element;

use super::rooms::{DAVE, PHONE_NICK, Standing};
use super::state::{Author, DESK, OWN, State, Voice};
use crate::model::schedule::{Chat, Out, RoomManner};

const USER: &str = "http://jabber.org/protocol/muc#user";

/// The namespace of those who enter.
const ENTERS: &str = "http://jabber.org/protocol/muc";

impl State {
    pub(in crate::model) fn rooms_behave(&mut self, manner: RoomManner) {
        self.rooms.manner = manner;
    }

    /// In which namespace the room speaks of who comes and goes.
    fn told_in(&self) -> &'static str {
        match self.rooms.manner {
            RoomManner::Standard => USER,
            RoomManner::MongooseIm => ENTERS,
        }
    }

    /// The address of this computer's occupant.
    pub(super) fn desk_occupant(&self) -> String {
        format!("{}/{}", Chat::Ward.address(), self.rooms.desk_nick)
    }

    /// Alice becomes a member, and is asked in.
    pub(super) fn ask_into_ward(&mut self) {
        let room = Chat::Ward.address();
        self.rooms.ward.alice = Standing::Member;
        let id = format!("m{}", self.number());
        let payload = format!("<x xmlns='jabber:x:conference' jid='{room}'/>");
        self.remote(Voice::usual(Chat::Bob, Author::Other), &id, &payload, None);
        // Inside, it need not be; and that this computer has left need not have come here.
        self.rooms.ward.tell_maybe(Membership::Invited);
    }

    pub(super) fn put_out_of_ward(&mut self, out: Out) {
        let (affiliation, extra, told) = match out {
            Out::Kicked => ("member", "<status code='307'/>", Membership::Removed),
            Out::Removed => ("none", "<status code='321'/>", Membership::Removed),
            Out::Banned => ("outcast", "<status code='301'/>", Membership::Banned),
            Out::Ended => ("none", "<destroy/>", Membership::Ended),
        };
        match out {
            Out::Kicked => {}
            // Whoever is banned is no member that could be taken off the list.
            Out::Removed if self.rooms.ward.alice != Standing::Member => return,
            Out::Removed => self.rooms.ward.alice = Standing::None,
            Out::Banned => self.rooms.ward.alice = Standing::Banned,
            Out::Ended => {
                self.rooms.ward.is_ended = true;
                self.rooms.ward.archive = super::archive::Archive::default();
            }
        }
        self.drop_occupant(affiliation, extra, Some(told));
    }

    /// This computer's session is not inside any more, and hears why.
    fn drop_occupant(&mut self, affiliation: &str, extra: &str, told: Option<Membership>) {
        self.rooms.ward.was_out = true;
        if !std::mem::take(&mut self.rooms.is_inside) {
            return;
        }
        self.rooms.ward.out_since = self.now();
        if let Some(told) = told {
            self.rooms.ward.tell(told);
        }
        self.deliver(
            format!(
                "<presence xmlns='jabber:client' type='unavailable' from='{}' to='{DESK}'><x xmlns='{}'>\
                 <item affiliation='{affiliation}' role='none'/><status code='110'/>{extra}</x></presence>",
                self.desk_occupant(),
                self.told_in()
            ),
            None,
        );
    }

    /// Dave comes, or goes if he is there. The room tells those who are inside that somebody who is not has become something else to
    /// it; Bob may say that it was he; and Carol, who may not do such a thing, may say that it was she.
    pub(super) fn change_ward(&mut self) {
        let is_there = self.rooms.ward.turn_dave();
        let affiliation = if is_there { "member" } else { "none" };
        let deed = if is_there { "added" } else { "removed" };
        let claim = format!("<{deed} xmlns='urn:wardline:team:0'><person jid='{DAVE}'/></{deed}>");
        if self.rooms.is_inside {
            let room = Chat::Ward.address();
            self.deliver(
                format!(
                    "<message xmlns='jabber:client' from='{room}' to='{DESK}'><x xmlns='{USER}'>\
                     <item affiliation='{affiliation}' jid='{DAVE}' role='none'/></x></message>"
                ),
                None,
            );
        }
        match self.rooms.ward.next_version() % 4 {
            0 => {}
            1 => self.claims_in_ward("Carol", &claim),
            _ => self.says_of_ward("Bob", &claim),
        }
    }

    /// Somebody in the room says what they have done to it, or that they leave it: a quiet line for everybody.
    fn says_of_ward(&mut self, nick: &'static str, claim: &str) {
        let number = self.number();
        let (id, text) = (format!("n{number}"), format!("notice {number}"));
        let from = format!("{}/{nick}", Chat::Ward.address());
        let kept = format!("{claim}{}", self.occupant_item(Chat::Ward, nick));
        let archived = self.archive(Chat::Ward, Author::Team, &id, &from, OWN, &kept, Some(&text));
        if self.hears(Chat::Ward) {
            self.deliver_in_room(&from, &id, claim, &archived);
        }
    }

    /// Somebody in the room says what cannot be: nothing to anybody.
    fn claims_in_ward(&mut self, nick: &'static str, claim: &str) {
        let id = format!("m{}", self.number());
        let author = Author::Other;
        let chat = Chat::Ward;
        self.remote(Voice { chat, author, nick }, &id, claim, None);
    }

    /// Who an occupant of the room is, in its archive (XEP-0313 section 7).
    pub(super) fn occupant_item(&self, chat: Chat, nick: &str) -> String {
        if chat != Chat::Ward {
            return String::new();
        }
        let (who, affiliation) = (nick.to_lowercase(), of(nick));
        format!("<x xmlns='{USER}'><item jid='{who}@ward.example' affiliation='{affiliation}'/></x>")
    }

    /// Presence of this computer to the room.
    pub(super) fn room_presence(&mut self, element: &Element, to: &str) {
        if element.attr("type") == Some("unavailable") {
            self.drop_occupant("member", "", None);
            return;
        }
        let room = &mut self.rooms.ward;
        let refused = match room.alice {
            // Entering one that is no more makes another.
            _ if room.is_ended => {
                room.tell(Membership::Ended);
                self.deliver(self.entered(to, "owner", "<status code='201'/>"), None);
                return;
            }
            Standing::Member => None,
            Standing::None => Some((Membership::Removed, "registration-required")),
            Standing::Banned => Some((Membership::Banned, "forbidden")),
        };
        if let Some((told, condition)) = refused {
            room.tell(told);
            self.refuse_entry(to, condition);
            return;
        }
        let nick = to.split_once('/').map_or("", |(_, nick)| nick);
        if self.rooms.manner == RoomManner::MongooseIm && nick == PHONE_NICK {
            self.refuse_entry(to, "conflict");
            return;
        }
        self.rooms.desk_nick = nick.to_owned();
        self.rooms.ward.let_in(self.rooms.is_wanted);
        self.rooms.is_inside = true;
        self.deliver_occupants();
        self.deliver(self.entered(to, "member", "<status code='100'/>"), None);
        self.deliver_room_history();
    }

    fn refuse_entry(&mut self, occupant: &str, condition: &str) {
        self.deliver(
            format!(
                "<presence xmlns='jabber:client' type='error' from='{occupant}' to='{DESK}'><error type='auth'>\
                 <{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>"
            ),
            None,
        );
    }

    /// This computer's occupant, as it is told to itself when it has entered.
    fn entered(&self, occupant: &str, affiliation: &str, codes: &str) -> String {
        format!(
            "<presence xmlns='jabber:client' from='{occupant}' to='{DESK}'><x xmlns='{}'>\
             <item affiliation='{affiliation}' role='participant' jid='{DESK}'/><status code='110'/>{codes}</x></presence>",
            self.told_in()
        )
    }

    /// Who else is inside.
    fn deliver_occupants(&mut self) {
        let (room, told_in) = (Chat::Ward.address(), self.told_in());
        let others: &[&str] = match self.rooms.manner {
            RoomManner::Standard => &["Bob", "Carol"],
            RoomManner::MongooseIm => &["Bob", "Carol", PHONE_NICK],
        };
        for nick in others {
            let (who, affiliation) = (nick.to_lowercase(), of(nick));
            self.deliver(
                format!(
                    "<presence xmlns='jabber:client' from='{room}/{nick}' to='{DESK}'><x xmlns='{told_in}'>\
                     <item affiliation='{affiliation}' role='participant' jid='{who}@ward.example/other'/></x></presence>"
                ),
                None,
            );
        }
    }

    /// What the room answers; `None`: not to be asked of it.
    pub(super) fn ask_ward(&mut self, payload: &Element, to: &str) -> Option<Result<String, &'static str>> {
        if payload.name() == "ping" {
            return Some(if self.rooms.is_inside {
                Ok(String::new())
            } else {
                Err("not-acceptable")
            });
        }
        if to != Chat::Ward.address() {
            return None;
        }
        if payload.is("query", "http://jabber.org/protocol/disco#info") {
            return Some(self.about_ward());
        }
        if !self.rooms.are_told {
            return None;
        }
        match (payload.name(), payload.ns().as_str()) {
            ("query", "http://jabber.org/protocol/muc#admin") => {
                let item = payload.children().next()?;
                if item.attr("jid").is_some() || !self.rooms.is_inside {
                    return Some(Err("forbidden"));
                }
                Some(Ok(self.listed(item.attr("affiliation").unwrap_or_default())))
            }
            ("query", "http://jabber.org/protocol/muc#owner") => Some(Ok(String::new())),
            ("query", "jabber:iq:register") => {
                if self.rooms.ward.alice == Standing::Member {
                    self.rooms.ward.alice = Standing::None;
                }
                self.drop_occupant("none", "<status code='321'/>", Some(Membership::Left));
                self.rooms.is_wanted = false;
                Some(Ok(String::new()))
            }
            _ => None,
        }
    }

    /// What the room says of itself.
    fn about_ward(&self) -> Result<String, &'static str> {
        if self.rooms.ward.is_ended {
            return Err("item-not-found");
        }
        let ids = match self.rooms.manner {
            RoomManner::Standard => "<feature var='urn:xmpp:sid:0'/>",
            RoomManner::MongooseIm => "",
        };
        Ok(format!(
            "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/>\
             <feature var='muc_nonanonymous'/>{ids}</query>"
        ))
    }

    /// Those of one affiliation.
    fn listed(&self, affiliation: &str) -> String {
        let role = match affiliation {
            "owner" => TeamRole::Owner,
            "admin" => TeamRole::Admin,
            _ => TeamRole::Member,
        };
        let items: String = self
            .rooms
            .ward
            .members()
            .into_iter()
            .filter(|(_, held)| *held == role)
            .map(|(jid, _)| format!("<item affiliation='{affiliation}' jid='{jid}'/>"))
            .collect();
        format!("<query xmlns='http://jabber.org/protocol/muc#admin'>{items}</query>")
    }

    // ---- where it is remembered ----

    /// Alice comes in on her phone, where she belongs.
    pub(in crate::model) fn phone_enters(&mut self) {
        if !self.rooms.ward.has_alice() {
            return;
        }
        self.rooms.in_node = true;
        self.rooms.is_wanted = true;
        self.tell_bookmark("true");
    }

    /// This computer has come into the room, and knows it.
    pub(in crate::model) fn desk_has_entered(&mut self) {
        if self.rooms.ward.has_alice() {
            self.rooms.is_wanted = true;
            self.rooms.ward.tell(Membership::Member);
        }
    }

    /// Alice's phone forgets the room.
    pub(in crate::model) fn phone_forgets(&mut self) {
        self.rooms.in_node = false;
        self.rooms.in_storage = false;
        self.rooms.is_wanted = false;
        self.rooms.is_decided_here = false;
        self.rooms.ward.was_out = true;
        self.rooms.ward.tell_maybe(Membership::Left);
        self.tell_bookmark("false");
        let room = Chat::Ward.address();
        self.tell_node(&format!("<retract id='{room}'/>"));
    }

    pub(super) fn phone_leaves_ward(&mut self) {
        self.says_of_ward("alice", "<left xmlns='urn:wardline:team:0'/>");
        self.phone_forgets();
        self.rooms.ward.alice = Standing::None;
        self.drop_occupant("none", "<status code='321'/>", Some(Membership::Left));
    }

    fn tell_bookmark(&mut self, autojoin: &str) {
        let item = bookmark(autojoin);
        self.tell_node(&item);
    }

    fn tell_node(&mut self, item: &str) {
        self.deliver(
            format!(
                "<message xmlns='jabber:client' type='headline' from='{OWN}' to='{DESK}'>\
                 <event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:bookmarks:1'>{item}</items></event></message>"
            ),
            None,
        );
    }

    /// The rooms that are remembered in personal eventing.
    pub(super) fn node_of_bookmarks(&self) -> String {
        let item = if self.rooms.in_node {
            bookmark("true")
        } else {
            String::new()
        };
        format!(
            "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'>{item}</items></pubsub>"
        )
    }

    /// This computer takes a room out of personal eventing.
    pub(super) fn retract_bookmark(&mut self) -> String {
        self.rooms.in_node = false;
        self.rooms.is_wanted = false;
        self.rooms.is_decided_here = true;
        self.rooms.ward.tell_maybe(Membership::Left);
        String::new()
    }

    /// Rooms in private storage, read or replaced.
    pub(super) fn stored_bookmarks(&mut self, storage: &Element, is_set: bool) -> String {
        if is_set {
            self.rooms.in_storage = storage.children().next().is_some();
            return String::new();
        }
        let room = Chat::Ward.address();
        let kept = if self.rooms.in_storage {
            format!("<conference jid='{room}' autojoin='true'><nick>alice</nick></conference>")
        } else {
            String::new()
        };
        format!("<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'>{kept}</storage></query>")
    }
}

/// What somebody is to the room.
fn of(nick: &str) -> &'static str {
    match nick {
        "Bob" => "owner",
        _ => "member",
    }
}

fn bookmark(autojoin: &str) -> String {
    format!(
        "<item id='{}'><conference xmlns='urn:xmpp:bookmarks:1' autojoin='{autojoin}'><nick>alice</nick></conference></item>",
        Chat::Ward.address()
    )
}
