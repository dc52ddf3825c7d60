"""Many small sites on loopback that serve pages and note every request: python -m tests.bench.crawl.site.

Each host is an address of its own, 127.0.0.2 and on; each has a robots.txt, a sitemap and its share of the pages.
"""

import argparse
import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from shared.clock import SystemClock
from shared.sources import Source
from tests.bench.crawl.bodies import Bodies, bodies_of

FIRST_HOST = 2
_HOSTS_PER_NETWORK = 250


@dataclass(frozen=True)
class Plan:
    """So many hosts, each with so many pages; `latency_s` passes before each page's answer.

    Attributes:
        shuffled: pages are made of the sentences of real ones.
    """

    hosts: int
    pages_per_host: int
    port: int
    latency_s: float
    shuffled: bool = False

    def address(self, host: int) -> str:
        network, number = divmod(host, _HOSTS_PER_NETWORK)
        return f"127.0.{network}.{number + FIRST_HOST}"

    def origin(self, host: int) -> str:
        return f"http://{self.address(host)}:{self.port}"

    def sitemap(self, host: int) -> str:
        return f"{self.origin(host)}/sitemap.xml"

    def source(self, host: int) -> Source:
        """The host as something to crawl."""
        return Source(id=f"host-{host}", name=f"Host {host}", url=self.origin(host), sitemaps=(self.sitemap(host),))

    def pages(self) -> list[str]:
        """Neighbours are on different hosts."""
        return [
            f"{self.origin(host)}/news/{number}" for number in range(self.pages_per_host) for host in range(self.hosts)
        ]


async def serve(plan: Plan, bodies: Bodies, log: Path) -> None:
    """Answer until killed; a line ``{"host", "path", "began_s", "ended_s"}`` for each request."""
    clock = SystemClock()
    with log.open("w", buffering=1) as lines:

        @web.middleware
        async def noted(request: web.Request, handler: web.RequestHandler) -> web.StreamResponse:
            began_s = clock.monotonic_s()
            response = await handler(request)
            host = request.host.partition(":")[0]
            entry = {"host": host, "path": request.path, "began_s": began_s, "ended_s": clock.monotonic_s()}
            lines.write(json.dumps(entry) + "\n")
            return response

        app = web.Application(middlewares=[noted])
        app.add_routes(_routes(plan, bodies))
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        for host in range(plan.hosts):
            await web.TCPSite(runner, plan.address(host), plan.port).start()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def _routes(plan: Plan, bodies: Bodies) -> list[web.RouteDef]:
    async def robots(request: web.Request) -> web.Response:
        return web.Response(text="User-agent: *\nAllow: /\n")

    async def sitemap(request: web.Request) -> web.Response:
        urls = "".join(f"<url><loc>http://{request.host}/news/{n}</loc></url>" for n in range(plan.pages_per_host))
        document = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        return web.Response(text=document, content_type="application/xml")

    async def page(request: web.Request) -> web.Response:
        await asyncio.sleep(plan.latency_s)
        host = int(request.host.partition(":")[0].rpartition(".")[2])
        body = bodies(host * plan.pages_per_host + int(request.match_info["number"]))
        return web.Response(body=body, content_type="text/html")

    return [web.get("/robots.txt", robots), web.get("/sitemap.xml", sitemap), web.get(r"/news/{number:\d+}", page)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--plan", type=json.loads)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--log", type=Path)
    given = parser.parse_args()
    plan = Plan(**given.plan)
    asyncio.run(serve(plan, bodies_of(given.archive, shuffled=plan.shuffled), given.log))


if __name__ == "__main__":
    main()
