"""What all archives say together: originals, copies, what was given back, perpetual totals, ends."""
from collections import defaultdict

MALFORMED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)


class Books:
    """What all parts of all archives say together, and what was found."""

    def __init__(self):
        self.findings, self.anchors = [], []
        self.hashes = defaultdict(dict)     # journal: place: hash
        self.ends = {}                      # journal: its standing where the last part ended
        self.opened = set()                 # what numbers begin with in journals read from the first entry
        self.parents = defaultdict(list)    # journal: what it continues, (journal, place)
        self.turnover = defaultdict(dict)   # journal: place: what a ticket adds to the two perpetual totals
        self.adds = defaultdict(dict)       # journal: place: what a document adds to a closing's figures
        self.documents, self.archived = {}, {}
        self.returned, self.copies = defaultdict(lambda: [0, 0]), {}

    def note(self, code, where, text):
        self.findings.append((code, where, text))

    def find(self, code, where, texts):
        """Notes each of the texts, and whatever in the data keeps them from being known."""
        try:
            for text in texts:
                self.note(code, where, text)
        except MALFORMED as error:
            self.note(code, where, f"cannot be read: {error!r}")

    def anchor(self, journal, place, known):
        """Somebody knows that this entry was written."""
        self.anchors.append((journal, int(place), known.lower()))

    def forget(self):
        """Two parts of a journal do not meet: between them anything may have been copied and given back."""
        for known in (self.documents, self.copies, self.returned, self.opened, self.turnover):
            known.clear()

    def begin(self, journal, standing):
        """A part whose beginning is in another archive, which is taken at its word."""
        self.hashes[journal].setdefault(standing["seq"], standing["hash"])
        tickets = standing["tickets"]
        if tickets["totals_known"]:
            self.turnover[journal][0] = tickets["perpetual_algebraic"], tickets["perpetual_absolute"]

    def inherited(self, parents):
        """« The sum of what the journals that it continues had come to there, each ticket counted once »,
        or None where one of them is not among the archives."""
        reached, queue, total = {}, list(parents), [0, 0]
        while queue:
            journal, place = queue.pop()
            if journal not in self.turnover:
                return None
            if place > reached.get(journal, 0):
                reached[journal] = place
                queue += self.parents[journal]
        for journal, end in reached.items():
            for place, added in self.turnover[journal].items():
                if place <= end:
                    total = [total[0] + added[0], total[1] + added[1]]
        return total

    def original(self, number, content):
        """Faults of a reference; a document of an earlier archive is not known here, which is none."""
        document = self.documents.get(number)
        if document is None and number.rsplit("-", 1)[0] in self.opened:
            yield f"the original {number} does not exist before it"
        if document and document.content != content:
            yield f"the original {number} has another content"

    def references(self, document):
        """« What documents say of others »"""
        says, original = document.says, document.says.get("original")
        if document.series == "TK1" and original:
            yield from self.original(original["ticket_no"], original["content"])
            sold = self.documents.get(original["ticket_no"])
            if sold and sold.says["business_date"] != original["business_date"]:
                yield "the original has another business date"
            if sold and says["type"] == "AVOIR":
                yield from self.give_back(sold, says["lines"])
        if document.series == "DU1":
            yield from self.original(original, says["original_content"])
            known = self.documents.get(original)
            if known and (known.says["till"], known.says.get("type", says["original_type"])) \
                    != (says["original_till"], says["original_type"]):
                yield "the original is of another type or till"
            if says["copy"] != self.copies.get(original, 0 if known else says["copy"] - 1) + 1:
                yield f"copy {says['copy']} of {original}, after {self.copies.get(original, 0)}"
            self.copies[original] = says["copy"]
        if document.series == "FA1":
            yield from self.original(says["ticket"], says["ticket_content"])
            ticket = self.documents.get(says["ticket"])
            if ticket and [ticket.says["vat"], ticket.says["total_ttc"]] != [says["vat"], says["total_ttc"]]:
                yield "the invoice has other figures than its ticket"
            if original and original.rsplit("-", 1)[0] in self.opened and original not in self.documents:
                yield f"the invoice {original} does not exist before it"

    def give_back(self, sold, lines):
        """« No more of any line, in thousandths and in cents, than was sold », at its price and rate."""
        bought = {line["line"]: line for line in sold.says["lines"]}
        for line in lines:
            was = bought.get(line["line"])
            if sold.says["type"] != "VENTE" or was is None \
                    or any(was[name] != line[name] for name in ("unit_ttc", "vat_bp", "sku")):
                yield f"line {line['line']} was not sold so"
                continue
            back = self.returned[sold.number, line["line"]]
            back[:] = back[0] + line["qty_m"], back[1] - line["ttc"]
            if back[0] > was["qty_m"] or back[1] > was["ttc"]:
                yield f"more of line {line['line']} is given back than was sold"

    def witnesses(self):
        """« The end »: what anchors, other tills' closings and journals that continue these know. Gives the
        journals whose end is attested."""
        attested = set()
        for journal, place, known in self.anchors:
            hashes = self.hashes.get(journal)
            if hashes and place > max(hashes):
                self.note("T01", (journal, place), "the end was cut off")
            elif hashes and hashes.get(place, known) != known:
                self.note("T02", (journal, place), "another entry is known here")
            elif hashes and place == max(hashes):
                attested.add(journal)
        return attested
