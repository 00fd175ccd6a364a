"""vote_agreement for all pairs and years beside the same computation in pandas, from the same files, results compared first.

    python benchmarks/votes.py
    python benchmarks/votes.py --check       # exit 1 if a ratio is over its bound

Each round reads the files anew and computes all; times are medians of interleaved rounds.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

import sco_data as sco

#: Peer -> at most this ratio of our time to the peer's.
BOUNDS = {"pandas, self-merge and groupby": 1.0}
KEY = ["iso3_1", "iso3_2", "year"]


def ours() -> pd.DataFrame:
    return sco.load("vote_agreement")


def cast() -> pd.DataFrame:
    folder = sco.path() / "data"
    calls = pd.read_csv(folder / "roll_calls.csv", usecols=["roll_call_id", "vote_on", "is_amendment", "is_paragraph", "coverage"])
    votes = pd.read_csv(folder / "roll_call_votes.csv", usecols=["roll_call_id", "iso3", "vote"])
    calls = calls[(calls.coverage == "complete_session") & ~calls.is_amendment & ~calls.is_paragraph]
    frame = votes[votes.vote != "non_voting"].merge(calls, on="roll_call_id")
    return frame.assign(year=frame.vote_on.str[:4].astype(int), score=frame.vote.map({"yes": 1, "abstain": 0, "no": -1}))[["roll_call_id", "iso3", "year", "score"]]


def merged() -> pd.DataFrame:
    frame = cast()
    pairs = frame.merge(frame, on=["roll_call_id", "year"], suffixes=("_1", "_2"))
    pairs = pairs[pairs.iso3_1 < pairs.iso3_2]
    gap = (pairs.score_1 - pairs.score_2).abs()
    pairs = pairs.assign(identical=gap == 0, similarity=1 - gap / 2)
    return pairs.groupby(KEY).agg(joint=("identical", "size"), identical=("identical", "sum"), similarity=("similarity", "mean")).reset_index()


def matrices() -> pd.DataFrame:
    out = []
    for year, part in cast().groupby("year"):
        scores = part.pivot(index="roll_call_id", columns="iso3", values="score")
        voted = scores.notna().to_numpy(dtype=float)
        values = scores.fillna(0).to_numpy()
        joint = voted.T @ voted
        same = sum(((values == k) * voted).T @ ((values == k) * voted) for k in (-1, 0, 1))
        opposed = ((values == 1) * voted).T @ ((values == -1) * voted)
        half = joint - same - opposed - opposed.T
        one, other = np.triu_indices(len(scores.columns), 1)
        names = scores.columns.to_numpy()
        frame = pd.DataFrame({"iso3_1": names[one], "iso3_2": names[other], "year": year, "joint": joint[one, other], "identical": same[one, other]})
        frame["similarity"] = (same[one, other] + half[one, other] / 2) / np.where(joint[one, other] == 0, 1, joint[one, other])
        out.append(frame[frame.joint > 0])
    return pd.concat(out, ignore_index=True)


PEERS: dict[str, Callable[[], pd.DataFrame]] = {"pandas, self-merge and groupby": merged, "pandas and numpy, a matrix a year": matrices}


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a result in types that all three share."""
    types = {"iso3_1": object, "iso3_2": object, "year": int, "joint": float, "identical": float, "similarity": float}
    return frame[list(types)].astype(types).sort_values(KEY, ignore_index=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    expected = plain(ours())
    for name, peer in PEERS.items():
        pd.testing.assert_frame_equal(expected, plain(peer()), obj=name)
    took: dict[str, list[float]] = {name: [] for name in ("ours", *PEERS)}
    for _ in range(options.rounds):
        for name, run in (("ours", ours), *PEERS.items()):
            began = time.perf_counter()
            run()
            took[name].append(time.perf_counter() - began)
    mine, over = statistics.median(took["ours"]), False
    print(f"{len(expected)} pairs and years; vote_agreement {mine:.2f} s")
    for name in PEERS:
        ratio = mine / statistics.median(took[name])
        bound = BOUNDS.get(name)
        over |= bound is not None and ratio > bound
        print(f"{name}: {statistics.median(took[name]):.2f} s, ratio {ratio:.2f}" + (f" (bound {bound:g})" if bound else ""))
    return 1 if options.check and over else 0


if __name__ == "__main__":
    sys.exit(main())
