//! The transport of the app: DNS, TCP and TLS.

use std::future::Future;
use std::pin::Pin;

use tokio::sync::OnceCell;

use super::connect;
use super::dns::NameServers;
use super::tls::Tls;
use super::transport::{Connection, Transport};
use crate::session::{SessionConfig, SessionError};

/// DNS, TCP and TLS.
#[derive(Debug, Default)]
pub struct NetworkTransport {
    names: NameServers,
    /// Reading the operating system's certificates takes tens of milliseconds: once per session.
    tls: OnceCell<Tls>,
}

impl NetworkTransport {
    /// Over the network, with names asked of `names`.
    #[must_use]
    pub fn new(names: NameServers) -> Self {
        Self {
            names,
            tls: OnceCell::new(),
        }
    }
}

impl Transport for NetworkTransport {
    fn connect<'a>(
        &'a self,
        config: &'a SessionConfig,
    ) -> Pin<Box<dyn Future<Output = Result<Connection, SessionError>> + Send + 'a>> {
        Box::pin(async move {
            let tls = self
                .tls
                .get_or_try_init(|| Tls::load(&config.address, config.extra_ca.clone()))
                .await?;
            connect::connect(config, &self.names, tls).await
        })
    }
}
