-- MongooseIM's smart markers (`esl:xmpp:smart-markers:0`) for Prosody, for tests: the last marker of each person and kind in each
-- conversation, kept for whoever was away when it was sent. MUC Light archives no markers: there they are the only way to learn who has
-- read what.
--
-- By MongooseIM's documentation and source. It answers without saying so anywhere: `smart_markers_mim_announced` has it announce what
-- MongooseIM never announces. It keeps them in memory: a restart of the server forgets them.
-- As there, they may move backwards: the last one that came counts, whatever it names.

local st = require "util.stanza";
local jid_bare = require "util.jid".bare;
local time = module:require "mim_time";

local xmlns_smart = "esl:xmpp:smart-markers:0";
local xmlns_markers = "urn:xmpp:chat-markers:0";

if module:get_option_boolean("smart_markers_mim_announced", false) then module:add_feature(xmlns_smart); end

-- By conversation: for a room its address, for two people the sender and the reader apart.
local rooms, people = {}, {};

local function put(kept, conversation, marker)
	local markers = kept[conversation] or {};
	kept[conversation] = markers;
	markers[marker.from.."/"..marker.type] = marker;
end

local function hear(event)
	local stanza, origin = event.stanza, event.origin;
	local to = stanza.attr.to and jid_bare(stanza.attr.to);
	if not to or not origin.username then return; end
	local from = origin.username.."@"..module.host;
	for marker in stanza:childtags(nil, xmlns_markers) do
		if marker.attr.id and marker.name ~= "markable" then
			local told = { id = marker.attr.id, from = from, type = marker.name, at = time.microseconds() };
			if stanza.attr.type == "groupchat" then
				put(rooms, to, told);
			else
				put(people, from.." "..to, told);
			end
		end
	end
end

for _, kind in ipairs { "bare", "full", "host" } do
	module:hook("pre-message/"..kind, hear, 10);
end

local function answer(event)
	local origin, stanza = event.origin, event.stanza;
	local query = stanza.tags[1];
	local peer = query.attr.peer;
	local after = query.attr.after and time.parse(query.attr.after) or 0;
	if not peer then
		origin.send(st.error_reply(stanza, "modify", "bad-request"));
		return true;
	end
	local own = origin.username.."@"..module.host;
	local reply = st.reply(stanza):query(xmlns_smart);
	reply.tags[1].attr.peer = peer;
	local function tell(markers)
		for _, marker in pairs(markers or {}) do
			if marker.at > after then
				reply:tag("marker", {
					id = marker.id; from = marker.from; type = marker.type; timestamp = time.format(marker.at);
				}):up();
			end
		end
	end
	tell(rooms[peer]);
	tell(people[own.." "..peer]);
	tell(people[peer.." "..own]);
	origin.send(reply);
	return true;
end

module:hook("iq-get/self/"..xmlns_smart..":query", answer);
