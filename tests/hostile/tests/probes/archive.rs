//! An archive that does not say what it holds.

use wardline_hostile::{ALICE, Answer, Archived, BOB, Honest, Ward, archive_end, archived, page};
use wardline_interop::view::{ConnectionView, GapState, TimelineItem};
use xmpp_parsers::minidom::Element;

const MAM: &str = "urn:xmpp:mam:2";

/// More pages than anything here needs: an archive that is asked more often makes the client go round in circles.
const MANY: usize = 200;

fn is_query(asked: &Element) -> bool {
    asked.name() == "iq" && asked.has_child("query", MAM)
}

fn text(id: &str, text: &str) -> String {
    format!(
        "<message xmlns='jabber:client' type='chat' from='{BOB}/x' to='{ALICE}' id='m{id}'><body>{text}</body></message>"
    )
}

fn asked(ward: &Ward) -> usize {
    ward.server.with(|honest| honest.asked_for("query", MAM).count())
}

/// Waits for as long as an archive that is asked without end would need to be asked far too often.
async fn goes_quiet(ward: &mut Ward) {
    for _ in 0..20 {
        ward.passed().await;
        ward.desk.settle().await;
    }
    let before = asked(ward);
    assert!(before < MANY, "the archive was asked {before} times");
}

#[tokio::test]
async fn ids_that_alternate_are_no_progress() {
    let mut turn = 0u64;
    let hook = move |asked: &Element| {
        is_query(asked).then(|| {
            turn += 1;
            let id = if turn.is_multiple_of(2) { "even" } else { "odd" };
            let held = [archived(id, 0, &text(id, id))];
            let query = asked.children().next().unwrap().attr("queryid").unwrap_or_default();
            let results = results(asked, query, &held);
            Answer::Send(format!("{results}{}", archive_end(asked, Some((id, id)), false)))
        })
    };
    let mut ward = Ward::over_at_once(Honest::default().but(hook)).await;
    goes_quiet(&mut ward).await;
}

#[tokio::test]
async fn new_ids_without_end_are_asked_for_within_a_budget() {
    let mut turn = 0u32;
    let hook = move |asked: &Element| {
        is_query(asked).then(|| {
            turn += 1;
            let id = format!("n{turn}");
            let held = [archived(&id, 0, &text(&id, "again"))];
            let query = asked.children().next().unwrap().attr("queryid").unwrap_or_default();
            let results = results(asked, query, &held);
            Answer::Send(format!("{results}{}", archive_end(asked, Some((&id, &id)), false)))
        })
    };
    let mut ward = Ward::over_at_once(Honest::default().but(hook)).await;
    goes_quiet(&mut ward).await;
}

#[tokio::test]
async fn empty_pages_that_are_never_the_last_are_no_progress() {
    let hook = |asked: &Element| is_query(asked).then(|| Answer::Send(archive_end(asked, None, false)));
    let mut ward = Ward::over_at_once(Honest::default().but(hook)).await;
    goes_quiet(&mut ward).await;
}

#[tokio::test]
async fn a_cursor_that_is_never_known_is_not_asked_for_ever() {
    let hook = |asked: &Element| {
        is_query(asked).then(|| {
            let id = asked.attr("id").unwrap_or_default();
            let from = asked.attr("to").map(|to| format!(" from='{to}'")).unwrap_or_default();
            Answer::Send(format!(
                "<iq type='error' id='{id}'{from}><error type='cancel'>\
                 <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
            ))
        })
    };
    let mut ward = Ward::over_at_once(Honest::default().but(hook)).await;
    goes_quiet(&mut ward).await;
}

#[tokio::test]
async fn a_page_without_end_keeps_nothing_else_waiting() {
    let hook = |asked: &Element| is_query(asked).then_some(Answer::Silence);
    let mut ward = Ward::over_at_once(Honest::default().but(hook)).await;
    ward.passed().await;
}

/// The results of a page without its end.
fn results(iq: &Element, query: &str, held: &[Archived]) -> String {
    let by = iq.attr("to").unwrap_or(ALICE);
    held.iter()
        .map(|held| {
            format!(
                "<message from='{by}' to='{ALICE}/desk'><result xmlns='{MAM}' queryid='{query}' id='{}'>\
                 <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='{}'/>{}</forwarded></result>\
                 </message>",
                held.id, held.stamp, held.message
            )
        })
        .collect()
}

async fn caught_up(held: Vec<Archived>) -> Ward {
    Ward::over(Honest {
        archive: held,
        ..Honest::default()
    })
    .await
}

#[tokio::test]
async fn the_same_id_twice_in_a_page_is_one_message() {
    let mut ward = caught_up(vec![
        archived("1", 0, &text("1", "first")),
        archived("1", 0, &text("1", "first")),
        archived("2", 1, &text("2", "second")),
    ])
    .await;
    assert_eq!(ward.said_by_bob().await, ["first", "second"]);
}

