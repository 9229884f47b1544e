//! Which mechanism to use.

use xmpp_parsers::minidom::Element;

use super::credential::{Authentication, Credential, PlainSignIn};
use super::known::{BindingSeen, KnownServer, UnboundFlag};
use super::mechanism::{Mechanism, ScramHash};
use super::scram::Binding;
use crate::ns;

/// What the server offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Offer {
    mechanisms: Vec<String>,
    /// Types of channel binding that it announces (XEP-0440).
    bindings: Vec<String>,
}

impl Offer {
    /// Reads the stream's features.
    pub(crate) fn read(features: &Element) -> Self {
        let mechanisms = features.get_child("mechanisms", ns::SASL).map(|list| {
            list.children()
                .filter(|e| e.is("mechanism", ns::SASL))
                .map(|e| e.text())
                .collect()
        });
        let bindings = features.get_child("sasl-channel-binding", ns::SASL_CB).map(|list| {
            list.children()
                .filter(|e| e.is("channel-binding", ns::SASL_CB))
                .filter_map(|e| e.attr("type").map(str::to_owned))
                .collect()
        });
        Self {
            mechanisms: mechanisms.unwrap_or_default(),
            bindings: bindings.unwrap_or_default(),
        }
    }

    /// The whole offer in the form of which a server may send a hash (XEP-0474 section 5.1), so that nobody on the way
    /// can take the better choices out of it.
    pub(crate) fn listed(&self) -> String {
        let joined = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort();
            names.join("\u{1e}")
        };
        let mechanisms = joined(&self.mechanisms);
        if self.bindings.is_empty() {
            mechanisms
        } else {
            format!("{mechanisms}\u{1f}{}", joined(&self.bindings))
        }
    }

    /// Whether it offers any mechanism with channel binding.
    pub(crate) fn has_binding(&self) -> bool {
        self.mechanisms.iter().any(|name| name.ends_with("-PLUS"))
    }

    fn has_exporter(&self) -> bool {
        self.bindings.iter().any(|name| name == "tls-exporter")
    }

    fn has(&self, name: &str) -> bool {
        self.mechanisms.iter().any(|mechanism| mechanism == name)
    }

    fn has_any_known(&self) -> bool {
        self.mechanisms.iter().any(|name| Mechanism::from_name(name).is_some())
    }
}

/// How to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// SCRAM (RFC 5802, RFC 7677).
    Scram {
        mechanism: String,
        hash: ScramHash,
        binding: Binding,
    },
    /// PLAIN (RFC 4616).
    Plain,
}

/// Why nothing of an offer is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Declined {
    /// Nothing that is spoken here.
    #[error("nothing acceptable is offered")]
    NothingKnown,
    /// Only PLAIN, and nobody has allowed it.
    #[error("only PLAIN is offered")]
    OnlyPlain,
    /// Less than the server has done before.
    #[error("weaker than before")]
    Weaker,
    /// A mechanism for which there are no keys.
    #[error("the password is needed")]
    PasswordNeeded,
}

/// The best mechanism offered that is no weaker than what the server has done before. `exporter`: channel binding data
/// of the TLS connection, where there is any.
///
/// -PLUS is used only if the server announces that it knows tls-exporter: ejabberd 23.01 offers -PLUS and then refuses
/// it. Without that the server is told the truth, which lets it notice when somebody has taken -PLUS out of its offer:
/// "could bind, but you did not offer" only if it really did not offer.
pub(crate) fn choose(
    offer: &Offer,
    exporter: Option<Vec<u8>>,
    authentication: &Authentication,
) -> Result<Choice, Declined> {
    let known = &authentication.known;
    let is_strong_enough = |hash: ScramHash| known.strongest.is_none_or(|least| Mechanism::Scram(hash) >= least);
    let is_at_hand = |hash: ScramHash| match &authentication.credential {
        Credential::Password(_) => true,
        Credential::Keys(keys) => keys.hash() == hash,
    };
    let plus = |hash: ScramHash| format!("{}-PLUS", hash.mechanism());
    let strong = || {
        ScramHash::STRONGEST_FIRST
            .into_iter()
            .filter(|hash| is_strong_enough(*hash))
    };
    let exporter = exporter.filter(|_| offer.has_exporter());
    if let Some(data) = &exporter
        && let Some(hash) = strong().find(|hash| is_at_hand(*hash) && offer.has(&plus(*hash)))
    {
        return Ok(Choice::Scram {
            mechanism: plus(hash),
            hash,
            binding: Binding::Exporter(data.clone()),
        });
    }
    if known.binding < BindingSeen::Used
        && let Some(hash) = strong().find(|hash| is_at_hand(*hash) && offer.has(hash.mechanism()))
    {
        return Ok(Choice::Scram {
            mechanism: hash.mechanism().to_owned(),
            hash,
            binding: unbound(offer, known),
        });
    }
    let plain = Mechanism::Plain.name();
    let has_keys = matches!(authentication.credential, Credential::Keys(_));
    let has_done_scram = has_keys || known.strongest.is_some_and(|least| least > Mechanism::Plain);
    let has_done_better = has_done_scram || known.binding > BindingSeen::NotOffered;
    if offer.has(plain) && !has_done_better {
        return match authentication.plain {
            PlainSignIn::Allowed => Ok(Choice::Plain),
            PlainSignIn::Refused => Err(Declined::OnlyPlain),
        };
    }
    let is_bound = |hash| exporter.is_some() && offer.has(&plus(hash));
    let is_usable = |hash: ScramHash| match known.binding {
        BindingSeen::Used => is_bound(hash),
        BindingSeen::NotOffered | BindingSeen::Offered => is_bound(hash) || offer.has(hash.mechanism()),
    };
    if strong().any(is_usable) {
        Err(Declined::PasswordNeeded)
    } else if has_done_better && offer.has_any_known() {
        Err(Declined::Weaker)
    } else {
        Err(Declined::NothingKnown)
    }
}

/// What is said of channel binding where there is none (RFC 5802 section 6).
fn unbound(offer: &Offer, known: &KnownServer) -> Binding {
    let was_refused = matches!(known.unbound_flag, UnboundFlag::Refused | UnboundFlag::InDoubt);
    if offer.has_binding() || was_refused && known.binding == BindingSeen::NotOffered {
        Binding::NotSupported
    } else {
        Binding::NotOffered
    }
}

#[cfg(test)]
mod tests;
