"""What makes a sentence tell of an event: the words for each type, and whom it happens to."""

import re
from typing import Literal, NamedTuple

from shared.events.enrichment import EntityType

# Where in a sentence those stand whom an event happens to, beside its words.
Side = Literal["before", "after", "either"]
ACTORS: frozenset[EntityType] = frozenset({"organization", "person", "product"})
PLACES: frozenset[EntityType] = frozenset({"location"})


class EventRule(NamedTuple):
    """A type of event.

    Attributes:
        cues: lower-case words of which a sentence must have one, so that most sentences cost nothing.
        pattern: what tells of the event, over the sentence in lower case: without regard to case it takes longer.
        side: where its subjects are looked for first.
        subjects: the types of entities that it happens to; without one of them there is no event, places apart.
    """

    type: str
    cues: frozenset[str]
    pattern: re.Pattern[str]
    side: Side = "before"
    subjects: frozenset[EntityType] = ACTORS


def _rule(
    event_type: str, cues: str, pattern: str, side: Side = "before", subjects: frozenset[EntityType] = ACTORS
) -> EventRule:
    return EventRule(event_type, frozenset(cues.split()), re.compile(pattern), side, subjects)


_THINGS = (
    r"(?:[\w'’-]+ ){0,5}?(?:models?|chips?|processors?|phones?|smartphones?|cars?|sedans?|suvs?|trucks?|vans?|"
    r"services?|apps?|platforms?|devices?|products?|robots?|drones?|versions?|tools?|assistants?|chatbots?|"
    r"batter(?:y|ies)|"
    r"laptops?|headsets?|satellites?|engines?|drugs?|vaccines?|software|systems?|generation|lines?|ranges?|series)\b"
)
_SITES = (
    r"(?:[\w'’-]+ ){0,5}?(?:plants?|factor(?:y|ies)|gigafactor(?:y|ies)|fabs?|facilit(?:y|ies)|data cent(?:er|re)s?|"
    r"laborator(?:y|ies)|labs?|mines?|refiner(?:y|ies)|offices?|headquarters|campus(?:es)?|works|smelters?|warehouses?|"
    r"shipyards?|terminals?|airports?|stores?)\b"
)
_BODIES = (
    r"(?:regulators?|authorit(?:y|ies)|commission(?:ers?)?|watchdogs?|court|judges?|government|ministry|agency|"
    r"officials|prosecutors|lawmakers|parliament|senate|congress)"
)

