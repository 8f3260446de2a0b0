"""The figures of a closing, `tally`: « Closings » of docs/FISCAL.md. Sums of what each document adds."""
from documents import MEANS, MODES

COUNTED = ("sales", "credit_notes", "delivery_fees", "discounts",
           "cancelled_lines", "cancelled_orders", "cash_in", "cash_out")
NUMBERS = ("corrections", "total", "absolute", "duplicates", "provisionals", "notes", "invoices",
           "drawer_openings")
LISTS = ("vat", "by_mode", "invoiced", "means")
# A row's place in its list; everything else in it is summed.
RANK = {"mode": MODES.index, "means": MEANS.index, "vat_bp": int}
EVENTS = {"LINE_CANCEL": "cancelled_lines", "ORDER_CANCEL": "cancelled_orders",
          "CASH_IN": "cash_in", "CASH_OUT": "cash_out"}


def nothing():
    zeros = {name: {"count": 0, "amount": 0} for name in COUNTED}
    return {**zeros, **dict.fromkeys(NUMBERS, 0), **{name: [] for name in LISTS}}


def summed(one, other):
    """Two figures, two `{count, amount}` or two lists of rows, of the same name."""
    if isinstance(one, int):
        return one + other
    if isinstance(one, dict):
        return {name: summed(value, other[name]) for name, value in one.items()}
    rows = {}
    for row in one + other:
        place = tuple(RANK[name](row[name]) for name in RANK if name in row)
        before = rows.get(place)
        rows[place] = row if before is None else {
            name: value if name in RANK else value + before[name] for name, value in row.items()}
    return [rows[place] for place in sorted(rows)]


def tally(parts):
    """Figures of several parts, each of which may leave out what it has nothing of."""
    total = nothing()
    for part in parts:
        total.update({name: summed(total[name], value) for name, value in part.items()})
    return total


def of(document):
    """What one document adds."""
    says, series = document.says, document.series
    if series == "TK1":
        return of_ticket(says)
    if series == "DU1":
        return {"duplicates": 1}
    if series == "NO1":
        return {"notes" if says["type"] == "NOTE" else "provisionals": 1}
    if series == "FA1":
        return {"invoices": 1, "invoiced": by_mode(says)}
    if series == "JE1" and says["code"] in EVENTS:
        return {EVENTS[says["code"]]: {"count": 1, "amount": says["data"].get("amount", 0)}}
    return {"drawer_openings": 1} if series == "JE1" and says["code"] == "DRAWER_OPEN_NO_SALE" else {}


def of_ticket(says):
    total, sold = says["total_ttc"], says["type"] == "VENTE"
    fees = [line["ttc"] for line in says["lines"] if line["sku"] == "LIVRAISON"]
    discounts = [line["discount"] for line in says["lines"] if line["discount"] and sold]
    adds = {
        "total": total, "absolute": abs(total), "vat": rates(says), "by_mode": by_mode(says),
        "means": summed([], [of_payment(payment) for payment in says["payments"]]),
        "delivery_fees": {"count": len(fees) if sold else 0, "amount": sum(fees)},
        "discounts": {"count": len(discounts), "amount": sum(discounts)},
    }
    if says["type"] == "CORRECTION_PAIEMENT":
        return {**adds, "corrections": 1}
    return {**adds, "sales" if sold else "credit_notes": {"count": 1, "amount": total}}


def of_payment(payment):
    amount, vouchers = payment["amount"], payment.get("vouchers", 0)
    return {"means": payment["means"], "count": 1, "amount": amount,
            "to_verify": amount if payment.get("state") == "A_VERIFIER" else 0,
            "vouchers": vouchers if amount > 0 else -vouchers}


def rates(says):
    return [{name: row[name] for name in ("vat_bp", "ht", "vat", "ttc")} for row in says["vat"]]


def by_mode(says):
    return [{**row, "mode": says["mode"], "tickets": 1} for row in rates(says)]
