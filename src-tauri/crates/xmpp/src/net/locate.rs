//! Finding the server of a domain (RFC 6120 section 3.2, XEP-0368).

use std::future::Future;

use tokio::time::timeout;

use super::dns::NameServers;
use super::srv::{Answer, Target, order};
use crate::session::{Security, SessionError, Timing};

/// Most targets that are tried: more than any domain has reason to name.
const MOST_TARGETS: usize = 16;

/// Where to try, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) targets: Vec<Target>,
    /// What it means if not one name among the targets can be resolved.
    pub(crate) unresolved: SessionError,
}

/// Asks DNS, both services at once.
pub(crate) async fn discover(domain: &str, names: &NameServers, timing: &Timing) -> Result<Plan, SessionError> {
    let ascii = idna::domain_to_ascii(domain).map_err(|_| SessionError::Configuration)?;
    if ascii.parse::<std::net::IpAddr>().is_ok() || ascii.starts_with('[') {
        return plan(&ascii, Answer::None, Answer::None);
    }
    let asked = |service, security| {
        let ascii = &ascii;
        async move {
            let answer = names.service(service, ascii, security);
            timeout(timing.dns, answer).await.unwrap_or(Answer::Unknown)
        }
    };
    let (direct, start) = both(
        asked("_xmpps-client._tcp", Security::DirectTls),
        asked("_xmpp-client._tcp", Security::StartTls),
        timing,
    )
    .await;
    plan(&ascii, direct, start)
}

/// Both answers. Once one names servers, the other is not waited for much longer: there are name servers that drop the
/// questions that they do not understand.
async fn both(
    direct: impl Future<Output = Answer>,
    start: impl Future<Output = Answer>,
    timing: &Timing,
) -> (Answer, Answer) {
    async fn other(known: &Answer, asked: impl Future<Output = Answer>, timing: &Timing) -> Answer {
        match known {
            Answer::Records(_) => timeout(timing.handshake_head_start, asked)
                .await
                .unwrap_or(Answer::Unknown),
            _ => asked.await,
        }
    }
    tokio::pin!(direct, start);
    tokio::select! {
        direct = &mut direct => {
            let start = other(&direct, start, timing).await;
            (direct, start)
        }
        start = &mut start => {
            let direct = other(&start, direct, timing).await;
            (direct, start)
        }
    }
}

