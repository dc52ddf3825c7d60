"""Stories in the broker: what is looked for, read with its versions; and what was decided, committed by one script.

All keys begin with ``stories:`` and end with 30 days in which nobody wrote them.

    article:<article_id>   the story of the article; behind a bar its original, where the story is full
    story:<story_id>       hash: v, the version; d, the story as JSON; into, where it was merged into another
    bands:<era>:<bucket>   hash: band of a fingerprint → up to 3 stories; an era is 30 days, and two are asked
    about:<feature>        up to 20 stories that were near a feature last, the newest first
    counts:<era>           hash: feature → articles that had it; n → articles; an era is 15 days, and two are asked
    version                the last version that was issued
    command:<command_id>   the stories that a command changed, for a day

Whoever reads is given, for each article, what was found and a stamp of it: the stories with their versions. The commit
does nothing at all unless every stamp is still what it was: it looks again, but where no version was issued since.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pydantic_core import to_json

from services.enrichment.stories import story as stories
from services.enrichment.stories.plan import Found, Plan, Sought
from services.enrichment.stories.remembered import Remembered
from services.enrichment.stories.story import Story
from shared.redis_client import RedisConnection

KEPT_S = 30 * 86_400
_BAND_ERA_MS = 30 * 86_400_000
_COUNT_ERA_MS = 15 * 86_400_000
# Events are looked for among what the last days told.
_ABOUT_S = 10 * 86_400
_COMMAND_S = 86_400
# A story that was merged into another may have been merged on: so often it is followed.
_LONGEST_TRAIL = 8
# One entity in common is the rule in the news: a story is looked at when two features lead to it.
LEAST_SHARED_KEYS = 2

# Finds the stories for one article: those under its bands, those under at least two of its features, and the one that
# bears its name. `seek` holds: a (article_id), b (bucket, band, bucket, band, …), f (features).
_FIND_LUA = (
    f"local least, trail = {LEAST_SHARED_KEYS}, {_LONGEST_TRAIL}"
    + """
local prefix, eras = KEYS[1], {ARGV[1], ARGV[2]}
local function vote(votes, names, by)
  for name in string.gmatch(names, '%x+') do votes[name] = (votes[name] or 0) + by end
