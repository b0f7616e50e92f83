//! Pictures: drawn by a library, into an SVG file.

use std::path::Path;

use customer_pool::score::rfm::{CellReport, Segments};
use plotters::prelude::*;

use crate::{Exit, Stop, tell};

type Drawn = Result<String, Box<dyn std::error::Error>>;

const BLUE_TONE: RGBColor = RGBColor(31, 97, 156);
const ORANGE_TONE: RGBColor = RGBColor(222, 127, 37);

/// A pair of bars.
pub struct Bar {
    pub name: String,
    pub customers: u64,
    pub actual: f64,
    pub expected: f64,
}

/// Writes a picture.
pub fn save(path: &Path, picture: Drawn) -> Result<(), Stop> {
    let saved = picture.and_then(|text| Ok(std::fs::write(path, text)?));
    saved.map_err(|error| {
        tell(format_args!("{}: {error}", path.display()));
        Stop::Told(Exit::FileUnreadable)
    })
}

fn svg(
    size: (u32, u32),
    draw: impl FnOnce(&DrawingArea<SVGBackend<'_>, plotters::coord::Shift>) -> Result<(), Box<dyn std::error::Error>>,
) -> Drawn {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        area.fill(&WHITE)?;
        draw(&area)?;
        area.present()?;
    }
    Ok(text)
}

/// Customers by recency and frequency as a heat map, and the segments by size.
pub fn rfm(report: &CellReport, segments: &Segments, classes: u8) -> Drawn {
    let classes = i32::from(classes);
    let mut cells = vec![vec![0_u64; classes as usize + 1]; classes as usize + 1];
    for (code, cell) in &report.codes {
        let digits: Vec<usize> = if code.contains('.') {
            code.split('.').filter_map(|class| class.parse().ok()).collect()
        } else {
            code.chars().filter_map(|digit| digit.to_digit(10)).map(|digit| digit as usize).collect()
        };
        if let Some(count) = digits.get(1).zip(digits.first()).and_then(|(f, r)| cells.get_mut(*f)?.get_mut(*r)) {
            *count += cell.customers;
        }
    }
    let most = cells.iter().flatten().copied().max().unwrap_or(0).max(1);
    svg((1100, 520), |area| {
        let (left, right) = area.split_horizontally(520);
        let mut map = ChartBuilder::on(&left)
            .caption("Customers by recency and frequency", ("sans-serif", 20))
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(52)
            .build_cartesian_2d((1..classes).into_segmented(), (1..classes).into_segmented())?;
        map.configure_mesh().disable_mesh().x_desc("class of recency").y_desc("class of frequency").draw()?;
        for f in 1..=classes {
            for r in 1..=classes {
                let count = cells[f as usize][r as usize];
                let share = count as f64 / most as f64;
                let tone = |full: u8| (255.0 - share.sqrt() * f64::from(255 - full)) as u8;
                let color = RGBColor(tone(31), tone(97), tone(156));
                let corner = [
                    (SegmentValue::Exact(r), SegmentValue::Exact(f)),
                    (SegmentValue::Exact(r + 1), SegmentValue::Exact(f + 1)),
                ];
                map.draw_series([Rectangle::new(corner, color.filled())])?;
                let ink = if share > 0.35 { WHITE } else { BLACK };
                let style = ("sans-serif", 16).into_font().color(&ink).pos(plotters::style::text_anchor::Pos::new(
                    plotters::style::text_anchor::HPos::Center,
                    plotters::style::text_anchor::VPos::Center,
                ));
                let place = (SegmentValue::CenterOf(r), SegmentValue::CenterOf(f));
                map.draw_series([Text::new(count.to_string(), place, style)])?;
            }
        }
        // The first segment of the table stands at the top.
        let size = |id: &str| report.segments.get(id).map_or(0, |cell| cell.customers);
        let sizes: Vec<(String, u64)> = segments
            .segments()
            .iter()
            .rev()
            .map(|segment| (segment.name().to_owned(), size(segment.id().as_str())))
            .collect();
        let largest = sizes.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
        let last = sizes.len() as i32 - 1;
        let mut bars = ChartBuilder::on(&right)
            .caption("Customers by segment", ("sans-serif", 20))
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(150)
            .build_cartesian_2d(0..largest + largest / 8 + 1, (0..last).into_segmented())?;
        let name = |value: &SegmentValue<i32>| match value {
            SegmentValue::CenterOf(at) | SegmentValue::Exact(at) => {
                sizes.get(*at as usize).map_or_else(String::new, |(name, _)| name.clone())
            }
            SegmentValue::Last => String::new(),
        };
        bars.configure_mesh()
            .disable_y_mesh()
            .x_desc("customers")
            .y_labels(sizes.len())
            .y_label_formatter(&name)
            .draw()?;
        for (at, (_, count)) in sizes.iter().enumerate() {
            let at = at as i32;
            let mut bar = Rectangle::new(
                [(0, SegmentValue::Exact(at)), (*count, SegmentValue::Exact(at + 1))],
                BLUE_TONE.filled(),
            );
            bar.set_margin(3, 3, 0, 0);
            bars.draw_series([bar])?;
        }
        Ok(())
    })
}

