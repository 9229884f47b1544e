-- What the archive of a room is asked (XEP-0313). Only occupants are answered.

local st = require "util.stanza";
local new_uuid = require "util.uuid".generate;
local jid_bare = require "util.jid".bare;
local jid_node = require "util.jid".node;
local jid_resource = require "util.jid".resource;

local xmlns_rsm = "http://jabber.org/protocol/rsm";
local xmlns_muc_user = "http://jabber.org/protocol/muc#user";

local time = module:require "mim_time";
local replies = module:require "muc_light_mim_replies";

-- A question for more is answered with so many, without a word.
local most = 50;

-- What a form may ask, as { kind, name }.
local fields = {
	{ "jid-single", "with" }, { "text-single", "start" }, { "text-single", "end" }, { "text-single", "before-id" },
	{ "text-single", "after-id" }, { "boolean", "include-groupchat" }, { "list-multi", "ids" },
	{ "text-single", "{https://erlang-solutions.com/}full-text-search" },
};

local texts = {
	["item-not-found"] = "Message with specified ID is not found";
	["not-acceptable"] = "Invalid stanza ID provided";
};

local function read_form(form)
	local values = {};
	for field in form and form:childtags("field") or function() end do
		local list = {};
		for value in field:childtags("value") do list[#list + 1] = value:get_text() or ""; end
		if field.attr.var then values[field.attr.var] = list; end
	end
	return values;
end

-- The question in a `<query/>`. Dates that are none and fields that are unknown count as not being there.
local function read(request)
	local set = request:get_child("set", xmlns_rsm);
	local values = read_form(request:get_child("x", "jabber:x:data"));
	local function single(name) return values[name] and values[name][1]; end
	local function paging(name)
		local text = set and set:get_child(name) and (set:get_child_text(name) or "");
		return text or nil;
	end
	local after = paging("after");
	return {
		max = math.max(math.min(tonumber(paging("max")) or most, most), 0);
		after = after ~= "" and after or nil;
		before = paging("before");
		index = tonumber(paging("index"));
		from = time.parse(single("start") or "");
		till = time.parse(single("end") or "");
		with = single("with") and (jid_resource(single("with")) or single("with"));
		borders = { ["after-id"] = single("after-id"), ["before-id"] = single("before-id") };
		ids = values.ids;
		simple = single("simple") == "true";
		flip = request:get_child("flip-page") ~= nil;
	};
end

-- Who said it is shown to that person alone.
local function shown(item, reader)
	local copy = st.clone(item);
	copy.attr.xmlns = "jabber:client";
	return copy:maptags(function(tag)
		if tag.name ~= "x" or tag.attr.xmlns ~= xmlns_muc_user then return tag; end
		local who = tag:get_child("item");
		if who and jid_bare(who.attr.jid) == reader then return tag; end
	end);
end

local function result(event, request, row)
	local stanza = event.stanza;
	return st.message({ from = stanza.attr.to, to = stanza.attr.from, id = new_uuid() })
		:tag("result", { xmlns = request.attr.xmlns, queryid = request.attr.queryid, id = row.id })
			:tag("forwarded", { xmlns = "urn:xmpp:forward:0" })
				:tag("delay", { xmlns = "urn:xmpp:delay", from = row.item.attr.from, stamp = time.format(row.at) }):up()
				:add_child(shown(row.item, jid_bare(stanza.attr.from)));
end

local function fin(event, request, page)
	local rows = page.rows;
	local answer = replies.result(event)
		:tag("fin", { xmlns = request.attr.xmlns, complete = page.complete and "true" or nil })
			:tag("set", { xmlns = xmlns_rsm });
	if rows[1] then
		answer:text_tag("first", rows[1].id, { index = page.offset and ("%d"):format(page.offset) or nil })
			:text_tag("last", rows[#rows].id);
	end
	if page.total then answer:text_tag("count", ("%d"):format(page.total)); end
	return answer;
end

return function(rooms, archive)
	local mam = {};

	-- Hands on the node of the room.
	local function for_occupants(handle)
		return function(event, request)
			local room = rooms.get(jid_node(event.stanza.attr.to));
			if not room or not room.occupants[jid_bare(event.stanza.attr.from)] then
				return replies.refuse(event, "not-allowed", "The action is not allowed. Not allowed to enter the room.", "");
			end
			return handle(event, request, room.node);
		end
	end

	mam.form = for_occupants(function(event, request)
		local answer = replies.result(event, "query", request.attr.xmlns):tag("x", { xmlns = "jabber:x:data", type = "form" })
			:tag("field", { type = "hidden", var = "FORM_TYPE" }):text_tag("value", request.attr.xmlns):up();
		for _, field in ipairs(fields) do
			answer:tag("field", { type = field[1], var = field[2] });
			if field[1] == "list-multi" then
				answer:tag("validate", { xmlns = "http://jabber.org/protocol/xdata-validate", datatype = "xs:string" })
					:tag("open"):up():up();
			end
			answer:up();
		end
		event.origin.send(answer);
		return true;
	end);

	mam.page = for_occupants(function(event, request, node)
		local question = read(request);
		local page, why = archive.page(node, question);
		if not page then return replies.refuse(event, why, texts[why]); end
		if question.flip then
			local flipped = {};
			for i, row in ipairs(page.rows) do flipped[#page.rows + 1 - i] = row; end
			page.rows = flipped;
		end
		for _, row in ipairs(page.rows) do event.origin.send(result(event, request, row)); end
		event.origin.send(fin(event, request, page));
		return true;
	end);

	mam.metadata = for_occupants(function(event, request, node)
		local answer = replies.result(event, "metadata", request.attr.xmlns);
		for _, side in ipairs { { "start", false }, { "end", true } } do
			local row = archive.end_of(node, side[2]);
			if row then answer:tag(side[1], { id = row.id, timestamp = time.format(row.at) }):up(); end
		end
		event.origin.send(answer);
		return true;
	end);

	return mam;
end