RULES: tuple[EventRule, ...] = (
    _rule("product_launch", "launch launched launches launching unveil unveiled unveils unveiling introduced "
          "introduces released releases debuted presented rolled rolls",
          rf"\b(?:launch(?:ed|es|ing)?|unveil(?:ed|s|ing)?|introduc(?:ed|es|ing)|releas(?:ed|es|ing)|debuted|presented|"
          rf"roll(?:ed|s|ing) out) {_THINGS}"),
    _rule("funding_round", "raised raises raise secured secures closed closes funding round",
          r"\b(?:raise[sd]?|raising|secure[sd]?) (?:[\w'’-]+ ){0,3}?(?:[$€£¥₹]|us\$|"
          r"\d[\d.,]* ?(?:million|billion|trillion|crore|lakh|bn|mn|m)\b|an? (?:[\w.$€£-]+ ){0,3}"
          r"(?:seed|series [a-h]|funding|financing) round)|\b(?:seed|series [a-h]|funding|financing) round\b"),
    _rule("ipo", "ipo ipos listing float flotation public debut listed prospectus",
          r"\bipo\b|initial public offering|\b(?:go|goes|going|went) public\b|\bstock market (?:debut|listing|"
          r"flotation)|\bmarket debut|\bfiled? (?:[\w'’-]+ ){0,3}(?:to list|for a listing)"),
    _rule("layoffs", "layoffs layoff jobs job redundancies lay laying laid cut cuts cutting workforce staff axe slash",
          r"\blay(?:ing)?[ -]?off|\blaid off|\blayoffs?\b|\bredundanc(?:y|ies)|"
          r"\b(?:cut|cuts|cutting|axe[sd]?|axing|slash(?:es|ed|ing)?|shed(?:s|ding)?|eliminat(?:e|es|ed|ing)) "
          r"(?:[\w'’,.-]+ ){0,6}?(?:jobs?|positions|roles|posts|staff|employees|workers|of its workforce|headcount)\b|"
          r"\bjob cuts\b"),
    _rule("resignation", "resign resigned resigns resigning resignation stepped steps step stepping quit quits "
          "ousted fired retire retires retired departure dismissed",
          r"\bresign(?:s|ed|ing|ation)?\b|\bstep(?:s|ped|ping)? (?:down|aside)\b|\bquits?\b (?:as|his|her|the|after)|"
          r"\b(?:was|were|been) (?:ousted|fired|dismissed)\b|\bretir(?:e|es|ed|ing) as\b"),
    _rule("appointment", "appointed appoints appoint named names hired hires tapped promoted succeed succeeds "
          "succeeded takes",
          r"\b(?:appoint(?:ed|s|ing)?|nam(?:ed|es|ing)|hir(?:ed|es|ing)|tapped|promoted|elected) (?:[\w.'’-]+ ){0,6}?"
          r"(?:as |to (?:be|the (?:post|role|board))|its |the |new )?(?:[\w-]+ ){0,3}?(?:chief|chair\w*|president|"
          r"ceo|cfo|cto|"
          r"coo|director|head|minister|secretary|governor|chancellor|ambassador|commissioner|coach|judge)\b|"
          r"\bsucceed(?:s|ed)? \w+ (?:\w+ )?as\b|\btook over as (?:chief|head|president|chair\w*|ceo)", "either"),
    _rule("lawsuit", "sued sues sue suing lawsuit lawsuits complaint filed plaintiffs",
          r"\bsue[sd]?\b|\bsuing\b|\b(?:filed|files|brought|faces?|facing) (?:[\w'’-]+ ){0,4}?(?:lawsuits?|complaint|"
          r"class action|suit)\b|\blawsuits? (?:against|filed|alleging|accus)", "either"),
    _rule("fine", "fined fine fines penalty penalties penalised penalized",
          r"\bfined\b|\b(?:impos(?:ed|es)|levied|slapp?ed|issued|handed|faces?|pay|paid) (?:[\w'’$€£.,-]+ ){0,5}?"
          r"(?:fines?|penalt(?:y|ies))\b|\bfines? (?:of|on|against)\b", "either"),
    _rule("regulation", "law rules rule ban bans banned banning approved approves regulation regulations bill act "
          "sanctions tariffs export controls curbs antitrust probe investigation",
          rf"\b(?:pass(?:ed|es)|adopt(?:ed|s)|approv(?:ed|es)|sign(?:ed|s)) (?:[\w'’-]+ ){{0,4}}?(?:law|bill|act|rules|"
          rf"regulations?|directive|legislation)\b|\b(?:ban(?:s|ned)?|banning) (?:the |all |most )?(?:\w+ "
          rf")?(?:sale|sales|use|"
          rf"exports?|imports?)\b|\b{_BODIES} (?:[\w'’-]+ ){{0,3}}?(?:ban(?:s|ned)|block(?:s|ed)|clear(?:s|ed)|"
          rf"approv(?:es|ed)|"
          rf"open(?:s|ed) (?:an? )?(?:\w+ )?(?:investigation|probe|inquiry))\b|\bimpos(?:ed|es|ing) (?:[\w'’-]+ "
          rf"){{0,4}}?"
          rf"(?:sanctions|tariffs|curbs|export controls|restrictions|duties)\b", "either", ACTORS | PLACES | {"norp"}),
    _rule("earnings", "profit profits revenue revenues earnings sales income loss quarter quarterly results guidance",
          r"\b(?:report(?:ed|s)?|post(?:ed|s)?|announc(?:ed|es)) (?:[\w'’$€£.,%-]+ ){0,6}?(?:profits?|revenues?|"
          r"earnings|"
          r"(?:net )?income|loss(?:es)?|results|sales)\b|\b(?:net (?:profit|income|loss)|(?:quarterly |annual |"
          r"operating )?"
          r"(?:profits?|revenues?|earnings|sales)) (?:[\w'’-]+ ){0,4}?(?:rose|fell|grew|jumped|climbed|dropped|"
          r"declined|increased|surged|slid|doubled|tripled|widened|narrowed|beat|missed|came in)\b"),
    _rule("partnership", "partnership partner partnered partners partnering teamed agreement alliance venture "
          "collaborate collaboration cooperate",
          r"\b(?:partner(?:ed|ing|s)?|team(?:ed|ing|s)? up|collaborat(?:e|es|ed|ing)|cooperat(?:e|es|ed|ing)) "
          r"(?:\w+ ){0,2}?"
          r"with\b|\b(?:sign(?:ed|s)?|announc(?:ed|es)|form(?:ed|s)?|enter(?:ed|s)?(?: into)?) (?:[\w'’-]+ ){0,4}?"
          r"(?:partnership|alliance|joint venture|cooperation agreement|collaboration)\b", "either"),
    _rule("plant_opening", "open opened opens opening inaugurated build builds building built ground construction",
          rf"\b(?:open(?:ed|s|ing)?|inaugurat(?:ed|es)|(?:will |to |plans to )build(?:s|ing)?|broke ground (?:on|for)|"
          rf"(?:began|begins|started|starts) (?:construction (?:of|on)|building|production at)) {_SITES}"),
    _rule("outage", "outage outages offline down crashed disruption disrupted blackout unavailable",
          r"\boutages?\b|\b(?:went|gone|goes|knocked|was|were) (?:offline|down for)\b|\bblackouts?\b|"
          r"\b(?:service|systems?|network|website|app) (?:\w+ ){0,2}?(?:crashed|failed|went down)\b", "either",
          ACTORS | PLACES),
    _rule("recall", "recall recalls recalled recalling",
          r"\brecall(?:s|ed|ing)? (?:[\w'’,.-]+ ){0,4}?(?:vehicles|cars|trucks|suvs|units|products|devices|"
          r"batteries|models|packages|toys|phones|evs)\b|\b(?:product|vehicle|safety|voluntary) recalls?\b"),
    _rule("data_breach", "breach breached hacked hackers ransomware cyberattack leaked stolen",
          r"\bdata breach|\bcyber[- ]?attacks?\b|\bransomware attack|\b(?:was|were|been) (?:hacked|breached)\b|"
          r"\bhackers? (?:\w+ ){0,2}?(?:stole|accessed|breached)\b", "either"),
    _rule("bankruptcy", "bankruptcy bankrupt insolvency insolvent chapter administration",
          r"\bfil(?:e[sd]?|ing) for (?:\w+ ){0,3}?(?:bankruptcy|insolvency|chapter 11)|\b(?:went|goes|gone|is|"
          r"was) (?:bankrupt|insolvent)\b|\b(?:went|fell|falls|goes) into administration\b"),
    _rule("strike", "strike strikes striking walked walkout",
          r"\b(?:went|go|goes|going|are|were|began|on) (?:on )?(?:an? )?strike\b|\bstrike (?:over|at|by|for)\b|"
          r"\bwalk(?:ed|ing)? off the job|\bwalkouts?\b", "either", ACTORS | PLACES),
    _rule("research_result", "study researchers scientists paper found findings published trial journal "
          "discovered discovery",
          r"\b(?:researchers|scientists|physicists|astronomers|biologists|engineers|chemists|a team|the team|"
          r"study|paper|"
          r"authors) (?:[\w'’,-]+ ){0,8}?(?:found|discovered|showed|shows|report(?:ed|s)?|demonstrated|developed|"
          r"measured|"
          r"identified|published|observed)\b|\bpublished (?:[\w'’-]+ ){0,4}?in (?:the journal|nature|science)\b|"
          r"\bclinical trials? (?:\w+ ){0,3}?(?:showed|found|failed|succeeded)\b", "either", ACTORS | PLACES),
    _rule("disaster", "earthquake quake flood floods flooding wildfire wildfires hurricane typhoon cyclone "
          "tornado storm eruption tsunami landslide explosion derailed collapsed crash drought avalanche",
          r"\b(?:earthquake|quake|floods?|flooding|wildfires?|hurricane|typhoon|cyclone|tornado(?:es)?|storm|tsunami|"
          r"landslides?|avalanche|eruption|explosion|drought) (?:[\w'’,.-]+ ){0,8}?(?:hit|struck|killed|destroyed|"
          r"damaged|"
          r"forced|swept|injured|left|devastated|displaced|triggered|shook|caused|tore)\b|\b(?:killed|struck|hit|"
          r"destroyed|"
          r"displaced|damaged) (?:[\w'’,.-]+ ){0,4}?by (?:an? |the )?(?:[\w-]+ ){0,3}?(?:earthquake|quake|floods?|"
          r"flooding|wildfires?|hurricane|typhoon|cyclone|tornado|storm|tsunami|landslide|avalanche|explosion)\b",
          "either", PLACES),
    _rule("election", "election elections elected vote votes polls ballot referendum runoff re-elected won",
          r"\b(?:won|wins|lost|loses|swept) (?:[\w'’-]+ ){0,5}?(?:elections?|vote|referendum|runoff|majority|seats)\b|"
          r"\b(?:was|were|been) (?:re-?)?elected\b|\b(?:presidential|parliamentary|general|local|snap|federal|"
          r"regional) "
          r"elections?\b|\bvoters (?:\w+ ){0,3}?(?:chose|elected|rejected|approved|backed|cast|went to the polls)\b",
          "either", frozenset({"person", "organization", "location", "norp"})),
)  # fmt: skip

# Relations that are events as well, under the name of the event.
OF_RELATIONS = {
    "acquires": "acquisition",
    "merges_with": "merger",
    "invests_in": "investment",
    "partners_with": "partnership",
    "appoints": "appointment",
    "sues": "lawsuit",
}
# Of what did not happen, or has not.
NEGATED_BEFORE = re.compile(
    r"(?:\b(?:not|never|no|without|denied|denies|no plans to|refused to|instead of|rather than|avoid\w*|if|could|might|"
    r"may|would)|n['’]t) (?:[\w'’-]+ ){0,3}$",
    re.IGNORECASE,
)
