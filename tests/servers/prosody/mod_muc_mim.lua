-- Rooms of XEP-0045 as MongooseIM's before 6.4, for Prosody 0.12, for tests. Load it on the service with the rooms.
--
-- As recorded in src-tauri/crates/xmpp/fixtures/mongooseim (09 and 12):
-- * A name is one device's: the second device of the same person gets a conflict.
-- * Who comes, changes and goes, oneself included, is told in `…/muc`; who is there already when somebody comes, in `…/muc#user`.
-- * Live messages say nothing of their sender beside the name; the archive's copies have the real address (Prosody's, too).
-- * Rooms do not announce their stanza-ids, though they give them.
-- * Rooms give their occupants no ids: `muc_occupant_id = false`.
-- * A room without a name is called by its local part (Prosody's, too).

local st = require "util.stanza";

local xmlns_muc = "http://jabber.org/protocol/muc";
local xmlns_muc_user = "http://jabber.org/protocol/muc#user";

local room_mt = module:depends("muc").room_mt;

-- Whether what is sent now tells of somebody who comes, changes or goes.
local is_telling = false;

local publicise = room_mt.publicise_occupant_status;
function room_mt:publicise_occupant_status(...)
	is_telling = true;
	local ok, err = pcall(publicise, self, ...);
	is_telling = false;
	if not ok then error(err, 0); end
end

local route = room_mt.route_stanza;
function room_mt:route_stanza(stanza)
	if is_telling and stanza.name == "presence" then
		stanza = st.clone(stanza);
		stanza:maptags(function(tag)
			-- What whoever enters has written into their own presence is not handed on.
			if tag.name == "x" and tag.attr.xmlns == xmlns_muc then return nil; end
			if tag.name == "x" and tag.attr.xmlns == xmlns_muc_user then
				tag = st.clone(tag);
				tag.attr.xmlns = xmlns_muc;
			end
			return tag;
		end);
	end
	return route(self, stanza);
end

local function one_device_a_name(event)
	if event.is_first_session ~= false or event.orig_occupant and event.orig_occupant == event.dest_occupant then return; end
	event.origin.send(st.error_reply(event.stanza, "cancel", "conflict", nil, event.room.jid));
	return true;
end

module:hook("muc-occupant-pre-join", one_device_a_name, 100);
module:hook("muc-occupant-pre-change", one_device_a_name, 100);

module:hook("muc-disco#info", function(event)
	event.reply:maptags(function(query)
		query:maptags(function(tag)
			if tag.name == "feature" and tag.attr.var == "urn:xmpp:sid:0" then return nil; end
			return tag;
		end);
		return query;
	end);
end, -100);
