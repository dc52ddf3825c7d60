"""The words, signs and codes for currencies and magnitudes in English, German, French and Chinese."""

SIGNS = {
    "US$": "USD", "US $": "USD", "U.S.$": "USD", "U.S. $": "USD",
    "$US": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "HK$": "HKD",
    "NT$": "TWD", "S$": "SGD", "R$": "BRL", "MX$": "MXN", "Mex$": "MXN", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY",
    "￥": "CNY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₪": "ILS", "₫": "VND", "฿": "THB", "₱": "PHP",
    "KSh": "KES", "Ksh": "KES", "Sh": "KES", "Dhs": "AED", "Dh": "AED", "Rp": "IDR", "RM": "MYR", "R": "ZAR",
    "₴": "UAH", "₦": "NGN", "Rs.": "INR", "Rs": "INR", "RMB": "CNY", "CNH": "CNY", "人民币": "CNY", "新台币": "TWD",
}  # fmt: skip

# Left out are codes that are words or names as well, such as ALL, TOP and AMD.
CODES = frozenset(
    "ARS BGN BHD CLP COP EGP GHS ISK JOD KES KWD KZT LKR MAD OMR RON RSD UYU UZS "
    "USD EUR GBP CNY JPY CHF CAD AUD NZD INR KRW TWD HKD SGD SEK NOK DKK PLN CZK HUF RUB UAH TRY ILS SAR AED QAR BRL "
    "MXN ZAR IDR MYR THB VND PHP PKR NGN".split()
)

# Regular expressions of what follows an amount; the more specific come first.
NAMES: tuple[tuple[str, str], ...] = (
    (r"Canadian dollars?|kanadische Dollar|dollars canadiens|加元", "CAD"),
    (r"Australian dollars?|australische Dollar|dollars australiens|澳元", "AUD"),
    (r"New Zealand dollars?", "NZD"),
    (r"Hong Kong dollars?|Hongkong-Dollar|港元|港币", "HKD"),
    (r"(?:New )?Taiwan(?:ese)? dollars?|Taiwan-Dollar|新台币", "TWD"),
    (r"Singapore(?:an)? dollars?|Singapur-Dollar|新加坡元|新元", "SGD"),
    (
        r"US[- ][Dd]ollars?|U\.S\. dollars?|American dollars?|[Dd]ollars?(?: américains)?|dólares|dollari|美元|美金",
        "USD",
    ),
    (r"[Ee]uros?|欧元", "EUR"),
    (r"Egyptian pounds?", "EGP"),
    (r"(?:British )?pounds sterling|British pounds|pounds|Pfund|livres sterling|英镑", "GBP"),
    (r"(?:Chinese )?[Yy]uans?(?: [Rr]enminbi)?|[Rr]enminbi|元?人民币|元", "CNY"),
    (r"(?:Japanese )?[Yy]ens?|日元|日圆", "JPY"),
    (r"(?:South Korean |koreanische )?[Ww]on|韩元", "KRW"),
    (r"Swiss francs?|(?:Schweizer )?Franken|francs suisses|瑞士法郎", "CHF"),
    (r"Pakistani rupees", "PKR"),
    (r"Indian [Rr]upees?|indische Rupien", "INR"),
    (r"[Rr]upees?|Rupien|roupies|卢比", "RUPEE"),
    (r"(?:Russian )?r(?:ou|u)bles?|Rubel|卢布", "RUB"),
    (r"Swedish kron(?:or|a)|kronor|schwedische Kronen", "SEK"),
    (r"Norwegian kron(?:er|e)|norwegische Kronen", "NOK"),
    (r"Danish kron(?:er|e)|dänische Kronen", "DKK"),
    (r"(?:Polish )?z[lł]ot(?:ys?|ych)|Zloty", "PLN"),
    (r"(?:Czech )?(?:koruna|crowns)", "CZK"),
    (r"(?:Hungarian )?forints?", "HUF"),
    (r"(?:Ukrainian )?hryvnias?", "UAH"),
    (r"(?:Turkish )?lira|türkische Lira", "TRY"),
    (r"(?:Israeli )?shekels", "ILS"),
    (r"Qatari riyals", "QAR"),
    (r"(?:Saudi )?riyals", "SAR"),
    (r"(?:UAE |Emirati )?dirhams", "AED"),
    (r"(?:Brazilian )?reais", "BRL"),
    (r"Mexican pesos", "MXN"),
    (r"Philippine pesos", "PHP"),
    (r"(?:South African )?rand", "ZAR"),
    (r"(?:Indonesian )?rupiah", "IDR"),
    (r"(?:Malaysian )?ringgit", "MYR"),
    (r"(?:Thai )?baht", "THB"),
    (r"(?:Vietnamese )?dong", "VND"),
    (r"(?:Nigerian )?naira", "NGN"),
    (r"Argentine pesos", "ARS"),
    (r"Chilean pesos", "CLP"),
    (r"Colombian pesos", "COP"),
    (r"pesos", "PESO"),
    (r"Kuwaiti dinars", "KWD"),
    (r"dinars", "DINAR"),
    (r"Kenyan shillings", "KES"),
    (r"(?:Romanian )?lei", "RON"),
    (r"Moroccan dirhams", "MAD"),
    (r"(?:Kazakh )?tenge", "KZT"),
    (r"euro cents?|Eurocents?", "EUR/100"),
    (r"(?:US )?cents?", "USD/100"),
    (r"pence", "GBP/100"),
)

