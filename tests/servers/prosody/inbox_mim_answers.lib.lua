-- What the inbox answers.

local st = require "util.stanza";
local new_id = require "util.id".medium;
local base64 = require "util.encodings".base64;
local jid_bare = require "util.jid".bare;
local jid_prep = require "util.jid".prep;

local xmlns_inbox = "erlang-solutions.com:xmpp:inbox:0";
local xmlns_conversation = xmlns_inbox.."#conversation";
local xmlns_rsm = "http://jabber.org/protocol/rsm";

local time = module:require "mim_time";
local questions = module:require "inbox_mim_questions";

local boxes = { "all", "inbox", "archive", "bin" };
for _, name in ipairs(module:get_option_array("inbox_mim_boxes", {})) do boxes[#boxes + 1] = name; end

local function own_bare(event)
	return event.origin.username.."@"..module.host;
end

-- Prosody leaves out who answers for the account; MongooseIM does not.
local function reply(event)
	local answer = st.reply(event.stanza);
	answer.attr.from = own_bare(event);
	return answer;
end

local function refuse(event, code, kind, condition, text)
	local answer = st.error_reply(event.stanza, kind, condition, text);
	answer.attr.from = own_bare(event);
	answer:get_child("error").attr.code = code;
	event.origin.send(answer);
	return true;
end

local function bad_request(event, text)
	return refuse(event, "400", "modify", "bad-request", text);
end

-- A field of a form with its value and, for a choice, the options as { value, label }.
local function add_field(form, kind, name, value, options)
	form:tag("field", { type = kind, var = name });
	if value then form:text_tag("value", value); end
	for _, option in ipairs(options or {}) do
		form:tag("option", { label = option[2] }):text_tag("value", option[1]):up();
	end
	form:up();
end

local function box_options()
	local options = {};
	for i, name in ipairs(boxes) do options[i] = { name, name }; end
	return options;
end

-- `<read/>`, `<box/>`, `<archive/>`, `<mute/>`, as they end every answer about a conversation.
local function add_properties(answer, entry)
	local muted = entry.muted > time.microseconds() and time.format(entry.muted) or "0";
	return answer:text_tag("read", tostring(entry.unread == 0))
		:text_tag("box", entry.box)
		:text_tag("archive", tostring(entry.box == "archive"))
		:text_tag("mute", muted);
end

local function add_forwarded(answer, entry)
	return answer:tag("forwarded", { xmlns = "urn:xmpp:forward:0" })
		:tag("delay", { xmlns = "urn:xmpp:delay", stamp = time.format(entry.at) }):up()
		:add_child(st.deserialize(entry.message)):up();
end

local function cursor(row)
	return ("%d/%s"):format(row.entry.at, base64.encode(row.with));
end

local function result(event, row, query_id)
	local message = st.message({ from = own_bare(event), to = event.stanza.attr.from, id = new_id() })
		:tag("result", { xmlns = xmlns_inbox, unread = ("%d"):format(row.entry.unread), queryid = query_id });
	return add_properties(add_forwarded(message, row.entry), row.entry);
end

-- The numbers speak of this page alone, and there is no number of all.
local function fin(event, rows)
	local active, unread = 0, 0;
	for _, row in ipairs(rows) do
		unread = unread + row.entry.unread;
		if row.entry.unread > 0 then active = active + 1; end
	end
	local answer = reply(event):tag("fin", { xmlns = xmlns_inbox }):tag("set", { xmlns = xmlns_rsm });
	if #rows > 0 then
		answer:text_tag("first", cursor(rows[1])):text_tag("last", cursor(rows[#rows]));
	end
	return answer:up():text_tag("active-conversations", ("%d"):format(active))
		:text_tag("count", ("%d"):format(#rows))
		:text_tag("unread-messages", ("%d"):format(unread));
end

-- The conversation that a request is about; without one, why not.
local function conversation(request)
	if not request.attr.jid then return nil, "jid-required"; end
	local address = jid_prep(request.attr.jid);
	if not address then return nil, "invalid-jid"; end
	return jid_bare(address);
end

-- To every device that is there, the one that changed it included, from that one's full address.
local function broadcast(event, with, entry)
	local origin, id = event.origin, event.stanza.attr.id;
	local news = st.message({ from = origin.full_jid, to = own_bare(event), id = id })
		:tag("x", { xmlns = xmlns_conversation, jid = with, queryid = id });
	add_properties(news, entry):reset();
	for _, session in pairs(prosody.bare_sessions[own_bare(event)].sessions) do
		if session.presence and session.priority >= 0 then session.send(news); end
	end
end

return function(entries)
	local answers = {};

	function answers.form(event)
		local form = st.stanza("x", { xmlns = "jabber:x:data", type = "form" });
		add_field(form, "hidden", "FORM_TYPE", xmlns_inbox);
		add_field(form, "text-single", "start");
		add_field(form, "text-single", "end");
		add_field(form, "text-single", "hidden_read", "false");
		add_field(form, "list-single", "order", "desc",
			{ { "asc", "Ascending by timestamp" }, { "desc", "Descending by timestamp" } });
		add_field(form, "list-single", "box", "all", box_options());
		add_field(form, "boolean", "archive", "false");
		event.origin.send(reply(event):tag("inbox", { xmlns = xmlns_inbox }):add_child(form));
		return true;
	end

	function answers.page(event)
		local request = event.stanza.tags[1];
		local question, why = questions.read(request);
		if not question then return bad_request(event, why); end
		local rows = questions.select(entries.all(event.origin.username), question);
		for _, row in ipairs(rows) do
			event.origin.send(result(event, row, request.attr.queryid or event.stanza.attr.id));
		end
		event.origin.send(fin(event, rows));
		return true;
	end

	function answers.empty_bin(event)
		local removed = entries.empty_bin(event.origin.username);
		event.origin.send(reply(event):tag("empty-bin", { xmlns = xmlns_inbox }):text_tag("num", ("%d"):format(removed)));
		return true;
	end

	local function conversation_form(event)
		local form = st.stanza("x", { xmlns = "jabber:x:data", type = "form" });
		add_field(form, "hidden", "FORM_TYPE", xmlns_conversation);
		add_field(form, "list-single", "box", "all", box_options());
		add_field(form, "boolean", "archive", "false");
		add_field(form, "boolean", "read", "false");
		add_field(form, "text-single", "mute", "0");
		event.origin.send(reply(event):tag("query", { xmlns = xmlns_conversation }):add_child(form));
		return true;
	end

	function answers.properties(event)
		local request = event.stanza.tags[1];
		if not request.attr.jid then return conversation_form(event); end
		local with, why = conversation(request);
		if not with then return bad_request(event, why); end
		local entry = entries.get(event.origin.username, with);
		if not entry then return refuse(event, "404", "cancel", "item-not-found", "Entry not found"); end
		local answer = reply(event):tag("query", { xmlns = xmlns_conversation, jid = with });
		if request.attr.complete == "true" then add_forwarded(answer, entry); end
		event.origin.send(add_properties(answer, entry));
		return true;
	end

	function answers.change(event)
		local request, username = event.stanza.tags[1], event.origin.username;
		local with, why = conversation(request);
		if not with then return bad_request(event, why); end
		local entry = entries.get(username, with);
		local values, wrong = questions.changes(request, entry, time.microseconds());
		if not values then return bad_request(event, wrong); end
		if not entries.set(username, with, values) then return bad_request(event, "item-not-found"); end
		broadcast(event, with, entry);
		event.origin.send(reply(event));
		return true;
	end

	function answers.reset(event)
		local with, why = conversation(event.stanza.tags[1]);
		if not with then return bad_request(event, why); end
		entries.set(event.origin.username, with, { unread = 0 });
		event.origin.send(reply(event):tag("reset", { xmlns = xmlns_conversation }));
		return true;
	end

	return answers;
end
