"""What people change about stories: some members become a story of their own, two stories become one, one article goes.

Each says what is to be committed, or refuses in words.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.enrichment.stories.fingerprint import Fingerprint
from services.enrichment.stories.plan import Plan, home_of
from services.enrichment.stories.story import Member, Story, opened
from shared.errors import InvalidInput


def split(story: Story, article_ids: Sequence[str], new_id: str) -> Plan:
    """Make members a story of their own; copies on either side follow the earliest published there.

    Raises:
        InvalidInput: an article is no listed member, or none or all of them are named.
    """
    moved = [one for one in story.members if one.article_id in article_ids]
    if strangers := set(article_ids) - story.ids:
        raise InvalidInput(f"no member of the story {story.story_id}: {', '.join(sorted(strangers))}")
    if not moved or len(moved) == story.size:
        raise InvalidInput("name some of the story's articles, not all of them: those become a story of their own")
    return Plan(
        read={story.story_id: story.version, new_id: 0},
        stories=(story.without(article_ids), new := opened(new_id, moved)),
        homes={one.article_id: new_id for one in moved},
        prints=_prints(new.members, new_id),
        subjects=[(one.subject, new_id) for one in moved if one.subject is not None],
    )


def merge(into: Story, story: Story) -> Plan:
    """Let a story take the members of another over; whoever asks for that one is led to it.

    Raises:
        InvalidInput: both are the same.
    """
    if into.story_id == story.story_id:
        raise InvalidInput(f"the story {into.story_id} cannot be merged into itself")
    both = into.absorbing(story)
    return Plan(
        read={into.story_id: into.version, story.story_id: story.version},
        stories=(
            both,
            replace(story, members=story.members[:1], unlisted=0, merged_into=into.story_id),
        ),
        homes={
            one.article_id: home_of(both, one.article_id, both.original_of(one.group))
            for one in (*story.members, *into.members)
            if one.article_id in story.ids or one.article_id not in both.ids
        },
        prints=_prints(story.members, into.story_id),
        subjects=[(one.subject, into.story_id) for one in story.members if one.subject is not None],
    )


def forget(story: Story, article_id: str) -> Plan:
    """Take an article out of its story, and its assignment with it; its copies follow the next earliest."""
    if article_id in story.ids:
        left = story.without([article_id])
    else:
        left = replace(story, unlisted=max(0, story.unlisted - 1))
    return Plan(read={story.story_id: story.version}, stories=(left,), homes={article_id: ""})


def _prints(members: Sequence[Member], name: str) -> list[tuple[Fingerprint, str]]:
    return [(one.prints, name) for one in members if one.prints is not None]
