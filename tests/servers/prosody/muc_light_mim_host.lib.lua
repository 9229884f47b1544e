-- The part on the host with the accounts: names the service, and hands out what rooms say.

local st = require "util.stanza";
local jid_host = require "util.jid".host;
local get_children = require "core.hostmanager".get_children;

local xmlns_light = "urn:xmpp:muclight:0";
local xmlns_items = "http://jabber.org/protocol/disco#items";

local function is_service(name)
	local host = prosody.hosts[name];
	return host and host.type == "component" and host.modules.muc_light_mim ~= nil;
end

-- MongooseIM names the service with a node, which Prosody has no way to say.
module:hook("host-disco-items", function(event)
	local answer = st.reply(event.stanza):query(xmlns_items);
	for name, title in pairs(get_children(module.host)) do
		local node = is_service(name) and xmlns_light or nil;
		answer:tag("item", { jid = name, name = not node and title ~= true and title or nil, node = node }):up();
	end
	event.origin.send(answer);
	return true;
end);

-- To the bare address, and so to the devices with the highest priority. Nothing is kept for those who are not there.
module:hook("message/bare/groupchat", function(event)
	local stanza = event.stanza;
	if not is_service(jid_host(stanza.attr.from)) then return; end
	local account = prosody.bare_sessions[stanza.attr.to];
	for _, session in ipairs(account and account.top_resources or {}) do session.send(stanza); end
	return true;
end);
