//! Requests of MongooseIM's own against the server's side as it was recorded.

use xmpp_parsers::jid::BareJid;

use super::scripted::{SM, Stage, timing};
use super::{RequestError, SessionEvent, StanzaCondition};
use crate::inbox::{InboxBox, InboxChange, InboxQuery, Reading};
use crate::muc_light::{Affiliation, Change, Configuration, Fetched, Invitations, Inviter, Occupant, Version};

fn bob() -> BareJid {
    BareJid::new("bob@ward.example").unwrap()
}

fn room() -> BareJid {
    BareJid::new("6ef12ec5@light.example").unwrap()
}

fn light() -> BareJid {
    BareJid::new("light.example").unwrap()
}

const ENTRY: &str = "<message from='alice@ward.example' id='1795-340421-284814' to='alice@ward.example/desk'>\
    <result queryid='QUERY' unread='3' xmlns='erlang-solutions.com:xmpp:inbox:0'>\
    <forwarded xmlns='urn:xmpp:forward:0'><delay stamp='2026-11-22T09:40:20.173627Z' xmlns='urn:xmpp:delay'/>\
    <message from='bob@ward.example/phone' id='i2' to='alice@ward.example' type='chat'><body>msg 2</body>\
    <stanza-id by='alice@ward.example' id='CO6Q8FVCUF01' xmlns='urn:xmpp:sid:0'/></message></forwarded>\
    <read>false</read><box>inbox</box><archive>false</archive><mute>0</mute></result></message>";

const FIN: &str = "<fin xmlns='erlang-solutions.com:xmpp:inbox:0'><set xmlns='http://jabber.org/protocol/rsm'>\
    <first>1795340420173627/Ym9i</first><last>1795340420173627/Ym9i</last></set>\
    <active-conversations>1</active-conversations><count>1</count><unread-messages>3</unread-messages></fin>";

#[tokio::test]
async fn a_page_of_the_inbox_is_what_the_own_server_sends_for_this_very_question() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    let session = stage.session.clone();
    let asked = tokio::spawn(async move {
        let query = InboxQuery::newest(20);
        session.inbox_page(query).await
    });
    let iq = server.element_named("iq").await;
    let query = iq.children().next().unwrap().attr("queryid").unwrap().to_owned();
    // Somebody else's, and one for another question: neither counts.
    server
        .send(
            &ENTRY
                .replace("QUERY", &query)
                .replace("from='alice@ward.example'", "from='mallory@ward.example'"),
        )
        .await;
    server.send(&ENTRY.replace("QUERY", "another")).await;
    server.send(&ENTRY.replace("QUERY", &query)).await;
    server.result(&iq, FIN).await;
    let page = asked.await.unwrap().unwrap();
    assert_eq!((page.entries.len(), page.failures, page.unread_messages), (1, 0, 3));
    let entry = &page.entries[0];
    assert_eq!((entry.last.conversation.clone(), entry.unread), (bob(), 3));
    assert_eq!(entry.last.body.as_deref(), Some("msg 2"));
    assert_eq!(
        entry.last.archive_id.as_ref().map(|id| id.as_str()),
        Some("CO6Q8FVCUF01")
    );
    assert!(page.last.is_some());
}

#[tokio::test]
async fn changed_properties_are_told_to_every_device_and_a_forged_change_is_not() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    let session = stage.session.clone();
    let asked = tokio::spawn(async move {
        session
            .set_inbox_properties(
                &bob(),
                &[
                    InboxChange::Reading(Reading::Read),
                    InboxChange::Move(InboxBox::Archive),
                ],
            )
            .await
    });
    let iq = server.element_named("iq").await;
    let broadcast = |from: &str| {
        format!(
            "<message from='{from}' id='f12' to='alice@ward.example'><x jid='bob@ward.example' queryid='f12' \
             xmlns='erlang-solutions.com:xmpp:inbox:0#conversation'><read>true</read><box>archive</box>\
             <archive>true</archive><mute>2026-11-23T09:40:33.467550Z</mute></x></message>"
        )
    };
    server.send(&broadcast("mallory@ward.example/x")).await;
    server.send(&broadcast("alice@ward.example/desk")).await;
    server.result(&iq, "").await;
    asked.await.unwrap().unwrap();
    let forged = stage.event().await;
    let SessionEvent::Message(message) = forged else {
        panic!("without the change it is a message like any other, here without text")
    };
    assert_eq!(message.body, None);
    let SessionEvent::Inbox(changed) = stage.event().await else {
        panic!()
    };
    assert_eq!(changed.conversation, bob());
    assert_eq!(changed.properties.in_box, InboxBox::Archive);
    assert!(changed.properties.muted_until.is_some());
}

