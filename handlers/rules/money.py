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

_NUMBER, _CODE = r"(?P<number>\d{1,12}(?:[.,]\d{1,6})?)", r"(?P<code>[A-Za-z]{3})"
_TYPED = tuple(re.compile(one, re.ASCII) for one in (rf"{_NUMBER}\s*{_CODE}", rf"{_CODE}\s*{_NUMBER}"))


@dataclass(frozen=True, slots=True)
class Money:
    minor: int
    currency: str

    def times(self, number: int) -> Money:
        return Money(self.minor * number, self.currency)

    def __str__(self) -> str:
        """`1,234.50 EUR`, with the decimal places of the currency."""
        places = EXPONENTS[self.currency]
        whole, rest = divmod(self.minor, 10**places)
        return f"{whole:,}.{rest:0{places}} {self.currency}" if places else f"{whole:,} {self.currency}"


class NotMoney(ValueError):
    """What was typed is none. The message is a sentence for whoever typed it."""


def read_money(typed: str) -> Money:
    """`0.05 EUR`, `0,05 eur` or `EUR 0.05`. Raises NotMoney."""
    match = next((found for one in _TYPED if (found := one.fullmatch(typed.strip()))), None)
    if match is None:
        raise NotMoney("I cannot read that as an amount of money.")
    code = match["code"].upper()
    if code not in EXPONENTS:
        raise NotMoney(f"I know no currency {code}.")
    whole, _, fraction = match["number"].replace(",", ".").partition(".")
    places = EXPONENTS[code]
    if len(fraction.rstrip("0")) > places:
        smallest = Money(1, code)
        raise NotMoney(f"The smallest amount of {code} is {smallest}.")
    minor = int(whole) * 10**places + int((fraction[:places] or "0").ljust(places, "0"))
    if not 1 <= minor <= MOST:
        raise NotMoney(f"A point is worth from {Money(1, code)} to {Money(MOST, code)}.")
    return Money(minor, code)
