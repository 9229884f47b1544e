//! Finding the server by real DNS.

use std::net::Ipv4Addr;
use std::time::Duration;

use wardline_test_support::dns::{DnsRecord, DnsServer};
use wardline_test_support::fault_proxy::{FaultProxy, Happening};
use wardline_test_support::servers::Setup;
use wardline_xmpp::session::{NameServers, Security, ServerLocation, SessionError, Timing};

use super::{DOMAIN, Make, Verdict, config, verdict};

const DIRECT: &str = "_xmpps-client._tcp.ward.example";
const START: &str = "_xmpp-client._tcp.ward.example";
const HOST: &str = "xmpp.ward.example";

/// A deadline that a test would not live to see.
const NEVER: Duration = Duration::from_secs(3600);

/// Deadlines and head starts that never end: whoever should be alone in the race is.
fn unhurried() -> Timing {
    Timing {
        connect: NEVER,
        head_start: NEVER,
        handshake_head_start: NEVER,
        ..Timing::default()
    }
}

/// Deadlines that never end, so that whoever waits for a dead target fails.
fn hurried() -> Timing {
    Timing {
        connect: NEVER,
        ..Timing::default()
    }
}

async fn dns(records: &[DnsRecord]) -> (DnsServer, NameServers) {
    let mut all = records.to_vec();
    all.push(DnsRecord::Address(HOST.into(), Ipv4Addr::LOCALHOST.into()));
    let server = DnsServer::start(DOMAIN, &all).await.unwrap();
    let names = NameServers::Given(vec![server.address()]);
    (server, names)
}

/// A port in front of another one, which knows whether somebody came.
async fn door(port: u16) -> FaultProxy {
    FaultProxy::start((Ipv4Addr::LOCALHOST, port).into(), 0).await.unwrap()
}

fn was_used(door: &FaultProxy) -> bool {
    door.journal().iter().any(|note| note.what == Happening::Connected)
}

async fn direct_tls_first_and_by_priority(make: Make) {
    let (server, account) = make.start(Setup::default()).await;
    let direct = door(server.port(Security::DirectTls)).await;
    let second = door(server.port(Security::DirectTls)).await;
    let start = door(server.port(Security::StartTls)).await;
    let (_dns, names) = dns(&[
        DnsRecord::service(START, HOST, start.port(), 1),
        DnsRecord::service(DIRECT, HOST, second.port(), 20),
        DnsRecord::service(DIRECT, HOST, direct.port(), 10),
    ])
    .await;
    let mut found = config(&account, ServerLocation::Discover, server.certificates());
    found.timing = unhurried();
    assert_eq!(verdict(found, names).await, Verdict::Online);
    assert_eq!(
        (was_used(&direct), was_used(&second), was_used(&start)),
        (true, false, false)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn prosody_is_found_by_direct_tls_first_and_by_priority() {
    direct_tls_first_and_by_priority(Make::Prosody).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ejabberd_is_found_by_direct_tls_first_and_by_priority() {
    direct_tls_first_and_by_priority(Make::Ejabberd).await;
}

/// A server that accepts and says nothing, a port that refuses, a name that is not there: the living one is found.
async fn dead_targets_are_passed_by(make: Make) {
    let (server, account) = make.start(Setup::default()).await;
    let mute = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let refused = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let refused = refused.local_addr().unwrap().port();
    let (_dns, names) = dns(&[
        DnsRecord::service(DIRECT, HOST, mute.local_addr().unwrap().port(), 1),
        DnsRecord::service(DIRECT, HOST, refused, 2),
        DnsRecord::service(DIRECT, "nowhere.ward.example", 5223, 3),
        DnsRecord::service(START, HOST, mute.local_addr().unwrap().port(), 1),
        DnsRecord::service(START, HOST, server.port(Security::StartTls), 2),
    ])
    .await;
    let mut found = config(&account, ServerLocation::Discover, server.certificates());
    found.timing = hurried();
    assert_eq!(verdict(found, names).await, Verdict::Online);
}

#[tokio::test(flavor = "multi_thread")]
async fn prosody_is_found_behind_dead_targets() {
    dead_targets_are_passed_by(Make::Prosody).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ejabberd_is_found_behind_dead_targets() {
    dead_targets_are_passed_by(Make::Ejabberd).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_without_direct_tls_is_found_by_starttls() {
    let (server, account) = Make::Prosody.start(Setup::default()).await;
    let start = DnsRecord::service(START, HOST, server.port(Security::StartTls), 1);
    for other in [None, Some(DnsRecord::NoService(DIRECT.into()))] {
        let records: Vec<_> = other.into_iter().chain([start.clone()]).collect();
        let (_dns, names) = dns(&records).await;
        let found = config(&account, ServerLocation::Discover, server.certificates());
        assert_eq!(verdict(found, names).await, Verdict::Online);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_that_denies_the_service_and_one_that_is_not_there_say_so() {
    let (server, account) = Make::Prosody.start(Setup::default()).await;
    let denied = [
        DnsRecord::NoService(DIRECT.into()),
        DnsRecord::NoService(START.into()),
        DnsRecord::Address(DOMAIN.into(), Ipv4Addr::LOCALHOST.into()),
    ];
    for records in [denied.as_slice(), &[]] {
        let (_dns, names) = dns(records).await;
        let found = config(&account, ServerLocation::Discover, server.certificates());
        assert_eq!(
            verdict(found, names).await,
            Verdict::Trouble(SessionError::ServerNotFound)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_of_dns_is_no_network() {
    let (server, account) = Make::Prosody.start(Setup::default()).await;
    let silent = std::net::UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    let names = NameServers::Given(vec![silent.local_addr().unwrap()]);
    let mut lost = config(&account, ServerLocation::Discover, server.certificates());
    lost.timing.dns = Duration::from_millis(300);
    assert_eq!(verdict(lost, names).await, Verdict::Trouble(SessionError::NoNetwork));
}

/// An address of the loopback network (all of 127.0.0.0/8 on Linux) that no other test listens on.
#[cfg(target_os = "linux")]
fn own_loopback_address(make: Make) -> Ipv4Addr {
    let [.., high, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, 2 + make as u8, high, low.max(1))
}

#[cfg(target_os = "linux")]
async fn without_records_the_domain_itself(make: Make) {
    let address = own_loopback_address(make);
    let setup = Setup {
        address,
        starttls_port: Some(5222),
        ..Setup::default()
    };
    let (server, account) = make.start(setup).await;
    let (_dns, names) = dns(&[DnsRecord::Address(DOMAIN.into(), address.into())]).await;
    let found = config(&account, ServerLocation::Discover, server.certificates());
    assert_eq!(verdict(found, names).await, Verdict::Online);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn without_records_prosody_is_found_at_the_domain_itself() {
    without_records_the_domain_itself(Make::Prosody).await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn without_records_ejabberd_is_found_at_the_domain_itself() {
    without_records_the_domain_itself(Make::Ejabberd).await;
}
