#!/usr/bin/env python3
"""Draws the icon, a slice of pizza, and writes icon.png and icon.ico beside this script."""

import math
import pathlib
import struct
import zlib

SIZE = 256
GRID = 4  # samples a pixel has on each side

CRUST = (0xB0, 0x6A, 0x2C)
CHEESE = (0xF3, 0xC4, 0x4B)
TOMATO = (0xB3, 0x26, 0x1E)
BASIL = (0x17, 0x6B, 0x43)

TIP = (128.0, 244.0)
HALF_ANGLE = math.radians(24)
RADIUS, CHEESE_RADIUS = 228.0, 196.0
SLICES = [(112.0, 92.0, 24.0), (158.0, 112.0, 20.0), (124.0, 160.0, 19.0)]
LEAVES = [(146.0, 66.0, 20.0, 9.0, 0.5), (96.0, 128.0, 15.0, 7.0, -0.7), (140.0, 190.0, 13.0, 6.0, 1.1)]


def colour(x, y):
    """The colour of a point, or None outside the slice."""
    dx, dy = x - TIP[0], TIP[1] - y
    distance = math.hypot(dx, dy)
    if distance > RADIUS or abs(math.atan2(dx, dy)) > HALF_ANGLE:
        return None
    if distance > CHEESE_RADIUS:
        return CRUST
    for cx, cy, long, short, turn in LEAVES:
        u = (x - cx) * math.cos(turn) + (y - cy) * math.sin(turn)
        v = (y - cy) * math.cos(turn) - (x - cx) * math.sin(turn)
        if (u / long) ** 2 + (v / short) ** 2 <= 1:
            return BASIL
    if any(math.hypot(x - cx, y - cy) <= radius for cx, cy, radius in SLICES):
        return TOMATO
    return CHEESE


def pixel(x, y):
    """Red, green, blue and alpha of a pixel, averaged over its samples."""
    offsets = [(i + 0.5) / GRID for i in range(GRID)]
    samples = [colour(x + i, y + j) for j in offsets for i in offsets]
    inside = [sample for sample in samples if sample]
    if not inside:
        return (0, 0, 0, 0)
    mean = [round(sum(channel) / len(inside)) for channel in zip(*inside)]
    return (*mean, round(255 * len(inside) / len(samples)))


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png():
    rows = b"".join(
        b"\0" + b"".join(bytes(pixel(x, y)) for x in range(SIZE)) for y in range(SIZE)
    )
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def ico(image):
    """One image of 256 x 256, which the format writes as 0 x 0, kept as PNG."""
    entry = struct.pack("<BBBBHHII", 0, 0, 0, 0, 1, 32, len(image), 6 + 16)
    return struct.pack("<HHH", 0, 1, 1) + entry + image


here = pathlib.Path(__file__).parent
image = png()
(here / "icon.png").write_bytes(image)
(here / "icon.ico").write_bytes(ico(image))
