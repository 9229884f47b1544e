//! Keys that SCRAM derives from a password (RFC 5802 section 3): enough to sign in to this server, and of no use
//! elsewhere.

use std::num::NonZeroU32;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::{hmac, pbkdf2};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::mechanism::{Mechanism, ScramHash};

/// Keys of one account for one hash, salt and iteration count. Wiped from memory on drop; never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct ScramKeys {
    #[zeroize(skip)]
    hash: ScramHash,
    salt: Vec<u8>,
    iterations: NonZeroU32,
    client_key: Vec<u8>,
    server_key: Vec<u8>,
}

impl ScramKeys {
    /// Derives the keys. Slow by design: not for a thread that must stay responsive.
    pub(crate) fn derive(hash: ScramHash, password: &str, salt: Vec<u8>, iterations: NonZeroU32) -> Self {
        let algorithm = hash.hmac();
        let mut salted = Zeroizing::new(vec![0; algorithm.digest_algorithm().output_len()]);
        let password = Zeroizing::new(prepared(password));
        pbkdf2::derive(hash.derivation(), iterations, &salt, password.as_bytes(), &mut salted);
        let salted = hmac::Key::new(algorithm, &salted);
        Self {
            hash,
            salt,
            iterations,
            client_key: hmac::sign(&salted, b"Client Key").as_ref().to_vec(),
            server_key: hmac::sign(&salted, b"Server Key").as_ref().to_vec(),
        }
    }

    /// The hash that they are for.
    #[must_use]
    pub fn hash(&self) -> ScramHash {
        self.hash
    }

    /// Whether they answer a challenge with this salt and iteration count.
    pub(crate) fn fit(&self, salt: &[u8], iterations: NonZeroU32) -> bool {
        self.salt == salt && self.iterations == iterations
    }

    /// Whether other keys were derived with the same effort under another salt.
    pub(crate) fn differ_in_salt_alone(&self, salt: &[u8], iterations: NonZeroU32) -> bool {
        self.salt != salt && self.iterations == iterations
    }

    pub(crate) fn client_key(&self) -> &[u8] {
        &self.client_key
    }

    pub(crate) fn server_key(&self) -> &[u8] {
        &self.server_key
    }

    /// As text to be stored, in the manner of RFC 5803 with the client's key in the place of the stored key.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let client_key = Zeroizing::new(BASE64.encode(&self.client_key));
        let server_key = Zeroizing::new(BASE64.encode(&self.server_key));
        Zeroizing::new(format!(
            "{}${}:{}${}:{}",
            self.hash.mechanism(),
            self.iterations,
            BASE64.encode(&self.salt),
            *client_key,
            *server_key
        ))
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split('$');
        let Mechanism::Scram(hash) = Mechanism::from_name(parts.next()?)? else {
            return None;
        };
        let (iterations, salt) = parts.next()?.split_once(':')?;
        let (client_key, server_key) = parts.next()?.split_once(':')?;
        let keys = Self {
            hash,
            salt: BASE64.decode(salt).ok()?,
            iterations: iterations.parse().ok()?,
            client_key: BASE64.decode(client_key).ok()?,
            server_key: BASE64.decode(server_key).ok()?,
        };
        let length = hash.digest().output_len();
        let is_whole = keys.client_key.len() == length && keys.server_key.len() == length && parts.next().is_none();
        is_whole.then_some(keys)
    }
}

crate::redact::redacted_debug!(ScramKeys);

/// SASLprep (RFC 4013); what it forbids goes as it is, since servers that never prepared would know it as it is.
pub(super) fn prepared(text: &str) -> String {
    stringprep::saslprep(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> ScramKeys {
        ScramKeys::derive(
            ScramHash::Sha256,
            "pencil",
            b"salt".to_vec(),
            NonZeroU32::new(4096).unwrap(),
        )
    }

    #[test]
    fn stored_keys_are_read_as_they_were_written_and_hold_no_password() {
        let text = keys().to_text();
        assert!(text.starts_with("SCRAM-SHA-256$4096:c2FsdA==$"), "{}", *text);
        assert!(!text.contains("pencil"));
        assert!(ScramKeys::from_text(&text) == Some(keys()));
    }

    #[test]
    fn text_that_is_not_keys_is_none() {
        let text = keys().to_text();
        for bad in [
            "",
            "PLAIN$1:x$y:z",
            "SCRAM-SHA-256$0:c2FsdA==$x:y",
            &text[..text.len() - 8],
            &format!("{}$", *text),
        ] {
            assert!(ScramKeys::from_text(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn keys_never_print_themselves() {
        assert_eq!(format!("{:?}", keys()), "ScramKeys { .. }");
    }
}