#[tokio::test]
async fn stamps_of_other_ages_do_not_change_the_order() {
    let at = |id: &str, stamp: &str| Archived {
        stamp: stamp.to_owned(),
        ..archived(id, 0, &text(id, id))
    };
    let mut ward = caught_up(vec![
        at("a", "2026-01-05T07:00:00Z"),
        at("b", "0001-01-01T00:00:00Z"),
        at("c", "9999-12-31T23:59:59Z"),
        at("d", "not a date"),
        at("e", "2026-01-05T07:04:00Z"),
    ])
    .await;
    let said = ward.said_by_bob().await;
    let known: Vec<&String> = said.iter().filter(|text| *text != "d").collect();
    assert_eq!(known, ["a", "b", "c", "e"]);
}

#[tokio::test]
async fn a_page_larger_than_asked_is_not_taken_and_keeps_nothing_waiting() {
    let held: Vec<Archived> = (0..600)
        .map(|number| {
            archived(
                &number.to_string(),
                number / 60,
                &text(&number.to_string(), &number.to_string()),
            )
        })
        .collect();
    let hook = move |asked: &Element| {
        is_query(asked).then(|| {
            let mut larger = asked.clone();
            let query = larger.get_child_mut("query", MAM).unwrap();
            query.remove_child("set", "http://jabber.org/protocol/rsm");
            let mut set = Element::bare("set", "http://jabber.org/protocol/rsm");
            let mut max = Element::bare("max", "http://jabber.org/protocol/rsm");
            max.append_text("1000");
            set.append_child(max);
            query.append_child(set);
            Answer::Send(page(&larger, &held))
        })
    };
    let mut ward = Ward::over_at_once(Honest::default().but(hook)).await;
    goes_quiet(&mut ward).await;
    assert_eq!(ward.said_by_bob().await, Vec::<String>::new());
}

#[tokio::test]
async fn one_result_that_cannot_be_read_loses_only_itself() {
    let mut ward = caught_up(vec![
        archived("1", 0, &text("1", "first")),
        archived("2", 1, "<presence xmlns='jabber:client'/>"),
        archived(
            "3",
            2,
            "<message xmlns='jabber:client' from='@@@' type='chat'><body>odd</body></message>",
        ),
        archived("4", 3, &text("4", "last")),
    ])
    .await;
    assert_eq!(ward.said_by_bob().await, ["first", "last"]);
}

#[tokio::test]
async fn a_result_inside_a_result_is_not_shown() {
    let inner = format!(
        "<message xmlns='jabber:client' from='{ALICE}' to='{ALICE}'><result xmlns='{MAM}' id='in'>\
         <forwarded xmlns='urn:xmpp:forward:0'>{}</forwarded></result></message>",
        text("in", "inside")
    );
    let mut ward = caught_up(vec![archived("1", 0, &inner), archived("2", 1, &text("2", "outside"))]).await;
    assert_eq!(ward.said_by_bob().await, ["outside"]);
    assert_eq!(ward.other_rows().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_own_message_in_the_archive_is_alices_and_bobs_is_bobs() {
    let mine = format!(
        "<message xmlns='jabber:client' type='chat' from='{ALICE}/x' to='{BOB}' id='a'><body>mine</body></message>"
    );
    let mut ward = caught_up(vec![archived("1", 0, &mine), archived("2", 1, &text("2", "his"))]).await;
    let bob = ward.passed().await;
    let mine: Vec<bool> = ward
        .desk
        .messages(bob)
        .iter()
        .map(|message| message.author == wardline_interop::view::Author::Me)
        .collect();
    assert_eq!(mine, [true, false, false]);
}

#[tokio::test]
async fn a_gateway_that_numbers_everything_alike_loses_nothing() {
    let bleep = |id: &str, minutes| {
        archived(
            id,
            minutes,
            &format!(
                "<message xmlns='jabber:client' type='chat' from='{BOB}' to='{ALICE}' id='alarm'>\
                 <body>Bleep: cardiac arrest, ward 7</body></message>"
            ),
        )
    };
    let mut ward = caught_up(vec![bleep("1", 0), bleep("2", 1), bleep("3", 2)]).await;
    assert_eq!(ward.said_by_bob().await, ["Bleep: cardiac arrest, ward 7"; 3]);
}

#[tokio::test]
async fn what_the_archive_lost_is_a_gap_and_no_silence() {
    // The page says, whoever asks, that it is not the last one, and the next that there is nothing.
    let mut turn = 0;
    let hook = move |asked: &Element| {
        is_query(asked).then(|| {
            turn += 1;
            if turn <= 2 {
                let query = asked.children().next().unwrap().attr("queryid").unwrap_or_default();
                let held = [archived("1", 0, &text("1", "first"))];
                let results = results(asked, query, &held);
                Answer::Send(format!("{results}{}", archive_end(asked, Some(("1", "1")), false)))
            } else {
                Answer::Send(archive_end(asked, None, true))
            }
        })
    };
    let mut ward = Ward::over_at_once(Honest::default().but(hook)).await;
    ward.desk.until_online().await;
    let bob = ward.passed().await;
    ward.desk.until_text(bob, "first").await;
    let shown = ward.desk.thread(bob);
    let open_gaps = shown
        .items
        .iter()
        .filter(|item| {
            matches!(
                item,
                TimelineItem::Gap {
                    state: GapState::Open,
                    ..
                }
            )
        })
        .count();
    assert!(open_gaps <= 1);
    assert_ne!(ward.desk.connection(), &ConnectionView::Offline);
}
