//! A team of alice's, on whatever service the server has, seen through the product alone.

use wardline_interop::view::{
    Author, CommandError, ConversationId, ConversationRow, Membership, MessageItem, NewTeam, TeamChange, TeamDetails,
    TeamMember, TeamRole,
};
use wardline_interop::xmpp::session::RequestKind;
use wardline_interop::{Account, Desk, Feature, ServerUnderTest, TestClient};

/// Three people on a server with a service for teams.
pub(crate) struct Stage {
    pub(crate) server: ServerUnderTest,
    pub(crate) alice: Account,
    pub(crate) bob: Account,
    pub(crate) carol: Account,
    /// The same name is nobody else's.
    pub(crate) name: String,
}

impl Stage {
    /// `None`, with the reason printed: the server has no service for teams.
    pub(crate) async fn new() -> Option<Self> {
        let server = ServerUnderTest::from_env().await.unwrap();
        let endpoint = server.endpoint();
        if endpoint.muc_service.is_none() && endpoint.muc_light_service.is_none() {
            eprintln!("SKIPPED: the server has no team chats");
            return None;
        }
        let [alice, bob, carol] = ["alice", "bob", "carol"].map(|actor| server.account(actor));
        let (alice, bob, carol) = (alice.await.unwrap(), bob.await.unwrap(), carol.await.unwrap());
        let name = format!("Ward of {}", alice.name());
        Some(Self {
            server,
            alice,
            bob,
            carol,
            name,
        })
    }

    pub(crate) async fn desk(&self, account: &Account) -> Desk {
        let mut desk = Desk::signed_in(self.server.endpoint(), account).await;
        desk.until_online().await;
        desk
    }

    /// Whether whoever leaves is off the list of members, too.
    pub(crate) fn members_may_go(&self) -> bool {
        let may = [Feature::MucLight, Feature::MucRegistration];
        let may = may.iter().any(|feature| self.server.has(*feature));
        if !may {
            eprintln!("SKIPPED in part: rooms of this server keep their members on the list");
        }
        may
    }

    /// Somebody says something to somebody else.
    pub(crate) async fn writes(&self, from: &Account, to: &Account, text: &str) {
        let client = TestClient::connect(self.server.endpoint(), from).await.unwrap();
        client.send_text(&to.address, text).await.unwrap();
    }

    /// Whether nothing need be taken from a room.
    pub(crate) fn may_block_rooms(&self) -> bool {
        let may = [Feature::MucLight, Feature::Blocking];
        let may = may.iter().any(|feature| self.server.has(*feature));
        if !may {
            eprintln!("SKIPPED: the server cannot block");
        }
        may
    }

    /// A room that anybody may enter, made by somebody who is "Bob" in it, and that shows `whois` who is who. `None`, with the reason
    /// printed: the server has none.
    pub(crate) async fn open_room(&self, owner: &TestClient, whois: &str) -> Option<String> {
        let Some(service) = self.server.endpoint().muc_service.clone() else {
            eprintln!("SKIPPED: the server has no rooms that anybody may enter");
            return None;
        };
        let room = format!("canteen-{}@{service}", self.bob.name());
        owner.join_room(&room, "Bob").await.unwrap();
        let field =
            |name: &str, value: &str| format!("<field var='muc#roomconfig_{name}'><value>{value}</value></field>");
        let form = format!(
            "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>\
             <field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>{}{}{}{}{}</x></query>",
            field("roomname", &format!("Canteen {}", self.bob.name())),
            field("publicroom", "1"),
            field("membersonly", "0"),
            field("persistentroom", "1"),
            field("whois", whois)
        );
        owner.ask_raw(Some(&room), RequestKind::Set, &form).await.unwrap();
        Some(room)
    }

    /// alice makes the team with these in it, and has it open.
    pub(crate) async fn made(&self, desk: &mut Desk, with: &[&Account]) -> ConversationId {
        let team = NewTeam {
            name: self.name.clone(),
            purpose: "Handover".to_owned(),
            members: with.iter().map(|member| member.address.clone()).collect(),
        };
        let team = desk.client().create_team(team).await.unwrap();
        let id = desk.open_id(team).await;
        desk.until("the row of the new team", |desk| row(desk, team).map(drop))
            .await;
        id
    }

    /// Somebody finds the team in their list, accepts the invitation if there is one to accept, and opens it.
    pub(crate) async fn come_in(&self, desk: &mut Desk) -> ConversationId {
        let found = desk
            .until("the team in the list", |desk| {
                let found = desk.row(&self.name)?;
                let waits = matches!(membership(found), Membership::Member | Membership::Invited { .. });
                waits.then(|| found.clone())
            })
            .await;
        if matches!(membership(&found), Membership::Invited { .. }) {
            change(desk, found.id, TeamChange::Enter).await.unwrap();
        }
        until_standing(desk, found.id, &Membership::Member).await;
        desk.open_id(found.id).await
    }
}

pub(crate) fn row(desk: &Desk, team: ConversationId) -> Option<&ConversationRow> {
    desk.rows().iter().find(|row| row.id == team)
}

pub(crate) fn membership(row: &ConversationRow) -> &Membership {
    &row.team.as_ref().expect("a team").membership
}

pub(crate) async fn until_standing(desk: &mut Desk, team: ConversationId, wanted: &Membership) {
    desk.until(&format!("{wanted:?}"), |desk| {
        (membership(row(desk, team)?) == wanted).then_some(())
    })
    .await;
}

pub(crate) async fn change(desk: &Desk, team: ConversationId, change: TeamChange) -> Result<(), CommandError> {
    desk.client().change_team(team, change).await
}

/// The team in full, once it is as wanted.
pub(crate) async fn until_details(
    desk: &mut Desk,
    team: ConversationId,
    what: &str,
    wanted: impl Fn(&TeamDetails) -> bool,
) -> TeamDetails {
    for _ in 0..400 {
        let details = desk.client().team(team).await.unwrap();
        if wanted(&details) {
            return details;
        }
        desk.settle_for(std::time::Duration::from_millis(100)).await;
    }
    panic!(
        "{what} did not come: {:?}",
        roles(&desk.client().team(team).await.unwrap())
    );
}

/// Who is what, by the local part of their address.
pub(crate) fn roles(details: &TeamDetails) -> Vec<(String, TeamRole)> {
    let local = |member: &TeamMember| member.address.split('@').next().unwrap().to_owned();
    let members = details.members.iter().flatten();
    members.map(|member| (local(member), member.role)).collect()
}

/// By what the app tells its author from others.
pub(crate) fn author_key(message: &MessageItem) -> String {
    match &message.author {
        Author::Me => "me".to_owned(),
        Author::Other { key, .. } => key.clone(),
    }
}
