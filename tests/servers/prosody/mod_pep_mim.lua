-- Personal eventing as MongooseIM has it, for tests: a node holds one item, so that nothing with an item for each conversation can be
-- kept in it.
--
-- As recorded in src-tauri/crates/xmpp/fixtures/mongooseim (10), conditions of publications are announced all the same. A number of
-- items other than 1 is refused: for a publication as item-not-found, for a configuration as not-acceptable. A publication whose
-- conditions leave the number out makes the node, private if that was asked for; every later one with conditions finds them not met,
-- whatever they are. Without conditions everything is taken, and the last item is there.
-- `pep_mim_private = false`: as from 6.8 on, where a node is open or for contacts, and nothing else.

local st = require "util.stanza";
local dataforms = require "util.dataforms";

local xmlns_pubsub = "http://jabber.org/protocol/pubsub";
local xmlns_owner = "http://jabber.org/protocol/pubsub#owner";
local xmlns_errors = "http://jabber.org/protocol/pubsub#errors";

local pep = module:depends "pep";
local may_be_private = module:get_option_boolean("pep_mim_private", true);

local form = dataforms.new {
	{ name = "access"; var = "pubsub#access_model"; type = "text-single" };
	{ name = "kept"; var = "pubsub#max_items"; type = "text-single" };
};

local function conditions(request)
	local x = request and request:get_child("x", "jabber:x:data");
	return x and form:data(x) or {};
end

local function is_possible(asked)
	return (asked.kept == nil or asked.kept == "1") and (may_be_private or asked.access ~= "whitelist");
end

local function make(service, node, asked)
	service:create(node, true, { max_items = 1, persist_items = true, access_model = asked.access or "presence" });
end

local function refuse(event, kind, condition, detail)
	local reply = st.error_reply(event.stanza, kind, condition);
	if detail then reply:tag(detail, { xmlns = xmlns_errors }); end
	event.origin.send(reply);
	return true;
end

-- What is allowed is left to mod_pep.
local function published(event, pubsub, publish, service)
	local options, node = pubsub:get_child("publish-options"), publish.attr.node;
	local asked = conditions(options);
	if options and service.nodes[node] then return refuse(event, "cancel", "conflict", "precondition-not-met"); end
	if not is_possible(asked) then return refuse(event, "cancel", "item-not-found"); end
	if not service.nodes[node] then make(service, node, asked); end
	pubsub:maptags(function(tag) if tag ~= options then return tag; end end);
end

local function created(event, pubsub, node, service)
	local asked = conditions(pubsub:get_child("configure"));
	if service.nodes[node] then return refuse(event, "cancel", "conflict"); end
	if not is_possible(asked) then return refuse(event, "modify", "not-acceptable"); end
	make(service, node, asked);
	event.origin.send(st.reply(event.stanza));
	return true;
end

local function asked(event)
	local origin, stanza = event.origin, event.stanza;
	if stanza.attr.type ~= "set" or not origin.username then return; end
	local service = pep.get_pep_service(origin.username);
	local pubsub = stanza:get_child("pubsub", xmlns_pubsub);
	local publish = pubsub and pubsub:get_child("publish");
	local create = pubsub and pubsub:get_child("create");
	if publish then return published(event, pubsub, publish, service); end
	if create and create.attr.node then return created(event, pubsub, create.attr.node, service); end
	local owned = stanza:get_child("pubsub", xmlns_owner);
	local configured = owned and owned:get_child("configure");
	if configured and not is_possible(conditions(configured)) then return refuse(event, "modify", "not-acceptable"); end
end

for _, namespace in ipairs { xmlns_pubsub, xmlns_owner } do
	module:hook("iq/self/"..namespace..":pubsub", asked, 10);
	module:hook("iq/bare/"..namespace..":pubsub", asked, 10);
end
