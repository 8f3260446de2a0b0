#!/usr/bin/env python3
"""Checks a till's archives by docs/FISCAL.md and docs/JOURNAL.md alone, with none of the till's code.

    verify.py ARCHIVE.zip... [--anchor JOURNAL:PLACE:HASH]...

What stands in « » are words of these two pages. Leaves with 0 (no fault), 1 (faults) or 2 (unreadable).
"""
import argparse
import re
import sys
import zipfile
import zlib

from books import Books
from encoding import canonical_json
from journal import Part
from p256 import sha, text_holds
from tables import COLUMNS, Tables

UNREADABLE = (OSError, RuntimeError, zipfile.BadZipFile, zlib.error)


class Archive:
    """« The archive »: a ZIP with its manifest."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as opened:
            self.path, self.names = path, opened.namelist()
            self.files = {name: opened.read(name) for name in self.names}
        self.head = self.manifest = None

    def read(self):
        """Reads the two JSON files; without either, nothing else of the archive can be known."""
        head, manifest = (canonical_json(self.files[name].decode())
                          for name in ("entete.json", "manifest.json"))
        if (head["format"], manifest["format"]) != ("OCPIZZA-ARCHIVE-1", "OCPIZZA-MANIFESTE-1"):
            yield "another format"
        if not isinstance(head["cree_utc_ms"], int):
            raise ValueError("no time of making")
        self.head, self.manifest = head, manifest

    def sealed(self):
        """« Signature of the manifest; every file against it, none beside »"""
        manifest, rest = self.manifest, [name for name in self.names if name != "manifest.tsr"]
        journals = [f"journaux/{row['journal']}.jsonl" for row in self.head["journaux"]]
        tables = [f"{table}.csv" for table in COLUMNS]
        listed = [row["nom"] for row in manifest["fichiers"]]
        if rest != [*listed, "manifest.json", "manifest.sig"] \
                or listed != ["entete.json", "NOTICE.txt", *journals, *tables]:
            yield "the files are not those of the manifest, in their order"
        for row in manifest["fichiers"]:
            data = self.files.get(row["nom"], b"")
            if (len(data), sha(data)) != (row["octets"], row["sha256"]):
                yield f"{row['nom']} is not the file that was archived"
        signer = manifest["journal"], manifest["cle_publique"]
        if signer not in [(row["journal"], row["cle_publique"]) for row in self.head["journaux"]]:
            yield "who signs is not one of the journals"
        if not text_holds(signer[1], self.files["manifest.json"], self.files["manifest.sig"].decode()):
            yield "the manifest's signature does not hold"

    def check(self, books):
        yield from self.sealed()
        tables = Tables()
        for row in self.head["journaux"]:
            Part(books, tables, row).replay(self.files[f"journaux/{row['journal']}.jsonl"].decode())
        for table in COLUMNS:
            if tables.text(table).encode() != self.files[f"{table}.csv"]:
                yield f"{table}.csv is not what the entries say"


def check_archives(archives, books):
    """« To check archives »"""
    for archive in archives:
        books.find("A", (archive.path, 0), archive.read())
    readable = [archive for archive in archives if archive.manifest]
    readable.sort(key=lambda archive: archive.head["cree_utc_ms"])
    for archive in readable:
        books.find("A", (archive.path, 0), archive.check(books))
    for one, after in zip(readable, readable[1:]):
        signature = books.archived.get(sha(one.files["manifest.json"]))
        if signature and after.manifest["precedente"] != signature:
            books.note("A", (after.path, 0), "precedente is not the record of the archive before")


def judge(paths, anchors=()):
    """The books of a set of archives, and the verdict on it."""
    books = Books()
    for anchor in anchors:
        books.anchor(*anchor)
    check_archives([Archive(path) for path in paths], books)
    end = "" if books.witnesses() >= set(books.hashes) else ", fin non attestée"
    return books, "anomalies" if books.findings else f"conforme{end}"


def an_anchor(text):
    """« An anchor is `journal:place:hash`, in hexadecimal. »"""
    if not re.fullmatch(r"[0-9a-fA-F]{64}:[0-9]{1,15}:[0-9a-fA-F]{64}", text):
        raise argparse.ArgumentTypeError("an anchor is JOURNAL:PLACE:HASH")
    journal, place, known = text.split(":")
    return journal.lower(), int(place), known


def main():
    as_it_stands = argparse.RawDescriptionHelpFormatter
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=as_it_stands)
    arguments.add_argument("archives", nargs="+", metavar="ARCHIVE.zip")
    arguments.add_argument("--anchor", action="append", default=[], type=an_anchor)
    given = arguments.parse_args()
    try:
        books, verdict = judge(given.archives, given.anchor)
    except UNREADABLE as error:
        print(f"illisible : {error}")
        return 2
    print(verdict)
    for code, (where, place), text in books.findings:
        print(f"{code:4}{where} {place}: {text}")
    return 1 if books.findings else 0


if __name__ == "__main__":
    sys.exit(main())
