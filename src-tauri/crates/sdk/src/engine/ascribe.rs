//! Whose a room's message is while the session does not know our name there: what the server hands on to a new session that it did
//! not get rid of in the one before, and pages of a room that has put us out meanwhile. The store remembers the name.

use wardline_store::{Address, Store, StoreError, conversations};
use wardline_xmpp::message::{Ascription, Direction, ReceivedMessage};

/// Makes messages our own that came under the name which we had in their room.
pub(super) async fn ascribe(store: &Store, messages: &mut [ReceivedMessage]) -> Result<(), StoreError> {
    let is_unclear = |message: &ReceivedMessage| message.ascription == Ascription::NameUnknown;
    // Hardly ever is one unclear.
    if !messages.iter().any(is_unclear) {
        return Ok(());
    }
    let tx = store.read().await?;
    for message in messages.iter_mut().filter(|message| is_unclear(message)) {
        let room = Address(message.conversation.to_string());
        let known = conversations::by_address(&tx, &room).await?;
        let ours = known.and_then(|known| known.nick);
        if ours.is_some_and(|ours| message.nick.as_deref() == Some(ours.as_str())) {
            message.direction = Direction::Outgoing;
        }
    }
    Ok(())
}
