"""Tells what an amount of money is for, by the nearest words of its sentence that say so."""

import re

# What is farther from an amount says nothing of it.
_BEFORE, _AFTER = 110, 60
_AROUND = 300
# A single thing is priced, a project costs.
_PRICE_AT_MOST = 9_999
# What is bought or sold for less is a thing, not a company.
_LEAST_DEAL = 3_000_000

# Each purpose with the words that stand before an amount, or behind it, in English, German, French, Spanish, Chinese.
_CUES_BEFORE: tuple[tuple[str, str], ...] = (
    ("valuation",
     r"valu(?:ed|es|ing)\b|valuations?|market (?:value|cap(?:itali[sz]ation)?)|is worth|are worth|was worth|"
     r"\bvaut|\bwert\b|bewertung|valorisation|valoraci[óo]n|市值|估值"),
    ("contract", r"contracts?|awarded \w+ an? order|orders? worth|auftrag|contrats?|contrato|合同"),
    ("buyback", r"buy(?:ing)? back|buybacks?|bought back|repurchas\w+|aktienrückkauf"),
    ("acquisition",
     r"acquir\w+|acquisitions?|takeovers?|\bbuy(?:s|ing)?\b|bought|purchas(?:ed?|es|ing)|buyouts?|\bbids?\b|deal|offer(?:ed)?|"
     r"merger|übernimmt|übernahm|übernahme|kaufte?|rach(?:at|ète|eté)|acquiert|adquir\w+|compr[óoa]\b|收购"),
    ("funding",
     r"rais(?:e|es|ed|ing)|secured|fundraising|funding|financing round|(?:seed|series [a-h]|funding) round|"
     r"eingesammelt|sammelte|finanzierungsrunde|\blevé|levée de fonds|recaud\w+|融资"),
    ("dividend", r"dividends?|dividende|dividendo|股息"),
    ("fine", r"\bfine[sd]?|penalt(?:y|ies)|bußgeld|geldbuße|strafe|amendes?|multa[sd]?|罚款"),
    ("settlement", r"settlements?|settl(?:e|ed|es|ing)\b|vergleich"),
    ("damages", r"damages|compensate|schadenersatz|dommages"),
    ("ransom", r"ransom|lösegeld|rançon|rescate"),
    ("debt", r"debts?|loans?|borrow\w*|\bowe[sd]?|repay\w*|schulden|kredit|dette|prêt|deuda|贷款"),
    ("loss", r"loss(?:es)?|\blost\b|verlust|pertes?|pérdidas?|亏损"),
    ("profit",
     r"profits?|net income|operating income|earnings|earned per share|ebitda|gewinn|überschuss|bénéfices?|"
     r"beneficios?|ganancias|净利润|利润"),
    ("revenue", r"revenues?|sales|turnover|umsatz|chiffre d['’]affaires|ingresos|ventas|营收|收入"),
    ("compensation", r"salar(?:y|ies)|wages?|pay package|bonus(?:es)?|\bearn(?:s|ed)|gehalt|salaires?|sueldo|薪"),
    ("donation", r"donat\w+|gave|gift|spendete|fait don|don[óo]\b"),
    ("subsidy", r"grants?|subsid\w+|state aid|zuschuss|fördermittel|subventions?|补贴"),
    ("budget", r"budgets?|set(?:s|ting)? aside|earmark\w*|haushalt|预算"),
    ("investment",
     r"invest\w*|capital (?:expenditures?|spending)|capex|\bpour(?:s|ed|ing)?\b|plow(?:s|ed)?|plough(?:s|ed)?|"
     r"inviert\w+|invertir\w*|投资"),
    ("price",
     r"\bpric(?:e|es|ed|ing)\b|\bsells? for|\bsold for|\bsold at|closed at|trad(?:ed|ing|es) (?:at|near|around)|"
     r"tickets?|\brents? (?:for|of|is|are)|preis|prix|precio|价格"),
    ("cost", r"\bcosts?\b|\bcosting\b|put at|kostet\w*|kosten|co[ûu]t\w*|cuesta|cost[óo]|耗资|成本"),
    ("spending", r"spen(?:d|t|ds|ding)\b|came to|\bput(?:s|ting)?\b|pump\w*"),
    ("payment", r"\bpa(?:y|ys|id|ying)\b"),
    ("sale", r"\bsold\b|\bsells?\b|\bselling\b|verkauft|vend(?:u|re|ió)"),
)  # fmt: skip
_CUES_AFTER: tuple[tuple[str, str], ...] = (
    ("training_cost", r"(?:to|on|for|in) (?:pre-?)?train(?:ing)?\b"),
    ("valuation", r"(?:valuation|market (?:value|cap))"),
    ("funding", r"(?:(?:seed|series [a-h]|funding|financing|investment) round|"
                r"(?:in|of) (?:\w+ )?(?:funding|financing))"),
    ("acquisition", r"(?:takeover|acquisition|buyout|purchase|merger|bid|offer)"),
    ("buyback", r"(?:(?:share )?(?:buyback|repurchase)|(?:of|worth of) (?:its )?(?:own )?shares)"),
    ("contract", r"(?:contract|order)"),
    ("settlement", r"(?:settlement|to (?:settle|resolve))"),
    ("fine", r"(?:fine|penalty|in (?:fines|penalties))"),
    ("damages", r"in (?:\w+ )?damages"),
    ("ransom", r"(?:ransom|.{0,20}(?:as|in) (?:a )?ransom)"),
    ("revenue", r"(?:in|of) (?:\w+ )?(?:sales|revenues?|turnover)"),
    ("profit", r"(?:profit|in (?:\w+ )?profits?)"),
    ("loss", r"(?:loss|in (?:\w+ )?losses)"),
    ("debt", r"(?:loan|(?:of|in) (?:[\w-]+ ){0,2}(?:debts?|loans|borrowings))"),
    ("subsidy", r"(?:grant|subsidy|in (?:state aid|subsidies|grants))"),
    ("donation", r"(?:donation|gift)"),
    ("dividend", r"(?:dividend|(?:per|a) share in dividends)"),
    ("budget", r"budget"),
    ("investment", r"(?:investment|in (?:capital (?:expenditure|spending)))"),
    ("compensation", r"(?:salary|bonus|pay package|in (?:total )?(?:pay|compensation))"),
    ("price", r"(?:an?|per|the) (?:barrel|gallon|lit(?:re|er)|ton|tonne|ounce|kilo\w*|pound|"
              r"bushel|megawatt\w*|kilowatt\w*)"),
)  # fmt: skip


