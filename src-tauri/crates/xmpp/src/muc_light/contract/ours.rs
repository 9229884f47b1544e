//! Our own code on a real server that has MUC Light.

use std::time::Duration;

use tokio::time::timeout;
use xmpp_parsers::jid::BareJid;

use super::asking::SERVICE;
use crate::archive::{ArchiveError, ArchiveQuery, Position, Reach};
use crate::features::{ChatService, ChatServiceKind};
use crate::ids::MessageId;
use crate::message::{OutgoingMessage, ReceivedMessage};
use crate::muc_light::{Affiliation, Change, Configuration, Fetched, Invitations, Inviter, Occupant};
use crate::replay::Stage;
use crate::session::{Events, Opened, Proof, RequestError, Session, SessionEvent, StanzaCondition};

/// Longest that anything here takes, with room for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

struct Person {
    session: Session,
    events: Events,
    opened: Opened,
}

impl Person {
    async fn new(stage: &Stage, client: &str) -> Self {
        let (session, mut events) = Session::start(stage.config(client));
        loop {
            if let SessionEvent::Opened(opened) = timeout(PATIENCE, events.recv()).await.unwrap().unwrap() {
                // Rooms tell those who are there, and the presence follows the event.
                session.round_trip().await.unwrap();
                return Self {
                    session,
                    events,
                    opened: *opened,
                };
            }
        }
    }

    async fn message(&mut self) -> ReceivedMessage {
        loop {
            if let SessionEvent::Message(message) = timeout(PATIENCE, self.events.recv()).await.unwrap().unwrap() {
                return *message;
            }
        }
    }

    /// Who is what by the next message, which is the room's own.
    async fn change(&mut self) -> Vec<(String, Affiliation)> {
        let message = self.message().await;
        let [Change::Occupants { occupants, .. }] = &*message.room_changes else {
            panic!("{:?}", message.room_changes);
        };
        let occupants = occupants.iter();
        occupants
            .map(|occupant| (occupant.jid.node().unwrap().to_string(), occupant.affiliation))
            .collect()
    }
}

fn somebody(name: &str, affiliation: Affiliation) -> Occupant {
    Occupant {
        jid: BareJid::new(&format!("{name}@ward.test")).unwrap(),
        affiliation,
    }
}

fn newest(room: &BareJid) -> ArchiveQuery {
    ArchiveQuery {
        archive: Some(room.clone()),
        with: None,
        start: None,
        end: None,
        position: Position::Latest,
        max: 50,
    }
}

#[tokio::test]
async fn a_team_chat_is_made_talked_in_read_again_and_ended() {
    let stage = Stage::new(&[]).await;
    let mut alice = Person::new(&stage, "alice/desk").await;
    let mut bob = Person::new(&stage, "bob/desk").await;
    let service = BareJid::new(SERVICE).unwrap();
    let found = ChatService {
        jid: service.clone(),
        kind: ChatServiceKind::MucLight,
    };
    assert!(alice.opened.features.chat_services.contains(&found));

    let name = Configuration {
        name: Some("Ward 7".to_owned()),
        subject: None,
    };
    let members = [somebody("bob", Affiliation::Member)];
    let room = alice.session.muc_light_create(&service, &name, &members).await.unwrap();
    assert_eq!(alice.change().await, [("alice".to_owned(), Affiliation::Owner)]);
    assert_eq!(bob.change().await, [("bob".to_owned(), Affiliation::Member)]);
    let rooms = bob.session.muc_light_rooms(&service, None).await.unwrap();
    assert!(rooms.next.is_none() && rooms.rooms.len() == 1);
    assert_eq!(
        (&rooms.rooms[0].jid, rooms.rooms[0].name.as_deref()),
        (&room, Some("Ward 7"))
    );
    let info = bob.session.muc_light_info(&room, None).await.unwrap();
    let Fetched::Current { version, value } = info else {
        panic!()
    };
    assert!(value.configuration.name == name.name && value.occupants.len() == 2);
    let again = bob.session.muc_light_info(&room, version.as_ref()).await.unwrap();
    assert!(again == Fetched::Unchanged);

    let hello = OutgoingMessage::to_room(room.clone(), MessageId::new("m1").unwrap(), "Hello".to_owned());
    let sent = alice.session.send(hello.build()).await.unwrap();
    assert_eq!(timeout(PATIENCE, sent).await.unwrap(), Proof::Acknowledged);
    let (own, theirs) = (alice.message().await, bob.message().await);
    assert_eq!(
        (own.body.as_deref(), theirs.body.as_deref()),
        (Some("Hello"), Some("Hello"))
    );
    assert!(own.archive_id.is_some() && own.archive_id == theirs.archive_id);
    let page = bob.session.archive_page(newest(&room)).await.unwrap();
    assert!(page.failures.is_empty() && page.reach == Reach::Complete);
    assert_eq!(page.messages.len(), 2);
    assert_eq!(
        (&page.messages[1].archive_id, &page.messages[1].direction),
        (&theirs.archive_id, &theirs.direction)
    );

    let refused = bob.session.muc_light_destroy(&room).await;
    assert_eq!(refused, Err(RequestError::Refused(StanzaCondition::NotAllowed)));
    alice
        .session
        .muc_light_affiliate(&room, &[somebody("bob", Affiliation::None)])
        .await
        .unwrap();
    assert_eq!(bob.change().await, [("bob".to_owned(), Affiliation::None)]);
    assert_eq!(
        bob.session.archive_page(newest(&room)).await.err(),
        Some(ArchiveError::NotAllowed)
    );
    bob.session
        .muc_light_set_invitations(&service, Inviter::Room(room.clone()), Invitations::Refused)
        .await
        .unwrap();
    assert!(bob.session.muc_light_refused_inviters(&service).await.unwrap() == [Inviter::Room(room.clone())]);
    alice.session.muc_light_destroy(&room).await.unwrap();
    let rooms = alice.session.muc_light_rooms(&service, None).await.unwrap();
    assert!(rooms.rooms.is_empty());
    stage.finish();
}
