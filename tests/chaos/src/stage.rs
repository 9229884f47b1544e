//! Where a schedule is played: a server, three accounts on it, and a team chat that they remember.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::RwLock;
use uuid::Uuid;
use wardline_interop::{Account, Endpoint, ServerUnderTest, TestClient};
use wardline_test_support::client::ClientError;
use wardline_test_support::servers::{DescriptionError, ServerError};
use wardline_xmpp::Jid;
use wardline_xmpp::session::{RequestError, RequestKind};
use xmpp_parsers::minidom::Element;

use crate::check::Names;
use crate::schedule::{Abilities, PEOPLE};

/// Why a stage could not be set.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The server's description.
    #[error(transparent)]
    Description(#[from] DescriptionError),
    /// The server.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The client that prepares accounts and room.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The server refused what prepares accounts and room.
    #[error("the team chat could not be made: {0}")]
    Room(#[from] RequestError),
    /// What prepares accounts and room is not XML.
    #[error("the team chat could not be made: {0}")]
    Xml(#[from] xmpp_parsers::minidom::Error),
}

/// A running server, which several schedules may share.
#[derive(Clone)]
pub struct Ground {
    description: PathBuf,
    endpoint: Endpoint,
    abilities: Abilities,
    server: Arc<RwLock<ServerUnderTest>>,
}

impl Ground {
    /// The server of a description, started where it says so.
    ///
    /// # Errors
    /// [`StageError::Description`].
    pub async fn of(description: &Path) -> Result<Self, StageError> {
        let server = ServerUnderTest::from_toml(description).await?;
        let endpoint = server.endpoint().clone();
        let abilities = Abilities {
            rooms: endpoint.muc_service.is_some(),
            ours: server.is_ours(),
        };
        Ok(Self {
            description: description.to_owned(),
            endpoint,
            abilities,
            server: Arc::new(RwLock::new(server)),
        })
    }

    /// Another server of the same description, for one who breaks it.
    ///
    /// # Errors
    /// [`StageError::Description`].
    pub async fn another(&self) -> Result<Self, StageError> {
        Self::of(&self.description).await
    }

    /// Where the server listens.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// What is possible on it.
    #[must_use]
    pub fn abilities(&self) -> Abilities {
        self.abilities
    }

    /// Stops it in good order.
    pub async fn stop(&self) {
        self.server.write().await.stop().await;
    }

    /// Kills it.
    pub async fn kill(&self) {
        self.server.write().await.kill();
    }

    /// Starts it again.
    ///
    /// # Errors
    /// [`StageError::Server`].
    pub async fn start_again(&self) -> Result<(), StageError> {
        Ok(self.server.write().await.start_again().await?)
    }
}

/// The accounts of one schedule, and their room.
pub struct Cast {
    /// In the order of [`PEOPLE`].
    pub accounts: Vec<Account>,
    /// The team chat's address, where there is one.
    pub room: Option<String>,
}

impl Cast {
    /// Makes accounts and a room that only this schedule uses.
    ///
    /// # Errors
    /// [`StageError`].
    pub async fn gather(ground: &Ground) -> Result<Self, StageError> {
        let mut accounts = Vec::new();
        for person in PEOPLE {
            accounts.push(ground.server.read().await.account(person).await?);
        }
        let service = ground.endpoint.muc_service.clone().filter(|_| ground.abilities.rooms);
        let room = service.map(|service| format!("round-{}@{service}", Uuid::new_v4().simple()));
        if let Some(room) = &room {
            for (person, account) in accounts.iter().enumerate() {
                let client = TestClient::connect(&ground.endpoint, account).await?;
                if person == 0 {
                    client.join_room(room, account.name()).await?;
                    open_room(&client, room).await?;
                }
                remember(&client, room, account.name()).await?;
                client.close().await;
            }
        }
        Ok(Self { accounts, room })
    }

    /// Name of each person in chat lists.
    #[must_use]
    pub fn names(&self) -> Names {
        std::array::from_fn(|person| self.accounts.get(person).map_or("", Account::name).to_owned())
    }
}

/// Makes a room that has just been entered one that stays, where everybody sees who speaks.
async fn open_room(client: &TestClient, room: &str) -> Result<(), StageError> {
    let field = |name: &str, value: &str| format!("<field var='{name}'><value>{value}</value></field>");
    let form: Element = format!(
        "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>{}{}{}</x></query>",
        field("FORM_TYPE", "http://jabber.org/protocol/muc#roomconfig"),
        field("muc#roomconfig_persistentroom", "1"),
        field("muc#roomconfig_whois", "anyone"),
    )
    .parse()?;
    ask(client, Some(room), RequestKind::Set, form).await
}

/// Remembers a room in the older private storage, which all servers have.
async fn remember(client: &TestClient, room: &str, nick: &str) -> Result<(), StageError> {
    let storage: Element = format!(
        "<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'>\
         <conference jid='{room}' name='Round' autojoin='true'><nick>{nick}</nick></conference></storage></query>"
    )
    .parse()?;
    ask(client, None, RequestKind::Set, storage).await
}

async fn ask(client: &TestClient, to: Option<&str>, kind: RequestKind, payload: Element) -> Result<(), StageError> {
    let to = to
        .map(|to| Jid::new(to).map_err(|_| ClientError::Address(to.to_owned())))
        .transpose()?;
    client.session().request(to, kind, payload).await?;
    Ok(())
}
