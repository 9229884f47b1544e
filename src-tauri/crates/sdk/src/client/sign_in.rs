//! Signing in: the form is checked, the server is asked, and only then anything is stored.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::pem::PemObject;
use wardline_store::{Address, Secret, StoreError, Text, accounts};
use wardline_xmpp::CertificateDer;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::session::{
    Authentication, Credential, Events, KnownServer, PlainSignIn as SessionPlain, Security,
    ServerLocation as SessionServer, Session, SessionConfig, SessionState, Timing, Transport, UnboundFlag,
};

use crate::engine::{RESOURCE, error_view};
use crate::known_server;
use crate::profile::{Credentials, OpenProfile, Profile};
use crate::setting_keys::DATABASE_OWNER;
use crate::text::address::typed;
use crate::view::{CommandError, KeyProtection, PlainSignIn, ServerLocation, ServerSecurity, SignIn};

/// How long a sign-in may take in all before it is called off.
const PATIENCE: Duration = Duration::from_secs(45);
/// Largest certificate file that is read, in bytes.
const CA_FILE_LIMIT: u64 = 1 << 20;

/// How the server is found and what it may be given, as stored with the account.
#[derive(serde::Serialize, serde::Deserialize)]
struct StoredServer {
    location: ServerLocation,
    extra_ca: Vec<Vec<u8>>,
    #[serde(default)]
    plain: PlainSignIn,
}

/// A sign-in form that holds together.
struct Checked {
    address: BareJid,
    resource: String,
    server: StoredServer,
}

/// A server has accepted the account.
pub(super) struct Accepted {
    account: accounts::NewAccount,
    credentials: Credentials,
    known: KnownServer,
    pub(super) config: SessionConfig,
    pub(super) session: Session,
    /// They begin with the first.
    pub(super) events: Events,
}

/// Connects and signs in. The session that comes back is online.
pub(super) async fn try_server(
    profile: &Profile,
    form: &mut SignIn,
    timing: &Timing,
    transport: Arc<dyn Transport>,
) -> Result<Accepted, CommandError> {
    let checked = check(form).await?;
    let credentials = Credentials::new(checked.address.as_str(), &form.password);
    let authentication = Authentication {
        known: known_before(profile, form, &credentials, &checked.address).await,
        // The form has it no longer: what proves the account is held by the session, what seals the key by the credentials.
        ..Authentication::with_password(std::mem::take(&mut form.password))
    };
    let config = session_config(
        checked.address.clone(),
        checked.resource.clone(),
        &checked.server,
        authentication,
        timing,
    );
    let (session, events) = Session::start_over(config.clone(), transport);
    let mut state = session.state();
    let verdict = tokio::time::timeout(PATIENCE, async {
        loop {
            match *state.borrow_and_update() {
                SessionState::Online => return Ok(()),
                SessionState::Failed { reason } => return Err(error_view(reason)),
                // The server refused and closed: one more try is under way, and the last.
                SessionState::Backoff { error, .. } if !is_in_doubt(&session) => return Err(error_view(error)),
                _ => {}
            }
            if state.changed().await.is_err() {
                return Err(CommandError::ServerError);
            }
        }
    })
    .await
    .unwrap_or(Err(CommandError::ServerUnreachable));
    if let Err(error) = verdict {
        session.close().await;
        return Err(error);
    }
    let learnt = session.authentication().borrow().clone();
    Ok(Accepted {
        account: accounts::NewAccount {
            address: Address(checked.address.to_string()),
            resource: Text(checked.resource),
            server: Text(
                serde_json::to_string(&checked.server).map_err(|_| CommandError::Internal {
                    reference: "server".into(),
                })?,
            ),
            credential: Secret::from(learnt.credential.to_text()),
        },
        credentials,
        known: learnt.known,
        config,
        session,
        events,
    })
}

/// Whether the server has refused one form of the first message, and the other is still to be tried.
fn is_in_doubt(session: &Session) -> bool {
    session.authentication().borrow().known.unbound_flag == UnboundFlag::InDoubt
}

