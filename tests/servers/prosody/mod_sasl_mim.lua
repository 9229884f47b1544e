-- SCRAM as MongooseIM up to 6.6 has it, for tests: a client that says `y,,` is refused.
--
-- RFC 5802 section 6: "y" stands for a client that could bind to the TLS connection and sees that the server offers no such
-- mechanism. MongooseIM's library (fast_scram before 0.7.2) computes the proof over `n,,` whatever the client said, so that the
-- proof never fits: the refusal comes after the client's last message, and reads as if the password were wrong.

local st = require "util.stanza";
local base64 = require "util.encodings".base64;

local xmlns_sasl = "urn:ietf:params:xml:ns:xmpp-sasl";

module:hook("stanza/"..xmlns_sasl..":auth", function (event)
	local session, stanza = event.origin, event.stanza;
	local first = base64.decode(stanza:get_text() or "") or "";
	session.sasl_mim_refuses = first:sub(1, 3) == "y,,";
end, 10);

module:hook("stanza/"..xmlns_sasl..":response", function (event)
	local session = event.origin;
	if not session.sasl_mim_refuses then return; end
	session.sasl_mim_refuses = nil;
	module:fire_event("authentication-failure", { session = session, condition = "not-authorized" });
	session.sasl_handler = session.sasl_handler:clean_clone();
	session.send(st.stanza("failure", { xmlns = xmlns_sasl }):tag("not-authorized"));
	return true;
end, 10);
