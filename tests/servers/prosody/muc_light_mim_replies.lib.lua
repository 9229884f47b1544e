-- Answers to requests, as MongooseIM words them.

local st = require "util.stanza";

local codes = {
	["bad-request"] = { "400", "modify" };
	["item-not-found"] = { "404", "cancel" };
	["not-allowed"] = { "405", "cancel" };
	["not-acceptable"] = { "406", "modify" };
	["conflict"] = { "409", "cancel" };
	["feature-not-implemented"] = { "501", "cancel" };
};

-- An empty result, or one with a payload of that name and namespace to go on with.
local function result(event, name, xmlns)
	local answer = st.reply(event.stanza);
	if name then answer:tag(name, { xmlns = xmlns }); end
	return answer;
end

local function accept(event)
	event.origin.send(result(event));
	return true;
end

local function refuse(event, condition, text, code)
	local known = codes[condition];
	local answer = st.error_reply(event.stanza, known[2], condition, text);
	answer:get_child("error").attr.code = code or known[1];
	event.origin.send(answer);
	return true;
end

local function bad_request(event, text)
	return refuse(event, "bad-request", text or "Uncategorized bad request");
end

return {
	result = result;
	accept = accept;
	refuse = refuse;
	bad_request = bad_request;
};
