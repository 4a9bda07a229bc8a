"""What a hostile walk sends: texts, files, header fields, bodies, raw requests made to break it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

MOST_TOLD = 6000
FORM = "application/x-www-form-urlencoded"
# Markup that must never come back as markup, in what is stored and in what is sent.
MARKUP = "<script>alert(7)</script>"

TEXTS: tuple[str, ...] = (
    "",
    "0",
    "-1",
    "1e999",
    "NaN",
    "Infinity",
    "9" * 30,
    "9" * 400,
    "9" * 5000,
    "2147483648",
    "9223372036854775808",
    "a" * 3000,
    "x " * 1500,
    "\x00",
    "a\x00b",
    "\ud7ff\ufffe\U0001f9ea\u202eabc",
    "٣٤",
    "\uff11\uff12",  # digits of another width
    MARKUP,
    '"><img src=x onerror=alert(7)>',
    "'; DROP TABLE patients_patient; --",
    "{{ 7|add:7 }}{% debug %}",
    "=1+1",
    "../../../../etc/passwd",
    "//evil.example/",
    "https://evil.example/",
    "http://[::1",
    "/\\evil.example",
    "javascript:alert(7)",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31 23:59:59",
    "31/12/2015",
    "2015-02-30",
    "55-60",
    "4,1 cm",
    "true",
    "[]",
    "{}",
    "a=b&c=d",
    "%00",
    "%ff%fe",
    "\r\nSet-Cookie: a=b",
    "\u202e\u2066\u200b\ufeff" * 40,
    "e" + "\u0301" * 2000,  # one letter with very many accents
    "\U000e0001\U0010ffff",
    "\u0130\u0131\u1e9e\ufb03",  # letters that change their number when folded
    "-0",
    "1e-400",
    "0x1F",
    "1_000",
    "1,000.5",
    "5,5",
    "\u2212" + "5",  # a typographic minus
    "24:61",
    "2024-02-29T25:00",
    "+999999-01-01",
    "00000000-0000-0000-0000-000000000000",
    "{" + "00000000-0000-0000-0000-000000000000".upper() + "}",
    "\x1b[2J\x07",
    "\u0085\u2028\u2029",
    "a\tb\nc",
    "__class__",
    "%(secret)s{0.__class__}$" + "{7*7}",
    "{" * 300,
    '{"a":' * 5000,
    "[" * 20_000,
    '{"a": 1, "a": 2, "b": 1e999, "c": -0.0, "d": "\\ud800"}',
    "%00%0d%0aX: 1",
    "null",
    "undefined",
    "on",
)

NAMES = (
    "q", "page", "p", "o", "e", "all", "_facets", "_popup", "_to_field", "search", "next",
    "mapping", "rows", "clinic", "mechanism", "grade", "acute", "life", "registration", "term",
    "app_label", "model_name", "field_name", "deceased", "sex", "status", "status__exact",
    "clinic__id__exact", "patient__family_name__startswith", "patient__search_key", "id__in",
    "entered_by__password__startswith", "user__password__startswith", "at__gte", "at__year",
    "performed_on__year", "performed_on__month", "performed_on__day", "entered_at__year",
    "measured_on__year", "onset_at__year", "_changelist_filters", "lang", "format",
    "part", "until", "by", "month", "basis", "edition", "from_on", "until_on", "back", "kept",
    "sort", "concern", "bucket", "lacks", "stage", "acc_aha", "esc", "clinician", "overdue",
    "missing", "on", "known", "why", "wish", "urgency", "view", "patient", "step",
)  # fmt: skip
FILES = (
    b"",
    b"\x00" * 300,
    b"PK\x03\x04" + b"0" * 100,
    b"\x1f\x8b" + b"0" * 100,
    b"\xff\xfea\x00,\x00b\x00\n\x001\x00",
    b"\xef\xbb\xbf",
    b"Patient,Date,EF\n",
    b"Patient,Date,EF\n\x00,2012-01-01,60\n",
    b'Patient,Date,EF\n"1,2012-01-01,60\n',
    b"Patient;Date;EF\n1;2012-01-01;60,5\n",
    b"," * 400 + b"\n" + b"," * 400 + b"\n1",
    b"Patient,Patient,Patient\n1,2,3\n",
    b"a\n" * 50,
    b"\x81\x8d\x8f\x90\x9d,b\n1,2\n",
    f"Patient,Date,EF,Comment\n=1+1,0001-01-01,650,{MARKUP}\n".encode(),
    b"Patient,Date,EF\n" + b"1" * 140_000 + b",2012-01-01,60\n",
    b"Patient,Date,EF\n1,2012-01-01," + b"9" * 5000 + b"\n2,2012-01-01,1e999999999\n",
    b"Patient,Date,EF\r1,2012-01-01,60\r",
)
FILE_NAMES = ("a.csv", "../../x.csv", "a\r\nb.csv", '"x".csv', "ö" * 180 + ".csv", "a\x00.csv")
METHODS = (
    "GET", "GET", "GET", "GET", "POST", "POST", "POST", "POST", "HEAD", "OPTIONS", "PUT", "PATCH",
    "DELETE", "TRACE", "PROPFIND", "BREW",
)  # fmt: skip
HEADERS: tuple[dict[str, str], ...] = (
    {"HX-Request": "true"},
    {"HX-Request": "true", "HX-Target": MARKUP, "HX-Trigger-Name": "a\x01"},
    {"HX-Current-URL": "http://[::1"},
    {"Accept": "\x01"},
    {"X-Forwarded-For": MARKUP},
    {"X-Forwarded-For": "9" * 3000},
    {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example;proto=http"},
    {"X-Original-URL": "/admin/", "X-Rewrite-URL": "/admin/"},
    {"Referer": "https://evil.example/"},
    {"Origin": "null"},
    {"Accept-Language": "x" * 5000},
    {"Accept-Language": "de;q=" + "9" * 400 + ",*;q=nan"},
    {"Accept-Encoding": "gzip;q=1e999, br, identity;q=0"},
    {"Range": "bytes=0-1"},
    {"If-Modified-Since": "never"},
    {"If-None-Match": '"' + "x" * 3000},
    {"Cookie": "mrtrack_session=\x01; mrtrack_csrf=" + "x" * 500},
    {"Cookie": "mrtrack_seat=a:b:c; mrtrack_seat=d; =; ;;; sessionid=" + "%00" * 30},
    {"Authorization": "Basic " + "QQ==" * 400},
    {"Content-Encoding": "gzip"},
    {"X-HTTP-Method-Override": "DELETE"},
    {"X-CSRFToken": "\xff" * 40},
    {"Host": "evil.example"},
    {"Host": "mrtrack.example.org:99999999"},
)
BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b'{"a":' * 50_000),
    ("application/json", b"[" * 100_000),
    ("application/json", b'{"a": 1, "a": {"$ne": null}}'),
    ("application/json; charset=utf-99", b'"\xed\xa0\x80"'),
    (FORM, b"%ff=%00&\xff\xfe=1&--a\r\n"),
    (FORM, b"a=" + b"\xed\xa0\x80" + b"&b=%ED%A0%80&c=%C0%AF"),  # halves of a pair, overlong
    (FORM, b"&".join(b"a=%d" % number for number in range(3_100))),
    (FORM, b"q=" + b"x" * 1_000_000),
    (FORM, b"q=1&q=2&q=3&version=1&version=2&save=draft&save=final"),
    (FORM + "; charset=utf-99", b"q=1"),
    (FORM + "; charset=utf-16", "q=1".encode("utf-16")),
    ("multipart/form-data; boundary=", b"--\r\n"),
    ("multipart/form-data; boundary=a", b"--a\r\n"),
    ("multipart/form-data; boundary=" + "a" * 500, b"--a--"),
    (
        "multipart/form-data; boundary=a",
        b"--a\r\nContent-Disposition: form-data; name="
        + b'"'
        + b"x" * 5000
        + b'"\r\n\r\n1\r\n--a--',
    ),
    (
        "multipart/form-data; boundary=a",
        b"--a\r\nContent-Disposition: form-data; name=q; filename*=utf-8''%00%2e%2e%2f\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n====\r\n--a--",
    ),
    ("text/plain; charset=x", b"\xff\x00{"),
    ("application/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    ("\x01", b"\x00" * 1000),
)
# Requests that no library would send; HOST stands for the name that the server expects.
RAW: tuple[bytes, ...] = (
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: HOST\r\n\r\n",
    b"GET / HTTP/0.9\r\n\r\n",
    b"get / HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"G\x00T / HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"GET /\x00 HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"GET /patients/?q=a b HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"GET /\xff\xfe/%zz/%u0041 HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"GET /../../etc/passwd HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"GET /static/../../mrtrack/settings.py HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"GET /static/%2e%2e/%2e%2e/mrtrack/settings.py HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"GET /static/staticfiles.json%00.css HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"GET http://evil.example/accounts/login/ HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"GET //evil.example/accounts/login HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: HOST\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: HOST\r\n" + b"X: a\r\n" * 500 + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: HOST\r\n folded: 1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: HOST\r\nBad Name: 1\r\nX_Forwarded_For: 1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: HOST\r\nExpect: 200-maybe\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: HOST\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"CONNECT evil.example:443 HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"POST /accounts/login/ HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n",
    b"POST /accounts/login/ HTTP/1.1\r\nHost: HOST\r\nContent-Length: 99\r\n\r\nshort",
    b"POST /accounts/login/ HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1e3\r\n\r\n",
    b"POST /accounts/login/ HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin/ HTTP/1.1\r\nHost: HOST\r\n\r\n",
    b"POST /accounts/login/ HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
    b"POST /accounts/login/ HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"POST /accounts/login/ HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /accounts/login/ HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"ffffffffffffffff\r\nx\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # the begin of TLS
    b"\x00" * 5000,
    b"\r\n" * 200 + b"GET / HTTP/1.1\r\nHost: HOST\r\n\r\n",
)


@dataclass
class Sending:
    """One request, whole."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/octet-stream"
    body: bytes = b""

    @property
    def told(self) -> str:
        """What a failure prints: enough to send it again, unless it is very long."""
        whole = repr(self)
        return whole if len(whole) < MOST_TOLD else f"{whole[:MOST_TOLD]}… ({len(whole):,} signs)"


