-- Channel binding by tls-exporter (RFC 9266), announced by XEP-0440, for a Prosody that is too old to have it (0.12).
-- Runs after mod_saslauth has made its offer. The comparison itself is that of Prosody's SCRAM.
local st = require "util.stanza";

local function exported(sasl)
	module:log("info", "channel binding data asked for");
	return sasl.userdata["tls-exporter"]:exportkeyingmaterial("EXPORTER-Channel-Binding", 32, "");
end

module:hook("stream-features", function(event)
	local session, features = event.origin, event.features;
	local sasl = session.sasl_handler;
	if session.username or not sasl or not session.encrypted then return; end
	local socket = session.conn:socket();
	if socket:info().protocol ~= "TLSv1.3" then return; end
	sasl:add_cb_handler("tls-exporter", exported);
	sasl.userdata["tls-exporter"] = socket;
	local offer = features:get_child("mechanisms", "urn:ietf:params:xml:ns:xmpp-sasl");
	if not offer then return; end
	for _, name in ipairs { "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS" } do
		if sasl.mechs[name] then
			offer:tag("mechanism"):text(name):up();
		end
	end
	features:add_child(st.stanza("sasl-channel-binding", { xmlns = "urn:xmpp:sasl-cb:0" })
		:tag("channel-binding", { type = "tls-exporter" }));
end, -100);