# At least one of these is part of every text that a name above matches.
NAME_PARTS = tuple(
    "dollar Dollar dólar euro Euro pound Pfund livre yuan Yuan renminbi Renminbi yen Yen won Won franc Frank "
    "rupee Rupee Rupien roupie ruble rouble Rubel kron Kron zlot złot Zlot koruna crown forint hryvnia "
    "lira Lira shekel riyal dirham reais pesos dinar shilling lei tenge pence rand rupiah ringgit baht dong "
    "naira cents 元 金 币 镑 圆 郎 比 布".split()
)

# Letters that mean many things before a bare number ("R2", "RM 3"): they need a magnitude.
SIGNS_OF_LETTERS = frozenset("Sh Dh Dhs Rp RM R".split())

# Words that mean another thing after a bare number ("lost 20 pounds", "the 27 won"): they need a magnitude.
NEED_MAGNITUDE = frozenset({"KRW", "GBP", "VND", "ZAR", "THB", "TRY", "RON"})

# Longest first, so that "m" does not cut "million" short; keys are lower case.
MAGNITUDES: dict[str, float] = {
    "lakh crore": 1e12, "lakh crores": 1e12, "crores": 1e7, "crore": 1e7, "lakhs": 1e5, "lakh": 1e5,
    "trillionen": 1e18, "trillions": 1e12, "trillion": 1e12, "trn": 1e12, "t": 1e12, "tn": 1e12,
    "milliarden": 1e9, "milliarde": 1e9, "milliards": 1e9, "milliard": 1e9, "mrd.": 1e9, "mrd": 1e9,
    "mds": 1e9, "md": 1e9,
    "billionen": 1e12, "billions": 1e9, "billion": 1e9, "bln": 1e9, "bn": 1e9, "b": 1e9, "bio.": 1e12,
    "millionen": 1e6, "millions": 1e6, "million": 1e6, "mln": 1e6, "mn": 1e6, "mio.": 1e6, "mio": 1e6, "mm": 1e6,
    "m": 1e6,
    "mil millones": 1e9, "millones": 1e6, "millón": 1e6, "milhões": 1e6, "milhão": 1e6, "bilhões": 1e9, "bilhão": 1e9,
    "miliardi": 1e9, "miliardo": 1e9, "milioni": 1e6, "milione": 1e6, "miljard": 1e9, "miljoen": 1e6,
    "thousand": 1e3, "tausend": 1e3, "mille": 1e3, "k": 1e3,
    "万亿": 1e12, "千亿": 1e11, "百亿": 1e10, "十亿": 1e9, "亿": 1e8, "千万": 1e7, "百万": 1e6, "十万": 1e5, "万": 1e4,
    "億": 1e8, "萬": 1e4, "兆": 1e12, "千": 1e3,
}  # fmt: skip

# In these languages "billion" is a million millions.
LONG_SCALE = frozenset({"de", "fr"})
DECIMAL_COMMA = frozenset("de fr es it pt nl da sv no nb fi pl cs ru uk tr id el ro hu".split())
# Words that only exist where the comma is the decimal mark.
DECIMAL_COMMA_MAGNITUDES = ("milliard", "mrd", "md", "mio", "millionen", "billionen", "tausend")

SPELLED = {
    "a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0,
    "eight": 8.0, "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0, "thirteen": 13.0, "fourteen": 14.0,
    "fifteen": 15.0, "sixteen": 16.0, "seventeen": 17.0, "eighteen": 18.0, "nineteen": 19.0, "twenty": 20.0,
    "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0,
    "a quarter of a": 0.25, "three quarters of a": 0.75,
    "three-quarters of a": 0.75, "half a": 0.5, "half": 0.5, "hundred": 100.0,
    "eine": 1.0, "eine halbe": 0.5, "zwei": 2.0, "drei": 3.0, "vier": 4.0, "fünf": 5.0, "zehn": 10.0,
    "un": 1.0, "deux": 2.0, "trois": 3.0, "quatre": 4.0, "cinq": 5.0, "dix": 10.0, "cent": 100.0,
}  # fmt: skip
# These without a magnitude count things, not money: "a dollar a day" is a saying, "two cents" an opinion.
INDEFINITE = frozenset(
    {
        "a quarter of a",
        "three quarters of a",
        "three-quarters of a",
        "a",
        "an",
        "one",
        "half",
        "half a",
        "eine",
        "eine halbe",
        "un",
        "hundred",
        "cent",
    }
)