def drawn(
    chance: random.Random, method: str, path: str, fields: Sequence[str], kinds: Sequence[str]
) -> Sending:
    """A request to this path; the fields are those of the form that was last seen there."""
    made = Sending(method, path)
    if chance.random() < 0.15:
        made.headers = dict(chance.choice(HEADERS))
    if method not in {"POST", "PUT", "PATCH"} or chance.random() < 0.1:
        made.query = _query(chance) if chance.random() < 0.6 else ""
    if method == "POST" and chance.random() > 0.12:
        made.content_type, made.body = _form(chance, path, fields, kinds)
    elif method not in {"GET", "HEAD"}:
        made.content_type, made.body = chance.choice(BODIES)
    return made


def _pairs(chance: random.Random, names: Sequence[str]) -> dict[str, Any]:
    """Fields with texts; now and then one of them several times."""
    pairs: dict[str, Any] = {}
    for _ in range(chance.randint(0, 5)):
        several = chance.random() < 0.1
        value = chance.sample(TEXTS, 3) if several else chance.choice(TEXTS)
        pairs[chance.choice(names)] = value
    return pairs


def _query(chance: random.Random) -> str:
    if chance.random() < 0.1:
        odd = ("%", "%zz=%ff", "a&a&a=&=b", "&" * 900, "q=%ED%A0%80", "?" * 40, "next=%0d%0aX:1")
        return chance.choice(odd)
    # Longer ones never come past gunicorn, but now and then.
    return _encoded(_pairs(chance, NAMES))[: 3_000 if chance.random() < 0.95 else 6_000]


def _encoded(pairs: dict[str, Any]) -> str:
    flat = [
        (name, each)
        for name, value in pairs.items()
        for each in (value if isinstance(value, list) else [value])
    ]
    return "&".join(f"{quote_plus(k)}={quote_plus(v, errors='replace')}" for k, v in flat)


def _form(
    chance: random.Random, path: str, fields: Sequence[str], kinds: Sequence[str]
) -> tuple[str, bytes]:
    # A wrong token would be all that such a form is refused for.
    fields = [name for name in fields if name != "csrfmiddlewaretoken"]
    data = _pairs(chance, [*NAMES, *fields])
    if fields and chance.random() < 0.7:
        data = {name: chance.choice(TEXTS) for name in fields if chance.random() < 0.6}
        data |= {"save": chance.choice(["draft", "final", "check"]), "version": "1"}
    if path == "/import/new":
        file = SimpleUploadedFile("x", chance.choice(FILES))
        file.name = chance.choice(FILE_NAMES)
        data |= {"kind": chance.choice([*kinds, "x"]), "file": file}
    elif chance.random() < 0.3:
        return FORM, _encoded(data).encode()
    return MULTIPART_CONTENT, encode_multipart(BOUNDARY, data)
