//! Nothing that is not finite, over the whole range of parameters and of histories.
//!
//! `SCORE_DRAWS` says how many are drawn.

use customer_pool::score::clv::{
    BgNbd, GammaGamma, Horizon, Month, Nbd, Poisson, Purchasing, Seeded, Spending, Summary,
};

fn draws() -> u64 {
    std::env::var("SCORE_DRAWS").map_or(20_000, |draws| draws.parse().expect("SCORE_DRAWS is a number"))
}

/// Draws over many magnitudes, ends included.
struct Draw(Seeded);

impl Draw {
    fn below(&mut self, n: u64) -> u64 {
        self.0.next_u64() % n
    }

    fn power(&mut self, low: f64, high: f64) -> f64 {
        10_f64.powf(low + (high - low) * self.0.uniform())
    }

    /// A parameter: an end of the range, any, or one that may occur.
    fn parameter(&mut self) -> f64 {
        match self.below(10) {
            0 => 1e-100,
            1 => 1e100,
            2..=6 => self.power(-100.0, 100.0).clamp(1e-100, 1e100),
            _ => self.power(-4.0, 4.0),
        }
    }

    /// A positive time.
    fn time(&mut self) -> f64 {
        match self.below(12) {
            0 => f64::MAX,
            1 => 5e-324,
            2 => f64::MIN_POSITIVE,
            3..=7 => self.power(-323.0, 308.25).clamp(5e-324, f64::MAX),
            _ => self.power(-3.0, 5.0),
        }
    }

    fn repeats(&mut self) -> u32 {
        match self.below(10) {
            0 => 0,
            1 => 1,
            2 => u32::MAX,
            3..=6 => self.power(0.0, 9.6) as u32,
            _ => self.power(0.0, 2.0) as u32,
        }
    }

    fn history(&mut self) -> Summary {
        let (x, age) = (self.repeats(), self.time());
        let last = match self.below(6) {
            0 => 0.0,
            1 => age,
            2 => 5e-324,
            3 => self.time().min(age),
            _ => age * self.0.uniform(),
        };
        match self.below(20) {
            0 => Summary::new(0, 0.0, 0.0),
            _ => Summary::new(x, if x > 0 { last } else { 0.0 }, age),
        }
        .unwrap()
    }

    /// A time to predict for, also one that is none.
    fn horizon(&mut self) -> f64 {
        match self.below(20) {
            0 => f64::INFINITY,
            1 => 0.0,
            2 => f64::NAN,
            _ => self.time(),
        }
    }

    fn values_over(&mut self) -> Horizon {
        let months = match self.below(4) {
            0 => 1 + u32::try_from(self.below(1_200)).unwrap(),
            _ => 1 + u32::try_from(self.below(24)).unwrap(),
        };
        let horizon = Horizon::new(months).unwrap().with_month(Month::ThirtyDays);
        let horizon = horizon.with_days_per_unit(self.power(-9.0, 9.0).clamp(1e-9, 1e9)).unwrap();
        let rate = if self.below(4) == 0 { 0.0 } else { self.power(-9.0, 4.0).min(1e4) };
        horizon.with_monthly_rate(rate).unwrap().with_margin(self.power(-300.0, 300.0)).unwrap()
    }
}

fn number(value: f64) -> bool {
    value.is_finite()
}

fn count(value: f64) -> bool {
    value.is_finite() && value >= 0.0
}

fn share(value: f64) -> bool {
    (0.0..=1.0).contains(&value)
}

