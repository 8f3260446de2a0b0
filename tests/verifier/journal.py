"""A journal replayed entry by entry: « To check a journal » of docs/FISCAL.md."""
import copy
import re
from collections import namedtuple

import figures
from books import MALFORMED
from documents import SERIES, Document
from encoding import cbor
from p256 import holds, sha

PURPOSES = ["REEL", "FORMATION", "CENTRE"]
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# « The bytes of an entry »
Header = namedtuple("Header", "version journal seq prev boot kind kind_version keep subject tick wall_ms"
                              " body_hash body_len")
LINE = re.compile(r'\{"seq":(\d+),"header":"([0-9a-f]+)","body":(?:null|"([0-9a-f]*)"),'
                  r'"seal":(?:null|"([0-9a-f]{128})")\}')


class Part:
    """A journal's entries in one archive, replayed onto where it stood: « To check a journal »."""

    def __init__(self, books, tables, row):
        self.books, self.tables, self.row, self.journal = books, tables, row, row["journal"]
        self.standing, self.unsealed, self.expected = copy.deepcopy(row["avant"]), 0, None
        earlier = books.ends.get(self.journal)
        follows = earlier and row["from"] == earlier["seq"] + 1
        if follows and earlier != self.standing:
            self.note("A", row["from"], "avant is not the apres of the archive before")
        if earlier and not follows:
            books.forget()
        if self.standing is None:
            self.standing = {"seq": 0, "hash": None, "tick": 0}
        elif not follows:
            books.begin(self.journal, self.standing)

    def note(self, code, place, text):
        self.books.note(code, (self.journal, place), text)

    def find(self, code, place, texts):
        self.books.find(code, (self.journal, place), texts)

    def replay(self, text):
        standing, row, before = self.standing, self.row, len(self.books.findings)
        lines = text.split("\n")
        if lines.pop() != "" or row["from"] != standing["seq"] + 1:
            self.note("A", row["from"], "the part does not begin or end where it says")
        for line in lines:
            match = LINE.fullmatch(line)
            try:
                _, header, body, seal = match.groups()
                self.entry(int(match[1]), bytes.fromhex(header), body and bytes.fromhex(body), seal)
            except MALFORMED as error:
                return self.note("J", standing["seq"] + 1, f"cannot be read: {error!r}")
        if self.unsealed:
            self.note("J", standing["seq"], "the last entry has no seal")
        if (standing["seq"], standing["hash"]) != (row["to"], row["hash"]):
            self.note("A", row["to"], "the part does not end where it says")
        named = [row[name] for name in ("cle_publique", "etablissement", "poste", "usage")]
        if [standing[name] for name in ("public_key", "shop", "workstation", "purpose")] != named:
            self.note("A", row["from"], "key or workstation are not those of the first entry")
        if standing != row["apres"] and len(self.books.findings) == before:
            self.note("A", row["to"], "apres is not where the journal stands")
        self.books.ends[self.journal] = standing

    def entry(self, place, raw, body, seal):
        standing, header, name = self.standing, Header(*cbor(raw)), sha(raw)
        sizes = len(header.boot), 16 if header.subject is None else len(header.subject)
        if (header.version, header.seq, *sizes) != (1, place, 16, 16) or header.keep not in (0, 1, 2):
            raise ValueError("not a header")
        self.find("J", place, self.follows(header, name))
        standing.update(seq=place, hash=name, tick=header.tick)
        if (body is None and header.keep < 2) or (body is not None and
                (header.body_hash.hex(), header.body_len) != (sha(body), len(body))):
            self.note("J", place, "the body is gone, or is another")
        if place == 1:
            self.open(header, body)
        self.unsealed = 0 if seal else self.unsealed + 1
        if (seal and not holds(standing["public_key"], raw, bytes.fromhex(seal))) or self.unsealed == 500:
            self.note("J", place, "the seal does not hold")
        if self.books.hashes[self.journal].setdefault(place, name) != name:
            self.note("T03", place, "written twice")
        if header.kind in SERIES and body is not None:
            try:
                self.document(header, Document(header.kind, body))
            except MALFORMED as error:
                self.note("D", place, f"cannot be read: {error!r}")
        if header.kind >= 64:
            self.tables.order(self.journal, header, body)

    def follows(self, header, name):
        """« Single writer, append only, no gaps, each entry naming the one before by its hash. »"""
        standing, first = self.standing, header.seq == 1
        journal, previous = (named and named.hex() for named in (header.journal, header.prev))
        if header.seq != standing["seq"] + 1 or previous != standing["hash"]:
            yield "does not follow the entry before"
        if journal != (None if first else self.journal) or (first and name != self.journal):
            yield "is of another journal"
        if not standing["tick"] < header.tick <= standing["tick"] + 2**32:
            yield "a tick that does not rise"
        if (header.kind == 1) != first:
            yield "a journal has one opening, its first entry"

    def open(self, header, body):
        """« 1 OPENED »: key, shop, workstation, purpose, the ends of the journals that it continues."""
        key, shop, workstation, purpose, continues = cbor(body)[:5]
        parents = [(journal.hex(), place) for journal, place, _ in continues]
        for journal, place, known in continues:
            self.books.anchor(journal.hex(), place, known.hex())
        self.books.parents[self.journal], self.books.turnover[self.journal] = parents, {}
        self.expected = self.books.inherited(parents)
        series = {"next": 1, "previous": None, "known": True}
        empty = {"broken": False, "days": None, "span": None, "first_ticket": None, "last_ticket": None}
        self.standing.update(
            public_key=key.hex(), shop=shop, workstation=workstation, purpose=PURPOSES[purpose],
            tickets={**series, "till": "", "perpetual_algebraic": 0, "perpetual_absolute": 0,
                     "totals_known": not continues},
            series={name: dict(series) for name in ("AR1", "CL1", "DU1", "FA1", "JE1", "NO1")},
            closed_to=0, days=0, float=None,
            **{period: {**empty, "tally": figures.nothing()} for period in ("day", "month", "year")})
        self.books.opened.add(f"{self.till()}-{self.code()}")

    def till(self):
        standing = self.standing
        training = "FACTICE-" if standing["purpose"] == "FORMATION" else ""
        return f"{training}{standing['shop']}-{standing['workstation']}"

    def code(self):
        """« The first 20 bits of the journal's id in Crockford's base 32 »"""
        bits = int(self.journal[:5], 16)
        return "".join(BASE32[bits >> shift & 31] for shift in (15, 10, 5, 0))

    def document(self, header, document):
        standing, says, place = self.standing, document.says, header.seq
        training = standing["purpose"] == "FORMATION"
        self.tables.document(self.journal, place, document, training)
        series = standing["tickets"] if document.series == "TK1" else standing["series"][document.series]
        previous = series["previous"] if series["known"] else document.base.rsplit(",", 1)[1]
        self.find("D", place, self.in_series(header, document, series))
        self.find("D", place, document.signed_by(standing["public_key"], previous))
        self.find("D", place, document.sums())
        self.find("R", place, self.books.references(document))
        series.update(next=says["seq"] + 1, previous=document.signature, known=True)
        standing["tickets"]["till"] = says["till"]
        self.books.documents[document.number] = document
        self.books.adds[self.journal][place] = figures.of(document)
        if document.series == "TK1":
            self.find("D", place, self.perpetual(says["total_ttc"], place, *document.perpetual))
        day = standing["day"]
        day["tally"] = figures.tally([day["tally"], figures.of(document)])
        if document.series == "TK1":
            day.update(first_ticket=day["first_ticket"] or document.number, last_ticket=document.number)
        if document.series == "JE1" and says["code"] == "SESSION_OPEN":
            standing["float"] = says["data"]["float"]
        if document.series == "AR1":
            self.books.archived[says["manifest"]] = document.signature
        if document.series == "CL1":
            self.find("C", place, self.closing(place, says))

    def in_series(self, header, document, series):
        """« Place, number and previous signature follow the one before in its series. »"""
        says = document.says
        number = f"{self.till()}-{self.code()}-{document.letter}{says['seq']:06}"
        if (header.keep, header.kind_version) != (0, 1):
            yield "kept or written otherwise than fiscal entries are"
        if (series["known"] and says["seq"] != series["next"]) or not 0 < says["seq"] < 10**6:
            yield "a gap in the series"
        if (says["till"], document.number) != (self.till(), number):
            yield f"should have the number {number}"
        previous = series["previous"]
        if document.series == "AR1" and previous and says.get("previous_archive") != previous:
            yield "previous_archive is not the archive's before"

    def perpetual(self, total, place, algebraic, absolute):
        """« Each ticket's are those before plus its own. »"""
        tickets = self.standing["tickets"]
        before = [tickets["perpetual_algebraic"], tickets["perpetual_absolute"]]
        if not tickets["totals_known"]:
            before = self.expected or [algebraic - total, absolute - abs(total)]
        if [algebraic, absolute] != [before[0] + total, before[1] + abs(total)]:
            yield "the perpetual totals are not those before plus the ticket"
        tickets.update(perpetual_algebraic=algebraic, perpetual_absolute=absolute, totals_known=True)
        self.books.turnover[self.journal][place] = total, abs(total)

    def closing(self, place, says):
        """« Closings »: the span, the days, the figures and the drawer."""
        standing, period = self.standing, says["period"]
        for seen in says["seen"]:
            self.books.anchor(seen["journal"], seen["to"], seen["hash"])
        yield from self.closing_totals(says)
        if period == "S":
            yield from self.supplementary(says)
            return
        name, into = {"J": ("day", "month"), "M": ("month", "year"), "A": ("year", None)}[period]
        closed = standing[name]
        if period == "J":
            end = self.books.hashes[self.journal].get(place - 1, standing["hash"])
            closed["days"] = [standing["days"] + 1] * 2
            closed["span"] = {"journal": self.journal, "hash": end,
                              "from": standing["closed_to"] + 1, "to": place - 1}
            yield from self.drawer(says.get("drawer"), closed["tally"])
            standing.update(closed_to=place - 1, days=says["last_day"], float=None)
        if not closed["broken"]:
            if ([says["first_day"], says["last_day"]], says["spans"]) != (closed["days"], [closed["span"]]):
                yield "the days or the entries covered are not those since the closing before"
            if says["tally"] != closed["tally"]:
                yield "the figures are not those of what it covers"
            if any(says.get(name) != closed[name] for name in ("first_ticket", "last_ticket")):
                yield "the first or the last ticket is another"
        if into:
            standing[into] = joined(standing[into], closed)
        standing[name] = {**dict.fromkeys(closed), "broken": False, "tally": figures.nothing()}

    def closing_totals(self, says):
        """« Those of the last ticket covered »: what was sold since the last day is in no month or year."""
        tickets, since = self.standing["tickets"], self.standing["day"]["tally"]
        stated = [says["perpetual_algebraic"], says["perpetual_absolute"]]
        total = [tickets["perpetual_algebraic"], tickets["perpetual_absolute"]]
        if not tickets["totals_known"]:
            total = self.expected or stated
            tickets.update(perpetual_algebraic=stated[0], perpetual_absolute=stated[1], totals_known=True)
        if says["period"] in "MA":
            total = [total[0] - since["total"], total[1] - since["absolute"]]
        if stated != total:
            yield "the perpetual totals are not those of the last ticket"

    def drawer(self, drawer, tally):
        """« theoretical = float + sales + cash_in − cash_out »"""
        cash = sum(row["amount"] for row in tally["means"] if row["means"] == "ESPECES")
        began, moved = self.standing["float"] or 0, [tally["cash_in"]["amount"], tally["cash_out"]["amount"]]
        if drawer is None:
            return
        held = began + cash + moved[0] - moved[1]
        if [drawer[name] for name in ("float", "sales", "cash_in", "cash_out", "theoretical")] \
                != [began, cash, *moved, held]:
            yield "the drawer is not what was taken and moved"
        if drawer.get("difference") != (drawer["counted"] - held if "counted" in drawer else None):
            yield "the drawer's difference is another"

    def supplementary(self, says):
        """« Covers entries of other journals, which cannot close themselves any more »."""
        spans, adds = says["spans"], []
        for span in spans:
            known, end = (found.get(span["journal"], {}) for found in (self.books.hashes, self.books.ends))
            if span["journal"] == self.journal or known.get(span["to"], span["hash"]) != span["hash"]:
                yield "a span of its own, or with another end"
            if span["from"] <= end.get("closed_to", 0):
                yield "covers what is closed already"
            adds += [added for place, added in self.books.adds[span["journal"]].items()
                     if span["from"] <= place <= span["to"]]
        if all(span["from"] in self.books.hashes.get(span["journal"], {}) for span in spans) \
                and says["tally"] != figures.tally(adds):
            yield "the figures are not those of what it covers"


def joined(longer, closed):
    """A month with one more day, a year with one more month: « one span from the first's to the last's »."""
    first = longer if longer["days"] else closed
    return {
        "broken": longer["broken"] or closed["broken"],
        "days": [first["days"][0], closed["days"][1]],
        "span": {**closed["span"], "from": first["span"]["from"]},
        "first_ticket": longer["first_ticket"] or closed["first_ticket"],
        "last_ticket": closed["last_ticket"] or longer["last_ticket"],
        "tally": figures.tally([longer["tally"], closed["tally"]]),
    }
