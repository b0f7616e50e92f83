"""What lifetimes 0.11.3 says on the shared data, beside the reference answers: the numbers of docs/scoring.md.

    target/w2/bin/python benches/peers/compare.py ../shared/data
"""

import csv
import json
import pathlib
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
from lifetimes import BetaGeoFitter, GammaGammaFitter, ParetoNBDFitter  # noqa: E402


def column(rows, name):
    return np.array([float(row[name]) for row in rows])


def read(path):
    with open(path) as file:
        return list(csv.DictReader(file))


def farthest(found, known):
    return max(abs(found[name] / known[name] - 1) for name in known)


def fits(folder):
    known = json.load(open(folder / "cdnow_mle.json"))
    rows = read(folder / "cdnow_summary.csv")
    x, last, age, mean = (column(rows, name) for name in ("x", "t_x", "T", "m_x"))
    for name, fitter in (("bgnbd", BetaGeoFitter), ("pnbd", ParetoNBDFitter)):
        model = fitter(penalizer_coef=0.0).fit(x, last, age)
        found = dict(model.params_)
        print(f"CDNOW {name}: {found}, farthest parameter {farthest(found, known[name]['params']):.1e}")
    spends = GammaGammaFitter(penalizer_coef=0.0).fit(x[(x > 0) & (mean > 0)], mean[(x > 0) & (mean > 0)])
    print(f"CDNOW gg: {dict(spends.params_)}, farthest parameter {farthest(dict(spends.params_), known['gg']['params']):.1e}")
    rows = read(folder / "retail_summary.csv")
    x, last, age = (column(rows, name) for name in ("x", "t_x", "T"))
    for name, fitter in (("bgnbd", BetaGeoFitter), ("pnbd", ParetoNBDFitter)):
        try:
            model = fitter(penalizer_coef=0.0).fit(x, last, age)
            print(f"retail {name}: {dict(model.params_)}")
        except Exception as error:  # its own class for a search that did not converge
            print(f"retail {name}: {type(error).__name__}")


def hard_cases(folder):
    rows = read(folder / "extremes.csv")
    times = [name for name in rows[0] if name.startswith("ey_")]
    for name, fitter, names in (
        ("bgnbd", BetaGeoFitter, ("r", "alpha", "a", "b")),
        ("pnbd", ParetoNBDFitter, ("r", "alpha", "s", "beta")),
    ):
        none, wrong, right = 0, 0, 0
        for row in (row for row in rows if row["model"] == name):
            model = fitter()
            model.params_ = dict(zip(names, (float(row[p]) for p in ("p1", "p2", "p3", "p4"))))
            model._scale = 1.0
            x, last, age = (float(row[part]) for part in ("x", "t_x", "T"))
            asked = [("palive", lambda: model.conditional_probability_alive(x, last, age))]
            for column_name in times:
                t = float(column_name[3:])
                asked.append((column_name, lambda t=t: model.conditional_expected_number_of_purchases_up_to_time(t, x, last, age)))
            for what, ask in asked:
                known = float(row[what])
                try:
                    found = float(np.ravel(ask())[0])
                except Exception:
                    found = float("nan")
                if not np.isfinite(found):
                    none += 1
                elif abs(known) >= sys.float_info.min and abs(found / known - 1) > 1e-6:
                    wrong += 1
                else:
                    right += 1
        print(f"hard cases {name}: {right} right to six digits, {wrong} wrong, {none} no number")


if __name__ == "__main__":
    data = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data") / "clv"
    fits(data)
    hard_cases(data)
