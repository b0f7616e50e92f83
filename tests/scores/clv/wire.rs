//! Models and fits on the wire.

use customer_pool::score::clv::{BgNbd, Fit, Fitted, Nbd, ParameterError, Seeded, Summaries};

use super::data::terms;

fn fit() -> Fit<BgNbd> {
    let truth = BgNbd::new(0.243, 4.414, 0.793, 2.426).unwrap();
    let customers: Summaries = truth.simulate(&[39.0; 3000], &mut Seeded::new(4)).unwrap().into_iter().collect();
    BgNbd::fit(&customers, &terms())
}

/// Goal: the wire form is as it is. Method: a model by hand, texts in and out.
#[test]
fn a_model_is_four_numbers() {
    let model = BgNbd::new(0.24259452243015706, 4.413602019013503, 0.7929220172256003, 2.4259067768263427).unwrap();
    let wire =
        r#"{"r":"0.24259452243015706","alpha":"4.413602019013503","a":"0.7929220172256003","b":"2.4259067768263427"}"#;
    assert_eq!(serde_json::to_string(&model).unwrap(), wire);
    assert_eq!(serde_json::from_str::<BgNbd>(wire).unwrap(), model);
    assert_eq!(serde_json::from_str::<Nbd>(r#"{"r":"0.5","alpha":"2e1"}"#).unwrap(), Nbd::new(0.5, 20.0).unwrap());
    for (wire, problem) in [
        (r#"{"r":"0","alpha":"1","a":"1","b":"1"}"#, "parameter `r` is 0e0"),
        (r#"{"r":"1","alpha":"NaN","a":"1","b":"1"}"#, "`NaN` is no number"),
        (r#"{"r":"1","alpha":"inf","a":"1","b":"1"}"#, "`inf` is no number"),
        (r#"{"r":1,"alpha":"1","a":"1","b":"1"}"#, "expected a string"),
        (r#"{"r":"1","alpha":"1","a":"1","b":"1","c":"1"}"#, "unknown field `c`"),
        (r#"{"r":"1","alpha":"1","a":"1"}"#, "missing field `b`"),
    ] {
        let error = serde_json::from_str::<BgNbd>(wire).unwrap_err().to_string();
        assert!(error.contains(problem), "{wire}: {error}");
    }
    let refused: ParameterError = BgNbd::new(1.0, -1.0, 1.0, 1.0).unwrap_err();
    assert_eq!((refused.name(), refused.value()), ("alpha", -1.0));
}

/// Goal: a fit comes back as it went, to the bit. Method: a simulated fit; what is in its wire form.
#[test]
fn a_fit_comes_back_to_the_bit() {
    let fit = fit();
    let wire = serde_json::to_value(&fit).unwrap();
    assert_eq!(serde_json::from_value::<Fit<BgNbd>>(wire.clone()).unwrap(), fit);
    let fitted = fit.converged().unwrap();
    let wire_of_fitted = serde_json::to_value(fitted).unwrap();
    assert_eq!(wire["converged"], wire_of_fitted);
    assert_eq!(serde_json::from_value::<Fitted<BgNbd>>(wire_of_fitted.clone()).unwrap(), *fitted);
    let evidence = &wire_of_fitted["evidence"];
    assert_eq!((evidence["unit"].as_str(), evidence["fitted_on"].as_str()), (Some("week"), Some("1997-09-30")));
    assert_eq!(
        (evidence["customers"].as_u64(), evidence["standard_errors"].as_array().map(Vec::len)),
        (Some(3000), Some(4))
    );
    let keys: Vec<&str> = evidence.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = [
        "unit",
        "fitted_on",
        "customers",
        "repeat_customers",
        "repeats",
        "log_likelihood",
        "standard_errors",
        "gradient",
    ];
    expected.sort_unstable();
    assert_eq!(keys, expected);
}

/// Goal: equal data give equal bytes. Method: the same fit twice.
#[test]
fn a_fit_is_the_same_twice() {
    assert_eq!(serde_json::to_string(&fit()).unwrap(), serde_json::to_string(&fit()).unwrap());
}
