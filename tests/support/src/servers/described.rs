//! A server described by a file, so that the same tests run against any server.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use serde::Deserialize;
use tokio::process::Command;

use super::{Account, Ejabberd, Endpoint, Feature, Inbox, MucLight, Prosody, Rooms, Sasl, ServerError, Setup, TlsMode};

/// The environment variable that names the description file.
const CHOICE: &str = "WARDLINE_TEST_SERVER";

/// Why a description can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DescriptionError {
    /// `WARDLINE_TEST_SERVER` is not set.
    #[error("WARDLINE_TEST_SERVER is not set: name a file, for example tests/servers/prosody.toml")]
    NotChosen,
    /// The file can't be read.
    #[error("{file}: {source}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not a valid description.
    #[error("{file}: {reason}")]
    Invalid {
        /// The file.
        file: PathBuf,
        /// What is wrong in it.
        reason: String,
    },
    /// The server that it tells us to start did not start.
    #[error(transparent)]
    Server(#[from] ServerError),
}

/// Where accounts come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum AccountSource {
    /// A command that makes one: `{user}`, `{domain}` and `{password}` are filled in.
    Command(Vec<String>),
    /// Accounts that exist already, handed out one after the other.
    Ready(Vec<Account>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Launch {
    Prosody,
    /// Prosody with MongooseIM's inbox and MUC Light.
    ProsodyInbox,
    Ejabberd,
}

/// A description as it stands in the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Description {
    launch: Option<Launch>,
    domain: String,
    host: Option<String>,
    port: Option<u16>,
    tls: Option<TlsMode>,
    ca: Option<PathBuf>,
    muc_service: Option<String>,
    muc_light_service: Option<String>,
    #[serde(default)]
    features: BTreeSet<Feature>,
    accounts: Option<AccountSource>,
}

#[derive(Debug)]
enum Running {
    Prosody(Prosody),
    Ejabberd(Ejabberd),
    Elsewhere(AccountSource),
}

/// The server that the tests run against.
#[derive(Debug)]
pub struct ServerUnderTest {
    endpoint: Endpoint,
    features: BTreeSet<Feature>,
    running: Running,
    given: AtomicUsize,
}

impl ServerUnderTest {
    /// The server that `WARDLINE_TEST_SERVER` names. A relative path counts from the root of the source tree.
    ///
    /// # Errors
    /// [`DescriptionError`] if the variable is not set, or the file or server can't be used: a test then fails instead of
    /// passing without having tested anything.
    pub async fn from_env() -> Result<Self, DescriptionError> {
        let chosen = std::env::var_os(CHOICE).ok_or(DescriptionError::NotChosen)?;
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        Self::from_toml(&root.join(chosen)).await
    }

