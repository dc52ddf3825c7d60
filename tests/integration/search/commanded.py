"""A crawler that answers one command of the search service with what a test says, and what it may say."""

from shared import commands
from shared.bus.envelope import Entry, decode
from shared.events.commands import CommandAnswer, CrawlerCommand, FoundDoor, SiteFound
from shared.topology import COMMANDS_CRAWLER

FEED = FoundDoor(kind="feed", url="https://news.example/rss", articles=9, chosen=True)
PAGE = FoundDoor(kind="listing", url="https://news.example/news", articles=9)
FOUND = SiteFound(url="https://news.example/", name="The Example", language="en", doors=(FEED, PAGE))


async def a_crawler(connection, result):
    """Answers the first command, as a crawler does; what was asked."""
    stream = connection.key(COMMANDS_CRAWLER.name)
    ((_, ((entry_id, fields),)),) = await connection.client.xread({stream: "0"}, count=1, block=5000)
    command = decode(Entry(entry_id, fields), CrawlerCommand).event
    await commands.answer(connection, CommandAnswer(command_id=command.command_id, result=result))
    return command.ask
