"""The words that tell who speaks, by language."""

import re
from typing import NamedTuple

_ENGLISH = (
    "said says told tells asked asks added adds wrote writes argued argues warned warns noted notes explained explains "
    "insisted insists replied replies stated states claimed claims recalled recalls admitted admits announced "
    "declared declares tweeted posted shouted yelled cried exclaimed concluded concludes continued commented "
    "complained confirmed joked lamented observed predicted predicts quipped remarked responded testified urged urges "
    "vowed whispered boasted acknowledged agreed emphasized emphasised stressed suggested suggests cautioned conceded "
    "countered promised reiterated maintained contended speculated mused protested"
)
# These put words into a sentence of their own: "called the ruling “…”", "described it as “…”".
_ENGLISH_JUDGING = (
    "called calls described describes dismissed dismisses denounced denounces hailed hails slammed slams praised "
    "criticised criticized condemned condemns likened characterised characterized"
)
_ENGLISH_PARTICIPLES = (
    "saying adding arguing warning noting writing telling explaining insisting calling describing claiming"
)
_GERMAN = (
    "sagte sagt erklärte erklärt betonte betont meinte meint teilte ergänzte fügte schrieb schreibt warnte warnt "
    "kritisierte kritisiert forderte fordert kommentierte antwortete fragte behauptete berichtete lobte versicherte"
)
_FRENCH = (
    "dit déclare déclaré affirme affirmé explique expliqué ajoute ajouté estime estimé assure assuré souligne souligné "
    "indique indiqué précise précisé écrit confie confié lance lancé répond répondu prévient prévenu rappelle rappelé "
    "raconte raconté résume résumé conclut conclu insiste insisté juge jugé regrette regretté témoigne témoigné "
    "commente commenté plaide plaidé reconnaît reconnu martèle martelé annonce annoncé"
)
_SPANISH = (
    "dijo dice afirmó afirma aseguró asegura explicó explica añadió añade declaró declara señaló señala agregó "
    "advirtió advierte sostuvo escribió indicó"
)


class Speech(NamedTuple):
    """The words of speech of a language, as regular expressions.

    Attributes:
        verbs: finite forms, after a subject or before it.
        judging: verbs that take a quoted part of a sentence only.
        participles: forms without a subject of their own.
        sources: what names the speaker without a verb, before the name.
        between: what may stand between a subject and its verb.
    """

    verbs: str
    judging: str
    participles: str
    sources: str
    between: str


def _any(words: str) -> str:
    return "|".join(words.split())


_NEVER = r"(?!)"
SPEECH = {
    "en": Speech(
        _any(_ENGLISH),
        _any(_ENGLISH_JUDGING),
        _any(_ENGLISH_PARTICIPLES),
        r"[Aa]ccording to",
        r"(?:\w+ly|later|also|then|once|had|has|have|was quoted as|were quoted as|is quoted as) ",
    ),
    "de": Speech(_any(_GERMAN), _NEVER, _NEVER, r"so|[Ll]aut|[Nn]ach Angaben von", r"(?:auch|dann|später) "),
    "fr": Speech(
        _any(_FRENCH), _NEVER, _NEVER, r"[Ss]elon|[Dd]'après|[Dd]’après", r"(?:a|ont|avait|l'a|aussi|encore) "
    ),
    "es": Speech(_any(_SPANISH), _NEVER, _NEVER, r"[Ss]egún", r"(?:también|ha) "),
}

# Nouns and verbs whose quoted words are a name, a title or an inscription.
NAMING_BEFORE = re.compile(
    r"(?:\b(?:words?|terms?|phrases?|expressions?|slogans?|mottos?|titles?|titled|entitled|called|named|nicknamed|"
    r"dubbed|known as|labell?ed|label|marked|reading|reads?|hashtags?|films?|movies?|books?|novels?|songs?|albums?|"
    r"plays?|shows?|series|essays?|poems?|papers?|articles?|paintings?|exhibitions?|exhibits?|columns?|categor(?:y|ies)|"
    r"buttons?|ships?|class|course|journals?|magazines?|podcasts?|games?|projects?|operations?|headings?|headlines?|"
    r"signs?|posters?|banners?|menus?|formerly|so-called|singles?|hits?|tracks?|message|error|type|enter|press|"
    r"search(?:ed|ing)? for|"
    r"Wort|Begriff|Titel|Film|Roman|Buch|sogenannte[nrms]?|genannt|Lied|Album|Serie|"
    r"mot|terme|titre|film|roman|livre|intitulée?|baptisée?|appelée?|surnommée?|"
    r"palabra|película|novela|libro|llamad[oa])\b,? ?)$",
    re.IGNORECASE,
)

# Words before a name that say what someone is; the name is what follows the last of them.
TITLES = frozenset(
    "president vice-president minister premier chancellor secretary senator sen. rep. representative governor gov. "
    "mayor chair chairman chairwoman chairperson ceo cfo cto coo director manager officer executive chief founder "
    "co-founder cofounder economist analyst strategist judge justice general gen. colonel col. captain sgt. "
    "sergeant lieutenant lt. admiral king queen prince princess pope bishop archbishop "
    "mr. mr mrs. mrs ms. ms dr. dr prof. prof professor "
    "sir dame lord lady rev. reverend commissioner ambassador attorney lawyer spokesman spokeswoman spokesperson "
    "congressman congresswoman councillor councilman mp coach author co-author researcher scientist engineer editor "
    "head leader boss partner investor deputy treasurer inspector detective officer sheriff speaker "
    "herr frau präsident präsidentin minister ministerin kanzler kanzlerin bundeskanzler bundeskanzlerin vorstandschef "
    "vorstandschefin sprecher sprecherin chef chefin m. mme monsieur madame ministre président présidente directeur "
    "directrice presidente presidenta ministro ministra señor".split()
)
TITLE_ENDINGS = (
    "minister", "ministerin", "präsident", "präsidentin", "sprecher", "sprecherin", "chef", "chefin", "leiter",
    "leiterin", "kanzler", "kanzlerin", "vorstand", "ökonom", "ökonomin", "forscher", "forscherin",
)  # fmt: skip
PARTICLES = frozenset("de la le van von der den del della da di dos das bin ibn al el y ter ten zu du".split())
PERSONAL_PRONOUNS = frozenset("he she".split())
IMPERSONAL = re.compile(
    r"(?:it|the (?:company|firm|group|bank|carmaker|chipmaker|automaker|startup|start-up|agency|retailer|"
    r"organi[sz]ation|regulator|lender|maker|manufacturer|business))$",
    re.IGNORECASE,
)
PRONOUNS = frozenset(
    "he she it they we i you one who which that this er sie es wir il elle ils elles on él ella".split()
)
# Beginnings of phrases that are no subject: "In a statement", "Asked whether", "After years of".
NO_SUBJECT = frozenset(
    "in on at after before when while as asked since during with by from for despite although though if once because "
    "earlier later meanwhile but and or yet so still however instead also yesterday today tomorrow am im nach vor bei "
    "dans en après avant pour lors what which where how why there here that whether".split()
)
