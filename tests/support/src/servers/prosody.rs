//! Prosody as an ordinary process.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{fs, io};

use chrono::{DateTime, Utc};
use sea_orm::Value;
use tempfile::TempDir;
use xmpp_parsers::minidom::Element;

use super::lua::{self, Key, Lua, table};
use super::prosody_config::{self, Settings};
use super::prosody_inbox::{self, Listed};
use super::prosody_plugins;
use super::prosody_rooms::{self, Room};
use super::{Account, ArchiveOwner, ArchivedStanza, Endpoint, Inbox, MucLight, ServerError, Setup, archive};
use crate::certificates::Certificates;
use crate::ports;
use crate::process::Supervised;

/// How long Prosody may take to open its ports: it needs under a second, a machine busy with a build much more.
const START: Duration = Duration::from_secs(60);

/// Printed when the last of the ports is open.
const READY: &str = "Activated service 'c2s_direct_tls'";

/// The archive's table as Prosody makes it at the first message, which a bulk load comes before.
const SCHEMA: &str = r#"
CREATE TABLE IF NOT EXISTS "prosodyarchive" ("sort_id" INTEGER PRIMARY KEY AUTOINCREMENT, "host" TEXT NOT NULL,
  "user" TEXT NOT NULL, "store" TEXT NOT NULL, "key" TEXT NOT NULL, "when" INTEGER NOT NULL, "with" TEXT NOT NULL,
  "type" TEXT NOT NULL, "value" TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS "prosodyarchive_index" ON "prosodyarchive" ("host", "user", "store", "key");
CREATE INDEX IF NOT EXISTS "prosodyarchive_with_when" ON "prosodyarchive" ("host", "user", "store", "with", "when");
CREATE INDEX IF NOT EXISTS "prosodyarchive_when" ON "prosodyarchive" ("host", "user", "store", "when");
CREATE INDEX IF NOT EXISTS "prosodyarchive_sort" ON "prosodyarchive" ("host", "user", "store", "sort_id");
"#;

/// A Prosody of one's own, killed when dropped.
#[derive(Debug)]
pub struct Prosody {
    endpoint: Endpoint,
    inbox: Inbox,
    certificates: Certificates,
    process: Option<Supervised>,
    folder: TempDir,
}

impl Prosody {
    /// Starts Prosody for `domain` on free ports, with team chats at `rooms.<domain>`.
    ///
    /// # Errors
    /// [`ServerError`] if it is not installed or does not come up.
    pub async fn start(domain: &str) -> Result<Self, ServerError> {
        Self::start_with(domain, &Setup::default()).await
    }

    /// Starts one that is not quite the usual one.
    ///
    /// # Errors
    /// As for [`Prosody::start`].
    pub async fn start_with(domain: &str, setup: &Setup) -> Result<Self, ServerError> {
        let mut server = Self::prepare_with(domain, setup)?;
        server.start_again().await?;
        Ok(server)
    }

    /// Everything but the process: folder, certificate, configuration. Accounts and team chats may be put in already.
    ///
    /// # Errors
    /// [`ServerError`] if the files can't be written.
    pub fn prepare(domain: &str) -> Result<Self, ServerError> {
        Self::prepare_with(domain, &Setup::default())
    }

    /// The same for one that is not quite the usual one.
    ///
    /// # Errors
    /// As for [`Prosody::prepare`].
    pub fn prepare_with(domain: &str, setup: &Setup) -> Result<Self, ServerError> {
        let folder = tempfile::Builder::new().prefix("wardline-prosody-").tempdir()?;
        let [free, direct_tls_port] = ports::free()?;
        let starttls_port = setup.starttls_port.unwrap_or(free);
        let rooms = format!("rooms.{domain}");
        let light = match setup.muc_light {
            MucLight::None => None,
            MucLight::MongooseIm => Some(format!("light.{domain}")),
        };
        let mut names = vec![
            domain.to_owned(),
            rooms.clone(),
            "localhost".to_owned(),
            "127.0.0.1".to_owned(),
        ];
        names.extend(light.clone());
        let certificates = Certificates::create(&folder.path().join("certificates"), &names, setup.certificate)?;
        let data = folder.path().join("data");
        fs::create_dir_all(&data)?;
        // Prosody looks for certificates here too, and says so loudly when the folder is missing.
        fs::create_dir_all(folder.path().join("certs"))?;
        let plugins = folder.path().join("plugins");
        prosody_plugins::write(&plugins)?;
        let settings = Settings {
            setup,
            plugins: &plugins,
            domain,
            rooms: &rooms,
            light: light.as_deref(),
            data: &data,
            certificates: &certificates,
            starttls_port,
            direct_tls_port,
        };
        fs::write(folder.path().join("prosody.cfg.lua"), prosody_config::text(&settings))?;
        let endpoint = Endpoint {
            domain: domain.to_owned(),
            host: setup.address.to_string(),
            direct_tls_port: Some(direct_tls_port),
            starttls_port: Some(starttls_port),
            authority: Some(certificates.authority.clone()),
            muc_service: Some(rooms),
            muc_light_service: light,
        };
        Ok(Self {
            endpoint,
            inbox: setup.inbox,
            certificates,
            process: None,
            folder,
        })
    }

    /// Which list of conversations it keeps.
    #[must_use]
    pub fn inbox(&self) -> Inbox {
        self.inbox
    }

    /// Where it listens.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Its certificate and the authority that signed it.
    #[must_use]
    pub fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// The file with what it says.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("prosody.log")
    }

    /// Whether its process is there.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.process.as_ref().is_some_and(Supervised::is_running)
    }

    /// Starts it (again): same ports, same certificate, same data.
    ///
    /// # Errors
    /// [`ServerError::WrongState`] while it runs; [`ServerError::Process`] if it does not come up.
    pub async fn start_again(&mut self) -> Result<(), ServerError> {
        if self.is_running() {
            return Err(ServerError::WrongState("stopped"));
        }
        let mut command = Command::new("prosody");
        command
            .arg("-F")
            .arg("--config")
            .arg(self.folder.path().join("prosody.cfg.lua"));
        let mut process = Supervised::start(&command, &self.log(), Some(READY))?;
        process.ready(START).await?;
        self.process = Some(process);
        Ok(())
    }

    /// Stops it in good order: streams are closed, rooms are saved.
    pub async fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop().await;
        }
    }

    /// Kills it, as a power cut would: no stream is closed.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Makes an account. Works whether the server runs or not.
    ///
    /// The password is written as text; Prosody replaces it by its salted hash at the first sign-in.
    ///
    /// # Errors
    /// [`ServerError::Io`] if the account's file can't be written.
    pub fn create_account(&self, name: &str, password: &str) -> Result<Account, ServerError> {
        let domain = &self.endpoint.domain;
        self.write_store(domain, "accounts", name, &table([("password", Lua::from(password))]))?;
        Ok(Account {
            address: format!("{name}@{domain}"),
            password: password.to_owned(),
        })
    }

    /// Gives `name` (the part before the `@`) this roster: contacts that see each other, with names and groups.
    /// It is read when that person next signs in; give the other side its roster too.
    ///
    /// # Errors
    /// [`ServerError::Io`] if the roster's file can't be written.
    pub fn write_roster(&self, name: &str, contacts: &[Contact]) -> Result<(), ServerError> {
        let mut entries = vec![(Key::False, table([("version", Lua::Number(1))]))];
        for contact in contacts {
            let groups = contact
                .groups
                .iter()
                .map(|group| (Key::Name(group.clone()), Lua::Flag(true)))
                .collect();
            entries.push((
                Key::Name(contact.address.clone()),
                table([
                    ("subscription", Lua::from("both")),
                    ("name", Lua::from(contact.name.as_str())),
                    ("groups", Lua::Table(groups)),
                ]),
            ));
        }
        self.write_store(&self.endpoint.domain, "roster", name, &Lua::Table(entries))
    }

    /// Gives `name` this inbox; see [`Inbox::MongooseIm`].
    ///
    /// # Errors
    /// [`ServerError::Io`] if the file can't be written, or a message is none.
    pub fn write_inbox(&self, name: &str, conversations: &[Listed]) -> Result<(), ServerError> {
        let inbox = prosody_inbox::entries(conversations).map_err(io::Error::other)?;
        self.write_store(&self.endpoint.domain, "inbox_mim", name, &inbox)
    }

    /// Gives `name` this `vcard-temp` card.
    ///
    /// # Errors
    /// [`ServerError::Io`] if the file can't be written.
    pub fn write_card(&self, name: &str, card: &Element) -> Result<(), ServerError> {
        self.write_store(&self.endpoint.domain, "vcard", name, &lua::stanza(card))
    }

    /// Gives `name` bookmarks for team chats, `(address, name of the chat)`, to be joined as `nick`. Prosody hands them
    /// out as XEP-0402 items and in private storage alike.
    ///
    /// # Errors
    /// [`ServerError::Io`] if the file can't be written.
    pub fn write_bookmarks(&self, name: &str, rooms: &[(String, String)], nick: &str) -> Result<(), ServerError> {
        let storage = prosody_rooms::bookmarks(rooms, nick).map_err(io::Error::other)?;
        let private = table([("storage:storage:bookmarks", lua::stanza(&storage))]);
        self.write_store(&self.endpoint.domain, "private", name, &private)
    }

    /// Makes these team chats. The server must be stopped: it reads its list of rooms once, at start.
    ///
    /// # Errors
    /// [`ServerError::WrongState`] while it runs; [`ServerError::Io`] if a file can't be written.
    pub fn write_rooms(&self, rooms: &[Room]) -> Result<(), ServerError> {
        if self.is_running() {
            return Err(ServerError::WrongState("stopped"));
        }
        let service = self.endpoint.muc_service.as_deref().unwrap_or_default();
        let mut known = Vec::new();
        for room in rooms {
            self.write_store(service, "config", &room.node, &prosody_rooms::frozen(room, service))?;
            if let Some(card) = &room.card {
                self.write_store(service, "vcard_muc", &room.node, &lua::stanza(card))?;
            }
            known.push((Key::Name(format!("{}@{service}", room.node)), Lua::Flag(true)));
        }
        let file = self.data().join(lua::file_name(service)).join("persistent.dat");
        fs::write(file, Lua::Table(known).file())?;
        Ok(())
    }

    /// Puts messages into the archives. The server must be stopped.
    ///
    /// # Errors
    /// [`ServerError::WrongState`] while it runs; [`ServerError::Database`] if the database refuses.
    pub async fn load_archive(&self, stanzas: &[ArchivedStanza]) -> Result<(), ServerError> {
        if self.is_running() {
            return Err(ServerError::WrongState("stopped"));
        }
        let service = self.endpoint.muc_service.clone().unwrap_or_default();
        let rows = stanzas.iter().map(|stanza| self.row(stanza, &service)).collect();
        let database = self.data().join("prosody.sqlite");
        archive::execute(&database, SCHEMA).await?;
        let table = r#"prosodyarchive ("host","user","store","key","when","with","type","value")"#;
        archive::insert(&database, table, rows).await
    }

    /// Removes what is older than a time from every archive, as a server does that keeps messages for so long only. The
    /// server must be stopped.
    ///
    /// # Errors
    /// [`ServerError::WrongState`] while it runs; [`ServerError::Database`] if the database refuses.
    pub async fn purge_archive(&self, older_than: DateTime<Utc>) -> Result<(), ServerError> {
        if self.is_running() {
            return Err(ServerError::WrongState("stopped"));
        }
        let sql = format!(
            r#"DELETE FROM prosodyarchive WHERE "when" < {}"#,
            older_than.timestamp()
        );
        archive::execute(&self.data().join("prosody.sqlite"), &sql).await
    }

    fn row(&self, stanza: &ArchivedStanza, service: &str) -> Vec<Value> {
        let (host, user, store, with) = match &stanza.owner {
            ArchiveOwner::Person(name) => (self.endpoint.domain.as_str(), name, "archive", stanza.with.as_str()),
            ArchiveOwner::Room(node) => (service, node, "muc_log", "message<groupchat"),
        };
        vec![
            host.into(),
            user.as_str().into(),
            store.into(),
            stanza.id.as_str().into(),
            stanza.at.timestamp().into(),
            with.into(),
            "xml".into(),
            stanza.stanza.as_str().into(),
        ]
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn write_store(&self, host: &str, store: &str, key: &str, value: &Lua) -> Result<(), ServerError> {
        let folder = self.data().join(lua::file_name(host)).join(store);
        fs::create_dir_all(&folder)?;
        // Written aside and renamed, since the running server may read it at any moment.
        let aside = tempfile::NamedTempFile::new_in(&folder)?;
        fs::write(aside.path(), value.file())?;
        aside
            .persist(folder.join(format!("{}.dat", lua::file_name(key))))
            .map_err(|error| error.error)?;
        Ok(())
    }
}

/// One entry of a roster.
#[derive(Debug, Clone)]
pub struct Contact {
    /// Bare address.
    pub address: String,
    /// The name shown.
    pub name: String,
    /// The groups it stands in.
    pub groups: Vec<String>,
}

/// The folder of a running server, for tests that look at what it wrote.
impl AsRef<Path> for Prosody {
    fn as_ref(&self) -> &Path {
        self.folder.path()
    }
}
