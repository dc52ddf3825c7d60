import re
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.article_store.cursors import VIEW_LIFETIME_S
from shared.facets import FACETS_BY_NAME
from tests.integration.search.newsroom import HOSTILE, articles

ALL = articles()


async def search(client, query_string=""):
    response = await client.get(f"/v1/articles?{query_string}")
    assert response.status_code == 200, response.text
    return response.json()


def buckets(answer, facet):
    return {bucket["value"]: bucket["count"] for bucket in answer["facets"][facet]["buckets"]}


async def test_everything_is_found_newest_first_with_the_counts_of_every_facet(client):
    answer = await search(client)

    assert answer["total"] == {"value": 10, "relation": "eq"}
    assert [item["id"] for item in answer["articles"]] == [stored.article_id for stored in reversed(ALL)]
    assert list(answer["facets"]) == list(FACETS_BY_NAME)
    assert buckets(answer, "language") == {"en": 8, "de": 2}
    assert answer["next"] is None


async def test_counts_of_a_facet_ignore_its_own_filter_and_respect_all_others(client):
    answer = await search(client, "language=de&person=person:ada")

    assert answer["total"]["value"] == 1
    assert buckets(answer, "language") == {"en": 3, "de": 1}
    assert buckets(answer, "person") == {"person:ada": 1, "person:tom": 1}
    assert buckets(answer, "organization") == {"org:acme": 1}


async def test_values_of_one_facet_are_alternatives_and_facets_narrow_each_other(client):
    either = await search(client, "person=person:ada,person:tom")
    both_facets = await search(client, "person=person:ada&person=person:tom&topic=topic:economy")

    assert either["total"]["value"] == 8
    assert both_facets["total"]["value"] == 3


async def test_a_selected_value_is_returned_however_rare_it_is(client):
    answer = await search(client, "person=person:mallory&facet=person&facet.person.size=1")

    selected = [bucket for bucket in answer["facets"]["person"]["buckets"] if bucket["selected"]]
    assert [(bucket["value"], bucket["count"]) for bucket in selected] == [("person:mallory", 1)]


async def test_an_excluded_value_takes_its_articles_away(client):
    answer = await search(client, "not_language=de")

    assert answer["total"]["value"] == 8


async def test_a_topic_includes_those_below_it(client):
    answer = await search(client, "topic=topic:economy")

    assert answer["total"]["value"] == 3


async def test_a_bucket_s_link_finds_as_many_articles_as_it_counts(client):
    answer = await search(client, "q=battery&facet=person,author")

    for facet in answer["facets"].values():
        for bucket in facet["buckets"]:
            followed = (await client.get(bucket["link"])).json()
            assert followed["total"]["value"] == bucket["count"]


async def test_the_link_of_a_selected_bucket_frees_it(client):
    selected = await search(client, "q=battery&person=person:ada")

    link = next(b["link"] for b in selected["facets"]["person"]["buckets"] if b["selected"])

    assert (await client.get(link)).json()["total"]["value"] == 8


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
async def test_following_next_finds_each_article_once(client, sort):
    link, found = f"/v1/articles?q=battery&size=3&sort={sort}", []

    while link:
        page = (await client.get(link)).json()
        found += [item["id"] for item in page["articles"]]
        link = page["next"]

    assert sorted(found) == sorted(stored.article_id for stored in ALL[:8])


async def test_the_answer_repeats_the_question_as_it_was_understood(client):
    answer = await search(client, "q=battery+%22plant%22&not_language=de&from=2026-03-01&to=2026-03-02&size=5")

    assert answer["query"] == {
        "q": 'battery "plant"',
        "match": "all",
        "from": "2026-03-01T00:00:00Z",
        "to": "2026-03-03T00:00:00Z",
        "copies": "hide",
        "amount_from": None,
        "amount_to": None,
        "unknown": [],
        "sort": "relevance",
        "mode": "words",
        "recency": "gentle",
        "size": 5,
        "highlight": True,
        "filters": {"language": {"include": [], "exclude": ["de"], "mode": "any"}},
        "ranges": {},
        "facets": list(FACETS_BY_NAME),
    }


