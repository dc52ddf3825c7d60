"""The stories that a worker read or committed last: what did not change since is neither sent nor decoded again."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from services.enrichment.stories.story import Story

# At most 9 KB each, with fingerprint, subject and a share of the story's: enough for what a few batches look at,
# whatever feeds repeat.
MOST_MEMBERS = 4_000


class Remembered:
    """Stories by name; those asked for longest ago are given up once all have too many members together."""

    def __init__(self, most_members: int = MOST_MEMBERS) -> None:
        self._most = most_members
        self._stories: OrderedDict[str, Story] = OrderedDict()
        self._members = 0

    @property
    def members(self) -> int:
        """How many members the stories have together."""
        return self._members

    async def as_of(
        self, versions: Mapping[str, int], read: Callable[[Sequence[str]], Awaitable[Mapping[str, Story]]]
    ) -> dict[str, Story]:
        """The stories under these versions, of which the broker issues each but once.

        Args:
            read: finds what is not remembered; a story that has another version by now is left out.
        """
        known = {name: self._get(name, version) for name, version in versions.items()}
        missing = [name for name, story in known.items() if story is None]
        if missing:
            found = await read(missing)
            self.put(found.values())
            known |= found
        return {name: story for name, story in known.items() if story and story.version == versions[name]}

    def put(self, stories: Iterable[Story]) -> None:
        """Remember these, each with the version that it has in the broker; one that all have left is none any more."""
        for story in stories:
            self._forget(story.story_id)
            if story.members:
                self._stories[story.story_id] = story
                self._members += len(story.members)
        while self._members > self._most:
            self._forget(next(iter(self._stories)))

    def _get(self, name: str, version: int) -> Story | None:
        story = self._stories.get(name)
        if story is None or story.version != version:
            return None
        self._stories.move_to_end(name)
        return story

    def _forget(self, name: str) -> None:
        if (story := self._stories.pop(name, None)) is not None:
            self._members -= len(story.members)
