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
    /// How it signs people in. Prosody only.
    pub sasl: Sasl,
    /// Bytes of the largest stanza that it takes from clients; it announces nothing of it. Prosody only.
    pub stanza_limit: Option<u32>,
    /// Whether it has an inbox. Prosody has none by itself; a module of ours adds MongooseIM's. Prosody only.
    pub inbox: Inbox,
    /// A box that its inbox has beside inbox, archive and bin, as a hospital may set one up.
    pub extra_box: Option<&'static str>,
    /// How its team chats by XEP-0045 behave. Prosody only.
    pub rooms: Rooms,
    /// Whether it has team chats by MUC Light beside those by XEP-0045. A module of ours adds them. Prosody only.
    pub muc_light: MucLight,
    /// Ways of MongooseIM that a server with its inbox or MUC Light has.
    pub mongoose: MongooseWays,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            certificate: CertificateKind::default(),
            tls: TlsVersions::default(),
            address: Ipv4Addr::LOCALHOST,
            starttls_port: None,
            channel_binding: ChannelBinding::default(),
            sasl: Sasl::default(),
            stanza_limit: None,
            inbox: Inbox::default(),
            extra_box: None,
            rooms: Rooms::default(),
            muc_light: MucLight::default(),
            mongoose: MongooseWays::default(),
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

/// How people are signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sasl {
    /// As the server comes.
    #[default]
    AsShipped,
    /// As MongooseIM up to 6.6: SCRAM refuses `y,,` at the client's last message: `tests/servers/prosody/mod_sasl_mim.lua`.
    MongooseIm,
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

/// Team chats by XEP-0045.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rooms {
    /// As the server comes.
    #[default]
    Standard,
    /// As MongooseIM's before 6.4: each name is one device's, and presence is told in the namespace of those who enter.
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

/// Ways of MongooseIM that a test can switch, for a server with its [inbox](Inbox::MongooseIm) or [MUC Light](MucLight::MongooseIm).
/// By default all are as on MongooseIM 6.3.3 with the inbox's backend `rdbms_async`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MongooseWays {
    /// When archives are written.
    pub archive: ArchiveWriting,
    /// What becomes of the entry of a room that is no more, or that one is not in any more.
    pub removed_rooms: RemovedRooms,
    /// What the inbox makes of a marker that asks to be archived.
    pub stored_markers: StoredMarkers,
    /// Whether the server tells how far others have read.
    pub smart_markers: SmartMarkers,
    /// Whom a node of personal eventing can be kept from.
    pub eventing: Eventing,
}

impl MongooseWays {
    /// As when most of the recordings were made: with the inbox's plain backend, and long after everything was written.
    #[must_use]
    pub fn recorded() -> Self {
        Self {
            archive: ArchiveWriting::AtOnce,
            removed_rooms: RemovedRooms::Forgotten,
            ..Self::default()
        }
    }
}

/// When an archive is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ArchiveWriting {
    /// Up to two seconds after a message was delivered, or when thirty have gathered.
    #[default]
    Late,
    /// Before a message is delivered.
    AtOnce,
}

/// What becomes of the entry of a room that is no more, or that one is not in any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RemovedRooms {
    /// It lies in the bin (`rdbms_async`).
    #[default]
    Binned,
    /// It is gone (`rdbms`).
    Forgotten,
}

/// What the inbox makes of a marker that asks to be archived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StoredMarkers {
    /// It is the last message: unread for who gets it, an answer of who sends it.
    #[default]
    Counted,
    /// A marker like any other.
    PassedOver,
}

/// Whether a server tells how far others have read (`esl:xmpp:smart-markers:0`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SmartMarkers {
    /// It answers, and announces nothing.
    #[default]
    Unannounced,
    /// It announces them, as MongooseIM does not.
    Announced,
    /// It does not know them.
    Absent,
}

/// Whom a node of personal eventing can be kept from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Eventing {
    /// From everybody, and then it keeps one item.
    #[default]
    OneItem,
    /// From those who are no contacts, at most (6.8).
    NeverPrivate,
}