async def test_bounds_of_numbers_are_repeated_as_they_were_understood(client):
    answer = await search(client, "amount_from=1m&amount_to=2.5m&story_size_from=2&facet=topic")

    assert answer["query"]["ranges"] == {"deal_size": {"from": 1e6, "to": 2.5e6}, "story_size": {"from": 2, "to": None}}
    assert (answer["query"]["amount_from"], answer["query"]["facets"]) == (1e6, ["topic"])


async def test_an_excluded_value_is_a_bucket_that_says_so_and_is_freed_by_its_link(client):
    answer = await search(client, "not_language=de&facet=language")

    shown = {b["value"]: (b["selected"], b["excluded"]) for b in answer["facets"]["language"]["buckets"]}
    link = next(b["link"] for b in answer["facets"]["language"]["buckets"] if b["value"] == "de")
    assert shown == {"en": (False, False), "de": (False, True)}
    assert (await client.get(link)).json()["total"]["value"] == 10


async def test_publication_is_counted_by_hours_where_that_is_asked(client):
    answer = await search(client, "facet=published&facet.published.interval=hour&from=2026-03-02&to=2026-03-02")

    counted = answer["facets"]["published"]["buckets"]
    assert sum(bucket["count"] for bucket in counted) == answer["total"]["value"]
    assert all(re.fullmatch(r"2026-03-02T\d\d", bucket["value"]) for bucket in counted)
    for bucket in counted:
        assert (await client.get(bucket["link"])).json()["total"]["value"] == bucket["count"]


async def test_an_article_in_a_list_says_what_is_needed_to_choose_it(client):
    item = (await search(client, "sort=oldest&size=1"))["articles"][0]

    assert item["title"] == "Ada Brandt opens battery plant 1"
    assert item["published"] == {"at": "2026-03-02T12:01:00Z", "precision": "day", "origin": "feed"}
    assert item["topics"] == [{"id": "topic:deals", "label": "Deals", "path": ["topic:economy", "topic:deals"]}]
    assert [entity["id"] for entity in item["entities"]] == ["org:acme", "person:ada"]
    assert item["money"] == [{"value": 3e6, "currency": "USD", "value_usd": 3e6, "text": "$3 million"}]
    assert item["highlights"] is None or item["highlights"] == {"title": None, "text": []}


async def test_what_matched_is_marked_and_everything_else_escaped(client):
    (item,) = (await search(client, "q=mallory"))["articles"]

    html = [item["highlights"]["title"], *item["highlights"]["text"]]
    assert all("<mark>Mallory</mark>" in fragment for fragment in html)
    assert not any(re.search(r"<(?!/?mark>)", fragment) for fragment in html)


async def test_highlights_are_left_out_where_nobody_wants_them(client):
    answer = await search(client, "q=battery&highlight=false")

    assert {item["highlights"] is None for item in answer["articles"]} == {True}


async def test_dates_include_their_last_day(client):
    on_the_day = await search(client, "from=2026-03-02&to=2026-03-02")
    before = await search(client, "to=2026-03-01")

    assert (on_the_day["total"]["value"], before["total"]["value"]) == (10, 0)


@pytest.mark.parametrize("query_string", ["from=0001-01-01", "to=9999-12-30", "from=1066-10-14&to=2999-01-01"])
async def test_dates_far_away_are_answered(client, query_string):
    assert (await search(client, query_string))["total"]["value"] == 10


async def test_an_article_is_given_whole_with_what_was_understood(client):
    stored = ALL[0]

    article = (await client.get(f"/v1/articles/{stored.article_id}")).json()

    assert article["text"] == stored.article.text
    mention = article["enrichment"]["entities"][0]["mentions"][1]
    assert article["text"][mention["start"] : mention["end"]] == "Ada Brandt"
    assert article["published"]["origin"] == "feed"
    assert article["ingested_at"]


async def test_an_article_that_may_not_be_archived_is_a_snippet(client):
    article = (await client.get(f"/v1/articles/{ALL[8].article_id}")).json()

    assert "Secret ending" not in article["text"]
    assert (article["text_truncated"], article["rights"]) == (True, ["noarchive"])


@pytest.mark.parametrize("article_id", ["0" * 64, "nonsense", "%2e%2e%2f", "0" * 3000])
async def test_an_unknown_article_is_a_problem(client, article_id):
    response = await client.get(f"/v1/articles/{article_id}")

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"


