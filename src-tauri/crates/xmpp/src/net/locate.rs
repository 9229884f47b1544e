//! Finding the server of a domain (RFC 6120 section 3.2, XEP-0368).

use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::RData;

use super::srv::{Answer, Record, Target, order};
use crate::session::{Security, SessionError};

/// Where to try, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) targets: Vec<Target>,
    /// What it means if not one name among the targets can be resolved.
    pub(crate) unresolved: SessionError,
}

/// Asks DNS, both services at once.
pub(crate) async fn discover(domain: &str, deadline: Duration) -> Result<Plan, SessionError> {
    let ascii = idna::domain_to_ascii(domain).map_err(|_| SessionError::Configuration)?;
    if ascii.parse::<std::net::IpAddr>().is_ok() || ascii.starts_with('[') {
        return plan(&ascii, Answer::None, Answer::None);
    }
    let (direct, start) = match resolver() {
        Some(resolver) => tokio::join!(
            ask(
                &resolver,
                format!("_xmpps-client._tcp.{ascii}."),
                Security::DirectTls,
                deadline
            ),
            ask(
                &resolver,
                format!("_xmpp-client._tcp.{ascii}."),
                Security::StartTls,
                deadline
            ),
        ),
        None => (Answer::Unknown, Answer::Unknown),
    };
    plan(&ascii, direct, start)
}

fn resolver() -> Option<TokioResolver> {
    TokioResolver::builder_tokio().ok()?.build().ok()
}

async fn ask(resolver: &TokioResolver, name: String, security: Security, deadline: Duration) -> Answer {
    let lookup = match tokio::time::timeout(deadline, resolver.srv_lookup(name)).await {
        Ok(Ok(lookup)) => lookup,
        Ok(Err(error)) if error.is_no_records_found() => return Answer::None,
        Ok(Err(_)) | Err(_) => return Answer::Unknown,
    };
    let mut records = Vec::new();
    for answer in lookup.answers() {
        let RData::SRV(srv) = &answer.data else { continue };
        if srv.target.is_root() {
            return Answer::Absent;
        }
        let host = srv.target.to_utf8().trim_end_matches('.').to_owned();
        let target = Target {
            host,
            port: srv.port,
            security,
        };
        records.push(Record {
            priority: srv.priority,
            weight: srv.weight,
            target,
        });
    }
    if records.is_empty() {
        Answer::None
    } else {
        Answer::Records(records)
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
    Ok(Plan { targets, unresolved })
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
