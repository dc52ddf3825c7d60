import pytest


@pytest.mark.parametrize(
    ("sentence", "relation"),
    [
        ("[Meridian] bought 12.5% of [Quartz].", "invests_in"),
        ("[Meridian] bought a stake in [Quartz].", "invests_in"),
        ("[Meridian] bought half of [Quartz].", "invests_in"),
        ("[Meridian] acquired a 51 per cent stake in [Quartz].", "acquires"),
        ("[Meridian] acquired a majority stake in [Quartz].", "acquires"),
        ("[Meridian] bought the remaining shares of [Quartz].", "acquires"),
        ("[Meridian], whose sales grew 8%, bought [Quartz].", "acquires"),
        ("[Meridian], whose sales grew 8%, was bought by [Quartz].", "acquires"),
    ],
)
def test_who_buys_less_than_half_invests_and_who_buys_more_acquires(told, sentence, relation):
    assert told(sentence).type == relation
