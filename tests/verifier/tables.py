"""The tables made again: « Tables » of docs/FISCAL.md. Archives name the columns in their first lines."""
from encoding import compact

HEAD = "journal entree numero:number operateur:operator utc_ms heure_locale:local "
# Each column is its French name and, where the document has another, the member's.
COLUMNS = {
    "tickets":
        "journal entree numero:ticket_no caisse:till rang:seq type original:original.ticket_no "
        "motif:reason commande:order canal:channel mode operateur:operator utc_ms decalage_min:offset_min "
        "heure_locale:local journee:business_date total_ht total_tva:total_vat total_ttc "
        "cumul_algebrique:perpetual.0 cumul_absolu:perpetual.1 signature",
    "lignes":
        "ticket rang ligne:line libelle:label details code:sku quantite_m:qty_m "
        "prix_unitaire_ttc:unit_ttc remise:discount motif_remise:discount_reason ttc ht:net_ht tva:vat "
        "taux_pb:vat_bp classe:vat_class",
    "tva": "ticket taux_pb:vat_bp ht tva:vat ttc",
    "paiements":
        "ticket rang moyen:means montant:amount remis:tendered rendu:change reference etat:state "
        "emetteur:issuer titres:vouchers abandon:forfeited",
    "duplicatas": HEAD +
        "type_original:original_type original empreinte_original:original_content copie:copy "
        "support:medium signature",
    "provisoires": HEAD + "type commande:order mode total_ht total_ttc signature",
    "factures": HEAD +
        "type ticket original mode journee:business_date acheteur:buyer total_ttc empreinte_fichier:file "
        "signature",
    "commandes": "journal entree nature version sujet tick horloge_ms corps",
    "clotures": HEAD +
        "periode:period libelle:label premier_jour:first_day dernier_jour:last_day "
        "premier_ticket:first_ticket dernier_ticket:last_ticket ventes:tally.sales.count "
        "montant_ventes:tally.sales.amount avoirs:tally.credit_notes.count "
        "montant_avoirs:tally.credit_notes.amount corrections:tally.corrections total:tally.total "
        "total_absolu:tally.absolute cumul_algebrique:perpetual_algebraic cumul_absolu:perpetual_absolute "
        "fond:drawer.float theorique:drawer.theoretical compte:drawer.counted ecart:drawer.difference "
        "signature",
    "jet": HEAD + "code code_nf525 donnees signature",
    "formation": HEAD + "serie total_ttc signature",
    "archives": HEAD +
        "periode:period fichier:file manifeste:manifest precedente:previous_archive total_ttc signature",
}
TABLE_OF = {"DU1": "duplicatas", "NO1": "provisoires", "FA1": "factures", "CL1": "clotures",
            "AR1": "archives"}
NF525 = {"JET_INIT": 260, "LOGIN": 80, "LOGOUT": 40, "DRAWER_COUNT": 170, "CLOSE_DAY": 50, "CLOSE_MONTH": 50,
         "CLOSE_YEAR": 60, "ARCHIVE_PERIOD": 20, "ARCHIVE_YEAR": 30, "LINE_CANCEL": 410, "ORDER_CANCEL": 320,
         "REFUND_LINE": 190, "TICKET_VOID": 190, "INTEGRITY_FAIL": 90, "CONFIG_CHANGE": 250}


def member(row, path):
    for name in path.split("."):
        row = row.get(name) if isinstance(row, dict) else None
    return "" if row is None else str(row)


def quoted(field):
    return '"' + field.replace('"', '""') + '"' if any(mark in field for mark in ';"\n\r') else field


class Tables:
    def __init__(self):
        self.rows = {name: [[column.split(":")[0] for column in columns.split()]]
                     for name, columns in COLUMNS.items()}

    def add(self, table, **row):
        self.rows[table].append([member(row, column.split(":")[-1]) for column in COLUMNS[table].split()])

    def text(self, table):
        return "".join(";".join(map(quoted, row)) + "\n" for row in self.rows[table])

    def order(self, journal, header, body):
        """« Entries of kind 64 and more », with the body in hexadecimal."""
        self.add("commandes", journal=journal, entree=header.seq, nature=header.kind,
                 version=header.kind_version, sujet=header.subject and header.subject.hex(),
                 tick=header.tick, horloge_ms=header.wall_ms, corps=(body or b"").hex())

    def document(self, journal, entry, document, training):
        says, series, number = document.says, document.series, document.number
        where = {"journal": journal, "entree": entry, "signature": document.signature}
        if training:
            total = says["total_ttc"] if series == "TK1" else None
            self.add("formation", **{**says, **where, "number": number, "serie": series, "total_ttc": total})
        elif series == "TK1":
            self.ticket(where, document)
        elif series == "JE1":
            data = {"donnees": compact(says["data"]), "code_nf525": NF525.get(says["code"])}
            self.add("jet", **{**says, **where, **data})
        else:
            self.add(TABLE_OF[series], **{**says, **where})

    def ticket(self, where, document):
        says, number = document.says, document.number
        perpetual = dict(zip("01", document.perpetual))
        self.add("tickets", **{**says, **where, "perpetual": perpetual})
        for place, line in enumerate(says["lines"], 1):
            details = " | ".join(line["details"])
            self.add("lignes", **{**line, "ticket": number, "rang": place, "details": details})
        for rate in says["vat"]:
            self.add("tva", **{**rate, "ticket": number})
        for place, payment in enumerate(says["payments"], 1):
            vouchers = {"vouchers": 0, "forfeited": 0}
            self.add("paiements", **{**vouchers, **payment, "ticket": number, "rang": place})
