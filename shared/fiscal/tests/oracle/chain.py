"""Signatures, CBOR and chains, built without a line of the till's code: what ticket.py and records.py
share.

Independent of the till: only the standard library; ECDSA (FIPS 186-5), its deterministic nonce
(RFC 6979) and CBOR (RFC 8949) are written out here.
"""
import base64
import hashlib
import hmac
import json

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
SECRET = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721


def add(one, other):
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and (one[1] + other[1]) % P == 0:
        return None
    if one == other:
        slope = 3 * (one[0] ** 2 - 1) * pow(2 * one[1], -1, P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    x = (slope**2 - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def times(number, point):
    sum_ = None
    for bit in bin(number)[2:]:
        sum_ = add(sum_, sum_)
        if bit == "1":
            sum_ = add(sum_, point)
    return sum_


def sign(message):
    digest = hashlib.sha256(message).digest()
    number = int.from_bytes(digest, "big")
    seed = SECRET.to_bytes(32, "big") + (number % N).to_bytes(32, "big")
    key, state = b"\0" * 32, b"\1" * 32
    for step in (b"\0", b"\1"):
        key = hmac.digest(key, state + step + seed, "sha256")
        state = hmac.digest(key, state, "sha256")
    nonce = int.from_bytes(hmac.digest(key, state, "sha256"), "big")
    assert 0 < nonce < N, "once in 2^32: the next nonce would be drawn"
    r = times(nonce, G)[0] % N
    s = (number + r * SECRET) * pow(nonce, -1, N) % N
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def cbor_text(text):
    data = text.encode()
    for kind, size in ((0x78, 1), (0x79, 2)):
        if 23 < len(data) < 256**size:
            return bytes([kind]) + len(data).to_bytes(size, "big") + data
    return bytes([0x60 + len(data)]) + data


def canonical(document):
    # All keys are ASCII, so their order by code point is the one by UTF-16 code unit.
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(number, document, base):
    """The four texts of a ticket or a record, its extract, and the bytes of its body."""
    signature = base64.urlsafe_b64encode(sign(base.encode())).rstrip(b"=").decode()
    body = b"\x84" + b"".join(map(cbor_text, (number, document, base, signature)))
    return {"number": number, "document": document, "base": base, "signature": signature,
            "extract": "".join(signature[it - 1] for it in (3, 7, 13, 19)), "body": body.hex()}


def key():
    x, y = times(SECRET, G)
    return {"secret": f"{SECRET:064x}", "public_key": f"{2 + y % 2:02x}{x:064x}"}
