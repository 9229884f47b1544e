//! Signing in: the form is checked, the server is asked, and only then anything is stored.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::pem::PemObject;
use tokio::sync::mpsc;
use wardline_store::{Address, Text, accounts, settings};
use wardline_xmpp::CertificateDer;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::session::{
    Security, ServerLocation as SessionServer, Session, SessionConfig, SessionEvent, SessionState, Timing, Transport,
};
use zeroize::Zeroizing;

use crate::engine::{RESOURCE, error_view};
use crate::profile::{OpenProfile, Profile};
use crate::view::{CommandError, ServerLocation, ServerSecurity, SignIn};

/// How long a sign-in may take in all before it is called off.
const PATIENCE: Duration = Duration::from_secs(45);
/// Largest certificate file that is read, in bytes.
const CA_FILE_LIMIT: u64 = 1 << 20;
/// Under this name the store remembers whose messages it holds while nobody is signed in.
const OWNER: &str = "owner";

/// How the server is found, as stored with the account.
#[derive(serde::Serialize, serde::Deserialize)]
struct StoredServer {
    location: ServerLocation,
    extra_ca: Vec<Vec<u8>>,
}

/// Connects and signs in. The session that comes back is online; its events begin with the first.
pub(super) async fn try_server(
    form: &SignIn,
    timing: &Timing,
    transport: Arc<dyn Transport>,
) -> Result<(accounts::NewAccount, Session, mpsc::Receiver<SessionEvent>), CommandError> {
    let account = check(form).await?;
    let (session, events) = Session::start_over(session_config(&account, timing)?, transport);
    let mut state = session.state();
    let verdict = tokio::time::timeout(PATIENCE, async {
        loop {
            match *state.borrow_and_update() {
                SessionState::Online => return Ok(()),
                SessionState::Failed { reason } => return Err(error_view(reason)),
                SessionState::Backoff { error, .. } => return Err(error_view(error)),
                _ => {}
            }
            if state.changed().await.is_err() {
                return Err(CommandError::ServerError);
            }
        }
    })
    .await
    .unwrap_or(Err(CommandError::ServerUnreachable));
    match verdict {
        Ok(()) => Ok((account, session, events)),
        Err(error) => {
            session.close().await;
            Err(error)
        }
    }
}

async fn check(form: &SignIn) -> Result<accounts::NewAccount, CommandError> {
    let address: BareJid = form
        .address
        .trim()
        .parse()
        .map_err(|_| CommandError::AddressMalformed)?;
    if address.node().is_none() {
        return Err(CommandError::AddressMalformed);
    }
    if form.password.is_empty() {
        return Err(CommandError::PasswordEmpty);
    }
    crate::profile::check(&form.key_protection)?;
    let extra_ca = match form
        .extra_ca_file
        .as_deref()
        .map(str::trim)
        .filter(|path| !path.is_empty())
    {
        Some(path) => extra_ca(Path::new(path)).await?,
        None => Vec::new(),
    };
    let server = StoredServer {
        location: form.server.clone(),
        extra_ca,
    };
    Ok(accounts::NewAccount {
        address: Address(address.to_string()),
        // One name per installation, so that a reconnecting app takes the place of its own dead connection.
        resource: Text(format!("{RESOURCE}{}", uuid::Uuid::new_v4().simple())),
        server: Text(serde_json::to_string(&server).map_err(|_| CommandError::Internal {
            reference: "server".into(),
        })?),
        password: Text(form.password.as_str().to_owned()),
    })
}

async fn extra_ca(path: &Path) -> Result<Vec<Vec<u8>>, CommandError> {
    let unusable = |_| CommandError::ExtraCaUnusable;
    let size = tokio::fs::metadata(path).await.map_err(unusable)?.len();
    if size > CA_FILE_LIMIT {
        return Err(CommandError::ExtraCaUnusable);
    }
    let pem = tokio::fs::read(path).await.map_err(unusable)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem)
        .map(|certificate| certificate.map(|der| der.to_vec()))
        .collect();
    certificates
        .ok()
        .filter(|found| !found.is_empty())
        .ok_or(CommandError::ExtraCaUnusable)
}

/// The session that an account asks for.
pub(super) fn session_config(account: &accounts::NewAccount, timing: &Timing) -> Result<SessionConfig, CommandError> {
    let broken = || CommandError::Internal {
        reference: "stored-account".into(),
    };
    let server: StoredServer = serde_json::from_str(&account.server).map_err(|_| broken())?;
    Ok(SessionConfig {
        address: account.address.parse().map_err(|_| broken())?,
        password: Zeroizing::new(account.password.as_str().to_owned()),
        resource: account.resource.as_str().to_owned(),
        server: match server.location {
            ServerLocation::Automatic => SessionServer::Discover,
            ServerLocation::Explicit { host, port, security } => SessionServer::Explicit {
                host,
                port,
                security: match security {
                    ServerSecurity::DirectTls => Security::DirectTls,
                    ServerSecurity::StartTls => Security::StartTls,
                },
            },
        },
        extra_ca: server.extra_ca.into_iter().map(CertificateDer::from).collect(),
        timing: timing.clone(),
    })
}

/// Opens or makes the profile and stores the account in it. Messages kept from somebody else stay encrypted aside: they
/// are never shown to this person.
pub(super) async fn store_account(
    profile: &Profile,
    form: &SignIn,
    account: accounts::NewAccount,
) -> Result<OpenProfile, CommandError> {
    let mut open = profile.open_or_create(&form.key_protection).await?;
    let owner = settings::get(&open.store.read().await?, OWNER).await?;
    if owner.is_some_and(|owner| owner.as_str() != account.address.as_str()) {
        open.store.close().await?;
        open = profile.replace(&form.key_protection).await?;
    }
    let tx = open.store.begin().await?;
    settings::set(&tx, OWNER, &Text(account.address.as_str().to_owned())).await?;
    accounts::put(&tx, account).await?;
    tx.commit().await?;
    Ok(open)
}
