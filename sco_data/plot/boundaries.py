"""Polygons of states and of disputed areas from the user's own GeoJSON files. The package ships none, and takes no position on any boundary."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from ..errors import InvalidData, NotFound, UsageError, shown, visible
from ..files import is_file, path_of

#: The largest file of Natural Earth has 25 MB.
LARGEST = 100_000_000
#: Points of a file of disputed areas, which are hatched; Natural Earth has 20,000.
MOST_POINTS = 200_000

Ring = list[tuple[float, float]]

#: Properties that hold a state's code, in small letters; the first that has one counts; those of Natural Earth are -99 where it gives none.
_CODES = ("iso_a3_eh", "iso_a3", "adm0_a3", "iso3", "iso3166-1-alpha-3")
_NAMES = ("name_en", "name", "admin", "brk_name")
#: In own words, from naturalearthdata.com/about/disputed-boundaries-policy.
_NATURAL_EARTH = "Natural Earth draws boundaries as they are controlled in fact, not as they are claimed in law"
#: Degrees between two strokes of a hatching.
_STEP = 0.7


def _read(path: Any, what: str) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON file that are polygons."""
    file = path_of(path, f"the {what}")
    if not is_file(file):
        raise NotFound(f"there is no file {file}. Mend: give the {what} as a GeoJSON file.")
    try:
        if file.stat().st_size > LARGEST:
            raise ValueError(f"it has more than {LARGEST:,} bytes")
        said = json.loads(file.read_text(encoding="utf-8"))
        features = said["features"] if said["type"] == "FeatureCollection" else [said]
        polygons = [f for f in features if f["type"] == "Feature" and f["geometry"] and f["geometry"]["type"] in ("Polygon", "MultiPolygon")]
        for feature in polygons:
            feature["rings"] = _polygons(feature["geometry"])
            feature["properties"] = {str(key).lower(): value for key, value in (feature["properties"] or {}).items()}
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        raise InvalidData(f"{file} is no GeoJSON of polygons: {type(error).__name__}: {shown(str(error))}. Mend: give a FeatureCollection in degrees of longitude and latitude.") from None
    if not polygons:
        raise InvalidData(f"{file} has no polygons. Mend: give the {what} as a GeoJSON FeatureCollection of polygons.")
    return polygons


def _polygons(geometry: dict[str, Any]) -> list[list[Ring]]:
    """Return the polygons of a geometry, wound as the drawing library has it, to a hundredth of a degree."""
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [kept for part in parts if (kept := [ring for n, points in enumerate(part) if len(ring := _ring(points, outer=n == 0)) > 3])]


def _ring(points: list[Any], outer: bool) -> Ring:
    ring: Ring = []
    for point in points:
        longitude, latitude = round(float(point[0]), 2), round(float(point[1]), 2)
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise ValueError(f"{longitude}, {latitude} are no degrees")
        if not ring or ring[-1] != (longitude, latitude):
            ring.append((longitude, latitude))
    # GeoJSON winds the outer ring against the clock, D3 with it: the wrong way round fills the rest of the globe.
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:]))
    return ring if (area < 0) == outer else ring[::-1]


def _first(properties: dict[str, Any], keys: tuple[str, ...]) -> str:
    # A name goes into a picture, in which no control character may stand.
    return next((visible(str(properties[k]))[:200] for k in keys if isinstance(properties.get(k), (str, int)) and properties[k] not in ("", "-99", -99)), "")


def _shape(polygons: list[list[Ring]]) -> dict[str, Any]:
    return {"type": "MultiPolygon", "coordinates": [[[list(p) for p in ring] for ring in polygon] for polygon in polygons]}


