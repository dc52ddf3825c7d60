"""The pages of deals, quotes and entities, over a store with facts."""

import pytest

from tests.integration.search.deals import SECRET
from tests.integration.search.test_pages import ASKS_THE_BROKER, Outline, page


async def test_deals_are_a_table_with_amounts_and_the_passage_that_says_them(deals_client):
    html = await page(deals_client, "/deals")

    assert "5 reports of deals" in html
    assert "$300 million" in html
    assert "invests in" in html
    assert "/entities/org:acme" in Outline(html).links


async def test_deals_are_narrowed_by_what_is_clicked(deals_client):
    everything = Outline(await page(deals_client, "/deals"))

    narrowed = await page(deals_client, next(link for link in everything.links if "type=acquires" in link))

    assert "1 report of a deal" in narrowed
    assert "rumoured" in narrowed
    assert "What: acquires" in narrowed


async def test_more_values_of_a_filter_are_a_link_away(deals_client):
    few = await page(deals_client, "/deals?facet.size=1")

    (more,) = {link for link in Outline(few).links if link.endswith("#filters") and "facet.size" in link}
    many = await page(deals_client, more.partition("#")[0])

    assert more == "/deals?facet.size=5#filters"
    assert many.count('class="toggle"') > few.count('class="toggle"')


async def test_amounts_over_time_lead_to_the_deals_of_that_time(deals_client):
    html = await page(deals_client, "/deals?type=invests_in")
    bars = [link for link in Outline(html).links if "from=" in link]

    of_one_day = await page(deals_client, bars[0])

    assert "1 report of a deal" in of_one_day
    assert "Published: from" in of_one_day


async def test_deals_that_copies_repeat_are_left_out_until_they_are_asked_for(deals_client):
    hidden = await page(deals_client, "/deals?type=acquires")

    shown = await page(deals_client, "/deals?type=acquires&copies=show")

    assert "/deals?type=acquires&copies=show" in Outline(hidden).links
    assert "Copies shown: hide them" in shown


async def test_nothing_found_for_a_time_says_to_take_off_that_filter(deals_client):
    html = await page(deals_client, "/deals?to=1999")

    assert "Nothing matches" in html
    assert "Published: until 31 December 1999" in html


async def test_what_may_not_be_copied_is_not_shown_as_evidence(deals_client):
    assert SECRET not in await page(deals_client, "/deals")


async def test_quotes_say_who_speaks_and_are_found_by_their_words(deals_client):
    html = await page(deals_client, "/quotes?q=number+3")

    assert "We build widgets, number 3." in html
    assert "/entities/person:ada-roe" in Outline(html).links


async def test_whoever_is_asked_for_by_name_is_found_on_the_pages_too(deals_client):
    named, other = await page(deals_client, "/deals?entity=Acme"), await page(deals_client, "/deals?entity=Nobody")

    assert "5 reports of deals" in named
    assert "5 reports of deals" not in other


async def test_filters_are_said_by_name_where_nothing_is_found_and_what_stands_for_nobody_is_noted(deals_client):
    nothing = await page(deals_client, "/deals?entity=acme&to=1999")
    nobody = await page(deals_client, "/quotes?speaker=Ada+Ro")

    assert "Who: Acme " in nothing
    assert 'role="note"' not in nothing
    assert "no article has the speaker &#39;Ada Ro&#39;: is person:ada-roe meant?" in nobody


async def test_an_entity_has_a_page_with_a_graph_deals_quotes_and_articles(deals_client):
    html = await page(deals_client, "/entities/org:acme")

    outline = Outline(html)
    assert "Acme" in html
    assert len(outline.all("circle")) >= 3
    assert "/deals?entity=org:acme" in outline.links
    assert "/entities/org:widgets" in outline.links
    assert "is named together with" in html


async def test_whoever_is_in_other_articles_only_is_not_named_together(client):
    """Ada and Tom open plants, each in articles of their own."""
    html = await page(client, "/entities/person:ada")

    assert "Tom Okafor" not in html
    assert "/entities/org:acme" in Outline(html).links


@pytest.mark.slow
async def test_every_link_that_stays_here_works(deals_client):
    for path in ("/deals", "/quotes", "/entities/org:acme"):
        links = {link for link in Outline(await page(deals_client, path)).links if link.startswith("/")}
        for link in links - ASKS_THE_BROKER - {link for link in links if link.startswith("/alerts")}:
            assert (await deals_client.get(link)).status_code == 200, link


async def test_an_entity_that_nobody_names_is_not_found(deals_client):
    html = await page(deals_client, "/entities/org:nobody", status=404)

    assert "no article names" in html


async def test_a_mistake_in_a_parameter_is_said(deals_client):
    assert "status" in await page(deals_client, "/deals?status=maybe", status=400)
