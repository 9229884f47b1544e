//! A team in full, for whoever looks at it.

use wardline_store::{ConversationId, conversations};
use wardline_store::{ConversationKind, Membership as StoredMembership, TeamRole as StoredRole, TeamService, members};

use super::notice::who;
use crate::engine::{Engine, rows};
use crate::people::{LABEL_LIMIT, local_part};
use crate::text::display::{label, paragraph};
use crate::text::mentions::handles;
use crate::view::{CommandError, TeamAction, TeamDetails, TeamMember, TeamRole};

impl Engine {
    /// A team in full.
    pub(in crate::engine) async fn team_details(&self, team: ConversationId) -> Result<TeamDetails, CommandError> {
        let tx = self.store.read().await?;
        let with = conversations::get(&tx, team)
            .await?
            .filter(|with| with.kind == ConversationKind::Team)
            .ok_or(CommandError::NotFound)?;
        let listed = members::list(&tx, team).await?;
        drop(tx);
        let own = listed
            .iter()
            .find(|member| member.address.as_str() == self.own.as_str())
            .map(|member| member.role);
        let names: Vec<(String, &str)> = listed
            .iter()
            .map(|member| (self.contacts.person(&member.address).name, member.address.as_str()))
            .collect();
        let names: Vec<(&str, &str)> = names.iter().map(|(name, address)| (name.as_str(), *address)).collect();
        let mut members: Vec<TeamMember> = listed
            .iter()
            .zip(handles(&names))
            .map(|(member, (handle, _))| TeamMember {
                handle,
                person: self
                    .contacts
                    .told_apart(&member.address, self.contacts.person(&member.address)),
                role: shown(member.role),
                presence: self.presences.of(&member.address),
                who: who(member.address.as_str(), &self.own, &self.contacts),
                address: member.address.as_str().to_owned(),
            })
            .collect();
        members.sort_by_cached_key(|member| (member.role, crate::text::sorting(&member.person.name)));
        let invited_by = with
            .invited_by
            .as_ref()
            .map(|by| self.contacts.person(by.as_str()).name);
        Ok(TeamDetails {
            conversation: team.into(),
            name: with
                .title
                .and_then(|title| label(&title, LABEL_LIMIT))
                .unwrap_or_else(|| local_part(with.address.as_str())),
            purpose: with.purpose.and_then(|purpose| paragraph(&purpose, usize::MAX)),
            members: (!members.is_empty()).then_some(members),
            membership: rows::membership(with.membership, invited_by.as_deref()),
            allowed: match with.membership {
                StoredMembership::Member => allowed(with.service, own),
                _ => Vec::new(),
            },
            level: rows::level(with.mentions_only, with.muted_until_us),
        })
    }
}

fn shown(role: StoredRole) -> TeamRole {
    match role {
        StoredRole::Owner => TeamRole::Owner,
        StoredRole::Admin => TeamRole::Admin,
        StoredRole::Member => TeamRole::Member,
    }
}

/// What somebody may do who is this in a team. A server may allow more; it says so nowhere.
fn allowed(service: Option<TeamService>, own: Option<StoredRole>) -> Vec<TeamAction> {
    match (service, own) {
        (_, Some(StoredRole::Owner)) => vec![
            TeamAction::Describe,
            TeamAction::Add,
            TeamAction::Remove,
            TeamAction::HandOver,
            TeamAction::Leave,
            TeamAction::End,
        ],
        (_, Some(StoredRole::Admin)) => vec![TeamAction::Add, TeamAction::Remove, TeamAction::Leave],
        (_, Some(StoredRole::Member) | None) => vec![TeamAction::Leave],
    }
}
