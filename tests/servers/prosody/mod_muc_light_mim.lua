-- MongooseIM's MUC Light (`urn:xmpp:muclight:0`) for Prosody 0.12, for tests.
--
-- It imitates MongooseIM 6.3.3 as recorded in src-tauri/crates/xmpp/fixtures/mongooseim (06; 05 and 11 for archives), oddities
-- included: a room made under an address of the service's choice is named only in the message about one's own affiliation; the
-- first of these has no stanza-id although it is in the archive, where it has no version; pages of archives hold 50 messages at
-- most; who said something is told from the archive to that person alone; nothing goes to personal archives or is kept for later.
-- A component of its own, and loaded on the host with the accounts, too: `Component "light.ward.test" "muc_light_mim"`. With
-- mod_inbox_mim on both, rooms are in people's inboxes.
--
-- Where it differs, and why:
-- * The archive is written at once unless its storage is mod_storage_lag_mim, as MongooseIM writes up to two seconds later.
-- * Archives are not searched for words, and are asked nothing about preferences.
-- * An account that is removed stays in its rooms.
-- * Ids and versions look like MongooseIM's, but name a cluster of one machine.
-- * A page of rooms that begins after the last one is item-not-found. MongooseIM does not answer it at all.
-- * What was never recorded follows MongooseIM's source: who becomes owner when the owner leaves, what is a bad request, what a
--   retraction leaves in an archive.

if module:get_host_type() ~= "component" then
	module:require "muc_light_mim_host";
	return;
end

local jid_bare = require "util.jid".bare;
local jid_node = require "util.jid".node;
local jid_resource = require "util.jid".resource;

local xmlns_light = "urn:xmpp:muclight:0";

local replies = module:require "muc_light_mim_replies";
local ids = module:require "muc_light_mim_ids";
local rooms = module:require "muc_light_mim_rooms";
local archive = module:require "muc_light_mim_archive" (ids);
local messages = module:require "muc_light_mim_messages" (ids, rooms, archive);
local requests = module:require "muc_light_mim_requests" (ids, rooms, messages, archive);
local service = module:require "muc_light_mim_service" (rooms);
local mam = module:require "muc_light_mim_mam" (rooms, archive);

-- By type, namespace and name.
local handlers = {
	["get http://jabber.org/protocol/disco#info query"] = service.info;
	["get http://jabber.org/protocol/disco#items query"] = service.items;
	["get "..xmlns_light.."#blocking query"] = service.get_blocking;
	["set "..xmlns_light.."#blocking query"] = service.set_blocking;
	["set "..xmlns_light.."#create query"] = requests.create;
	["get "..xmlns_light.."#configuration query"] = requests.get_configuration;
	["set "..xmlns_light.."#configuration query"] = requests.set_configuration;
	["get "..xmlns_light.."#affiliations query"] = requests.get_affiliations;
	["set "..xmlns_light.."#affiliations query"] = requests.set_affiliations;
	["get "..xmlns_light.."#info query"] = requests.get_info;
	["set "..xmlns_light.."#destroy query"] = requests.destroy;
};
for _, xmlns in ipairs { "urn:xmpp:mam:1", "urn:xmpp:mam:2" } do
	handlers["get "..xmlns.." query"] = mam.form;
	handlers["set "..xmlns.." query"] = mam.page;
	handlers["get "..xmlns.." metadata"] = mam.metadata;
end

local function addresses_somebody(stanza)
	return jid_resource(stanza.attr.to) ~= nil;
end

local function asked(event)
	local stanza = event.stanza;
	local kind, request = stanza.attr.type, stanza.tags[1];
	if kind ~= "get" and kind ~= "set" then return true; end
	if addresses_somebody(stanza) then return replies.bad_request(event, "Resource expected to be empty"); end
	local handle = handlers[("%s %s %s"):format(kind, request.attr.xmlns or "jabber:client", request.name)];
	if handle then return handle(event, request); end
	return replies.refuse(event, "feature-not-implemented", "mod_muc_iq returns error");
end

-- Errors are those of devices that went before they had read a message.
local function told(event)
	local stanza = event.stanza;
	if stanza.attr.type == "error" then return true; end
	if addresses_somebody(stanza) then return replies.bad_request(event, "Resource expected to be empty"); end
	local node = jid_node(stanza.attr.to);
	if stanza.attr.type ~= "groupchat" or not node then return replies.bad_request(event); end
	local room = rooms.get(node);
	if not room or not room.occupants[jid_bare(stanza.attr.from)] then return replies.refuse(event, "item-not-found"); end
	messages.said(room, stanza);
	return true;
end

-- Nobody enters a room.
local function entered(event)
	if event.stanza.attr.type == "error" then return true; end
	return replies.bad_request(event, addresses_somebody(event.stanza) and "Resource expected to be empty"
		or "Failed to decode unknown format");
end

for _, address in ipairs { "host", "bare", "full" } do
	module:hook("iq/"..address, asked, 10);
	module:hook("message/"..address, told, 10);
	module:hook("presence/"..address, entered, 10);
end
