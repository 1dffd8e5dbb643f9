"""Money: integer minor units and a currency of ISO 4217, read and written in one way.

The currencies and their exponents are those of ISO 4217's list of current currencies (2024), without funds, metals
and codes for tests: a library would bring ten megabytes for these few lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 100_000_000
"""Minor units of one point: more is a slip of the finger."""

_EXPONENTS: dict[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY
        COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR
        ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
        MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP
        SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER
        ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
}
EXPONENTS = {code: exponent for exponent, codes in _EXPONENTS.items() for code in codes.split()}
"""By currency: how many decimal places its minor unit has."""

_SPACE = "\u00a0\u2009\u202f"
"""Between groups of three digits: no-break, thin, and both; as spreadsheets and web pages write them."""
_NUMBER, _CODE = rf"(?P<number>\d[\d.,{_SPACE}]{{0,23}})", r"(?P<code>[A-Za-z]{3})"
_GAP = rf"[\s{_SPACE}]*"
_TYPED = tuple(re.compile(one, re.ASCII) for one in (rf"{_NUMBER}(?<=\d){_GAP}{_CODE}", rf"{_CODE}{_GAP}{_NUMBER}"))
_PLAIN = re.compile(r"(?P<whole>\d{1,12})(?:(?P<point>[.,])(?P<fraction>\d{1,6}))?", re.ASCII)
_GROUPED = re.compile(
    rf"(?P<whole>\d{{1,3}}(?P<group>[.,{_SPACE}])\d{{3}}(?:(?P=group)\d{{3}}){{0,3}})"
    r"(?:(?!(?P=group))[.,](?P<fraction>\d{1,6}))?",
    re.ASCII,
)
_GROUP = 3
_UNREADABLE = "I cannot read that as an amount of money."


@dataclass(frozen=True, slots=True)
class Money:
    minor: int
    currency: str

    def times(self, number: int) -> Money:
        return Money(self.minor * number, self.currency)

    @property
    def amount(self) -> str:
        """`1234.50`: without its currency, as spreadsheets read it."""
        return str(self).partition(" ")[0].replace(",", "")

    def __str__(self) -> str:
        """`1,234.50 EUR`, with the decimal places of the currency."""
        places = EXPONENTS[self.currency]
        whole, rest = divmod(self.minor, 10**places)
        return f"{whole:,}.{rest:0{places}} {self.currency}" if places else f"{whole:,} {self.currency}"


class NotMoney(ValueError):
    """What was typed is none. The message is a sentence for whoever typed it."""


def read_money(typed: str) -> Money:
    """`0.05 EUR`, `0,05 eur` or `EUR 0.05`; `1,234.50 EUR` and `1.234,50 EUR`. Raises NotMoney.

    Three digits behind one comma or point are a group where the currency has fewer places. Where it has as many, a
    point is one, as `str` writes it, and a comma is asked about: 1,234 KWD is two amounts, a thousandfold apart.
    """
    match = next((found for one in _TYPED if (found := one.fullmatch(typed.strip()))), None)
    if match is None:
        raise NotMoney(_UNREADABLE)
    code = match["code"].upper()
    if code not in EXPONENTS:
        raise NotMoney(f"I know no currency {code}.")
    places = EXPONENTS[code]
    whole, fraction = _read_number(match["number"], code)
    if len(fraction.rstrip("0")) > places:
        smallest = Money(1, code)
        raise NotMoney(f"The smallest amount of {code} is {smallest}.")
    minor = int(whole) * 10**places + int((fraction[:places] or "0").ljust(places, "0"))
    if not 1 <= minor <= MOST:
        raise NotMoney(f"I can take from {Money(1, code)} to {Money(MOST, code)}.")
    return Money(minor, code)


def _read_number(number: str, code: str) -> tuple[str, str]:
    """The digits before and behind the point. Raises NotMoney."""
    plain, grouped = _PLAIN.fullmatch(number), _GROUPED.fullmatch(number)
    if plain and grouped and not plain["whole"].startswith("0"):  # one separator with three digits behind it
        if EXPONENTS[code] < _GROUP:
            plain = None
        elif plain["point"] == ",":
            many = f"{plain['whole']},{plain['fraction']}.{'0' * EXPONENTS[code]}"
            few = f"{plain['whole']}.{plain['fraction']}"
            raise NotMoney(f"That can be {many} {code} or {few} {code}: please write it one of these two ways.")
    if plain:
        return plain["whole"], plain["fraction"] or ""
    if grouped and not grouped["whole"].startswith("0"):
        return re.sub(rf"[.,{_SPACE}]", "", grouped["whole"]), grouped["fraction"] or ""
    raise NotMoney(_UNREADABLE)
