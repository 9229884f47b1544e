-- The rooms, and whose invitations people refuse: a value for each in Prosody's storage, so that they outlive the server.
-- All rooms are held: a test has few. To be required once.
--
-- A room: { node, jid, version, config = { roomname, subject }, occupants = { [bare address] = "owner" | "member" } }.

local jid_split = require "util.jid".split;

local store = module:open_store("muc_light_mim");
local refusals = module:open_store("muc_light_mim_blocking");

local rooms = {};

local function hold(node, kept)
	rooms[node] = {
		node = node;
		jid = node.."@"..module.host;
		version = kept.version;
		config = kept.config;
		occupants = kept.occupants;
	};
	return rooms[node];
end

for node in store:users() do
	local kept, err = store:get(node);
	if kept then
		hold(node, kept);
	else
		module:log("error", "the room %s was not read: %s", node, err);
	end
end

local function get(node)
	return node and rooms[node] or nil;
end

local function save(room)
	local ok, err = store:set(room.node, { version = room.version, config = room.config, occupants = room.occupants });
	if not ok then module:log("error", "the room %s was not stored: %s", room.node, err); end
end

local function create(node, kept)
	local room = hold(node, kept);
	save(room);
	return room;
end

local function forget(room)
	rooms[room.node] = nil;
	store:set(room.node, nil);
end

-- MongooseIM orders people by name, then by host.
local function earlier(one, other)
	local name, host = jid_split(one);
	local other_name, other_host = jid_split(other);
	if name ~= other_name then return (name or "") < (other_name or ""); end
	return host < other_host;
end

-- Occupants in order, as { who, affiliation }.
local function sorted(occupants)
	local list = {};
	for who, affiliation in pairs(occupants) do list[#list + 1] = { who = who, affiliation = affiliation }; end
	table.sort(list, function(one, other) return earlier(one.who, other.who); end);
	return list;
end

-- The rooms of somebody, in order.
local function of(who)
	local list = {};
	for _, room in pairs(rooms) do
		if room.occupants[who] then list[#list + 1] = room; end
	end
	table.sort(list, function(one, other) return one.node < other.node; end);
	return list;
end

-- What somebody refuses, in the order in which it was said: { what = "user" | "room", who = bare address }.
local function refused(who)
	return refusals:get(who) or {};
end

local function set_refused(who, list)
	local ok, err = refusals:set(who, #list > 0 and list or nil);
	if not ok then module:log("error", "the refusals of %s were not stored: %s", who, err); end
end

-- Whether somebody is not to be taken into this room by this person.
local function refuses(who, inviter, room_jid)
	if who == inviter then return false; end
	for _, rule in ipairs(refused(who)) do
		if rule.what == "user" and rule.who == inviter or rule.what == "room" and rule.who == room_jid then return true; end
	end
	return false;
end

return {
	get = get;
	save = save;
	create = create;
	forget = forget;
	sorted = sorted;
	earlier = earlier;
	of = of;
	refused = refused;
	set_refused = set_refused;
	refuses = refuses;
};
