//! Who could be taken for somebody better known: a stranger with the name of a colleague.

use std::collections::{HashMap, HashSet};

use crate::text::Looks;

/// How well somebody is known, by the address alone: a name is whatever its owner likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// At another server.
    Foreign,
    /// At one's own server.
    Colleague,
    /// In one's own roster, or oneself.
    Contact,
}

/// Names of colleagues and contacts by how they look.
#[derive(Debug, Default)]
pub(super) struct Lookalikes {
    by_look: HashMap<String, HashSet<String>>,
    looks: HashMap<String, Looks>,
}

impl Lookalikes {
    /// Somebody is called so now.
    pub(super) fn insert(&mut self, address: &str, name: &str) {
        self.remove(address);
        let Some(looks) = Looks::of(name) else {
            return;
        };
        for key in looks.keys() {
            self.by_look
                .entry(key.to_owned())
                .or_default()
                .insert(address.to_owned());
        }
        self.looks.insert(address.to_owned(), looks);
    }

    fn remove(&mut self, address: &str) {
        let Some(looks) = self.looks.remove(address) else {
            return;
        };
        for key in looks.keys() {
            if let Some(addresses) = self.by_look.get_mut(key) {
                addresses.remove(address);
                if addresses.is_empty() {
                    self.by_look.remove(key);
                }
            }
        }
    }

    /// The address of whoever is called like this name, and better known than somebody at `address`.
    pub(super) fn better_known(
        &self,
        address: &str,
        name: &str,
        standing: impl Fn(&str) -> Standing,
    ) -> Option<&String> {
        let own = standing(address);
        let looks = Looks::of(name)?;
        let alike = looks.keys().filter_map(|key| self.by_look.get(key)).flatten();
        alike.filter(|other| *other != address && standing(other) > own).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(address: &str) -> Standing {
        match address {
            "ana@ward.example" => Standing::Contact,
            address if address.ends_with("@ward.example") => Standing::Colleague,
            _ => Standing::Foreign,
        }
    }

    #[test]
    fn a_stranger_with_the_name_of_a_colleague_is_told_from_them() {
        let mut names = Lookalikes::default();
        names.insert("ana@ward.example", "Dr Ana Silva");
        names.insert("bob@ward.example", "Bob");
        let resembles =
            |names: &Lookalikes, address: &str, name: &str| names.better_known(address, name, standing).cloned();
        let ana = Some("ana@ward.example".to_owned());
        assert_eq!(resembles(&names, "mallory@evil.example", "Ana Silva"), ana);
        assert_eq!(resembles(&names, "mallory@evil.example", "Аnа Ѕilvа"), ana);
        assert_eq!(
            resembles(&names, "other@ward.example", "ana silva"),
            ana,
            "another colleague, but not that one"
        );
        assert_eq!(
            resembles(&names, "mallory@evil.example", "B0b"),
            Some("bob@ward.example".into())
        );
        assert_eq!(
            resembles(&names, "carol@ward.example", "Bob"),
            None,
            "neither is known better"
        );
        assert_eq!(resembles(&names, "ana@ward.example", "Ana Silva"), None);
        names.insert("ana@ward.example", "Ana Costa");
        assert_eq!(resembles(&names, "mallory@evil.example", "Ana Silva"), None);
        assert_eq!(names.by_look.len(), names.looks.values().flat_map(Looks::keys).count());
    }
}
