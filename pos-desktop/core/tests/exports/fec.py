"""Checks a « fichier des écritures comptables » against LPF art. A. 47 A-1, knowing nothing of how it
was made. Usage: fec.py FILE. Says what is wrong, a line each, and ends with 1 where anything is.

With --sums, prints the debits and credits by account as JSON instead.
"""

import datetime
import json
import os
import re
import sys
from decimal import Decimal

COLUMNS = (
    "JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib CompAuxNum CompAuxLib "
    "PieceRef PieceDate EcritureLib Debit Credit EcritureLet DateLet ValidDate Montantdevise Idevise"
).split()
MUST = "JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib PieceRef PieceDate " \
       "EcritureLib Debit Credit ValidDate"
AMOUNT = re.compile(r"^-?\d+,\d{2}$")


def date(text):
    """The day of AAAAMMJJ; None where it is none."""
    if not re.match(r"^\d{8}$", text):
        return None
    try:
        return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def rows(path, wrong):
    with open(path, "rb") as file:
        text = file.read().decode("iso8859-15")
    if any(ord(it) < 32 and it not in "\t\r\n" for it in text):
        wrong.append("control characters")
    lines = text.split("\r\n")
    if lines[-1] != "":
        wrong.append("the last line does not end")
    head, *lines = lines[:-1]
    if head.split("\t") != COLUMNS:
        wrong.append(f"columns: {head!r}")
    for number, line in enumerate(lines, 2):
        fields = line.split("\t")
        if len(fields) != len(COLUMNS):
            wrong.append(f"line {number}: {len(fields)} fields")
            continue
        yield number, dict(zip(COLUMNS, fields))


def amount(row, column, number, wrong):
    if not AMOUNT.match(row[column]):
        wrong.append(f"line {number}: {column} {row[column]!r}")
        return Decimal(0)
    return Decimal(row[column].replace(",", "."))


def check(path):
    wrong = []
    name = os.path.basename(path)
    named = re.match(r"^(\d{9})FEC(\d{8})\.txt$", name)
    if not named or date(named[2]) is None:
        wrong.append(f"the name {name}")
    entries, labels, last = {}, {}, None
    for number, row in rows(path, wrong):
        for column in MUST.split():
            if not row[column].strip():
                wrong.append(f"line {number}: no {column}")
        for column in ("EcritureDate", "PieceDate", "ValidDate"):
            if date(row[column]) is None:
                wrong.append(f"line {number}: {column} {row[column]!r}")
        if not re.match(r"^\d{3}", row["CompteNum"]):
            wrong.append(f"line {number}: account {row['CompteNum']!r}")
        if labels.setdefault(row["CompteNum"], row["CompteLib"]) != row["CompteLib"]:
            wrong.append(f"line {number}: two names of {row['CompteNum']}")
        debit = amount(row, "Debit", number, wrong)
        credit = amount(row, "Credit", number, wrong)
        if debit < 0 or credit < 0 or (debit == 0) == (credit == 0):
            wrong.append(f"line {number}: an amount on one side")
        entry = row["EcritureNum"]
        if entry not in entries and str(len(entries) + 1) != entry:
            wrong.append(f"line {number}: entry {entry} after {len(entries)}")
        if entry in entries and last != entry:
            wrong.append(f"line {number}: entry {entry} goes on later")
        same = (row["EcritureDate"], row["JournalCode"], row["PieceRef"])
        sums = entries.setdefault(entry, [Decimal(0), same])
        if sums[1] != same:
            wrong.append(f"line {number}: entry {entry} has two dates, journals or documents")
        sums[0] += debit - credit
        last = entry
        if row["ValidDate"] < row["EcritureDate"] or named and named[2] < row["EcritureDate"]:
            wrong.append(f"line {number}: dates out of order")
    wrong += [f"entry {entry}: {sums[0]} too much" for entry, sums in entries.items() if sums[0]]
    dates = [sums[1][0] for sums in entries.values()]
    if dates != sorted(dates):
        wrong.append("entries are not in the order of their dates")
    return wrong


def sums(path):
    by_account = {}
    for number, row in rows(path, []):
        side = by_account.setdefault(row["CompteNum"], [0, 0])
        side[0] += int(amount(row, "Debit", number, []) * 100)
        side[1] += int(amount(row, "Credit", number, []) * 100)
    return by_account


if __name__ == "__main__":
    if sys.argv[1] == "--sums":
        print(json.dumps(sums(sys.argv[2])))
    else:
        FOUND = check(sys.argv[1])
        print("\n".join(FOUND))
        sys.exit(1 if FOUND else 0)