#[tokio::test]
async fn the_inbox_says_what_it_does_not_know_and_what_it_threw_away() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    let session = stage.session.clone();
    let asked = tokio::spawn(async move { session.inbox_properties(&bob()).await });
    let iq = server.element_named("iq").await;
    let id = iq.attr("id").unwrap();
    server
        .send(&format!(
            "<iq type='error' id='{id}' from='alice@ward.example'><error code='404' type='cancel'>\
             <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        ))
        .await;
    let refused = asked.await.unwrap().err();
    assert_eq!(refused, Some(RequestError::Refused(StanzaCondition::ItemNotFound)));

    let session = stage.session.clone();
    let asked = tokio::spawn(async move { session.empty_inbox_bin().await });
    let iq = server.element_named("iq").await;
    server
        .result(
            &iq,
            "<empty-bin xmlns='erlang-solutions.com:xmpp:inbox:0'><num>2</num></empty-bin>",
        )
        .await;
    assert_eq!(asked.await.unwrap(), Ok(2));

    let session = stage.session.clone();
    let asked = tokio::spawn(async move { session.reset_inbox(&bob()).await });
    let iq = server.element_named("iq").await;
    assert!(iq.has_child("reset", "erlang-solutions.com:xmpp:inbox:0#conversation"));
    server
        .result(&iq, "<reset xmlns='erlang-solutions.com:xmpp:inbox:0#conversation'/>")
        .await;
    assert_eq!(asked.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn a_room_is_made_under_an_address_of_our_own_choice() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    let session = stage.session.clone();
    let asked = tokio::spawn(async move {
        let configuration = Configuration {
            name: Some("Ward 4".into()),
            subject: None,
        };
        let bob = Occupant {
            jid: bob(),
            affiliation: Affiliation::Member,
        };
        session.muc_light_create(&light(), &configuration, &[bob]).await
    });
    let iq = server.element_named("iq").await;
    let address = iq.attr("to").unwrap().to_owned();
    let create = String::from_utf8(crate::xml::encoded(iq.children().next().unwrap())).unwrap();
    assert!(create.contains("<roomname>Ward 4</roomname>") && create.contains("bob@ward.example"));
    server.result(&iq, "").await;
    let made = asked.await.unwrap().unwrap();
    assert!(made.as_str() == address && made.domain() == light().domain());
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    let session = stage.session.clone();
    let asked = tokio::spawn(async move { session.muc_light_info(&room(), None).await });
    let iq = server.element_named("iq").await;
    let info = "<query xmlns='urn:xmpp:muclight:0#info'><version>1795-340634-915979</version><configuration>\
        <subject>first subject</subject><roomname>Room one</roomname></configuration><occupants>\
        <user affiliation='owner'>olga@ward.example</user><user affiliation='member'>bob@ward.example</user>\
        </occupants></query>";
    server.result(&iq, info).await;
    let Ok(Fetched::Current { version, value }) = asked.await.unwrap() else {
        panic!()
    };
    assert_eq!(version, Version::new("1795-340634-915979"));
    assert_eq!(value.configuration.name.as_deref(), Some("Room one"));
    assert_eq!(value.occupants.len(), 2);

    let session = stage.session.clone();
    let held = version.clone();
    let asked = tokio::spawn(async move { session.muc_light_occupants(&room(), held.as_ref()).await });
    let iq = server.element_named("iq").await;
    let query = iq.children().next().unwrap();
    assert_eq!(query.children().next().unwrap().text(), version.unwrap().as_str());
    server.result(&iq, "").await;
    assert!(asked.await.unwrap() == Ok(Fetched::Unchanged));
}

#[tokio::test]
async fn refused_inviters_are_listed_and_changed() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    let session = stage.session.clone();
    let asked = tokio::spawn(async move { session.muc_light_refused_inviters(&light()).await });
    let iq = server.element_named("iq").await;
    let list = "<query xmlns='urn:xmpp:muclight:0#blocking'><user action='deny'>bob@ward.example</user></query>";
    server.result(&iq, list).await;
    assert!(asked.await.unwrap() == Ok(vec![Inviter::Person(bob())]));

    let session = stage.session.clone();
    let asked = tokio::spawn(async move {
        let inviter = Inviter::Person(bob());
        session
            .muc_light_set_invitations(&light(), inviter, Invitations::Accepted)
            .await
    });
    let iq = server.element_named("iq").await;
    let rule = iq.children().next().unwrap().children().next().unwrap();
    assert_eq!(
        (rule.attr("action"), rule.text()),
        (Some("allow"), "bob@ward.example".into())
    );
    server.result(&iq, "").await;
    assert_eq!(asked.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn only_the_room_itself_says_who_has_come_and_gone() {
    let mut stage = Stage::new(timing());
    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    server.bind(true).await;
    server.discovery_with_muc_light("light.example").await;
    let SessionEvent::Opened(_) = stage.event().await else {
        panic!()
    };
    for from in [
        "6ef12ec5@light.example",
        "6ef12ec5@light.example/bob@ward.example",
        "bob@ward.example",
    ] {
        server
            .send(&format!(
                "<message from='{from}' id='o19' to='alice@ward.example' type='groupchat'>\
                 <x xmlns='urn:xmpp:muclight:0#affiliations'><prev-version>1</prev-version><version>2</version>\
                 <user affiliation='member'>quin@ward.example</user></x><body/></message>"
            ))
            .await;
    }
    let mut told = Vec::new();
    for _ in 0..3 {
        let SessionEvent::Message(message) = stage.event().await else {
            panic!()
        };
        told.push(message.room_changes);
    }
    let quin = Occupant {
        jid: BareJid::new("quin@ward.example").unwrap(),
        affiliation: Affiliation::Member,
    };
    let change = Change::Occupants {
        previous: Version::new("1"),
        version: Version::new("2"),
        occupants: vec![quin],
    };
    assert!(told == [vec![change], Vec::new(), Vec::new()]);
}
