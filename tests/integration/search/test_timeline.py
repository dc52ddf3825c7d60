import pytest


async def ask(client, query_string=""):
    response = await client.get(f"/v1/timeline?{query_string}")
    assert response.status_code == 200, response.text
    return response.json()


async def test_days_follow_each_other_without_a_gap_and_add_up_to_the_total(deals_client):
    answer = await ask(deals_client, "q=widgets&not_language=fr")

    total = (await deals_client.get("/v1/articles?q=widgets&not_language=fr")).json()["total"]["value"]
    assert answer["interval"] == "day"
    assert sum(piece["count"] for piece in answer["slices"]) == answer["total"] == total == 5
    assert [piece["count"] for piece in answer["slices"]] == [1, 1, 1, 1, 0, 1]
    assert all(a["end"] == b["start"] for a, b in zip(answer["slices"], answer["slices"][1:], strict=False))


async def test_a_slice_may_count_the_values_of_a_facet(deals_client):
    answer = await ask(deals_client, "interval=month&by=language&values=1")

    (march,) = answer["slices"]
    assert (march["start"], march["count"]) == ("2026-03-01T00:00:00Z", 6)
    [english] = march["values"]
    assert (english["value"], english["label"], english["count"], english["selected"]) == ("en", "en", 5, False)


async def test_slices_and_their_values_lead_to_the_articles_that_they_count(deals_client):
    answer = await ask(deals_client, "q=widgets&by=language&not_language=fr&interval=week&from=2026-03-03T13:00Z")

    assert answer["slices"][0]["start"] < "2026-03-03T13:00:00Z"
    for piece in answer["slices"]:
        for counted in (piece, *piece["values"]):
            found = (await deals_client.get(counted["link"])).json()
            assert found["total"]["value"] == counted["count"], counted["link"]


async def test_the_first_and_the_last_slice_respect_the_time_asked_for(deals_client):
    answer = await ask(deals_client, "from=2026-03-04&to=2026-03-05&interval=week")

    assert answer["total"] == 2


async def test_the_parameters_of_a_search_are_taken_as_they_are(deals_client):
    assert (await ask(deals_client, "q=widgets&sort=oldest&size=1&facet=topic&facet.topic.size=3"))["total"] == 6


async def test_nothing_found_is_no_slice(deals_client):
    answer = await ask(deals_client, "q=nowhere")

    assert (answer["slices"], answer["total"]) == ([], 0)


@pytest.mark.parametrize("query_string", ["interval=hour", "by=colour", "by=topic&values=0", "page=2"])
async def test_what_does_not_fit_is_refused(deals_client, query_string):
    assert (await deals_client.get(f"/v1/timeline?{query_string}")).status_code == 400
