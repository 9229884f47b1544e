-- Times as MongooseIM has them: in microseconds.

local datetime = require "util.datetime";
local time_now = require "util.time".now;

local function microseconds()
	return math.floor(time_now() * 1000000);
end

local function format(at)
	return (datetime.datetime(math.floor(at / 1000000)):gsub("Z$", (".%06dZ"):format(at % 1000000)));
end

-- Prosody's own reader drops the fraction.
local function parse(text)
	local seconds = datetime.parse(text);
	if not seconds then return nil; end
	local fraction = text:match("%.(%d+)") or "0";
	return seconds * 1000000 + math.floor(tonumber("0."..fraction) * 1000000 + 0.5);
end

return {
	microseconds = microseconds;
	format = format;
	parse = parse;
};
