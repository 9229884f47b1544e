//! Who wrote a message to a room of XEP-0045.
//!
//! A room's message comes from a name, and names pass from one person to another. Who bears a name now, presence tells
//! (XEP-0045 section 7.2.3); what the room calls somebody for good, a room with occupant ids (XEP-0421); who bore a
//! name then, the room's archive (XEP-0313 section 7). Where none of them is there, the name is all that is known.

use crate::message::context::{Context, OwnOccupant, RealAddresses};
use crate::message::payload::{Claims, OccupantItem};
use crate::message::received::{Ascription, Direction, ReceivedMessage, Route};
use crate::muc::are_nicks_alike;
use crate::presence::Affiliation;

/// Fills in from whom a message to a room is. What they are to the room is returned, where that is known.
pub(super) fn find(message: &mut ReceivedMessage, claims: &mut Claims, context: &Context<'_>) -> Option<Affiliation> {
    let own = (context.own_occupant)(&message.conversation);
    let forged = claims.occupant_id.is_forged() || claims.item.is_forged();
    if own.as_ref().is_some_and(|own| own.id.is_some()) {
        // A room that gives ids takes those away that somebody else has put there, and we have been given one.
        message.occupant_id = claims.take_occupant_id();
    }
    let is_now = message.route == Route::Live && !is_past(claims, context);
    let item = match message.route {
        Route::Archive => archived(claims, (context.real_addresses)(&message.conversation)),
        _ if is_now => present(message, context),
        _ => None,
    };
    let (real_jid, affiliation) = item.map_or((None, None), |item| (item.real_jid, item.affiliation));
    let is_own_address = real_jid.as_ref() == Some(context.own);
    message.real_jid = real_jid;
    let evidence = Evidence {
        is_now,
        is_own_address,
        is_forged: forged && message.route == Route::Archive,
    };
    let (is_own, ascription) = is_own(message, own.as_ref(), &evidence);
    message.direction = match is_own {
        true => Direction::Outgoing,
        false => Direction::Incoming,
    };
    message.ascription = ascription;
    if is_own_address && !is_own {
        // An own address that nothing else speaks for is nobody's.
        message.real_jid = None;
    }
    affiliation
}

/// What a room's archive says of the sender. In a room that shows who its occupants are it writes that into every
/// message, beside whatever the sender wrote there; in others what stands there is the sender's.
fn archived(claims: &mut Claims, real_addresses: RealAddresses) -> Option<OccupantItem> {
    let item = std::mem::take(&mut claims.item);
    item.get().filter(|_| real_addresses == RealAddresses::Shown)
}

/// Whether the room tells of its past with a message (XEP-0045 section 7.2.13), where names may have been others'. What
/// waited in a queue of the own server comes in order with presence.
fn is_past(claims: &Claims, context: &Context<'_>) -> bool {
    let mut delays = claims.delays.iter();
    delays.any(|delay| match &delay.from {
        Some(by) => by.node().is_some() || by.domain() != context.own.domain(),
        None => true,
    })
}

/// Whom presence shows under the sender's name. The `<item/>` of a live message is relayed as its sender wrote it.
fn present(message: &ReceivedMessage, context: &Context<'_>) -> Option<OccupantItem> {
    let occupant = (context.occupant)(&message.conversation, message.nick.as_deref()?)?;
    Some(OccupantItem {
        real_jid: Some(occupant.real_jid),
        affiliation: occupant.affiliation,
    })
}

/// What speaks for or against a message's being one's own, beside its sender's name and id.
struct Evidence {
    /// Names are whose presence says, at this place in the stream.
    is_now: bool,
    /// The address of its sender is one's own, by presence or archive.
    is_own_address: bool,
    /// Its sender has written beside what the archive says of them.
    is_forged: bool,
}

/// Whether a message is one's own, and how that is known. An address alone does not say so of what an archive keeps:
/// the room's id for us or the name has to speak for it, too.
fn is_own(message: &ReceivedMessage, own: Option<&OwnOccupant>, evidence: &Evidence) -> (bool, Ascription) {
    let Some(nick) = message.nick.as_deref() else {
        // The room itself speaks.
        return (false, Ascription::Certain);
    };
    if let (Some(id), Some(own_id)) = (&message.occupant_id, own.and_then(|own| own.id.as_ref())) {
        return (id == own_id, Ascription::Certain);
    }
    if message.real_jid.is_some() {
        let is_spoken_for = evidence.is_now || own.is_some_and(|own| own.is_named(nick));
        return match (evidence.is_own_address, is_spoken_for) {
            (true, false) if own.is_none() => (false, Ascription::NameUnknown),
            (true, false) => (false, Ascription::NameOnly),
            (is_own, _) => (is_own, Ascription::Certain),
        };
    }
    let Some(own) = own else {
        return (false, Ascription::NameUnknown);
    };
    // Whoever adds a second item must not gain by that neither of them is believed.
    let is_own = own.nick == nick && !evidence.is_forged;
    match is_own && evidence.is_now {
        true => (true, Ascription::Certain),
        false => (is_own, Ascription::NameOnly),
    }
}

impl OwnOccupant {
    /// Whether a name is one of ours in the room, now or before, on any device.
    fn is_named(&self, nick: &str) -> bool {
        let mut names = self.names.iter().chain([&self.nick]);
        names.any(|name| are_nicks_alike(name, nick))
    }
}
