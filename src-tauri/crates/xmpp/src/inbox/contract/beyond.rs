//! What the recordings leave open.

use std::time::Duration;

use chrono::Utc;
use xmpp_parsers::minidom::Element;

use super::asking::{archived, ask, change, inbox, last, stage, stanza_ids, told, write};
use crate::ids::Timestamp;
use crate::ns;
use crate::replay::ROOM;

#[tokio::test]
async fn the_bin_is_shown_only_when_asked_for_and_is_emptied_for_good() {
    let mut stage = stage().await;
    write(&mut stage, "alice/phone", "bob@ward.test", "a").await;
    write(&mut stage, "carol/phone", "bob@ward.test", "c").await;
    change(&mut stage, "bob/phone", "alice@ward.test", "<box>bin</box>").await;
    assert_eq!(inbox(&mut stage, "bob/phone").await, ["c 1 inbox"]);
    let all = ask(&mut stage, "bob/phone", &[("box", "all")], "").await;
    assert_eq!(told(&all), ["c 1 inbox"]);
    let bin = ask(&mut stage, "bob/phone", &[("box", "bin")], "").await;
    assert_eq!(told(&bin), ["a 1 bin"]);
    write(&mut stage, "alice/phone", "bob@ward.test", "b").await;
    assert_eq!(inbox(&mut stage, "bob/phone").await, ["b 2 inbox", "c 1 inbox"]);
    change(&mut stage, "bob/phone", "carol@ward.test", "<box>bin</box>").await;
    let request = format!("<iq type='set' id='e'><empty-bin xmlns='{}'/></iq>", ns::INBOX);
    let answer = stage.say("bob/phone", &request).await;
    let emptied = answer[0].get_child("empty-bin", ns::INBOX).unwrap();
    assert_eq!(emptied.get_child("num", ns::INBOX).unwrap().text(), "1");
    let bin = ask(&mut stage, "bob/phone", &[("box", "bin")], "").await;
    assert!(told(&bin).is_empty());
    assert_eq!(inbox(&mut stage, "bob/phone").await, ["b 2 inbox"]);
    stage.finish();
}

#[tokio::test]
async fn times_and_cursors_cut_a_page_in_both_orders() {
    let mut stage = stage().await;
    for name in ["alice", "carol", "dave"] {
        write(&mut stage, &format!("{name}/phone"), "bob@ward.test", name).await;
    }
    let answer = ask(&mut stage, "bob/phone", &[("order", "asc")], "").await;
    assert_eq!(told(&answer), ["alice 1 inbox", "carol 1 inbox", "dave 1 inbox"]);
    let middle = answer[1].get_child("result", ns::INBOX).unwrap();
    let delay = middle
        .get_child("forwarded", ns::FORWARD)
        .unwrap()
        .get_child("delay", ns::DELAY);
    let at = delay.unwrap().attr("stamp").unwrap();
    let since = ask(&mut stage, "bob/phone", &[("start", at)], "").await;
    assert_eq!(told(&since), ["dave 1 inbox", "carol 1 inbox"]);
    let until = ask(&mut stage, "bob/phone", &[("end", at)], "").await;
    assert_eq!(told(&until), ["carol 1 inbox", "alice 1 inbox"]);
    let moment = ask(&mut stage, "bob/phone", &[("start", at), ("end", at)], "").await;
    assert_eq!(told(&moment), ["carol 1 inbox"]);

    let fin = moment.last().unwrap().get_child("fin", ns::INBOX).unwrap();
    let cursor = fin
        .get_child("set", ns::RSM)
        .unwrap()
        .get_child("first", ns::RSM)
        .unwrap()
        .text();
    for (order, paging, found) in [
        ("asc", "after", "dave 1 inbox"),
        ("asc", "before", "alice 1 inbox"),
        ("desc", "after", "alice 1 inbox"),
        ("desc", "before", "dave 1 inbox"),
    ] {
        let paging = format!("<max>1</max><{paging}>{cursor}</{paging}>");
        let page = ask(&mut stage, "bob/phone", &[("order", order)], &paging).await;
        assert_eq!(told(&page), [found], "{order} {paging}");
    }
    for (fields, paging) in [
        (vec![("start", "yesterday")], ""),
        (vec![("colour", "red")], ""),
        (vec![("hidden_read", "perhaps")], ""),
        (vec![], "<max>many</max>"),
        (vec![], "<after>somewhere</after>"),
    ] {
        let refusal = ask(&mut stage, "bob/phone", &fields, paging).await;
        assert_eq!(refusal.len(), 1);
        assert_eq!(refusal[0].attr("type"), Some("error"), "{fields:?} {paging}");
    }
    stage.finish();
}

