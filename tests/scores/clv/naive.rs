//! BG/NBD against formulas written straight from its story, and against arithmetic of 30 digits.

#![expect(clippy::excessive_precision, reason = "figures as they were computed, in 17 digits")]

use customer_pool::score::clv::{BgNbd, Summary};

use super::data::assert_close;

type Case = (f64, f64, f64, f64);

const ORDINARY: [Case; 4] =
    [(0.243, 4.414, 0.793, 2.426), (1.7, 20.0, 1.4, 1.6), (0.6, 3.0, 2.5, 9.0), (3.0, 8.0, 1.0, 1.0)];

fn model((r, alpha, a, b): Case) -> BgNbd {
    BgNbd::new(r, alpha, a, b).unwrap()
}

/// `∫ f` over a range, by Simpson's rule.
fn simpson(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let n = 4000;
    let step = (to - from) / f64::from(n);
    let inner: f64 = (1..n).map(|i| f(from + step * f64::from(i)) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum();
    (f(from) + inner + f(to)) * step / 3.0
}

/// The mean of `f(p)` over `p ~ Beta(a, b)`: `p` runs through `sin²`-like powers so that the ends of the density are tame.
fn over_beta(a: f64, b: f64, f: impl Fn(f64) -> f64) -> f64 {
    // p = e^y / (1 + e^y) for y in ±, where all is negligible outside.
    let weight = |y: f64| (a * -(-y).exp().ln_1p() - b * y.exp().ln_1p()).exp();
    let (low, high) = (-38.0 / a, 38.0 / b);
    simpson(low, high, |y| weight(y) * f(1.0 / (1.0 + (-y).exp()))) / simpson(low, high, weight)
}

/// The likelihood of buying at given times, told as a story: exponential gaps at a rate `λ`, a coin after each purchase, and
/// after the last one either it fell or there was silence; mixed over `λ ~ Gamma` by its moments.
fn likelihood(case: Case, x: u32, last: f64, age: f64) -> f64 {
    let (r, alpha, a, b) = case;
    // ∫ λ^x e^{−λ s} over the gamma density is Γ(r+x)/Γ(r) α^r / (α+s)^{r+x}.
    let rates = |s: f64| {
        let rising: f64 = (0..x).map(|j| r + f64::from(j)).product();
        rising * (alpha / (alpha + s)).powf(r) / (alpha + s).powi(x as i32)
    };
    let stayed = over_beta(a, b, |p| (1.0 - p).powi(x as i32)) * rates(age);
    let lost = if x > 0 { over_beta(a, b, |p| p * (1.0 - p).powi(x as i32 - 1)) * rates(last) } else { 0.0 };
    stayed + lost
}

fn histories() -> [(u32, f64, f64); 5] {
    [(0, 0.0, 38.86), (1, 0.5, 38.86), (2, 30.43, 38.86), (7, 29.43, 31.0), (12, 10.0, 38.0)]
}

/// Goal: likelihood and P(alive) are those of the model's story. Method: integrals over the distributions.
#[test]
fn likelihood_and_alive_are_the_storys() {
    for case in ORDINARY {
        for (x, last, age) in histories() {
            let customer = Summary::new(x, last, age).unwrap();
            let all = likelihood(case, x, last, age);
            assert_close(model(case).log_likelihood(&customer).exp(), all, 1e-9);
            let (r, alpha, a, b) = case;
            let rising: f64 = (0..x).map(|j| r + f64::from(j)).product();
            let stayed = over_beta(a, b, |p| (1.0 - p).powi(x as i32)) * rising * (alpha / (alpha + age)).powf(r)
                / (alpha + age).powi(x as i32);
            assert_close(model(case).alive(&customer), stayed / all, 1e-9);
            assert_close(model(case).ln_alive(&customer).exp(), stayed / all, 1e-9);
        }
    }
}

/// Goal: the expectation is that of the story. Method: given `p` and gamma-distributed rates, an active customer buys
/// `∫ r' / (α' (1 + p s/α')^{r'+1}) ds`; integrated over time and over `p`.
#[test]
fn expectations_are_the_storys() {
    for case in ORDINARY {
        let (r, alpha, a, b) = case;
        for (x, last, age) in histories() {
            let customer = Summary::new(x, last, age).unwrap();
            let (shape, clock) = (r + f64::from(x), alpha + age);
            let rate = |p: f64, s: f64| shape / clock * (1.0 + p * s / clock).powf(-shape - 1.0);
            for t in [1.0, 26.0, 104.0] {
                let over_time = |p: f64| {
                    let steps = 200;
                    let step = t / f64::from(steps);
                    let inner: f64 =
                        (1..steps).map(|i| rate(p, step * f64::from(i)) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum();
                    (rate(p, 0.0) + inner + rate(p, t)) * step / 3.0
                };
                let active = over_beta(a, b + f64::from(x), over_time);
                assert_close(model(case).expected(&customer, t), model(case).alive(&customer) * active, 1e-6);
            }
        }
    }
}

/// Goal: probabilities add up to 1, and their mean is the expectation; a new customer is one with no history.
/// Method: long lists, for parameters under which large numbers are improbable.
#[test]
fn probabilities_add_up_to_the_expectation() {
    for case in ORDINARY {
        let model = model(case);
        for (x, last, age) in histories() {
            let customer = Summary::new(x, last, age).unwrap();
            let list = model.probabilities(&customer, 26.0, 3000);
            assert_close(list.iter().rev().sum(), 1.0, 1e-13);
            let mean = list.iter().zip(0..).map(|(p, n)| p * f64::from(n)).sum();
            assert_close(mean, model.expected(&customer, 26.0), 1e-11);
        }
        let list = model.probabilities_new(26.0, 3000);
        assert_close(list.iter().zip(0..).map(|(p, n)| p * f64::from(n)).sum(), model.expected_new(26.0), 1e-11);
        let unborn = Summary::new(0, 0.0, 0.0).unwrap();
        assert_eq!(model.probabilities(&unborn, 26.0, 20), model.probabilities_new(26.0, 20));
        assert_eq!(model.probabilities_new(0.0, 2), [1.0, 0.0, 0.0]);
        assert_eq!(model.probabilities_new(f64::NAN, 1), [1.0, 0.0]);
    }
}

/// Goal: numbers of purchases to 1e-10. Method: the formula of the paper in 30 digits (mpmath), where they are improbable and
/// where the time is long.
#[test]
fn probabilities_are_the_papers() {
    let close_to_none = (0.723578, 9.367102, 7.5e-5, 1867.8);
    for (case, t, known) in [
        (
            ORDINARY[0],
            39.0,
            [
                0.57378635209600940,
                0.19939528083591146,
                0.045860353847999725,
                3.9869209414220939e-4,
                9.1458756711653871e-7,
            ],
        ),
        (
            (3.0, 8.0, 0.5, 1.0),
            52.0,
            [
                0.0023703703703703704,
                0.33665185185185185,
                0.081780235939643347,
                0.0081452152699223244,
                1.0249581334710558e-4,
            ],
        ),
        (
            close_to_none,
            520.0,
            [
                0.053973623851182597,
                0.038363104077150733,
                0.028961836775762878,
                0.013006985285459204,
                0.0047161264460339333,
            ],
        ),
        (
            ORDINARY[0],
            1e5,
            [
                0.087435862362477664,
                0.24082202570929850,
                0.086778758752237672,
                0.0053427833488366155,
                7.8254268528538838e-4,
            ],
        ),
    ] {
        let list = model(case).probabilities_new(t, 60);
        for (n, known) in [0, 1, 3, 20, 60].into_iter().zip(known) {
            assert_close(list[n], known, 1e-12);
        }
    }
}

/// Goal: discounted residual transactions to 1e-10. Method: `∫ e^{−δt}` of the rate of purchases, which is a `2F1`, in 30
/// digits (mpmath).
#[test]
fn residual_transactions_are_the_integral() {
    let cd = ORDINARY[0];
    let close_to_none = (0.723578, 9.367102, 7.5e-5, 1867.8);
    for (case, x, last, age, known) in [
        (cd, 2, 30.43, 38.86, [5.1796265728290829, 0.34228104611056908, 78.789612262593489]),
        (cd, 0, 0.0, 38.86, [1.0210749982018943, 0.052826472509730695, 26.577375275143010]),
        (cd, 29, 38.86, 38.86, [71.962633328405738, 5.7402654109325677, 916.40978204736911]),
        ((1.7, 20.0, 0.4, 0.6), 7, 29.43, 31.0, [29.062526858779552, 1.46294124578758053, 4142.2929801039711]),
        ((3.0, 8.0, 0.5, 1.0), 1, 0.5, 38.86, [0.022284315308213903, 0.0015757069367196686, 1.4351890737978283]),
        (close_to_none, 26, 30.86, 31.0, [247.16539052656467, 6.6201357721199049, 661749.85366028164]),
    ] {
        let customer = Summary::new(x, last, age).unwrap();
        for (rate, known) in [0.0026784, 0.1, 1e-6].into_iter().zip(known) {
            assert_close(model(case).residual(&customer, rate).unwrap(), known, 1e-11);
        }
    }
    let unborn = Summary::new(0, 0.0, 0.0).unwrap();
    assert_eq!(model(cd).residual(&unborn, 0.01), model(cd).residual_new(0.01));
    assert!(model(cd).residual_new(0.0).is_err() && model(cd).residual_new(f64::NAN).is_err());
}
