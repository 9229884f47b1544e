//! A signed-in connection without a session on it, for tests: stanzas out and in as they stand.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::timeout;
use xmpp_parsers::minidom::Element;

use super::SessionConfig;
use super::sign_in::sign_in;
use super::wire::Wire;
use crate::net::{NetworkTransport, Transport};
use crate::ns;
use crate::xml::Limits;

/// Longest that an answer takes, with room for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A bound connection. Stream management is not enabled, so whatever comes is a stanza.
pub(crate) struct RawClient {
    wire: Wire,
    domain: String,
    syncs: u32,
}

impl RawClient {
    /// Connects, signs in and binds; presence and carbons are on.
    pub(crate) async fn connect(config: &SessionConfig) -> Self {
        let connection = NetworkTransport::default().connect(config).await.unwrap();
        let exporter = connection.exporter.clone();
        let domain = config.address.domain().to_string();
        let mut wire = Wire::new(connection);
        let features = wire.open(&domain, Limits::BEFORE_SIGN_IN).await.unwrap();
        let mut authentication = config.authentication.clone();
        sign_in(&mut wire, config, &mut authentication, &features, exporter)
            .await
            .unwrap();
        wire.open(&domain, Limits::default()).await.unwrap();
        let mut client = Self { wire, domain, syncs: 0 };
        client
            .send(&format!(
                "<iq type='set' id='bind'><bind xmlns='{}'><resource>{}</resource></bind></iq>\
                 <iq type='set' id='carbons'><enable xmlns='{}'/></iq><presence/>",
                ns::BIND,
                config.resource,
                ns::CARBONS
            ))
            .await;
        let begun = client.sync().await;
        assert!(
            begun.iter().all(|stanza| stanza.attr("type") != Some("error")),
            "{begun:?}"
        );
        client
    }

    /// Sends as it stands.
    pub(crate) async fn send(&mut self, xml: &str) {
        self.wire.writing.write_all(xml.as_bytes()).await.unwrap();
        self.wire.writing.flush().await.unwrap();
    }

    /// Waits until the server is done with what was sent; what has come until then. The server handles one stanza after
    /// the other, so that what others had said by then has come, too.
    pub(crate) async fn sync(&mut self) -> Vec<Element> {
        self.syncs += 1;
        let id = format!("sync-{}", self.syncs);
        let domain = &self.domain;
        let ping = format!(
            "<iq type='get' id='{id}' to='{domain}'><ping xmlns='{}'/></iq>",
            ns::PING
        );
        self.send(&ping).await;
        let mut come = Vec::new();
        loop {
            self.wire.count_anew();
            let element = timeout(PATIENCE, self.wire.element()).await.unwrap().unwrap();
            if element.attr("id") == Some(&id) {
                return come;
            }
            come.push(element);
        }
    }
}
