"""Fiscal documents: « What is signed » and « Tickets » of docs/FISCAL.md."""
import re
from datetime import datetime, timedelta

from encoding import canonical_json, cbor
from p256 import sha, text_holds

MODES = ["SUR_PLACE", "EMPORTER", "LIVRAISON"]
MEANS = ["ESPECES", "CARTE", "TITRE_RESTAURANT", "CHEQUE", "REPAS_DU_PERSONNEL",
         "CARTE_TITRE_RESTAURANT", "CREANCE"]
# « What is signed »: kind, then series, letter, `schema` and the fields of the base string.
SERIES = {
    16: ("TK1", "", "TICKET-1", "till seq VAT TOTAL ALG ABS TIME ticket_no type"),
    17: ("DU1", "D", "DUPLICATA-1", "till seq original_type copy operator TIME original_till original"),
    18: ("NO1", "N", "PROVISOIRE-1", "till seq type VAT TOTAL operator TIME"),
    19: ("FA1", "F", "FACTURE-1", "till seq type VAT TOTAL TIME ticket"),
    20: ("CL1", "Z", "CLOTURE-1", "till seq period label VAT TOTAL ALG ABS TIME"),
    21: ("JE1", "E", "EVENEMENT-1", "till seq code TIME operator"),
    22: ("AR1", "A", "ARCHIVE-1", "till seq period VAT TOTAL TIME manifest"),
}

# The values that a member may have.
WORDS = {
    "TK1": {"type": ["VENTE", "AVOIR", "CORRECTION_PAIEMENT"], "mode": MODES,
            "channel": ["COMPTOIR", "TELEPHONE", "WEB", "PLATEFORME"]},
    "DU1": {"medium": ["PAPIER", "QR", "COURRIEL", "FICHIER"]},
    "NO1": {"type": ["PROVISOIRE", "NOTE"], "mode": MODES},
    "FA1": {"type": ["FACTURE", "FACTURE_AVOIR"], "mode": MODES, "buyer": ["ENTREPRISE", "PARTICULIER"]},
    "CL1": {"period": ["J", "M", "A", "S"]},
    "JE1": {}, "AR1": {},
}


class Document:
    """A fiscal entry: « the entry's body is a CBOR array of four texts »."""

    def __init__(self, kind, body):
        self.series, self.letter, self.schema, fields = SERIES[kind]
        self.fields = fields.split()
        self.number, self.text, self.base, self.signature = cbor(body)
        self.says, self.content = canonical_json(self.text, null=False), sha(self.text.encode())
        # A ticket's perpetual totals stand in its base string alone.
        self.perpetual = [int(total) for total in self.base.split(",")[5:7]] if kind == 16 else None

    def signed_by(self, key, previous):
        """What is wrong with the base string and its signature, `previous` being that of the one before."""
        says, time = self.says, self.says["utc_ms"] // 1000 + self.says["offset_min"] * 60
        local = (datetime(1970, 1, 1) + timedelta(seconds=time)).isoformat()
        figures, minutes = says.get("tally", says), abs(says["offset_min"])
        alg, total = self.perpetual or [says.get("perpetual_algebraic"), says.get("perpetual_absolute")]
        special = {
            "VAT": "|".join(f"{row['vat_bp']:04}:{row['ttc']}" for row in figures.get("vat", [])),
            "TOTAL": figures.get("total", says.get("total_ttc")), "ALG": alg, "ABS": total,
            "TIME": re.sub(r"\D", "", local)
                    + f",{'+-'[says['offset_min'] < 0]}{minutes // 60:02}{minutes % 60:02}",
        }
        values = [str(special[field] if field in special else says[field]) for field in self.fields]
        if local != says["local"]:
            yield "local time is not that of utc_ms and offset_min"
        if self.base != ",".join([self.series, *values, self.content, f"O,{previous}" if previous else "N,"]):
            yield "the base string is not the one that the document gives"
        if any("," in value for field, value in zip(self.fields, values) if field != "TIME"):
            yield "a comma in a field of the base string"
        if not text_holds(key, self.base.encode(), self.signature):
            yield "the signature does not hold"

    def sums(self):
        """What is wrong with the document's own figures, by the rules of its kind."""
        says = self.says
        if says["schema"] != self.schema or self.number != says.get("ticket_no", says.get("number")):
            yield "schema or number are not those of the document"
        for member, words in WORDS[self.series].items():
            if says[member] not in words:
                yield f"{member} is none of {', '.join(words)}"
        if self.series in ("TK1", "NO1", "FA1", "AR1"):
            yield from sums_of_rates(says["vat"], says["total_ttc"])
        if self.series in ("TK1", "NO1"):
            sign = -1 if says["type"] == "AVOIR" else 1
            yield from sums_of_lines(says["lines"], says["vat"], sign)
            if says["total_ht"] != sum(row["ht"] for row in says["vat"]):
                yield "the totals are not the sums of the rates"
        if self.series == "TK1":
            yield from ticket_rules(says)
        if self.series == "FA1" and says["total_ttc"] * (-1 if says["type"] == "FACTURE_AVOIR" else 1) < 0:
            yield "an invoice of the wrong sign"