def _alternatives(cues: tuple[tuple[str, str], ...]) -> str:
    return "|".join(f"(?P<{purpose}>{pattern})" for purpose, pattern in cues)


# For text in lower case: without regard to case it takes three times as long.
_HAS_BEFORE = re.compile(rf"(?<![a-zà-ÿ])(?=\w)(?:{'|'.join(pattern for _, pattern in _CUES_BEFORE)})")
# Which purpose it is, is asked where a cue stands only: groups keep a search from skipping what cannot begin one.
_PURPOSE = re.compile(_alternatives(_CUES_BEFORE))
_LINKS = "at|of|on|in|for|to|and|or|from|by|with|a|an|the|as|after|than|while|its|his|her|their"
# An adjective or two may stand between an amount and what it is: "a $2 billion all-share takeover".
_HAS_AFTER = re.compile(
    rf"(?:-a-(?:year|month|week|day))?(?:,? (?P<valued>(?:post|pre)-money)\b"
    rf"|[ -](?:(?!(?:{_LINKS})\b)[\w-]+ ){{0,2}}?(?:{_alternatives(_CUES_AFTER)})\b)",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"(?: in (?:cash|stock|shares|equity|debt|bonds))?[ ,]*(?:from|to|against|versus|and|or|plus|"
    r"compared (?:with|to)|(?:up|down) from|auf|von|à|de)[ ,]+(?:\w+ ){0,3}$",
    re.IGNORECASE,
)
_ABOUT_TRAINING = re.compile(r"\b(?:pre-?)?train(?:ing|ed)?\b", re.IGNORECASE)
_ABOUT_MODELS = re.compile(r"\b(?:models?|runs?|compute|network|lab|AI)\b")
_INTO_SOMETHING = re.compile(
    r" (?:in)?to | on (?:[\w-]+ ){0,4}(?:plants?|factor(?:y|ies)|fabs?|cent(?:er|re)s?|infrastructure|research|"
    r"expansion|chips?|equipment|facilit(?:y|ies)|networks?|mines?|lines?)\b"
)
_FOR_COMPANY = re.compile(
    r"(?: in (?:cash|stock|shares|equity)(?: and [^.;:]{2,40}?)?)? for (?:all of |the rest of |control of )?"
    r"(?:the |its |their |a |an )?(?:[a-z-]+ ){0,2}"
    r"(?:unit|business|stake|compan(?:y|ies)|division|subsidiary|start-?up)\b"
)
_BONDS = re.compile(r" (?:in|of|worth of) (?:[\w-]+ ){0,2}(?:bonds|notes|debt)\b")
_PER_SHARE = re.compile(r" (?:a|per) share\b")
# "4 % of sales" measures something else.
_MEASURE = re.compile(r"(?:%|per ?cent|times) (?:of )?(?:[\w-]+ ){0,2}$")
_PART_OF_COMPANY = re.compile(
    r"\b(?:unit|business|stake|compan(?:y|ies)|division|subsidiary|arm|firm|operations|start-?up|brand|holding)\b"
)


