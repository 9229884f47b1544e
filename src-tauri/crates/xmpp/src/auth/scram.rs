//! SCRAM (RFC 5802, RFC 7677) with the server's proof checked.

use std::num::NonZeroU32;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::{digest, hmac};

use super::keys::{ScramKeys, prepared};
use super::mechanism::ScramHash;

/// Fewest iterations accepted: RFC 7677 asks for at least this many; fewer would make a captured exchange cheap to
/// crack.
const FEWEST_ITERATIONS: u32 = 4096;
/// Most iterations accepted: a hostile server must not be able to keep the processor busy for minutes.
const MOST_ITERATIONS: u32 = 1_000_000;
/// Longest salt that is accepted, in bytes: it is kept with the account. Servers use 16 to 64.
const LONGEST_SALT: usize = 1024;
/// Longest challenge that is read, in bytes.
const LONGEST_CHALLENGE: usize = 16 << 10;

/// What the client says about channel binding (RFC 5802 section 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Binding {
    /// Bound to the TLS connection by `tls-exporter` data (RFC 9266).
    Exporter(Vec<u8>),
    /// The client could, but the server does not offer it.
    NotOffered,
    /// The client can not in a way that suits this server.
    NotSupported,
}

impl Binding {
    fn header(&self) -> &'static str {
        match self {
            Self::Exporter(_) => "p=tls-exporter,,",
            Self::NotOffered => "y,,",
            Self::NotSupported => "n,,",
        }
    }

    /// `c=`: the header, and the data it is about.
    fn echo(&self) -> String {
        let mut bytes = self.header().as_bytes().to_vec();
        if let Self::Exporter(data) = self {
            bytes.extend_from_slice(data);
        }
        BASE64.encode(bytes)
    }
}

/// Why an exchange failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ScramError {
    /// The server's message is not one of SCRAM, or asks for something unacceptable.
    #[error("unacceptable challenge")]
    Challenge,
    /// The server offered something else than what arrived here (XEP-0474): somebody has changed it on the way.
    #[error("the offer was changed on the way")]
    Downgrade,
    /// The server's proof is missing or wrong: it does not know the password.
    #[error("server proof missing or wrong")]
    ServerProof,
}

/// After the client's first message.
pub(crate) struct ClientFirst {
    hash: ScramHash,
    binding: Binding,
    bare: String,
    nonce: String,
    offered: String,
}

impl ClientFirst {
    /// Begins. `user` and `nonce` go into the message; `nonce` must be random and without commas. `offered` is
    /// [the server's offer](super::Offer::listed) as it arrived.
    pub(crate) fn new(hash: ScramHash, binding: Binding, user: &str, nonce: String, offered: String) -> Self {
        let user = prepared(user).replace('=', "=3D").replace(',', "=2C");
        Self {
            hash,
            binding,
            bare: format!("n={user},r={nonce}"),
            nonce,
            offered,
        }
    }

    /// The message to send.
    pub(crate) fn message(&self) -> String {
        format!("{}{}", self.binding.header(), self.bare)
    }

    /// Reads the server's challenge.
    pub(crate) fn read(self, challenge: &[u8]) -> Result<Challenge, ScramError> {
        if challenge.len() > LONGEST_CHALLENGE {
            return Err(ScramError::Challenge);
        }
        let text = std::str::from_utf8(challenge).map_err(|_| ScramError::Challenge)?;
        let mut fields = text.split(',');
        let mut field = |name| {
            fields
                .next()
                .and_then(|field| field.strip_prefix(name))
                .ok_or(ScramError::Challenge)
        };
        // In this order, and nothing before them: an `m=` there is an extension that must be refused.
        let nonce = field("r=")?.to_owned();
        let salt = BASE64.decode(field("s=")?).map_err(|_| ScramError::Challenge)?;
        let iterations: u32 = field("i=")?.parse().map_err(|_| ScramError::Challenge)?;
        // The challenge is part of what both sides prove, so that this hash, too, is the server's own.
        if let Some(offered) = fields.find_map(|field| field.strip_prefix("h=")) {
            let arrived = digest::digest(self.hash.digest(), self.offered.as_bytes());
            if BASE64.decode(offered).ok().as_deref() != Some(arrived.as_ref()) {
                return Err(ScramError::Downgrade);
            }
        }
        let continues_ours = nonce.len() > self.nonce.len() && nonce.starts_with(&self.nonce);
        let is_salted = (1..=LONGEST_SALT).contains(&salt.len());
        if !continues_ours || !is_salted || !(FEWEST_ITERATIONS..=MOST_ITERATIONS).contains(&iterations) {
            return Err(ScramError::Challenge);
        }
        Ok(Challenge {
            nonce,
            salt,
            iterations: NonZeroU32::new(iterations).ok_or(ScramError::Challenge)?,
            text: text.to_owned(),
            first: self,
        })
    }
}

