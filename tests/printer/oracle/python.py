"""Prints the papers given as JSON with python-escpos, and writes {name: bytes as hex}."""

import json
import sys

from escpos.printer import Dummy

PULSE = [0x1B, 0x70, 0, 25, 250]
SIZES = {"normal": (1, 1), "tall": (1, 2), "large": (2, 2)}
ALIGNS = {"left": "left", "centre": "center", "right": "right"}


def put(printer, mark):
    if mark == "cut":
        return printer.cut(mode="PART")
    if mark == "drawer":
        return printer.cashdraw(PULSE)
    ((kind, it),) = mark.items()
    if kind == "feed":
        printer.ln(it["lines"])
    elif kind == "qr":
        printer.set(align="center", normal_textsize=True)
        printer.qr(it["data"], native=True, size=6, ec=1)
    elif kind == "line":
        style = it["style"]
        width, height = SIZES[style["size"]]
        printer.set(
            align=ALIGNS[it["align"]],
            bold=style["bold"],
            underline=int(style["underline"]),
            custom_size=True,
            width=width,
            height=height,
        )
        printer.textln(it["text"])
    else:
        raise ValueError(kind)


def main(source, target):
    with open(source, encoding="utf-8") as papers:
        papers = json.load(papers)
    made = {}
    for paper in papers:
        printer = Dummy(profile="TM-T88V")
        printer.hw("INIT")
        for mark in paper["printed"]:
            put(printer, mark)
        made[paper["name"]] = printer.output.hex()
    with open(target, "w", encoding="utf-8") as out:
        json.dump(made, out, indent=1)
        out.write("\n")


main(*sys.argv[1:])
