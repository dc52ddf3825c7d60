"""The classes of words that the reading of relations tells apart; all in lower case."""

NAME = "@"  # stands for a name or a list of names among the words of a sentence

FORMS_OF_BE = frozenset("is are was were be been being get gets got getting becoming".split())
AUXILIARIES = FORMS_OF_BE | frozenset(
    "has have had having will would shall should can could may might must do does did to not never n't cannot".split()
)
# What may stand between a subject and the verb that it governs: "said it had agreed to buy".
CONTROL = frozenset(
    "said says announced announces announcing agreed agrees plans planned planning intends intended decided "
    "decides wants wanted seeks sought looks looking set no expected expects aims aimed hopes hoped considering "
    "considers considered weighing weighs mulling mulls exploring confirmed confirms revealed reveals disclosed "
    "reported reports offered offers managed tried tries try attempted began begun started continues continued "
    "helped prepared preparing ready due poised close near nearing talks in discussions negotiations about into "
    "on for denied denies rejected refused failed declined it they he she that plan intention intent interest "
    "would-be reportedly rumoured rumored both each all proposed proposes vowed chose elected "
    "opted entered completed agreement deal definitive binding an a the its their offer bid moved went back "
    "able scheduled option right first only itself publicly jointly partly partially together".split()
)
PRONOUNS = frozenset({"it", "they", "he", "she"})
DROPPED = frozenset(
    "thus also later then subsequently now currently once recently previously formerly already soon eventually "
    "still just again today yesterday tomorrow thereafter therefore however instead meanwhile originally "
    "initially ultimately finally successfully mainly formally more most officially fully".split()
)
NOT_ADVERBS = frozenset(
    "reportedly allegedly jointly partly partially family supply only assembly rely reply apply ally monthly "
    "weekly daily early rally fly".split()
)
DETERMINERS = frozenset("the a an its their his her our this that these those some any all both each".split())
PREPOSITIONS = frozenset(
    "of by with from for in at to against under on into through between among via over after before about "
    "without alongside towards toward within across during following amid despite inside outside near behind".split()
)
# After one of these a new clause begins, with a subject of its own.
CLAUSE_STARTS = frozenset(
    "; : . when while after before although though because as if since where until whereas but".split()
)
REPORTS = frozenset(
    "said says told reported reports announced announces confirmed revealed added stated denied".split()
)
RELATIVES = frozenset("which who that whose".split())
LIST_INTRODUCERS = frozenset("including include includes included like namely notably are were is was".split())
AND_WORDS = frozenset("and or & /".split())
COMPANY_NOUNS = frozenset(
    "company firm group giant maker manufacturer provider operator retailer startup start-up carmaker automaker "
    "chipmaker drugmaker planemaker bank lender insurer developer producer publisher distributor supplier brand "
    "chain studio fund investor investors conglomerate corporation agency broadcaster airline carrier utility "
    "builder designer vendor business platform rival competitor partner subsidiary unit arm division "
    "house label network store stores service services shop brewer miner explorer shipbuilder contractor "
    "consultancy consultant association institute university specialist marketplace site website newspaper owner "
    "parent affiliate wholesaler exchange broker brokerage biotech fintech unicorn outfit player firms companies "
    "groups partners".split()
)
STAKE_WORDS = frozenset(
    "stake stakes share shares shareholding shareholdings interest interests holding stock stocks equity".split()
)
CONTROLLING = frozenset("majority controlling remaining entire rest outstanding".split())
# Of a person: "former Intel executive A".
PERSON_NOUNS = frozenset(
    "executive veteran banker lawyer engineer boss founder co-founder president director chairman chief head "
    "billionaire entrepreneur manager minister economist investor".split()
)
OFFICES = PERSON_NOUNS | frozenset(
    "ceo cfo coo cto chairwoman chair chairperson chief treasurer secretary governor partner dean rector".split()
)
PARTS = frozenset(
    "assets asset all part parts half control ownership rest remainder number chain percent % majority "
    "portion one two three some many several range variety series maker host lot couple "
    "third quarter fifth tenth two-thirds three-quarters handful dozens hundreds consortium network pair".split()
)
MONEY_WORDS = frozenset(
    "funding funds financing investment investments capital round rounds seed debt equity series money million "
    "billion loan grant # $ backing".split()
)
ABBREVIATIONS = frozenset(
    "inc corp co ltd llc plc jr sr no st mr mrs ms dr u.s u.k vs approx d.c s.a n.v b.v l.p".split()
)
# Are owned without being companies.
THINGS = frozenset(
    "brand brands names franchise franchises vessels ships planes aircraft several many patents rights trademark "
    "trademarks stations hotels products".split()
)
POSSESSIVES = frozenset("its their his her our my your".split())
PARTIAL = frozenset("jointly partly partially half minority co-owned".split())
# Of these a capitalised one goes on with a name: "Acme European Holdings".
GO_ON = frozenset(
    "round american british german french japanese chinese swiss dutch danish swedish indian italian spanish "
    "korean canadian australian european russian israeli norwegian finnish belgian austrian irish general "
    "internet ai tv us uk eu".split()
)
# Capitalised in the middle of a sentence, and yet no name.
CAPITALISED_WORDS = frozenset(
    "i ceo cfo coo cto ipo chief executive officer president chairman chairwoman chair director minister "
    "secretary series round a b c d e f founder co-founder vice senior managing general partner head us uk eu "
    "u.s u.k american british german french japanese chinese swiss dutch danish swedish indian italian spanish "
    "korean canadian australian european russian israeli norwegian finnish belgian austrian irish monday tuesday "
    "wednesday thursday friday saturday sunday january february march april may june july august september "
    "october november december ai tv pc it internet".split()
)
