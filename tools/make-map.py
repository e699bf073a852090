#!/usr/bin/env python3
"""Draws the map of the invented city: packs/city/map.geojson.

    tools/make-map.py > packs/city/map.geojson

Many small Voronoi cells of jittered points are given to the counties by a noisy
nearest centre; where two counties meet, the edges of the small cells are their
border.  Borders are smoothed as arcs between the places where three meet, so
that neighbours share every point of them.  The same seed draws the same map.
Uses the Python standard library only.
"""
import json, math, random, sys

SEED, STEP = 20230601, 0.055
LON, LAT = 101.2, 29.6          # where the city is said to lie
# code, name, English name, centre in map units (x east, y north), weight
COUNTIES = [
    ("980102", "锦湖区", "Jinhu District", 0.05, 0.02, 0.72),
    ("980103", "秀川区", "Xiuchuan District", 0.34, -0.13, 0.74),
    ("980121", "望川县", "Wangchuan County", -0.28, 0.50, 1.0),
    ("980122", "青崖县", "Qingya County", 0.36, 0.55, 1.05),
    ("980123", "柳渡县", "Liudu County", 0.80, 0.10, 1.0),
    ("980124", "梓山县", "Zishan County", 0.55, -0.58, 1.0),
    ("980125", "岚谷县", "Langu County", -0.78, 0.05, 1.08),
    ("980181", "金渡市", "Jindu City", -0.25, -0.50, 1.0),
]


def outline(angle):
    """Radius of the city in a direction: a circle with bays."""
    return (0.98 + 0.13 * math.sin(2 * angle + 0.6) + 0.07 * math.sin(3 * angle - 1.1)
            + 0.045 * math.sin(5 * angle + 2.0) + 0.02 * math.sin(11 * angle))


def cell(points, i, near):
    """Voronoi cell of point i: a square cut by the bisectors with its neighbours."""
    px, py = points[i]
    poly = [(px - 3 * STEP, py - 3 * STEP), (px + 3 * STEP, py - 3 * STEP),
            (px + 3 * STEP, py + 3 * STEP), (px - 3 * STEP, py + 3 * STEP)]
    for j in near:
        qx, qy = points[j]
        mx, my, nx, ny = (px + qx) / 2, (py + qy) / 2, qx - px, qy - py
        out = []
        for k, a in enumerate(poly):
            b = poly[(k + 1) % len(poly)]
            da, db = (a[0] - mx) * nx + (a[1] - my) * ny, (b[0] - mx) * nx + (b[1] - my) * ny
            if da <= 0:
                out.append(a)
            if (da < 0 < db) or (db < 0 < da):
                t = da / (da - db)
                out.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])))
        poly = out
    return poly


def smooth(line, rounds=2):
    """Chaikin's corner cutting; the ends stay."""
    for _ in range(rounds):
        if len(line) < 3:
            return line
        out = [line[0]]
        for a, b in zip(line, line[1:]):
            out += [(0.75 * a[0] + 0.25 * b[0], 0.75 * a[1] + 0.25 * b[1]),
                    (0.25 * a[0] + 0.75 * b[0], 0.25 * a[1] + 0.75 * b[1])]
        line = out + [line[-1]]
    return line


