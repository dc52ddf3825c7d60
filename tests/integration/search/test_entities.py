import pytest


async def ask(client, path, **params):
    response = await client.get(path, params=params)
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_profile_tells_who_it_is_how_often_named_and_with_whom(deals_client):
    answer = await ask(deals_client, "/v1/entities/org:acme")

    assert (answer["name"], answer["type"], answer["total"]) == ("Acme", "organization", 6)
    assert [(v["value"], v["count"]) for v in answer["mentioned_with"]["organization"]] == [("org:widgets", 6)]
    assert [(v["value"], v["count"]) for v in answer["mentioned_with"]["person"]] == [("person:ada-roe", 5)]
    assert [(v["value"], v["count"]) for v in answer["mentioned_with"]["location"]] == [("place:paris", 3)]
    assert [v["value"] for v in answer["about"]["topic"]] == ["topic:deals"]
    assert answer["mentions"]["interval"] == "day"
    assert [piece["count"] for piece in answer["mentions"]["slices"]] == [1] * 6
    assert answer["latest"][0]["published"]["at"] > answer["latest"][1]["published"]["at"]


async def test_a_profile_holds_the_newest_relations_and_leads_to_all_of_them(deals_client):
    answer = await ask(deals_client, "/v1/entities/org:acme")

    assert len(answer["relations"]) == answer["all_relations"]["total"]["value"] == 5
    everything = (await deals_client.get(answer["all_relations"]["link"])).json()
    assert everything["total"] == answer["all_relations"]["total"]
    assert (await deals_client.get(answer["link"])).json()["total"]["value"] == answer["total"]


async def test_a_speaker_is_quoted_in_the_profile(deals_client):
    answer = await ask(deals_client, "/v1/entities/person:ada-roe")

    assert answer["all_quotes"]["total"]["value"] == 5
    assert answer["quotes"][0]["speaker"] == "Ada Roe"
    assert (await deals_client.get(answer["all_quotes"]["link"])).json()["total"]["value"] == 5


async def test_a_profile_may_be_of_a_time(deals_client):
    answer = await ask(deals_client, "/v1/entities/org:acme", **{"from": "2026-03-03", "to": "2026-03-04"})

    assert answer["total"] == 2
    assert answer["all_relations"]["total"]["value"] == 2
    assert (await deals_client.get(answer["all_relations"]["link"])).json()["total"]["value"] == 2


@pytest.mark.parametrize("entity_id", ["org:nobody", "acme", "event:x", "org:" + "a" * 5000, "org:%00"])
@pytest.mark.parametrize("tail", ["", "/graph"])
async def test_whoever_nobody_names_is_unknown(deals_client, entity_id, tail):
    response = await deals_client.get(f"/v1/entities/{entity_id}{tail}")

    assert (response.status_code, response.json()["type"]) == (404, "/docs#unknown-entity")


async def test_a_graph_weighs_relations_by_articles_and_shows_what_says_so(deals_client):
    answer = await ask(deals_client, "/v1/entities/org:acme/graph")

    assert [node["id"] for node in answer["nodes"]][:2] == ["org:acme", "org:widgets"]
    edges = {(edge["source"], edge["target"], edge["type"]): edge for edge in answer["edges"]}
    assert edges["org:acme", "org:widgets", "invests_in"]["weight"] == 4
    assert edges["org:widgets", "org:acme", "acquires"]["weight"] == 1
    assert edges["org:acme", "person:ada-roe", "mentioned_with"]["weight"] == 5
    evidence = edges["org:acme", "org:widgets", "invests_in"]["evidence"]
    assert len(evidence) == 3
    assert "may not be copied" not in str(answer)
    assert answer["complete"]


async def test_a_graph_is_as_large_as_asked(deals_client):
    answer = await ask(deals_client, "/v1/entities/org:acme/graph", size="1")

    assert [node["id"] for node in answer["nodes"]] == ["org:acme", "org:widgets"]
    assert {edge["target"] for edge in answer["edges"]} <= {"org:acme", "org:widgets"}
