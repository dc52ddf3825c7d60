import pytest

from tests.integration.search.deals import SECRET


async def ask(client, path, **params):
    response = await client.get(path, params=params)
    assert response.status_code == 200, response.text
    return response.json()


async def test_deals_are_listed_newest_first_with_parties_amount_status_and_evidence(deals_client):
    answer = await ask(deals_client, "/v1/relations", type="invests_in", amount_from="100m")

    assert answer["total"] == {"value": 2, "relation": "eq"}
    deal = answer["relations"][0]
    assert deal["amount"] == {"value": 3e8, "currency": "USD", "value_usd": 3e8}
    assert (deal["subject"], deal["object"]) == (
        {"id": "org:acme", "name": "Acme"},
        {"id": "org:widgets", "name": "Widgets"},
    )
    assert (deal["type"], deal["status"]) == ("invests_in", "announced")
    assert deal["evidence"]["text"] == "Acme invests in Widgets."
    assert (await deals_client.get(deal["article"]["link"])).json()["title"] == deal["article"]["title"]


async def test_type_and_status_are_counted_and_their_buckets_lead_on(deals_client):
    answer = await ask(deals_client, "/v1/relations")

    types = {bucket["value"]: bucket for bucket in answer["facets"]["type"]["buckets"]}
    assert {value: bucket["count"] for value, bucket in types.items()} == {"invests_in": 4, "acquires": 1}
    followed = (await deals_client.get(types["acquires"]["link"])).json()
    assert followed["total"]["value"] == 1
    (selected,) = followed["facets"]["type"]["buckets"]
    assert selected["selected"]
    assert (await deals_client.get(selected["link"])).json()["total"]["value"] == 5


async def test_amounts_are_added_up_over_time(deals_client):
    answer = await ask(deals_client, "/v1/relations", type="invests_in", sums="day", to="2026-03-05")

    assert answer["interval"] == "day"
    assert [(piece["relations"], piece["amount_usd"]) for piece in answer["sums"]] == [(1, 5e6), (1, 2e8), (1, 3e8)]


async def test_the_largest_come_first_where_that_is_asked(deals_client):
    answer = await ask(deals_client, "/v1/relations", sort="largest", facet="none")

    amounts = [deal["amount"] and deal["amount"]["value"] for deal in answer["relations"]]
    assert amounts == [3e8, 2e8, 5e6, 1e6, None]
    assert answer["facets"] == {}


@pytest.mark.parametrize(("path", "name", "total"), [("/v1/relations", "relations", 5), ("/v1/quotes", "quotes", 5)])
async def test_following_next_finds_each_fact_once(deals_client, path, name, total):
    link, found = f"{path}?size=2", []

    while link:
        page = (await deals_client.get(link)).json()
        found += [item["id"] for item in page[name]]
        link = page["next"]

    assert len(found) == len(set(found)) == total


async def test_what_may_not_be_copied_is_told_without_its_words(deals_client):
    answer = await ask(deals_client, "/v1/relations", amount_to="2m")

    assert answer["total"]["value"] == 1
    assert answer["relations"][0]["evidence"]["text"] == ""
    assert SECRET not in str(answer)


async def test_quotes_are_found_by_speaker_and_words(deals_client):
    answer = await ask(deals_client, "/v1/quotes", speaker="person:ada-roe", q="number 3")

    (quote,) = answer["quotes"]
    assert (quote["speaker"], quote["speaker_id"]) == ("Ada Roe", "person:ada-roe")
    assert quote["text"] == "We build widgets, number 3."
    assert answer["facets"]["speaker"]["buckets"][0]["value"] == "person:ada-roe"


@pytest.mark.parametrize(
    ("query_string", "parameter"),
    [
        ("type=buys", "type"),
        ("amount_from=lots", "amount_from"),
        ("amount_from=2m&amount_to=1m", "amount_to"),
        ("sort=best", "sort"),
        ("sums=hourly", "sums"),
        ("facet=colour", "facet"),
        ("subjects=x", "subjects"),
        ("from=never", "from"),
    ],
)
async def test_what_does_not_fit_is_refused_by_name(deals_client, query_string, parameter):
    response = await deals_client.get(f"/v1/relations?{query_string}")

    assert (response.status_code, response.json()["parameter"]) == (400, parameter)


