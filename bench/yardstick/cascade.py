"""Yardstick for the cascade engine: the same work in numpy, every account in every round, all of it vectorised.

    python3 cascade.py market.bin [repeats]

See cascade.c for the work. Prints the same lines.
"""
import math
import sys
import time

import numpy as np

NODES, ORIGIN, STEP = 1024, 682, math.log(2) / 341


def read(path):
    data = np.fromfile(path, dtype=np.uint8)
    names = ['assets', 'accounts', 'collateral', 'debt', 'lines', 'shocks', 'root', 'book']
    h = dict(zip(names, data[:32].view('<i4').tolist()))
    at = 32

    def take(count, kind):
        nonlocal at
        size = count * np.dtype(kind).itemsize
        part = data[at:at + size].copy().view(kind)
        at += size
        return part

    m = {'h': h}
    for name in ['spot', 'beta', 'quantum', 'reserve_base', 'reserve_quote', 'lt', 'bonus', 'sold']:
        m[name] = take(h['assets'], '<f8')
    m['rules'] = take(5, '<f8')
    m['c_units'], m['d_units'] = take(h['collateral'], '<f8'), take(h['debt'], '<f8')
    for name in ['is_call', 'strike', 'years', 'vol', 'quantity']:
        m[name] = take(h['lines'], '<f8')
    m['shock'] = take(h['shocks'], '<f8')
    m['c_first'], m['c_asset'] = take(h['accounts'] + 1, '<i4'), take(h['collateral'], '<i4')
    m['d_first'], m['d_asset'] = take(h['accounts'] + 1, '<i4'), take(h['debt'], '<i4')
    return m


def padded(first, values, fill):
    """Rows of legs as a matrix, one column a leg: what vectorised rules want."""
    counts = np.diff(first)
    width = int(counts.max(initial=1))
    matrix = np.full((len(counts), width), fill, dtype=values.dtype)
    rows = np.repeat(np.arange(len(counts)), counts)
    matrix[rows, np.arange(len(values)) - np.repeat(first[:-1], counts)] = values
    return matrix


try:
    from scipy.special import erfc
except ImportError:
    erfc = np.vectorize(math.erfc)


class Curve:
    def __init__(self, m):
        self.m, self.values, self.spot = m, {}, m['spot'][m['h']['book']]
        self.dev = m['vol'] * np.sqrt(m['years'])

    def exact(self, s):
        m = self.m
        d1 = np.log(s / m['strike']) / self.dev + self.dev / 2
        sign = np.where(m['is_call'] != 0, 1.0, -1.0)
        return float((sign * m['quantity'] * 0.5 * erfc(-sign * d1 / math.sqrt(2))).sum())

    def node(self, n):
        if n not in self.values:
            self.values[n] = self.exact(self.spot * math.exp((n - ORIGIN) * STEP))
        return self.values[n]

    def delta(self, s):
        at = math.log(s / self.spot) / STEP + ORIGIN
        if not 0 <= at <= NODES - 1:
            return self.exact(s)
        first = math.floor(at) - 1
        first = max(0, min(ORIGIN - 3, first)) if at < ORIGIN else max(ORIGIN, min(NODES - 4, first))
        y = [self.node(first + i) for i in range(4)]
        a, b, c, d = (at - first - i for i in range(4))
        return -y[0] * b * c * d / 6 + y[1] * a * c * d / 2 - y[2] * a * b * d / 2 + y[3] * a * b * c / 6


