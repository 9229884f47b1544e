//! How a test server may differ from the usual one.

use std::net::Ipv4Addr;

use crate::certificates::CertificateKind;

/// How a test server differs from the usual one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// Its certificate.
    pub certificate: CertificateKind,
    /// The versions of TLS that it speaks.
    pub tls: TlsVersions,
    /// The loopback address on which it listens.
    pub address: Ipv4Addr,
    /// The port with STARTTLS, where it must be a certain one.
    pub starttls_port: Option<u16>,
    /// Whether it offers channel binding with TLS 1.3. Prosody 0.12 does not by itself; a module of ours adds it, with the
    /// key material from OpenSSL and the check by Prosody's own SCRAM. Prosody only.
    pub channel_binding: ChannelBinding,
    /// Whether it has an inbox. Prosody has none by itself; a module of ours adds MongooseIM's. Prosody only.
    pub inbox: Inbox,
    /// A box that its inbox has beside inbox, archive and bin, as a hospital may set one up.
    pub extra_box: Option<&'static str>,
    /// Whether it has team chats by MUC Light beside those by XEP-0045. A module of ours adds them. Prosody only.
    pub muc_light: MucLight,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            certificate: CertificateKind::default(),
            tls: TlsVersions::default(),
            address: Ipv4Addr::LOCALHOST,
            starttls_port: None,
            channel_binding: ChannelBinding::default(),
            inbox: Inbox::default(),
            extra_box: None,
            muc_light: MucLight::default(),
        }
    }
}

/// Versions of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsVersions {
    /// 1.2 and 1.3.
    #[default]
    Both,
    /// 1.2 alone.
    Only12,
    /// 1.3 alone.
    Only13,
}

/// Channel binding with TLS 1.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChannelBinding {
    /// As the server comes.
    #[default]
    AsShipped,
    /// `tls-exporter` (RFC 9266), announced by XEP-0440.
    Exporter,
}

/// The server's list of conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inbox {
    /// As the server comes.
    #[default]
    None,
    /// As MongooseIM's (`erlang-solutions.com:xmpp:inbox:0`), its oddities included, and personal eventing that keeps nothing private as
    /// there: `tests/servers/prosody/`.
    MongooseIm,
}

/// Team chats whose members stay members without entering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MucLight {
    /// As the server comes.
    #[default]
    None,
    /// As MongooseIM's (`urn:xmpp:muclight:0`), its oddities included, at `light.<domain>`: `tests/servers/prosody/`.
    MongooseIm,
}
