"""Bytes that have one spelling: deterministic CBOR (RFC 8949 § 4.2.1) and canonical JSON (RFC 8785)."""
import json


def cbor_item(data, at):
    major, size = data[at] >> 5, data[at] & 31
    at += 1
    if data[at - 1] == 0xF6:
        return None, at
    if major in (5, 6, 7) or size > 27:
        raise ValueError("not of the CBOR that journals are made of")
    if size > 23:
        width = 1 << (size - 24)
        least = (24, 256, 2**16, 2**32)[size - 24]
        size, at = int.from_bytes(data[at:at + width], "big"), at + width
        if size < least:
            raise ValueError("CBOR in a longer spelling")
    if major == 4:
        items = []
        for _ in range(size):
            item, at = cbor_item(data, at)
            items.append(item)
        return items, at
    if major < 2:
        return (-1 - size if major else size), at
    if at + size > len(data):
        raise ValueError("CBOR that is cut off")
    return (data[at:at + size] if major == 2 else data[at:at + size].decode()), at + size


def cbor(data):
    """One item of deterministic CBOR (RFC 8949 § 4.2.1)."""
    value, end = cbor_item(data, 0)
    if end != len(data):
        raise ValueError("bytes after the CBOR")
    return value


def canonical_json(text, null=True):
    """JSON in its one spelling, of whole numbers that every reader takes alike. Documents have no null."""
    def whole(digits):
        if abs(int(digits)) >= 2**53:
            raise ValueError("a number that a reader may round")
        return int(digits)

    def members(pairs):
        return dict(sorted(pairs, key=lambda pair: pair[0].encode("utf-16-be")))

    value = json.loads(text, object_pairs_hook=members, parse_int=whole, parse_float=whole)
    if compact(value) != text or (not null and has_null(value)):
        raise ValueError("not canonical JSON")
    return value


def has_null(value):
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(map(has_null, inside))


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
