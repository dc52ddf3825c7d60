"""The same crawl as one writes it with Scrapy and trafilatura: python -m tests.bench.crawl.spider < sitemap URLs."""

import json
import sys
from typing import Any

from scrapy.crawler import CrawlerProcess
from scrapy.spiders import SitemapSpider
from trafilatura import bare_extraction

from tests.bench.crawl.fetching import CONCURRENCY


class NewsSpider(SitemapSpider):
    """Follows sitemaps, extracts each page's article with its metadata."""

    name = "news"
    found = 0

    def parse(self, response: Any) -> None:
        document = bare_extraction(response.body, url=response.url, with_metadata=True, fast=True)
        NewsSpider.found += document is not None and bool(document.text)


def main() -> None:
    NewsSpider.sitemap_urls = sys.stdin.read().split()
    process = CrawlerProcess(
        {
            "LOG_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "ROBOTSTXT_OBEY": True,
            "CONCURRENT_REQUESTS": CONCURRENCY,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
            "DOWNLOAD_DELAY": 0,
        }
    )
    process.crawl(NewsSpider)
    process.start()
    sys.stdout.write(json.dumps({"found": NewsSpider.found}))


if __name__ == "__main__":
    main()
