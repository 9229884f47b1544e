-- The entries of every account's inbox: one value per account in Prosody's storage, so that they outlive the server.
--
-- An entry: { message = the last one, id = its id attribute, at = when (microseconds), unread = how many,
-- box = "inbox" | "archive" | "bin" | another, muted = until when (microseconds, 0: not) }, under the bare address.

local st = require "util.stanza";

local store = module:open_store("inbox_mim");

-- What is dropped from here is only read again. Holds the accounts in use, not all of them.
local loaded = require "util.cache".new(64);

-- What has changed and is not stored yet. Storing costs as much as there are entries, so that changes that follow one another are
-- stored together, as MongooseIM does.
local unstored = {};
local pause = 0.2;

local function load(username)
	local all = unstored[username] or loaded:get(username);
	if not all then
		all = store:get(username) or {};
		loaded:set(username, all);
	end
	return all;
end

local function write(username)
	local all = unstored[username];
	if not all then return; end
	unstored[username] = nil;
	local ok, err = store:set(username, all);
	if not ok then module:log("error", "the inbox of %s was not stored: %s", username, err); end
end

local function save(username, all)
	if not unstored[username] then
		module:add_timer(pause, function() write(username); end);
	end
	unstored[username] = all;
end

module:hook_global("server-stopping", function()
	for username in pairs(unstored) do write(username); end
end);

-- The last message is another one: whatever box the conversation was in, it is current again, without notice.
local function enter(username, with, stanza, at, unread)
	local all = load(username);
	local old = all[with];
	all[with] = {
		message = st.preserialize(stanza);
		id = stanza.attr.id;
		at = at;
		unread = unread(old and old.unread or 0);
		box = "inbox";
		muted = old and old.muted or 0;
	};
	save(username, all);
end

local function none() return 0; end

local function one_more(before) return before + 1; end

local function wrote(username, with, stanza, at)
	enter(username, with, stanza, at, none);
end

local function got(username, with, stanza, at)
	enter(username, with, stanza, at, one_more);
end

local function get(username, with)
	return load(username)[with];
end

-- Sets some of `unread`, `box` and `muted`. False: there is no such conversation.
local function set(username, with, values)
	local all = load(username);
	local entry = all[with];
	if not entry then return false; end
	for name, value in pairs(values) do entry[name] = value; end
	save(username, all);
	return true;
end

-- As recorded: an older id, an unknown one or a stanza-id does nothing.
local function read_up_to(username, with, id)
	local entry = get(username, with);
	if entry and entry.id == id and entry.unread > 0 then set(username, with, { unread = 0 }); end
end

local function forget(username, with)
	local all = load(username);
	if not all[with] then return; end
	all[with] = nil;
	save(username, all);
end

-- Removes what lies in the bin; how much that was.
local function empty_bin(username)
	local all, left, removed = load(username), {}, 0;
	for with, entry in pairs(all) do
		if entry.box == "bin" then removed = removed + 1; else left[with] = entry; end
	end
	if removed > 0 then
		loaded:set(username, left);
		save(username, left);
	end
	return removed;
end

-- Prosody purges the storage itself.
local function deleted(username)
	unstored[username] = nil;
	loaded:set(username, nil);
end

return {
	all = load;
	get = get;
	set = set;
	wrote = wrote;
	got = got;
	read_up_to = read_up_to;
	forget = forget;
	empty_bin = empty_bin;
	deleted = deleted;
};
