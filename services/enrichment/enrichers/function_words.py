"""The little words of a few languages, which tell the language and part the phrases of a text."""

FUNCTION_WORDS: dict[str, frozenset[str]] = {
    "en": frozenset(
        "a about above after again all also although am among an and any are as at be because been before being "
        "between both but by can could did do does down during each few for from further had has have having he her "
        "here hers him his how however i if in into is it its itself just many may me might more most much must my "
        "no nor not now of off on once one only or other our out over own same she should since so some such than "
        "that the their them then there these they this those though through to too two under until up upon us very "
        "was we were what when where whether which while who whom whose why will with within without would yet you "
        "your".split()
    ),
    "de": frozenset(
        "aber als also am an auch auf aus bei beim bis da damit dann das dass dem den denn der des die dies diese "
        "dieser doch dort durch ein eine einem einen einer eines er es für gegen gibt habe haben hat hatte hier ich "
        "ihm ihn ihr ihre im in ins ist ja jede kann kein keine können man mehr mit nach nicht noch nun nur ob oder "
        "ohne schon sehr sein seine sich sie sind so soll sollen sowie über um und uns unter vom von vor war waren "
        "was weil wenn werden wie wieder wir wird wo wurde wurden zu zum zur zwischen".split()
    ),
    "fr": frozenset(
        "ainsi alors après au aussi autre aux avant avec avoir car ce cela ces cette ceux chez comme contre dans de "
        "depuis des deux donc dont du elle elles en encore entre est et été être eux fait il ils je la le les leur "
        "leurs lors lui mais même moins ne nos notre nous on ont ou où par pas pendant peu peut plus pour qu que "
        "quand quel quelle qui sa sans se selon ses si son sont sous sur tous tout toute très un une vers vous "
        "était".split()
    ),
    "es": frozenset(
        "a al algo algunos ante antes aunque aún bajo bien cada como con contra cual cuando de del desde donde dos "
        "durante el ella ellos en entre era es esa ese eso esta este esto está están fue fueron ha han hasta hay la "
        "las le les lo los luego más me mientras mismo muy ni no nos o otra otro otros para pero poco por porque "
        "que quien se sea según ser si sin sino sobre son su sus también tan tanto tiene todo todos tras un una uno "
        "unos y ya".split()
    ),
}