/// The server's challenge, read and found acceptable.
pub(crate) struct Challenge {
    first: ClientFirst,
    text: String,
    nonce: String,
    salt: Vec<u8>,
    iterations: NonZeroU32,
}

impl Challenge {
    pub(crate) fn hash(&self) -> ScramHash {
        self.first.hash
    }

    pub(crate) fn salt(&self) -> &[u8] {
        &self.salt
    }

    pub(crate) fn iterations(&self) -> NonZeroU32 {
        self.iterations
    }

    /// Answers with keys that [fit](ScramKeys::fit).
    pub(crate) fn answer(self, keys: &ScramKeys) -> ClientFinal {
        let algorithm = self.first.hash.hmac();
        let stored_key = digest::digest(algorithm.digest_algorithm(), keys.client_key());
        let without_proof = format!("c={},r={}", self.first.binding.echo(), self.nonce);
        let transcript = format!("{},{},{without_proof}", self.first.bare, self.text);
        let signature = hmac::sign(&hmac::Key::new(algorithm, stored_key.as_ref()), transcript.as_bytes());
        let proof: Vec<u8> = keys
            .client_key()
            .iter()
            .zip(signature.as_ref())
            .map(|(a, b)| a ^ b)
            .collect();
        let message = format!("{without_proof},p={}", BASE64.encode(proof));
        ClientFinal {
            message,
            server_key: hmac::Key::new(algorithm, keys.server_key()),
            transcript,
        }
    }
}

/// After the client's last message: waits for the server's proof.
pub(crate) struct ClientFinal {
    message: String,
    server_key: hmac::Key,
    transcript: String,
}

