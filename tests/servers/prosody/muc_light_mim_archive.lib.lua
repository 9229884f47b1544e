-- The archives of the rooms. One is a list in Prosody's storage, each message under its id, with the time to the microsecond and
-- the bare address of whoever said it (nothing: the room).

local st = require "util.stanza";
local datetime = require "util.datetime".datetime;

local time = module:require "mim_time";
local kinds = module:require "mim_kinds";

local xmlns_muc_user = "http://jabber.org/protocol/muc#user";
local xmlns_stanza_id = "urn:xmpp:sid:0";

local store = module:open_store("muc_log", "archive");

-- Half a microsecond, in seconds as the storage has times: what lies before or after a message is that far from it.
local beside = 0.0000005;

local function seconds(at)
	return at and at / 1000000;
end

local function microseconds(stored)
	return math.floor(stored * 1000000 + 0.5);
end

local function is_identity(tag)
	return tag.name == "x" and tag.attr.xmlns == xmlns_muc_user;
end

local function origin_id(stanza)
	local id = stanza:get_child("origin-id", xmlns_stanza_id);
	return id and id.attr.id;
end

-- How many messages lie between two times, in seconds, and are of that person if there is one.
local function count(node, bounds)
	local _, total = store:find(node, {
		start = bounds.start; ["end"] = bounds.till; with = bounds.with; limit = 0; total = true;
	});
	return tonumber(total) or 0;
end

-- The message with that id as { id, at, item, with }.
local function get(node, id)
	local item, stored, with = store:get(node, id);
	return item and { id = id, at = microseconds(stored), item = item, with = with };
end

return function(ids)
	local archive = {};

	-- Keeps what was said by `who`, if by somebody: { jid, affiliation, role }. Its id.
	function archive.append(node, stanza, who, at)
		local kept, sender = stanza, "";
		if who then
			kept = st.clone(stanza):maptags(function(tag) if not is_identity(tag) then return tag; end end);
			kept:tag("x", { xmlns = xmlns_muc_user }):tag("item", who):reset();
			sender = stanza.attr.from:match("/(.*)$");
		end
		local id, err = store:append(node, ids.archived(at), kept, seconds(at), sender);
		if not id then module:log("error", "a message in %s was not archived: %s", node, err); end
		return id;
	end

	-- A retraction leaves of what the same person said under that id only that it was retracted.
	function archive.retract(room, stanza, sender)
		local what, id, xmlns = kinds.retracted(stanza);
		local found;
		if what == "stanza-id" then
			found = get(room.node, id);
		elseif what == "origin-id" then
			for key, item, stored, with in store:find(room.node, { with = sender, reverse = true, unwritten = true }) or function() end do
				if origin_id(item) == id then
					found = { id = key, at = microseconds(stored), item = item, with = with };
					break;
				end
			end
		end
		if not found or found.with ~= sender then return; end
		local tombstone = st.message({ from = found.item.attr.from, id = found.item.attr.id, type = "groupchat" })
			:tag("retracted", { xmlns = xmlns, stamp = datetime() });
		if what == "stanza-id" then
			tombstone:tag("stanza-id", { xmlns = xmlns_stanza_id, by = room.jid, id = id }):up();
		end
		local origin = origin_id(found.item);
		if origin then tombstone:tag("origin-id", { xmlns = xmlns_stanza_id, id = origin }):up(); end
		store:set(room.node, found.id, tombstone:reset());
	end

	function archive.forget(node)
		store:delete(node, {});
	end

	-- The message at one end, or nothing.
	function archive.end_of(node, newest)
		for id, item, stored in store:find(node, { limit = 1, reverse = newest }) do
			return { id = id, at = microseconds(stored), item = item };
		end
	end

	-- What a question may be about: the times and the person that it names, and what lies beyond its `after-id` and `before-id`,
	-- which need not be there.
	local function bounds_of(node, question)
		local bounds = { start = seconds(question.from), till = seconds(question.till), with = question.with };
		for name, id in pairs(question.borders) do
			local border = get(node, id);
			local at = border and border.at or ids.time_of(id);
			if not at then return nil, "not-acceptable"; end
			if name == "after-id" then
				bounds.start = math.max(bounds.start or 0, seconds(at) + beside);
			else
				bounds.till = math.min(bounds.till or math.huge, seconds(at) - beside);
			end
		end
		return bounds;
	end

	-- One unknown id fails the whole question.
	local function named(node, question)
		local rows = {};
		for i, id in ipairs(question.ids) do
			rows[i] = get(node, id);
			if not rows[i] then return nil, ids.time_of(id) and "item-not-found" or "not-acceptable"; end
		end
		return { rows = rows, total = #rows, offset = 0, complete = true };
	end

	-- As many as were asked for and, to see whether there are more, another one.
	local function rows_of(node, question, bounds)
		local backwards, skipped = question.before ~= nil, question.index or 0;
		local found, err = store:find(node, {
			start = bounds.start; ["end"] = bounds.till; with = bounds.with;
			after = question.after; before = question.before ~= "" and question.before or nil;
			reverse = backwards; limit = skipped + question.max + 1;
		});
		if not found then return nil, err; end
		local rows = {};
		for id, item, stored in found do
			if skipped > 0 then
				skipped = skipped - 1;
			else
				table.insert(rows, backwards and 1 or #rows + 1, { id = id, at = microseconds(stored), item = item });
			end
		end
		local more = #rows > question.max;
		if more then table.remove(rows, backwards and 1 or #rows); end
		return rows, more;
	end

	-- The page that a question is about: { rows, total, offset, complete }; without it, why not. The question is
	-- { max, from, till, with, borders, ids, after, before, index, simple }, with an empty `before` for the last page.
	function archive.page(node, question)
		if question.ids then return named(node, question); end
		local bounds, why = bounds_of(node, question);
		if not bounds then return nil, why; end
		local next_to = question.after or question.before ~= "" and question.before;
		if next_to and not get(node, next_to) then
			return nil, ids.time_of(next_to) and "item-not-found" or "not-acceptable";
		end
		local rows, more = rows_of(node, question, bounds);
		if not rows then return nil, more; end
		local page = { rows = rows, complete = not more };
		if not question.simple then
			page.total = count(node, bounds);
			page.offset = rows[1] and count(node, {
				start = bounds.start, till = seconds(rows[1].at) - beside, with = bounds.with
			}) or 0;
		end
		return page;
	end

	return archive;
end
