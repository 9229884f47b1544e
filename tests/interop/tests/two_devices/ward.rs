//! Plays what happens, on the server.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use wardline_interop::view::{ConversationBox, ConversationChange, ConversationId, MUTED_FOR_EVER};
use wardline_interop::xmpp::features::Feature;
use wardline_interop::xmpp::ids::MessageId;
use wardline_interop::xmpp::inbox::{InboxBox, InboxChange, InboxQuery, Reading};
use wardline_interop::xmpp::jid::BareJid;
use wardline_interop::xmpp::message::ChatState;
use wardline_interop::{Account, Asleep, Desk, ServerUnderTest, TestClient};

use crate::expected::{List, Shown};
use crate::happenings::{Act, Computer, Happening, Person};

/// What the server can do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Abilities {
    /// It has MongooseIM's inbox.
    pub(crate) inbox: bool,
    /// It can keep how far alice has read for her devices alone.
    pub(crate) positions: bool,
}

impl Abilities {
    pub(crate) async fn of(server: &ServerUnderTest) -> Self {
        let account = server.account("alice").await.unwrap();
        let look = TestClient::connect(server.endpoint(), &account).await.unwrap();
        Self {
            inbox: look.opened().features.has(Feature::Inbox),
            positions: look.keeps_nodes_private().await.unwrap(),
        }
    }
}

/// A person and their app.
struct Colleague {
    account: Account,
    app: TestClient,
    /// What they said last.
    last: MessageId,
}

enum Power {
    On(Box<Desk>),
    Off(Box<Asleep>),
}

/// Everybody, and everything that is on.
pub(crate) struct Ward<'a> {
    abilities: Abilities,
    server: &'a ServerUnderTest,
    alice: Account,
    people: HashMap<Person, Colleague>,
    computers: HashMap<Computer, Power>,
    /// Since when each computer has been on.
    on_since: HashMap<Computer, Instant>,
    other_app: Option<TestClient>,
    expected: List,
    /// How many texts were written: no two are the same.
    written: u32,
    played: Vec<Happening>,
}

impl<'a> Ward<'a> {
    /// Alice at two computers, and somebody said something to her already.
    pub(crate) async fn open(server: &'a ServerUnderTest, abilities: Abilities) -> Self {
        let alice = server.account("alice").await.unwrap();
        let mut ward = Self {
            abilities,
            server,
            people: HashMap::new(),
            computers: HashMap::new(),
            on_since: HashMap::new(),
            other_app: None,
            expected: List::default(),
            written: 0,
            played: Vec::new(),
            alice,
        };
        for person in Person::ALL {
            let account = server.account(&format!("{person:?}").to_lowercase()).await.unwrap();
            let app = TestClient::connect(server.endpoint(), &account).await.unwrap();
            let text = ward.text();
            let last = app.send_text(&ward.alice.address, &text).await.unwrap();
            ward.expected.says(person, &text);
            ward.people.insert(person, Colleague { account, app, last });
        }
        if abilities.inbox {
            let app = TestClient::connect_as(server.endpoint(), &ward.alice, "other").await;
            ward.other_app = Some(app.unwrap());
        }
        for computer in Computer::USED {
            let desk = Desk::signed_in(server.endpoint(), &ward.alice).await;
            ward.computers.insert(computer, Power::On(Box::new(desk)));
            ward.on_since.insert(computer, Instant::now());
        }
        ward
    }

    fn text(&mut self) -> String {
        self.written += 1;
        format!("Text {}", self.written)
    }

    /// Lets something happen, until it has happened where it does.
    pub(crate) async fn play(&mut self, happening: Happening) {
        self.played.push(happening);
        if let Happening::Corrects(person) | Happening::Reacts(person) = happening
            && !self.expected.may_be_taken(person)
        {
            return;
        }
        match happening {
            Happening::Says(person) => {
                let text = self.text();
                let colleague = self.people.get_mut(&person).unwrap();
                colleague.last = colleague.app.send_text(&self.alice.address, &text).await.unwrap();
                self.expected.says(person, &text);
            }
            Happening::Corrects(person) => {
                let text = self.text();
                let last = self.people[&person].last.as_str();
                let correction =
                    format!("<body>{text}</body><replace xmlns='urn:xmpp:message-correct:0' id='{last}'/>");
                self.send(person, &correction).await;
                self.expected.corrects(person, &text);
            }
            Happening::Reacts(person) => {
                let last = self.people[&person].last.as_str();
                let reaction = format!(
                    "<reactions xmlns='urn:xmpp:reactions:0' id='{last}'><reaction>👍</reaction></reactions>\
                     <store xmlns='urn:xmpp:hints'/>"
                );
                self.send(person, &reaction).await;
            }
            Happening::Acts(on, act, person) => {
                let on = if self.is_on(on) { on } else { on.other() };
                self.act(on, act, person).await;
            }
            Happening::InOtherApp(act, person) => self.act_in_other_app(act, person).await,
            Happening::Sleeps(computer) => self.sleep(computer).await,
            Happening::Wakes(computer) => self.wake(computer).await,
        }
    }