def sums_of_rates(rows, total):
    """« In `vat` of all of them rates rise, ht + vat = ttc, and the sum of ttc is the total. »"""
    rates = [row["vat_bp"] for row in rows]
    if rates != sorted(set(rates)) or any(row["ht"] + row["vat"] != row["ttc"] for row in rows):
        yield "rates do not rise, or do not add up"
    if sum(row["ttc"] for row in rows) != total:
        yield "the rates do not add up to the total"


def sums_of_lines(lines, rows, sign):
    """Rules 1 to 4 of a sale. On a credit note (sign −1), « all tax is the opposite »."""
    if len({line["line"] for line in lines}) != len(lines):
        yield "a line stands twice"
    for line in lines:
        gross, discount = (line["unit_ttc"] * line["qty_m"] + 500) // 1000, line["discount"]
        if line["qty_m"] < 1 or line["unit_ttc"] < 0 or not 0 <= discount <= gross \
                or line["ttc"] != sign * (gross - discount) or line["vat"] != line["ttc"] - line["net_ht"] \
                or (discount and not line.get("discount_reason")):
            yield f"line {line['line']} does not add up"
    if [row["vat_bp"] for row in rows] != sorted({line["vat_bp"] for line in lines}):
        yield "the rates are not those of the lines"
    for row in rows:
        rate = row["vat_bp"]
        mine = [line for line in lines if line["vat_bp"] == rate]
        ttc = sign * sum(line["ttc"] for line in mine)
        vat = (2 * ttc * rate + 10000 + rate) // (2 * (10000 + rate))
        if (row["ttc"], row["vat"]) != (sign * ttc, sign * vat):
            yield f"the tax at {rate} is not the one of its lines"
        shares = [divmod(sign * line["ttc"] * 10000, 10000 + rate) for line in mine]
        short = ttc - vat - sum(net for net, _ in shares)
        up = sorted(range(len(mine)), key=lambda at: -shares[at][1])[:short]
        nets = [sign * (net + (at in up)) for at, (net, _) in enumerate(shares)]
        if [line["net_ht"] for line in mine] != nets:
            yield f"the lines at {rate} are not shared by the largest remainders"


def ticket_rules(says):
    """What holds of a sale (rules 1 and 5), of a credit note and of a correction of a payment."""
    kind, payments = says["type"], says["payments"]
    if any((member in says) != (kind != "VENTE") for member in ("original", "reason")):
        yield "original and reason are those of credit notes and corrections"
    if bool(says["lines"]) != (kind != "CORRECTION_PAIEMENT") or says["line_count"] != len(says["lines"]):
        yield "a wrong number of lines"
    if sum(payment["amount"] for payment in payments) != says["total_ttc"] \
            or says["total_vat"] != says["total_ttc"] - says["total_ht"]:
        yield "the payments or the tax do not add up to the total"
    for payment in payments:
        yield from payment_rules(payment, kind)
    if kind == "CORRECTION_PAIEMENT":
        signs = {payment["amount"] < 0 for payment in payments}
        if says["total_ttc"] != 0 or says["vat"] or signs != {True, False}:
            yield "a correction is of payments below and above 0, and of nothing else"


def payment_rules(payment, kind):
    amount, means, change = payment["amount"], payment["means"], payment["change"]
    wrong = {"VENTE": amount < 0, "AVOIR": amount > 0}.get(kind, False)
    if means not in MEANS or amount == 0 or wrong:
        yield "a payment of the wrong means or sign"
    if change < 0 or (change and (means != "ESPECES" or amount < 0)):
        yield "change is of cash alone"
    if payment["tendered"] - change != amount + payment.get("forfeited", 0):
        yield "a payment does not add up"
    if means != "TITRE_RESTAURANT" and ("vouchers" in payment or "forfeited" in payment):
        yield "vouchers are of paper"
    by_card = means in ("CARTE", "CARTE_TITRE_RESTAURANT")
    if "state" in payment and (not by_card or payment["state"] != "A_VERIFIER"):
        yield "the terminal's answer is of cards alone"
