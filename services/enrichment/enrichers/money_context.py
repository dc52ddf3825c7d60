"""Whose pesos, rupees or ¥ a text speaks of: the country's that it names most."""

import re

# Of names of currencies that several countries share: what speaks for each of them.
_COUNTRIES: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "PESO": (
        ("MXN", re.compile(r"\bMexic(?:o|an)|\bPemex\b")),
        ("PHP", re.compile(r"\bPhilippin|\bFilipin|\bManila\b|\bCebu\b")),
        ("ARS", re.compile(r"\bArgentin|\bBuenos Aires\b")),
        ("CLP", re.compile(r"\bChile|\bSantiago\b")),
        ("COP", re.compile(r"\bColombia|\bBogot[aá]\b|\bMedell[ií]n\b")),
        ("UYU", re.compile(r"\bUruguay|\bMontevideo\b")),
    ),
    "RUPEE": (
        ("INR", re.compile(r"\bIndia|\bMumbai\b|\bDelhi\b|\bBengaluru\b")),
        ("PKR", re.compile(r"\bPakistan|\bIslamabad\b|\bKarachi\b|\bLahore\b")),
        ("LKR", re.compile(r"\bSri Lanka|\bColombo\b")),
    ),
    "DINAR": (
        ("KWD", re.compile(r"\bKuwait")),
        ("JOD", re.compile(r"\bJordan|\bAmman\b")),
        ("BHD", re.compile(r"\bBahrain|\bManama\b")),
        ("RSD", re.compile(r"\bSerbia|\bBelgrade\b")),
    ),
    "YEN OR YUAN": (
        ("JPY", re.compile(r"\byen\b|Japan|日本|日元")),
        ("CNY", re.compile(r"yuan|RMB|renminbi|China|Chin[ae]s|人民币|中国")),
    ),
}
# Where no country is named, or several as often.
_OTHERWISE = {"RUPEE": "INR", "YEN OR YUAN": "JPY"}
SHARED = frozenset(_COUNTRIES)


class Shared:
    """Resolves the names of currencies that countries share, by one text."""

    def __init__(self, text: str, language: str) -> None:
        self._text = text
        self._language = language
        self._known: dict[str, str | None] = {}

    def currency(self, name: str) -> str | None:
        """The code for one of SHARED; None where the text does not tell."""
        if name not in self._known:
            self._known[name] = self._told(name)
        return self._known[name]

    def _told(self, name: str) -> str | None:
        if name == "YEN OR YUAN" and self._language in ("zh", "ja"):
            return "CNY" if self._language == "zh" else "JPY"
        counts = sorted(((len(said.findall(self._text)), code) for code, said in _COUNTRIES[name]), reverse=True)
        most, code = counts[0]
        return code if most > counts[1][0] else _OTHERWISE.get(name)