def main():
    rnd = random.Random(SEED)
    points, n = [], int(1.6 / STEP)
    for i in range(-n, n + 1):
        for j in range(-n, n + 1):
            points.append(((i + rnd.uniform(-0.42, 0.42)) * STEP, (j + rnd.uniform(-0.42, 0.42)) * STEP))
    grid = {}
    for i, (x, y) in enumerate(points):
        grid.setdefault((round(x / STEP), round(y / STEP)), []).append(i)

    def owner(x, y):
        if math.hypot(x, y) > outline(math.atan2(y, x)):
            return -1
        wobble = 0.05 * math.sin(7 * x + 3 * y) + 0.04 * math.sin(11 * y - 5 * x + 1)
        best = min(range(len(COUNTIES)), key=lambda k: math.hypot(x - COUNTIES[k][3] + wobble,
                                                                  y - COUNTIES[k][4] - wobble) / COUNTIES[k][5])
        return best

    owners = [owner(x, y) for x, y in points]
    corner, corners = {}, []            # corners of cells, snapped together

    def snap(p):
        key = (round(p[0] / 1e-6), round(p[1] / 1e-6))
        for dx in (0, -1, 1):
            for dy in (0, -1, 1):
                found = corner.get((key[0] + dx, key[1] + dy))
                if found is not None:
                    return found
        corner[key] = len(corners)
        corners.append(p)
        return corner[key]

    sides = {}                          # directed edge of cells -> owner on its left
    for i, (x, y) in enumerate(points):
        gx, gy = round(x / STEP), round(y / STEP)
        if max(abs(gx), abs(gy)) > n - 3:
            continue
        near = [j for dx in range(-3, 4) for dy in range(-3, 4) for j in grid.get((gx + dx, gy + dy), []) if j != i]
        near.sort(key=lambda j: math.hypot(points[j][0] - x, points[j][1] - y))
        ring = [snap(p) for p in cell(points, i, near)]
        ring = [v for k, v in enumerate(ring) if v != ring[k - 1]]
        for k, a in enumerate(ring):
            sides[(a, ring[(k + 1) % len(ring)])] = owners[i]

    border = {}                         # corner -> corners next to it along a border
    for (a, b), left in sides.items():
        if sides.get((b, a), -1) != left:
            border.setdefault(a, set()).add(b)
            border.setdefault(b, set()).add(a)
    nodes = {v for v, next_to in border.items() if len(next_to) != 2}
    arcs, seen = [], set()
    for start in sorted(nodes):
        for second in sorted(border[start]):
            if (start, second) in seen:
                continue
            line = [start, second]
            while line[-1] not in nodes:
                line.append(next(v for v in sorted(border[line[-1]]) if v != line[-2]))
            seen.update(zip(line, line[1:]))
            seen.update(zip(line[1:], line))
            arcs.append((line, sides.get((start, second), -1), sides.get((second, start), -1)))

    def place(p):
        return [round(LON + p[0] * 0.62, 5), round(LAT + p[1] * 0.54, 5)]

    features = []
    for k, (code, name, english, *_rest) in enumerate(COUNTIES):
        mine = [line if left == k else line[::-1] for line, left, right in arcs if k in (left, right)]
        rings = []
        while mine:
            ring_arcs = [mine.pop()]
            while ring_arcs[-1][-1] != ring_arcs[0][0]:
                follow = next(a for a in mine if a[0] == ring_arcs[-1][-1])
                mine.remove(follow)
                ring_arcs.append(follow)
            ring = []
            for arc in ring_arcs:
                # Smoothed in one direction always, so that both neighbours get the same points.
                forward = arc[0] < arc[-1] or (arc[0] == arc[-1] and arc[1] < arc[-2])
                line = smooth([corners[v] for v in (arc if forward else arc[::-1])])
                ring += [place(p) for p in (line if forward else line[::-1])][:-1]
            rings.append(ring + [ring[0]])
        if len(rings) != 1:
            sys.exit(f"{name} falls into {len(rings)} pieces: choose another seed")
        ring = rings[0]
        area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:])) / 2
        cx = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in zip(ring, ring[1:])) / (6 * area)
        cy = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in zip(ring, ring[1:])) / (6 * area)
        features.append({"type": "Feature", "id": code,
                         "properties": {"code": code, "name": name, "name_en": english,
                                        "center": [round(cx, 5), round(cy, 5)]},
                         "geometry": {"type": "Polygon", "coordinates": [ring]}})
    print('{"type": "FeatureCollection", "features": [')
    print(",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features))
    print("]}")


main()
