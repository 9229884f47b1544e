//! What the server's archives hold, read by a plain client page by page from the beginning: the truth that every device is
//! measured by.

use std::collections::HashSet;

use wardline_interop::{Account, Endpoint, TestClient};
use wardline_test_support::client::ClientError;
use wardline_xmpp::BareJid;
use wardline_xmpp::archive::{ArchiveError, ArchiveQuery, Position, Reach};

/// Messages to a page.
const PAGE: u16 = 50;

/// Why an archive could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The client could not sign in.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The archive did not answer as it should.
    #[error("archive: {0}")]
    Archive(#[from] ArchiveError),
    /// An address is none.
    #[error("not an address: {0}")]
    Address(String),
}

/// The texts of one conversation, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript {
    /// Each text where it stands first.
    pub texts: Vec<String>,
    /// How many were archived a second time under the same message id, which servers do to what is sent again after a
    /// resumption.
    pub copies: usize,
}

/// Signs in as a plain client, which stays for as long as archives are read.
///
/// # Errors
/// [`ReadError::Client`].
pub async fn reader(endpoint: &Endpoint, account: &Account) -> Result<TestClient, ReadError> {
    Ok(TestClient::connect_as(endpoint, account, "reader").await?)
}

/// Reads the conversation with a person out of the reader's own archive.
///
/// # Errors
/// [`ReadError`].
pub async fn with_person(reader: &TestClient, person: &str) -> Result<Transcript, ReadError> {
    read(reader, None, Some(address(person)?)).await
}

/// Reads a room's archive.
///
/// # Errors
/// [`ReadError`].
pub async fn of_room(reader: &TestClient, room: &str) -> Result<Transcript, ReadError> {
    read(reader, Some(address(room)?), None).await
}

async fn read(reader: &TestClient, archive: Option<BareJid>, with: Option<BareJid>) -> Result<Transcript, ReadError> {
    let mut transcript = Transcript::default();
    let mut seen = HashSet::new();
    let mut position = Position::Oldest;
    loop {
        let query = ArchiveQuery {
            archive: archive.clone(),
            with: with.clone(),
            start: None,
            end: None,
            position,
            max: PAGE,
        };
        let page = reader.session().archive_page(query).await?;
        for message in page.messages {
            let Some(text) = message.body else { continue };
            if seen.insert((message.id, text.clone())) {
                transcript.texts.push(text);
            } else {
                transcript.copies += 1;
            }
        }
        match (page.reach, page.last) {
            (Reach::More, Some(last)) => position = Position::After(last),
            _ => return Ok(transcript),
        }
    }
}

fn address(text: &str) -> Result<BareJid, ReadError> {
    BareJid::new(text).map_err(|_| ReadError::Address(text.to_owned()))
}
