//! A ward: a real server on which alice, bob and carol know each other.

use std::collections::HashSet;

use serde_json::json;
use wardline_test_support::client::TestClient;
use wardline_test_support::servers::{Account, Contact, Prosody, Room};

use crate::app::{App, PATIENCE};
use crate::computer::Computer;

/// Where the ward's accounts live.
pub(crate) const DOMAIN: &str = "ward.example";

/// Their names as the app shows them.
pub(crate) const BOB: &str = "Bob Okonkwo";
/// See [`BOB`].
pub(crate) const CAROL: &str = "Carol Whitfield";
/// See [`BOB`].
pub(crate) const TEAM: &str = "Cardiology on call";

/// The server and its people.
pub(crate) struct Ward {
    pub(crate) server: Prosody,
    pub(crate) alice: Account,
    pub(crate) bob: Account,
    pub(crate) carol: Account,
}

impl Ward {
    /// Starts the server.
    pub(crate) async fn open() -> Self {
        let mut ward = Self::prepare();
        ward.server.start_again().await.expect("the server starts");
        ward
    }

    /// Starts the server with a team chat of all three, which is in alice's bookmarks; with its address.
    pub(crate) async fn open_with_team() -> (Self, String) {
        let mut ward = Self::prepare();
        let everybody = [&ward.alice, &ward.bob, &ward.carol];
        let team = Room {
            node: "team".to_owned(),
            name: TEAM.to_owned(),
            description: String::new(),
            owner: ward.bob.address.clone(),
            members: everybody.map(|account| account.address.clone()).to_vec(),
            card: None,
        };
        let address = format!("{}@{}", team.node, ward.muc_service());
        ward.server.write_rooms(&[team]).expect("a team chat");
        let bookmarks = [(address.clone(), TEAM.to_owned())];
        ward.server
            .write_bookmarks("alice", &bookmarks, "Alice Marchetti")
            .expect("a bookmark");
        ward.server.start_again().await.expect("the server starts");
        (ward, address)
    }

    /// Where rooms are.
    pub(crate) fn muc_service(&self) -> &str {
        let service = self.server.endpoint().muc_service.as_deref();
        service.expect("a service for team chats")
    }

    fn prepare() -> Self {
        let server = Prosody::prepare(DOMAIN).expect("a server");
        let account = |name: &str| {
            server
                .create_account(name, &format!("{name}-Zebrafinch-4471"))
                .expect("an account")
        };
        let (alice, bob, carol) = (account("alice"), account("bob"), account("carol"));
        let contact = |account: &Account, name: &str| Contact {
            address: account.address.clone(),
            name: name.to_owned(),
            groups: Vec::new(),
        };
        let alice_knows = [contact(&bob, BOB), contact(&carol, CAROL)];
        server.write_roster("alice", &alice_knows).expect("a roster");
        for name in ["bob", "carol"] {
            server
                .write_roster(name, &[contact(&alice, "Alice Marchetti")])
                .expect("a roster");
        }
        Self {
            server,
            alice,
            bob,
            carol,
        }
    }

    /// A second real client.
    pub(crate) async fn phone(&self, account: &Account) -> TestClient {
        TestClient::connect(self.server.endpoint(), account)
            .await
            .expect("signed in")
    }

    /// The path of the authority's certificate.
    pub(crate) fn authority(&self) -> String {
        let authority = self.server.endpoint().authority.as_ref();
        authority.expect("an authority of its own").display().to_string()
    }

    /// Fills in the sign-in form for alice, and sends it.
    pub(crate) async fn submit_sign_in(&self, app: &App) {
        self.fill_in(app, &self.alice).await;
        app.fill("signin-ca", &self.authority()).await;
        app.click("signin-submit").await;
    }

    /// Fills in the sign-in form, but for the certificate.
    pub(crate) async fn fill_in(&self, app: &App, account: &Account) {
        let port = self.server.endpoint().direct_tls_port.expect("direct TLS");
        app.fill("signin-address", &account.address).await;
        app.fill("signin-password", &account.password).await;
        if !app.shows("signin-host").await {
            app.click("signin-options").await;
        }
        app.fill("signin-host", &self.server.endpoint().host).await;
        app.fill("signin-port", &port.to_string()).await;
    }

    /// Starts the app on `computer`, signs alice in and waits until it is up to date.
    pub(crate) async fn signed_in(&self, computer: &Computer) -> App {
        let app = App::start(computer).await;
        assert_eq!(app.screen().await, "signed-out", "nobody was signed in here");
        self.submit_sign_in(&app).await;
        app.until_screen("inbox").await;
        app.until_connection(&["online"]).await;
        app
    }

    /// Opens a conversation by the address, through the dialog for a new chat.
    pub(crate) async fn start_chat(&self, app: &App, account: &Account) {
        app.click("new-chat-button").await;
        app.fill("new-chat-address", &account.address).await;
        app.click("new-chat-submit").await;
        let gone = "return document.querySelector('[data-testid=new-chat]') === null";
        app.until("the dialog to close", gone).await;
        app.find("composer-input").await;
    }
}

/// What the form says, by its stable code.
pub(crate) async fn trouble(app: &App, test_id: &str) -> (String, String) {
    app.find(test_id).await;
    let said = app
        .script(&format!(
            "const box = document.querySelector('[data-testid={test_id}]'); return [box.dataset.code ?? '', box.innerText]"
        ))
        .await;
    serde_json::from_value(said.clone()).unwrap_or_else(|_| panic!("no trouble in {}", json!(said)))
}

impl Ward {
    /// The texts that a client gets before `last`, in order. A stanza that the server hands out again, since it had no
    /// proof that the client has it, is known by its id in the archive and counted once; one that was sent again is not.
    pub(crate) async fn texts_until(&self, client: &mut TestClient, last: &str) -> Vec<String> {
        let mut texts = Vec::new();
        let mut known = HashSet::new();
        let arriving = async {
            loop {
                let message = client.next_message().await.expect("the client lives");
                if message.archive_id.is_some_and(|id| !known.insert(id)) {
                    continue;
                }
                match message.body {
                    Some(body) if body == last => return,
                    Some(body) => texts.push(body),
                    None => {}
                }
            }
        };
        let arrived = tokio::time::timeout(PATIENCE, arriving).await;
        assert!(arrived.is_ok(), "{last:?} never came; before it: {texts:?}");
        texts
    }
}
