-- The inbox of MongooseIM (`erlang-solutions.com:xmpp:inbox:0`) for Prosody 0.12, for tests.
--
-- It imitates MongooseIM 6.3.3 as recorded in src-tauri/crates/xmpp/fixtures/mongooseim (04, 06, 09, 11 and 13), oddities included:
-- reactions, corrections and retractions count as unread; blocked people count and appear; the archive box is answered
-- unless one box is asked for; the numbers at the end speak of the page alone; only a marker that names the `id` of the
-- last message resets the count; `<reset/>` is told to no other device, and in the namespace of the query it is a query; a receipt or
-- marker that asks to be kept is the last message, counts for who gets it, and resets the count of who sends it; what a sender dates
-- with a `<delay/>` of their own is delivered, and neither archived nor entered.
-- Ways that a test can switch: `inbox_mim_stored_markers`, `inbox_mim_removed` (below).
-- A host may have boxes beside inbox, archive and bin: `inbox_mim_boxes`.
-- Load it on the host with the accounts, and on the service with the rooms so that these tell the host what was said.
--
-- Prosody's rooms behave as MongooseIM's classic ones (09): everything that an occupant says, chat states and subjects included,
-- becomes the last message and counts for the others; only markers do not. Those of mod_muc_light_mim behave as MUC Light (06):
-- what has text, asks to be kept or retracts enters, and so does the message about one's own affiliation, and counts.
--
-- Where it differs, and why:
-- * Updates are there at once (on the disk a moment later). MongooseIM writes up to a second later, which no test can rely on either way.
-- * Occupants without affiliation are members of a room, too: Prosody's rooms may be open to everybody.
-- * Whoever loses the affiliation with a room, or whose room is destroyed, finds the entry in the bin, as with MongooseIM's backend
--   `rdbms_async`; with `inbox_mim_removed = "forgotten"` it is gone, as with the plain one, which was recorded for MUC Light only
--   (06). Nothing was recorded for classic rooms.
-- * `no-permanent-store` counts as in MongooseIM, but Prosody does not archive it, so the entry has no stanza-id.
-- * What was never recorded follows the nearest recorded thing: unknown fields of the form, odd addresses and odd cursors
--   are bad-request.

if module:get_host_type() == "component" then
	module:require "inbox_mim_rooms";
	return;
end

local st = require "util.stanza";
local jid_bare = require "util.jid".bare;
local jid_node = require "util.jid".node;
local user_exists = require "core.usermanager".user_exists;

local xmlns_inbox = "erlang-solutions.com:xmpp:inbox:0";
local xmlns_stanza_id = "urn:xmpp:sid:0";

local time = module:require "mim_time";
local kinds = module:require "mim_kinds";
local entries = module:require "inbox_mim_entries";
local answers = module:require "inbox_mim_answers" (entries);

local archive = module:open_store("archive", "archive");

-- The server announces it, the account does not.
module:add_feature(xmlns_inbox);

-- MongooseIM archives retractions and Prosody does not; it archives no receipt or marker that does not ask for it, no subject alone,
-- and nothing that has a date already. What is last in an inbox must be in the archive. What is said in a room is in the room's.
module:hook("archive-should-store", function(event)
	local stanza = event.stanza;
	if stanza.attr.type == "groupchat" then return; end
	if not kinds.archivable(stanza) then return false; end
	if kinds.enters(stanza) and kinds.is_retraction(stanza) then return true; end
end);

local function bare_to(stanza, username)
	return stanza.attr.to and jid_bare(stanza.attr.to) or username.."@"..module.host;
end

-- The message as the inbox keeps it: of the stanza-ids that claim to be by `owner` only the last, which mod_mam of 0.12 puts
-- behind what a client may have made up; none at all without an owner.
local function kept(stanza, owner)
	local copy = st.clone(stanza);
	local real;
	for id in copy:childtags("stanza-id", xmlns_stanza_id) do
		if owner and jid_bare(id.attr.by) == owner then real = id; end
	end
	return copy:maptags(function(tag)
		if tag.name ~= "stanza-id" or tag.attr.xmlns ~= xmlns_stanza_id or tag == real then return tag; end
	end);
