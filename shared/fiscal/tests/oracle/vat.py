#!/usr/bin/env python3
"""Recomputes the VAT of baskets, one JSON object a line on stdin, and stops at the first mismatch.

Independent of the till: only the standard library, exact fractions, and the rules as the law and
the documentation state them. All amounts are integers of cents, rates basis points:
  {"lines": [{"ttc", "rate_bp"}], "rates": [{"rate_bp", "ttc", "ht", "vat"}], "line_ht": [],
   "payments": [{"tendered", "change"}], "total"}
"""
import json
import sys
from fractions import Fraction
from math import floor


def half_up(exact):
    """Nearest integer; halves away from zero, so that a return undoes a sale."""
    return floor(exact + Fraction(1, 2)) if exact >= 0 else -floor(-exact + Fraction(1, 2))


def tax_inside(ttc, rate_bp):
    rate = Fraction(rate_bp, 10_000)
    return half_up(ttc * rate / (1 + rate))


def line_bases(amounts, rate_bp, base):
    """Each line's exact base rounded down; what is missing goes to the largest remainders."""
    sign = -1 if sum(amounts) < 0 else 1
    exact = [sign * Fraction(ttc) / (1 + Fraction(rate_bp, 10_000)) for ttc in amounts]
    parts = [floor(it) for it in exact]
    order = sorted(range(len(exact)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: sign * base - sum(parts)]:
        parts[place] += 1
    return [sign * part for part in parts]


def whole_numbers(value):
    if isinstance(value, dict):
        return all(whole_numbers(it) for it in value.values())
    if isinstance(value, list):
        return all(whole_numbers(it) for it in value)
    return type(value) is int


def mismatches(basket):
    """What is wrong, as sentences."""
    if not whole_numbers(basket):
        yield "something is not a whole number"
    lines = basket["lines"]
    by_rate = {}
    for place, line in enumerate(lines):
        by_rate.setdefault(line["rate_bp"], []).append(place)

    expected, bases = [], [None] * len(lines)
    for rate_bp in sorted(by_rate):
        amounts = [lines[place]["ttc"] for place in by_rate[rate_bp]]
        ttc = sum(amounts)
        vat = tax_inside(ttc, rate_bp)
        expected.append({"rate_bp": rate_bp, "ttc": ttc, "ht": ttc - vat, "vat": vat})
        for place, base in zip(by_rate[rate_bp], line_bases(amounts, rate_bp, ttc - vat)):
            bases[place] = base

    if basket["rates"] != expected:
        yield f"rates should be {expected}"
    if basket["line_ht"] != bases:
        yield f"bases of lines should be {bases}"
    total = sum(line["ttc"] for line in lines)
    if basket["total"] != total:
        yield f"the total should be {total}"
    if sum(rate["ht"] + rate["vat"] for rate in basket["rates"]) != total:
        yield "bases and tax do not add up to the total"
    if sum(it["tendered"] - it["change"] for it in basket["payments"]) != total:
        yield "payments net of change are not the total"


def main():
    count = 0
    for count, text in enumerate(sys.stdin, start=1):
        found = list(mismatches(json.loads(text)))
        if found:
            sys.exit(f"basket {count}: {'; '.join(found)}\n{text}")
    print(f"{count} baskets agree")


main()
