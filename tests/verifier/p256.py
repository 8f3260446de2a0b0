"""Signatures: ECDSA on P-256 (FIPS 186-5). Two to three milliseconds each, whatever the machine lacks.

Points are (x, y), and None is infinity; Jacobian ones are (x / z², y / z³), and z = 0 is infinity.
"""
import base64
import functools
import hashlib

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def sha(data):
    return hashlib.sha256(data).hexdigest()


def plus(p, q):
    if p is None or q is None:
        return p or q
    if p[0] == q[0] and (p[1] + q[1]) % P == 0:
        return None
    rise, run = (3 * p[0] * p[0] - 3, 2 * p[1]) if p == q else (q[1] - p[1], q[0] - p[0])
    slope = rise * pow(run, -1, P)
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def plus_jacobian(p, q):
    """A Jacobian point and one of a table."""
    (px, py, pz), (qx, qy) = p, q
    if pz == 0:
        return qx, qy, 1
    zz = pz * pz % P
    h, r = (qx * zz - px) % P, (qy * zz * pz - py) % P
    if h == 0:
        return (*plus(q, q), 1) if r == 0 else (1, 1, 0)
    hh = h * h % P
    hhh, v = h * hh % P, px * hh % P
    x = (r * r - hhh - 2 * v) % P
    return x, (r * (v - x) - py * hhh) % P, pz * h % P


@functools.cache
def multiples(point):
    """For each of 64 hexadecimal digits, the lowest first: the point times 0 to 15 times 16 to its place."""
    table = []
    for _ in range(64):
        row = [None]
        for _ in range(16):
            row.append(plus(row[-1], point))
        point = row.pop()
        table.append(row)
    return table


@functools.cache
def public_key(text):
    sign, x = int(text[:2], 16), int(text[2:], 16)
    y = pow(x**3 - 3 * x + B, (P + 1) // 4, P)
    if len(text) != 66 or sign not in (2, 3) or x >= P or (y * y - x**3 + 3 * x - B) % P:
        raise ValueError("not a public key")
    return x, (y if y % 2 == sign % 2 else P - y)


def holds(key, message, signature):
    """Whether a signature, r ‖ s, is the key's (66 hexadecimal digits) of these bytes."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if len(signature) != 64 or not (0 < r < N and 0 < s < N):
        return False
    w, total = pow(s, -1, N), (1, 1, 0)
    for scalar, point in ((int(sha(message), 16) * w % N, G), (r * w % N, public_key(key))):
        for row in multiples(point):
            if scalar & 15:
                total = plus_jacobian(total, row[scalar & 15])
            scalar >>= 4
    return total[2] != 0 and total[0] * pow(total[2], -2, P) % P % N == r


def text_holds(key, message, text):
    """« r ‖ s, 64 bytes, in base64url without padding: 86 characters », in its one spelling."""
    raw = base64.urlsafe_b64decode(text + "==")
    return base64.urlsafe_b64encode(raw).decode() == text + "==" and holds(key, message, raw)
