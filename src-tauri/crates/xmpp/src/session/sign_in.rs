//! Authentication over an open stream (RFC 6120 section 6).
//!
//! # The flag that some servers refuse
//!
//! A client that could bind to the TLS connection says `y,,` where the server offers no -PLUS (RFC 5802 section 6), so
//! that a server that does offer it notices that somebody took it out. MongooseIM before 6.7 computes its own proof
//! over `n,,` whatever the client said, and refuses the proof of every client that keeps to the RFC, as if the password
//! were wrong. So that one refusal, of the *last* message, by a server that has never offered -PLUS and never accepted
//! `y,,`, is answered by one more exchange with `n,,` on the same stream. Whether it was the flag or the password the
//! refusal itself does not tell: a wrong password counts twice on the first sign-in to a server, and once ever after,
//! since it is remembered which form works. An account that does not exist is refused at the first message, and never
//! tried again.
//!
//! # The codec
//!
//! By hand: the types of `xmpp_parsers::sasl` copy a secret into strings that nobody wipes, and refuse a `<failure/>`
//! whose condition they do not know, which must still count as a refusal.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use uuid::Uuid;
use xmpp_parsers::minidom::Element;
use zeroize::Zeroizing;

use super::config::SessionConfig;
use super::error::{ProtocolError, SessionError};
use super::link::ChannelBinding;
use super::wire::Wire;
use crate::auth::{
    Authentication, Binding, BindingSeen, Challenge, Choice, ClientFinal, ClientFirst, Credential, Declined, Mechanism,
    Offer, ScramError, ScramHash, ScramKeys, UnboundFlag, choose,
};
use crate::ns;
use crate::xml::{Build, element};

/// How the server accepted the account.
pub(super) struct Proven {
    /// Name of the SASL mechanism.
    pub(super) mechanism: String,
    pub(super) binding: ChannelBinding,
}

/// Signs in with the best that `features` offer. When this returns, the server has proven that it knows the password
/// too (except with PLAIN, where it is told). `authentication` takes what was learnt on the way, also where signing in
/// failed.
pub(super) async fn sign_in(
    wire: &mut Wire,
    config: &SessionConfig,
    authentication: &mut Authentication,
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
    let choice = choose(&offer, exporter, authentication).map_err(declined)?;
    if offer.has_binding() {
        authentication.known.binding = authentication.known.binding.max(BindingSeen::Offered);
    }
    match choice {
        Choice::Plain => plain(wire, &user, authentication).await,
        Choice::Scram {
            mechanism,
            hash,
            binding,
        } => {
            let exchange = Exchange {
                user,
                offered: offer.listed(),
                mechanism,
                hash,
            };
            let (keys, binding) = exchange.run(wire, authentication, binding).await?;
            let bound = match binding {
                Binding::Exporter(_) => ChannelBinding::Bound,
                Binding::NotSupported | Binding::NotOffered => ChannelBinding::Unbound,
            };
            learn(authentication, keys, hash, bound);
            Ok(Proven {
                mechanism: exchange.mechanism,
                binding: bound,
            })
        }
    }
}

async fn plain(wire: &mut Wire, user: &str, authentication: &mut Authentication) -> Result<Proven, SessionError> {
    let Credential::Password(password) = &authentication.credential else {
        return Err(SessionError::PasswordNeeded);
    };
    let secret = Zeroizing::new(format!("\0{user}\0{}", password.as_str()));
    let text = Zeroizing::new(BASE64.encode(secret.as_bytes()));
    // Not as an element, whose copies of the text nobody wipes.
    let auth = Zeroizing::new(format!("<auth xmlns='{}' mechanism='PLAIN'>{}</auth>", ns::SASL, *text));
    wire.write(auth.as_bytes()).await?;
    match answer(wire).await?? {
        Answer::Success(_) => {
            let known = &mut authentication.known;
            known.strongest = known.strongest.max(Some(Mechanism::Plain));
            Ok(Proven {
                mechanism: Mechanism::Plain.name().to_owned(),
                binding: ChannelBinding::Unbound,
            })
        }
        Answer::Challenge(_) => Err(SessionError::Protocol(ProtocolError::Unexpected)),
    }
}

