-- What MongooseIM makes of the time: versions, ids of messages that came without one, nodes of rooms, ids in archives. To be
-- required once, since no two of them are the same.

local time = module:require "mim_time";

local digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

local last = 0;

-- The time, later each time that it is asked for.
local function moment()
	last = math.max(time.microseconds(), last + 1);
	return last;
end

-- As `1795-340634-915979`.
local function generated()
	local at = moment();
	return ("%d-%d-%d"):format(math.floor(at / 1000000000000), math.floor(at / 1000000) % 1000000, at % 1000000);
end

-- As `CO6QA4I68U81`: the time, shifted by the eight bits that name a machine of the cluster, which is the first; to base 32.
local function archived(at)
	local left, text = at * 8, "1";
	while left > 0 do
		local digit = math.floor(left % 32) + 1;
		text = digits:sub(digit, digit)..text;
		left = math.floor(left / 32);
	end
	return text;
end

-- The time in an archive's id; nothing: it is none.
local function time_of(id)
	if not id:match("^[0-9A-V]+$") or #id > 13 then return nil; end
	local value = 0;
	for digit in id:sub(1, -2):gmatch(".") do
		value = value * 32 + digits:find(digit, 1, true) - 1;
	end
	return math.floor(value / 8);
end

return {
	moment = moment;
	generated = generated;
	archived = archived;
	time_of = time_of;
};
