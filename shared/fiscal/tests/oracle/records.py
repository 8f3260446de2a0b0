#!/usr/bin/env python3
"""Prints ../vectors/records-1.json: a sale, a credit note and a correction of its payment, and two
chained records of every kind, built without a line of the till's code.

Independent of the till: only the standard library, and chain.py and ticket.py beside this.
"""
import json

from chain import canonical, key, sealed, sha256
from ticket import DOCUMENT, tickets as sales

TIME = "20261121190500,+0100"
ISSUER = DOCUMENT["issuer"]


def vat_in(ttc, rate_bp):
    size = (2 * abs(ttc) * rate_bp + 10_000 + rate_bp) // (2 * (10_000 + rate_bp))
    return size if 0 <= ttc else -size


def rate(rate_bp, ttc):
    vat = vat_in(ttc, rate_bp)
    return {"vat_bp": rate_bp, "ht": ttc - vat, "vat": vat, "ttc": ttc}


def breakdown(rates):
    return "|".join(f"{it['vat_bp']:04}:{it['ttc']}" for it in rates)


def ticket(seq, perpetual, carried, **changes):
    number = f"P01-C1-MYKA-{seq:06}"
    it = {**DOCUMENT, "seq": seq, "ticket_no": number, **changes}
    document = canonical(it)
    base = (f"TK1,P01-C1,{seq},{breakdown(it['vat'])},{it['total_ttc']},{perpetual[0]},"
            f"{perpetual[1]},{TIME},{number},{it['type']},{sha256(document)},{carried}")
    return sealed(number, document, base)


# The second can is given back, then the card is put in the place of the cash.
SALE = sales[0]
ABOUT = {"ticket_no": SALE["number"], "content": sha256(SALE["document"]),
         "business_date": "2026-11-21"}
CAN = {**DOCUMENT["lines"][1], "qty_m": 1000, "ttc": -200, "net_ht": -190, "vat": -10}
CREDIT = ticket(
    2, (1450, 1850), f"O,{SALE['signature']}", type="AVOIR", original=ABOUT,
    reason="ERREUR_ARTICLE", line_count=1, lines=[CAN], vat=[rate(550, -200)], total_ht=-190,
    total_vat=-10, total_ttc=-200,
    payments=[{"means": "ESPECES", "amount": -200, "tendered": -200, "change": 0}])
CORRECTION = ticket(
    3, (1450, 1850), f"O,{CREDIT['signature']}", type="CORRECTION_PAIEMENT", original=ABOUT,
    reason="ERREUR_MOYEN", line_count=0, lines=[], vat=[], total_ht=0, total_vat=0, total_ttc=0,
    payments=[{"means": "ESPECES", "amount": -1650, "tendered": -1650, "change": 0},
              {"means": "CARTE", "amount": 1650, "tendered": 1650, "change": 0,
               "reference": "pi_7Q2", "state": "A_VERIFIER"}])

RATES = [rate(550, 400), rate(1000, 1250)]
NET = [{"vat_bp": 550, "ht": 189, "vat": 11, "ttc": 200}, rate(1000, 1250)]
NOTHING = {"count": 0, "amount": 0}
SPAN = {"journal": "a7" * 32, "from": 2, "to": 9, "hash": "5e" * 32}


def of_mode(rates, counts):
    return [{"mode": "EMPORTER", **it, "tickets": n} for it, n in zip(rates, counts)]


def means(name, count, amount, to_verify):
    return {"means": name, "count": count, "amount": amount, "to_verify": to_verify, "vouchers": 0}


