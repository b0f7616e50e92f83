"""W2 beside lifetimes, numpy, polars and duckdb: one run, one machine, the same files.

    python3 -m venv target/w2 && target/w2/bin/pip install -r benches/peers/w2-requirements.txt
    target/w2/bin/python benches/peers/w2.py            # a million customers, held to the bars
    target/w2/bin/python benches/peers/w2.py --small    # only holds all to the same answers

What lifetimes says on the shared data prints compare.py.

Every engine may use two threads. Each part is measured several times, and the fastest counts.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import warnings

warnings.filterwarnings("ignore")
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ[name] = "2"

import duckdb  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402
from lifetimes import BetaGeoFitter, GammaGammaFitter, ParetoNBDFitter  # noqa: E402
from lifetimes.utils import _customer_lifetime_value  # noqa: E402

# Rounds of what takes milliseconds.
EACH = 20

ROOT = pathlib.Path(__file__).resolve().parents[2]


def least(rounds, work):
    best, made = float("inf"), None
    for _ in range(rounds):
        start = time.perf_counter()
        made = work()
        best = min(best, time.perf_counter() - start)
    return best, made


def columns(folder, name):
    x = np.fromfile(folder / f"{name}.x", dtype="<u4").astype(np.float64)
    return x, np.fromfile(folder / f"{name}.t_x"), np.fromfile(folder / f"{name}.T")


def lifetimes_engine(folder, rounds):
    told = {}
    for name in ("days", "times"):
        x, last, age = columns(folder, name)
        took, model = least(rounds, lambda: BetaGeoFitter(penalizer_coef=0.0).fit(x, last, age))
        told[f"bg_{name}_fit"] = took
        told[f"bg_{name}_parameters"] = [float(model.params_[p]) for p in ("r", "alpha", "a", "b")]
        took, expected = least(rounds, lambda: model.conditional_expected_number_of_purchases_up_to_time(52, x, last, age))
        told[f"bg_{name}_expectation_rows"] = took
        told[f"bg_{name}_expectation_sum"] = float(np.sum(expected))
        if name == "days":
            money = np.fromfile(folder / "days.m_x")
            some = x > 0
            took, spends = least(rounds, lambda: GammaGammaFitter(penalizer_coef=0.0).fit(x[some], money[some]))
            told["gg_fit"] = took
            told["gg_parameters"] = [float(spends.params_[p]) for p in ("p", "q", "v")]
            series = [pd.Series(column) for column in (x, last, age, money)]

            def value():
                x, last, age, money = series
                spent = spends.conditional_expected_average_profit(x, money)
                return _customer_lifetime_value(model, x, last, age, spent, time=12, discount_rate=0.01, freq="W")

            took, clv = least(1, value)
            told["clv_12_months"] = took
            told["clv_sum"] = float(clv.sum())
    x, last, age = columns(folder, "pareto")
    took, model = least(1, lambda: ParetoNBDFitter(penalizer_coef=0.0).fit(x, last, age))
    told["pareto_fit"] = took
    told["pareto_parameters"] = [float(model.params_[p]) for p in ("r", "alpha", "s", "beta")]
    x, last, age = columns(folder, "apart")
    took, model = least(1, lambda: ParetoNBDFitter(penalizer_coef=0.0).fit(x, last, age))
    told["apart_fit"] = took
    told["apart_parameters"] = [float(model.params_[p]) for p in ("r", "alpha", "s", "beta")]
    # Many short rounds, as it takes some milliseconds; of ours there are as many.
    took, alive = least(EACH, lambda: model.conditional_probability_alive(x, last, age))
    told["apart_alive"], told["apart_alive_sum"] = took, float(np.sum(alive))
    took, expected = least(EACH, lambda: model.conditional_expected_number_of_purchases_up_to_time(39, x, last, age))
    told["apart_expectation"], told["apart_expectation_sum"] = took, float(np.sum(expected))
    model = BetaGeoFitter(penalizer_coef=0.0)
    model.params_ = pd.Series({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    took, alive = least(EACH, lambda: model.conditional_probability_alive(x, last, age))
    told["apart_bg_alive"], told["apart_bg_alive_sum"] = took, float(np.sum(alive))
    took, expected = least(EACH, lambda: model.conditional_expected_number_of_purchases_up_to_time(39, x, last, age))
    told["apart_bg_expectation"], told["apart_bg_expectation_sum"] = took, float(np.sum(expected))
    return told


def rfm_columns(folder, name):
    recency = np.fromfile(folder / "rfm.recency", dtype="<u4")
    orders = np.fromfile(folder / "rfm.orders", dtype="<u4")
    return recency, orders, np.fromfile(folder / f"rfm.{name}", dtype="<i8")


def check(codes):
    codes = np.asarray(codes).astype(np.uint64)
    return int(np.sum((np.arange(len(codes), dtype=np.uint64) % np.uint64(97) + np.uint64(1)) * codes))


def numpy_rfm(columns):
    def classes(values):
        ranks = [(len(values) - 1) * j // 5 for j in range(1, 5)]
        cuts = np.partition(values, ranks)[ranks]
        return np.searchsorted(cuts, values, side="left")

    recency, orders, money = (classes(column).astype(np.uint16) for column in columns)
    return 100 * (5 - recency) + 10 * (1 + orders) + (1 + money)


def polars_rfm(frame):
    def classes(column):
        cuts = [pl.col(column).sort().gather((frame.height - 1) * j // 5).first() for j in range(1, 5)]
        return sum((pl.col(column) > cut).cast(pl.UInt16) for cut in cuts)

    r, f, m = (classes(column) for column in ("recency", "orders", "money"))
    return frame.lazy().select(code=100 * (5 - r) + 10 * (1 + f) + (1 + m)).collect()["code"]


DUCKDB = """
WITH cuts AS (
  SELECT quantile_disc(recency, [0.2, 0.4, 0.6, 0.8]) AS r, quantile_disc(orders, [0.2, 0.4, 0.6, 0.8]) AS f,
         quantile_disc(money, [0.2, 0.4, 0.6, 0.8]) AS m FROM rows
)
SELECT 100 * (5 - ((recency > r[1])::INT + (recency > r[2])::INT + (recency > r[3])::INT + (recency > r[4])::INT))
     + 10 * (1 + (orders > f[1])::INT + (orders > f[2])::INT + (orders > f[3])::INT + (orders > f[4])::INT)
     + 1 + (money > m[1])::INT + (money > m[2])::INT + (money > m[3])::INT + (money > m[4])::INT AS code