end
local function best(votes, least, most)
  local found = {}
  for name, count in pairs(votes) do
    if count >= least then found[#found + 1] = name end
  end
  table.sort(found, function(one, other)
    if votes[one] ~= votes[other] then return votes[one] > votes[other] end
    return one < other
  end)
  return {unpack(found, 1, most)}
end
local function standing(name)
  local kept
  for followed = 0, trail do
    kept = redis.call('HMGET', prefix .. 'story:' .. name, 'into', 'v')
    if not kept[1] or followed == trail then break end
    name = kept[1]
  end
  return name, kept[2]
end
local function find(seek)
  local home = redis.call('GET', prefix .. 'article:' .. seek.a)
  local names = {}
  if home then
    names[1] = string.match(home, '%x+')
  else
    local texts, events = {}, {}
    for at = 1, #seek.b, 2 do
      for _, era in ipairs(eras) do
        vote(texts, redis.call('HGET', prefix .. 'bands:' .. era .. ':' .. seek.b[at], seek.b[at + 1]) or '', 1)
      end
    end
    for _, feature in ipairs(seek.f) do vote(events, redis.call('GET', prefix .. 'about:' .. feature) or '', 1) end
    names[1] = string.sub(seek.a, 1, 16)
    for _, name in ipairs(best(texts, 1, 8)) do names[#names + 1] = name end
    for _, name in ipairs(best(events, least, 12)) do names[#names + 1] = name end
  end
  local found, stamp, known = {}, home or '', {}
  for _, name in ipairs(names) do
    local name, version = standing(name)
    if version and not known[name] then
      known[name] = version
      found[#found + 1] = name
      stamp = stamp .. ' ' .. name .. '=' .. version
    end
  end
  return home or '', stamp, found, known
end
"""
)
# KEYS: prefix. ARGV: this era of bands, the one before, what is sought as JSON. Answers home, stamp and the names of
# the found, for each article; then name, version, name, version, … of all stories that were found; and the last version
# that was issued.
_READ_LUA = (
    _FIND_LUA
    + """
local answer, told, versions = {}, {}, {}
for at, seek in ipairs(cjson.decode(ARGV[3])) do
  local home, stamp, found, known = find(seek)
  answer[at] = {home, stamp, found}
  for _, name in ipairs(found) do
    if not told[name] then
      told[name] = true
      versions[#versions + 1] = name
      versions[#versions + 1] = known[name]
    end
  end
end
return {answer, versions, redis.call('GET', prefix .. 'version') or '0'}
"""
)
# KEYS: prefix. ARGV: names of stories. Answers name, version, JSON, name, … of those that are kept.
_NAMED_LUA = """
local answer = {}
for _, name in ipairs(ARGV) do
  local kept = redis.call('HMGET', KEYS[1] .. 'story:' .. name, 'v', 'd')
  if kept[1] then
    answer[#answer + 1] = name
    answer[#answer + 1] = kept[1]
    answer[#answer + 1] = kept[2]
  end
end
return answer
"""
# KEYS: prefix. ARGV: this era of bands, the one before, the plan as JSON, now in ms, days kept in s, s that features
# lead to stories, this era of counts, s that commands are remembered. Answers the versions of the plan's stories, or
# nothing where something is no longer as it was read.
_COMMIT_LUA = (
    _FIND_LUA
    + """
local plan, kept_s = cjson.decode(ARGV[3]), ARGV[5]
if plan.as_of ~= (redis.call('GET', prefix .. 'version') or '0') then
  for at, seek in ipairs(plan.seeks) do
    local _, stamp = find(seek)
    if stamp ~= plan.stamps[at] then return {} end
  end
end
for name, version in pairs(plan.read) do
  if (redis.call('HGET', prefix .. 'story:' .. name, 'v') or '0') ~= version then return {} end
end
local function lead(key, name, most)
  local names = {name}
  for other in string.gmatch(redis.call('GET', key) or '', '%x+') do
    if other ~= name and #names < most then names[#names + 1] = other end
  end
  redis.call('SET', key, table.concat(names, ','), 'EX', ARGV[6])
end
local last = tonumber(redis.call('GET', prefix .. 'version') or '0')
local versions = {}
for at, told in ipairs(plan.stories) do
  last = math.max(last + 1, tonumber(ARGV[4]))
  versions[at] = string.format('%.0f', last)
  local key = prefix .. 'story:' .. told.name
  redis.call('DEL', key)
  if told.kept then
    redis.call('HSET', key, 'v', versions[at], 'd', told.kept)
    if told.into ~= '' then redis.call('HSET', key, 'into', told.into) end
    redis.call('EXPIRE', key, kept_s)
  end
end
-- Whatever was changed, who read before must look again.
if #plan.stories == 0 then last = last + 1 end
redis.call('SET', prefix .. 'version', string.format('%.0f', last))
for article, home in pairs(plan.homes) do
  if home == '' then
    redis.call('DEL', prefix .. 'article:' .. article)
  else
    redis.call('SET', prefix .. 'article:' .. article, home, 'EX', kept_s)
  end
end
for at = 1, #plan.bands, 3 do
  local key, band, name = prefix .. 'bands:' .. eras[1] .. ':' .. plan.bands[at], plan.bands[at + 1], plan.bands[at + 2]
  local names = {name}
  for other in string.gmatch(redis.call('HGET', key, band) or '', '%x+') do
    if other ~= name and #names < 3 then names[#names + 1] = other end
  end
  redis.call('HSET', key, band, table.concat(names, ','))
  redis.call('EXPIRE', key, kept_s)
end
for at = 1, #plan.about, 2 do lead(prefix .. 'about:' .. plan.about[at], plan.about[at + 1], 20) end
local counts = prefix .. 'counts:' .. ARGV[7]
for feature, by in pairs(plan.counts) do redis.call('HINCRBY', counts, feature, by) end
if next(plan.counts) then redis.call('EXPIRE', counts, kept_s) end
if plan.command ~= '' then
  local names = {}
  for at, told in ipairs(plan.stories) do names[at] = told.name end
  redis.call('SET', prefix .. 'command:' .. plan.command, table.concat(names, ','), 'EX', ARGV[8])
end
return versions
"""
)


class StoryState:
    """The stories of one broker; any number of processes use it at once."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._prefix = connection.key("stories", "")
        self._read = connection.script(_READ_LUA)
        self._named = connection.script(_NAMED_LUA)
        self._commit = connection.script(_COMMIT_LUA)
        self._remembered = Remembered()

    async def counts(self, features: Iterable[int], now_ms: int) -> tuple[int, dict[int, int]]:
        """How many articles were counted in the last weeks, and how many of them had each of these features."""
        asked = sorted(set(features))
        era = now_ms // _COUNT_ERA_MS
        async with self._connection.client.pipeline(transaction=False) as pipeline:
            for one in (era, era - 1):
                pipeline.hmget(f"{self._prefix}counts:{one}", ["n", *asked])
            now, before = await pipeline.execute()
        articles, *having = (int(one or 0) + int(other or 0) for one, other in zip(now, before, strict=True))
        return articles, dict(zip(asked, having, strict=True))

    async def read(self, sought: Sequence[Sought], now_ms: int) -> tuple[list[Found], dict[str, Story]]:
        """What there is for these articles, as of one moment; and the stories that were found, by name."""
        asked = to_json([one.seek for one in sought]).decode()
        answer, told, as_of = await self._read([self._prefix], [*_eras(now_ms), asked])
        versions = {name: int(version) for name, version in zip(told[::2], told[1::2], strict=True)}
        # One that was changed meanwhile is missing: the commit will notice it.
        known = await self._remembered.as_of(versions, self.named)
        found = [_found(home, stamp, [n for n in names if n in known], as_of) for home, stamp, names in answer]
        return found, known

    async def named(self, names: Sequence[str]) -> dict[str, Story]:
        """The stories of these names, those that were merged into others included; what is not kept is missing."""
        kept = await self._named([self._prefix], list(names))
        each = zip(kept[::3], kept[1::3], kept[2::3], strict=True)
        return {name: stories.decode(name, int(version), said) for name, version, said in each}

    async def of_article(self, article_id: str) -> Story | None:
        """The story that an article was assigned to, or the one that took that over."""
        value: str | None = await self._connection.client.get(f"{self._prefix}article:{article_id}")
        name = None if value is None else value.partition("|")[0]
        for _ in range(_LONGEST_TRAIL):
            story = None if name is None else (await self.named([name])).get(name)
            if story is None or story.merged_into is None:
                return story
            name = story.merged_into
        return None

    async def done_by(self, command_id: str) -> list[str] | None:
        """The names of the stories that a command changed; None where it was not carried out."""
        value: str | None = await self._connection.client.get(f"{self._prefix}command:{command_id}")
        return None if value is None else [name for name in value.split(",") if name]

    async def commit(self, plan: Plan, now_ms: int) -> list[int] | None:
        """Change all of it at once; the new versions of its stories, or None where something was changed meanwhile."""
        arguments: list[str | int | float] = [
            *_eras(now_ms), plan.as_json(), now_ms, KEPT_S, _ABOUT_S, now_ms // _COUNT_ERA_MS, _COMMAND_S
        ]  # fmt: skip
        answer = await self._commit([self._prefix], arguments)
        if len(answer) != len(plan.stories):
            return None
        versions = [int(version) for version in answer]
        self._remembered.put(replace(one, version=v) for one, v in zip(plan.stories, versions, strict=True))
        return versions


def _eras(now_ms: int) -> tuple[int, int]:
    era = now_ms // _BAND_ERA_MS
    return era, era - 1


def _found(home: str, stamp: str, names: Sequence[str], as_of: str) -> Found:
    story_id, _, copy_of = home.partition("|")
    return Found(story_id or None, copy_of or None, stamp, tuple(names), as_of)
