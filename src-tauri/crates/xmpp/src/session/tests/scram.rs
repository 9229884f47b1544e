//! A server's half of SCRAM.

use std::num::NonZeroU32;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::{digest, hmac};

use super::super::scripted::Server;
use crate::auth::{ScramHash, ScramKeys};

/// How a server takes `y,,`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    /// As RFC 5802 says.
    Accepted,
    /// As MongooseIM before 6.7: its own proof is over `n,,`.
    Refused,
}

/// A server that knows a password by SCRAM-SHA-1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scram {
    pub(super) password: &'static str,
    pub(super) salt: &'static str,
    pub(super) iterations: u32,
    pub(super) flag: Flag,
}

impl Default for Scram {
    fn default() -> Self {
        Self {
            password: "pencil",
            salt: "salt",
            iterations: 4096,
            flag: Flag::Accepted,
        }
    }
}

/// What came of an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exchanged {
    /// What the client said of channel binding.
    pub(super) header: String,
    /// Whether the server let it in.
    pub(super) accepted: bool,
}

impl Scram {
    /// One exchange up to the client's proof, with no answer to that.
    pub(super) async fn unanswered(self, server: &mut Server) -> (Exchanged, String) {
        let auth = server.element_named("auth").await;
        assert_eq!(auth.attr("mechanism"), Some("SCRAM-SHA-1"));
        let first = decoded(&auth.text());
        let (header, bare) = first.split_at(first.find("n=alice").unwrap());
        let nonce = bare.rsplit("r=").next().unwrap();
        let challenge = format!("r={nonce}server,s={},i={}", BASE64.encode(self.salt), self.iterations);
        server.sasl("challenge", &BASE64.encode(&challenge)).await;
        let last = decoded(&server.element_named("response").await.text());
        let (without_proof, proof) = last.split_once(",p=").unwrap();
        let said = format!("{bare},{challenge},{without_proof}");
        let iterations = NonZeroU32::new(self.iterations).unwrap();
        let keys = ScramKeys::derive(ScramHash::Sha1, self.password, self.salt.into(), iterations);
        let sha1 = hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY;
        let stored = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, keys.client_key());
        let signature = hmac::sign(&hmac::Key::new(sha1, stored.as_ref()), said.as_bytes());
        let expected: Vec<u8> = keys
            .client_key()
            .iter()
            .zip(signature.as_ref())
            .map(|(a, b)| a ^ b)
            .collect();
        let is_understood = header == "n,," || self.flag == Flag::Accepted;
        let exchanged = Exchanged {
            header: header.to_owned(),
            accepted: is_understood && BASE64.decode(proof).unwrap() == expected,
        };
        let own = hmac::sign(&hmac::Key::new(sha1, keys.server_key()), said.as_bytes());
        (exchanged, BASE64.encode(format!("v={}", BASE64.encode(own))))
    }

    /// One whole exchange.
    pub(super) async fn exchange(self, server: &mut Server) -> Exchanged {
        let (exchanged, proof) = self.unanswered(server).await;
        match exchanged.accepted {
            true => server.sasl("success", &proof).await,
            false => server.sasl("failure", "<not-authorized/>").await,
        }
        exchanged
    }
}

fn decoded(text: &str) -> String {
    String::from_utf8(BASE64.decode(text).unwrap()).unwrap()
}

pub(super) fn accepted(header: &str) -> Exchanged {
    Exchanged {
        header: header.to_owned(),
        accepted: true,
    }
}

pub(super) fn refused(header: &str) -> Exchanged {
    Exchanged {
        header: header.to_owned(),
        accepted: false,
    }
}