/// What is kept for later and what is copied to other devices was counted when it was sent.
#[tokio::test]
async fn what_is_sent_to_somebody_offline_counts_once_and_outlives_the_server() {
    let mut stage = stage().await;
    stage.sign_off("bob/phone").await;
    write(&mut stage, "alice/phone", "bob@ward.test", "a").await;
    write(&mut stage, "alice/phone", "bob@ward.test", "b").await;
    stage.restart().await;
    for client in ["bob/phone", "bob/desk", "alice/phone", "alice/desk"] {
        stage.sign_in(client).await;
    }
    assert_eq!(inbox(&mut stage, "bob/desk").await, ["b 2 inbox"]);
    let archive = archived(&mut stage, "bob/desk").await;
    assert_eq!(archive.len(), 2);
    assert_eq!(stanza_ids(&mut stage, "bob/desk").await, archive[1..]);
    write(&mut stage, "alice/phone", "bob@ward.test/phone", "c").await;
    write(&mut stage, "alice/phone", "bob@ward.test/gone", "d").await;
    assert_eq!(inbox(&mut stage, "bob/desk").await, ["d 4 inbox"]);
    assert_eq!(inbox(&mut stage, "alice/desk").await, ["d 0 inbox"]);
    stage.finish();
}

#[tokio::test]
async fn an_entry_has_the_archives_id_even_of_blocked_people_and_no_made_up_one() {
    let mut stage = stage().await;
    let claim = "<message to='bob@ward.test' type='chat' id='s'><body>s</body>\
                 <stanza-id xmlns='urn:xmpp:sid:0' id='made-up' by='bob@ward.test'/></message>";
    stage.say("alice/phone", claim).await;
    let archive = archived(&mut stage, "bob/phone").await;
    assert_eq!(stanza_ids(&mut stage, "bob/phone").await, archive);
    assert!(stanza_ids(&mut stage, "alice/phone").await.is_empty());
    let block = "<iq type='set' id='b'><block xmlns='urn:xmpp:blocking'><item jid='alice@ward.test'/></block></iq>";
    stage.say("bob/phone", block).await;
    write(&mut stage, "alice/phone", "bob@ward.test", "blocked").await;
    assert_eq!(inbox(&mut stage, "bob/phone").await, ["blocked 2 inbox"]);
    let archive = archived(&mut stage, "bob/phone").await;
    assert_eq!(archive.len(), 2);
    assert_eq!(stanza_ids(&mut stage, "bob/phone").await, archive[1..]);
    stage.finish();
}

#[tokio::test]
async fn a_mute_ends_by_itself_at_the_time_that_was_told() {
    let mut stage = stage().await;
    write(&mut stage, "alice/phone", "bob@ward.test", "a").await;
    let told = |stanzas: &[Element], name: &str| {
        let mut payloads = stanzas.iter().filter_map(|s| s.get_child(name, ns::INBOX_CONVERSATION));
        payloads
            .next()
            .unwrap()
            .get_child("mute", ns::INBOX_CONVERSATION)
            .unwrap()
            .text()
    };
    let asked = Utc::now().timestamp_micros();
    let changed = change(&mut stage, "bob/phone", "alice@ward.test", "<mute>1</mute>").await;
    let until = Timestamp::parse(&told(&changed, "x")).unwrap();
    assert!((asked + 1_000_000..=Utc::now().timestamp_micros() + 1_000_000).contains(&until.0));
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let question = format!(
        "<iq type='get' id='p'><query xmlns='{}' jid='alice@ward.test'/></iq>",
        ns::INBOX_CONVERSATION
    );
    assert_eq!(told(&stage.say("bob/phone", &question).await, "query"), "0");
    stage.finish();
}