def hatched(polygon: list[Ring], step: float = _STEP) -> list[list[list[float]]]:
    """Return the strokes that hatch a polygon, from lower left to upper right, by its crossings with parallel lines; holes stay empty.

    >>> hatched([[(0, 0), (0, 4), (4, 4), (4, 0), (0, 0)]], step=4)
    [[[0.0, 0.0], [4.0, 4.0]]]
    """
    strokes = []
    offsets = [y - x for ring in polygon for x, y in ring]
    # Small areas get finer strokes, so that none is without.
    step = min(step, (max(offsets) - min(offsets)) / 4) if step > (max(offsets) - min(offsets)) / 2 else step
    if step <= 0:
        return []
    for n in range(math.ceil(min(offsets) / step), math.floor(max(offsets) / step) + 1):
        c, crossings = n * step, []
        for ring in polygon:
            for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
                one, two = y1 - x1 - c, y2 - x2 - c
                # Half open, so that a corner counts once.
                if (one < 0) != (two < 0):
                    crossings.append(x1 + (x2 - x1) * one / (one - two))
        crossings.sort()
        strokes += [[[round(a, 3), round(a + c, 3)], [round(b, 3), round(b + c, 3)]] for a, b in zip(crossings[::2], crossings[1::2]) if b > a]
    return strokes


def _centre(polygons: list[list[Ring]]) -> tuple[float, float]:
    """Return the centroid of the largest polygon, by area on the globe."""

    def area(ring: Ring) -> float:
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:]))) / 2 * math.cos(math.radians(sum(p[1] for p in ring) / len(ring)))

    ring = max((p[0] for p in polygons), key=area)
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:]))
    if not twice:
        return ring[0]
    return tuple(sum((a[i] + b[i]) * (a[0] * b[1] - b[0] * a[1]) for a, b in zip(ring, ring[1:])) / (3 * twice) for i in (0, 1))  # type: ignore[return-value]


def outlines(boundaries: Any, disputed: Any, policy: str | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]], dict[str, tuple[float, float]], list[str]]:
    """Return states, disputed areas, the strokes over those, the place of each state's label, and what is to be printed of the files.

    Raises
    ------
    NotFound : there is no such file.
    InvalidData : a file is no GeoJSON of polygons, or has no codes of states.
    UsageError : one of the two files is missing, or the policy of the boundaries is not known.
    """
    if boundaries is None or disputed is None:
        raise UsageError("polygons are drawn only with the disputed areas hatched. Mend: give both boundaries and disputed, each a GeoJSON file, or neither for tiles.")
    lands, areas = _read(boundaries, "boundaries"), _read(disputed, "disputed areas")
    if sum(len(ring) for f in areas for polygon in f["rings"] for ring in polygon) > MOST_POINTS:
        raise InvalidData(f"{Path(disputed)} has more than {MOST_POINTS:,} points. Mend: give the disputed areas in a coarser scale.")
    if not any(_first(f["properties"], _CODES) for f in lands):
        raise InvalidData(f"{Path(boundaries)} has no codes of states. Mend: give each feature its ISO code in one of the properties {', '.join(_CODES)}.")
    natural = any(k in f["properties"] for f in lands for k in ("ne_id", "adm0_a3"))
    if not policy and not natural:
        raise UsageError(f"{Path(boundaries).name} is not known as Natural Earth, and nothing says by which policy it draws. Mend: say so in policy, to be printed in the picture.")
    centres: dict[str, tuple[float, float]] = {}
    shapes = []
    for feature in lands:
        code = _first(feature["properties"], _CODES)
        if feature["rings"]:
            shapes.append({"type": "Feature", "geometry": _shape(feature["rings"]), "iso3": code, "name": _first(feature["properties"], _NAMES)})
            centres.setdefault(code, _centre(feature["rings"]))
    hatch = [{"type": "Feature", "geometry": _shape(f["rings"]), "name": _first(f["properties"], _NAMES)} for f in areas if f["rings"]]
    strokes = [{"type": "Feature", "geometry": {"type": "MultiLineString", "coordinates": lines}} for f in areas if (lines := [s for p in f["rings"] for s in hatched(p)])]
    if policy is not None and not isinstance(policy, str):
        raise UsageError(f"{shown(policy)} is no policy. Mend: say in words by which policy the boundaries are drawn.")
    said = [
        f"Boundaries: {visible(Path(boundaries).name)}; {visible((policy or _NATURAL_EARTH).rstrip('.'))}. Hatched: areas that {visible(Path(disputed).name)} has as disputed.",
        "The boundaries are those of the files; SCO Data takes no position on them.",
    ]
    return shapes, hatch, strokes, centres, said
