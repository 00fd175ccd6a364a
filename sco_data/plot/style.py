"""Colours and sizes of every picture, in plots and on the site alike."""

from __future__ import annotations

#: Status -> colour and the colour of text on it. Told apart by the colour-blind and, by their lightness, in print without colour.
STATUS = {
    "member": ("#12436d", "#ffffff"),
    "observer": ("#b84a0a", "#ffffff"),
    "dialogue_partner": ("#69b795", "#0b0c0c"),
    "partner": ("#f6cd66", "#0b0c0c"),
    "shanghai_five": ("#8a8f98", "#0b0c0c"),
    "none": ("#f1f2f4", "#3c4148"),
}
#: A letter for each status, so that no picture rests on colour alone.
LETTERS = {"member": "M", "observer": "O", "dialogue_partner": "D", "partner": "P", "shanghai_five": "5", "none": ""}
#: How a state voted.
VOTE = {"yes": ("#12436d", "#ffffff"), "abstain": ("#d9dbe0", "#0b0c0c"), "no": ("#b84a0a", "#ffffff"), "non_voting": ("#ffffff", "#3c4148")}
#: How a text names a state.
SUPPORT = {
    "named_in_support": ("#12436d", "#ffffff"),
    "initiator": ("#69b795", "#0b0c0c"),
    "blanket": ("#edb93f", "#0b0c0c"),
    "not_named": ("#b84a0a", "#ffffff"),
    "not_member": ("#e0e2e6", "#3c4148"),
    "unknown": ("#ffffff", "#3c4148"),
}
#: Group of states -> colour and dashes of its line.
GROUP = {"members": ("#12436d", [1, 0]), "all_statuses": ("#b84a0a", [8, 3]), "current_ten": ("#4b515a", [2, 2]), "founding_six": ("#2f7d5b", [10, 3, 2, 3])}
#: From little to much.
SCALE = ["#f1f2f4", "#9db8d2", "#4d7ba8", "#12436d"]
INK, MUTED, LINE = "#1b1e23", "#4b515a", "#c9ccd2"
FONT = "Arial, Helvetica, Liberation Sans, DejaVu Sans, sans-serif"
#: Pixels, for a picture some 900 wide that is printed 160 mm wide.
TITLE, SUBTITLE, TEXT, SMALL = 18, 13, 12, 11
WIDTH = 900


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def shade(share: float) -> str:
    """Return the colour of a share, 0 to 1, on the scale from little to much.

    >>> shade(0) == SCALE[0], shade(1) == SCALE[-1]
    (True, True)
    """
    at = min(max(share, 0.0), 1.0) * (len(SCALE) - 1)
    below = min(int(at), len(SCALE) - 2)
    mixed = [round(a + (b - a) * (at - below)) for a, b in zip(_rgb(SCALE[below]), _rgb(SCALE[below + 1]))]
    return "#" + "".join(f"{c:02x}" for c in mixed)


def contrast(one: str, two: str) -> float:
    """Return the contrast of two colours as the Web Content Accessibility Guidelines count it, 1 to 21.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    light = []
    for colour in (one, two):
        parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in _rgb(colour)]
        light.append(0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2])
    return (max(light) + 0.05) / (min(light) + 0.05)


def ink_on(fill: str) -> str:
    """Return black or white, whichever is easier to read on a colour."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, fill))
