//! TLS: rustls with ring, the operating system's trust store, and the extra certificates of the configuration.

use std::sync::Arc;

use rustls_platform_verifier::Verifier;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, ProtocolVersion, RootCertStore, crypto};
use xmpp_parsers::jid::BareJid;

use crate::session::{CertificateError, Secured, Security, SessionError, TlsVersion};

/// What is needed for a handshake with the account's domain.
pub(crate) struct Tls {
    name: ServerName<'static>,
    direct: TlsConnector,
    start: TlsConnector,
}

impl Tls {
    /// Reads the trust store. Extra certificates add to it; they also work alone, where the system has none.
    pub(crate) async fn load(address: &BareJid, extra: Vec<CertificateDer<'static>>) -> Result<Self, SessionError> {
        let name = idna::domain_to_ascii(address.domain().as_str())
            .ok()
            .and_then(|name| ServerName::try_from(name).ok())
            .ok_or(SessionError::Configuration)?;
        // The trust store is read from files, which blocks.
        tokio::task::spawn_blocking(move || Self::build(name, extra))
            .await
            .map_err(|_| SessionError::Tls)?
    }

    fn build(name: ServerName<'static>, extra: Vec<CertificateDer<'static>>) -> Result<Self, SessionError> {
        let mut probe = RootCertStore::empty();
        if extra.iter().any(|certificate| probe.add(certificate.clone()).is_err()) {
            return Err(SessionError::Configuration);
        }
        let provider = Arc::new(crypto::ring::default_provider());
        // Fails only where neither the system nor the configuration trusts anybody.
        let verifier = Verifier::new_with_extra_roots(extra, Arc::clone(&provider))
            .map_err(|_| SessionError::Certificate(CertificateError::UnknownIssuer))?;
        let start = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| SessionError::Tls)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        let mut direct = start.clone();
        // XEP-0368 asks for it; with STARTTLS it has no meaning.
        direct.alpn_protocols = vec![b"xmpp-client".to_vec()];
        Ok(Self {
            name,
            direct: Arc::new(direct).into(),
            start: Arc::new(start).into(),
        })
    }

    /// Does the handshake.
    pub(crate) async fn secure<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        io: S,
        security: Security,
    ) -> Result<TlsStream<S>, SessionError> {
        let connector = match security {
            Security::DirectTls => &self.direct,
            Security::StartTls => &self.start,
        };
        connector
            .connect(self.name.clone(), io)
            .await
            .map_err(|error| classify(&error))
    }
}

/// Data that binds authentication to this very TLS connection (RFC 9266). Only with TLS 1.3: before it, the exporter is
/// unique only with an extension that may be missing.
pub(crate) fn exporter<S>(stream: &TlsStream<S>) -> Option<Vec<u8>> {
    let (_, connection) = stream.get_ref();
    if connection.protocol_version() != Some(ProtocolVersion::TLSv1_3) {
        return None;
    }
    connection
        .export_keying_material(vec![0; 32], b"EXPORTER-Channel-Binding", Some(&[]))
        .ok()
}

/// What protects a connection after its handshake.
pub(crate) fn secured<S>(stream: &TlsStream<S>, security: Security) -> Option<Secured> {
    let (_, connection) = stream.get_ref();
    let version = match connection.protocol_version()? {
        ProtocolVersion::TLSv1_3 => TlsVersion::Tls13,
        ProtocolVersion::TLSv1_2 => TlsVersion::Tls12,
        _ => return None,
    };
    Some(Secured { security, version })
}

/// Why a handshake failed.
fn classify(error: &std::io::Error) -> SessionError {
    let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) else {
        return SessionError::Tls;
    };
    let reason = match tls {
        rustls::Error::InvalidCertificate(reason) => reason,
        // The server has no certificate for this name and says so itself (RFC 6066 section 3).
        rustls::Error::AlertReceived(rustls::AlertDescription::UnrecognisedName) => {
            return SessionError::Certificate(CertificateError::WrongName);
        }
        _ => return SessionError::Tls,
    };
    use rustls::CertificateError as Reason;
    SessionError::Certificate(match reason {
        Reason::Expired | Reason::ExpiredContext { .. } => CertificateError::Expired,
        Reason::NotValidYet | Reason::NotValidYetContext { .. } => CertificateError::NotYetValid,
        Reason::NotValidForName | Reason::NotValidForNameContext { .. } => CertificateError::WrongName,
        // A bad signature: the issuer calls itself as one whom this computer trusts, and is not that one.
        Reason::UnknownIssuer | Reason::BadSignature => CertificateError::UnknownIssuer,
        Reason::Revoked => CertificateError::Revoked,
        // A certificate authority's own certificate shown by a server: as good as self-signed by somebody unknown.
        Reason::Other(_) if tls.to_string().contains("CaUsedAsEndEntity") => CertificateError::UnknownIssuer,
        _ => CertificateError::Other,
    })
}

crate::redact::redacted_debug!(Tls);
