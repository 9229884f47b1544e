use super::*;

const NAMES: [&str; 3] = ["alice", "bob", "carol"];
const RULES: Rules = Rules {
    start: Start::Settled,
    outage: None,
};

fn transcript(texts: &[&str]) -> Transcript {
    Transcript {
        texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        copies: 0,
    }
}

fn thread(name: &str, texts: &[(&str, bool)], unread: u32) -> Thread {
    let messages = texts.iter().map(|(text, own)| Shown {
        text: (*text).to_owned(),
        own: *own,
        progress: Progress::Done,
    });
    Thread {
        name: name.to_owned(),
        team: false,
        unread,
        from_beginning: true,
        gaps: 0,
        messages: messages.collect(),
    }
}

fn report(threads: Vec<Thread>) -> Report {
    Report {
        connection: "Online".to_owned(),
        online: true,
        threads,
    }
}

/// Alice wrote two messages to bob, who did not answer.
fn scene() -> (Truth, Vec<Report>, Vec<Written>) {
    let texts = ["alice 1", "alice 2"];
    let talks = [((0, 1), transcript(&texts)), ((1, 0), transcript(&texts))];
    let truth = Truth {
        talks: talks.into_iter().collect(),
        room: Transcript::default(),
    };
    let of_bob = report(vec![thread("alice", &[("alice 1", false), ("alice 2", false)], 2)]);
    let reports = vec![
        report(vec![thread("bob", &[("alice 1", true), ("alice 2", true)], 0)]),
        of_bob.clone(),
        of_bob,
        report(vec![]),
    ];
    let written = texts.map(|text| Written {
        device: 0,
        to: To::Person(1),
        text: text.to_owned(),
        fate: Fate::Accepted,
    });
    (truth, reports, written.to_vec())
}

fn verdict(truth: &Truth, reports: &[Report], written: &[Written]) -> Vec<Wrong> {
    let verdict = judge(truth, reports, written, &NAMES.map(str::to_owned), RULES);
    verdict
        .differences
        .into_iter()
        .map(|difference| difference.wrong)
        .collect()
}

#[test]
fn what_is_right_passes() {
    let (truth, reports, written) = scene();
    assert_eq!(verdict(&truth, &reports, &written), []);
}

#[test]
fn each_wrong_is_found() {
    let (truth, reports, written) = scene();
    let with = |change: &dyn Fn(&mut Thread)| {
        let mut reports = reports.clone();
        change(&mut reports[1].threads[0]);
        verdict(&truth, &reports, &written)
    };
    assert_eq!(with(&|thread| drop(thread.messages.pop())), [Wrong::Lost]);
    assert_eq!(
        with(&|thread| thread.messages.push(thread.messages[0].clone())),
        [Wrong::Doubled]
    );
    assert_eq!(with(&|thread| thread.messages.reverse()), [Wrong::Misordered]);
    assert_eq!(with(&|thread| thread.unread = 1), [Wrong::Unread]);
    assert_eq!(with(&|thread| thread.messages[0].own = true), [Wrong::Author]);
    assert_eq!(with(&|thread| thread.gaps = 1), [Wrong::Incomplete]);
    assert_eq!(with(&|thread| thread.from_beginning = false), [Wrong::Incomplete]);
    assert_eq!(
        with(&|thread| thread.messages[0].progress = Progress::Failed),
        [Wrong::Failed]
    );
    let stuck = with(&|thread| thread.messages[1].progress = Progress::Waiting);
    assert_eq!(stuck, [Wrong::Waiting, Wrong::Lost]);
    let mut offline = reports.clone();
    offline[3].online = false;
    assert_eq!(verdict(&truth, &offline, &written), [Wrong::NotOnline]);
}

#[test]
fn what_was_taken_and_is_nowhere_is_lost() {
    let (truth, reports, mut written) = scene();
    let mut third = written[0].clone();
    third.text = "alice 3".to_owned();
    third.fate = Fate::Unknown;
    written.push(third.clone());
    assert_eq!(verdict(&truth, &reports, &written), [], "nobody said that it was taken");
    written[2].fate = Fate::Accepted;
    assert_eq!(verdict(&truth, &reports, &written), [Wrong::Lost]);
}

#[test]
fn the_order_of_writing_is_kept() {
    let (truth, reports, mut written) = scene();
    written.reverse();
    assert_eq!(verdict(&truth, &reports, &written), [Wrong::Misordered]);
}

#[test]
fn what_only_the_recipient_lacks_is_the_servers_loss_if_it_went_down() {
    let (mut truth, mut reports, written) = scene();
    truth.talks.insert((1, 0), transcript(&["alice 1"]));
    for report in &mut reports[1..3] {
        report.threads = vec![thread("alice", &[("alice 1", false)], 1)];
    }
    assert_eq!(verdict(&truth, &reports, &written), [Wrong::Lost]);
    let rules = Rules {
        outage: Some(Downfall::Kill),
        ..RULES
    };
    let verdict = judge(&truth, &reports, &written, &NAMES.map(str::to_owned), rules);
    assert_eq!((verdict.differences.len(), verdict.dropped_by_server), (0, 1));
    let delivered = thread("alice", &[("alice 1", false), ("alice 2", false)], 2);
    reports[1].threads = vec![delivered];
    let verdict = judge(&truth, &reports, &written, &NAMES.map(str::to_owned), rules);
    assert_eq!(
        (verdict.differences, verdict.dropped_by_server),
        (vec![], 1),
        "delivered, but not archived"
    );
}

#[test]
fn who_answered_has_read_what_came_before() {
    let own = |text: &str| text.starts_with("bob");
    let talk = transcript(&["alice 1", "bob 1", "alice 2"]);
    assert_eq!(unread(&talk.texts, &own, None), (1, 2));
    assert_eq!(unread(&transcript(&["alice 1"]).texts, &own, None), (1, 1));
    assert_eq!(
        unread(&transcript(&[OPENING, "alice 1"]).texts, &own, Some(Start::Settled)),
        (1, 1)
    );
    assert_eq!(
        unread(&transcript(&["alice 1"]).texts, &own, Some(Start::AtOnce)),
        (0, 1)
    );
}
