//! Questions to DNS.

use std::io;
use std::net::SocketAddr;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;

use super::srv::{Answer, Record, Target};
use crate::session::Security;

/// Who is asked for names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum NameServers {
    /// Those of the operating system. Addresses of hosts are asked of the system itself, so that its hosts file and
    /// whatever else it consults count.
    #[default]
    System,
    /// These, for everything.
    Given(Vec<SocketAddr>),
}

impl NameServers {
    /// Read anew for each attempt: another network has other name servers.
    fn resolver(&self) -> Option<TokioResolver> {
        let builder = match self {
            Self::System => TokioResolver::builder_tokio().ok()?,
            Self::Given(servers) => {
                let servers = servers.iter().map(name_server).collect();
                let config = ResolverConfig::from_parts(None, Vec::new(), servers);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        builder.build().ok()
    }

    /// The SRV records of `service`, for example `_xmpp-client._tcp`.
    pub(super) async fn service(&self, service: &str, domain: &str, security: Security) -> Answer {
        let Some(resolver) = self.resolver() else {
            return Answer::Unknown;
        };
        let lookup = match resolver.srv_lookup(format!("{service}.{domain}.")).await {
            Ok(lookup) => lookup,
            Err(error) if error.is_no_records_found() => return Answer::None,
            Err(_) => return Answer::Unknown,
        };
        let mut records = Vec::new();
        let mut denied = false;
        for answer in lookup.answers() {
            let RData::SRV(srv) = &answer.data else { continue };
            if srv.target.is_root() {
                denied = true;
                continue;
            }
            let target = Target {
                // As DNS writes it: not every system's resolver takes other scripts.
                host: srv.target.to_ascii().trim_end_matches('.').to_owned(),
                port: srv.port,
                security,
            };
            records.push(Record {
                priority: srv.priority,
                weight: srv.weight,
                target,
            });
        }
        match (records.is_empty(), denied) {
            (false, _) => Answer::Records(records),
            (true, true) => Answer::Absent,
            (true, false) => Answer::None,
        }
    }

    /// The addresses of a target, in the order in which they are preferred.
    pub(super) async fn addresses(&self, target: &Target) -> io::Result<Vec<SocketAddr>> {
        let host = target.host.trim_start_matches('[').trim_end_matches(']');
        if *self == Self::System {
            return Ok(tokio::net::lookup_host((host, target.port)).await?.collect());
        }
        let resolver = self.resolver().ok_or(io::ErrorKind::NotFound)?;
        let found = resolver.lookup_ip(host).await.map_err(io::Error::other)?;
        Ok(found.iter().map(|address| (address, target.port).into()).collect())
    }
}

fn name_server(address: &SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.into())
}
