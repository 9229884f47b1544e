//! Whose a room's message is while the session does not know our name there: what the server hands on to a new session that it did
//! not get rid of in the one before, and pages of a room that has put us out meanwhile. The store remembers the name.

use wardline_store::{Address, Reads, StoreError, conversations};
use wardline_xmpp::message::{Ascription, Direction, ReceivedMessage};

/// Makes messages our own that came under the name which we had in their room.
pub(super) async fn ascribe(
    tx: &impl Reads,
    messages: impl IntoIterator<Item = &mut ReceivedMessage>,
) -> Result<(), StoreError> {
    let unclear = |message: &&mut ReceivedMessage| message.ascription == Ascription::NameUnknown;
    for message in messages.into_iter().filter(unclear) {
        let room = Address(message.conversation.to_string());
        let known = conversations::by_address(tx, &room).await?;
        let ours = known.and_then(|known| known.nick);
        if ours.is_some_and(|ours| message.nick.as_deref() == Some(ours.as_str())) {
            message.direction = Direction::Outgoing;
        }
    }
    Ok(())
}