/// Direct TLS before STARTTLS; the domain itself only where DNS names neither.
fn plan(domain: &str, direct: Answer, start: Answer) -> Result<Plan, SessionError> {
    let unresolved = match (&direct, &start) {
        (Answer::Unknown, Answer::Unknown) => SessionError::NoNetwork,
        _ => SessionError::ServerNotFound,
    };
    let mut targets = Vec::new();
    let mut absent = false;
    for answer in [direct, start] {
        match answer {
            Answer::Records(records) => targets.extend(order(records, &mut rand::rng())),
            Answer::Absent => absent = true,
            Answer::None | Answer::Unknown => {}
        }
    }
    if targets.is_empty() {
        if absent {
            return Err(SessionError::ServerNotFound);
        }
        targets.push(Target {
            host: domain.to_owned(),
            port: 5222,
            security: Security::StartTls,
        });
    }
    targets.truncate(MOST_TARGETS);
    Ok(Plan { targets, unresolved })
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::time::Duration;

    use wardline_test_support::dns::{DnsRecord, DnsServer};

    use super::*;
    use crate::net::srv::Record;

    fn records(host: &str, security: Security) -> Answer {
        let target = Target {
            host: host.into(),
            port: 1,
            security,
        };
        Answer::Records(vec![Record {
            priority: 0,
            weight: 0,
            target,
        }])
    }

    fn hosts(plan: &Plan) -> Vec<&str> {
        plan.targets.iter().map(|target| target.host.as_str()).collect()
    }

    #[test]
    fn direct_tls_comes_before_starttls() {
        let direct = records("direct", Security::DirectTls);
        let plan = plan("ward.example", direct, records("start", Security::StartTls)).unwrap();
        assert_eq!(hosts(&plan), ["direct", "start"]);
    }

    #[test]
    fn without_records_the_domain_itself_is_tried_with_starttls() {
        let found = plan("ward.example", Answer::None, Answer::None).unwrap();
        let target = Target {
            host: "ward.example".into(),
            port: 5222,
            security: Security::StartTls,
        };
        assert_eq!(
            found,
            Plan {
                targets: vec![target],
                unresolved: SessionError::ServerNotFound
            }
        );
    }

    #[test]
    fn a_domain_that_denies_the_service_is_believed() {
        assert_eq!(
            plan("ward.example", Answer::None, Answer::Absent),
            Err(SessionError::ServerNotFound)
        );
        let start = records("start", Security::StartTls);
        assert_eq!(hosts(&plan("ward.example", Answer::Absent, start).unwrap()), ["start"]);
    }

    #[test]
    fn silence_of_dns_is_no_network_and_still_leaves_the_domain_to_try() {
        let found = plan("ward.example", Answer::Unknown, Answer::Unknown).unwrap();
        assert_eq!(
            (hosts(&found), found.unresolved),
            (vec!["ward.example"], SessionError::NoNetwork)
        );
    }

    fn service(host: &str, priority: u16, weight: u16) -> DnsRecord {
        DnsRecord::Service {
            service: "_xmpp-client._tcp.ward.example".into(),
            host: host.into(),
            port: 5222,
            priority,
            weight,
        }
    }

    #[tokio::test]
    async fn real_dns_is_followed_in_priority_and_weight() {
        let records = [
            service("light.ward.example", 10, 1),
            service("heavy.ward.example", 10, 99),
            service("last.ward.example", 20, 65535),
        ];
        let dns = DnsServer::start("ward.example", &records).await.unwrap();
        let names = NameServers::Given(vec![dns.address()]);
        let mut heavy = 0;
        for _ in 0..40 {
            let plan = discover("ward.example", &names, &Timing::default()).await.unwrap();
            assert_eq!((plan.targets.len(), hosts(&plan)[2]), (3, "last.ward.example"));
            heavy += u32::from(hosts(&plan)[0] == "heavy.ward.example");
        }
        // About 39 of 40; a choice without weights would have to be very lucky.
        assert!(heavy > 30, "{heavy}");
    }

    #[tokio::test]
    async fn real_dns_is_asked_for_names_in_any_script_and_denials_are_believed() {
        let records = [
            DnsRecord::Service {
                service: "_xmpps-client._tcp.xn--krajsen-qza.example".into(),
                host: "xmpp.xn--krajsen-qza.example".into(),
                port: 443,
                priority: 0,
                weight: 0,
            },
            DnsRecord::NoService("_xmpp-client._tcp.xn--krajsen-qza.example".into()),
        ];
        let dns = DnsServer::start("example", &records).await.unwrap();
        let names = NameServers::Given(vec![dns.address()]);
        let timing = Timing::default();
        let plan = discover("kraïjsen.example", &names, &timing).await.unwrap();
        assert_eq!(hosts(&plan), ["xmpp.xn--krajsen-qza.example"]);
        let nothing = discover("elsewhere.example", &names, &timing).await.unwrap();
        assert_eq!(hosts(&nothing), ["elsewhere.example"]);
    }

    #[tokio::test]
    async fn a_service_that_dns_keeps_silent_about_does_not_hold_back_the_one_it_names() {
        let timing = Timing {
            handshake_head_start: Duration::from_millis(1),
            ..Timing::default()
        };
        let start = records("start", Security::StartTls);
        assert_eq!(
            both(pending(), ready(start.clone()), &timing).await,
            (Answer::Unknown, start)
        );
        let direct = records("direct", Security::DirectTls);
        assert_eq!(
            both(ready(direct.clone()), pending(), &timing).await,
            (direct, Answer::Unknown)
        );
    }

    #[tokio::test]
    async fn a_service_that_is_not_there_gives_the_other_all_its_time() {
        let timing = Timing {
            handshake_head_start: Duration::ZERO,
            ..Timing::default()
        };
        let start = async {
            tokio::task::yield_now().await;
            records("start", Security::StartTls)
        };
        let (direct, start) = both(ready(Answer::None), start, &timing).await;
        assert_eq!((direct, start), (Answer::None, records("start", Security::StartTls)));
    }
}
