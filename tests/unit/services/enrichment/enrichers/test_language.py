import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.language import _identifier, language


@pytest.fixture
def told(knowledge, found_in):
    return lambda text, hint=None: language(ArticleText("", text, None, hint), found_in("und"), knowledge)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "The council will meet again on Thursday to vote on the new bridge."),
        ("de", "Der Rat kommt am Donnerstag erneut zusammen, um über die Brücke abzustimmen."),
        ("fr", "Le conseil se réunira jeudi pour voter sur le nouveau pont de la ville."),
        ("es", "El ayuntamiento se reunirá el jueves para votar sobre el nuevo puente."),
        ("it", "Il consiglio si riunirà giovedì per votare sul nuovo ponte della città."),
        ("pt", "O conselho vai reunir-se na quinta-feira para votar a nova ponte da cidade."),
        ("nl", "De gemeenteraad komt donderdag opnieuw bijeen om over de nieuwe brug te stemmen."),
        ("sv", "Rådet sammanträder igen på torsdag för att rösta om den nya bron över älven."),
        ("pl", "Rada zbierze się ponownie w czwartek, aby głosować nad nowym mostem."),
        ("cs", "Rada se sejde znovu ve čtvrtek, aby hlasovala o novém mostě přes řeku."),
        ("hu", "A tanács csütörtökön ismét összeül, hogy szavazzon az új hídról."),
        ("fi", "Neuvosto kokoontuu uudelleen torstaina äänestämään uudesta sillasta."),
        ("tr", "Meclis perşembe günü yeni köprü için oylama yapmak üzere yeniden toplanacak."),
        ("vi", "Hội đồng sẽ họp lại vào thứ năm để bỏ phiếu về cây cầu mới."),
        ("id", "Dewan akan bertemu lagi pada hari Kamis untuk memilih jembatan yang baru."),
        ("el", "Το συμβούλιο θα συνεδριάσει ξανά την Πέμπτη για τη νέα γέφυρα."),
        ("he", "המועצה תתכנס שוב ביום חמישי כדי להצביע על הגשר החדש."),
        ("ar", "سيجتمع المجلس مرة أخرى يوم الخميس للتصويت على الجسر الجديد."),
        ("hi", "परिषद नए पुल पर मतदान करने के लिए गुरुवार को फिर बैठक करेगी।"),
        ("th", "สภาจะประชุมอีกครั้งในวันพฤหัสบดีเพื่อลงคะแนนเสียงเรื่องสะพานใหม่"),
        ("uk", "Рада знову збереться в четвер, щоб проголосувати за новий міст."),
        ("ru", "Совет снова соберётся в четверг, чтобы проголосовать за новый мост."),
        ("zh", "市议会将于星期四再次开会，就新桥进行表决。"),
        ("ja", "市議会は木曜日に再び開かれ、新しい橋について採決する。"),
        ("ko", "시의회는 목요일에 다시 모여 새 다리에 대해 표결한다."),
    ],
)
def test_a_sentence_tells_its_language(told, code, text):
    assert told(text).code == code


def test_foreign_names_do_not_make_chinese_english(told):
    assert told("由OpenAI和Microsoft共同开发的模型今天在北京正式发布。").code == "zh"


def test_too_little_text_tells_no_language(told):
    assert told("Ok.").code == "und"
    assert told("12:30 – 14:00").confidence == 0


def test_a_declared_language_does_not_overrule_the_text(told):
    text = "The council will meet again on Thursday to vote on the new bridge across the river."

    assert told(text, hint="fr").code == "en"


def test_little_words_decide_without_statistics(told):
    found = told("The council will meet again on Thursday to vote on the new bridge, and there is no time for it.")

    assert (found.code, found.origin) == ("en", "rule:1")


def test_a_text_of_two_languages_is_left_to_the_statistics(told):
    assert (
        told("The vote on the bridge is in the hall. Die Abstimmung ist in der Halle und nicht im Rathaus.").origin
        == "model:py3langid"
    )


def test_over_fifty_languages_can_be_told():
    assert len(_identifier().rank("The council meets on Thursday.")) > 50
