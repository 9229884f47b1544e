//! The sample hospital is whole, and Prosody takes it.

use std::collections::HashSet;
use std::path::Path;

use chrono::{Duration, Utc};
use wardline_test_support::hospital::{DOMAIN, Hospital, USER};
use wardline_test_support::servers::{ArchiveOwner, Prosody};

#[test]
fn everybody_who_speaks_works_there_and_every_team_member_too() {
    let hospital = Hospital::sample(DOMAIN, Utc::now()).unwrap();
    let names: HashSet<&str> = hospital.people().iter().map(|person| person.name.as_str()).collect();
    assert!((15..=18).contains(&names.len()));
    assert_eq!(hospital.teams().len(), 6);
    for team in hospital.teams() {
        assert!(
            team.members.iter().any(|member| member == USER),
            "{} is not the user's",
            team.name
        );
        for member in &team.members {
            assert!(
                names.contains(member.as_str()),
                "{member} of {} does not work there",
                team.name
            );
        }
    }
    for stanza in hospital.stanzas() {
        let element: xmpp_parsers::minidom::Element = stanza.stanza.parse().unwrap();
        let from = element.attr("from").unwrap();
        match &stanza.owner {
            ArchiveOwner::Person(_) => assert!(names.contains(from.split('@').next().unwrap()), "{from}"),
            ArchiveOwner::Room(node) => {
                let nick = from.split_once('/').unwrap().1;
                let person = hospital.people().iter().find(|person| person.full_name == nick);
                let person = person.unwrap_or_else(|| panic!("nobody is called {nick}"));
                let team = hospital.teams().iter().find(|team| team.node == *node).unwrap();
                assert!(
                    team.members.contains(&person.name),
                    "{nick} writes in {node} but is not in it"
                );
            }
        }
    }
}

#[test]
fn some_thousands_of_messages_over_six_weeks_in_order_and_none_from_the_future() {
    let now = Utc::now();
    let hospital = Hospital::sample(DOMAIN, now).unwrap();
    let stanzas = hospital.stanzas();
    assert!((3000..8000).contains(&stanzas.len()), "{}", stanzas.len());
    assert!(stanzas.is_sorted_by_key(|stanza| stanza.at));
    assert!(stanzas.first().unwrap().at > now - Duration::weeks(7));
    assert!(stanzas.first().unwrap().at < now - Duration::weeks(5));
    assert!(stanzas.last().unwrap().at <= now);
    let ids: HashSet<(String, &str)> = stanzas
        .iter()
        .map(|stanza| (format!("{:?}", stanza.owner), stanza.id.as_str()))
        .collect();
    assert_eq!(ids.len(), stanzas.len(), "an archive id is given twice");
    assert!(
        stanzas.iter().all(|stanza| !stanza.text.contains('{')),
        "a slot was left unfilled"
    );
}

#[test]
fn the_same_moment_gives_the_same_hospital() {
    let now = Utc::now();
    let (one, two) = (
        Hospital::sample(DOMAIN, now).unwrap(),
        Hospital::sample(DOMAIN, now).unwrap(),
    );
    assert_eq!(one.stanzas(), two.stanzas());
}

#[test]
fn a_large_hospital_has_the_size_asked_for() {
    let hospital = Hospital::of_size(DOMAIN, Utc::now(), 200, 50_000).unwrap();
    assert_eq!(hospital.people().len() - 1 + hospital.teams().len(), 200);
    let messages = hospital
        .stanzas()
        .iter()
        .filter(|stanza| !stanza.text.is_empty())
        .count();
    assert!((49_000..52_000).contains(&messages), "{messages}");
}

#[tokio::test]
async fn prosody_takes_the_hospital_and_starts() {
    let hospital = Hospital::sample(DOMAIN, Utc::now()).unwrap();
    let mut server = Prosody::prepare(DOMAIN).unwrap();
    hospital.put_into(&server).await.unwrap();
    server.start_again().await.unwrap();
    let log = std::fs::read_to_string(server.log()).unwrap();
    assert!(!log.contains("error\t"), "{log}");
    let data: &Path = server.as_ref();
    assert!(data.join("data/northgate%2eexample/vcard/asha.dat").exists());
}
