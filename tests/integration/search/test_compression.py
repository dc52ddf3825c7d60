"""Pages are sent in fewer bytes to whoever takes them so."""


async def test_a_page_is_compressed_for_a_browser_and_not_for_who_does_not_ask(client):
    zipped = await client.get("/", headers={"Accept-Encoding": "gzip"})
    plain = await client.get("/", headers={"Accept-Encoding": "identity"})

    assert zipped.headers["content-encoding"] == "gzip"
    assert int(zipped.headers["content-length"]) * 2 < int(plain.headers["content-length"])
    assert "content-encoding" not in plain.headers
    assert zipped.text == plain.text
