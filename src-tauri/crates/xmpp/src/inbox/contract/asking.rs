//! What the tests say to the inbox, and what they look at in its answers.

use xmpp_parsers::minidom::Element;

use crate::ns;
use crate::replay::{ROOM, Stage};

/// Everybody signed in, with the room's owner in the room.
pub(super) async fn stage() -> Stage {
    let mut stage = Stage::new(&[]).await;
    for client in ["alice/phone", "bob/phone", "carol/phone", "dave/phone"] {
        stage.sign_in(client).await;
    }
    stage
}

pub(super) async fn write(stage: &mut Stage, client: &str, to: &str, id: &str) {
    let kind = if to == ROOM { "groupchat" } else { "chat" };
    let message = format!("<message to='{to}' type='{kind}' id='{id}'><body>{id}</body></message>");
    stage.say(client, &message).await;
}

/// What is answered to a question of these fields and this paging.
pub(super) async fn ask(stage: &mut Stage, client: &str, fields: &[(&str, &str)], paging: &str) -> Vec<Element> {
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
pub(super) fn told(answer: &[Element]) -> Vec<String> {
    let results = answer.iter().filter_map(|stanza| stanza.get_child("result", ns::INBOX));
    results
        .map(|result| {
            let id = last(result).attr("id").unwrap();
            let in_box = result.get_child("box", ns::INBOX).unwrap().text();
            format!("{id} {} {in_box}", result.attr("unread").unwrap())
        })
        .collect()
}

pub(super) fn last(result: &Element) -> &Element {
    let forwarded = result.get_child("forwarded", ns::FORWARD).unwrap();
    forwarded.children().find(|child| child.name() == "message").unwrap()
}

pub(super) async fn inbox(stage: &mut Stage, client: &str) -> Vec<String> {
    told(&ask(stage, client, &[], "").await)
}

pub(super) async fn change(stage: &mut Stage, client: &str, with: &str, properties: &str) -> Vec<Element> {
    let change = format!(
        "<iq type='set' id='c'><query xmlns='{}' jid='{with}'>{properties}</query></iq>",
        ns::INBOX_CONVERSATION
    );
    stage.say(client, &change).await
}

/// The ids under which the account's archive has something, oldest first.
pub(super) async fn archived(stage: &mut Stage, client: &str) -> Vec<String> {
    let query = "<iq type='set' id='m'><query xmlns='urn:xmpp:mam:2'/></iq>";
    let answer = stage.say(client, query).await;
    let results = answer.iter().filter_map(|stanza| stanza.get_child("result", ns::MAM));
    results.map(|result| result.attr("id").unwrap().to_owned()).collect()
}

/// The stanza-ids in the only entry's last message.
pub(super) async fn stanza_ids(stage: &mut Stage, client: &str) -> Vec<String> {
    let answer = ask(stage, client, &[], "").await;
    let results: Vec<_> = answer.iter().filter_map(|s| s.get_child("result", ns::INBOX)).collect();
    assert_eq!(results.len(), 1);
    let ids = last(results[0])
        .children()
        .filter(|child| child.is("stanza-id", ns::SID));
    ids.map(|id| id.attr("id").unwrap().to_owned()).collect()
}
