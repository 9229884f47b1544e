//! The sample hospital's team chats.

use super::portrait::Emblem;

/// One team chat.
#[derive(Debug, Clone)]
pub struct Team {
    /// The part of the address before the `@`.
    pub node: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Who is in it, by the part of the address before the `@`; the first is the owner.
    pub members: Vec<String>,
    /// Its picture.
    pub(super) emblem: Emblem,
}

/// All six.
#[must_use]
pub(super) fn all() -> Vec<Team> {
    let team = |node: &str, name: &str, description: &str, members: &[&str], emblem: Emblem| Team {
        node: node.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        members: members.iter().map(|&member| member.to_owned()).collect(),
        emblem,
    };
    vec![
        team(
            "ward-7",
            "Ward 7 Cardiology",
            "The whole ward: rounds, discharges, who is where",
            &[
                "sarah", "asha", "daniel", "tom", "mei", "grace", "joao", "kwame", "lucy",
            ],
            Emblem::Heart,
        ),
        team(
            "ccu",
            "CCU huddle",
            "Coronary care, six beds",
            &["daniel", "asha", "grace", "elena", "rhys"],
            Emblem::Pulse,
        ),
        team(
            "on-call",
            "Cardiology on call",
            "Referrals and advice, day and night",
            &["priya", "asha", "fatima", "kwame"],
            Emblem::Bell,
        ),
        team(
            "cath-lab",
            "Cath lab today",
            "Today's list and the room's turnaround",
            &["hamish", "asha", "priya", "rhys", "ben", "joao"],
            Emblem::Clock,
        ),
        team(
            "hf-mdt",
            "Heart failure meeting",
            "Thursdays 12.30, seminar room 2",
            &["lucy", "asha", "priya", "mei", "sarah"],
            Emblem::People,
        ),
        team(
            "bed-flow",
            "Bed flow",
            "Beds, transfers and delays across the site",
            &["kwame", "asha", "sarah", "daniel", "ben", "hamish"],
            Emblem::Bed,
        ),
    ]
}
