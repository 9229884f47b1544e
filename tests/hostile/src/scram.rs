//! The server's half of SCRAM (RFC 5802), honest or not.

use std::num::NonZeroU32;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::{digest, hmac, pbkdf2};

/// What an exchange is made of.
#[derive(Debug, Clone)]
pub struct Scram {
    /// Name of the mechanism.
    pub mechanism: &'static str,
    /// The salt as sent.
    pub salt: Vec<u8>,
    /// The iterations as sent.
    pub iterations: u32,
    /// The server knows this password.
    pub password: String,
}

impl Scram {
    /// SCRAM-SHA-256 with alice's password.
    #[must_use]
    pub fn sha256(password: &str) -> Self {
        Self {
            mechanism: "SCRAM-SHA-256",
            salt: b"a salt of alice's".to_vec(),
            iterations: 4096,
            password: password.to_owned(),
        }
    }

    /// The same password under another hash.
    #[must_use]
    pub fn with(self, mechanism: &'static str) -> Self {
        Self { mechanism, ..self }
    }

    fn algorithms(&self) -> (hmac::Algorithm, pbkdf2::Algorithm, &'static digest::Algorithm) {
        match self.mechanism.trim_end_matches("-PLUS") {
            "SCRAM-SHA-1" => (
                hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
                pbkdf2::PBKDF2_HMAC_SHA1,
                &digest::SHA1_FOR_LEGACY_USE_ONLY,
            ),
            "SCRAM-SHA-512" => (hmac::HMAC_SHA512, pbkdf2::PBKDF2_HMAC_SHA512, &digest::SHA512),
            _ => (hmac::HMAC_SHA256, pbkdf2::PBKDF2_HMAC_SHA256, &digest::SHA256),
        }
    }

    /// Takes the client's first message: the header and the rest of it go into the proofs.
    #[must_use]
    pub fn first(self, message: &str) -> Exchange {
        let mut parts = message.splitn(3, ',');
        let binding = parts.next().unwrap_or_default().to_owned();
        let _authorization_identity = parts.next();
        let bare = parts.next().unwrap_or_default().to_owned();
        let nonce = bare.rsplit("r=").next().unwrap_or_default();
        let challenge = format!(
            "r={nonce}{},s={},i={}",
            uuid::Uuid::new_v4().simple(),
            BASE64.encode(&self.salt),
            self.iterations
        );
        Exchange {
            scram: self,
            binding,
            bare,
            challenge,
        }
    }
}

/// After the client's first message.
#[derive(Debug, Clone)]
pub struct Exchange {
    scram: Scram,
    /// What the client says of channel binding: `n`, `y` or `p=…`.
    pub binding: String,
    bare: String,
    /// The server's first message.
    pub challenge: String,
}

impl Exchange {
    /// Takes the client's final message. The server's final message, or `None` where the client does not know the password.
    #[must_use]
    pub fn finish(&self, response: &str) -> Option<String> {
        let (without_proof, proof) = response.rsplit_once(",p=")?;
        let (mac, derivation, hash) = self.scram.algorithms();
        let mut salted = vec![0; hash.output_len()];
        let rounds = NonZeroU32::new(self.scram.iterations)?;
        pbkdf2::derive(
            derivation,
            rounds,
            &self.scram.salt,
            self.scram.password.as_bytes(),
            &mut salted,
        );
        let signed = format!("{},{},{without_proof}", self.bare, self.challenge);
        let key = |name: &[u8]| hmac::sign(&hmac::Key::new(mac, &salted), name);
        let client_key = key(b"Client Key");
        let stored = digest::digest(hash, client_key.as_ref());
        let signature = hmac::sign(&hmac::Key::new(mac, stored.as_ref()), signed.as_bytes());
        let expected: Vec<u8> = client_key
            .as_ref()
            .iter()
            .zip(signature.as_ref())
            .map(|(key, signature)| key ^ signature)
            .collect();
        if BASE64.decode(proof).ok()? != expected {
            return None;
        }
        let server = hmac::sign(&hmac::Key::new(mac, key(b"Server Key").as_ref()), signed.as_bytes());
        Some(format!("v={}", BASE64.encode(server)))
    }
}
