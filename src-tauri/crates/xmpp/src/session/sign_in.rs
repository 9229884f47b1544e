//! Authentication over an open stream (RFC 6120 section 6).

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use uuid::Uuid;
use xmpp_parsers::minidom::Element;
use zeroize::Zeroizing;

use super::wire::Wire;
use super::{ChannelBinding, ProtocolError, SessionConfig, SessionError};
use crate::auth::{Binding, Choice, ClientFinal, ClientFirst, Offer, ScramError, choose};
use crate::ns;
use crate::xml::{Build, element};

/// How the account was proven.
pub(super) struct Proven {
    /// Name of the SASL mechanism.
    pub(super) mechanism: String,
    pub(super) binding: ChannelBinding,
}

/// Signs in with the best that `features` offer. When this returns, the server has proven that it knows the password too
/// (except with PLAIN, where it is told).
pub(super) async fn sign_in(
    wire: &mut Wire,
    config: &SessionConfig,
    features: &Element,
    exporter: Option<Vec<u8>>,
) -> Result<Proven, SessionError> {
    let user = config
        .address
        .node()
        .ok_or(SessionError::Configuration)?
        .as_str()
        .to_owned();
    let offer = Offer::read(features);
    match choose(&offer, exporter).ok_or(SessionError::NoMechanism)? {
        Choice::Plain => {
            let secret = Zeroizing::new(format!("\0{user}\0{}", config.password.as_str()));
            let text = Zeroizing::new(BASE64.encode(secret.as_bytes()));
            wire.send(&auth("PLAIN", &text)).await?;
            match answer(wire).await? {
                Answer::Success(_) => Ok(Proven {
                    mechanism: "PLAIN".to_owned(),
                    binding: ChannelBinding::Unbound,
                }),
                Answer::Challenge(_) => Err(SessionError::Protocol(ProtocolError::Unexpected)),
            }
        }
        Choice::Scram {
            mechanism,
            hash,
            binding,
        } => {
            let bound = match &binding {
                Binding::Exporter(_) => ChannelBinding::Bound,
                Binding::NotSupported | Binding::NotOffered => ChannelBinding::Unbound,
            };
            let first = ClientFirst::new(
                hash,
                binding,
                &user,
                Uuid::new_v4().simple().to_string(),
                offer.listed(),
            );
            wire.send(&auth(&mechanism, &BASE64.encode(first.message()))).await?;
            let Answer::Challenge(challenge) = answer(wire).await? else {
                // "Success" before any proof: whoever this is, it need not know the password.
                return Err(SessionError::Impostor);
            };
            let password = config.password.clone();
            // Deriving the key keeps a processor busy for milliseconds.
            let last = tokio::task::spawn_blocking(move || first.answer(&challenge, &password))
                .await
                .map_err(|_| SessionError::Protocol(ProtocolError::Unexpected))?
                .map_err(failed)?;
            wire.send(&response(last.message())).await?;
            prove(wire, &last).await?;
            Ok(Proven {
                mechanism,
                binding: bound,
            })
        }
    }
}

/// Waits for the server's proof, which comes with success or (RFC 6120 section 6.3.10) before it.
async fn prove(wire: &mut Wire, last: &ClientFinal) -> Result<(), SessionError> {
    match answer(wire).await? {
        Answer::Success(proof) => last.verify(&proof).map_err(failed),
        Answer::Challenge(proof) => {
            last.verify(&proof).map_err(failed)?;
            wire.send(&element("response", ns::SASL)).await?;
            match answer(wire).await? {
                Answer::Success(_) => Ok(()),
                Answer::Challenge(_) => Err(SessionError::Protocol(ProtocolError::Unexpected)),
            }
        }
    }
}

fn failed(error: ScramError) -> SessionError {
    match error {
        ScramError::Challenge => SessionError::Protocol(ProtocolError::Unexpected),
        ScramError::ServerProof | ScramError::Downgrade => SessionError::Impostor,
    }
}

fn auth(mechanism: &str, text: &str) -> Element {
    element("auth", ns::SASL)
        .with_attr("mechanism", mechanism)
        .with_text(text)
}

fn response(message: &str) -> Element {
    element("response", ns::SASL).with_text(BASE64.encode(message))
}

enum Answer {
    Challenge(Vec<u8>),
    Success(Vec<u8>),
}

async fn answer(wire: &mut Wire) -> Result<Answer, SessionError> {
    let answer = wire.element().await?;
    if !answer.has_ns(ns::SASL) {
        return Err(SessionError::Protocol(ProtocolError::Unexpected));
    }
    let data = || match answer.text().trim() {
        "" | "=" => Ok(Vec::new()),
        text => BASE64
            .decode(text)
            .map_err(|_| SessionError::Protocol(ProtocolError::Unexpected)),
    };
    match answer.name() {
        "challenge" => Ok(Answer::Challenge(data()?)),
        "success" => Ok(Answer::Success(data()?)),
        "failure" => Err(refused(&answer)),
        _ => Err(SessionError::Protocol(ProtocolError::Unexpected)),
    }
}

/// RFC 6120 section 6.5.
fn refused(failure: &Element) -> SessionError {
    let condition = failure
        .children()
        .find(|child| child.name() != "text")
        .map(Element::name);
    match condition {
        Some("account-disabled" | "credentials-expired") => SessionError::AccountDisabled,
        Some("temporary-auth-failure") => SessionError::TemporaryAuthFailure,
        Some("invalid-mechanism" | "mechanism-too-weak" | "encryption-required") => SessionError::NoMechanism,
        Some("aborted" | "incorrect-encoding" | "malformed-request") => {
            SessionError::Protocol(ProtocolError::Unexpected)
        }
        _ => SessionError::NotAuthorized,
    }
}
