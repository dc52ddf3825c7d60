"""Bytes of a page or feed to characters, by the rules that browsers follow (WHATWG HTML and Encoding)."""

import codecs
import re

import webencodings
from charset_normalizer import from_bytes

# Python's names for what the standard calls by others; a larger set of characters than the label names.
_PYTHON = {"gbk": "gb18030", "x-user-defined": "cp1252"}
# Of the labels that only Python knows, encodings of text: its registry also holds ciphers, escapes and slow decoders.
_TEXT_ENCODING = re.compile(r"utf-8|utf-16(-[lb]e)?|iso8859-\d+|cp\d+|koi8-[rtu]|mac-\w+|gb18030|johab|ascii")
_LARGER = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874"}
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# XML without a mark: the first character is "<".
_SIXTEEN_BITS = {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
_CHARSET = re.compile(r"charset\s*=[\s\"']*([\w.:-]+)", re.IGNORECASE)
_XML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)?<\?xml[^>]{0,200}?encoding\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE | re.DOTALL
)
# Comments and tags with their attributes, as the standard's prescan steps over them.
_TAG = re.compile(
    rb"<!--.*?-->|<(/?[a-z][^\t\n\f\r />]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*+)>", re.IGNORECASE | re.DOTALL
)
_ATTRIBUTE = re.compile(rb"([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+)))?")
# Browsers look for a declaration in 1,024 bytes, and again while they parse: pages with scripts ahead of it are common.
_DECLARATION_BYTES = 4096
_GUESS_BYTES = 65_536


def decode(body: bytes, content_type: str | None) -> str:
    """The characters of a page or feed: by byte order mark, Content-Type, its own declaration, else by a guess."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, errors="replace")
    if units := _SIXTEEN_BITS.get(body[:2]):
        return body.decode(units, errors="replace")
    header = _CHARSET.search(content_type or "")
    declared = _encoding(header[1]) if header else None
    return body.decode(declared or _declared_encoding(body) or _guessed_encoding(body), errors="replace")


def _encoding(label: str) -> str | None:
    """Python's name for the encoding that browsers know by the label; some labels that only Python knows too."""
    if known := webencodings.lookup(label):
        return None if known.name == "replacement" else _PYTHON.get(known.name, known.codec_info.name)
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    return _LARGER.get(name, name) if _TEXT_ENCODING.fullmatch(name) else None


def _declared_encoding(body: bytes) -> str | None:
    head = body[:_DECLARATION_BYTES]
    xml = _XML.match(head)
    encoding = (_encoding(_text(xml[1])) if xml else None) or _meta_encoding(head)
    # What could be read as ASCII up to here is not in 16-bit units, whatever it says.
    return "utf-8" if encoding and encoding.startswith("utf-16") else encoding


def _meta_encoding(head: bytes) -> str | None:
    """By the first meta element that names an encoding, other than in comments and in the values of attributes."""
    for tag in _TAG.finditer(head):
        if (tag[1] or b"").lower() != b"meta":
            continue
        attributes: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(tag[2]):
            attributes.setdefault(_text(name).lower(), _text(b"".join(values)))
        label = attributes.get("charset")
        if label is None and attributes.get("http-equiv", "").strip().lower() == "content-type":
            found = _CHARSET.search(attributes.get("content", ""))
            label = found[1] if found else None
        if label and (encoding := _encoding(label)):
            return encoding
    return None


def _text(value: bytes) -> str:
    return value.decode("ascii", errors="replace")


def _guessed_encoding(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        if _is_nearly_utf_8(body):
            return "utf-8"
        best = from_bytes(body[:_GUESS_BYTES]).best()
        return (_encoding(best.encoding) if best else None) or "cp1252"
    return "utf-8"


def _is_nearly_utf_8(body: bytes) -> bool:
    """Whether nine of ten characters outside ASCII are whole: a page cut in the middle, or with a comment pasted in."""
    text = body.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return 10 * broken <= len(text) - len(text.encode("ascii", "ignore"))