async def test_the_facets_are_described_as_the_search_takes_them(client):
    registry = (await client.get("/v1/facets")).json()["facets"]

    assert [facet["name"] for facet in registry] == list(FACETS_BY_NAME)
    for facet in registry:
        choices = FACETS_BY_NAME[facet["name"]].choices or ("2026",)
        names, value = facet["parameters"], choices[0]
        await search(
            client,
            f"{names['include']}={value}&{names['exclude']}={value}&{names['size']}=3&{names['mode']}=all&{names['sort']}=name",
        )
        assert (await client.get(facet["values"])).json()["name"] == facet["name"]


@pytest.mark.parametrize(
    ("query_string", "problem", "parameter"),
    [
        ("persn=x", "/docs#invalid-parameter", "persn"),
        ("size=1000", "/docs#invalid-parameter", "size"),
        ("cursor=nonsense", "/docs#invalid-parameter", "cursor"),
        ("x" * 9000, "/docs#too-much", None),
        ("q=a+b)", "/docs#invalid-query", "q"),
    ],
)
async def test_a_question_that_cannot_be_answered_says_why(client, query_string, problem, parameter):
    response = await client.get(f"/v1/articles?{query_string}")

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.json()["type"], response.json().get("parameter")) == (problem, parameter)


async def test_a_cursor_belongs_to_its_question(client):
    link = (await search(client, "q=battery&size=3"))["next"]

    response = await client.get(link.replace("q=battery", "q=plant"))

    assert (response.status_code, response.json()["parameter"]) == (400, "cursor")


@pytest.mark.parametrize("words", ["%22", "%26", "-", "*", "AND+OR", "a:b+(c", "%00", "%F0%9F%94%8B", "title:battery"])
async def test_what_is_typed_into_the_box_breaks_nothing(client, words):
    assert (await client.get(f"/?q={words}")).status_code == 200
    assert (await client.get(f"/v1/articles?q={words}")).status_code in (200, 400)


@pytest.mark.parametrize(
    ("q", "total"),
    [
        ("title:battery", 8),
        ("(ada OR mallory) -hostile", 5),
        ("harbour OR (battery topic:topic:deals)", 4),
        ("entity:person:ada lang:de", 1),
        ("before:2026-03-02T12:03Z battery", 2),
        ("site:news.example -battery", 2),
        ('author:"duarte ines" -person:person:ada', 4),
    ],
)
async def test_the_language_of_the_search_box_narrows(client, q, total):
    answer = (await client.get("/v1/articles", params={"q": q, "facet": "none"})).json()

    assert answer["total"]["value"] == total


async def test_a_page_of_results_says_what_was_mended_in_the_query(client):
    html = (await client.get("/", params={"q": "battery OR"})).text

    assert "OR needs words on both sides" in html
    assert "8 articles" in html


async def test_a_mistake_in_q_is_pointed_at(client):
    problem = (await client.get("/v1/articles", params={"q": "battery titel:x"})).json()

    assert (problem["status"], problem["position"], problem["length"]) == (400, 8, 7)
    assert problem["excerpt"].splitlines()[1] == " " * 8 + "^" * 7


async def test_only_the_fields_that_are_asked_for_are_answered_and_links_remember_them(client):
    answer = await search(client, "fields=title,url&size=3&facet=language")

    assert [set(item) for item in answer["articles"]] == [{"id", "title", "url"}] * 3
    assert (await client.get(answer["next"])).json()["articles"][0].keys() == {"id", "title", "url"}
    bucket = answer["facets"]["language"]["buckets"][0]
    assert (await client.get(bucket["link"])).json()["articles"][0].keys() == {"id", "title", "url"}


async def test_a_long_question_is_sent_as_json_and_answered_the_same(client):
    sent = await client.post(
        "/v1/articles/search", json={"q": "battery", "author": ["Duarte, Ines"], "not_language": "de", "size": 2}
    )
    asked = await client.get(r"/v1/articles?q=battery&author=Duarte\,%20Ines&not_language=de&size=2")

    assert sent.status_code == 200
    assert sent.json() == asked.json()


