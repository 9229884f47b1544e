//! A recording played again: what its clients said is said to a server of ours, what it answered is compared.

use std::collections::{HashMap, VecDeque};
use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use wardline_test_support::servers::{Account, Inbox, MongooseWays, MucLight, Prosody, Room, Setup};
use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;

use super::compare::Pairs;
use crate::ns;
use crate::recordings::{Section, Side, read};
use crate::session::raw::RawClient;
use crate::session::{Authentication, Security, ServerLocation, SessionConfig, Timing};
use crate::{CertificateDer, xml};

const DOMAIN: &str = "ward.test";

/// A team chat of alice's with bob in it.
pub(crate) const ROOM: &str = "ward-7@rooms.ward.test";

/// A server with what MongooseIM has, and who is signed in.
pub(crate) struct Stage {
    server: Prosody,
    accounts: HashMap<String, Account>,
    clients: HashMap<String, RawClient>,
    /// What each client has been told and what it was told in the recording, as far as it has not been compared.
    actual: HashMap<String, VecDeque<Element>>,
    expected: HashMap<String, VecDeque<Element>>,
    /// Messages of the recording as they came live, by the client's name and their id.
    live: HashMap<(String, String), Element>,
    pairs: Pairs,
    /// How the recording's names and addresses are called here.
    names: Vec<(String, String)>,
    compared: usize,
}

impl Stage {
    /// Accounts for alice, bob, carol and dave, and a team chat; nobody signed in.
    pub(crate) async fn new(names: &[(&str, &str)]) -> Self {
        let setup = Setup {
            inbox: Inbox::MongooseIm,
            muc_light: MucLight::MongooseIm,
            mongoose: MongooseWays::recorded(),
            ..Setup::default()
        };
        let mut server = Prosody::prepare_with(DOMAIN, &setup).unwrap();
        let mut accounts = HashMap::new();
        for name in ["alice", "bob", "carol", "dave"] {
            accounts.insert(name.to_owned(), server.create_account(name, "secret").unwrap());
        }
        let room = Room {
            node: "ward-7".to_owned(),
            name: "Ward 7".to_owned(),
            description: String::new(),
            owner: "alice@ward.test".to_owned(),
            members: vec!["bob@ward.test".to_owned()],
            card: None,
        };
        server.write_rooms(&[room]).unwrap();
        server.start_again().await.unwrap();
        Self {
            server,
            accounts,
            clients: HashMap::new(),
            actual: HashMap::new(),
            expected: HashMap::new(),
            live: HashMap::new(),
            pairs: Pairs::default(),
            names: with_encoded(names),
            compared: 0,
        }
    }

    /// How `name/resource` signs in.
    pub(crate) fn config(&self, client: &str) -> SessionConfig {
        let (name, resource) = client.split_once('/').unwrap();
        let account = &self.accounts[name];
        SessionConfig {
            address: BareJid::new(&account.address).unwrap(),
            authentication: Authentication::with_password(account.password.clone()),
            resource: resource.to_owned(),
            server: ServerLocation::Explicit {
                host: self.server.endpoint().host.clone(),
                port: self.server.endpoint().direct_tls_port.unwrap(),
                security: Security::DirectTls,
            },
            extra_ca: vec![CertificateDer::from(self.server.certificates().authority_der.clone())],
            timing: Timing::default(),
        }
    }

    /// Signs in `name/resource`.
    pub(crate) async fn sign_in(&mut self, client: &str) {
        let raw = RawClient::connect(&self.config(client)).await;
        self.clients.insert(client.to_owned(), raw);
    }

    /// Signs off.
    pub(crate) async fn sign_off(&mut self, client: &str) {
        let mut raw = self.clients.remove(client).unwrap();
        raw.send("<presence type='unavailable'/>").await;
        raw.sync().await;
    }

    /// Stops the server in good order and starts it again; nobody is signed in any more.
    pub(crate) async fn restart(&mut self) {
        self.clients.clear();
        self.server.stop().await;
        self.server.start_again().await.unwrap();
    }

