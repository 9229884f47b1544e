//! What the tests say to rooms, and what they look at in the answers.

use xmpp_parsers::minidom::Element;

use crate::ns;
use crate::replay::Stage;

pub(super) const SERVICE: &str = "light.ward.test";

/// The room that most tests make.
pub(super) const WARD: &str = "ward@light.ward.test";

/// Everybody signed in; nobody is in a room.
pub(super) async fn stage() -> Stage {
    let mut stage = Stage::new(&[]).await;
    for client in ["alice/phone", "bob/phone", "carol/phone"] {
        stage.sign_in(client).await;
    }
    stage
}

/// Asks; the answer and what came before it.
pub(super) async fn ask(stage: &mut Stage, client: &str, to: &str, kind: &str, payload: &str) -> Vec<Element> {
    let request = format!("<iq type='{kind}' id='asked' to='{to}'>{payload}</iq>");
    stage.say(client, &request).await
}

/// Asks for a change; what was refused and why, as `condition: text`, nothing where it was done.
pub(super) async fn change(stage: &mut Stage, client: &str, to: &str, what: &str, content: &str) -> String {
    let payload = format!("<query xmlns='{}#{what}'>{content}</query>", ns::MUC_LIGHT);
    refusal(&ask(stage, client, to, "set", &payload).await)
}

/// The answer; what a room says of a change has the id of the request, too.
pub(super) fn answer(come: &[Element]) -> &Element {
    let answers = |stanza: &&Element| stanza.attr("id") == Some("asked") && stanza.name() != "message";
    come.iter().find(answers).unwrap()
}

/// Why the answer is an error.
pub(super) fn refusal(come: &[Element]) -> String {
    let answer = answer(come);
    let error = answer.children().find(|child| child.name() == "error");
    let parts = error.iter().flat_map(|error| error.children());
    let parts: Vec<_> = parts
        .map(|part| {
            if part.name() == "text" {
                part.text()
            } else {
                part.name().to_owned()
            }
        })
        .collect();
    parts.join(": ")
}

/// Makes [`WARD`], with alice as its owner and these as members.
pub(super) async fn ward(stage: &mut Stage, members: &[&str]) {
    let users: String = members.iter().map(|name| user(name, "member")).collect();
    let refused = change(
        stage,
        "alice/phone",
        WARD,
        "create",
        &format!("<occupants>{users}</occupants>"),
    )
    .await;
    assert_eq!(refused, "");
}

pub(super) fn user(name: &str, affiliation: &str) -> String {
    format!("<user affiliation='{affiliation}'>{name}@ward.test</user>")
}

/// Changes what somebody is in [`WARD`].
pub(super) async fn affiliate(stage: &mut Stage, client: &str, name: &str, affiliation: &str) -> String {
    change(stage, client, WARD, "affiliations", &user(name, affiliation)).await
}

pub(super) async fn write(stage: &mut Stage, client: &str, id: &str) -> Vec<Element> {
    let message = format!("<message to='{WARD}' type='groupchat' id='{id}'><body>{id}</body></message>");
    stage.say(client, &message).await
}

/// Who is in [`WARD`], as `alice owner`; nothing: it is not shown.
pub(super) async fn people(stage: &mut Stage, client: &str) -> Vec<String> {
    let payload = format!("<query xmlns='{}'><version/></query>", ns::MUC_LIGHT_AFFILIATIONS);
    let come = ask(stage, client, WARD, "get", &payload).await;
    let query = answer(&come).get_child("query", ns::MUC_LIGHT_AFFILIATIONS);
    query.map(users).unwrap_or_default()
}

/// The people in a payload, as `alice owner`.
pub(super) fn users(payload: &Element) -> Vec<String> {
    let users = payload.children().filter(|child| child.name() == "user");
    users
        .map(|user| {
            let name = user.text().replace("@ward.test", "");
            format!("{name} {}", user.attr("affiliation").unwrap())
        })
        .collect()
}

/// What has come since, each message of a room as its id and, of the room itself, whom it is about.
pub(super) async fn heard(stage: &mut Stage, client: &str) -> Vec<String> {
    let come = stage.say(client, " ").await;
    let rooms = come.iter().filter(|stanza| stanza.attr("type") == Some("groupchat"));
    rooms
        .map(|message| {
            let about = message.get_child("x", ns::MUC_LIGHT_AFFILIATIONS).map(users);
            let told = [vec![message.attr("id").unwrap().to_owned()], about.unwrap_or_default()];
            told.concat().join(", ")
        })
        .collect()
}

/// The only unread number of the inbox and the id of its last message; nothing: it is empty.
pub(super) async fn inbox(stage: &mut Stage, client: &str) -> Option<String> {
    let question = format!("<iq type='set' id='q'><inbox xmlns='{}'/></iq>", ns::INBOX);
    let come = stage.say(client, &question).await;
    let mut results = come.iter().filter_map(|stanza| stanza.get_child("result", ns::INBOX));
    let only = results.next()?;
    assert!(results.next().is_none());
    let forwarded = only.get_child("forwarded", ns::FORWARD).unwrap();
    let last = forwarded.children().find(|child| child.name() == "message").unwrap();
    Some(format!("{} {}", last.attr("id").unwrap(), only.attr("unread").unwrap()))
}
