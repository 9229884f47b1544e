-- What a room says to its people, and what they say to one another.

local st = require "util.stanza";
local jid_bare = require "util.jid".bare;

local xmlns_light = "urn:xmpp:muclight:0";
local xmlns_stanza_id = "urn:xmpp:sid:0";

local kinds = module:require "mim_kinds";

local roles = { owner = "moderator", member = "participant" };

local function message(from, id, children)
	local stanza = st.message({ from = from, id = id, type = "groupchat" });
	for _, child in ipairs(children) do stanza:add_child(child); end
	return stanza;
end

-- To everybody's bare address. What somebody is told enters the inbox before it is delivered.
local function deliver(room, to, from, id, children)
	local stanza = message(from, id, children);
	stanza.attr.to = to;
	module:fire_event("muc-light-mim/told", { room = room.jid, to = to, stanza = stanza });
	module:send(stanza);
end

-- An `<x/>` about the room with the empty body that makes an archive keep it.
local function about(what, fields, users)
	local x = st.stanza("x", { xmlns = xmlns_light.."#"..what });
	for _, field in ipairs(fields) do
		if field.value then x:text_tag(field.name, field.value); end
	end
	for _, user in ipairs(users) do x:text_tag("user", user.who, { affiliation = user.affiliation }); end
	return { x, st.stanza("body") };
end

local function versions(previous, version)
	return { { name = "prev-version", value = previous }, { name = "version", value = version } };
end

local function with_stanza_id(children, room, id)
	local all = {};
	for i, child in ipairs(children) do all[i] = child; end
	all[#all + 1] = st.stanza("stanza-id", { xmlns = xmlns_stanza_id, by = room.jid, id = id });
	return all;
end

return function(ids, rooms, archive)
	local messages = {};

	local function joined(room, occupant, id)
		deliver(room, occupant.who, room.jid, id, about("affiliations", versions(nil, room.version), { occupant }));
	end

	local function left(room, who, id)
		deliver(room, who, room.jid, id, about("affiliations", {}, { { who = who, affiliation = "none" } }));
	end

	-- Everybody is told of themselves alone; the archive has everybody and no version.
	function messages.created(room, id)
		local all = rooms.sorted(room.occupants);
		for _, occupant in ipairs(all) do joined(room, occupant, id); end
		archive.append(room.node, message(room.jid, id, about("affiliations", {}, all)), nil, ids.moment());
	end

	-- Who stays is told what has changed; who comes or goes, of themselves alone. A room without people has no archive.
	function messages.affiliated(room, before, changed, previous, id)
		local told = {};
		if next(room.occupants) then
			local at = ids.moment();
			local kept = message(room.jid, id, about("affiliations", versions(nil, room.version), changed));
			told = with_stanza_id(about("affiliations", versions(previous, room.version), changed), room,
				archive.append(room.node, kept, nil, at));
		end
		local everybody = {};
		for who in pairs(before) do everybody[who] = "none"; end
		for who, affiliation in pairs(room.occupants) do everybody[who] = affiliation; end
		for _, occupant in ipairs(rooms.sorted(everybody)) do
			if occupant.affiliation == "none" then
				left(room, occupant.who, id);
			elseif before[occupant.who] then
				deliver(room, occupant.who, room.jid, id, told);
			else
				joined(room, occupant, id);
			end
		end
	end

	function messages.configured(room, changes, previous, id)
		local fields = versions(previous, room.version);
		for _, change in ipairs(changes) do fields[#fields + 1] = change; end
		local children = about("configuration", fields, {});
		local kept = archive.append(room.node, message(room.jid, id, children), nil, ids.moment());
		for _, occupant in ipairs(rooms.sorted(room.occupants)) do
			deliver(room, occupant.who, room.jid, id, with_stanza_id(children, room, kept));
		end
	end

	-- Nobody can read the archive any more.
	function messages.destroyed(room, id)
		for _, occupant in ipairs(rooms.sorted(room.occupants)) do
			local gone = { { who = occupant.who, affiliation = "none" } };
			local children = about("affiliations", {}, gone);
			table.insert(children, 1, st.stanza("x", { xmlns = xmlns_light.."#destroy" }));
			deliver(room, occupant.who, room.jid, id, children);
		end
	end

	-- Whatever an occupant says goes to everybody, the one who said it included; some of it is kept.
	function messages.said(room, stanza)
		local sender = jid_bare(stanza.attr.from);
		local from, id = room.jid.."/"..sender, stanza.attr.id or ids.generated();
		local affiliation = room.occupants[sender];
		local children = {};
		local keeps = kinds.archivable(stanza);
		for _, child in ipairs(stanza.tags) do
			local claimed = child.name == "stanza-id" and child.attr.xmlns == xmlns_stanza_id and child.attr.by == room.jid;
			if not (keeps and claimed) then children[#children + 1] = child; end
		end
		if keeps then
			local who = { jid = stanza.attr.from, affiliation = affiliation, role = roles[affiliation] };
			local kept = archive.append(room.node, message(from, id, children), who, ids.moment());
			archive.retract(room, stanza, sender);
			children = with_stanza_id(children, room, kept);
		end
		for _, occupant in ipairs(rooms.sorted(room.occupants)) do
			deliver(room, occupant.who, from, id, children);
		end
	end

	return messages;
end
