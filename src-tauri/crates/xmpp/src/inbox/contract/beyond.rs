//! What the recordings leave open.

use std::time::Duration;

use chrono::Utc;
use xmpp_parsers::minidom::Element;

use super::stage::{ROOM, Stage};
use crate::ids::Timestamp;
use crate::ns;

/// Everybody signed in, with the room's owner in the room.
async fn stage() -> Stage {
    let mut stage = Stage::new(&[]).await;
    for client in ["alice/phone", "bob/phone", "carol/phone", "dave/phone"] {
        stage.sign_in(client).await;
    }
    stage
}

async fn write(stage: &mut Stage, client: &str, to: &str, id: &str) {
    let kind = if to == ROOM { "groupchat" } else { "chat" };
    let message = format!("<message to='{to}' type='{kind}' id='{id}'><body>{id}</body></message>");
    stage.say(client, &message).await;
}

/// What is answered to a question of these fields and this paging.
async fn ask(stage: &mut Stage, client: &str, fields: &[(&str, &str)], paging: &str) -> Vec<Element> {
    let fields: String = fields
        .iter()
        .map(|(name, value)| format!("<field var='{name}'><value>{value}</value></field>"))
        .collect();
    let question = format!(
        "<iq type='set' id='q'><inbox xmlns='{}'><x xmlns='jabber:x:data' type='submit'>{fields}</x>\
         <set xmlns='{}'>{paging}</set></inbox></iq>",
        ns::INBOX,
        ns::RSM
    );
    let mut answer = stage.say(client, &question).await;
    answer.retain(|stanza| stanza.name() == "iq" || stanza.has_child("result", ns::INBOX));
    answer
}

/// Each entry of the answer as `id of the last message, unread, box`.
fn told(answer: &[Element]) -> Vec<String> {
    let results = answer.iter().filter_map(|stanza| stanza.get_child("result", ns::INBOX));
    results
        .map(|result| {
            let id = last(result).attr("id").unwrap();
            let in_box = result.get_child("box", ns::INBOX).unwrap().text();
            format!("{id} {} {in_box}", result.attr("unread").unwrap())
        })
        .collect()
}

fn last(result: &Element) -> &Element {
    let forwarded = result.get_child("forwarded", ns::FORWARD).unwrap();
    forwarded.children().find(|child| child.name() == "message").unwrap()
}

async fn inbox(stage: &mut Stage, client: &str) -> Vec<String> {
    told(&ask(stage, client, &[], "").await)
}

async fn change(stage: &mut Stage, client: &str, with: &str, properties: &str) -> Vec<Element> {
    let change = format!(
        "<iq type='set' id='c'><query xmlns='{}' jid='{with}'>{properties}</query></iq>",
        ns::INBOX_CONVERSATION
    );
    stage.say(client, &change).await
}

/// The ids under which the account's archive has something, oldest first.
async fn archived(stage: &mut Stage, client: &str) -> Vec<String> {
    let query = "<iq type='set' id='m'><query xmlns='urn:xmpp:mam:2'/></iq>";
    let answer = stage.say(client, query).await;
    let results = answer.iter().filter_map(|stanza| stanza.get_child("result", ns::MAM));
    results.map(|result| result.attr("id").unwrap().to_owned()).collect()
}

/// The stanza-ids in the only entry's last message.
async fn stanza_ids(stage: &mut Stage, client: &str) -> Vec<String> {
    let answer = ask(stage, client, &[], "").await;
    let results: Vec<_> = answer.iter().filter_map(|s| s.get_child("result", ns::INBOX)).collect();
    assert_eq!(results.len(), 1);
    let ids = last(results[0])
        .children()
        .filter(|child| child.is("stanza-id", ns::SID));
    ids.map(|id| id.attr("id").unwrap().to_owned()).collect()
}

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