FROM rows, cuts
"""


def rfm_engines(folder, rounds):
    told = {}
    for name in ("cents", "wide"):
        three = rfm_columns(folder, name)
        named = dict(zip(("recency", "orders", "money"), three))
        frame, table = pl.DataFrame(named), pd.DataFrame(named)
        base = duckdb.connect()
        base.execute("SET threads = 2")
        base.register("table_of_rows", table)
        base.execute("CREATE TABLE rows AS SELECT * FROM table_of_rows")
        engines = {
            "numpy": lambda: numpy_rfm(three),
            "polars": lambda: polars_rfm(frame),
            "duckdb": lambda: base.execute(DUCKDB).fetchnumpy()["code"],
        }
        for engine, work in engines.items():
            took, codes = least(rounds, work)
            told[f"{engine}_{name}"] = took
            told[f"{engine}_{name}_check"] = check(codes)
    return told


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", action="store_true", help="20,000 customers, no bars")
    parser.add_argument("--folder", type=pathlib.Path, help="keep the columns here")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    folder = arguments.folder or pathlib.Path(tempfile.mkdtemp())
    # Small, nothing is measured: the build without features is there already.
    features = [] if arguments.small else ["--features", "rayon1"]
    cargo = ["cargo", "run", "--quiet", "--locked", "--release", *features, "--example", "w2", "--"]
    customers = "20000" if arguments.small else "1000000"
    if not (folder / "rfm.wide").exists():
        subprocess.run([*cargo, "write", str(folder), "--customers", customers], check=True, cwd=ROOT)
    rounds = 1 if arguments.small else arguments.rounds
    ours = json.loads(
        subprocess.run([*cargo, "run", str(folder), "--rounds", str(rounds + 2)], check=True, cwd=ROOT, capture_output=True).stdout
    )
    theirs = lifetimes_engine(folder, min(rounds, 2))
    rfm = rfm_engines(folder, rounds)
    ours_again = json.loads(
        subprocess.run([*cargo, "run", str(folder), "--rounds", str(rounds + 2)], check=True, cwd=ROOT, capture_output=True).stdout
    )
    # Before and after the others, so that a machine that slows down does so for all.
    ours = {key: min(value, ours_again[key]) if isinstance(value, float) else value for key, value in ours.items()}
    failed = []

    def line(what, us, them, factor=None, most=None):
        held = (factor is None or them >= factor * us) and (most is None or us <= most)
        wanted = ", ".join(w for w in (f"{factor} x wanted" if factor else "", f"{most} s at most" if most else "") if w)
        print(f"{what:66} {us:9.4f} s  {them:9.4f} s  {them / us:7.1f} x  {wanted}{'' if held else '  NOT REACHED'}")
        if not held:
            failed.append(what)

    print(f"{'':66} {'ours':>11} {'others':>12} {'ratio':>10}")
    together = ours["bg_days_grouping"] + ours["bg_days_fit"]
    groups = ours["bg_days_groups"]
    print(f"BG/NBD on whole days: grouping {ours['bg_days_grouping']:.4f} s, fit {ours['bg_days_fit']:.4f} s, {groups} distinct rows")
    line("BG/NBD fit, grouping included, lifetimes", together, theirs["bg_days_fit"], 40, 0.15)
    apart = ours["bg_times_grouping"] + ours["bg_times_fit"]
    line("BG/NBD fit without equal rows, lifetimes", apart, theirs["bg_times_fit"], 10)
    line("52-week expectation, distinct rows, lifetimes", ours["bg_times_expectation_rows"], theirs["bg_times_expectation_rows"], 4)
    line("52-week expectation, grouped, lifetimes", ours["bg_days_expectation_groups"], theirs["bg_days_expectation_rows"], 10)
    line("Gamma-Gamma fit, lifetimes", ours["gg_fit"], theirs["gg_fit"])
    line("12-month CLV, lifetimes", ours["clv_12_months"], theirs["clv_12_months"], 20)
    line("Pareto/NBD fit on a tenth, lifetimes", ours["pareto_fit"], theirs["pareto_fit"], 20)
    line("Pareto/NBD fit, 23,570 rows of which no two are equal, lifetimes", ours["apart_fit"], theirs["apart_fit"], 20)
    line("Pareto/NBD P(alive) of each of them, lifetimes", ours["apart_alive"], theirs["apart_alive"], 2)
    line("Pareto/NBD 39-week expectation of each, lifetimes", ours["apart_expectation"], theirs["apart_expectation"], 2)
    line("BG/NBD P(alive) of each of them, lifetimes", ours["apart_bg_alive"], theirs["apart_bg_alive"], 2)
    line("BG/NBD 39-week expectation of each, lifetimes", ours["apart_bg_expectation"], theirs["apart_bg_expectation"], 5)
    held = ours["daily_fit"] <= 2.0
    print(f"Pareto/NBD fit, near-daily buyers: {ours['daily_fit']:.4f} s, 2.0 s at most{'' if held else '  NOT REACHED'}")
    if not held:
        failed.append("near-daily buyers")
    for name, most in (("cents", 0.10), ("wide", 0.25)):
        fastest = min(("numpy", "polars", "duckdb"), key=lambda engine: rfm[f"{engine}_{name}"])
        for engine in ("numpy", "polars", "duckdb"):
            bars = (3, most) if engine == fastest else (None, None)
            line(f"RFM on ten times the rows, {name}, {engine}", ours[f"rfm_{name}"], rfm[f"{engine}_{name}"], *bars)
    print(f"{ours['bytes_per_customer']} bytes are held for a customer of an order log, beside its id")
    for name in ("bg_days", "bg_times", "gg", "pareto", "apart"):
        pairs = zip(ours[f"{name}_parameters"], theirs[f"{name}_parameters"])
        apart = max(abs(a / b - 1) for a, b in pairs)
        print(f"{name}: parameters agree to {apart:.1e}")
    for name in ("bg_days_expectation_sum", "bg_times_expectation_sum", "clv_sum", "apart_alive_sum", "apart_expectation_sum", "apart_bg_alive_sum", "apart_bg_expectation_sum"):
        print(f"{name}: {ours[name]:.6f} and {theirs[name]:.6f}")
    for name in ("cents", "wide"):
        same = [engine for engine in ("numpy", "polars", "duckdb") if rfm[f"{engine}_{name}_check"] == ours[f"rfm_{name}_check"]]
        print(f"RFM codes of {name}: the same as ours from {', '.join(same) or 'nobody'}")
        if "numpy" not in same or "polars" not in same:
            failed.append(f"codes of {name}")
    if failed and not arguments.small:
        sys.exit("not reached: " + "; ".join(failed))
    if any(what.startswith("codes") for what in failed):
        sys.exit("codes differ")


if __name__ == "__main__":
    main()