/// What is known of the server from an earlier sign-in of the same account. Nothing, where there was none or its data cannot be
/// opened like that: what follows from that is said once the server has accepted.
async fn known_before(profile: &Profile, form: &SignIn, credentials: &Credentials, address: &BareJid) -> KnownServer {
    let Some(store) = profile.peek(&form.key_protection, credentials).await else {
        return KnownServer::default();
    };
    let known: Result<KnownServer, StoreError> = async {
        let tx = store.read().await?;
        let owner = DATABASE_OWNER.get(&tx).await?;
        match owner.is_some_and(|owner| owner.as_str() == address.to_string()) {
            true => known_server::get(&tx).await,
            false => Ok(KnownServer::default()),
        }
    }
    .await;
    let closed = store.close().await;
    known.and_then(|known| closed.map(|()| known)).unwrap_or_default()
}

async fn check(form: &SignIn) -> Result<Checked, CommandError> {
    let address = typed(&form.address).map_err(|_| CommandError::AddressMalformed)?;
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
    Ok(Checked {
        address,
        // One name per installation, so that a reconnecting app takes the place of its own dead connection.
        resource: format!("{RESOURCE}{}", uuid::Uuid::new_v4().simple()),
        server: StoredServer {
            location: form.server.clone(),
            extra_ca,
            plain: form.plain,
        },
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

/// The session of a stored account.
pub(super) fn stored_session(
    account: &accounts::Account,
    known: KnownServer,
    timing: &Timing,
) -> Result<SessionConfig, CommandError> {
    let broken = || CommandError::Internal {
        reference: "stored-account".into(),
    };
    let server: StoredServer = serde_json::from_str(&account.server).map_err(|_| broken())?;
    let authentication = Authentication {
        credential: Credential::from_text(account.credential.as_str()).ok_or_else(broken)?,
        known,
        ..Authentication::with_password(String::new())
    };
    let address = account.address.parse().map_err(|_| broken())?;
    let resource = account.resource.as_str().to_owned();
    Ok(session_config(address, resource, &server, authentication, timing))
}

fn session_config(
    address: BareJid,
    resource: String,
    server: &StoredServer,
    authentication: Authentication,
    timing: &Timing,
) -> SessionConfig {
    SessionConfig {
        address,
        authentication: Authentication {
            plain: match server.plain {
                PlainSignIn::Refused => SessionPlain::Refused,
                PlainSignIn::Allowed => SessionPlain::Allowed,
            },
            ..authentication
        },
        resource,
        server: match &server.location {
            ServerLocation::Automatic => SessionServer::Discover,
            ServerLocation::Explicit { host, port, security } => SessionServer::Explicit {
                host: host.clone(),
                port: *port,
                security: match security {
                    ServerSecurity::DirectTls => Security::DirectTls,
                    ServerSecurity::StartTls => Security::StartTls,
                },
            },
        },
        extra_ca: server.extra_ca.iter().cloned().map(CertificateDer::from).collect(),
        timing: timing.clone(),
    }
}

/// Opens or makes the profile and stores the account in it. Messages kept from somebody else stay encrypted aside: they
/// are never shown to this person.
pub(super) async fn store_account(
    profile: &Profile,
    form: &SignIn,
    accepted: &Accepted,
) -> Result<OpenProfile, CommandError> {
    if matches!(form.key_protection, KeyProtection::Keyring) {
        profile.unseal(&accepted.credentials).await?;
    }
    let account = accepted.account.clone();
    let mut open = profile.open_or_create(&form.key_protection).await?;
    let owner = DATABASE_OWNER.get(&open.store.read().await?).await?;
    if owner.is_some_and(|owner| owner.as_str() != account.address.as_str()) {
        open.store.close().await?;
        open = profile.replace(&form.key_protection).await?;
    }
    let tx = open.store.begin().await?;
    DATABASE_OWNER
        .set(&tx, &Text(account.address.as_str().to_owned()))
        .await?;
    known_server::set(&tx, accepted.known).await?;
    accounts::put(&tx, account).await?;
    tx.commit().await?;
    if let Err(error) = profile.prepare_seal(&accepted.credentials).await {
        // The sign-in holds; it is the next sign-out that will leave the key in the keyring.
        tracing::warn!(code = %error, "key was not sealed");
    }
    Ok(open)
}