impl ClientFinal {
    /// The message to send.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Checks, in constant time, that the server knows the password.
    pub(crate) fn verify(&self, last: &[u8]) -> Result<(), ScramError> {
        let proof = std::str::from_utf8(last)
            .ok()
            .and_then(|text| text.split(',').next()?.strip_prefix("v="))
            .and_then(|proof| BASE64.decode(proof).ok())
            .ok_or(ScramError::ServerProof)?;
        hmac::verify(&self.server_key, self.transcript.as_bytes(), &proof).map_err(|_| ScramError::ServerProof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7677 section 3.
    const NONCE: &str = "rOprNGfwEbeRWgbNEkqO";
    const CHALLENGE: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    const FINAL: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                         p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    const OFFERED: &str = "SCRAM-SHA-1\u{1e}SCRAM-SHA-256";
    const SERVER: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    fn first() -> ClientFirst {
        ClientFirst::new(
            ScramHash::Sha256,
            Binding::NotSupported,
            "user",
            NONCE.into(),
            OFFERED.into(),
        )
    }

    fn answered(first: ClientFirst, challenge: &[u8], password: &str) -> Result<ClientFinal, ScramError> {
        let challenge = first.read(challenge)?;
        let keys = ScramKeys::derive(
            challenge.hash(),
            password,
            challenge.salt().to_vec(),
            challenge.iterations(),
        );
        Ok(challenge.answer(&keys))
    }

    #[test]
    fn the_example_of_rfc_7677_comes_out() {
        assert_eq!(first().message(), format!("n,,n=user,r={NONCE}"));
        let last = answered(first(), CHALLENGE.as_bytes(), "pencil").unwrap();
        assert_eq!(last.message(), FINAL);
        assert_eq!(last.verify(SERVER.as_bytes()), Ok(()));
    }

    #[test]
    fn the_example_of_rfc_5802_comes_out() {
        let nonce = "fyko+d2lbbFgONRv9qkxdawL";
        let challenge = "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096";
        let first = ClientFirst::new(
            ScramHash::Sha1,
            Binding::NotSupported,
            "user",
            nonce.into(),
            String::new(),
        );
        let last = answered(first, challenge.as_bytes(), "pencil").unwrap();
        assert!(
            last.message().ends_with(",p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="),
            "{}",
            last.message()
        );
        assert_eq!(last.verify(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ="), Ok(()));
    }

    #[test]
    fn a_recorded_sign_in_to_mongooseim_comes_out() {
        let log = include_str!("../../fixtures/mongooseim/01_stream_features_auth_bind.xml");
        let recorded = |name: &str| {
            let from = log.find(&format!("<{name} ")).unwrap();
            let text = &log[from..][log[from..].find('>').unwrap() + 1..];
            String::from_utf8(BASE64.decode(&text[..text.find('<').unwrap()]).unwrap()).unwrap()
        };
        let hello = recorded("auth");
        let first = ClientFirst::new(
            ScramHash::Sha256,
            Binding::NotSupported,
            "alice",
            hello.split_once(",r=").unwrap().1.into(),
            String::new(),
        );
        assert_eq!(first.message(), hello);
        let last = answered(first, recorded("challenge").as_bytes(), "alicepw").unwrap();
        assert_eq!(last.message(), recorded("response"));
        assert_eq!(last.verify(recorded("success").as_bytes()), Ok(()));
    }

    #[test]
    fn an_impostor_is_found_out() {
        let last = answered(first(), CHALLENGE.as_bytes(), "pencil").unwrap();
        let wrong = format!("v={}", BASE64.encode([0; 32]));
        for proof in [wrong.as_str(), "v=", "", "e=other-error", "v=!", &SERVER[..20]] {
            assert_eq!(last.verify(proof.as_bytes()), Err(ScramError::ServerProof), "{proof}");
        }
    }

    #[test]
    fn a_challenge_that_does_not_continue_our_nonce_or_is_too_cheap_or_too_dear_is_refused() {
        let salt = "s=W22ZaJ0SNY7soEsUEjb6gQ==";
        for bad in [
            format!("r=other,{salt},i=4096"),
            format!("r={NONCE},{salt},i=4096"),
            format!("r={NONCE}x,{salt},i=4095"),
            format!("r={NONCE}x,{salt},i=4000000000"),
            format!("r={NONCE}x,s=,i=4096"),
            format!("r={NONCE}x,s={},i=4096", BASE64.encode([7; LONGEST_SALT + 1])),
            format!("r={NONCE}{},{salt},i=4096", "x".repeat(LONGEST_CHALLENGE)),
            format!("r={NONCE}x,{salt},i=-1"),
            format!("r={NONCE}x,{salt},i=0"),
            format!("r={NONCE}x,{salt}"),
            format!("{salt},r={NONCE}x,i=4096"),
            format!("m=ext,r={NONCE}x,{salt},i=4096"),
            format!("r={NONCE}x"),
            String::new(),
        ] {
            assert_eq!(
                answered(first(), bad.as_bytes(), "pencil").err(),
                Some(ScramError::Challenge),
                "{bad}"
            );
        }
    }

    #[test]
    fn an_offer_that_was_changed_on_the_way_is_noticed_where_the_server_says_what_it_offered() {
        let answer = |offered: &str| {
            let hash = BASE64.encode(digest::digest(&digest::SHA256, offered.as_bytes()));
            let challenge = format!("{CHALLENGE},x=unknown,h={hash}");
            answered(first(), challenge.as_bytes(), "pencil").err()
        };
        assert_eq!(answer(OFFERED), None);
        assert_eq!(
            answer("SCRAM-SHA-1\u{1e}SCRAM-SHA-256\u{1e}SCRAM-SHA-256-PLUS\u{1f}tls-exporter"),
            Some(ScramError::Downgrade)
        );
    }

    #[test]
    fn names_are_escaped() {
        let first = ClientFirst::new(ScramHash::Sha1, Binding::NotOffered, "a=b,c", "n".into(), String::new());
        assert_eq!(first.message(), "y,,n=a=3Db=2Cc,r=n");
    }

    #[test]
    fn bound_exchanges_carry_the_data() {
        assert_eq!(
            BASE64.decode(Binding::Exporter(vec![1, 2]).echo()).unwrap(),
            b"p=tls-exporter,,\x01\x02"
        );
    }
}
