//! Whose a room's message is while the session does not know our name there: what the server hands on to a new session that it did
//! not get rid of in the one before, and pages of a room that has put us out meanwhile. The store remembers the name.

use wardline_store::{Address, Store, StoreError, conversations};
use wardline_xmpp::message::{Ascription, Direction, ReceivedMessage};
use wardline_xmpp::muc::are_nicks_alike;

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
        let nick = message.nick.as_deref().unwrap_or_default();
        // The name of one's other device may be like that.
        if ours.is_some_and(|ours| are_nicks_alike(nick, ours.as_str())) {
            message.direction = Direction::Outgoing;
        }
    }
    Ok(())
}
