from services.crawler.discovery.sniff import find_feeds

URL = "https://news.example/"


def test_feeds_are_found_in_the_order_of_the_page():
    body = b"""<html><head>
      <link rel="alternate" type="application/rss+xml" title="News" href="/feed">
      <link rel="ALTERNATE" type="application/atom+xml; charset=utf-8" href="https://feeds.example/atom">
      <link rel="alternate" type="application/feed+json" href="feed.json"></head></html>"""

    feeds = find_feeds(body, URL)

    assert feeds == ("https://news.example/feed", "https://feeds.example/atom", "https://news.example/feed.json")


def test_feeds_of_comments_and_other_alternates_are_left_out():
    body = b"""<html><head>
      <link rel="alternate" type="application/rss+xml" title="News: Comments" href="/c">
      <link rel="alternate" hreflang="de" href="/de"><link rel="stylesheet" type="text/xml" href="/x"></head></html>"""

    assert find_feeds(body, URL) == ()
