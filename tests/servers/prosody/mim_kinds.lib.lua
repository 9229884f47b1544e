-- Which messages archives keep and which enter an inbox, as recorded from MongooseIM.

local xmlns_markers = "urn:xmpp:chat-markers:0";
local xmlns_hints = "urn:xmpp:hints";

local retractions = {
	["origin-id"] = "urn:xmpp:message-retract:0";
	["stanza-id"] = "urn:esl:message-retract-by-stanza-id:0";
};

-- Types that were seen to count; headlines and errors do not.
local counted = { chat = true, normal = true, groupchat = true };

-- `<markable/>` shares the namespace and is no marker.
local function is_marker(stanza)
	for _, name in ipairs { "received", "displayed", "acknowledged" } do
		if stanza:get_child(name, xmlns_markers) then return true; end
	end
	return false;
end

-- The id of what is retracted: the kind of id, the id itself, and the namespace in which this is said.
local function retracted(stanza)
	local target = stanza:get_child("apply-to", "urn:xmpp:fasten:0");
	for kind, xmlns in pairs(target and target.attr.id and retractions or {}) do
		if target:get_child("retract", xmlns) then return kind, target.attr.id, xmlns; end
	end
end

local function is_retraction(stanza)
	return retracted(stanza) ~= nil;
end

local function displayed_id(stanza)
	local marker = stanza.attr.type ~= "error" and stanza:get_child("displayed", xmlns_markers);
	return marker and marker.attr.id or nil;
end

-- Neither a copy of something older nor the inbox's own news.
local function is_new(stanza)
	return not stanza:get_child("delay", "urn:xmpp:delay")
		and not stanza:get_child("result")
		and not stanza:get_child("no-store", xmlns_hints);
end

-- What an archive keeps: what has text, asks to be kept, or retracts.
local function archivable(stanza)
	return is_new(stanza)
		and (stanza:get_child("body") or stanza:get_child("store", xmlns_hints) or is_retraction(stanza)) and true or false;
end

-- Between two people, and in a room of MUC Light. Between two people a marker that asks to be kept does so, too (13), unless
-- `inbox_mim_stored_markers` says otherwise.
local stored_markers = module:get_option_boolean("inbox_mim_stored_markers", true);

local function enters(stanza)
	local is_said = not is_marker(stanza) or stored_markers and stanza.attr.type ~= "groupchat";
	return counted[stanza.attr.type or "normal"] and archivable(stanza) and is_said and true or false;
end

-- In a classic room: whatever is said there.
local function enters_from_room(stanza)
	return is_new(stanza) and not is_marker(stanza);
end

return {
	archivable = archivable;
	enters = enters;
	enters_from_room = enters_from_room;
	is_retraction = is_retraction;
	retracted = retracted;
	displayed_id = displayed_id;
};
