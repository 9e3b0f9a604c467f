//! Writes metric families as text one at a time, so that only one of them is in memory as objects. Knows the format,
//! and no metric.

use prometheus::TextEncoder;
use prometheus::core::Collector;
use prometheus::process_collector::ProcessCollector;
use prometheus::proto::{Counter, Gauge, LabelPair, Metric, MetricFamily, MetricType};

use super::Error;

/// The page so far.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    Gauge,
    Counter,
}

/// The samples of one family.
#[derive(Debug)]
pub(super) struct Samples {
    shape: Shape,
    metrics: Vec<Metric>,
}

impl Page {
    pub fn gauge(&mut self, name: &str, help: &str, fill: impl FnOnce(&mut Samples)) -> Result<(), Error> {
        self.family(Shape::Gauge, name, help, fill)
    }

    pub fn counter(&mut self, name: &str, help: &str, fill: impl FnOnce(&mut Samples)) -> Result<(), Error> {
        self.family(Shape::Counter, name, help, fill)
    }

    /// Resource use of the process: CPU time, memory, file descriptors.
    pub fn process(&mut self) -> Result<(), Error> {
        let families = ProcessCollector::for_self().collect();
        Ok(TextEncoder::new().encode_utf8(&families, &mut self.text)?)
    }

    pub fn into_text(self) -> String {
        self.text
    }

    fn family(&mut self, shape: Shape, name: &str, help: &str, fill: impl FnOnce(&mut Samples)) -> Result<(), Error> {
        let mut samples = Samples { shape, metrics: Vec::new() };
        fill(&mut samples);
        // The encoder refuses a family without samples.
        if samples.metrics.is_empty() {
            return Ok(());
        }
        let mut family = MetricFamily::default();
        family.set_name(name.to_owned());
        family.set_help(help.to_owned());
        family.set_field_type(match shape {
            Shape::Gauge => MetricType::GAUGE,
            Shape::Counter => MetricType::COUNTER,
        });
        family.set_metric(samples.metrics);
        Ok(TextEncoder::new().encode_utf8(&[family], &mut self.text)?)
    }
}

impl Samples {
    pub fn add<const LABELS: usize>(&mut self, labels: [(&str, &str); LABELS], value: f64) {
        let labels = labels.map(|(name, value)| {
            let mut pair = LabelPair::default();
            pair.set_name(name.to_owned());
            pair.set_value(value.to_owned());
            pair
        });
        let mut metric = Metric::from_label(labels.into());
        match self.shape {
            Shape::Gauge => {
                let mut gauge = Gauge::default();
                gauge.set_value(value);
                metric.set_gauge(gauge);
            }
            Shape::Counter => {
                let mut counter = Counter::default();
                counter.set_value(value);
                metric.set_counter(counter);
            }
        }
        self.metrics.push(metric);
    }
}