/// Name, color, value, and whether it is the left one of a pair.
type Series = (&'static str, RGBColor, fn(&Bar) -> f64, bool);

/// Pairs of bars: what was, and what was expected.
pub fn bars(title: &str, rows: &[Bar]) -> Drawn {
    let most = rows.iter().flat_map(|row| [row.actual, row.expected]).fold(0.0, f64::max).max(1e-9);
    let last = rows.len().saturating_sub(1) as i32;
    svg((820, 480), |area| {
        let mut chart = ChartBuilder::on(area)
            .caption(title, ("sans-serif", 20))
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(60)
            .build_cartesian_2d((0..last.max(1)).into_segmented(), 0.0..most * 1.1)?;
        let name = |value: &SegmentValue<i32>| match value {
            SegmentValue::CenterOf(at) | SegmentValue::Exact(at) => {
                rows.get(*at as usize).map_or_else(String::new, |row| row.name.clone())
            }
            SegmentValue::Last => String::new(),
        };
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_desc("repeat purchases")
            .x_labels(rows.len())
            .x_label_formatter(&name)
            .draw()?;
        let values: [Series; 2] =
            [("actual", BLUE_TONE, |row| row.actual, true), ("expected", ORANGE_TONE, |row| row.expected, false)];
        // The width of the chart less its margins and labels.
        let wide = 736 / (rows.len().max(1) as u32);
        for (name, color, value, left) in values {
            let series = rows.iter().enumerate().map(|(at, row)| {
                let at = at as i32;
                let corner = [(SegmentValue::Exact(at), 0.0), (SegmentValue::Exact(at + 1), value(row))];
                let mut bar = Rectangle::new(corner, color.filled());
                let (near, far) = (wide / 8, wide / 2);
                let (from, to) = if left { (near, far) } else { (far, near) };
                bar.set_margin(0, 0, from, to);
                bar
            });
            chart
                .draw_series(series)?
                .label(name)
                .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 12, y + 5)], color.filled()));
        }
        chart.configure_series_labels().background_style(WHITE).border_style(BLACK).draw()?;
        Ok(())
    })
}

/// Which share of the customers, the most valuable first, makes which share of the value.
pub fn concentration(values: &[f64]) -> Drawn {
    let mut sorted: Vec<f64> = values.iter().map(|value| value.max(0.0)).collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let total: f64 = sorted.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let n = sorted.len().max(1) as f64;
    let mut upto = 0.0;
    let mut points = vec![(0.0, 0.0)];
    points.extend(sorted.iter().zip(1..).map(|(value, place)| {
        upto += value;
        (100.0 * f64::from(place) / n, 100.0 * upto / total)
    }));
    svg((620, 560), |area| {
        let mut chart = ChartBuilder::on(area)
            .caption("Concentration of value", ("sans-serif", 20))
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(52)
            .build_cartesian_2d(0.0..100.0, 0.0..100.0)?;
        chart.configure_mesh().x_desc("customers, the most valuable first, %").y_desc("value, %").draw()?;
        chart.draw_series(LineSeries::new([(0.0, 0.0), (100.0, 100.0)], BLACK.mix(0.4)))?;
        chart.draw_series(LineSeries::new(points, BLUE_TONE.stroke_width(2)))?;
        Ok(())
    })
}
