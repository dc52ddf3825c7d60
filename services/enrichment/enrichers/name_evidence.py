"""Judges whether a known name that stands in a passage means the entity: its capitals, neighbours and company."""

import re
from collections.abc import Set
from functools import cached_property
from typing import NamedTuple

from services.enrichment.article_text import CJK, ArticleText, Passage, Sentence
from services.enrichment.enrichers.governments import acts
from services.enrichment.knowledge_base.gazetteer import Candidate

# It begins with one set of characters, which the search skips to. No given name is longer; without a bound a row of
# capitals with hyphens is read to its end from each of them.
_TWO_CAPITALISED = re.compile(r"([A-ZÀ-Þ](?<!\w.)[\w'’-]{1,40}+)(?= ([A-ZÀ-Þ]\w+))")
_WORD_BEFORE = re.compile(r"([^\W\d_][\w'’.&-]*)([ \u00a0]|, )$")
_WORD_AFTER = re.compile(r"(?:['’]s)?[ \u00a0-]([^\W_][\w'’&-]*)")
# These two say "a company" wherever they stand beside a name.
_COMPANY_AFTER = re.compile(
    r"(?:['’]s)?,? (?:Inc|Corp|Corporation|Ltd|Limited|plc|PLC|AG|SE|SA|NV|GmbH|LLC|LLP|Holdings?|Group|"
    r"Technologies|Motor|shares?|stock|stocks|CEO|CFO|COO|CTO|chief executive|executives?|spokes(?:man|woman|"
    r"person)|employees|workers|engineers|investors|shareholders|headquarters|revenue|profits?|earnings|sales|"
    r"subsidiary|products?|customers|unveiled|acquired|acquires|to acquire|to buy|agreed to buy|invested|raised|"
    r"Aktien?|Konzern|Chef|Vorstand)\b|\((?:NYSE|NASDAQ|Nasdaq|LSE|HKEX|TSE|[A-Z]{1,5}[.:][A-Z]{1,3})\b"
)
# In lower case, and as ends: a pattern that is searched for takes a hundred times as long.
_COMPANY_BEFORE = tuple(
    "share of,share in,shares of,shares in,stock of,ceo of,chief executive of,head of,founder of,boss of,stake in,"
    "owned by,invest in,invested in,investing in,invests in,invested by,backed by,acquire,acquired,acquires,"
    "acquisition of,acquiring,takeover of,buy,bought,buying,merger with,owner of,parent,subsidiary,maker,chipmaker,"
    "automaker,carmaker,retailer,giant,giants,company,companies,group,startup,start-up,firm,lender,insurer,miner,"
    "conglomerate,operator,provider,developer,competitor,competitors,rival,rivals,konzern,hersteller,unternehmen,"
    "groupe,entreprise,constructeur".split(",")
)
_INTRODUCING = re.compile(r",? (?:like |such as |including )?$", re.IGNORECASE)
_LONGEST_INTRODUCING = 13
# Acts that people perform as well: they help a name of our own lists, not one of thousands of companies.
_ACTS_AFTER = re.compile(
    r" (?:said|says|announced|reported|reports|plans|planned|launched|launches|will|has|have|is|was|agreed|posted|"
    r"won|lost|cut|cuts|sold|sells|bought|buys|paid|pays|poured|opened|closed|makes|built|builds|supplies|faces|named|"
    r"appointed|beat|settled|filed|signed|owns|leads|led|wants|"
    r"expects|declined|introduced|released|sued|hired|kündigte|teilte|will|a annoncé|annonce)\b"
)
_MODEL_AFTER = re.compile(r"(?:['’]s)? (?:AI|model|models|chatbot|assistant|app|chips?|GPUs?|processors?|[0-9])")
_TITLE_BEFORE = re.compile(
    r"\b(?:President|Vice[- ]President|Prime Minister|Chancellor|Minister|Secretary|Senator|Sen\.|Rep\.|Governor|"
    r"Gov\.|Mayor|Chair|Chairman|Chairwoman|CEO|Director|Judge|Justice|General|Gen\.|King|Queen|Prince|Pope|Mr\.?|"
    r"Mrs\.?|Ms\.?|Dr\.?|Herr|Frau|Präsident|Präsidentin|Kanzler|Bundeskanzler|Minister|M\.|Mme|président) $"
)
# "Powell, the Fed chair": who is meant is said after the name.
_OFFICE_AFTER = re.compile(
    r", (?:the|an?|its|his|her|then) (?:[\w.'’-]+ ){0,5}(?:chair|chairman|chairwoman|chief|president|minister|"
    r"chancellor|secretary|senator|governor|mayor|founder|director|leader|economist)\b"
)
_PLACE_BEFORE = re.compile(
    r"\b(?:in|near|from|outside|around|across|to|leave|leaves|left|visit|visited|visiting|southern|northern|"
    r"eastern|western|nach|aus|bei|à|vers|depuis)(?: the)? $",
    re.IGNORECASE,
)
# "US$5 million", "Hong Kong dollars": an amount, not the place.
_MONEY_AFTER = re.compile(r" ?[$€£]|(?:['’]s)? [Dd]ollars?\b")
_PLACE_AFTER = re.compile(r", [A-Z]")
_HEADS_OF_LONGER_NAMES = frozenset(
    "University College Institute School Academy Hospital Airport Street Avenue Road Boulevard Bridge Times Post "
    "Herald Tribune Gazette Journal News Stadium United City FC Football Club Declaration Agreement Protocol "
    "Convention Treaty Museum Opera Philharmonic Symphony Orchestra Festival Marathon Valley River Lake Mountains "
    "County Beach".split()
)
# "Kenya Power Company", "Bank of Ghana": the place is part of a body's name.
_BODY_AFTER = re.compile(
    r"(?: (?:of|and|for|the|[A-Z][\w'’-]+)){0,4} (?:Association|Authority|Ministry|Airways|Airlines|Bank|Commission|"
    r"Party|Union|Court|Council|Corporation|Company|Federation|Foundation|Institute|Agency|Office|Committee|Centre|Center|"
    r"Society|Police|Army|Navy|Parliament|Service|Board|Trust|Department|Fund|Organi[sz]ation|Network)\b"
)
_BODY_BEFORE = re.compile(r"\b(?:Bank|University|Ministry|Institute|Museum|College|Church|Association|Federation) of $")
_CAPITALISED_ANYWAY = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December".split()
)
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_SHORT_ACRONYM = 3
_NAMED_LIKE_OTHERS = ("organization", "location", "person")
_CONFIDENCE = {"sure": 1.0, "evidence": 0.9, "company": 0.85, "capitals": 0.7}


