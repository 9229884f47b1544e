//! What the interop suite is written with: [`Desk`], somebody's computer with the SDK on it.
//!
//! The suite proper is in `tests/`. Nothing in it assumes a particular server: the one under test is described by the file
//! that `WARDLINE_TEST_SERVER` names (see `tests/README.md`).

mod desk;

pub use desk::{Asleep, Desk, form, text_of};
pub use wardline_sdk::{Timing, WallClock, view};
pub use wardline_store as store;
pub use wardline_test_support::client::TestClient;
pub use wardline_test_support::servers::{Account, Endpoint, Feature, Prosody, Sasl, ServerUnderTest, Setup, TlsMode};
pub use wardline_xmpp as xmpp;

/// The server under test, and two people with accounts on it: alice and bob.
#[allow(clippy::expect_used, reason = "this crate is for tests alone")]
pub async fn ward() -> (ServerUnderTest, Account, Account) {
    let server = ServerUnderTest::from_env().await.expect("the server under test");
    let alice = server.account("alice").await.expect("an account for alice");
    let bob = server.account("bob").await.expect("an account for bob");
    (server, alice, bob)
}
