#!/usr/bin/env python3
"""Checks a till's archives by docs/FISCAL.md and docs/JOURNAL.md alone, whose words stand in « ».
    verify.py ARCHIVE.zip... [JOURNAL:PLACE:HASH]..."""
import base64
import hashlib
import json
import re
import sys
import zipfile
from collections import Counter, defaultdict

# P-256 (FIPS 186-5): field, order, coefficient, generator. Points are (x / z², y / z³); z = 0 is infinity.
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = "036B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
LINE = re.compile(r'\{"seq":(\d+),"header":"(\w+)","body":(?:null|"(\w*)"),"seal":(?:null|"(\w{128})")\}')
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# « What is signed »: kind, then series, letter, `schema` and the fields of the base string.
SERIES = {16: ("TK1", "", "TICKET-1", "till seq VAT TOTAL ALG ABS TIME ticket_no type"),
          17: ("DU1", "D", "DUPLICATA-1", "till seq original_type copy operator TIME original_till original"),
          18: ("NO1", "N", "PROVISOIRE-1", "till seq type VAT TOTAL operator TIME"),
          19: ("FA1", "F", "FACTURE-1", "till seq type VAT TOTAL TIME ticket"),
          20: ("CL1", "Z", "CLOTURE-1", "till seq period label VAT TOTAL ALG ABS TIME"),
          21: ("JE1", "E", "EVENEMENT-1", "till seq code TIME operator"),
          22: ("AR1", "A", "ARCHIVE-1", "till seq period VAT TOTAL TIME manifest")}
COUNTED = {"VENTE": "sales", "AVOIR": "credit_notes", "CASH_IN": "cash_in", "CASH_OUT": "cash_out"}
FIGURES, NUMBERS = {*COUNTED.values(), "vat", "means"}, {"count", "amount", "ht", "vat", "ttc"}

def must(holds, fault):
    if not holds:
        raise ValueError(fault)

def sha(data):
    return hashlib.sha256(data).hexdigest()

def cbor(data):     # the items of deterministic CBOR (RFC 8949 § 4.2.1), an array as (its size,)
    while data:
        major, size, data = data[0] >> 5, data[0] & 31, data[1:]
        if size > 23:
            width, least = 1 << size - 24, (24, 2**8, 2**16, 2**32)[size - 24]
            must(len(data) >= width and int.from_bytes(data[:width]) >= least, "J CBOR in another spelling")
            size, data = int.from_bytes(data[:width]), data[width:]
        text, data = (data[:size], data[size:]) if major in (2, 3) else (b"", data)
        must(major in (0, 1, 4) or (major, size) in ((2, len(text)), (3, len(text)), (7, 22)), "J other CBOR")
        yield [size, -1 - size, text, text.decode() if major == 3 else "", (size,), 0, 0, None][major]

def canonical(text):     # JSON in its one spelling (RFC 8785)
    value = json.loads(text, parse_int=lambda digits: int(digits) if abs(int(digits)) < 2**53 else digits,
                       parse_float=int, parse_constant=int)
    must(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == text, "D other JSON")
    return value

def plus(p, q):     # the sum of two points, by the line through them, or the tangent
    (px, py, pz), (qx, qy, qz) = p, q
    if 0 in (pz, qz):
        return p if pz else q
    u, v, s, t = px * qz * qz % P, qx * pz * pz % P, py * qz**3 % P, qy * pz**3 % P
    run, rise = v - u, t - s
    if run == rise == 0:
        u, v, s, qz, run, rise = px, px, py, 1, 2 * py, 3 * (px * px - pz**4)
    x = (rise * rise - (u + v) * run * run) % P
    return x, (rise * (u * run * run - x) - s * run**3) % P, run * pz * qz % P

