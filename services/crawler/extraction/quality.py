"""Whether a page is an article, how far its extraction is to be trusted, and why it is not kept otherwise."""

import re

from services.crawler.extraction.head import Head
from services.crawler.extraction.json_ld import LinkedData
from services.crawler.extraction.metadata import Metadata
from services.crawler.extraction.result import Extraction
from services.crawler.extraction.text import Body
from shared.events.articles import Publication, Quality
from shared.urls import is_root

# Sizes in characters of alphabetic script; a character of Chinese, Japanese or Korean says as much as two.
_NO_TEXT = 120
_SHORT = 600
_LONGEST_NOTICE = 2000
_LONGEST_TEASER = 300
_TITLES_OF_A_LISTING = 5

_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# A notice speaks to its reader of himself; an article about such notices speaks of others.
_TO_THE_READER = re.compile(
    r"\b(we|our partners)\b.{0,60}\b(use|store|process|access|value|care)\b"
    r"|\byour (consent|choices|preferences|privacy|device|data|personal|experience)"
    r"|\byou (can|may|agree|consent|accept)\b|\b(wir|ihre|nous|vos|votre|tu|sus|vostr[ao])\b",
    re.IGNORECASE,
)
# What notices say. Each is one vote.
_CONSENT = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    r"\b(we|our partners)( and our( \d+)? partners)?,? (may )?(use|store|process|access)\b.{0,80}\b(cookies|data|info)",
    r"\b(accept|reject|allow) all\b|\bi accept\b|\baccept (and|&) continue",
    r"\b(manage|change|update|customi[sz]e|privacy|cookie) (your |my )?(choices|preferences|settings|consent|options)",
    r"\b(your|withdraw) consent\b|legitimate interest", r"\bbefore you continue\b|by clicking\b|by continuing to\b",
    r"strictly necessary|store and/or access information on a device|measure(ment of)? (ad|audience)",
    r"\bwir (und unsere|verwenden|nutzen|verarbeiten)\b.{0,80}(cookies|partner|daten)",
    r"\balle (cookies )?(akzeptieren|ablehnen)|ihre einwilligung",
    r"\bnous( et nos partenaires)?,? utilisons\b|\btout (accepter|refuser)|votre consentement",
    r"\b(utilizamos|usamos) cookies\b|\baceptar (todas|todo|y continuar)|\brechazar tod|su consentimiento",
    r"\b(utilizziamo|usiamo)( i)? cookie|\baccetta tutt[io]|il tuo consenso",
))  # fmt: skip
_CONSENT_WORD = re.compile(
    r"cookie|consent|partner|privacy|personal data|advertis|zustimm|einwillig|datenschutz|consentement|privacidad"
    r"|consenso",
    re.IGNORECASE,
)
_ERROR_TITLE = re.compile(
    r"\W*((error|fehler|erreur)\W*)?(4(00|01|03|04|10|29|51)|5(00|02|03|04))\b\W*($|error\b|not found|page|forbidden|"
    r"bad|gone|internal|service|access|unauthori[sz]ed|too many|gateway)"
    r"|\W*(page|article|story|content|file)?\s*(not found|can ?not be found|no longer (available|exists))\W*$"
    r"|\W*(sorry\W+)?(this|the|that) (page|article|story|content).{0,20}"
    r"(not (be )?found|n[o']t (exist|available)|no longer).*"
    r"|\W*(access (is )?denied|forbidden|service (temporarily )?unavailable|internal server error|bad gateway)\W*$"
    r"|\W*(just a moment|attention required|are you (a )?(robot|human)|security check|verify(ing)? you are human|"
    r"pardon our interruption|robot check|human verification).*"
    r"|\W*(seite nicht gefunden|page (introuvable|non trouv[eé]e)|p[aá]gina no encontrada|pagina non trovata).*",
    re.IGNORECASE,
)  # fmt: skip
_CHALLENGE = re.compile(
    r"enable (javascript|cookies|js)( and (javascript|cookies))? (to continue|in your browser|to view)"
    r"|verify(ing)? (that )?you are (a )?human|checking your browser|unusual (traffic|activity) from"
    r"|the page you (are looking|requested|were looking)|you don.t have permission to access|ray id:"
    r"|request could not be satisfied",
    re.IGNORECASE,
)  # fmt: skip
_DROPPED_FOR = {"empty": "no-text", "consent": "consent", "error-page": "error-page", "listing": "listing"}
_DOUBT = {"short": 0.3, "no-title": 0.3, "no-date": 0.1, "no-author": 0.05, "paywall": 0.2, "uncertain-date": 0.05}


def quality(
    body: Body,
    data: LinkedData,
    head: Head,
    url: str,
    metadata: Metadata,
    published: Publication | None,
) -> Quality:
    """Flags for all that is doubtful, and 1 less what they weigh; 0 for what is no article."""
    declared = bool(data.article) or (head.first("og:type") or "").lower() == "article"
    text = body.text
    size = size_of(text)
    said = {
        "empty": size < _NO_TEXT,
        "consent": _is_consent(text, size),
        "error-page": _is_error(metadata.title, text, size),
        "listing": not declared and (is_root(url) or _is_listing(body)),
        "short": size < _SHORT,
        "no-title": not metadata.title,
        "no-date": published is None,
        "no-author": not metadata.authors,
        "paywall": metadata.access == "paywall",
        "uncertain-date": published is not None and published.origin in ("html", "url"),
    }
    flags = tuple(flag for flag, holds in said.items() if holds)
    doubt = 1.0 if any(flag in _DROPPED_FOR for flag in flags) else sum(_DOUBT[flag] for flag in flags)
    return Quality(score=round(max(0.0, 1 - doubt), 2), flags=flags)


def drop_reason(extraction: Extraction) -> str | None:
    """Why the page is not kept as an article: noindex, error-page, consent, listing or no-text; None to keep it."""
    if extraction.noindex:
        return "noindex"
    flags = extraction.quality.flags
    return next((_DROPPED_FOR[flag] for flag in ("error-page", "consent", "listing", "empty") if flag in flags), None)


def size_of(text: str) -> int:
    """The length of a text in characters of alphabetic script, blanks included."""
    return len(text) + len(_WIDE.findall(text))


def _is_consent(text: str, size: int) -> bool:
    # The size first: the patterns are dear on long texts.
    if size > _LONGEST_NOTICE or not _TO_THE_READER.search(text):
        return False
    if sum(bool(pattern.search(text)) for pattern in _CONSENT) < 2:
        return False
    sentences = [part for part in re.split(r"[.!?]\s|\n", text) if part.strip()]
    about = sum(bool(_CONSENT_WORD.search(part) or any(p.search(part) for p in _CONSENT)) for part in sentences)
    return 2 * about >= len(sentences)


def _is_error(title: str, text: str, size: int) -> bool:
    if size >= _LONGEST_NOTICE:
        return False
    return bool(_ERROR_TITLE.match(title)) or (size < _SHORT and bool(_CHALLENGE.search(text)))


def _is_listing(body: Body) -> bool:
    """Whether what stands there is to a good part the titles of other pages, each with a teaser at most."""
    return (
        body.links >= _TITLES_OF_A_LISTING
        and 4 * body.links >= body.lines
        and size_of(body.text) < _LONGEST_TEASER * body.links
    )
