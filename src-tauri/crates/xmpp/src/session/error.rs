//! Why a session is not online, and why a request or a message failed.

use thiserror::Error;

/// Why a certificate was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum CertificateError {
    /// Nobody whom this computer trusts has signed it.
    #[error("issuer unknown")]
    UnknownIssuer,
    /// Its time is over.
    #[error("expired")]
    Expired,
    /// Its time has not begun (often this computer's clock is wrong).
    #[error("not valid yet")]
    NotYetValid,
    /// It is for another domain.
    #[error("wrong name")]
    WrongName,
    /// It was revoked.
    #[error("revoked")]
    Revoked,
    /// Another defect.
    #[error("unusable")]
    Other,
}

/// How a connection that had worked came to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum Loss {
    /// The other side closed it.
    #[error("closed by the server")]
    Closed,
    /// The operating system reported an error.
    #[error("network error")]
    Network,
    /// Nothing came for too long, a question for a sign of life included.
    #[error("no sign of life")]
    Silent,
}

/// Conditions of `<stream:error/>` (RFC 6120 section 4.9.3) that matter to the session; the rest in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum StreamCondition {
    /// The server is going down.
    #[error("system shutdown")]
    SystemShutdown,
    /// The server restarts the stream for a change of its configuration.
    #[error("reset")]
    Reset,
    /// The server is short of something.
    #[error("resource constraint")]
    ResourceConstraint,
    /// The server thinks that a local rule was broken (size, rate).
    #[error("policy violation")]
    PolicyViolation,
    /// The server saw no traffic for too long.
    #[error("connection timeout")]
    ConnectionTimeout,
    /// The server refers to another host. Not followed: the name would come from the network, and SRV records serve the
    /// same purpose under the domain owner's control.
    #[error("see other host")]
    SeeOtherHost,
    /// The server does not serve this domain.
    #[error("host unknown")]
    HostUnknown,
    /// The server could not parse what it received.
    #[error("not well-formed")]
    NotWellFormed,
    /// Any other.
    #[error("other stream error")]
    Other,
}

/// Where the server left the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum ProtocolError {
    /// XML that is not well-formed, or of a kind that XMPP forbids.
    #[error("malformed XML")]
    Xml,
    /// A stream header that is not one of XMPP 1.0.
    #[error("not an XMPP 1.0 stream")]
    Header,
    /// Another element than the negotiation allows at this point.
    #[error("unexpected element")]
    Unexpected,
    /// No resource binding offered, or refused.
    #[error("binding refused")]
    Bind,
    /// Data was sent in the clear after the server agreed to TLS: somebody may be injecting it.
    #[error("data before TLS")]
    Injected,
    /// The server acknowledged stanzas that were never sent.
    #[error("acknowledgement of unsent stanzas")]
    Acknowledgement,
    /// A challenge that is none of SCRAM, or asks for something unacceptable (RFC 5802 section 5).
    #[error("unacceptable challenge")]
    Challenge,
    /// More came before the session began than any server has reason to send.
    #[error("too much before the session began")]
    Flood,
    /// The server took up another session than the one that it was asked for (XEP-0198 section 5).
    #[error("another session resumed")]
    Resumption,
}

/// Why a session is not online.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum SessionError {
    /// DNS has no such domain, or the domain says that it has no such service.
    #[error("server not found")]
    ServerNotFound,
    /// Every address of the server refused, had no route, or did not answer in time.
    #[error("server unreachable")]
    Unreachable,
    /// This computer has no network.
    #[error("no network")]
    NoNetwork,
    /// The server was reached, but did not go on in time.
    #[error("server too slow")]
    TooSlow,
    /// The certificate was not accepted.
    #[error("certificate: {0}")]
    Certificate(CertificateError),
    /// The TLS handshake failed for another reason.
    #[error("TLS failed")]
    Tls,
    /// The server offers no TLS. Nothing was sent.
    #[error("server offers no TLS")]
    NoTls,
    /// The server does not know the account, or the password is wrong.
    #[error("not authorised")]
    NotAuthorized,
    /// The account is disabled, or its password has expired.
    #[error("account disabled")]
    AccountDisabled,
    /// The server could not decide right now.
    #[error("temporary authentication failure")]
    TemporaryAuthFailure,
    /// The server could not prove that it knows the password, or its offer was changed on the way: somebody may be in
    /// between.
    #[error("server failed to authenticate itself")]
    Impostor,
    /// The server offers no mechanism that is acceptable.
    #[error("no acceptable mechanism")]
    NoMechanism,
    /// The server offers nothing that keeps the password from it, and nobody has allowed that. Nothing was sent.
    #[error("server asks for the password itself")]
    OnlyPlain,
    /// The server offers a weaker way of signing in than it has had before: somebody may be in between. Nothing was
    /// sent.
    #[error("weaker sign-in than before")]
    WeakerSignIn,
    /// The keys that were derived from the password do not fit any more: it was changed, or the server's settings were.
    #[error("password needed")]
    PasswordNeeded,
    /// Another connection replaced this one under the same resource.
    #[error("replaced by another connection")]
    Conflict,
    /// The server ended the stream with an error.
    #[error("stream error: {0}")]
    Stream(StreamCondition),
    /// The server left the protocol.
    #[error("protocol: {0}")]
    Protocol(ProtocolError),
    /// A connection that had worked came to an end.
    #[error("connection lost: {0}")]
    Lost(Loss),
    /// The configuration cannot work: no local part, or a resource that is none.
    #[error("configuration unusable")]
    Configuration,
}