    /// Both computers, and one on which alice signs in for the first time, show what is expected, and it stays so.
    pub(crate) async fn compare(&mut self) {
        for computer in Computer::USED {
            self.wake(computer).await;
        }
        let theatre = Desk::signed_in(self.server.endpoint(), &self.alice).await;
        self.computers.insert(Computer::Theatre, Power::On(Box::new(theatre)));
        self.on_since.insert(Computer::Theatre, Instant::now());
        for computer in Computer::ALL {
            self.until_all_right(computer).await;
        }
        for computer in Computer::ALL {
            // An archive that is written late tells the order late.
            self.desk(computer).until_caught_up().await;
            self.until_all_right(computer).await;
            self.check_order(computer);
        }
    }

    fn is_on(&self, computer: Computer) -> bool {
        matches!(self.computers[&computer], Power::On(_))
    }

    fn desk(&mut self, computer: Computer) -> &mut Desk {
        match self.computers.get_mut(&computer) {
            Some(Power::On(desk)) => desk,
            _ => panic!("{computer:?} is off"),
        }
    }

    /// Waits until a computer shows of somebody what is expected; the conversation.
    async fn until_right(&mut self, at: Computer, person: Person) -> ConversationId {
        let wanted = self.expected.of(person).clone();
        let who = self.people[&person].account.name().to_owned();
        let what = format!("{wanted:?} of {person:?} at {at:?} after {:?}", self.played);
        let (expected, positions, on_since) = (&self.expected, self.abilities.positions, self.on_since[&at]);
        let right = |desk: &Desk| {
            let row = desk.row(&who)?;
            expected
                .is_right(person, &Shown::by(row), positions, on_since)
                .then_some(row.id)
        };
        let Some(Power::On(desk)) = self.computers.get_mut(&at) else {
            panic!("{at:?} is off");
        };
        desk.until(&what, right).await
    }

    async fn until_typing(&mut self, at: Computer, person: Person, typing: bool) {
        let who = self.people[&person].account.name().to_owned();
        let shows = |desk: &Desk| {
            let row = desk.row(&who)?;
            (row.typing.is_empty() != typing).then_some(())
        };
        let what = format!(
            "whether {person:?} is typing at {at:?}: {typing}, after {:?}",
            self.played
        );
        self.desk(at).until(&what, shows).await;
    }

    async fn until_all_right(&mut self, at: Computer) {
        for person in Person::ALL {
            self.until_right(at, person).await;
        }
    }

    fn check_order(&mut self, at: Computer) {
        let order: Vec<Person> = {
            let named: HashMap<String, Person> = self
                .people
                .iter()
                .map(|(person, colleague)| (colleague.account.name().to_owned(), *person))
                .collect();
            let rows = self.desk(at).rows().iter();
            rows.filter_map(|row| named.get(&row.person.name).copied()).collect()
        };
        assert_eq!(order.len(), Person::ALL.len(), "everybody is listed once at {at:?}");
        for pair in order.windows(2) {
            let above = self.expected.is_above(pair[0], pair[1]);
            assert_ne!(above, Some(false), "{order:?} at {at:?} after {:?}", self.played);
        }
    }

    /// Somebody sends alice something that is no text of its own.
    async fn send(&mut self, person: Person, content: &str) {
        self.written += 1;
        let (to, id) = (&self.alice.address, self.written);
        let message =
            format!("<message xmlns='jabber:client' to='{to}' type='chat' id='{person:?}-{id}'>{content}</message>");
        self.people[&person].app.send_raw(&message).await.unwrap();
        if self.other_app.is_some() {
            self.expected.is_taken(person);
        }
        // Not every row shows it, and what alice reads from now on she reads with it: what they do next is seen after it.
        let on: Vec<Computer> = Computer::USED
            .into_iter()
            .filter(|computer| self.is_on(*computer))
            .collect();
        for computer in &on {
            self.desk(*computer).until_online().await;
        }
        for state in [ChatState::Composing, ChatState::Paused] {
            self.people[&person].app.show(&self.alice.address, state).await.unwrap();
            for computer in &on {
                self.until_typing(*computer, person, state == ChatState::Composing)
                    .await;
            }
        }
    }

