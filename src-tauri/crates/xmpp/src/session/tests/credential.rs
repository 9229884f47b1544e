//! What a server is given, and what it is held to.

use super::super::scripted::{Server, Stage, config, timing};
use super::super::{
    Authentication, BindingSeen, Credential, KnownServer, Mechanism, ProtocolError, ScramHash, SessionError,
    SessionState, UnboundFlag,
};
use super::scram::{Flag, Scram, accepted, refused};
use crate::xml::Incoming;

const REFUSING: Scram = Scram {
    password: "pencil",
    salt: "salt",
    iterations: 4096,
    flag: Flag::Refused,
};
const OTHER_PASSWORD: Scram = Scram {
    password: "brush",
    flag: Flag::Accepted,
    ..REFUSING
};

fn stage_knowing(known: KnownServer) -> Stage {
    let mut config = config(timing());
    config.authentication = Authentication {
        known,
        ..Authentication::with_password("pencil".to_owned())
    };
    Stage::with(config)
}

async fn offering(stage: &mut Stage, mechanisms: &[&str]) -> Server {
    let mut server = stage.connection().await;
    server.offer(mechanisms).await;
    server
}

async fn bound(server: &mut Server) {
    server.signed_in("").await;
    server.bind(false).await;
    server.discovery().await;
}

fn known(stage: &Stage) -> KnownServer {
    stage.session.authentication().borrow().known
}

fn has_keys(stage: &Stage) -> bool {
    matches!(stage.session.authentication().borrow().credential, Credential::Keys(_))
}

#[tokio::test]
async fn a_server_that_refuses_the_flag_is_tried_once_more_on_the_same_stream_and_never_asked_again() {
    let mut stage = stage_knowing(KnownServer::default());
    let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
    assert_eq!(REFUSING.exchange(&mut server).await, refused("y,,"));
    assert_eq!(REFUSING.exchange(&mut server).await, accepted("n,,"));
    bound(&mut server).await;
    stage.state(|state| *state == SessionState::Online).await;
    assert_eq!(known(&stage).unbound_flag, UnboundFlag::Refused);
    drop(server);

    let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
    assert_eq!(REFUSING.exchange(&mut server).await, accepted("n,,"));
    bound(&mut server).await;
}

#[tokio::test]
async fn a_wrong_password_is_said_after_the_second_try_and_there_is_no_third() {
    let mut stage = stage_knowing(KnownServer::default());
    let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
    assert_eq!(OTHER_PASSWORD.exchange(&mut server).await, refused("y,,"));
    assert_eq!(OTHER_PASSWORD.exchange(&mut server).await, refused("n,,"));
    assert_eq!(stage.failure().await, SessionError::NotAuthorized);
    assert!(server.has_been_left().await && !stage.has_connected_again());
    assert_eq!(known(&stage).unbound_flag, UnboundFlag::Untried);
}

#[tokio::test]
async fn a_wrong_password_counts_once_where_it_is_known_which_form_works() {
    for (unbound_flag, header) in [(UnboundFlag::Accepted, "y,,"), (UnboundFlag::Refused, "n,,")] {
        let mut stage = stage_knowing(KnownServer {
            unbound_flag,
            ..KnownServer::default()
        });
        let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
        assert_eq!(OTHER_PASSWORD.exchange(&mut server).await, refused(header));
        assert_eq!(stage.failure().await, SessionError::NotAuthorized);
        assert!(server.has_been_left().await && !stage.has_connected_again());
    }
}