class Context:
    """What the sentence of an amount says around it, and what the amount before it in the sentence is for.

    Attributes:
        purpose: what the last amount that was asked for is for.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = -1
        self._sentence = -1
        self._purpose: str | None = None

    def purpose_of(self, start: int, end: int, value: float, sentence_start: int) -> str | None:
        """What the amount at a span is for, or None; to be asked in the order of the text."""
        same = sentence_start == self._sentence
        begin = max(sentence_start, self._end if same else 0, start - _BEFORE)
        purpose = self._found(begin, start, end, value, sentence_start)
        if purpose is None and same and _JOINED.fullmatch(self._text, self._end, start):
            purpose = self._purpose
        self._end, self._sentence, self._purpose = end, sentence_start, purpose
        return purpose

    def _found(self, begin: int, start: int, end: int, value: float, sentence_start: int) -> str | None:
        after = _HAS_AFTER.match(self._text, end, end + _AFTER)
        if after is not None:
            return "valuation" if after["valued"] else after.lastgroup
        sentence = self._text[max(sentence_start, start - _AROUND) : end + _AFTER]
        lead = max(0, begin - 1)
        before = self._text[lead:start].lower()
        for cue in reversed([*_HAS_BEFORE.finditer(before, begin - lead)]):
            if _MEASURE.search(before, max(0, cue.start() - 30), cue.start()):
                continue
            told = _PURPOSE.match(before, cue.start())
            purpose = told and told.lastgroup and self._refined(told.lastgroup, end, value, sentence)
            if purpose:
                return purpose
        return None

    def _refined(self, purpose: str, end: int, value: float, sentence: str) -> str | None:
        """A purpose made exact where its words serve several: "spent", "cost", "sold", "bought"."""
        if purpose in ("cost", "spending") and _ABOUT_TRAINING.search(sentence) and _ABOUT_MODELS.search(sentence):
            return "training_cost"
        match purpose:
            case "cost":
                return "price" if value <= _PRICE_AT_MOST else "cost"
            case "spending":
                return "investment" if _INTO_SOMETHING.match(self._text, end) else None
            case "sale":
                if _BONDS.match(self._text, end):
                    return "debt"
                return "acquisition" if _PART_OF_COMPANY.search(sentence) else "price"
            case "payment":
                is_deal = value >= _LEAST_DEAL and _FOR_COMPANY.match(self._text, end) is not None
                return "acquisition" if is_deal else None
            case "compensation":
                return "profit" if _PER_SHARE.match(self._text, end) else "compensation"
            case "acquisition":
                return "acquisition" if value >= _LEAST_DEAL else "price"
            case _:
                return purpose