end

-- Both sides of a message have the same time. The event is the same for both, if they are on this host.
local function time_of(event)
	event.inbox_mim_at = event.inbox_mim_at or time.microseconds();
	return event.inbox_mim_at;
end

-- Own words: last, nothing unread, without stanza-id. After mod_mam, which removes claims to stanza-ids; not reached by what
-- mod_blocklist refuses.
local function sent(event)
	local stanza, username = event.stanza, event.origin.username;
	local with = bare_to(stanza, username);
	local displayed = kinds.displayed_id(stanza);
	if displayed then entries.read_up_to(username, with, displayed); end
	if stanza.attr.type ~= "groupchat" and kinds.enters(stanza) then
		local copy = kept(stanza);
		copy.attr.to = stanza.attr.to or with; -- Prosody takes it away from a note to oneself
		entries.wrote(username, with, copy, time_of(event));
	end
end

-- Whose inbox an incoming message goes to, and under which address. Notes to oneself were entered as sent.
local function addressed(event)
	local stanza = event.stanza;
	if event.to_self or stanza.attr.type == "groupchat" or not kinds.enters(stanza) then return; end
	local username, with = jid_node(stanza.attr.to), jid_bare(stanza.attr.from);
	if with ~= username.."@"..module.host and user_exists(username, module.host) then
		return username, with;
	end
end

-- After mod_mam, for its stanza-id, and before delivery: whoever has the message and asks finds it in the inbox. Carbons,
-- messages kept for later and what the archive sends do not come this way, so nothing counts twice.
local function received(event)
	local username, with = addressed(event);
	if not username then return; end
	event.inbox_mim_entered = true;
	entries.got(username, with, kept(event.stanza, username.."@"..module.host), time_of(event));
end

-- MongooseIM archives and counts what a blocked person sent before it refuses it; mod_blocklist refuses it before anybody
-- else sees it, and keeps whom it blocks to itself. So what ended without having been entered was refused.
local function around(handlers, name, event)
	local result = handlers(name, event);
	if not result or event.inbox_mim_entered then return result; end
	local username, with = addressed(event);
	if username then
		local owner = username.."@"..module.host;
		local copy = kept(event.stanza);
		local id = archive:append(username, nil, st.clone(copy), os.time(), with);
		if id then copy:tag("stanza-id", { xmlns = xmlns_stanza_id, by = owner, id = id }):up(); end
		entries.got(username, with, copy, time_of(event));
	end
	return result;
end

for _, kind in ipairs { "bare", "full" } do
	module:hook("pre-message/"..kind, sent, -2);
	module:hook("message/"..kind, received, -0.1);
	module:wrap_event("message/"..kind, around);
end

-- From the service with the rooms. The sender's own copy is the room's, as for everybody else.
module:hook("inbox-mim/room-message", function(event)
	if not user_exists(event.username, module.host) then return; end
	local enter = event.own and entries.wrote or entries.got;
	enter(event.username, event.room, event.stanza, time.microseconds());
end);

local binned = module:get_option_string("inbox_mim_removed", "binned") == "binned";

module:hook("inbox-mim/room-left", function(event)
	if binned then
		entries.set(event.username, event.room, { box = "bin" });
	else
		entries.forget(event.username, event.room);
	end
end);

module:hook_global("user-deleted", function(event)
	if event.host == module.host then entries.deleted(event.username); end
end);

module:hook("iq-get/self/"..xmlns_inbox..":inbox", answers.form);
module:hook("iq-set/self/"..xmlns_inbox..":inbox", answers.page);
-- As recorded: in this namespace it is taken for a query, and resets nothing.
module:hook("iq-set/self/"..xmlns_inbox..":reset", answers.page);
module:hook("iq-set/self/"..xmlns_inbox..":empty-bin", answers.empty_bin);
module:hook("iq-get/self/"..xmlns_inbox.."#conversation:query", answers.properties);
module:hook("iq-set/self/"..xmlns_inbox.."#conversation:query", answers.change);
module:hook("iq-set/self/"..xmlns_inbox.."#conversation:reset", answers.reset);
