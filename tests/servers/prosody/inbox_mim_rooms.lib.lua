-- The part on a service with rooms, classic ones or those of MUC Light: tells each member's host what an occupant has said.

local st = require "util.stanza";
local jid_bare = require "util.jid".bare;
local jid_resource = require "util.jid".resource;
local jid_split = require "util.jid".split;

local kinds = module:require "mim_kinds";

-- Everybody with an affiliation other than outcast, and everybody who is there, once each.
local function members(room)
	local found = {};
	for address, affiliation in room:each_affiliation() do
		if affiliation ~= "outcast" then found[address] = true; end
	end
	for _, occupant in room:each_occupant() do
		found[occupant.bare_jid] = true;
	end
	return found;
end

local function tell(address, event, data)
	local username, domain = jid_split(address);
	local host = username and prosody.hosts[domain];
	if host and host.type == "local" then
		data.username = username;
		host.events.fire_event("inbox-mim/"..event, data);
	end
end

-- After muc_mam has put the room's stanza-id into it. Without an occupant it is the room itself that speaks, of its
-- configuration, for example.
module:hook("muc-broadcast-message", function(event)
	local room, stanza = event.room, event.stanza;
	local occupant = room:get_occupant_by_nick(stanza.attr.from);
	if not occupant or not kinds.enters_from_room(stanza) then return; end
	local sender = jid_bare(occupant.bare_jid);
	for address in pairs(members(room)) do
		local copy = st.clone(stanza);
		copy.attr.to = address;
		tell(address, "room-message", { room = room.jid, stanza = copy, own = address == sender });
	end
end, -1);

module:hook("muc-set-affiliation", function(event)
	if event.affiliation == "none" or event.affiliation == "outcast" then
		tell(event.jid, "room-left", { room = event.room.jid });
	end
end);

module:hook("muc-room-destroyed", function(event)
	for address in pairs(members(event.room)) do
		tell(address, "room-left", { room = event.room.jid });
	end
end);

-- What somebody has become by a message of a room of MUC Light about its people; nothing: it is not about that person.
local function affiliation_of(person, stanza)
	local change = stanza:get_child("x", "urn:xmpp:muclight:0#affiliations");
	for user in change and change:childtags("user") or function() end do
		if user:get_text() == person then return user.attr.affiliation; end
	end
end

-- Rooms of MUC Light enter the inbox by what the archive keeps of people, and by what one has become, whoever changed it. What
-- else the room says of itself does not.
module:hook("muc-light-mim/told", function(event)
	local stanza, to = event.stanza, event.to;
	local sender = jid_resource(stanza.attr.from);
	local affiliation = not sender and affiliation_of(to, stanza);
	if affiliation == "none" then
		tell(to, "room-left", { room = event.room });
	elseif affiliation or sender and kinds.enters(stanza) then
		tell(to, "room-message", { room = event.room, stanza = stanza, own = sender == to });
	end
end);
