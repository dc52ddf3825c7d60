"""Bytes of a page or feed to characters, by the rules that browsers follow."""

import codecs
import re

from charset_normalizer import from_bytes

# WHATWG Encoding: these labels mean a larger set of characters than they name.
_LARGER = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
# Only encodings of text: Python's registry also holds ciphers, escapes and slow decoders such as punycode.
_TEXT_ENCODING = re.compile(
    r"utf-8|utf-16|utf-16-le|utf-16-be|iso8859-\d+|cp\d+|koi8-[rtu]|mac-\w+|gb18030|gbk|gb2312|hz|big5(hkscs)?"
    r"|shift_jis\w*|euc_\w+|iso2022_jp|johab|tis-620|ascii"
)
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# XML without a mark: the first character is "<".
_SIXTEEN_BITS = {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_DECLARED = (
    re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE),
    re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE),
)
# Browsers look for a declaration in 1,024 bytes; pages with scripts ahead of it are common.
_DECLARATION_BYTES = 4096
_GUESS_BYTES = 65_536


def decode(body: bytes, content_type: str | None) -> str:
    """The characters of a page or feed: by byte order mark, Content-Type, its own declaration, else by a guess."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, errors="replace")
    if units := _SIXTEEN_BITS.get(body[:2]):
        return body.decode(units, errors="replace")
    header = _HEADER_CHARSET.search(content_type or "")
    declared = _encoding(header[1]) if header else None
    return body.decode(declared or _declared_encoding(body) or _guessed_encoding(body), errors="replace")


def _encoding(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    return _LARGER.get(name, name) if _TEXT_ENCODING.fullmatch(name) else None


def _declared_encoding(body: bytes) -> str | None:
    head = body[:_DECLARATION_BYTES]
    for pattern in _DECLARED:
        if found := pattern.search(head):
            encoding = _encoding(found[1].decode("ascii", errors="replace"))
            # What could be read as ASCII up to here is not in 16-bit units, whatever it says.
            return "utf-8" if encoding and encoding.startswith("utf-16") else encoding
    return None


def _guessed_encoding(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(body[:_GUESS_BYTES]).best()
        return (_encoding(best.encoding) if best else None) or "cp1252"
    return "utf-8"