TALLY = {
    "sales": {"count": 1, "amount": 1650}, "credit_notes": {"count": 1, "amount": -200},
    "corrections": 1, "total": 1450, "absolute": 1850, "vat": NET,
    "by_mode": of_mode(NET, (2, 1)), "invoiced": of_mode(RATES, (1, 1)),
    "means": [means("ESPECES", 3, -200, 0), means("CARTE", 1, 1650, 1650)],
    "delivery_fees": NOTHING, "discounts": NOTHING, "cancelled_lines": NOTHING,
    "cancelled_orders": NOTHING, "cash_in": {"count": 1, "amount": 5000}, "cash_out": NOTHING,
    "duplicates": 1, "provisionals": 1, "notes": 0, "invoices": 1, "drawer_openings": 0,
}

# Of each series: tag, letter, what the document says, the fields of the base string.
RECORDS = [
    ("DU1", "D", {
        "schema": "DUPLICATA-1", "original_type": "VENTE", "original_till": "P01-C1",
        "original": SALE["number"], "original_content": ABOUT["content"], "copy": 1,
        "medium": "PAPIER"}, f"VENTE,1,AB,{TIME},P01-C1,{SALE['number']}"),
    ("NO1", "N", {
        "schema": "PROVISOIRE-1", "type": "PROVISOIRE", "issuer": ISSUER, "order": "42",
        "mode": "EMPORTER", "lines": DOCUMENT["lines"], "vat": RATES, "total_ht": 1515,
        "total_ttc": 1650}, f"PROVISOIRE,{breakdown(RATES)},1650,AB,{TIME}"),
    ("FA1", "F", {
        "schema": "FACTURE-1", "type": "FACTURE", "issuer": ISSUER, "ticket": SALE["number"],
        "ticket_content": ABOUT["content"], "mode": "EMPORTER", "business_date": "2026-11-21",
        "buyer": "ENTREPRISE", "vat": RATES, "total_ttc": 1650, "file": "f1" * 32},
     f"FACTURE,{breakdown(RATES)},1650,{TIME},{SALE['number']}"),
    ("CL1", "Z", {
        "schema": "CLOTURE-1", "period": "J", "label": "2026-11-21", "first_day": 1,
        "last_day": 1, "issuer": ISSUER, "spans": [SPAN], "seen": [],
        "first_ticket": SALE["number"], "last_ticket": CORRECTION["number"], "tally": TALLY,
        "drawer": {"float": 10000, "sales": -200, "cash_in": 5000, "cash_out": 0,
                   "theoretical": 14800, "counted": 14790, "difference": -10},
        "open_orders": [{"order": "43", "due": 1250}], "perpetual_algebraic": 1450,
        "perpetual_absolute": 1850}, f"J,2026-11-21,{breakdown(NET)},1450,1450,1850,{TIME}"),
    ("JE1", "E", {
        "schema": "EVENEMENT-1", "code": "CASH_IN", "data": {"amount": 5000, "reason": "MONNAIE"}},
     f"CASH_IN,{TIME},AB"),
    ("AR1", "A", {
        "schema": "ARCHIVE-1", "period": "2026-11-01_2026-11-30", "spans": [SPAN], "vat": NET,
        "total_ttc": 1450, "file": "archive-P01-2026-11.zip", "manifest": "3a" * 32},
     f"2026-11-01_2026-11-30,{breakdown(NET)},1450,{TIME},{'3a' * 32}"),
]


def record(tag, letter, says, fields, seq, carried):
    number = f"P01-C1-MYKA-{letter}{seq:06}"
    document = canonical({
        "number": number, "till": "P01-C1", "seq": seq, "operator": "AB",
        "utc_ms": 1795284300000, "offset_min": 60, "local": "2026-11-21T19:05:00", **says})
    return sealed(number, document,
                  f"{tag},P01-C1,{seq},{fields},{sha256(document)},{carried}")


records = {}
for tag, *kind in RECORDS:
    first = record(tag, *kind, 1, "N,")
    records[tag] = [first, record(tag, *kind, 2, f"O,{first['signature']}")]

print(json.dumps({**key(), "tickets": [SALE, CREDIT, CORRECTION], "records": records},
                 ensure_ascii=False, indent=2))