/// What every model says, as it should be.
fn predictions(model: &(impl Purchasing + core::fmt::Debug), customer: &Summary, draw: &mut Draw, at: u64) {
    let t = draw.horizon();
    let what = || format!("draw {at}: {model:?} {customer:?} {t:e}");
    assert!(share(model.alive(customer)), "alive of {}: {}", what(), model.alive(customer));
    assert!(count(model.expected(customer, t)), "expected of {}: {}", what(), model.expected(customer, t));
    assert!(count(model.expected_new(t)), "expected_new of {}: {}", what(), model.expected_new(t));
    if draw.below(8) == 0 {
        let each = model.expected_each(&[*customer; 2], t);
        assert!(each.into_iter().all(count), "expected_each of {}", what());
        let few = model.probabilities_new(t, 3);
        assert!(few.iter().copied().all(share), "probabilities_new of {}: {few:?}", what());
        let horizon = draw.values_over();
        let (bought, discounted) = (horizon.purchases(model, customer), horizon.discounted_purchases(model, customer));
        assert!(count(bought) && count(discounted), "{bought} and {discounted} of {} {horizon:?}", what());
        assert!(discounted <= bought * (1.0 + 1e-9), "{discounted} of {bought}: {} {horizon:?}", what());
        let spending = draw.power(-300.0, 300.0);
        if let Ok(clv) = horizon.clv(model, customer, Ok(spending)) {
            assert!(count(clv.value()), "{clv:?} of {}", what());
        }
    }
}

/// Goal: BG/NBD has an answer to everything it accepts. Method: all that it says, of drawn models and histories.
#[test]
fn bg_nbd_is_finite_over_the_whole_range() {
    let mut draw = Draw(Seeded::new(1));
    for at in 0..draws() {
        let [r, alpha, a, b] = [(); 4].map(|()| draw.parameter());
        let model = BgNbd::new(r, alpha, a, b).unwrap();
        let customer = draw.history();
        let what = || format!("draw {at}: {model:?} {customer:?}");
        let ll = model.log_likelihood(&customer);
        assert!(number(ll), "likelihood of {}: {ll}", what());
        let ln_alive = model.ln_alive(&customer);
        assert!(number(ln_alive) && ln_alive <= 0.0, "ln_alive of {}: {ln_alive}", what());
        predictions(&model, &customer, &mut draw, at);
        if draw.below(16) == 0 {
            let t = draw.horizon();
            let few = model.probabilities(&customer, t, 3);
            assert!(few.iter().copied().all(share), "probabilities of {} {t:e}: {few:?}", what());
            let rate = draw.parameter();
            let residual = model.residual(&customer, rate).unwrap();
            assert!(count(residual), "residual of {} {rate:e}: {residual}", what());
            assert!(count(model.residual_new(rate).unwrap()), "residual_new of {} {rate:e}", what());
        }
    }
}

/// Goal: NBD and the Poisson process have an answer to everything they accept. Method: the same.
#[test]
fn nbd_and_the_poisson_process_are_finite_over_the_whole_range() {
    let mut draw = Draw(Seeded::new(2));
    for at in 0..draws() {
        let model = Nbd::new(draw.parameter(), draw.parameter()).unwrap();
        let customer = draw.history();
        assert!(number(model.log_likelihood(&customer)), "draw {at}: {model:?} {customer:?}");
        let process = Poisson::new(draw.parameter()).unwrap();
        assert!(number(process.log_likelihood(&customer)), "draw {at}: {process:?} {customer:?}");
        predictions(&model, &customer, &mut draw, at);
        let t = draw.horizon();
        let few = model.probabilities(&customer, t, 3);
        assert!(few.iter().copied().all(share), "draw {at}: {model:?} {customer:?} {t:e}: {few:?}");
    }
}

/// Goal: an expected spend is a number or refused, and lies within the numbers. Method: drawn models and means.
#[test]
fn spending_is_finite_over_the_whole_range() {
    let mut draw = Draw(Seeded::new(3));
    let mut known = 0_u64;
    for at in 0..draws() {
        let model = GammaGamma::new(draw.parameter(), draw.parameter(), draw.parameter()).unwrap();
        let mean = if draw.below(20) == 0 { -draw.time() } else { draw.time() };
        let customer = Spending::new(draw.repeats(), mean).unwrap();
        for expected in [model.expected(&customer), model.expected_new()].into_iter().flatten() {
            known += 1;
            assert!(count(expected), "draw {at}: {model:?} {customer:?}: {expected}");
        }
        if let Some(ll) = model.log_likelihood(&customer) {
            assert!(number(ll), "draw {at}: {model:?} {customer:?}: {ll}");
        }
    }
    assert!(known > draws() / 2, "{known} of {}", 2 * draws());
}
