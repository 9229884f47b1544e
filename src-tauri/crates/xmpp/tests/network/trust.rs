//! The operating system's trust store and an extra authority, together.
//!
//! Where the system keeps its trust can only be said to a process that starts, so the test runs itself once more.

use std::process::Command;

use wardline_test_support::servers::Setup;
use wardline_xmpp::CertificateDer;
use wardline_xmpp::session::{
    Authentication, CertificateError, NameServers, Security, ServerLocation, SessionConfig, SessionError,
};

use super::{Make, Verdict, verdict};

const NAME: &str = "trust::the_systems_authorities_and_an_extra_one_are_trusted_together";
/// For the second run: the ports of a server that the system trusts and of one that it does not, and the authority of
/// the latter, in hexadecimal.
const SERVERS: &str = "WARDLINE_TRUST_TEST";

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_systems_authorities_and_an_extra_one_are_trusted_together() {
    if let Ok(servers) = std::env::var(SERVERS) {
        return second_run(&servers).await;
    }
    let (known, _) = Make::Prosody.start(Setup::default()).await;
    let (private, _) = Make::Prosody.start(Setup::default()).await;
    let authority: String = private
        .certificates()
        .authority_der
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let ports = [&known, &private].map(|server| server.port(Security::DirectTls));
    let system = known.certificates().authority.clone();
    let again = tokio::task::spawn_blocking(move || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture"])
            .env("SSL_CERT_FILE", system)
            .env_remove("SSL_CERT_DIR")
            .env(SERVERS, format!("{} {} {authority}", ports[0], ports[1]))
            .output()
    });
    let again = again.await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(
        again.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&again.stderr)
    );
}

async fn second_run(servers: &str) {
    let words: Vec<_> = servers.split(' ').collect();
    let [known, private, authority] = words.as_slice() else {
        panic!("{servers}")
    };
    let authority = (0..authority.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&authority[at..at + 2], 16).unwrap())
        .collect::<Vec<u8>>();
    let extra = vec![CertificateDer::from(authority)];
    let try_one = |port: &str, extra_ca: Vec<CertificateDer<'static>>| {
        let config = SessionConfig {
            address: "alice@ward.example".parse().unwrap(),
            authentication: Authentication::with_password(String::from("a")),
            resource: "desk".into(),
            server: ServerLocation::Explicit {
                host: "127.0.0.1".into(),
                port: port.parse().unwrap(),
                security: Security::DirectTls,
            },
            extra_ca,
            timing: wardline_xmpp::session::Timing::default(),
        };
        verdict(config, NameServers::System)
    };
    assert_eq!(try_one(known, Vec::new()).await, Verdict::Online, "the system's alone");
    assert_eq!(
        try_one(known, extra.clone()).await,
        Verdict::Online,
        "the system's, too"
    );
    assert_eq!(try_one(private, extra).await, Verdict::Online, "the extra one");
    assert_eq!(
        try_one(private, Vec::new()).await,
        Verdict::Final(SessionError::Certificate(CertificateError::UnknownIssuer)),
        "nobody vouches for it"
    );
}
