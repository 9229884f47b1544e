-- What the service as a whole is asked: what it is, which rooms somebody has, and whose invitations are refused.

local st = require "util.stanza";
local jid_bare = require "util.jid".bare;
local jid_node = require "util.jid".node;
local jid_prep = require "util.jid".prep;

local xmlns_light = "urn:xmpp:muclight:0";
local xmlns_rsm = "http://jabber.org/protocol/rsm";

local replies = module:require "muc_light_mim_replies";

local rooms_per_page = 10;

local features = {
	"urn:esl:message-retract-by-stanza-id:0", "urn:xmpp:mam:1", "urn:xmpp:mam:2", "urn:xmpp:mam:2#extended",
	"urn:xmpp:message-retract:0", "urn:xmpp:message-retract:0#tombstone", xmlns_light,
};

local actions = { allow = true, deny = true };

local function place(list, jid)
	for i, room in ipairs(list) do
		if room.jid == jid then return i; end
	end
end

-- Which of the rooms are asked for: index of the first and how many; nothing: there is no such page.
local function page(list, set)
	local max = math.min(tonumber(set and set:get_child_text("max")) or rooms_per_page, rooms_per_page);
	local after, before = set and set:get_child_text("after"), set and set:get_child_text("before");
	local from = tonumber(set and set:get_child_text("index")) or 0;
	if max < 0 or from < 0 then return nil; end
	if before == "" then
		from = math.max(#list - max, 0);
	elseif before or after then
		local at = place(list, jid_prep(before or after));
		if not at then return nil; end
		from = before and math.max(at - 1 - max, 0) or at;
	end
	if from > 0 and from >= #list then return nil; end
	return from, max;
end

local function add_set(answer, list, from, max)
	answer:tag("set", { xmlns = xmlns_rsm });
	if max > 0 then
		answer:text_tag("first", list[from + 1].jid, { index = ("%d"):format(from) })
			:text_tag("last", list[math.min(from + max, #list)].jid);
	end
	return answer:text_tag("count", ("%d"):format(#list)):up();
end

return function(rooms)
	local service = {};

	-- Of a room, too, whether there is one or not.
	function service.info(event)
		local answer = replies.result(event, "query", "http://jabber.org/protocol/disco#info")
			:tag("identity", { category = "conference", name = "MUC Light (modern)", type = "text" }):up();
		for _, feature in ipairs(features) do answer:tag("feature", { var = feature }):up(); end
		event.origin.send(answer);
		return true;
	end

	function service.items(event, request)
		local list = rooms.of(jid_bare(event.stanza.attr.from));
		local from, max = page(list, request:get_child("set", xmlns_rsm));
		if not from then return replies.refuse(event, "item-not-found"); end
		local answer = replies.result(event, "query", "http://jabber.org/protocol/disco#items");
		if #list > 0 then add_set(answer, list, from, max); end
		for i = from + 1, math.min(from + max, #list) do
			local room = list[i];
			answer:tag("item", { jid = room.jid, name = room.config.roomname, version = room.version }):up();
		end
		event.origin.send(answer);
		return true;
	end

	function service.get_blocking(event)
		local answer = replies.result(event, "query", xmlns_light.."#blocking");
		for _, rule in ipairs(rooms.refused(jid_bare(event.stanza.attr.from))) do
			answer:text_tag(rule.what, rule.who, { action = "deny" });
		end
		event.origin.send(answer);
		return true;
	end

	local function without(list, what, who)
		local left = {};
		for _, rule in ipairs(list) do
			if rule.what ~= what or rule.who ~= who then left[#left + 1] = rule; end
		end
		return left;
	end

	function service.set_blocking(event, request)
		local asker = jid_bare(event.stanza.attr.from);
		local list = rooms.refused(asker);
		for _, rule in ipairs(request.tags) do
			local who = jid_bare(jid_prep(rule:get_text() or ""));
			if rule.name ~= "user" and rule.name ~= "room" or not actions[rule.attr.action] or not who or not jid_node(who) then
				return replies.bad_request(event);
			end
			list = without(list, rule.name, who);
			if rule.attr.action == "deny" then list[#list + 1] = { what = rule.name, who = who }; end
		end
		rooms.set_refused(asker, list);
		return replies.accept(event);
	end

	return service;
end
