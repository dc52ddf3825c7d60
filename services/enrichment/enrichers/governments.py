"""Tells where a capital stands for the government in it: "Washington imposed sanctions", "talks with Beijing"."""

import re

from services.enrichment.article_text import Passage
from services.enrichment.knowledge_base.gazetteer import Candidate

# Only states do these.
_ACT_OF_STATE = (
    "impose[sd]?|imposing|sanction(?:s|ed)|retaliate[sd]?|expel(?:s|led)|recogni[sz]e[sd]?|annex(?:es|ed)|"
    "ratif(?:ies|ied)|veto(?:es|ed)|blacklist(?:s|ed)|summon(?:s|ed)|extradite[sd]?"
)
# People do these too; a place only where its government is meant.
_ACT = (
    "said|says|announced|announces|denied|denies|accuse[sd]|warn(?:s|ed)|urge[sd]|condemn(?:s|ed)|vow(?:s|ed)|"
    "pledge[sd]|insist(?:s|ed)|reject(?:s|ed)|agree[sd]|want(?:s|ed)|seeks|sought|back(?:s|ed)|support(?:s|ed)|"
    "consider(?:s|ed)|refuse[sd]|threaten(?:s|ed)|withdr(?:ew|aws)|hopes|fears|believes|demand(?:s|ed)|lift(?:s|ed)|"
    "banned|bans|approve[sd]|sign(?:s|ed)|sends?|sent|responded|responds|called (?:on|for)|calls (?:on|for)"
)
_AUXILIARIES = r"(?: (?:has|have|had|will|would|also|could|may|must|should|again|repeatedly|since|long|now|not)){0,3}"
_ACTS_OF_STATE_AFTER = re.compile(rf"{_AUXILIARIES} (?:{_ACT_OF_STATE})\b")
_ACTS_AFTER = re.compile(rf"{_AUXILIARIES} (?:{_ACT_OF_STATE}|{_ACT})\b")
_OWNED_AFTER = re.compile(
    r"['’]s (?:\w+ )?(?:ministry|government|policy|policies|position|stance|claims?|demands?|sanctions|all(?:y|ies)|"
    r"envoys?|ambassador|response|decision|support|military|army|navy|nuclear|trade|tariffs|embassy|foreign|"
    r"intelligence|relations|leaders?|leadership|interests)\b"
)
_DEALT_WITH_BEFORE = re.compile(
    r"\b(?:ties|relations|talks|tensions|deal|dispute|negotiations|war|alliance|pact|agreement|truce|rivalry|dialogue) "
    r"(?:with|between|against)(?: [A-Z]\w+ and)? $|\b(?:pressure|sanctions|tariffs) on $"
)
# In a place, on the way to it, or as someone's name: the town or the person.
_NO_ACTOR_BEFORE = re.compile(
    r"(?:\b(?:in|near|from|at|to|of|around|outside|Mr\.?|Ms\.?|Mrs\.?|President)|[^,] and|[A-Z]\w+|,) $"
)
_BEFORE, _AFTER = 40, 60


def acts(passage: Passage, candidate: Candidate, *, is_doubtful: bool = False) -> bool:
    """Whether the place of a candidate acts, owns or is dealt with as a government.

    Args:
        is_doubtful: whether the name is more often something else, so that only what states alone do will tell.
    """
    text = passage.text
    before = text[max(0, candidate.start - _BEFORE) : candidate.start]
    after = text[candidate.end : candidate.end + _AFTER]
    if _DEALT_WITH_BEFORE.search(before):
        return True
    if _NO_ACTOR_BEFORE.search(before):
        return False
    if is_doubtful:
        return _ACTS_OF_STATE_AFTER.match(after) is not None
    return bool(_ACTS_AFTER.match(after) or _OWNED_AFTER.match(after))
