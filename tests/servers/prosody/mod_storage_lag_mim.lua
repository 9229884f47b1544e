-- Storage for archives that are written as MongooseIM writes them, for tests: up to two seconds late, thirty messages at once.
--
-- As MongooseIM's asynchronous writers, each archive has its own moments at which what has gathered is written (`archive_lag_mim`,
-- in seconds). Until then a message is in no page, in no count, and its id is item-not-found. The server itself sees everything: a
-- question with `unwritten` in it, or for one id, is answered in full.

local storagemanager = require "core.storagemanager";
local time_now = require "util.time".now;

local pause = module:get_option_number("archive_lag_mim", 2);
-- As many messages are written at once, however short the time.
local most = 30;

-- By store and owner: what is not written yet, oldest first, as { id, at }.
local gathered = {};

-- When in each pause an archive is written: not all at the same moment.
local function phase_of(owner)
	local sum = 0;
	for i = 1, #owner do sum = (sum * 31 + owner:byte(i)) % 1000; end
	return sum / 1000 * pause;
end

local function name_of(store, owner)
	return module.host.."/"..store.."/"..owner;
end

-- The ids that are not written yet, and how many.
local function unwritten(store, owner)
	local name = name_of(store, owner);
	local list = gathered[name];
	if not list then return {}, 0; end
	local phase = phase_of(name);
	local function turn(at) return math.floor((at - phase) / pause); end
	local now, first = turn(time_now()), 1;
	if #list >= most then first = #list + 1; end
	while list[first] and turn(list[first].at) < now do first = first + 1; end
	if first > 1 then
		local rest = {};
		for i = first, #list do rest[#rest + 1] = list[i]; end
		gathered[name] = rest[1] and rest or nil;
		list = rest;
	end
	local ids = {};
	for _, message in ipairs(list) do ids[message.id] = true; end
	return ids, #list;
end

local function lagging(archive, store)
	local late = setmetatable({}, { __index = archive });

	function late:append(owner, key, value, when, with)
		local id, err = archive.append(self, owner, key, value, when, with);
		if id and pause > 0 then
			local name = name_of(store, owner or "");
			gathered[name] = gathered[name] or {};
			table.insert(gathered[name], { id = id, at = time_now() });
		end
		return id, err;
	end

	function late:find(owner, query)
		local ids, count = unwritten(store, owner or "");
		query = query or {};
		if count == 0 or query.key or query.unwritten then return archive.find(self, owner, query); end
		if query.after and ids[query.after] or query.before and ids[query.before] then return nil, "item-not-found"; end
		local wider = {};
		for name, value in pairs(query) do wider[name] = value; end
		local limit = query.limit;
		if limit and limit > 0 then wider.limit = limit + count; end
		local rows, total = archive.find(self, owner, wider);
		if not rows then return rows, total; end
		local given = 0;
		return function()
			if limit and given >= limit then return nil; end
			local id, item, when, with = rows();
			while id and ids[id] do id, item, when, with = rows(); end
			if id then given = given + 1; end
			return id, item, when, with;
		end, total and math.max(0, total - count);
	end

	return late;
end

local driver = {};

function driver:open(store, kind)
	local under, err = storagemanager.load_driver(module.host, "sql"):open(store, kind);
	if not under or kind ~= "archive" then return under, err; end
	return lagging(under, store);
end

function driver:stores(username)
	return storagemanager.load_driver(module.host, "sql"):stores(username);
end

function driver:purge(username)
	return storagemanager.load_driver(module.host, "sql"):purge(username);
end

module:provides("storage", driver);
