-- Which messages enter an inbox, as recorded from MongooseIM.

local xmlns_markers = "urn:xmpp:chat-markers:0";
local xmlns_hints = "urn:xmpp:hints";

-- Types that were seen to count; headlines and errors do not.
local counted = { chat = true, normal = true, groupchat = true };

-- `<markable/>` shares the namespace and is no marker.
local function is_marker(stanza)
	for _, name in ipairs { "received", "displayed", "acknowledged" } do
		if stanza:get_child(name, xmlns_markers) then return true; end
	end
	return false;
end

local function is_retraction(stanza)
	local target = stanza:get_child("apply-to", "urn:xmpp:fasten:0");
	return target ~= nil and (target:get_child("retract", "urn:xmpp:message-retract:0")
		or target:get_child("retract", "urn:esl:message-retract-by-stanza-id:0")) ~= nil;
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

-- Between two people: what has text, asks to be kept, or retracts.
local function enters(stanza)
	return counted[stanza.attr.type or "normal"] and is_new(stanza) and not is_marker(stanza)
		and (stanza:get_child("body") or stanza:get_child("store", xmlns_hints) or is_retraction(stanza)) and true or false;
end

-- In a room: whatever is said there.
local function enters_from_room(stanza)
	return is_new(stanza) and not is_marker(stanza);
end

return {
	enters = enters;
	enters_from_room = enters_from_room;
	is_retraction = is_retraction;
	displayed_id = displayed_id;
};
