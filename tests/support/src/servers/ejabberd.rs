//! ejabberd as an ordinary process.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::Value;
use serde_json::json;
use tempfile::TempDir;

use super::ejabberd_config::{self, Settings};
use super::{Account, ArchiveOwner, ArchivedStanza, Contact, Endpoint, ServerError, Setup, archive, ejabberd_http};
use crate::certificates::Certificates;
use crate::ports;
use crate::process::Supervised;

/// How long ejabberd may take to come up: it needs three seconds, a machine busy with a build much more.
const START: Duration = Duration::from_secs(120);

/// Where distributions keep the start script and the database's schema.
const CONTROL: [&str; 2] = ["/usr/sbin/ejabberdctl", "/usr/bin/ejabberdctl"];
const SCHEMA: [&str; 2] = [
    "/usr/share/ejabberd/sql/lite.sql",
    "/usr/lib/ejabberd/priv/sql/lite.sql",
];

/// An ejabberd of one's own, killed when dropped.
#[derive(Debug)]
pub struct Ejabberd {
    endpoint: Endpoint,
    certificates: Certificates,
    http_port: u16,
    process: Option<Supervised>,
    folder: TempDir,
}

impl Ejabberd {
    /// Starts ejabberd for `domain` on free ports, with team chats at `conference.<domain>`.
    ///
    /// # Errors
    /// [`ServerError`] if it is not installed or does not come up.
    pub async fn start(domain: &str) -> Result<Self, ServerError> {
        Self::start_with(domain, &Setup::default()).await
    }

    /// Starts one that is not quite the usual one.
    ///
    /// # Errors
    /// As for [`Ejabberd::start`].
    pub async fn start_with(domain: &str, setup: &Setup) -> Result<Self, ServerError> {
        let folder = tempfile::Builder::new().prefix("wardline-ejabberd-").tempdir()?;
        let [free, direct_tls_port, http_port, dist_port] = ports::free()?;
        let starttls_port = setup.starttls_port.unwrap_or(free);
        let rooms = format!("conference.{domain}");
        let names = [
            domain.to_owned(),
            rooms.clone(),
            "localhost".to_owned(),
            "127.0.0.1".to_owned(),
        ];
        let certificates = Certificates::create(&folder.path().join("certificates"), &names, setup.certificate)?;
        for part in ["db", "log", "home"] {
            fs::create_dir_all(folder.path().join(part))?;
        }
        let settings = Settings {
            setup,
            domain,
            rooms: &rooms,
            folder: folder.path(),
            certificates: &certificates,
            starttls_port,
            direct_tls_port,
            http_port,
        };
        fs::write(folder.path().join("ejabberd.yml"), ejabberd_config::yaml(&settings))?;
        fs::write(
            folder.path().join("ejabberdctl.cfg"),
            ejabberd_config::control(dist_port),
        )?;
        fs::write(folder.path().join("ejabberdctl"), own_script()?)?;
        archive::execute(
            &folder.path().join("db/ejabberd.sqlite"),
            &fs::read_to_string(first_of(&SCHEMA)?)?,
        )
        .await?;
        let endpoint = Endpoint {
            domain: domain.to_owned(),
            host: setup.address.to_string(),
            direct_tls_port: Some(direct_tls_port),
            starttls_port: Some(starttls_port),
            authority: Some(certificates.authority.clone()),
            muc_service: Some(rooms),
            muc_light_service: None,
        };
        let mut server = Self {
            endpoint,
            certificates,
            http_port,
            process: None,
            folder,
        };
        server.start_again().await?;
        Ok(server)
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
        self.folder.path().join("ejabberd.log")
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
        let folder = self.folder.path();
        let mut command = Command::new("bash");
        command
            .arg(folder.join("ejabberdctl"))
            .arg("-d")
            .arg(folder)
            .arg("-c")
            .arg(folder.join("ejabberdctl.cfg"))
            .arg("-f")
            .arg(folder.join("ejabberd.yml"))
            .arg("-s")
            .arg(folder.join("db"))
            .arg("-l")
            .arg(folder.join("log"))
            .arg("foreground")
            .env("HOME", folder.join("home"));
        let mut process = Supervised::start(&command, &self.log(), Some("is started in the node"))?;
        process.ready(START).await?;
        self.process = Some(process);
        Ok(())
    }

