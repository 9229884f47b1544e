//! What the archive of a room answers beyond what was recorded of one: as recorded of personal archives (05, 11).

use xmpp_parsers::minidom::Element;

use super::asking::{WARD, ask, refusal, stage, ward, write};
use crate::ns;
use crate::replay::Stage;

/// A page of [`WARD`]'s archive: ids in the archive and of the messages, and what is said at the end.
#[derive(Debug)]
struct Page {
    ids: Vec<String>,
    messages: Vec<Element>,
    /// As `first index, count, complete`.
    end: String,
}

async fn page(stage: &mut Stage, fields: &[(&str, &[&str])], paging: &str) -> Result<Page, String> {
    let fields: String = fields
        .iter()
        .map(|(name, values)| {
            let values: String = values.iter().map(|value| format!("<value>{value}</value>")).collect();
            format!("<field var='{name}'>{values}</field>")
        })
        .collect();
    let query = format!(
        "<query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'>{fields}</x><set xmlns='{}'>{paging}</set></query>",
        ns::RSM
    );
    let come = ask(stage, "alice/phone", WARD, "set", &query).await;
    let Some(fin) = come.iter().find_map(|stanza| stanza.get_child("fin", ns::MAM)) else {
        return Err(refusal(&come));
    };
    let set = fin.get_child("set", ns::RSM).unwrap();
    let index = set.get_child("first", ns::RSM).and_then(|first| first.attr("index"));
    let count = set.get_child("count", ns::RSM).map(Element::text);
    let end = format!(
        "{} {} {}",
        index.unwrap_or("-"),
        count.as_deref().unwrap_or("-"),
        fin.attr("complete").unwrap_or("-")
    );
    let results: Vec<_> = come
        .iter()
        .filter_map(|stanza| stanza.get_child("result", ns::MAM))
        .collect();
    let messages: Vec<_> = results
        .iter()
        .map(|result| {
            let forwarded = result.get_child("forwarded", ns::FORWARD).unwrap();
            forwarded.get_child("message", "jabber:client").unwrap().clone()
        })
        .collect();
    let ids = results
        .iter()
        .map(|result| result.attr("id").unwrap().to_owned())
        .collect();
    Ok(Page { ids, messages, end })
}

/// Sixty-two messages: that it was made, sixty of alice's, one of bob's.
async fn long(stage: &mut Stage) -> Vec<String> {
    ward(stage, &["bob"]).await;
    for n in 0..60 {
        write(stage, "alice/phone", &format!("n{n}")).await;
    }
    write(stage, "bob/phone", "last").await;
    stage.say("alice/phone", " ").await;
    let first = page(stage, &[], "").await.unwrap();
    let rest = format!("<after>{}</after>", first.ids.last().unwrap());
    let rest = page(stage, &[], &rest).await.unwrap();
    assert_eq!((first.end.as_str(), rest.end.as_str()), ("0 62 -", "50 62 true"));
    [first.ids, rest.ids].concat()
}

#[tokio::test]
async fn pages_are_cut_and_counted_in_both_directions() {
    let mut stage = stage().await;
    let all = long(&mut stage).await;
    let after = |n: usize| format!("<after>{}</after>", all[n]);
    let before = |n: usize| format!("<before>{}</before>", all[n]);
    for (fields, paging, found, end) in [
        (vec![], "<max>200</max>".to_owned(), &all[..50], "0 62 -"),
        (vec![], "<max>9</max>".to_owned() + &after(52), &all[53..], "53 62 true"),
        (
            vec![],
            "<max>20</max>".to_owned() + &after(52),
            &all[53..],
            "53 62 true",
        ),
        (vec![], "<max>8</max>".to_owned() + &after(52), &all[53..61], "53 62 -"),
        (vec![], after(61), &all[62..], "- 62 true"),
        (vec![], "<max>40</max><before/>".to_owned(), &all[22..], "22 62 -"),
        (
            vec![],
            "<max>40</max>".to_owned() + &before(22),
            &all[..22],
            "0 62 true",
        ),
        (
            vec![],
            "<max>22</max>".to_owned() + &before(22),
            &all[..22],
            "0 62 true",
        ),
        (vec![], "<max>21</max>".to_owned() + &before(22), &all[1..22], "1 62 -"),
        (vec![], "<max>1</max><index>3</index>".to_owned(), &all[3..4], "3 62 -"),
        (vec![], "<max>0</max>".to_owned(), &all[..0], "- 62 -"),
        (
            vec![("simple", &["true"][..])],
            "<max>2</max>".to_owned(),
            &all[..2],
            "- - -",
        ),
        (vec![("simple", &["true"][..])], after(52), &all[53..], "- - true"),
        (
            vec![("with", &["bob@ward.test"][..])],
            String::new(),
            &all[61..],
            "0 1 true",
        ),
        (
            vec![("start", &["2030-01-01T00:00:00Z"][..])],
            String::new(),
            &all[..0],
            "- 0 true",
        ),
        (
            vec![("start", &["yesterday"][..]), ("colour", &["red"][..])],
            "<max>1</max>".to_owned(),
            &all[..1],
            "0 62 -",
        ),
        (
            vec![("after-id", &[&*all[0]][..]), ("before-id", &[&*all[11]][..])],
            "<max>1</max>".to_owned(),
            &all[1..2],
            "0 10 -",
        ),
        (
            vec![("after-id", &["CO6Q000000O1"][..])],
            "<max>1</max>".to_owned(),
            &all[..1],
            "0 62 -",
        ),
        (
            vec![("ids", &[&*all[4], &*all[2]][..])],
            String::new(),
            &[all[4].clone(), all[2].clone()][..],
            "0 2 true",
        ),
    ] {
        let found_page = page(&mut stage, &fields, &paging).await.unwrap();
        assert_eq!(
            (&*found_page.ids, &*found_page.end),
            (found, end),
            "{fields:?} {paging}"
        );
    }
    for (fields, paging, why) in [
        (
            vec![],
            "<after>CO6Q000000O1</after>",
            "item-not-found: Message with specified ID is not found",
        ),
        (
            vec![],
            "<before>CO6Q000000O1</before>",
            "item-not-found: Message with specified ID is not found",
        ),
        (
            vec![],
            "<after>no-such-id!</after>",
            "not-acceptable: Invalid stanza ID provided",
        ),
        (
            vec![("ids", &[&*all[4], "CO6Q000000O1"][..])],
            "",
            "item-not-found: Message with specified ID is not found",
        ),
        (
            vec![("before-id", &["no-such-id!"][..])],
            "",
            "not-acceptable: Invalid stanza ID provided",
        ),
    ] {
        assert_eq!(
            page(&mut stage, &fields, paging).await.err().as_deref(),
            Some(why),
            "{fields:?} {paging}"
        );
    }
    stage.finish();
}