    async fn act(&mut self, on: Computer, act: Act, person: Person) {
        let id = self.until_right(on, person).await;
        let text = self.text();
        let address = self.people[&person].account.address.clone();
        let shown = self.expected.of(person).clone();
        let desk = self.desk(on);
        let change = match act {
            Act::Reads => {
                desk.open_id(id).await;
                let last = desk.messages(id).last().unwrap().id;
                desk.client().mark_read(id, last).await.unwrap();
                desk.close(id).await;
                None
            }
            Act::Answers => {
                desk.write(&address, &text).await;
                desk.close(id).await;
                None
            }
            Act::MarksUnread => Some(ConversationChange::MarkUnread),
            Act::Pins => Some(ConversationChange::Pin { pinned: !shown.pinned }),
            Act::Mutes => Some(ConversationChange::Mute {
                until: (!shown.muted).then_some(MUTED_FOR_EVER),
            }),
            Act::Archives => Some(ConversationChange::Move {
                to: if shown.aside {
                    ConversationBox::Inbox
                } else {
                    ConversationBox::Archive
                },
            }),
        };
        if let Some(change) = change {
            desk.client().decide(id, change).await.unwrap();
        }
        self.expected.acts(act, person, &text);
        self.until_right(on, person).await;
        if act == Act::Answers {
            let app = &mut self.people.get_mut(&person).unwrap().app;
            app.expect_text(&text).await.unwrap();
        }
        // What happens next, anywhere, happens after this.
        self.until_kept(person).await;
        if self.is_on(on.other()) {
            self.until_right(on.other(), person).await;
        }
    }

    async fn act_in_other_app(&mut self, act: Act, person: Person) {
        let shown = self.expected.of(person).clone();
        let change = match act {
            Act::Reads => InboxChange::Reading(Reading::Read),
            Act::MarksUnread => InboxChange::Reading(Reading::Unread),
            Act::Mutes => InboxChange::Mute {
                seconds: if shown.muted { 0 } else { 3_600 },
            },
            Act::Archives if shown.aside => InboxChange::Move(InboxBox::Inbox),
            Act::Archives => InboxChange::Move(InboxBox::Archive),
            Act::Answers | Act::Pins => return,
        };
        let with: BareJid = self.people[&person].account.address.parse().unwrap();
        self.until_kept(person).await;
        let Some(app) = &self.other_app else { return };
        app.session().set_inbox_properties(&with, &[change]).await.unwrap();
        self.expected.acts_in_inbox(act, person);
    }

    /// Waits until the server's inbox knows what was decided and read on the computers.
    async fn until_kept(&self, person: Person) {
        let Some(app) = &self.other_app else { return };
        let with: BareJid = self.people[&person].account.address.parse().unwrap();
        let shown = self.expected.of(person);
        let wanted = (shown.aside, shown.muted, self.expected.is_counted(person));
        let mut kept = None;
        for _ in 0..200 {
            let page = app.session().inbox_page(InboxQuery::newest(50)).await.unwrap();
            let entry = page.entries.into_iter().find(|entry| entry.last.conversation == with);
            kept = entry.map(|entry| {
                let properties = entry.properties;
                let aside = properties.in_box == InboxBox::Archive;
                (aside, properties.muted_until.is_some(), entry.unread > 0)
            });
            if kept == Some(wanted) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let played = &self.played;
        panic!("the server has {kept:?} in place of {wanted:?} (aside, muted, unread) of {person:?} after {played:?}");
    }

    /// Shuts a computer down whose other one is on and has heard of everything.
    async fn sleep(&mut self, computer: Computer) {
        if !self.is_on(computer) || !self.is_on(computer.other()) {
            return;
        }
        self.until_all_right(computer.other()).await;
        if let Some(Power::On(desk)) = self.computers.remove(&computer) {
            self.computers
                .insert(computer, Power::Off(Box::new(desk.sleep().await)));
        }
    }

    async fn wake(&mut self, computer: Computer) {
        if let Some(power) = self.computers.remove(&computer) {
            let desk = match power {
                Power::On(desk) => *desk,
                Power::Off(asleep) => {
                    self.on_since.insert(computer, Instant::now());
                    asleep.wake().await
                }
            };
            self.computers.insert(computer, Power::On(Box::new(desk)));
        }
    }
}