    /// Stops it in good order.
    pub async fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        // Asked through its own interface, which closes the streams; the signal alone would cut them.
        if ejabberd_http::call(self.http_port, "stop", &json!({})).await.is_ok() {
            let _ended = tokio::time::timeout(Duration::from_secs(20), process.ended()).await;
        }
        process.stop().await;
    }

    /// Kills it, as a power cut would: no stream is closed.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Makes an account. The server must run.
    ///
    /// # Errors
    /// [`ServerError::Administration`] if the name is taken or not valid.
    pub async fn create_account(&self, name: &str, password: &str) -> Result<Account, ServerError> {
        let domain = &self.endpoint.domain;
        let arguments = json!({ "user": name, "host": domain, "password": password });
        ejabberd_http::call(self.http_port, "register", &arguments).await?;
        Ok(Account {
            address: format!("{name}@{domain}"),
            password: password.to_owned(),
        })
    }

    /// Gives an account another password. The server must run.
    ///
    /// # Errors
    /// [`ServerError::Administration`] if there is no such account.
    pub async fn set_password(&self, name: &str, password: &str) -> Result<Account, ServerError> {
        let domain = &self.endpoint.domain;
        let arguments = json!({ "user": name, "host": domain, "newpass": password });
        ejabberd_http::call(self.http_port, "change_password", &arguments).await?;
        Ok(Account {
            address: format!("{name}@{domain}"),
            password: password.to_owned(),
        })
    }

    /// Gives `name` (the part before the `@`) these contacts, which see each other; give the other side its own too.
    ///
    /// # Errors
    /// [`ServerError::Administration`] if an entry is refused.
    pub async fn write_roster(&self, name: &str, contacts: &[Contact]) -> Result<(), ServerError> {
        for contact in contacts {
            let (user, host) = contact.address.split_once('@').unwrap_or_default();
            let arguments = json!({
                "localuser": name, "localhost": self.endpoint.domain, "user": user, "host": host,
                "nick": contact.name, "group": contact.groups.join(";"), "subs": "both",
            });
            ejabberd_http::call(self.http_port, "add_rosteritem", &arguments).await?;
        }
        Ok(())
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
            "DELETE FROM archive WHERE timestamp < {}",
            older_than.timestamp_micros()
        );
        archive::execute(&self.folder.path().join("db/ejabberd.sqlite"), &sql).await
    }

    /// Puts messages into the archives. The server must be stopped. Archive ids are made by ejabberd out of the time, so
    /// [`ArchivedStanza::id`] is not used.
    ///
    /// # Errors
    /// [`ServerError::WrongState`] while it runs; [`ServerError::Database`] if the database refuses.
    pub async fn load_archive(&self, stanzas: &[ArchivedStanza]) -> Result<(), ServerError> {
        if self.is_running() {
            return Err(ServerError::WrongState("stopped"));
        }
        let service = self.endpoint.muc_service.clone().unwrap_or_default();
        let rows = stanzas.iter().map(|stanza| row(stanza, &service)).collect();
        let table = "archive (username, timestamp, peer, bare_peer, xml, txt, kind, nick)";
        archive::insert(&self.folder.path().join("db/ejabberd.sqlite"), table, rows).await
    }
}

fn row(stanza: &ArchivedStanza, service: &str) -> Vec<Value> {
    let (owner, kind) = match &stanza.owner {
        ArchiveOwner::Person(name) => (name.clone(), "chat"),
        ArchiveOwner::Room(node) => (format!("{node}@{service}"), "groupchat"),
    };
    vec![
        owner.into(),
        stanza.at.timestamp_micros().into(),
        stanza.with.as_str().into(),
        stanza.with.as_str().into(),
        stanza.stanza.as_str().into(),
        stanza.text.as_str().into(),
        kind.into(),
        "".into(),
    ]
}

/// The distribution's start script without its change to a system user: this ejabberd belongs to whoever runs the tests.
fn own_script() -> io::Result<String> {
    let script = fs::read_to_string(first_of(&CONTROL)?)?;
    let own = script.lines().map(|line| {
        if line.starts_with("INSTALLUSER=") {
            "INSTALLUSER="
        } else {
            line
        }
    });
    Ok(own.collect::<Vec<_>>().join("\n") + "\n")
}

fn first_of(places: &[&'static str]) -> io::Result<&'static Path> {
    let found = places
        .iter()
        .map(|&place| Path::new(place))
        .find(|place| place.exists());
    found.ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            format!("ejabberd is not installed: no {places:?}"),
        )
    })
}