    /// The server described by `file`, started if the description says `launch`.
    ///
    /// # Errors
    /// [`DescriptionError`] as for [`ServerUnderTest::from_env`].
    pub async fn from_toml(file: &Path) -> Result<Self, DescriptionError> {
        let text = std::fs::read_to_string(file).map_err(|source| DescriptionError::Unreadable {
            file: file.to_owned(),
            source,
        })?;
        let invalid = |reason: String| DescriptionError::Invalid {
            file: file.to_owned(),
            reason,
        };
        let description: Description = toml::from_str(&text).map_err(|error| invalid(error.to_string()))?;
        let features = description.features.clone();
        let (endpoint, running) = match description.launch {
            Some(Launch::Prosody) => {
                let server = Prosody::start(&description.domain).await?;
                (server.endpoint().clone(), Running::Prosody(server))
            }
            Some(Launch::ProsodyInbox) => {
                let setup = Setup {
                    sasl: Sasl::MongooseIm,
                    inbox: Inbox::MongooseIm,
                    extra_box: Some("handover"),
                    rooms: Rooms::MongooseIm,
                    muc_light: MucLight::MongooseIm,
                    ..Setup::default()
                };
                let server = Prosody::start_with(&description.domain, &setup).await?;
                (server.endpoint().clone(), Running::Prosody(server))
            }
            Some(Launch::Ejabberd) => {
                let server = Ejabberd::start(&description.domain).await?;
                (server.endpoint().clone(), Running::Ejabberd(server))
            }
            None => elsewhere(description, file.parent().unwrap_or(Path::new("."))).map_err(invalid)?,
        };
        Ok(Self {
            endpoint,
            features,
            running,
            given: AtomicUsize::new(0),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Whether the description promises `feature`.
    #[must_use]
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// Everything that the description promises.
    #[must_use]
    pub fn features(&self) -> &BTreeSet<Feature> {
        &self.features
    }

    /// Whether [`ServerUnderTest::stop`] and the like work: only on servers that we started.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        !matches!(self.running, Running::Elsewhere(_))
    }

    /// Gives an account another password. Only on [servers of ours](Self::is_ours).
    ///
    /// # Errors
    /// [`ServerError::WrongState`] elsewhere; what the server fails with.
    pub async fn set_password(&self, account: &mut Account, password: &str) -> Result<(), ServerError> {
        *account = match &self.running {
            Running::Prosody(server) => server.create_account(account.name(), password)?,
            Running::Ejabberd(server) => server.set_password(account.name(), password).await?,
            Running::Elsewhere(_) => return Err(ServerError::WrongState("ours")),
        };
        Ok(())
    }

    /// An account for `actor` (alice, bob, …). On servers that outlive the run the name gets a random end, so that runs
    /// do not meet each other's messages; with a list of ready accounts the next one is given.
    ///
    /// # Errors
    /// [`ServerError::NoAccount`] if the command fails or the list is used up.
    pub async fn account(&self, actor: &str) -> Result<Account, ServerError> {
        let password = uuid::Uuid::new_v4().simple().to_string();
        let user = format!("{actor}-{}", &password.get(..6).unwrap_or_default());
        match &self.running {
            Running::Prosody(server) => server.create_account(&user, &password),
            Running::Ejabberd(server) => server.create_account(&user, &password).await,
            Running::Elsewhere(AccountSource::Ready(accounts)) => {
                let next = accounts.get(self.given.fetch_add(1, Ordering::SeqCst));
                next.cloned()
                    .ok_or_else(|| ServerError::NoAccount("all ready accounts are in use".to_owned()))
            }
            Running::Elsewhere(AccountSource::Command(template)) => {
                run(template, &user, &self.endpoint.domain, &password).await?;
                Ok(Account {
                    address: format!("{user}@{}", self.endpoint.domain),
                    password,
                })
            }
        }
    }

    /// Stops the server in good order; `false` if it is not ours to stop.
    pub async fn stop(&mut self) -> bool {
        match &mut self.running {
            Running::Prosody(server) => server.stop().await,
            Running::Ejabberd(server) => server.stop().await,
            Running::Elsewhere(_) => return false,
        }
        true
    }

    /// Kills the server as a power cut would; `false` if it is not ours.
    pub fn kill(&mut self) -> bool {
        match &mut self.running {
            Running::Prosody(server) => server.kill(),
            Running::Ejabberd(server) => server.kill(),
            Running::Elsewhere(_) => return false,
        }
        true
    }

    /// Removes what is older than a time from every archive of the stopped server.
    ///
    /// # Errors
    /// [`ServerError`] if it runs, or is not ours.
    pub async fn purge_archive(&self, older_than: DateTime<Utc>) -> Result<(), ServerError> {
        match &self.running {
            Running::Prosody(server) => server.purge_archive(older_than).await,
            Running::Ejabberd(server) => server.purge_archive(older_than).await,
            Running::Elsewhere(_) => Err(ServerError::WrongState("one that these tests started")),
        }
    }

    /// Starts the stopped server again on the same ports, with the same data.
    ///
    /// # Errors
    /// [`ServerError`] if it does not come up, or is not ours.
    pub async fn start_again(&mut self) -> Result<(), ServerError> {
        match &mut self.running {
            Running::Prosody(server) => server.start_again().await,
            Running::Ejabberd(server) => server.start_again().await,
            Running::Elsewhere(_) => Err(ServerError::WrongState("one that these tests started")),
        }
    }
}

fn elsewhere(description: Description, folder: &Path) -> Result<(Endpoint, Running), String> {
    let host = description
        .host
        .ok_or("`host` is missing (or `launch`, for a server that the tests start)")?;
    let port = description.port.ok_or("`port` is missing")?;
    let tls = description.tls.ok_or("`tls` is missing: \"direct\" or \"starttls\"")?;
    let accounts = description
        .accounts
        .ok_or("`accounts` is missing: a `command` or a list `ready`")?;
    let endpoint = Endpoint {
        domain: description.domain,
        host,
        direct_tls_port: (tls == TlsMode::Direct).then_some(port),
        starttls_port: (tls == TlsMode::StartTls).then_some(port),
        authority: description.ca.map(|file| folder.join(file)),
        muc_service: description.muc_service,
        muc_light_service: description.muc_light_service,
    };
    Ok((endpoint, Running::Elsewhere(accounts)))
}

async fn run(template: &[String], user: &str, domain: &str, password: &str) -> Result<(), ServerError> {
    let values = HashMap::from([("{user}", user), ("{domain}", domain), ("{password}", password)]);
    let filled = template.iter().map(|part| {
        values.iter().fold(part.clone(), |text, (placeholder, value)| {
            text.replace(placeholder, value)
        })
    });
    let mut words = filled.collect::<Vec<_>>().into_iter();
    let program = words
        .next()
        .ok_or_else(|| ServerError::NoAccount("the account command is empty".to_owned()))?;
    let output = Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await?;
    if output.status.success() {
        return Ok(());
    }
    Err(ServerError::NoAccount(format!(
        "the account command failed with {}",
        output.status
    )))
}
