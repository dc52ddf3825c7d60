import pytest


async def ask(client, path, **params):
    response = await client.get(path, params=params)
    assert response.status_code == 200, response.text
    return response.json()


async def test_the_values_of_a_facet_are_counted_within_a_search(client):
    answer = await ask(client, "/v1/facets/person", q="battery", language="en")

    assert (answer["name"], answer["label"]) == ("person", "Person")
    assert {b["value"]: b["count"] for b in answer["buckets"]} == {"person:ada": 3, "person:tom": 3}
    followed = (await client.get(answer["buckets"][0]["link"])).json()
    assert followed["total"]["value"] == 3


async def test_values_are_searched_by_the_beginning_of_their_label(client):
    answer = await ask(client, "/v1/facets/person", label="okaf")

    assert [(b["value"], b["count"], b["selected"]) for b in answer["buckets"]] == [("person:tom", 4, False)]
    assert (await ask(client, "/v1/facets/person", label="zz"))["buckets"] == []


async def test_a_selected_value_is_known_as_such_among_those_searched(client):
    answer = await ask(client, "/v1/facets/person", label="a", person="person:ada")

    assert {b["value"]: b["selected"] for b in answer["buckets"]} == {"person:ada": True}
    assert answer["buckets"][0]["count"] == 4


async def test_values_come_by_name_where_that_is_asked(client):
    answer = await ask(client, "/v1/facets/person", order="name", values="2")

    assert [b["label"] for b in answer["buckets"]] == ["Ada Brandt", next(b["label"] for b in answer["buckets"][1:])]


async def test_what_the_beginning_of_a_name_may_stand_for(client):
    answer = await ask(client, "/v1/suggest", q="ac")

    (acme,) = answer["suggestions"]
    assert (acme["facet"], acme["value"], acme["label"], acme["count"]) == ("organization", "org:acme", "Acme", 8)
    assert acme["text"] == "organization:org:acme"
    assert (await client.get(acme["link"])).json()["total"]["value"] == 8


async def test_suggestions_may_be_of_some_facets_and_labels_that_start_with_it_come_first(client):
    answer = await ask(client, "/v1/suggest", q="e", facet="topic,person", size="5")

    assert {item["facet"] for item in answer["suggestions"]} == {"topic"}
    assert {item["label"] for item in answer["suggestions"]} == {"Economy", "Energy"}
    assert (await ask(client, "/v1/suggest"))["suggestions"] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/facets/colour", 404),
        ("/v1/facets/person?values=0", 400),
        ("/v1/facets/person?label=" + "a" * 101, 400),
        ("/v1/suggest?facet=language", 400),
        ("/v1/suggest?size=500", 400),
    ],
)
async def test_what_does_not_fit_is_a_problem(client, path, status):
    assert (await client.get(path)).status_code == status


@pytest.mark.parametrize(
    ("q", "total"),
    [
        ('person:"Ada Brandt"', 4),
        ('person:"ada brandt" -topic:deals', 2),
        ("entity:Acme", 8),
        ('source:"The Example"', 10),
        ('-person:"Nobody at all" battery', 8),
        ('person:"Nobody at all"', 0),
    ],
)
async def test_a_name_in_the_text_of_a_question_stands_for_whoever_bears_it(client, q, total):
    answer = await ask(client, "/v1/articles", q=q, facet="none", size="3")
    exported = (await client.get("/v1/export", params={"q": q})).text
    counted = await ask(client, "/v1/timeline", q=q)

    assert answer["total"]["value"] == len(exported.splitlines()) == counted["total"] == total
    if answer["next"]:
        assert (await client.get(answer["next"])).status_code == 200


async def test_the_answer_repeats_the_name_and_not_the_id(client):
    answer = await ask(client, "/v1/articles", q='person:"Ada Brandt"', facet="none")

    assert answer["query"]["q"] == 'person:"Ada Brandt"'


