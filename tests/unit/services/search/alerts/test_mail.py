import pytest

from services.search.alerts.mail import MailFailed, MailRefused, MailServer, message_of
from tests.fakes_receivers import a_mail_server
from tests.unit.services.search.alerts.scene import a_fired_article, a_mail_channel, a_notice, an_alert


def a_server(port: int, **fields) -> MailServer:
    return MailServer("127.0.0.1", port, "none", "newsweir@desk.example", timeout_s=5, **fields)


def written(notice, alert=None, *, test=False):
    return message_of(alert or an_alert(name="Batteries"), a_mail_channel(), notice, a_server(25), test=test)


async def test_a_notice_arrives_with_title_and_link(clock):
    async with a_mail_server() as mailbox:
        await a_server(mailbox.port).send(written(a_notice()))

    [message] = mailbox.messages
    assert mailbox.recipients == [["ada@desk.example"]]
    assert message["Subject"] == "Batteries: Council discusses matter 1"
    assert message["Message-ID"] == f"<{a_notice().delivery_id}@desk.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    body = message.get_content()
    assert "https://news.example/articles/1" in body
    assert "The Example 2026-03-02 12:01 UTC" in body


def test_a_digest_names_its_articles_and_how_many_more_there_are():
    message = written(a_notice(articles=(a_fired_article(1), a_fired_article(2)), left_out=7))

    assert message["Subject"] == "Batteries: 9 articles"
    assert "https://news.example/articles/2" in message.get_content()
    assert "… and 7 more." in message.get_content()


def test_a_title_cannot_write_headers_or_lines_of_its_own():
    hostile = a_fired_article(
        1, title="Breaking\r\nBcc: all@desk.example\r\n\r\nBuy now\x00", site_name="A\nB", snippet="C\nD"
    )

    message = written(a_notice(articles=(hostile,)), an_alert(name="N\r\nX-Evil: 1"))

    assert message["Bcc"] is None
    assert message["X-Evil"] is None
    assert message["Subject"] == "N X-Evil: 1: Breaking Bcc: all@desk.example Buy now"
    assert "Breaking Bcc: all@desk.example Buy now\n" in message.get_content()


def test_a_long_title_is_cut_and_a_test_says_that_it_is_one():
    message = written(a_notice(articles=(a_fired_article(1, title="word " * 200),)), test=True)

    assert message["Subject"].startswith("Test: Batteries: word")
    assert len(message["Subject"]) <= 150


@pytest.mark.parametrize(("answer", "error"), [("450 later", MailFailed), ("550 no such user", MailRefused)])
async def test_what_the_server_says_decides_whether_it_is_asked_again(answer, error):
    async with a_mail_server(refuse=answer) as mailbox:
        with pytest.raises(error, match=answer[:3]):
            await a_server(mailbox.port).send(written(a_notice()))

    assert mailbox.messages == []


async def test_who_has_a_password_logs_in_before_mail_is_handed_in():
    async with a_mail_server(login=("desk", "secret")) as mailbox:
        await a_server(mailbox.port, user="desk", password="secret").send(written(a_notice()))

    assert mailbox.recipients == [["ada@desk.example"]]


@pytest.mark.parametrize(
    ("known", "error", "code"),
    [({}, MailRefused, "530"), ({"user": "desk", "password": "wrong"}, MailFailed, "535")],
)
async def test_a_server_that_knows_its_senders_takes_no_mail_from_others(known, error, code):
    async with a_mail_server(login=("desk", "secret")) as mailbox:
        with pytest.raises(error, match=code):
            await a_server(mailbox.port, **known).send(written(a_notice()))

    assert mailbox.messages == []


async def test_a_server_that_is_away_may_come_back():
    with pytest.raises(MailFailed, match=r"127\.0\.0\.1"):
        await a_server(9).send(written(a_notice()))


async def test_a_server_without_the_encryption_that_was_set_gets_no_mail():
    async with a_mail_server() as mailbox:
        server = MailServer("127.0.0.1", mailbox.port, "starttls", "newsweir@desk.example", timeout_s=5)
        with pytest.raises(MailFailed):
            await server.send(written(a_notice()))

    assert mailbox.messages == []
