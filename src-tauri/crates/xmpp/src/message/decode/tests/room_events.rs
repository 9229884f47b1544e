//! Events of rooms: which changes are believed of whom.

use super::*;

const ADDED: &str = "<added xmlns='urn:wardline:team:0'><person jid='bob@ward.example'/></added>";
const LEFT: &str = "<left xmlns='urn:wardline:team:0'/>";

/// Whether somebody is believed to have added people, and whether to have left.
fn believed(announced: impl Fn(&str) -> Option<Announced>) -> (bool, bool) {
    let newcomers = vec![BareJid::new("bob@ward.example").unwrap()];
    let added = announced(ADDED);
    assert!(added.is_none() || added == Some(Announced::Added { newcomers }));
    (added.is_some(), announced(LEFT) == Some(Announced::Left))
}

#[test]
fn what_somebody_has_changed_about_a_room_is_believed_of_those_who_may() {
    let said = |from: &str, beside: &str| {
        believed(|payload| {
            received(
                &format!("from='{from}' type='groupchat'"),
                &format!("{beside}{payload}"),
            )
            .announced
        })
    };
    assert_eq!(said("cardio@rooms.example/Bob", ""), (true, true), "an owner");
    assert_eq!(said("cardio@rooms.example/Alice", ""), (true, true), "oneself");
    assert_eq!(said("cardio@rooms.example/Carol", ""), (false, true), "a member");
    assert_eq!(said("cardio@rooms.example/Dan", ""), (false, false), "nobody knows who");
    assert_eq!(said("cardio@rooms.example", ""), (false, false), "the room itself");
    assert_eq!(
        said("team@light.example/bob@ward.example", ""),
        (false, false),
        "MUC Light"
    );
    let claim = "<x xmlns='http://jabber.org/protocol/muc#user'><item jid='bob@ward.example' affiliation='owner'/></x>";
    assert_eq!(said("cardio@rooms.example/Carol", claim), (false, true), "claimed");
    assert_eq!(
        said("cardio@rooms.example/Bob", "<body>x</body>"),
        (false, false),
        "beside a text"
    );
    let aside = received("from='cardio@rooms.example/Bob' type='chat'", LEFT);
    assert!(aside.announced.is_none(), "a word aside");
}

#[test]
fn an_archive_says_what_somebody_was_when_they_changed_a_room() {
    let room = BareJid::new("cardio@rooms.example").unwrap();
    let said = |item: &str| {
        believed(|payload| {
            let result: Element = format!(
                "<result xmlns='urn:xmpp:mam:2' id='77'><forwarded xmlns='urn:xmpp:forward:0'>\
                 <delay xmlns='urn:xmpp:delay' stamp='2026-11-22T17:00:00Z'/>\
                 <message xmlns='jabber:client' from='{room}/Carol' type='groupchat'>{payload}\
                 <x xmlns='http://jabber.org/protocol/muc#user'><item {item}/></x></message></forwarded></result>"
            )
            .parse()
            .unwrap();
            with(StanzaIds::Announced, |context| archived(result, &room, context))
                .1
                .unwrap()
                .announced
        })
    };
    assert_eq!(said("jid='carol@ward.example' affiliation='owner'"), (true, true));
    assert_eq!(said("jid='carol@ward.example' affiliation='member'"), (false, true));
    assert_eq!(
        said("jid='carol@ward.example'"),
        (true, true),
        "some archives do not say"
    );
    assert_eq!(said("affiliation='owner'"), (false, false), "nobody knows who");
}