async def test_topics_are_walked_level_by_level(client):
    highest = (await client.get("/v1/articles?facet=topic&facet.topic.under=top")).json()["facets"]["topic"]["buckets"]
    [economy] = [bucket for bucket in highest if bucket["value"] == "topic:economy"]
    lower = (await client.get(economy["below"])).json()["facets"]["topic"]["buckets"]
    alone = (await client.get("/v1/facets/topic?under=topic:economy")).json()["buckets"]

    assert {bucket["value"] for bucket in highest} == {"topic:energy", "topic:economy"}
    assert [bucket["value"] for bucket in lower] == [bucket["value"] for bucket in alone] == ["topic:deals"]
    assert (await client.get("/v1/facets/person?under=top")).status_code == 400


async def test_days_may_be_counted_by_longer_spans_as_beside_a_search(client):
    said = await client.get("/v1/facets/published?interval=year")
    of_a_search = await client.get("/v1/facets/published?facet.published.interval=year&facet=published")

    values = [bucket["value"] for bucket in said.json()["buckets"]]
    assert all(len(value) == len("2026") for value in values)
    assert values == [bucket["value"] for bucket in of_a_search.json()["buckets"]]


async def test_how_a_search_counts_the_facet_holds_unless_it_is_said_anew(client):
    search = "facet.language.size=1&facet.language.sort=name"

    there = (await client.get(f"/v1/facets/language?{search}")).json()["buckets"]
    anew = (await client.get(f"/v1/facets/language?{search}&values=2&order=count")).json()["buckets"]

    assert (len(there), len(anew)) == (1, 2)


@pytest.mark.parametrize("said", ["interval=week", "under=top"])
async def test_what_a_facet_has_not_is_refused(client, said):
    response = await client.get(f"/v1/facets/person?{said}")

    assert (response.status_code, response.json()["parameter"]) == (400, said.partition("=")[0])


@pytest.mark.parametrize("filters", [{"person": "Ada Brandt"}, {"person": "ada  BRANDT"}, {"not_person": "Tom Okafor"}])
async def test_a_name_in_a_filter_stands_for_the_id_wherever_articles_are_asked_for(client, filters):
    ids = {name: {"ada": "person:ada", "tom": "person:tom"}[value[:3].lower()] for name, value in filters.items()}

    named = await ask(client, "/v1/articles", facet="person", size="3", **filters)
    by_id = await ask(client, "/v1/articles", facet="person", size="3", **ids)
    exported = (await client.get("/v1/export", params=filters)).text
    counted = await ask(client, "/v1/timeline", **filters)
    values = await ask(client, "/v1/facets/person", **filters)

    assert named == by_id
    assert named["total"]["value"] == len(exported.splitlines()) == counted["total"] > 0
    assert [b["value"] for b in values["buckets"] if b["selected"]] == list(ids.values())[: "person" in filters]
    assert named["query"]["unknown"] == []


async def test_a_name_that_nobody_bears_is_said_to_be_unknown_with_those_that_are_near(client):
    answer = await ask(client, "/v1/articles", person="Ada Brand", facet="none")

    assert answer["total"]["value"] == 0
    [unknown] = answer["query"]["unknown"]
    assert (unknown["parameter"], unknown["value"]) == ("person", "Ada Brand")
    assert unknown["message"] == "no article has the person 'Ada Brand': is person:ada meant?"
    assert unknown["near"][0]["label"] == "Ada Brandt"


async def test_an_id_that_no_article_has_is_said_where_nothing_is_found(client):
    alone = await ask(client, "/v1/articles", person="person:ada-brandtt", facet="none")
    beside = await ask(client, "/v1/articles", person="person:ada-brandtt,person:ada", facet="none")

    assert [item["near"][0]["value"] for item in alone["query"]["unknown"]] == ["person:ada"]
    assert beside["query"]["unknown"] == []


async def test_ids_that_articles_have_are_not_unknown_where_other_words_find_nothing(client):
    answer = await ask(client, "/v1/articles", person="person:ada", q="nowheretobefound", facet="none")

    assert (answer["total"]["value"], answer["query"]["unknown"]) == (0, [])


async def test_sources_are_found_by_id_and_by_name(client):
    by_id = await ask(client, "/v1/articles", source="example", facet="none")
    typed = await ask(client, "/v1/articles", q="source:example", facet="none")

    assert by_id["total"] == typed["total"]
    assert by_id["total"]["value"] > 0


async def test_the_page_says_that_a_name_is_unknown(client):
    html = (await client.get("/?person=Ada+Brand")).text

    assert "is person:ada meant?" in html