def cascade(m, curve, s):
    h, root = m['h'], m['h']['root']
    c_asset, d_asset = m['C_asset'], m['D_asset']
    c_units, d_units = m['C'].copy(), m['D'].copy()
    market = m['spot'] * np.exp(m['beta'] * math.log1p(-s))
    k = m['reserve_base'] * m['reserve_quote']
    pooled = m['reserve_base'] > 0
    x = np.sqrt(k / (market / market[root]))
    gross = float(np.abs(m['quantity']).sum())
    hedge = -curve.delta(m['spot'][h['book']]) if h['lines'] else 0.0
    written = np.zeros(h['accounts'], dtype=bool)
    normal, full, full_below, dust, min_left = m['rules']
    direction, count = 0, 0
    while True:
        trade = 0.0
        if gross:
            trade = math.trunc(-(curve.delta(market[h['book']]) + hedge) / m['quantum'][h['book']]) * m['quantum'][h['book']]
            if abs(trade) < 1e-9 * gross or trade * direction < 0:
                trade = 0.0
        if trade:
            direction = math.copysign(1, trade)
        weighted = (c_units * (market * m['lt'])[c_asset]).sum(axis=1)
        debt_legs = d_units * market[d_asset]
        total = debt_legs.sum(axis=1)
        bad = np.flatnonzero((weighted < total) & ~written)
        bad = bad[(c_units[bad] > 0).any(axis=1)]
        if bad.size == 0 and trade == 0:
            break
        flow = np.zeros(h['assets'])
        flow[h['book']] -= trade
        if bad.size:
            cl = (c_units[bad] > 0).argmax(axis=1)
            dl = debt_legs[bad].argmax(axis=1)
            c, d = c_asset[bad, cl], d_asset[bad, dl]
            units, debt, pc, pd = c_units[bad, cl], d_units[bad, dl], market[c], market[d]
            per = pd * (1 + m['bonus'][c]) / pc
            usd, tot, hf = debt * pd, total[bad], weighted[bad] / total[bad]
            small = (usd < dust) | (units * pc < dust)
            limit = np.where(small | (hf <= full_below), full, normal) * tot
            repay = np.where(limit >= usd, debt, limit / pd)
            seize = repay * per
            leaves = (repay != debt) & (seize < units) & (((debt - repay) * pd < min_left) | ((units - seize) * pc < min_left))
            repay = np.where(leaves, debt, repay)
            seize = np.where(leaves, debt * per, seize)
            takes_all, closes = seize >= units, (repay == debt) & (seize <= units)
            q = m['quantum'][c]
            seize = np.trunc(np.minimum(seize, units) / q) * q
            repay = np.where(closes, repay, np.minimum(debt, seize / per))
            ok = seize > 0
            np.add.at(flow, c[ok], np.trunc(seize * m['sold'][c] / q)[ok] * q[ok])
            np.subtract.at(flow, d[ok], np.rint(repay / m['quantum'][d])[ok] * m['quantum'][d][ok])
            c_units[bad, cl] = np.where(ok, np.where(takes_all, 0.0, units - seize), units)
            d_units[bad, dl] = np.where(ok, np.where(closes, 0.0, np.maximum(0.0, debt - repay)), debt)
            count += int(ok.sum())
            gone = ~(c_units[bad] > 0).any(axis=1)
            written[bad[gone & ((d_units[bad] * market[d_asset[bad]]).sum(axis=1) > 0)]] = True
            if not ok.any() and trade == 0:
                break
        hedge += trade
        flow[~pooled] = 0
        x += flow
        moved = flow != 0
        market[moved] = k[moved] / x[moved] / x[moved] * market[root]
    loss = float((d_units[written] * market[d_asset[written]]).sum())
    return market[h['book']], loss, count


def main():
    if len(sys.argv) < 2:
        sys.exit('usage: cascade.py market.bin [repeats]')
    m = read(sys.argv[1])
    m['C'], m['C_asset'] = padded(m['c_first'], m['c_units'], 0.0), padded(m['c_first'], m['c_asset'], 0)
    m['D'], m['D_asset'] = padded(m['d_first'], m['d_units'], 0.0), padded(m['d_first'], m['d_asset'], 0)
    curve, best = Curve(m), math.inf
    for repeat in range(int(sys.argv[2]) if len(sys.argv) > 2 else 1):
        start = time.perf_counter()
        for s in m['shock']:
            price, loss, count = cascade(m, curve, float(s))
            if repeat == 0:
                print(f'{s:.6f} {price:.17g} {loss:.17g} {count}')
        best = min(best, time.perf_counter() - start)
    print(f'index_ms 0 best_ms {best * 1e3:.3f}')


main()
