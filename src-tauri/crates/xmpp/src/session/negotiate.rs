//! From nothing to a bound or resumed stream.
//!
//! Requests are types of `xmpp_parsers::sm`; answers are read by hand, as those types refuse Prosody's `<failed/>`
//! without `h`.

use tokio::sync::watch;
use tokio::time::timeout;
use uuid::Uuid;
use xmpp_parsers::jid::FullJid;
use xmpp_parsers::minidom::Element;
use xmpp_parsers::sm;

use super::acknowledge::{Management, ResumePoint};
use super::config::{ServerLocation, SessionConfig};
use super::error::{ProtocolError, SessionError};
use super::link::{Found, Link};
use super::sign_in::sign_in;
use super::stanza::{iq, is_stanza};
use super::state::SessionState;
use super::suspects::SMALLEST_STANZA_LIMIT;
use super::wire::Wire;
use crate::auth::Authentication;
use crate::net::Transport;
use crate::ns;
use crate::xml::{Build, Limits, element};

/// Longest id of a session that is kept: each resumption sends it back.
const LONGEST_ID: usize = 4096;

/// How a session began.
pub(super) enum Beginning {
    /// The server resumed the interrupted one; it has handled this many stanzas.
    Resumed { handled: u32 },
    /// A new one.
    Bound {
        address: FullJid,
        management: Management,
        /// Resumption was refused, and this many stanzas of the old session had been handled.
        refused_at: Option<u32>,
        /// Stanzas that came before acknowledgements began.
        early: Vec<Element>,
    },
}

/// A session has begun.
pub(super) struct Established {
    pub(super) wire: Wire,
    pub(super) beginning: Beginning,
    /// The server offers client state indication, which only the stream's features announce.
    pub(super) client_state: bool,
    /// Bytes of the largest stanza that the server accepts, if it announces a limit (XEP-0478).
    pub(super) stanza_limit: Option<usize>,
    /// How the connection was made.
    pub(super) link: Link,
}

/// Connects, signs in, and resumes or binds. Updates `authentication` with facts about the server.
pub(super) async fn establish(
    config: &SessionConfig,
    authentication: &mut Authentication,
    transport: &dyn Transport,
    resume: Option<ResumePoint>,
    state: &watch::Sender<SessionState>,
) -> Result<Established, SessionError> {
    state.send_replace(SessionState::Connecting);
    let connection = transport.connect(config).await?;
    state.send_replace(SessionState::Authenticating);
    let begin = async {
        let domain = config.address.domain().as_str();
        let exporter = connection.exporter.clone();
        let secured = connection.secured;
        let mut wire = Wire::new(connection);
        let features = wire.open(domain, Limits::BEFORE_SIGN_IN).await?;
        let proven = sign_in(&mut wire, config, authentication, &features, exporter).await?;
        let link = Link {
            found: match config.server {
                ServerLocation::Discover => Found::ByAddress,
                ServerLocation::Explicit { .. } => Found::ByHand,
            },
            secured,
            mechanism: proven.mechanism,
            binding: proven.binding,
        };
        let features = wire.open(domain, Limits::default()).await?;
        let stanza_limit = stanza_limit(&features);
        let client_state = features.has_child("csi", ns::CSI);
        let managed = features.has_child("sm", ns::SM);
        let mut refused_at = None;
        if let Some(point) = resume.filter(|_| managed) {
            state.send_replace(SessionState::Resuming);
            match take_up(&mut wire, &point).await? {
                TakeUp::Accepted { handled } => {
                    return Ok(Established {
                        wire,
                        beginning: Beginning::Resumed { handled },
                        client_state,
                        stanza_limit,
                        link,
                    });
                }
                TakeUp::Refused { handled } => refused_at = handled,
            }
            state.send_replace(SessionState::Authenticating);
        }
        let mut early = Vec::new();
        let address = bind(&mut wire, config, &features, &mut early).await?;
        let management = if managed {
            enable(&mut wire, &mut early).await?
        } else {
            Management::Absent
        };
        Ok(Established {
            wire,
            beginning: Beginning::Bound {
                address,
                management,
                refused_at,
                early,
            },
            client_state,
            stanza_limit,
            link,
        })
    };
    timeout(config.timing.sign_in, begin)
        .await
        .map_err(|_| SessionError::TooSlow)?
}

/// The size limit that the server announces (XEP-0478).
fn stanza_limit(features: &Element) -> Option<usize> {
    let limits = features.get_child("limits", ns::STREAM_LIMITS)?;
    let most: usize = limits
        .get_child("max-bytes", ns::STREAM_LIMITS)?
        .text()
        .trim()
        .parse()
        .ok()?;
    Some(most.max(SMALLEST_STANZA_LIMIT))
}