/// The server accepted SCRAM: hold it to that from now on, and replace the password by keys.
fn learn(authentication: &mut Authentication, keys: Arc<ScramKeys>, hash: ScramHash, bound: ChannelBinding) {
    let known = &mut authentication.known;
    known.strongest = known.strongest.max(Some(Mechanism::Scram(hash)));
    if bound == ChannelBinding::Bound {
        known.binding = BindingSeen::Used;
    }
    match authentication.credential {
        Credential::Keys(_) => known.salt_changes = 0,
        Credential::Password(_) if known.has_varying_salts() => {}
        Credential::Password(_) => authentication.credential = Credential::Keys(keys),
    }
}

/// One account and one mechanism.
struct Exchange {
    user: String,
    offered: String,
    mechanism: String,
    hash: ScramHash,
}

/// The outcome of an exchange that the server did not abort.
enum Outcome {
    Proven(Arc<ScramKeys>),
    /// Our proof was refused.
    Refused(Arc<ScramKeys>),
    /// The stream ended over our proof, without a word.
    Cut(SessionError),
}

impl Exchange {
    /// Signs in, and once more where the refusal may be one of the flag alone. The keys that proved the account, and
    /// how they were bound.
    async fn run(
        &self,
        wire: &mut Wire,
        authentication: &mut Authentication,
        binding: Binding,
    ) -> Result<(Arc<ScramKeys>, Binding), SessionError> {
        let before = authentication.known;
        let keys = match self.once(wire, authentication, binding.clone(), None).await? {
            Outcome::Proven(keys) => {
                match (&binding, before.unbound_flag) {
                    (Binding::NotOffered, _) => authentication.known.unbound_flag = UnboundFlag::Accepted,
                    (Binding::NotSupported, UnboundFlag::InDoubt) => {
                        authentication.known.unbound_flag = UnboundFlag::Refused;
                    }
                    (Binding::NotSupported | Binding::Exporter(_), _) => {}
                }
                return Ok((keys, binding));
            }
            // This was the second form already: there is no third try.
            Outcome::Refused(_) | Outcome::Cut(_) if before.unbound_flag == UnboundFlag::InDoubt => {
                authentication.known.unbound_flag = UnboundFlag::Untried;
                return Err(SessionError::NotAuthorized);
            }
            Outcome::Cut(error) => return Err(error),
            Outcome::Refused(keys) => keys,
        };
        let may_be_the_flag = binding == Binding::NotOffered
            && before.unbound_flag == UnboundFlag::Untried
            && authentication.known.binding == BindingSeen::NotOffered;
        if !may_be_the_flag {
            return Err(SessionError::NotAuthorized);
        }
        authentication.known.unbound_flag = UnboundFlag::InDoubt;
        match self.once(wire, authentication, Binding::NotSupported, Some(keys)).await {
            Ok(Outcome::Proven(keys)) => {
                authentication.known.unbound_flag = UnboundFlag::Refused;
                Ok((keys, Binding::NotSupported))
            }
            Ok(Outcome::Refused(_) | Outcome::Cut(_)) | Err(SessionError::NotAuthorized) => {
                authentication.known.unbound_flag = UnboundFlag::Untried;
                Err(SessionError::NotAuthorized)
            }
            // Where the stream ended over the first refusal, the next one begins with the other form.
            Err(error) => Err(error),
        }
    }