class Setting(NamedTuple):
    """The characters right before and after a candidate."""

    before: str
    after: str


class _Traits:
    """What is asked of a sentence by all names in it."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words in lower case, without the marks around them."""
        return frozenset(word.strip(".,;:!?'\"()") for word in self._text.lower().split())

    @cached_property
    def is_upper(self) -> bool:
        """Whether all of it is written in capitals."""
        return self._text.isupper()

    @cached_property
    def first_letter(self) -> int:
        """Where its first letter or digit stands; its length where it has none."""
        match = _LETTER_OR_DIGIT.search(self._text)
        return match.start() if match else len(self._text)


class Evidence:
    """All that one article says for and against its candidates."""

    def __init__(self, article: ArticleText, language: str, personal_names: Set[str]) -> None:
        self._article = article
        self._language = language
        self._personal_names = personal_names
        # A page that is one sentence may have tens of thousands of names, which ask the same of it.
        self._traits: dict[str, _Traits] = {}

    def for_sure_name(self, passage: Passage, candidate: Candidate) -> float | None:
        """Confidence that an unambiguous name means its entity here; None where it belongs to a longer name."""
        if candidate.entity.type == "location" and _MONEY_AFTER.match(passage.text, candidate.end):
            return None
        if " " in candidate.name or candidate.entity.type not in _NAMED_LIKE_OTHERS:
            return _CONFIDENCE["sure"]
        return None if self._belongs_to_another(_setting(passage, candidate), candidate) else _CONFIDENCE["sure"]

    def for_ambiguous_name(self, passage: Passage, candidate: Candidate, accepted: Set[str]) -> float | None:
        """The same for an ambiguous name, given the ids of what is found by other names, and of their parents."""
        setting = _setting(passage, candidate)
        entity = candidate.entity
        if self.is_government(passage, candidate):
            return _CONFIDENCE["evidence"]
        if self._belongs_to_another(setting, candidate):
            return None
        # The surname of someone named in full is joined later, where no one else bears it.
        if entity.id in accepted and entity.type != "person":
            return _CONFIDENCE["company"]
        if self._has_plain_evidence(setting, candidate, accepted):
            return _CONFIDENCE["evidence"]
        sentence = passage.sentence_at(candidate.start)
        if candidate.kind == "weak" or self._speaks_against(sentence, candidate):
            return None
        return _CONFIDENCE["capitals"] if self._stands_out(passage, sentence, candidate) else None

    def may_be_listed(self, passage: Passage, candidate: Candidate) -> bool:
        """Whether an ambiguous name may mean its entity where that is named beside others of its kind."""
        return (
            candidate.name[0].isupper()
            and not self._belongs_to_another(_setting(passage, candidate), candidate)
            and not self._speaks_against(passage.sentence_at(candidate.start), candidate)
        )

    def is_government(self, passage: Passage, candidate: Candidate) -> bool:
        """Whether a capital stands for the government in it; one that is someone's surname needs an act of state."""
        if candidate.entity.type != "location" or not candidate.entity.parent:
            return False
        return acts(passage, candidate, is_doubtful=candidate.kind == "weak" or candidate.name in self._surnames)

    def _belongs_to_another(self, setting: Setting, candidate: Candidate) -> bool:
        """Whether a single name is someone's surname, or the beginning of a longer name."""
        if " " in candidate.name or candidate.entity.type not in _NAMED_LIKE_OTHERS:
            return False
        before = _word_before(setting)
        if before and before[2] != ", " and before[1].lower() in self._personal_names and before[1][0].isupper():
            return True
        if candidate.entity.type == "person":
            return False
        if candidate.name in self._surnames:
            return True
        return candidate.entity.type == "location" and _is_within_name_of_body(setting)

    @cached_property
    def _surnames(self) -> frozenset[str]:
        """Words that follow a given name somewhere in the article."""
        return frozenset(
            match[2]
            for passage in (self._article.headline, self._article.body)
            for match in _TWO_CAPITALISED.finditer(passage.text)
            if match[1].lower() in self._personal_names
        )

    def _speaks_against(self, sentence: Sentence, candidate: Candidate) -> bool:
        """Whether a word of the sentence says that something else is meant."""
        unless = candidate.entity.unless
        return bool(unless) and not self._traits_of(sentence).words.isdisjoint(unless)

    def _traits_of(self, sentence: Sentence) -> "_Traits":
        traits = self._traits.get(sentence.text)
        if traits is None:
            traits = self._traits[sentence.text] = _Traits(sentence.text)
        return traits

    def _has_plain_evidence(self, setting: Setting, candidate: Candidate, accepted: Set[str]) -> bool:
        entity = candidate.entity
        match entity.type:
            case "organization":
                return bool(_COMPANY_AFTER.match(setting.after)) or _is_introduced_as_company(setting.before)
            case "person":
                return bool(_TITLE_BEFORE.search(setting.before) or _OFFICE_AFTER.match(setting.after))
            case "location":
                in_place = bool(_PLACE_BEFORE.search(setting.before))
                return in_place and (candidate.kind == "word" or bool(_PLACE_AFTER.match(setting.after)))
            case _:
                return entity.parent in accepted or bool(_MODEL_AFTER.match(setting.after))

    def _stands_out(self, passage: Passage, sentence: Sentence, candidate: Candidate) -> bool:
        """Whether capitals alone set the name off from the word: inside a sentence that is not written in them."""
        if candidate.entity.type in ("person", "product") or self._language == "de" or CJK.search(candidate.name):
            return False
        if passage is self._article.headline or not candidate.name[0].isupper():
            return False
        traits = self._traits_of(sentence)
        if traits.is_upper:
            return False
        if candidate.name.isupper() and len(candidate.name) <= _SHORT_ACRONYM:
            return False
        setting = _setting(passage, candidate)
        if setting.before.endswith("the ") and setting.after.startswith(" of "):
            return False  # "the Oracle of Omaha" says what someone is called, not a name.
        if candidate.start - sentence.start <= traits.first_letter:
            return candidate.entity.type == "organization" and bool(_ACTS_AFTER.match(setting.after))
        before, after = _word_before(setting), _WORD_AFTER.match(setting.after)
        follows_name = (
            before
            and before[1][0].isupper()
            and before[1] not in _CAPITALISED_ANYWAY
            and not sentence.text.startswith(before[1])
        )
        return not follows_name and not (after and after[1][0].isupper())


def _word_before(setting: Setting) -> re.Match[str] | None:
    # The word has no blank within it: what stands before the last but one need not be searched.
    return _WORD_BEFORE.search(setting.before, setting.before.rfind(" ", 0, -2) + 1)


def _is_introduced_as_company(before: str) -> bool:
    end = _INTRODUCING.search(before, max(0, len(before) - _LONGEST_INTRODUCING))
    return end is not None and before[: end.start()].lower().endswith(_COMPANY_BEFORE)


def _is_within_name_of_body(setting: Setting) -> bool:
    after = _WORD_AFTER.match(setting.after)
    if after is not None and after[1] in _HEADS_OF_LONGER_NAMES:
        return True
    if setting.before.endswith(" of ") and _BODY_BEFORE.search(setting.before):
        return True
    return _BODY_AFTER.match(setting.after) is not None


def _setting(passage: Passage, candidate: Candidate) -> Setting:
    text = passage.text
    return Setting(text[max(0, candidate.start - 48) : candidate.start], text[candidate.end : candidate.end + 48])