#[tokio::test]
async fn the_times_that_an_archive_tells_cut_it_where_they_were_told() {
    let mut stage = stage().await;
    let all = long(&mut stage).await;
    let query = format!(
        "<query xmlns='urn:xmpp:mam:2'><set xmlns='{}'><max>3</max></set></query>",
        ns::RSM
    );
    let come = ask(&mut stage, "alice/phone", WARD, "set", &query).await;
    let stamp = |stanza: &Element| {
        let forwarded = stanza
            .get_child("result", ns::MAM)?
            .get_child("forwarded", ns::FORWARD)?;
        forwarded
            .get_child("delay", ns::DELAY)?
            .attr("stamp")
            .map(str::to_owned)
    };
    let stamps: Vec<_> = come.iter().filter_map(stamp).collect();
    for (fields, found) in [
        (vec![("start", &[&*stamps[1]][..])], &all[1..51]),
        (vec![("end", &[&*stamps[1]][..])], &all[..2]),
        (
            vec![("start", &[&*stamps[1]][..]), ("end", &[&*stamps[1]][..])],
            &all[1..2],
        ),
    ] {
        let page = page(&mut stage, &fields, "").await.unwrap();
        assert_eq!(page.ids, found, "{fields:?}");
    }
    stage.finish();
}

/// Only one's own words can be retracted.
#[tokio::test]
async fn of_what_was_retracted_the_archive_has_a_tombstone() {
    let mut stage = stage().await;
    ward(&mut stage, &["bob"]).await;
    for id in ["a", "b"] {
        let message = format!(
            "<message to='{WARD}' type='groupchat' id='{id}'><body>x</body><origin-id xmlns='{}' id='{id}'/></message>",
            ns::SID
        );
        stage.say("alice/phone", &message).await;
    }
    let told = page(&mut stage, &[], "").await.unwrap();
    for (client, id, namespace) in [
        ("bob/phone", "a", "urn:xmpp:message-retract:0"),
        ("alice/phone", "a", "urn:xmpp:message-retract:0"),
        ("bob/phone", &*told.ids[2], "urn:esl:message-retract-by-stanza-id:0"),
        ("alice/phone", &*told.ids[2], "urn:esl:message-retract-by-stanza-id:0"),
    ] {
        let message = format!(
            "<message to='{WARD}' type='groupchat' id='r'><apply-to xmlns='urn:xmpp:fasten:0' id='{id}'>\
             <retract xmlns='{namespace}'/></apply-to></message>"
        );
        let bodies = page(&mut stage, &[], "").await.unwrap().messages;
        let before = bodies
            .iter()
            .filter(|message| message.has_child("retracted", namespace))
            .count();
        stage.say(client, &message).await;
        stage.say("alice/phone", " ").await;
        let bodies = page(&mut stage, &[], "").await.unwrap().messages;
        let after = bodies
            .iter()
            .filter(|message| message.has_child("retracted", namespace))
            .count();
        assert_eq!(after - before, usize::from(client == "alice/phone"), "{client} {id}");
    }
    let left = page(&mut stage, &[], "").await.unwrap();
    assert_eq!(left.ids[..3], told.ids);
    for (message, id) in left.messages[1..3].iter().zip(["a", "b"]) {
        assert_eq!(message.attr("id"), Some(id));
        assert!(message.children().count() == 1 && !message.has_child("body", "jabber:client"));
    }
    stage.finish();
}
