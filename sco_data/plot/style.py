"""Colours and sizes of every picture, in plots and on the site alike."""

from __future__ import annotations

#: Status -> colour and the colour of text on it. Told apart by the colour-blind and, by their lightness, in print without colour.
STATUS = {
    "member": ("#12436d", "#ffffff"),
    "observer": ("#c4500c", "#ffffff"),
    "dialogue_partner": ("#7fc8a9", "#0b0c0c"),
    "partner": ("#f2c14e", "#0b0c0c"),
    "shanghai_five": ("#8a8f98", "#0b0c0c"),
    "none": ("#f1f2f4", "#3c4148"),
}
#: How a state voted.
VOTE = {"yes": ("#12436d", "#ffffff"), "abstain": ("#d9dbe0", "#0b0c0c"), "no": ("#c4500c", "#ffffff"), "non_voting": ("#ffffff", "#3c4148")}
INK, MUTED, LINE = "#1b1e23", "#4b515a", "#c9ccd2"