def point(key):     # a public key, 66 hexadecimal digits
    sign, x = int(key[:2], 16), int(key[2:], 16)
    y = pow(x**3 - 3 * x + B, (P + 1) // 4, P)
    must(len(key) == 66 and sign in (2, 3) and x < P and (y * y - x**3 + 3 * x - B) % P == 0, "J not a key")
    return x, y if y % 2 == sign % 2 else P - y, 1

def holds(key, message, signature):     # « ECDSA P-256 over SHA-256 …; r ‖ s, 64 bytes »
    if isinstance(signature, str):      # « base64url without padding », in its one spelling
        text, signature = signature + "==", base64.urlsafe_b64decode(signature + "==")
        must(base64.urlsafe_b64encode(signature).decode() == text, "D base64 in another spelling")
    r, s, total = int.from_bytes(signature[:32]), int.from_bytes(signature[32:]), (1, 1, 0)
    must(len(signature) == 64 and 0 < r < N and 0 < s < N, "J not a signature")
    u, v = int(sha(message), 16) * pow(s, -1, N) % N, r * pow(s, -1, N) % N
    points = total, point(G), point(key), plus(point(G), point(key))
    for bit in reversed(range(256)):
        total = plus(plus(total, total), points[(u >> bit & 1) + 2 * (v >> bit & 1)])
    return total[2] != 0 and total[0] * pow(total[2], -2, P) % P % N == r

def flat(figures):     # « The figures », or what a document adds, by name, row and member
    sums = Counter()
    for name in FIGURES & set(figures):
        for row in figures[name] if isinstance(figures[name], list) else [figures[name]]:
            which = row.get("vat_bp", row.get("means"))
            sums.update({(name, which, part): row[part] for part in NUMBERS & set(row)})
    return sums

class Document:     # « a CBOR array of four texts: number, document, base, signature »
    def __init__(self, kind, body):
        self.series, self.letter, self.schema, self.fields = SERIES[kind]
        _, self.number, text, self.base, self.signature = cbor(body)
        self.says, self.content = canonical(text), sha(text.encode())
        self.type, figures = self.says.get("type"), self.says.get("tally", self.says)
        self.rates, self.total = figures.get("vat", []), figures.get("total", figures.get("total_ttc", 0))
        closed = [self.says.get("perpetual_algebraic", 0), self.says.get("perpetual_absolute", 0)]
        self.perpetual = [int(total) for total in (self.base.split(",")[5:7] if kind == 16 else closed)]

    def signed(self, key, previous):     # « Base string », with the signature before, and « Signature »
        says, (hours, minutes) = self.says, divmod(abs(self.says["offset_min"]), 60)
        local = re.sub(r"\D", "", says["local"]) + f",{'-+'[says['offset_min'] >= 0]}{hours:02}{minutes:02}"
        known = {**says, "VAT": "|".join(f"{row['vat_bp']:04}:{row['ttc']}" for row in self.rates),
                 "TOTAL": self.total, "ALG": self.perpetual[0], "ABS": self.perpetual[1], "TIME": local}
        base = [self.series, *(str(known[field]) for field in self.fields.split()), self.content]
        must(self.base == ",".join([*base, f"O,{previous}" if previous else "N,"]), "D another base string")
        must(holds(key, self.base.encode(), self.signature), "D the signature does not hold")

    def sums(self, says):     # « rates rise, ht + vat = ttc, and the sum of ttc is the total »
        rates, lines = [row["vat_bp"] for row in self.rates], says.get("lines", [])
        must(rates == sorted(set(rates)) and sum(row["ttc"] for row in self.rates) == self.total
             and {line["vat_bp"] for line in lines} <= set(rates)
             and all(row["ht"] + row["vat"] == row["ttc"] for row in self.rates), "D the rates do not add up")
        for row in self.rates if "lines" in says else []:
            self.lines(row, [line for line in lines if line["vat_bp"] == row["vat_bp"]])
        if self.series == "TK1":        # rules 1 and 5 of a sale; a credit note; a correction of a payment
            paid, ht = says["payments"], sum(row["ht"] for row in self.rates)
            must(says["total_ht"] == ht == self.total - says["total_vat"] and says["line_count"] == len(lines)
                 and ("original" in says) == ("reason" in says) == (self.type != "VENTE"), "D totals or type")
            must((sum(row["amount"] for row in paid), [row["tendered"] - row["change"] for row in paid])
                 == (self.total, [row["amount"] + row.get("forfeited", 0) for row in paid]), "D the payments")

    def lines(self, row, lines):     # rules 2 to 4 of a sale, at one rate; on a credit note the opposite
        sign, rate = -1 if self.type == "AVOIR" else 1, 10000 + row["vat_bp"]
        for line in lines:
            gross, off = (line["unit_ttc"] * line["qty_m"] + 500) // 1000, line["discount"]
            must(line["qty_m"] >= 1 and 0 <= off <= gross and line["ttc"] == sign * (gross - off)
                 and line["net_ht"] + line["vat"] == line["ttc"]
                 and abs(line["net_ht"] * rate - line["ttc"] * 10000) < rate, f"D the line {line['line']}")
        ttc, net = sum(line["ttc"] for line in lines), sum(line["net_ht"] for line in lines)
        vat = sign * ((2 * sign * ttc * row["vat_bp"] + rate) // (2 * rate))
        must((row["vat"], row["ttc"], row["ht"]) == (vat, ttc, net), f"D lines and tax at {row['vat_bp']}")

    def adds(self):     # to « the figures »; « what is given back … counts as a payment »
        amount, means = self.says.get("data", {}).get("amount", self.total), self.says.get("payments", [])
        name = COUNTED.get(self.type or self.says.get("code"))
        return flat({name: {"count": 1, "amount": amount}, "vat": self.rates if self.series == "TK1" else [],
                     "means": [{**payment, "count": 1} for payment in means]})

class Books:     # what all archives say together, and where the journal being read stands
    def __init__(self, anchors):
        self.findings, self.ends, self.anchors = [], {}, [text.lower().split(":") for text in anchors]
        self.hashes, self.documents, self.whole = defaultdict(dict), {}, set()
        self.copies, self.returned, self.journal, self.seq = {}, defaultdict(Counter), None, 0

    def archive(self, path):     # « Signature of the manifest; every file against it, none beside »
        with zipfile.ZipFile(path) as opened:
            names = [name for name in opened.namelist() if name != "manifest.tsr"]
            files = {name: opened.read(name) for name in names}
        head, manifest = (canonical(files[name].decode()) for name in ("entete.json", "manifest.json"))
        rows = [{"nom": name, "octets": len(files[name]), "sha256": sha(files[name])} for name in names[:-2]]
        parts, journal, key = head["journaux"], manifest["journal"], manifest["cle_publique"]
        must(rows == manifest["fichiers"] and names[-2:] == ["manifest.json", "manifest.sig"], "A files")
        must((journal, key) in [(row["journal"], row["cle_publique"]) for row in parts]
             and holds(key, files["manifest.json"], files["manifest.sig"].decode()), "A the signature")
        for row in parts:
            self.part(row, files[f"journaux/{row['journal']}.jsonl"].decode())

    def part(self, row, text):     # « from `avant` on, ending at `to`, `hash` and `apres` »
        before = row["avant"] or {"seq": 0, "hash": None, "tick": 0}
        must(self.ends.get(row["journal"], before) == before, "A avant is not the apres before")
        self.journal, self.unsealed, (*lines, rest) = row["journal"], 0, text.split("\n")
        self.seq, self.hash, self.tick = before["seq"], before["hash"], before["tick"]
        self.code = "".join(CROCKFORD[int(self.journal[:5], 16) >> bits & 31] for bits in (15, 10, 5, 0))
        if row["avant"]:
            self.resumed(before)
        must((rest, text.lower(), row["from"]) == ("", text, self.seq + 1), "A the part is not from there on")
        for line in lines:
            place, header, body, seal = LINE.fullmatch(line).groups()
            self.entry(int(place), bytes.fromhex(header), body and bytes.fromhex(body), seal)
        end = self.seq, self.hash, self.key
        must(end == (row["to"], row["hash"], row["cle_publique"]) and self.unsealed == 0, "A the part's end")
        must(end == tuple(row["apres"][name] for name in ("seq", "hash", "public_key")), "A apres")
        self.ends[self.journal] = row["apres"]

    def entry(self, place, raw, body, seal):     # « The bytes of an entry »
        _, version, journal, seq, prev, boot, kind, kind_version, keep, subject, tick, _, body_hash, size = \
            (field.hex() if isinstance(field, bytes) else field for field in cbor(raw))
        must((version, seq, seq, prev) == (1, place, self.seq + 1, self.hash)
             and self.tick < tick <= self.tick + 2**32, "J it does not follow the one before")
        self.seq, self.hash, self.tick = seq, sha(raw), tick
        must((journal or self.hash) == self.journal and (journal is None) == (seq == 1) == (kind == 1)
             and len(boot) == len(subject or boot) == 32, "J an entry of another journal")
        must(keep == 2 if body is None else (body_hash, size) == (sha(body), len(body)), "J another body")
        self.hashes[self.journal][seq] = self.hash
        if seq == 1:
            self.opened(*cbor(body))
        self.unsealed = 0 if seal else self.unsealed + 1
        must(self.unsealed < 500 and (not seal or holds(self.key, raw, bytes.fromhex(seal))), "J the seal")
        if kind in SERIES:
            must((keep, kind_version) == (0, 1), "D not kept as fiscal entries are")
            self.document(Document(kind, body))

    def opened(self, _, key, shop, workstation, purpose, count, *continues):     # « 1 OPENED »
        for at in range(1, 4 * count[0], 4):
            self.anchors.append((continues[at].hex(), continues[at + 1], continues[at + 2].hex()))
        self.key, self.till = key.hex(), f"{'FACTICE-' if purpose == 1 else ''}{shop}-{workstation}"
        self.series = {name: {"next": 1, "previous": None} for name, *_ in SERIES.values()}
        self.totals, self.closed_to, self.days, self.float = None if continues else [0, 0], 0, 0, 0
        self.figures, self.closed = Counter(), {"M": [], "A": []}
        self.whole.add(f"{self.till}-{self.code}")

    def resumed(self, stands):     # « Where a journal stands », of a part that is not the first
        training, was = "FACTICE-" if stands["purpose"] == "FORMATION" else "", stands["tickets"]
        self.key, self.till = stands["public_key"], f"{training}{stands['shop']}-{stands['workstation']}"
        self.series, self.hashes[self.journal][self.seq] = {**stands["series"], "TK1": was}, self.hash
        self.totals = [was["perpetual_algebraic"], was["perpetual_absolute"]] if was["totals_known"] else None
        self.closed_to, self.days, self.float = stands["closed_to"], stands["days"], stands["float"] or 0
        self.figures, periods = flat(stands["day"]["tally"]), {"M": stands["month"], "A": stands["year"]}
        self.closed = {period: [(so_far["days"], so_far["span"], so_far["tally"])] * bool(so_far["days"])
                       for period, so_far in periods.items()}

    def document(self, document):     # « follow the one before in its series »
        says, series = document.says, self.series[document.series]
        number = f"{self.till}-{self.code}-{document.letter}{series['next']:06}"
        must(number == document.number == says.get("ticket_no", says.get("number"))
             and (self.till, series["next"], document.schema) == (says["till"], says["seq"], says["schema"]),
             "D another number or schema")
        document.signed(self.key, series["previous"])
        document.sums(says)
        self.references(document.series, says, says.get("original"))
        self.figures.update(document.adds())
        if document.series == "TK1":
            before = [document.perpetual[0] - document.total, document.perpetual[1] - abs(document.total)]
            must(before == (self.totals or before), "D the perpetual totals are others")
            self.totals = document.perpetual
        if document.series == "CL1" and says["period"] != "S":
            self.closing(says, document.perpetual)
        self.float = says.get("data", {}).get("float", self.float)     # SESSION_OPEN
        series.update(next=says["seq"] + 1, previous=document.signature)
        self.documents[number] = document

    def closing(self, says, perpetual):     # « figures folded again …, months and years summed »
        period, figures = says["period"], Counter()
        self.anchors += [(seen["journal"], seen["to"], seen["hash"]) for seen in says["seen"]]
        if period == "J":
            self.drawer(says.get("drawer", {}), self.figures)
            span = {"journal": self.journal, "from": self.closed_to + 1, "to": self.seq - 1}
            self.closed_to, self.days, self.float = self.seq - 1, self.days + 1, 0
            span["hash"] = self.hashes[self.journal][self.closed_to]
            figures, self.figures = self.figures, figures
            self.closed["J"] = [([self.days] * 2, span, {})]
        parts, self.closed[period] = self.closed[period], []
        for _, _, tally in parts:
            figures.update(flat(tally))
        must(figures == flat(says["tally"]), "C the figures are not those of what it covers")
        days, span = [parts[0][0][0], parts[-1][0][1]], {**parts[-1][1], "from": parts[0][1]["from"]}
        must([says["first_day"], says["last_day"], *says["spans"]] == [*days, span], "C days or entries")
        sold, back = (self.figures[name, None, "amount"] for name in ("sales", "credit_notes"))
        self.totals = self.totals or perpetual      # a journal that continues others is believed once
        must(self.totals == [perpetual[0] + sold + back, perpetual[1] + sold - back], "C perpetual totals")
        self.closed.get({"J": "M", "M": "A"}.get(period), []).append((days, span, says["tally"]))

    def drawer(self, drawer, figures):     # « theoretical = float + sales + cash_in − cash_out »
        rows = ("means", "ESPECES"), ("cash_in", None), ("cash_out", None)
        cash, put, taken = (figures[*row, "amount"] for row in rows)
        held = self.float + cash + put - taken
        known = {"float": self.float, "sales": cash, "cash_in": put, "cash_out": taken, "theoretical": held}
        must(not drawer or {**drawer, **known} == drawer, "C the drawer is not what was moved")
        must(drawer.get("counted", held) == held + drawer.get("difference", 0), "C the drawer's difference")

    def original(self, number, **members):     # « the original's number and hash », where they can be known
        known = self.documents.get(number)
        must(known or number.rsplit("-", 1)[0] not in self.whole, f"R there is no {number} before")
        says = {**members, **known.says, "content": known.content} if known else members
        must({**says, **members} == says, f"R {number} says something else")
        return known

    def references(self, series, says, original):     # « What documents say of others »
        if series == "TK1" and original:
            sold = self.original(original["ticket_no"], **original)
            bought = {line["line"]: line for line in sold.says["lines"]} if sold else {}
            for line in says["lines"] if sold else []:
                back = self.returned[sold.number, line["line"]]
                back.update(qty_m=line["qty_m"], ttc=-line["ttc"])
                must(all(back[name] <= bought[line["line"]][name] for name in back), "R too much is back")
        if series == "DU1":
            known = self.original(original, content=says["original_content"], type=says["original_type"])
            before = self.copies.get(original, 0 if known else says["copy"] - 1)
            must(says["copy"] == before + 1, f"R copy {says['copy']} of {original}, after {before}")
            self.copies[original] = says["copy"]

def judge(given):     # archives in the order in which they were made, and anchors: the verdict, the faults
    books = Books([text for text in given if text.count(":") == 2])
    for path in [text for text in given if text.count(":") != 2]:
        try:
            books.archive(path)
        except Exception as error:      # a fault, or what keeps the archive from being read
            books.findings.append(f"{error} ({type(error).__name__}, {path}, {books.journal} {books.seq})")
    for journal, place, known in books.anchors:     # « The end »
        hashes = books.hashes.get(journal, {int(place): known})
        if int(place) > max(hashes) or hashes.get(int(place), known) != known:
            books.findings.append(f"T another end or entry is known ({journal}, {place})")
    return ["anomalies" if books.findings else "conforme", *books.findings]

if __name__ == "__main__":
    FOUND = judge(sys.argv[1:])
    print(*FOUND, sep="\n")
    sys.exit(len(FOUND) > 1)