    /// One exchange. `derived`: keys that an exchange before this one has derived.
    async fn once(
        &self,
        wire: &mut Wire,
        authentication: &mut Authentication,
        binding: Binding,
        derived: Option<Arc<ScramKeys>>,
    ) -> Result<Outcome, SessionError> {
        let nonce = Uuid::new_v4().simple().to_string();
        let first = ClientFirst::new(self.hash, binding, &self.user, nonce, self.offered.clone());
        wire.send(&auth(&self.mechanism, &BASE64.encode(first.message())))
            .await?;
        let Answer::Challenge(challenge) = answer(wire).await?? else {
            // "Success" before any proof: the other side need not know the password.
            return Err(SessionError::Impostor);
        };
        let challenge = first.read(&challenge).map_err(failed)?;
        let keys = keys(authentication, &challenge, derived).await?;
        let last = challenge.answer(&keys);
        wire.send(&response(last.message())).await?;
        match prove(wire, &last).await {
            Ok(Ok(())) => Ok(Outcome::Proven(keys)),
            Ok(Err(SessionError::NotAuthorized)) => Ok(Outcome::Refused(keys)),
            Err(error @ SessionError::Lost(_)) => Ok(Outcome::Cut(error)),
            Ok(Err(error)) | Err(error) => Err(error),
        }
    }
}

/// The keys that answer a challenge.
async fn keys(
    authentication: &mut Authentication,
    challenge: &Challenge,
    derived: Option<Arc<ScramKeys>>,
) -> Result<Arc<ScramKeys>, SessionError> {
    let (salt, iterations) = (challenge.salt(), challenge.iterations());
    match &authentication.credential {
        Credential::Keys(keys) if keys.fit(salt, iterations) => Ok(Arc::clone(keys)),
        Credential::Keys(keys) => {
            let known = &mut authentication.known;
            // More effort is a change of the server's settings, and not a habit.
            known.salt_changes = match keys.differ_in_salt_alone(salt, iterations) {
                true => known.salt_changes.saturating_add(1),
                false => 0,
            };
            Err(SessionError::PasswordNeeded)
        }
        Credential::Password(password) => {
            if let Some(derived) = derived {
                if derived.fit(salt, iterations) {
                    return Ok(derived);
                }
                if derived.differ_in_salt_alone(salt, iterations) {
                    authentication.known.note_varying_salts();
                }
            }
            let (password, hash, salt) = (Arc::clone(password), challenge.hash(), salt.to_vec());
            // Deriving keys keeps a processor busy for milliseconds.
            tokio::task::spawn_blocking(move || Arc::new(ScramKeys::derive(hash, &password, salt, iterations)))
                .await
                .map_err(|_| SessionError::Protocol(ProtocolError::Unexpected))
        }
    }
}

/// Waits for the server's proof, which comes with success or (RFC 6120 section 6.3.10) before it. The inner error is
/// the server's refusal.
async fn prove(wire: &mut Wire, last: &ClientFinal) -> Result<Result<(), SessionError>, SessionError> {
    let proof = match answer(wire).await? {
        Err(refusal) => return Ok(Err(refusal)),
        Ok(Answer::Success(proof)) => return last.verify(&proof).map(Ok).map_err(failed),
        Ok(Answer::Challenge(proof)) => proof,
    };
    last.verify(&proof).map_err(failed)?;
    wire.send(&element("response", ns::SASL)).await?;
    match answer(wire).await?? {
        Answer::Success(_) => Ok(Ok(())),
        Answer::Challenge(_) => Err(SessionError::Protocol(ProtocolError::Unexpected)),
    }
}

fn failed(error: ScramError) -> SessionError {
    match error {
        ScramError::Challenge => SessionError::Protocol(ProtocolError::Challenge),
        ScramError::ServerProof | ScramError::Downgrade => SessionError::Impostor,
    }
}

fn declined(reason: Declined) -> SessionError {
    match reason {
        Declined::NothingKnown => SessionError::NoMechanism,
        Declined::OnlyPlain => SessionError::OnlyPlain,
        Declined::Weaker => SessionError::WeakerSignIn,
        Declined::PasswordNeeded => SessionError::PasswordNeeded,
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

/// The server's next word. The inner error is its refusal.
async fn answer(wire: &mut Wire) -> Result<Result<Answer, SessionError>, SessionError> {
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
        "challenge" => Ok(Ok(Answer::Challenge(data()?))),
        "success" => Ok(Ok(Answer::Success(data()?))),
        "failure" => Ok(Err(refused(&answer))),
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
