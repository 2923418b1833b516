"""Compares Lookalike's linear evaluation with scikit-learn's logistic regression on the same frozen features.

    lookalike embed RUN TRAIN --out a --format npy
    lookalike embed RUN TEST --out b --format npy
    lookalike eval RUN --linear --train TRAIN --test TEST --json > result.json
    /usr/bin/python3 scripts/verify-linear.py a b result.json [more results ...]

The regression is scikit-learn's at its defaults (L-BFGS, C 1), on features standardised by the training rows, as
Lookalike standardises them, and on the features as they are. Exits 1 where an accuracy differs by more than 2 points.
"""
import csv
import json
import pathlib
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from sklearn.preprocessing import StandardScaler

POINTS = 2.0


def load(folder):
    folder = pathlib.Path(folder)
    with open(folder / "images.csv", newline="", encoding="utf-8") as file:
        labels = np.array([row["label"] for row in csv.DictReader(file)])
    features = np.load(folder / "embeddings.npy").astype(np.float64)
    assert len(features) == len(labels), f"{folder}: {len(features)} rows for {len(labels)} photos"
    return features, labels


def main(train, test, *results):
    (x, y), (tx, ty) = load(train), load(test)
    print(f"{len(x)} photos to learn from, {len(tx)} to test on, {x.shape[1]} numbers each, {len(set(y))} classes")
    scaler = StandardScaler().fit(x)
    references = {}
    for name, a, b in [("standardised", scaler.transform(x), scaler.transform(tx)), ("as they are", x, tx)]:
        model = LogisticRegression(max_iter=5000).fit(a, y)
        references[name] = 100 * model.score(b, ty), confusion_matrix(ty, model.predict(b), labels=sorted(set(y) | set(ty)))
        print(f"scikit-learn, features {name}: {references[name][0]:.2f} % (train {100 * model.score(a, y):.2f} %)")
    worst = 0.0
    for path in results:
        result = json.loads(pathlib.Path(path).read_text())
        ours = 100 * result["accuracy"]
        assert result["kind"] == "linear" and result["images"] == len(ty) and result["classes"] == sorted(set(y) | set(ty))
        differences = {name: ours - value for name, (value, _) in references.items()}
        moved = np.abs(np.array(result["confusion"]) - references["standardised"][1]).sum() / 2
        print(
            f"Lookalike, {result['settings']['solver']}: {ours:.2f} %, "
            + ", ".join(f"{d:+.2f} points to {name}" for name, d in differences.items())
            + f"; {moved:.0f} photos lie in other cells of the confusion matrix"
        )
        worst = max(worst, *(abs(d) for d in differences.values()))
    print(f"largest difference {worst:.2f} points, allowed {POINTS}")
    return 0 if worst <= POINTS else 1


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
