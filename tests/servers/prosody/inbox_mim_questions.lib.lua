-- What the inbox is asked: reads questions and changes, and finds the page that a question is about.

local base64 = require "util.encodings".base64;

local time = module:require "mim_time";

local xmlns_rsm = "http://jabber.org/protocol/rsm";

local flags = { ["true"] = true, ["false"] = false };
local orders = { asc = true, desc = true };
local boxes = { inbox = true, archive = true, bin = true };
for _, name in ipairs(module:get_option_array("inbox_mim_boxes", {})) do boxes[name] = true; end

-- How each field changes the question; false: the value is none of its own. The older flag `archive` is a choice of box.
local fields = {};

function fields.FORM_TYPE()
	return true;
end

function fields.start(question, value)
	question.from = time.parse(value);
	return question.from;
end

fields["end"] = function(question, value)
	question.till = time.parse(value);
	return question.till;
end;

function fields.hidden_read(question, value)
	question.unread_only = flags[value];
	return flags[value] ~= nil;
end

function fields.order(question, value)
	question.order = value;
	return orders[value];
end

function fields.box(question, value)
	question.box = boxes[value] and value or nil;
	return value == "all" or boxes[value];
end

function fields.archive(question, value)
	question.box = flags[value] and "archive" or "inbox";
	return flags[value] ~= nil;
end

local function read_form(question, form)
	for field in form:childtags("field") do
		local name, value = field.attr.var or "", field:get_child_text("value") or "";
		local apply = fields[name];
		if not apply then
			return "Unknown inbox form field="..name..", value="..value;
		elseif not apply(question, value) then
			return "Invalid inbox form field value, field="..name..", value="..value;
		end
	end
end

-- `usec/base64(address)`.
local function read_cursor(text)
	local at, with = text:match("^(%d+)/(.*)$");
	with = with and base64.decode(with);
	return with and { at = tonumber(at), with = with } or nil;
end

local function read_paging(question, set)
	local max = set:get_child_text("max");
	if max then
		question.max = max:match("^%d+$") and tonumber(max);
		if not question.max then return "bad-request"; end
	end
	for _, name in ipairs { "after", "before" } do
		local text = set:get_child_text(name);
		if text and text ~= "" then
			question[name] = read_cursor(text);
			if not question[name] then return "bad-request"; end
		end
	end
	question.backwards = set:get_child("before") ~= nil;
end

-- The question in an `<inbox/>`; without one, why not.
local function read(request)
	local question = { order = "desc" };
	local form, set = request:get_child("x", "jabber:x:data"), request:get_child("set", xmlns_rsm);
	local why = form and read_form(question, form) or set and read_paging(question, set);
	if why then return nil, why; end
	return question;
end

local function earlier(one, other)
	if one.at ~= other.at then return one.at < other.at; end
	return one.with < other.with;
end

-- Whether one place comes before another in the order that was asked for.
local function precedes(question, one, other)
	if question.order == "asc" then return earlier(one, other); end
	return earlier(other, one);
end

-- Without a box: every one but the bin.
local function matches(question, entry)
	if question.box then
		if entry.box ~= question.box then return false; end
	elseif entry.box == "bin" then
		return false;
	end
	return not (question.unread_only and entry.unread == 0)
		and not (question.from and entry.at < question.from)
		and not (question.till and entry.at > question.till);
end

local function within(question, place)
	return not (question.after and not precedes(question, question.after, place))
		and not (question.before and not precedes(question, place, question.before));
end

-- The rows of the page in the order that was asked for, as { with, at, entry }. Backwards it is the last ones that count.
local function select(all, question)
	local rows = {};
	for with, entry in pairs(all) do
		local row = { with = with, at = entry.at, entry = entry };
		if matches(question, entry) and within(question, row) then rows[#rows + 1] = row; end
	end
	table.sort(rows, function(one, other) return precedes(question, one, other); end);
	local count = math.min(question.max or #rows, #rows);
	local skipped, page = question.backwards and #rows - count or 0, {};
	for i = 1, count do page[i] = rows[skipped + i]; end
	return page;
end

local properties = {};

function properties.box(values, text)
	if not boxes[text] then return "invalid-box"; end
	values.box = text;
end

function properties.archive(values, text)
	if flags[text] == nil then return "bad-request"; end
	values.box = flags[text] and "archive" or "inbox";
end

-- Marked as unread, one counts; more stay as many as they are.
function properties.read(values, text, entry)
	if flags[text] == nil then return "bad-request"; end
	values.unread = flags[text] and 0 or math.max(entry and entry.unread or 0, 1);
end

function properties.mute(values, text, _, now)
	-- More digits would leave what dates can say.
	if not text:match("^%d+$") or #text > 10 then return "bad-request"; end
	local seconds = tonumber(text);
	values.muted = seconds == 0 and 0 or now + seconds * 1000000;
end

-- What a change asks for, to be set in `entry`, if there is one; without that, why not.
local function changes(request, entry, now)
	local values = {};
	if #request.tags == 0 then return nil, "no-property"; end
	for _, property in ipairs(request.tags) do
		local apply = properties[property.name];
		local why = "bad-request";
		if apply then why = apply(values, property:get_text() or "", entry, now); end
		if why then return nil, why; end
	end
	return values;
end

return {
	read = read;
	select = select;
	changes = changes;
};
