-- Personal eventing as MongooseIM has it, for tests: no node can be kept private.
--
-- As recorded in src-tauri/crates/xmpp/fixtures/mongooseim (10), conditions of publications are announced all the same: with
-- `max_items` `max` there is no node, and other conditions are not met. A node that only its owner may read cannot be made.

local st = require "util.stanza";
local dataforms = require "util.dataforms";

local xmlns_pubsub = "http://jabber.org/protocol/pubsub";
local xmlns_owner = "http://jabber.org/protocol/pubsub#owner";
local xmlns_errors = "http://jabber.org/protocol/pubsub#errors";

local form = dataforms.new {
	{ name = "access"; var = "pubsub#access_model"; type = "text-single" };
	{ name = "kept"; var = "pubsub#max_items"; type = "text-single" };
};

local function conditions(request)
	local x = request and request:get_child("x", "jabber:x:data");
	return x and form:data(x) or {};
end

local function answer(event)
	local origin, stanza = event.origin, event.stanza;
	if stanza.attr.type ~= "set" then return; end
	local pubsub = stanza:get_child("pubsub", xmlns_pubsub) or stanza:get_child("pubsub", xmlns_owner);
	if not pubsub then return; end
	local asked = conditions(pubsub:get_child("publish-options"));
	if asked.kept == "max" then
		origin.send(st.error_reply(stanza, "cancel", "item-not-found"));
		return true;
	elseif asked.access == "whitelist" then
		local reply = st.error_reply(stanza, "cancel", "conflict");
		origin.send(reply:tag("precondition-not-met", { xmlns = xmlns_errors }));
		return true;
	elseif conditions(pubsub:get_child("configure")).access == "whitelist" then
		origin.send(st.error_reply(stanza, "modify", "not-acceptable"));
		return true;
	end
end

for _, namespace in ipairs { xmlns_pubsub, xmlns_owner } do
	module:hook("iq/self/"..namespace..":pubsub", answer, 10);
	module:hook("iq/bare/"..namespace..":pubsub", answer, 10);
end