    /// Says something and returns what this client has been told by the time the server is done with it.
    pub(crate) async fn say(&mut self, client: &str, xml: &str) -> Vec<Element> {
        let raw = self.clients.get_mut(client).unwrap();
        raw.send(xml).await;
        raw.sync().await
    }

    /// Enters the team chat.
    pub(crate) async fn join(&mut self, client: &str, nick: &str) {
        let join = format!("<presence to='{ROOM}/{nick}'><x xmlns='{}'/></presence>", ns::MUC);
        self.say(client, &join).await;
    }

    /// Plays one section. What does not concern the test is not compared: how messages are delivered, for example, is
    /// not the inbox's concern.
    pub(crate) async fn play(&mut self, section: &Section, concerns: impl Fn(&Element) -> bool) {
        for step in section.steps.iter().filter(|step| step.side == Side::Server) {
            for element in read(&self.here(&step.xml)).await {
                self.remember(&self.here(&step.client), element, &concerns);
            }
        }
        for step in section.steps.iter().filter(|step| step.side == Side::Client) {
            let client = self.here(&step.client);
            let xml = self.pairs.replace(&self.here(&step.xml));
            self.clients.get_mut(&client).unwrap().send(&xml).await;
            self.hear(&client, &concerns).await;
            let others: Vec<_> = self.clients.keys().filter(|other| **other != client).cloned().collect();
            for other in others {
                self.hear(&other, &concerns).await;
            }
            self.compare(&section.number);
        }
        for (client, left) in self.expected.iter().chain(&self.actual) {
            assert!(
                left.is_empty(),
                "{}: not on both sides for {client}: {left:?}",
                section.number
            );
        }
    }

    /// How many answers were compared, so that a test can tell that there were any. The server mentions the modules
    /// only when they had trouble.
    pub(crate) fn finish(self) -> usize {
        let log = fs::read_to_string(self.server.log()).unwrap();
        let trouble: Vec<_> = log.lines().filter(|line| line.contains("_mim")).collect();
        assert!(trouble.is_empty(), "{trouble:?}");
        self.compared
    }

    /// In this server's names.
    fn here(&self, text: &str) -> String {
        self.names
            .iter()
            .fold(text.to_owned(), |text, (recorded, here)| text.replace(recorded, here))
    }

    fn remember(&mut self, client: &str, element: Element, concerns: impl Fn(&Element) -> bool) {
        if concerns(&element) {
            self.expected.entry(client.to_owned()).or_default().push_back(element);
        } else if let Some(id) = element.attr("id") {
            self.live.insert((client.to_owned(), id.to_owned()), element);
        }
    }

    async fn hear(&mut self, client: &str, concerns: impl Fn(&Element) -> bool) {
        for element in self.clients.get_mut(client).unwrap().sync().await {
            if concerns(&element) {
                self.actual.entry(client.to_owned()).or_default().push_back(element);
            } else if let Some(id) = element.attr("id")
                && let Some(recorded) = self.live.get(&(client.to_owned(), id.to_owned()))
            {
                self.pairs.learn(recorded, &element).unwrap();
            }
        }
    }

    /// As far as both sides have something.
    fn compare(&mut self, section: &str) {
        for (client, actual) in &mut self.actual {
            let expected = self.expected.entry(client.clone()).or_default();
            let both = expected.len().min(actual.len());
            for (recorded, actual) in expected.drain(..both).zip(actual.drain(..both)) {
                self.pairs.same(&recorded, &actual).unwrap_or_else(|why| {
                    panic!(
                        "section {section}, {client}: {why}\n{}\n{}",
                        shown(&recorded),
                        shown(&actual)
                    )
                });
                self.compared += 1;
            }
        }
    }
}

/// The names, and the addresses as cursors have them; longest first, since one may contain another.
fn with_encoded(names: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all: Vec<_> = names
        .iter()
        .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
        .collect();
    let addresses = names.iter().filter(|(from, _)| from.contains('@'));
    all.extend(addresses.map(|(from, to)| (BASE64.encode(from), BASE64.encode(to))));
    all.sort_by_key(|(from, _)| std::cmp::Reverse(from.len()));
    all
}

fn shown(element: &Element) -> String {
    String::from_utf8(xml::encoded(element)).unwrap()
}