#[tokio::test]
async fn a_server_that_has_ever_offered_binding_gets_no_second_form() {
    let mut stage = stage_knowing(KnownServer {
        binding: BindingSeen::Offered,
        ..KnownServer::default()
    });
    let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
    assert_eq!(REFUSING.exchange(&mut server).await, refused("y,,"));
    assert_eq!(stage.failure().await, SessionError::NotAuthorized);
    assert!(server.has_been_left().await);

    // Nor does one that offers it now, where it is told at once that we cannot.
    let mut stage = stage_knowing(KnownServer::default());
    let mut server = offering(&mut stage, &["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"]).await;
    assert_eq!(OTHER_PASSWORD.exchange(&mut server).await, refused("n,,"));
    assert_eq!(stage.failure().await, SessionError::NotAuthorized);
    assert_eq!(known(&stage).binding, BindingSeen::Offered);
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_tried_once() {
    let mut stage = stage_knowing(KnownServer::default());
    let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
    server.element_named("auth").await;
    server.sasl("failure", "<not-authorized/>").await;
    assert_eq!(stage.failure().await, SessionError::NotAuthorized);
    assert!(server.has_been_left().await);
}

#[tokio::test]
async fn where_the_server_hangs_up_over_the_flag_the_next_connection_has_the_second_try_and_no_third_comes() {
    for last in [REFUSING, OTHER_PASSWORD] {
        let mut stage = stage_knowing(KnownServer::default());
        let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
        assert_eq!(last.exchange(&mut server).await, refused("y,,"));
        server.hang_up().await;
        let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
        let (exchanged, proof) = last.unanswered(&mut server).await;
        assert_eq!(exchanged.header, "n,,");
        if exchanged.accepted {
            server.sasl("success", &proof).await;
            bound(&mut server).await;
            stage.state(|state| *state == SessionState::Online).await;
            assert_eq!(known(&stage).unbound_flag, UnboundFlag::Refused);
        } else {
            server.hang_up().await;
            assert_eq!(stage.failure().await, SessionError::NotAuthorized);
            assert!(!stage.has_connected_again());
        }
    }
}

#[tokio::test]
async fn a_server_that_did_scram_does_not_get_the_password_at_the_next_connection() {
    let mut stage = Stage::with(config(timing()));
    let mut server = offering(&mut stage, &["SCRAM-SHA-1", "PLAIN"]).await;
    assert_eq!(Scram::default().exchange(&mut server).await, accepted("y,,"));
    bound(&mut server).await;
    stage.state(|state| *state == SessionState::Online).await;
    assert_eq!(known(&stage).strongest, Some(Mechanism::Scram(ScramHash::Sha1)));
    drop(server);
    let mut server = offering(&mut stage, &["PLAIN"]).await;
    assert_eq!(stage.failure().await, SessionError::WeakerSignIn);
    assert!(server.has_been_left().await, "and hears nothing");
}

#[tokio::test]
async fn a_weaker_hash_than_before_is_refused() {
    let mut stage = stage_knowing(KnownServer {
        strongest: Some(Mechanism::Scram(ScramHash::Sha256)),
        ..KnownServer::default()
    });
    let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
    assert_eq!(stage.failure().await, SessionError::WeakerSignIn);
    assert!(server.has_been_left().await);
}

#[tokio::test]
async fn a_first_sign_in_by_plain_happens_only_where_somebody_has_allowed_it() {
    let mut stage = stage_knowing(KnownServer::default());
    let mut server = offering(&mut stage, &["PLAIN"]).await;
    assert_eq!(stage.failure().await, SessionError::OnlyPlain);
    assert!(server.has_been_left().await);
}

#[tokio::test]
async fn the_password_is_replaced_by_keys_and_needed_again_when_they_do_not_fit() {
    let mut stage = stage_knowing(KnownServer::default());
    let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
    assert!(Scram::default().exchange(&mut server).await.accepted);
    bound(&mut server).await;
    stage.state(|state| *state == SessionState::Online).await;
    assert!(has_keys(&stage));
    drop(server);

    let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
    assert!(
        Scram::default().exchange(&mut server).await.accepted,
        "by the keys alone"
    );
    bound(&mut server).await;
    drop(server);

    let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
    let changed = Scram {
        salt: "other",
        ..Scram::default()
    };
    let served = tokio::spawn(async move { changed.unanswered(&mut server).await });
    assert_eq!(stage.failure().await, SessionError::PasswordNeeded);
    served.abort();
}

#[tokio::test]
async fn a_server_with_another_salt_each_time_leaves_no_choice_but_to_keep_the_password() {
    let mut stage = stage_knowing(KnownServer::default());
    let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
    assert_eq!(REFUSING.exchange(&mut server).await, refused("y,,"));
    let again = Scram {
        salt: "other",
        ..REFUSING
    };
    assert_eq!(again.exchange(&mut server).await, accepted("n,,"));
    bound(&mut server).await;
    stage.state(|state| *state == SessionState::Online).await;
    assert!(!has_keys(&stage));
    drop(server);
    let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
    let third = Scram {
        salt: "third",
        ..REFUSING
    };
    assert_eq!(third.exchange(&mut server).await, accepted("n,,"));
}

#[tokio::test]
async fn a_challenge_that_is_cheap_dear_or_none_leads_to_no_proof() {
    let challenges = [
        "r={n}x,s=c2FsdA==,i=1",
        "r={n}x,s=c2FsdA==,i=4000000000",
        "r={n}x,s=c2FsdA==,i=1000001",
        "r=other,s=c2FsdA==,i=4096",
        "garbage",
        "",
    ];
    for challenge in challenges {
        let mut stage = stage_knowing(KnownServer::default());
        let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
        let first = super::scram_text(&server.element_named("auth").await);
        let nonce = first.rsplit("r=").next().unwrap();
        let challenge = super::encoded_text(&challenge.replace("{n}", nonce));
        server.sasl("challenge", &challenge).await;
        let state = stage.state(|state| matches!(state, SessionState::Backoff { .. })).await;
        assert!(
            matches!(
                state,
                SessionState::Backoff {
                    error: SessionError::Protocol(ProtocolError::Challenge),
                    ..
                }
            ),
            "{challenge}: {state:?}"
        );
        assert!(server.has_been_left().await, "{challenge}");
    }
}

#[tokio::test]
async fn another_feature_list_in_the_middle_of_signing_in_is_no_answer() {
    let mut stage = stage_knowing(KnownServer::default());
    let mut server = offering(&mut stage, &["SCRAM-SHA-1"]).await;
    server.element_named("auth").await;
    server
        .send(
            "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism>\
             </mechanisms></stream:features>",
        )
        .await;
    let state = stage.state(|state| matches!(state, SessionState::Backoff { .. })).await;
    assert!(matches!(
        state,
        SessionState::Backoff {
            error: SessionError::Protocol(ProtocolError::Unexpected),
            ..
        }
    ));
    assert!(matches!(server.leaving().await, None | Some(Incoming::End)));
}