enum TakeUp {
    Accepted { handled: u32 },
    Refused { handled: Option<u32> },
}

async fn take_up(wire: &mut Wire, point: &ResumePoint) -> Result<TakeUp, SessionError> {
    let resume = sm::Resume {
        h: point.handled,
        previd: sm::StreamId(point.id.clone()),
    };
    wire.send(&resume.into()).await?;
    loop {
        let answer = wire.element().await?;
        if !answer.has_ns(ns::SM) {
            continue;
        }
        // Prosody leaves `h` out of <failed/>; XEP-0198 allows that.
        let handled = answer.attr("h").and_then(|h| h.parse().ok());
        match (answer.name(), handled) {
            ("resumed", _) if answer.attr("previd") != Some(&point.id) => {
                return Err(SessionError::Protocol(ProtocolError::Resumption));
            }
            ("resumed", Some(handled)) => return Ok(TakeUp::Accepted { handled }),
            ("resumed", None) => return Err(SessionError::Protocol(ProtocolError::Unexpected)),
            ("failed", handled) => return Ok(TakeUp::Refused { handled }),
            _ => {}
        }
    }
}

/// Waits for the answer to the request `id`; keeps stanzas that come meanwhile in `early`.
async fn result(wire: &mut Wire, id: &str, early: &mut Vec<Element>) -> Result<Element, SessionError> {
    loop {
        let element = wire.element().await?;
        let answers = element.name() == "iq" && matches!(element.attr("type"), Some("result" | "error"));
        if answers && element.attr("id") == Some(id) {
            return Ok(element);
        }
        if is_stanza(&element) {
            early.push(element);
        }
    }
}

async fn bind(
    wire: &mut Wire,
    config: &SessionConfig,
    features: &Element,
    early: &mut Vec<Element>,
) -> Result<FullJid, SessionError> {
    if !features.has_child("bind", ns::BIND) {
        return Err(SessionError::Protocol(ProtocolError::Bind));
    }
    // If the wished-for name is taken or refused, the server may choose one.
    for resource in [Some(config.resource.as_str()), None] {
        let id = Uuid::new_v4().to_string();
        let mut request = element("bind", ns::BIND);
        if let Some(resource) = resource {
            request.append_child(element("resource", ns::BIND).with_text(resource));
        }
        wire.send(&iq("set", &id, None).with_child(request)).await?;
        let answer = result(wire, &id, early).await?;
        if answer.attr("type") != Some("result") {
            continue;
        }
        let address = answer
            .get_child("bind", ns::BIND)
            .and_then(|bind| FullJid::new(&bind.get_child("jid", ns::BIND)?.text()).ok())
            .filter(|address| address.to_bare() == config.address)
            .ok_or(SessionError::Protocol(ProtocolError::Bind))?;
        establish_session(wire, features, early).await?;
        return Ok(address);
    }
    Err(SessionError::Protocol(ProtocolError::Bind))
}

/// RFC 3921 section 3, where the server still insists: MongooseIM ignores everything without it.
async fn establish_session(wire: &mut Wire, features: &Element, early: &mut Vec<Element>) -> Result<(), SessionError> {
    let insists = features
        .get_child("session", ns::SESSION)
        .is_some_and(|session| !session.has_child("optional", ns::SESSION));
    if !insists {
        return Ok(());
    }
    let id = Uuid::new_v4().to_string();
    wire.send(&iq("set", &id, None).with_child(element("session", ns::SESSION)))
        .await?;
    let answer = result(wire, &id, early).await?;
    if answer.attr("type") == Some("result") {
        Ok(())
    } else {
        Err(SessionError::Protocol(ProtocolError::Bind))
    }
}

async fn enable(wire: &mut Wire, early: &mut Vec<Element>) -> Result<Management, SessionError> {
    wire.send(&sm::Enable::new().with_resume().into()).await?;
    loop {
        let answer = wire.element().await?;
        if is_stanza(&answer) {
            early.push(answer);
            continue;
        }
        match answer.name() {
            "enabled" if answer.has_ns(ns::SM) => {
                let resumable = matches!(answer.attr("resume"), Some("true" | "1"));
                let id = answer
                    .attr("id")
                    .filter(|id| resumable && (1..=LONGEST_ID).contains(&id.len()))
                    .map(str::to_owned);
                return Ok(Management::Enabled { resume: id });
            }
            "failed" if answer.has_ns(ns::SM) => return Ok(Management::Absent),
            _ => {}
        }
    }
}
