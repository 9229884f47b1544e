//! ejabberd is really started, stopped, started again and filled.

use std::net::TcpStream;

use chrono::Utc;
use wardline_test_support::servers::{ArchiveOwner, ArchivedStanza, Contact, Ejabberd};

#[tokio::test]
async fn a_stopped_ejabberd_takes_an_archive_and_comes_back_on_its_port() {
    let mut server = Ejabberd::start("clinic.test").await.unwrap();
    let port = server.endpoint().direct_tls_port.unwrap();
    server.create_account("alice", "secret").await.unwrap();
    server.create_account("bob", "secret").await.unwrap();
    assert!(
        server.create_account("alice", "other").await.is_err(),
        "the name is taken"
    );
    let bob = Contact {
        address: "bob@clinic.test".to_owned(),
        name: "Bob".to_owned(),
        groups: vec!["Ward".to_owned()],
    };
    server.write_roster("alice", &[bob]).await.unwrap();
    server.stop().await;
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    let stanza = ArchivedStanza {
        owner: ArchiveOwner::Person("alice".to_owned()),
        id: "1".to_owned(),
        at: Utc::now(),
        with: "bob@clinic.test".to_owned(),
        stanza: "<message xmlns='jabber:client' type='chat'><body>Hello</body></message>".to_owned(),
        text: "Hello".to_owned(),
    };
    server.load_archive(&[stanza]).await.unwrap();
    server.start_again().await.unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
}
