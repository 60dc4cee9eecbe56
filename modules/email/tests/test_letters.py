"""What a confirmation says, and that nothing hostile in an order gets anywhere in it."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import msgspec
import pytest

from modules.cart.contract import CartItem
from modules.currency.contract import Money
from modules.email.domain import address_lines, plain, shown
from modules.email.letters import Letters
from modules.email.settings import EmailSettings
from modules.email.tests.conftest import ORDER
from modules.orders.contract import OrderItem, OrderResult
from modules.shipping.contract import Address

AT = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% for x in y %}",
    "x\r\nBcc: all@example.com\r\n\r\nBuy!",
    "x\nSubject: y\u2028z\u2029\x85\x0b",
    "\0\x1b[31m\x7f",
    "\u202eDCBA\u2066",
    "'; DROP TABLE messages; --",
    "=?utf-8?q?Bcc=3A?= x",
    "=?utf-8?q?=0D=0ABcc:_all=40example.com?=",
    "=\u202e?utf-8?b?DQpCY2M6IGFsbEBleGFtcGxlLmNvbQ==?=",
    "é漢字🛒" * 5000,
    "w" * 100_000,
    "\ud800",
    "",
]


def _written(order: OrderResult = ORDER, email: str = "ann@example.com", **settings: str) -> EmailMessage:
    content = Letters(EmailSettings(**settings)).confirmation(email, order, "abc123", AT)  # type: ignore[arg-type]
    assert content.isascii()
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))  # RFC 5322, §2.1.1
    assert b"\n" not in content.replace(b"\r\n", b"")
    return message_from_bytes(content, policy=default)  # type: ignore[return-value]


def _parts(message: EmailMessage) -> tuple[str, str]:
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    return text.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")


class _Reader(HTMLParser):
    """What a browser would see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert {name for name, _ in attrs} <= {"style", "lang", "dir", "charset", "name", "content", "colspan"}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_heads_say_who_writes_to_whom_when_and_of_what() -> None:
    message = _written(sender="shop@example.org", sender_name="Schöner Laden, Inc.", subject="Ihre Bestellung")
    assert message["From"].addresses[0].display_name == "Schöner Laden, Inc."
    assert message["From"].addresses[0].addr_spec == "shop@example.org"
    assert message["To"] == "ann@example.com"
    assert message["Subject"] == f"Ihre Bestellung {ORDER.order_id}"
    assert message["Date"].datetime == AT
    assert message["Message-ID"] == "<abc123@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"


def test_the_text_and_the_page_say_the_same() -> None:
    text, page = _parts(_written())
    for words in (
        ORDER.order_id,
        "QK-20-1041234567",
        "OLJCESPC7Z",
        "€17.68",
        "€35.36",
        "6E92ZMYYFZ",
        "€8.99",
        "€7.95",
        "€52.30",
        "1600 Amphitheatre Parkway",
        "Mountain View, CA 00501",
        "United States",
        "The Shop",
    ):
        assert words in text
        assert words in _Reader(page).text
    assert "2 x OLJCESPC7Z at €17.68 = €35.36\n1 x 6E92ZMYYFZ at €8.99 = €8.99\nShipping: €7.95\n" in text


@pytest.mark.parametrize("bad", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_content_stays_text(bad: str) -> None:
    order = OrderResult(
        bad, bad, Money(bad, 1), Address(bad, bad, bad, bad, -1), (OrderItem(CartItem(bad, -(2**31)), Money(bad, 1)),)
    )
    message = _written(order)
    assert set(message.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert len(message["Subject"]) <= 120
    text, page = _parts(message)
    assert len(text) + len(page) < 20_000
    assert "\nBcc:" not in text
    for said in (text, page):
        assert "49" not in said or "{{ 7 * 7 }}" not in bad
        assert not any(letter in said for letter in "\0\x1b\x7f\u202e\u2066\u2028")
    assert not _Reader(page).tags & {"script", "img"}


def test_a_senders_name_is_not_decoded_either() -> None:
    message = _written(sender_name="=?utf-8?q?=0D=0ABcc:_all=40example.com?=")
    assert "Bcc" not in message
    assert message["From"].addresses[0].display_name == "= ?utf-8?q?=0D=0ABcc:_all=40example.com?="


def test_amounts_as_large_as_the_wire_carries_are_exact() -> None:
    most = Money("USD", 2**63 - 1, 999_999_999)
    lines = tuple(OrderItem(CartItem("mug", 2**31 - 1), most) for _ in range(3))
    text, _ = _parts(_written(msgspec.structs.replace(ORDER, items=lines, shipping_cost=most)))
    nanos = (2**63 - 1) * 10**9 + 999_999_999
    assert f"Total:    {shown('USD', nanos * (3 * (2**31 - 1) + 1))}\n" in text


def test_a_very_long_order_says_how_many_lines_it_leaves_out() -> None:
    lines = tuple(OrderItem(CartItem(f"p{n}", 1), Money("EUR", 1)) for n in range(5000))
    text, page = _parts(_written(msgspec.structs.replace(ORDER, items=lines, shipping_cost=Money("EUR"))))
    for said in (text, _Reader(page).text):
        assert "p199" in said
        assert "p200" not in said
        assert "and 4800 more" in said
        assert "€5000.00" in said


def test_amounts_in_several_currencies_have_no_total() -> None:
    text, page = _parts(_written(msgspec.structs.replace(ORDER, shipping_cost=Money("USD", 8, 990000000))))
    assert "Shipping: $8.99" in text
    assert "Total" not in text
    assert "Total" not in page


@pytest.mark.parametrize(
    ("code", "nanos", "words"),
    [
        ("USD", 19_990_000_000, "$19.99"),
        ("EUR", 17_682_441_398, "€17.68"),
        ("EUR", 17_689_999_999, "€17.68"),
        ("GBP", 999_999_999, "£0.99"),
        ("USD", -1_750_000_000, "-$1.75"),
        ("JPY", 2_235_060_592_707, "¥2235"),
        ("TRY", 108_299_648_830, "₺108.29"),
        ("CAD", 0, "CA$0.00"),
        ("CHF", 12_000_000_000, "CHF 12.00"),
        ("", 12_000_000_000, "12.00"),
        ("a\r\nb", 1_000_000_000, "a b 1.00"),
    ],
)
def test_amounts_are_shown_in_the_currencys_own_way(code: str, nanos: int, words: str) -> None:
    assert shown(code, nanos) == words


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (Address(), ()),
        (Address("Hauptstr. 1", "Wien", "", "Austria", 1010), ("Hauptstr. 1", "Wien, 1010", "Austria")),
        (Address("", "", "", "USA", 501), ("00501", "USA")),
    ],
)
def test_an_address_has_only_the_lines_that_there_are(address: Address, lines: tuple[str, ...]) -> None:
    assert address_lines(address) == lines


def test_a_plain_text_is_one_line_of_bounded_length() -> None:
    assert plain("a\r\n\tb\0c  d ") == "a b c d"
    assert plain("x" * 300) == "x" * 199 + "…"


@pytest.mark.parametrize("email", ["a..b@example.com", ".a@x", "!#$%&'*+/=?^_`{|}~-@localhost", "a" * 64 + "@b.c"])
def test_every_address_that_is_taken_can_be_written_to(email: str) -> None:
    assert email in str(_written(email=email)["To"])


@pytest.mark.parametrize(
    "wrong",
    [{"sender": "nobody"}, {"sender": "a@b\r\nBcc: c@d"}, {"smtp_user": "shop"}],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"sender is not an email address|go together"):
        EmailSettings(**wrong)  # type: ignore[arg-type]
