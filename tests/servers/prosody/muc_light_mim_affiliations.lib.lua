-- What becomes of a room's people when some of them change: a room has one owner, whoever that is.

local function copy(occupants)
	local all = {};
	for who, affiliation in pairs(occupants) do all[who] = affiliation; end
	return all;
end

local function owners(occupants)
	local list = {};
	for who, affiliation in pairs(occupants) do
		if affiliation == "owner" then list[#list + 1] = who; end
	end
	return list;
end

local function place(changed, who)
	for i, change in ipairs(changed) do
		if change.who == who then return i; end
	end
end

-- Applies the changes one by one; without that, why not. `changed` says what was done, last first.
local function apply(occupants, changes)
	local after, changed, seen = copy(occupants), {}, {};
	for _, change in ipairs(changes) do
		local who, affiliation = change.who, change.affiliation;
		if seen[who] then
			return nil, "Cannot change affiliation for the same user twice in the same request";
		elseif (occupants[who] or "none") == affiliation then
			return nil, "Meaningless change";
		end
		seen[who] = true;
		after[who] = affiliation ~= "none" and affiliation or nil;
		table.insert(changed, 1, { who = who, affiliation = affiliation });
	end
	return after, changed;
end

-- Where an owner has been named, the former one becomes a member. Why not: there would be more than one.
local function hand_over(after, changed)
	local all, former = owners(after), {};
	if #all <= 1 then return; end
	for _, who in ipairs(all) do
		local named = place(changed, who);
		if not named or changed[named].affiliation ~= "owner" then former[#former + 1] = who; end
	end
	if #all ~= 2 or #former ~= 1 then return "Failed to demote old owner"; end
	after[former[1]] = "member";
	table.insert(changed, 1, { who = former[1], affiliation = "member" });
end

-- Where the owner has gone, another occupant becomes it: the first of those who were not changed, else of those who came in,
-- else of those who were to be an owner no more.
local function succeed(after, changed, before, sorted)
	if #owners(after) > 0 then return; end
	local joined, demoted;
	for _, occupant in ipairs(sorted(after)) do
		local who = occupant.who;
		local changed_at = place(changed, who);
		if not changed_at then
			after[who] = "owner";
			table.insert(changed, 1, { who = who, affiliation = "owner" });
			return;
		elseif not before[who] then
			joined = joined or changed_at;
		else
			demoted = demoted or changed_at;
		end
	end
	local chosen = joined or demoted;
	if not chosen then return; end
	after[changed[chosen].who] = "owner";
	if joined then changed[chosen].affiliation = "owner"; else table.remove(changed, chosen); end
end

-- `changes` in order, as { who, affiliation }. The occupants afterwards and what has changed, in the order in which it is told;
-- without them, why not.
return function(sorted, earlier)
	return function(occupants, changes)
		table.sort(changes, function(one, other) return earlier(one.who, other.who); end);
		local after, changed = apply(occupants, changes);
		if not after then return nil, changed; end
		local why = hand_over(after, changed);
		if why then return nil, why; end
		succeed(after, changed, occupants, sorted);
		return after, changed;
	end
end
