//! Who is there: the best of each person's devices. Lives in memory only; a presence is stale once the session is gone.

use std::collections::{BTreeSet, HashMap};

use wardline_xmpp::presence::{Availability, AvatarHint};

use crate::view::Presence;

/// People whose presence is kept at most: more than any hospital has staff.
const MOST_PEOPLE: usize = 50_000;
/// Devices of one person whose presence is kept at most.
const MOST_DEVICES: usize = 32;

/// Presence of everybody, by bare address, per device.
#[derive(Debug, Default)]
pub(super) struct Presences {
    devices: HashMap<String, HashMap<String, Presence>>,
    freshness: Freshness,
    /// Whose presence has changed since it was last shown.
    changed: BTreeSet<String>,
    /// What people last announced of their picture.
    hints: HashMap<String, AvatarHint>,
}

/// Whether what is known is told by a session that is connected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Freshness {
    /// Yes.
    #[default]
    Current,
    /// The connection is gone. It holds again if the session is resumed, but says nothing until then.
    Stale,
}

impl Presences {
    /// A device's presence. `true`: the person's changed with it.
    pub(super) fn set(&mut self, bare: &str, resource: &str, availability: Availability) -> bool {
        if self.devices.len() >= MOST_PEOPLE && !self.devices.contains_key(bare) {
            return false;
        }
        let before = self.of(bare);
        let devices = self.devices.entry(bare.to_owned()).or_default();
        match shown(availability) {
            // Known to be away is more than not known, so the person stays in the map without devices.
            Presence::Offline if resource.is_empty() => devices.clear(),
            Presence::Offline => {
                devices.remove(resource);
            }
            presence => {
                if devices.len() >= MOST_DEVICES && !devices.contains_key(resource) {
                    devices.clear();
                }
                devices.insert(resource.to_owned(), presence);
            }
        }
        let is_changed = before != self.of(bare);
        if is_changed {
            self.changed.insert(bare.to_owned());
        }
        is_changed
    }

    /// Whose presence has changed since this was last asked.
    pub(super) fn take_changed(&mut self) -> Vec<String> {
        std::mem::take(&mut self.changed).into_iter().collect()
    }

    /// Whether somebody announces something else of their picture than before in this session.
    pub(super) fn is_new_hint(&mut self, bare: &str, hint: &AvatarHint) -> bool {
        if self.hints.get(bare) == Some(hint) {
            return false;
        }
        if self.hints.len() >= MOST_PEOPLE {
            self.hints.clear();
        }
        self.hints.insert(bare.to_owned(), hint.clone());
        true
    }

    /// The person's presence.
    pub(super) fn of(&self, bare: &str) -> Presence {
        let Some(devices) = self.devices.get(bare).filter(|_| self.freshness == Freshness::Current) else {
            return Presence::Unknown;
        };
        devices
            .values()
            .copied()
            .min_by_key(|presence| reachable(*presence))
            .unwrap_or(Presence::Offline)
    }

    /// The connection went, or came back with the same session. Returns whose presence changed with it.
    pub(super) fn set_freshness(&mut self, freshness: Freshness) -> Vec<String> {
        self.freshness = freshness;
        self.devices.keys().cloned().collect()
    }

    /// The session is gone: nothing is known any more. Returns whose presence changed with it.
    pub(super) fn forget(&mut self) -> Vec<String> {
        std::mem::take(self).devices.into_keys().collect()
    }
}

fn shown(availability: Availability) -> Presence {
    match availability {
        Availability::Available | Availability::FreeToChat => Presence::Available,
        Availability::Away | Availability::ExtendedAway => Presence::Away,
        Availability::DoNotDisturb => Presence::DoNotDisturb,
        Availability::Unavailable | Availability::Error(_) => Presence::Offline,
    }
}

/// Smaller is easier to reach.
fn reachable(presence: Presence) -> u8 {
    match presence {
        Presence::Available => 0,
        Presence::DoNotDisturb => 1,
        Presence::Away => 2,
        Presence::Offline => 3,
        Presence::Unknown => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_reachable_device_counts() {
        let mut presences = Presences::default();
        assert_eq!(presences.of("bob@ward.example"), Presence::Unknown);
        assert!(presences.set("bob@ward.example", "phone", Availability::ExtendedAway));
        assert!(presences.set("bob@ward.example", "desk", Availability::Available));
        assert!(!presences.set("bob@ward.example", "phone", Availability::Unavailable));
        assert!(presences.set("bob@ward.example", "desk", Availability::Unavailable));
        assert_eq!(presences.of("bob@ward.example"), Presence::Offline);
    }

    #[test]
    fn a_person_with_ever_new_devices_takes_no_more_room_than_others() {
        let mut presences = Presences::default();
        for device in 0..10_000 {
            presences.set("mallory@x.example", &device.to_string(), Availability::Available);
        }
        assert!(presences.devices["mallory@x.example"].len() <= MOST_DEVICES);
        assert_eq!(presences.of("mallory@x.example"), Presence::Available);
    }

    #[test]
    fn what_is_announced_of_a_picture_is_new_once() {
        let mut presences = Presences::default();
        let hint = AvatarHint::Sha1("00".repeat(20));
        assert!(presences.is_new_hint("bob@ward.example", &hint));
        assert!(!presences.is_new_hint("bob@ward.example", &hint));
        assert!(presences.is_new_hint("bob@ward.example", &AvatarHint::NoPicture));
    }

    #[test]
    fn without_a_connection_nobody_is_said_to_be_there() {
        let mut presences = Presences::default();
        presences.set("bob@ward.example", "desk", Availability::Available);
        assert_eq!(presences.set_freshness(Freshness::Stale), ["bob@ward.example"]);
        assert_eq!(presences.of("bob@ward.example"), Presence::Unknown);
        presences.set_freshness(Freshness::Current);
        assert_eq!(presences.of("bob@ward.example"), Presence::Available);
    }

    #[test]
    fn with_the_session_all_knowledge_goes() {
        let mut presences = Presences::default();
        presences.set("bob@ward.example", "desk", Availability::Available);
        assert_eq!(presences.forget(), ["bob@ward.example"]);
        assert_eq!(presences.of("bob@ward.example"), Presence::Unknown);
    }
}