impl SessionError {
    /// Whether trying again by itself is wrong: only the user or an administrator can mend it, and trying again may
    /// lock the account, hand the password to an impostor, or throw another connection out.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Certificate(_)
            | Self::NoTls
            | Self::NotAuthorized
            | Self::AccountDisabled
            | Self::Impostor
            | Self::NoMechanism
            | Self::OnlyPlain
            | Self::WeakerSignIn
            | Self::PasswordNeeded
            | Self::Conflict
            | Self::Configuration
            | Self::Protocol(ProtocolError::Injected) => true,
            Self::ServerNotFound
            | Self::Unreachable
            | Self::NoNetwork
            | Self::TooSlow
            | Self::Tls
            | Self::TemporaryAuthFailure
            | Self::Stream(_)
            | Self::Protocol(_)
            | Self::Lost(_) => false,
        }
    }
}

/// Why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum SendError {
    /// There is no connection. Nothing was sent, and nothing will be.
    #[error("offline")]
    Offline,
    /// Larger than the server accepts: it would end the connection over it. Nothing was sent.
    #[error("stanza too large")]
    TooLarge,
    /// The server has ended the connection over this very stanza, twice. Nothing was sent.
    #[error("stanza unacceptable")]
    Unacceptable,
    /// Holds characters that XML cannot carry. Nothing was sent.
    #[error("stanza cannot be encoded")]
    Unencodable,
}

/// Why a request has no result.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RequestError {
    /// There is no connection. Nothing was sent.
    #[error("offline")]
    Offline,
    /// The session ended before an answer came. The request may or may not have had its effect.
    #[error("session lost")]
    SessionLost,
    /// No answer in time. The request may or may not have had its effect.
    #[error("no answer in time")]
    TimedOut,
    /// Larger than the server accepts. Nothing was sent.
    #[error("request too large")]
    TooLarge,
    /// The server has ended the connection over this very request, twice.
    #[error("request unacceptable")]
    Unacceptable,
    /// The other side refused.
    #[error("refused: {0}")]
    Refused(StanzaCondition),
    /// The answer is not one to this question.
    #[error("malformed answer")]
    Malformed,
}

/// Defined conditions of a stanza error (RFC 6120 section 8.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[error("{}", self.as_str())]
#[allow(missing_docs, reason = "the names are those of RFC 6120, which says what they mean")]
pub enum StanzaCondition {
    BadRequest,
    Conflict,
    FeatureNotImplemented,
    Forbidden,
    Gone,
    InternalServerError,
    ItemNotFound,
    JidMalformed,
    NotAcceptable,
    NotAllowed,
    NotAuthorized,
    PolicyViolation,
    RecipientUnavailable,
    Redirect,
    RegistrationRequired,
    RemoteServerNotFound,
    RemoteServerTimeout,
    ResourceConstraint,
    ServiceUnavailable,
    SubscriptionRequired,
    UndefinedCondition,
    UnexpectedRequest,
}

impl StanzaCondition {
    const ALL: [(Self, &'static str); 22] = [
        (Self::BadRequest, "bad-request"),
        (Self::Conflict, "conflict"),
        (Self::FeatureNotImplemented, "feature-not-implemented"),
        (Self::Forbidden, "forbidden"),
        (Self::Gone, "gone"),
        (Self::InternalServerError, "internal-server-error"),
        (Self::ItemNotFound, "item-not-found"),
        (Self::JidMalformed, "jid-malformed"),
        (Self::NotAcceptable, "not-acceptable"),
        (Self::NotAllowed, "not-allowed"),
        (Self::NotAuthorized, "not-authorized"),
        (Self::PolicyViolation, "policy-violation"),
        (Self::RecipientUnavailable, "recipient-unavailable"),
        (Self::Redirect, "redirect"),
        (Self::RegistrationRequired, "registration-required"),
        (Self::RemoteServerNotFound, "remote-server-not-found"),
        (Self::RemoteServerTimeout, "remote-server-timeout"),
        (Self::ResourceConstraint, "resource-constraint"),
        (Self::ServiceUnavailable, "service-unavailable"),
        (Self::SubscriptionRequired, "subscription-required"),
        (Self::UndefinedCondition, "undefined-condition"),
        (Self::UnexpectedRequest, "unexpected-request"),
    ];

    /// The element's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(condition, _)| *condition == self)
            .map_or("undefined-condition", |(_, name)| name)
    }

    /// The condition of that name; an unknown one is [`UndefinedCondition`](Self::UndefinedCondition).
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::ALL
            .iter()
            .find(|(_, known)| *known == name)
            .map_or(Self::UndefinedCondition, |(condition, _)| *condition)
    }
}
