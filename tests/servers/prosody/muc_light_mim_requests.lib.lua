-- What people ask of a room: to be made, what it is called, who is in it, and that this changes.

local jid_bare = require "util.jid".bare;
local jid_node = require "util.jid".node;
local jid_prep = require "util.jid".prep;

local xmlns_light = "urn:xmpp:muclight:0";

local replies = module:require "muc_light_mim_replies";

-- In the order in which MongooseIM answers them, which is not that of its schema.
local fields = { { name = "subject", default = "" }, { name = "roomname", default = "Untitled" } };

local affiliations = { owner = true, member = true, none = true };

local function is_field(name)
	for _, field in ipairs(fields) do
		if field.name == name then return true; end
	end
	return false;
end

-- Fields as { name, value }, last first. What has no text says nothing, so that no text can be taken away. The unknown field that
-- is first in the alphabet is returned, too.
local function read_fields(element)
	local list, unknown = {}, nil;
	for _, field in ipairs(element and element.tags or {}) do
		local value = field:get_text();
		if value and value ~= "" then
			table.insert(list, 1, { name = field.name, value = value });
			if not is_field(field.name) and (not unknown or field.name < unknown) then unknown = field.name; end
		end
	end
	return list, unknown;
end

-- People as { who, affiliation }; nothing: they cannot be read.
local function read_users(element)
	local list = {};
	for _, user in ipairs(element and element.tags or {}) do
		local who = user.name == "user" and jid_prep(user:get_text() or "");
		if not who or not affiliations[user.attr.affiliation] then return nil; end
		list[#list + 1] = { who = jid_bare(who), affiliation = user.attr.affiliation };
	end
	return list;
end

local function add_config(answer, config)
	for _, field in ipairs(fields) do answer:text_tag(field.name, config[field.name]); end
	return answer;
end

return function(ids, rooms, messages, archive)
	local change = module:require "muc_light_mim_affiliations" (rooms.sorted, rooms.earlier);
	local requests = {};

	local function add_occupants(answer, room)
		for _, occupant in ipairs(rooms.sorted(room.occupants)) do
			answer:text_tag("user", occupant.who, { affiliation = occupant.affiliation });
		end
		return answer;
	end

	-- Hands on the room and who asks. To everybody else there is no such room.
	local function for_occupants(handle)
		return function(event, request)
			local node = jid_node(event.stanza.attr.to);
			if not node then return replies.bad_request(event); end
			local room, who = rooms.get(node), jid_bare(event.stanza.attr.from);
			if not room or not room.occupants[who] then return replies.refuse(event, "item-not-found"); end
			return handle(event, request, room, who);
		end
	end

	-- A question with the version that is current has an empty answer.
	local function versioned(name, add)
		return for_occupants(function(event, request, room)
			if request:get_child_text("version") == room.version then return replies.accept(event); end
			local answer = replies.result(event, "query", xmlns_light.."#"..name):text_tag("version", room.version);
			event.origin.send(add(answer, room));
			return true;
		end);
	end

	requests.get_configuration = versioned("configuration", function(answer, room) return add_config(answer, room.config); end);

	requests.get_affiliations = versioned("affiliations", add_occupants);

	requests.get_info = versioned("info", function(answer, room)
		add_config(answer:tag("configuration"), room.config):up();
		return add_occupants(answer:tag("occupants"), room):up();
	end);

	-- Leaves out those who do not want to be taken into it.
	local function willing(users, inviter, room_jid)
		local list = {};
		for _, user in ipairs(users) do
			if not rooms.refuses(user.who, inviter, room_jid) then list[#list + 1] = user; end
		end
		return list;
	end

	-- Whoever makes a room is not among those who are named, and nobody is named as being none.
	local function first_occupants(users, creator, room_jid)
		users = users and willing(users, creator, room_jid);
		for _, user in ipairs(users or {}) do
			if user.who == creator or user.affiliation == "none" then return nil; end
		end
		if not users then return nil; end
		return change({ [creator] = "owner" }, users);
	end

	-- Under an address of the service's choice the room names itself only in what it tells its people.
	function requests.create(event, request)
		local creator, node = jid_bare(event.stanza.attr.from), jid_node(event.stanza.attr.to);
		local given, unknown = read_fields(request:get_child("configuration"));
		if unknown then return replies.bad_request(event, unknown..":not_found"); end
		local users = read_users(request:get_child("occupants"));
		local occupants, why = first_occupants(users, creator, node and event.stanza.attr.to);
		if not occupants then return replies.bad_request(event, why); end
		if rooms.get(node) then return replies.refuse(event, "conflict", "Room already exists"); end
		local config = {};
		for _, field in ipairs(fields) do config[field.name] = field.default; end
		for _, field in ipairs(given) do config[field.name] = field.value; end
		local version = ids.generated();
		local room = rooms.create(node or ids.generated(), { version = version, config = config, occupants = occupants });
		messages.created(room, event.stanza.attr.id);
		return replies.accept(event);
	end

	-- The subject alone may be changed by everybody.
	requests.set_configuration = for_occupants(function(event, request, room, who)
		if request:get_child("version") then return replies.bad_request(event); end
		local given, unknown = read_fields(request);
		local subject_alone = #given == 1 and given[1].name == "subject";
		if room.occupants[who] ~= "owner" and not subject_alone then return replies.refuse(event, "not-allowed"); end
		if unknown then return replies.refuse(event, "bad-request"); end
		for _, field in ipairs(given) do room.config[field.name] = field.value; end
		local previous = room.version;
		room.version = ids.generated();
		rooms.save(room);
		messages.configured(room, given, previous, event.stanza.attr.id);
		return replies.accept(event);
	end);

	-- What members may do: leave.
	local function leaves(users, who)
		for _, user in ipairs(users) do
			if user.who ~= who or user.affiliation ~= "none" then return false; end
		end
		return true;
	end

	-- The last one who leaves ends the room.
	requests.set_affiliations = for_occupants(function(event, request, room, who)
		local users = read_users(request);
		if not users then return replies.bad_request(event); end
		if room.occupants[who] == "owner" then
			users = willing(users, who, room.jid);
		elseif not leaves(users, who) then
			return replies.refuse(event, "not-allowed");
		end
		if #users == 0 then return replies.accept(event); end
		local occupants, changed = change(room.occupants, users);
		if not occupants then return replies.bad_request(event, changed); end
		local before, previous = room.occupants, room.version;
		room.occupants, room.version = occupants, ids.generated();
		if next(occupants) then
			rooms.save(room);
		else
			rooms.forget(room);
			archive.forget(room.node);
		end
		messages.affiliated(room, before, changed, previous, event.stanza.attr.id);
		return replies.accept(event);
	end);

	requests.destroy = for_occupants(function(event, _, room, who)
		if room.occupants[who] ~= "owner" then return replies.refuse(event, "not-allowed"); end
		rooms.forget(room);
		archive.forget(room.node);
		messages.destroyed(room, event.stanza.attr.id);
		return replies.accept(event);
	end);

	return requests;
end
