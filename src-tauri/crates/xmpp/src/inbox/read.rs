//! Reads pages of the inbox and broadcasts of changed properties.

use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;

use super::conversation::{InboxBox, InboxChanged, InboxCursor, InboxEntry, InboxPage, InboxProperties, Reading};
use super::wire;
use crate::message::{Context, Sole, listed};
use crate::ns;

/// Reads the results one by one: a malformed one must cost itself only.
pub(super) fn page(results: Vec<Element>, fin: wire::Fin, context: &Context<'_>) -> InboxPage {
    let expected = results.len();
    let entries: Vec<InboxEntry> = results
        .into_iter()
        .filter_map(|result| {
            let entry = entry(result, context);
            if entry.is_none() {
                tracing::debug!("a conversation of the inbox was left out");
            }
            entry
        })
        .collect();
    InboxPage {
        failures: expected - entries.len(),
        entries,
        last: fin.set.last.map(InboxCursor),
        count: fin.count,
        unread_conversations: fin.active_conversations,
        unread_messages: fin.unread_messages,
    }
}

pub(super) fn entry(result: Element, context: &Context<'_>) -> Option<InboxEntry> {
    let found = wire::Found::try_from(result).ok()?;
    let forwarded = found.forwarded.into_iter().filter(|e| e.is("forwarded", ns::FORWARD));
    let forwarded = forwarded.collect::<Sole<_>>().get()?;
    Some(InboxEntry {
        last: listed(forwarded, context).ok()?,
        unread: found.unread,
        properties: properties(found.read, found.in_box, found.mute),
    })
}

pub(super) fn properties(read: bool, in_box: InboxBox, mute: wire::Mute) -> InboxProperties {
    InboxProperties {
        reading: if read { Reading::Read } else { Reading::Unread },
        in_box,
        muted_until: match mute {
            wire::Mute::Until(until) => Some(until),
            wire::Mute::Off | wire::Mute::Seconds(_) | wire::Mute::Other(_) => None,
        },
    }
}

/// Reads a broadcast of changed properties, taking it out of the message that carries it. `None`: it is none, or not
/// from the own account (MongooseIM sends it from the full address of the device that changed them).
pub(crate) fn read_changed(message: &mut Element, own: &BareJid) -> Option<InboxChanged> {
    let payload = message.remove_child("x", ns::INBOX_CONVERSATION)?;
    let from = message.attr("from").map(Jid::new).transpose().ok()?;
    if from.as_ref().is_some_and(|from| from.to_bare() != *own) {
        tracing::warn!("a forged change of the inbox was dropped");
        return None;
    }
    let changed = wire::Changed::try_from(payload).ok()?;
    Some(InboxChanged {
        by: from,
        conversation: changed.jid,
        properties: properties(changed.read, changed.in_box, changed.mute),
    })
}