@pytest.mark.parametrize(
    ("path", "total"),
    [
        ("/v1/relations?subject=ACME&facet=none", 4),
        ("/v1/relations?entity=Widgets,org:nobody&facet=none", 5),
        ("/v1/relations?entity=Nobody+at+all&facet=none", 0),
        ("/v1/quotes?speaker=ada+roe&facet=none", 5),
    ],
)
async def test_a_name_stands_for_whoever_bears_it(deals_client, path, total):
    answer = (await deals_client.get(path)).json()

    assert answer["total"]["value"] == total


@pytest.mark.parametrize("path", ["/v1/relations?entity=Acme&facet=entity", "/v1/relations?entity=acme&facet=entity"])
async def test_the_value_that_a_name_stands_for_is_known_as_selected_and_freed_by_its_link(deals_client, path):
    answer = (await deals_client.get(path)).json()

    [selected] = [bucket for bucket in answer["facets"]["entity"]["buckets"] if bucket["selected"]]
    assert selected["value"] == "org:acme"
    assert "org:acme" in answer["query"]
    assert selected["link"] == "/v1/relations?facet=entity"


async def test_sources_go_by_their_names_too(deals_client):
    [fact, *_] = (await ask(deals_client, "/v1/relations"))["relations"]
    name, id_ = fact["article"]["source_name"], fact["article"]["source_id"]
    assert name != id_

    named, other = [await ask(deals_client, "/v1/relations", source=value) for value in (name, "The Daily Nothing")]

    assert (named["total"]["value"], named["query"]) == (5, f"/v1/relations?source={id_}")
    assert (other["total"]["value"], other["unknown"][0]["parameter"]) == (0, "source")


@pytest.mark.parametrize(
    ("path", "parameter", "message", "near"),
    [
        ("/v1/relations?entity=Acmee", "entity", "no article has the entity 'Acmee': is org:acme meant?", "org:acme"),
        ("/v1/relations?not_subject=Widgetts", "subject", "is org:widgets meant?", "org:widgets"),
        ("/v1/quotes?speaker=person:ada-ro", "speaker", "is person:ada-roe meant?", "person:ada-roe"),
    ],
)
async def test_what_stands_for_nobody_is_said_with_what_is_near(deals_client, path, parameter, message, near):
    [unknown] = (await deals_client.get(path)).json()["unknown"]

    assert unknown["parameter"] == parameter
    assert message in unknown["message"]
    assert unknown["near"][0]["value"] == near


async def test_an_id_that_is_known_is_not_to_blame_where_nothing_is_found(deals_client):
    answer = await ask(deals_client, "/v1/relations", entity="org:acme,place:paris", subject="place:paris")

    assert (answer["total"]["value"], answer["unknown"]) == (0, [])


async def test_what_is_like_nothing_is_said_to_be_completed_elsewhere(deals_client):
    [unknown] = (await ask(deals_client, "/v1/relations", entity="Zyx"))["unknown"]

    assert (unknown["near"], "/v1/suggest" in unknown["message"]) == ([], True)


async def test_a_cursor_of_another_question_is_refused(deals_client):
    link = (await ask(deals_client, "/v1/relations", size="2"))["next"]

    response = await deals_client.get(link + "&type=acquires")

    assert (response.status_code, response.json()["type"]) == (400, "/docs#invalid-parameter")
    assert response.json()["parameter"] == "cursor"


async def test_every_filter_of_facts_has_a_twin_that_rules_values_out(deals_client):
    everything = await ask(deals_client, "/v1/relations", size="200")
    acquired = await ask(deals_client, "/v1/relations", type="acquires")

    others = await ask(deals_client, "/v1/relations", not_type="acquires", not_language="xx")
    without_acme = await ask(deals_client, "/v1/relations", not_entity="ACME")

    assert others["total"]["value"] == everything["total"]["value"] - acquired["total"]["value"] > 0
    assert {relation["type"] for relation in others["relations"]}.isdisjoint({"acquires"})
    assert "not_type=acquires" in others["query"]
    parties = {p["id"] for r in without_acme["relations"] for p in (r["subject"], r["object"])}
    assert "org:acme" not in parties
    assert without_acme["total"]["value"] < everything["total"]["value"]