@pytest.mark.parametrize("body", ["{", "[]", '"q"', '{"q": {"a": 1}}', '{"size": NaN}', '{"x": 1}', "[" * 100_000])
async def test_a_body_that_is_no_question_is_a_problem(client, body):
    response = await client.post("/v1/articles/search", content=body)

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"


async def test_all_values_of_a_facet_may_be_asked_for(client):
    answer = await search(client, "author=Clara,Brandt&facet.author.mode=all")
    both = await search(client, r"author=Clara,Duarte\, Ines&facet.author.mode=all")

    assert (answer["total"]["value"], both["total"]["value"]) == (0, 8)


@pytest.mark.parametrize(("path", "status"), [("/v1/nothing", 404), ("/v1/articles/", 404)])
async def test_a_path_that_leads_nowhere_is_a_problem(client, path, status):
    response = await client.get(path)

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"


async def test_a_method_that_is_not_known_is_a_problem_that_names_those_that_are(client):
    response = await client.delete("/v1/articles")

    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert response.json()["type"] == "/docs#method-not-allowed"


async def test_the_openapi_document_describes_every_parameter_and_problem(client):
    openapi = (await client.get("/openapi.json")).json()

    said = openapi["paths"]["/v1/articles"]["get"]
    described = {parameter["name"]: parameter["description"] for parameter in said["parameters"]}
    assert {f"not_{name}" for name in FACETS_BY_NAME} <= set(described)
    assert "application/problem+json" in said["responses"]["default"]["content"]
    assert "422" not in str(openapi)


async def test_a_hostile_article_comes_out_of_the_api_as_it_went_in(client):
    article = (await client.get(f"/v1/articles/{ALL[9].article_id}")).json()

    assert article["title"] == f"Mallory writes {HOSTILE}"


async def test_similar_articles_are_about_the_same_and_not_the_article_itself(client):
    answer = (await client.get(f"/v1/articles/{ALL[0].article_id}/similar?size=3")).json()

    ids = [item["id"] for item in answer["articles"]]
    assert len(ids) == 3
    assert ALL[0].article_id not in ids
    assert set(ids) <= {stored.article_id for stored in ALL[:8]}


@pytest.mark.parametrize(
    ("path", "status"), [(f"{'0' * 64}/similar", 404), (f"{ALL[0].article_id}/similar?size=0", 400)]
)
async def test_what_is_similar_to_nothing_is_a_problem(client, path, status):
    assert (await client.get(f"/v1/articles/{path}")).status_code == status


async def test_pages_by_relevance_that_are_not_kept_any_more_are_gone_and_say_where_to_start_again(client, clock):
    first = await search(client, "q=battery&size=1&fields=id&facet=none")
    clock.advance(VIEW_LIFETIME_S + 1)

    response = await client.get(first["next"])

    assert response.status_code == 410
    assert (response.json()["type"], response.json()["status"]) == ("/docs#page-expired", 410)
    again = (await client.get(response.json()["link"])).json()
    assert (again["articles"], again["total"]) == (first["articles"], first["total"])


async def test_a_long_question_may_go_on_and_start_again_too(client, clock):
    asked = {"q": "battery", "size": 1, "facet": "none"}
    first = (await client.post("/v1/articles/search", json=asked)).json()
    cursor = parse_qs(urlsplit(first["next"]).query)["cursor"][0]

    second = await client.post("/v1/articles/search", json={**asked, "cursor": cursor})
    clock.advance(VIEW_LIFETIME_S + 1)
    gone = await client.post("/v1/articles/search", json={**asked, "cursor": cursor})

    assert second.json()["articles"][0]["id"] != first["articles"][0]["id"]
    assert gone.status_code == 410
    assert (await client.get(gone.json()["link"])).json()["articles"][0]["id"] == first["articles"][0]["id"]


@pytest.mark.parametrize(
    "path", [f"/v1/articles/{'a' * 64}", "/v1/articles/x/revisions", "/v1/facets", "/v1/stories/x"]
)
async def test_what_takes_no_parameters_refuses_them_rather_than_ignore_them(client, path):
    response = await client.get(f"{path}?fields=title")

    assert (response.status_code, response.json()["parameter"]) == (400, "fields")


async def test_head_is_answered_as_get_without_the_body(client):
    got, head = await client.get("/v1/articles?size=1"), await client.head("/v1/articles?size=1")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == got.headers["content-type"]
