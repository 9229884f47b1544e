//! A name server of one's own (dnsmasq), which knows what a test tells it and nothing else.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::Command;
use std::time::Duration;
use std::{fs, io};

use tempfile::TempDir;

use crate::ports;
use crate::process::{ProcessError, Supervised};

/// How long it may take to start: milliseconds, on a busy machine seconds.
const START: Duration = Duration::from_secs(30);

/// Why there is no name server.
#[derive(Debug, thiserror::Error)]
pub enum DnsError {
    /// It is not installed (Debian: `dnsmasq-base`) or did not come up.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// Its configuration could not be written, or no port is free.
    #[error("the name server's files could not be written: {0}")]
    Io(#[from] io::Error),
}

/// What the name server knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DnsRecord {
    /// SRV: `service` (for example `_xmpp-client._tcp.ward.example`) is at `host:port`.
    Service {
        /// Service, protocol and domain.
        service: String,
        /// Where it is.
        host: String,
        /// Its port.
        port: u16,
        /// Lower ones are tried first.
        priority: u16,
        /// How often it is the first among those of one priority.
        weight: u16,
    },
    /// SRV with the root as target: there is no such service (RFC 2782).
    NoService(String),
    /// A or AAAA.
    Address(String, IpAddr),
}

impl DnsRecord {
    /// A service at `host:port`, with no weight.
    #[must_use]
    pub fn service(service: &str, host: &str, port: u16, priority: u16) -> Self {
        Self::Service {
            service: service.to_owned(),
            host: host.to_owned(),
            port,
            priority,
            weight: 0,
        }
    }
}

/// A running name server on loopback, killed when dropped.
#[derive(Debug)]
pub struct DnsServer {
    address: SocketAddr,
    _process: Supervised,
    _folder: TempDir,
}

impl DnsServer {
    /// Starts one that answers for `zone` with `records`: whatever else is asked there does not exist.
    ///
    /// # Errors
    /// [`DnsError`] if it is not installed or does not come up.
    pub async fn start(zone: &str, records: &[DnsRecord]) -> Result<Self, DnsError> {
        let folder = tempfile::Builder::new().prefix("wardline-dns-").tempdir()?;
        let [port] = ports::free()?;
        let file = folder.path().join("dnsmasq.conf");
        fs::write(&file, configuration(zone, records, port))?;
        let mut command = Command::new("dnsmasq");
        command
            .arg("--no-daemon")
            .arg(format!("--conf-file={}", file.display()));
        let mut process = Supervised::start(&command, &folder.path().join("dnsmasq.log"), Some("started, version"))?;
        process.ready(START).await?;
        Ok(Self {
            address: (Ipv4Addr::LOCALHOST, port).into(),
            _process: process,
            _folder: folder,
        })
    }

    /// Where it answers, over UDP and TCP.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

fn configuration(zone: &str, records: &[DnsRecord], port: u16) -> String {
    let mut text = format!(
        "port={port}\nlisten-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\nlocal=/{zone}/\nlog-queries\n"
    );
    for record in records {
        let written = match record {
            DnsRecord::Service {
                service,
                host,
                port,
                priority,
                weight,
            } => writeln!(text, "srv-host={service},{host},{port},{priority},{weight}"),
            DnsRecord::NoService(service) => writeln!(text, "srv-host={service}"),
            DnsRecord::Address(host, address) => writeln!(text, "host-record={host},{address}"),
        };
        // Writing to a string cannot fail.
        debug_assert!(written.is_ok());
    }
    text
}
