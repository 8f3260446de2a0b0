#!/usr/bin/env python3
"""Prints ../vectors/ticket-1.json: two chained tickets, built without a line of the till's code.

Independent of the till: only the standard library, and chain.py beside this.
"""
import json

from chain import canonical, key, sealed, sha256

DOCUMENT = {
    "schema": "TICKET-1", "till": "P01-C1", "type": "VENTE", "order": "42",
    "channel": "COMPTOIR", "mode": "EMPORTER", "operator": "AB",
    "utc_ms": 1795284300000, "offset_min": 60, "local": "2026-11-21T19:05:00",
    "business_date": "2026-11-21",
    "issuer": {
        "shop_name": "OC Pizza Voltaire", "legal_entity": "OC Pizza SAS au capital de 50 000 €",
        "address": "12, boulevard Voltaire, 75011 Paris", "siren": "123456782",
        "rcs": "RCS Paris", "siret": "12345678200018", "naf": "56.10C",
        "vat_number": "FR32123456782", "software": "OC Pizza", "fiscal_version": "1.0.0",
        "build": "0123abcd",
    },
    "line_count": 2,
    "lines": [
        {"line": "0000000000000001", "label": "Pizza Reine",
         "details": ["Grande", "sans olives", "+ œuf"], "sku": "PIZZA REINE", "qty_m": 1000,
         "unit_ttc": 1250, "discount": 0, "ttc": 1250, "net_ht": 1136, "vat": 114,
         "vat_bp": 1000, "vat_class": "CONSOMMATION_IMMEDIATE"},
        {"line": "0000000000000002", "label": "Coca 33cl", "details": [], "sku": "COCA 33CL",
         "qty_m": 2000, "unit_ttc": 200, "discount": 0, "ttc": 400, "net_ht": 379, "vat": 21,
         "vat_bp": 550, "vat_class": "BOISSON_FERMEE"},
    ],
    "vat": [{"vat_bp": 550, "ht": 379, "vat": 21, "ttc": 400},
            {"vat_bp": 1000, "ht": 1136, "vat": 114, "ttc": 1250}],
    "total_ht": 1515, "total_vat": 135, "total_ttc": 1650,
    "payments": [{"means": "ESPECES", "amount": 1650, "tendered": 2000, "change": 350}],
}

tickets, carried = [], "N,"
for seq in (1, 2):
    number = f"P01-C1-MYKA-{seq:06}"
    document = canonical({**DOCUMENT, "seq": seq, "ticket_no": number})
    base = (f"TK1,P01-C1,{seq},0550:400|1000:1250,1650,{1650 * seq},{1650 * seq},"
            f"20261121190500,+0100,{number},VENTE,{sha256(document)},{carried}")
    tickets.append(sealed(number, document, base))
    carried = f"O,{tickets[-1]['signature']}"

if __name__ == "__main__":
    print(json.dumps({**key(), "tickets": tickets}, ensure_ascii=False, indent=2))