#[tokio::test]
async fn a_room_is_in_its_members_inboxes_until_they_are_none() {
    let mut stage = stage().await;
    stage.join("alice/phone", "alice").await;
    write(&mut stage, "alice/phone", ROOM, "a").await;
    // A member who is not there counts, somebody else does not.
    assert_eq!(inbox(&mut stage, "alice/phone").await, ["a 0 inbox"]);
    assert_eq!(inbox(&mut stage, "bob/phone").await, ["a 1 inbox"]);
    assert!(inbox(&mut stage, "carol/phone").await.is_empty());
    let admin = "http://jabber.org/protocol/muc#admin";
    let kick = format!(
        "<iq type='set' id='k' to='{ROOM}'><query xmlns='{admin}'>\
         <item affiliation='none' jid='bob@ward.test'/></query></iq>"
    );
    stage.say("alice/phone", &kick).await;
    assert!(inbox(&mut stage, "bob/phone").await.is_empty());
    write(&mut stage, "alice/phone", ROOM, "b").await;
    assert!(inbox(&mut stage, "bob/phone").await.is_empty());
    let owner = "http://jabber.org/protocol/muc#owner";
    let destroy = format!("<iq type='set' id='d' to='{ROOM}'><query xmlns='{owner}'><destroy/></query></iq>");
    stage.say("alice/phone", &destroy).await;
    assert!(inbox(&mut stage, "alice/phone").await.is_empty());
    stage.finish();
}

#[tokio::test]
async fn the_server_announces_it_and_the_account_does_not() {
    let mut stage = stage().await;
    for (to, announced) in [("ward.test", true), ("bob@ward.test", false)] {
        let question = format!(
            "<iq type='get' id='i' to='{to}'><query xmlns='{}'/></iq>",
            ns::DISCO_INFO
        );
        let answer = stage.say("bob/phone", &question).await;
        let query = answer[0].get_child("query", ns::DISCO_INFO).unwrap();
        let mut features = query.children().filter_map(|feature| feature.attr("var"));
        assert_eq!(features.any(|feature| feature == ns::INBOX), announced, "{to}");
    }
    stage.finish();
}

/// With one device nothing is copied, and Prosody leaves out whom a note to oneself is for.
#[tokio::test]
async fn a_note_to_oneself_is_read_and_says_whom_it_is_for() {
    let mut stage = stage().await;
    write(&mut stage, "bob/phone", "bob@ward.test", "note").await;
    let answer = ask(&mut stage, "bob/phone", &[], "").await;
    assert_eq!(told(&answer), ["note 0 inbox"]);
    let note = last(answer[0].get_child("result", ns::INBOX).unwrap());
    assert_eq!(note.attr("to"), Some("bob@ward.test"));
    stage.finish();
}

#[tokio::test]
async fn only_messages_that_say_something_for_good_count() {
    let mut stage = stage().await;
    let mut unread = 0;
    for (id, kind, content, counts) in [
        ("chat", "type='chat'", "<body>x</body>", true),
        ("normal", "type='normal'", "<body>x</body>", true),
        ("none", "", "<body>x</body>", true),
        ("headline", "type='headline'", "<body>x</body>", false),
        ("subject", "", "<subject>x</subject>", false),
        (
            "kept",
            "type='chat'",
            "<body>x</body><no-permanent-store xmlns='urn:xmpp:hints'/>",
            true,
        ),
        (
            "markable",
            "type='chat'",
            "<body>x</body><markable xmlns='urn:xmpp:chat-markers:0'/>",
            true,
        ),
        (
            "marker",
            "type='chat'",
            "<received xmlns='urn:xmpp:chat-markers:0' id='chat'/>",
            false,
        ),
        (
            "stored",
            "type='chat'",
            "<received xmlns='urn:xmpp:chat-markers:0' id='chat'/><store xmlns='urn:xmpp:hints'/>",
            true,
        ),
        (
            "old",
            "type='chat'",
            "<body>x</body><delay xmlns='urn:xmpp:delay' stamp='2026-11-22T09:40:20Z'/>",
            false,
        ),
    ] {
        let message = format!("<message to='bob@ward.test' {kind} id='{id}'>{content}</message>");
        stage.say("alice/phone", &message).await;
        unread += usize::from(counts);
        let entry = inbox(&mut stage, "bob/phone").await.remove(0);
        assert!(entry.ends_with(&format!(" {unread} inbox")), "{id}: {entry}");
        assert_eq!(entry.starts_with(&format!("{id} ")), counts, "{id}: {entry}");
    }
    stage.finish();
}
