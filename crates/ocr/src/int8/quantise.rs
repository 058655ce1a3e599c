//! The reader in whole numbers: activations of 8 bits by the table of ranges, weights of 7 bits.
//!
//! What the table knows is quantised: a convolution or sum if the ranges of all that it takes and makes
//! are there, a product with a constant if the range of what it takes is. Everything else stays as it
//! is. Weights have one scale a channel, and only 7 bits: with 8, processors without VNNI overflow in
//! 16 bits where two products are added, and would read another text.

use std::collections::{BTreeMap, BTreeSet};

use super::onnx::{Graph, Model, Node, Tensor};
use super::ranges::Ranges;
use super::tidy::{bias, tidied};

/// The largest weight of 7 bits.
const LARGEST: f32 = 63.0;
/// Weights of a channel that are all smaller than this are none.
const LEAST: f32 = 1e-9;

/// The model in whole numbers; what is missing otherwise.
pub(super) fn quantised(mut model: Model, ranges: &Ranges) -> Result<Model, String> {
    let mut graph = model.graph.take().ok_or("it has no graph")?;
    tidied(&mut graph);
    let plan = Plan::of(&graph, ranges)?;
    let mut made = Made {
        plan: &plan,
        graph: &graph,
        nodes: Vec::new(),
        constants: scales(&plan.scales),
        done: BTreeSet::new(),
    };
    for node in &graph.nodes {
        made.node(node)?;
    }
    let Made { nodes, constants, .. } = made;
    graph.nodes = nodes;
    graph.constants.extend(constants);
    let used: BTreeSet<&String> = graph.nodes.iter().flat_map(|node| &node.inputs).collect();
    graph.constants.retain(|tensor| tensor.name.as_ref().is_some_and(|name| used.contains(name)));
    // What was said of values between is no longer true of all.
    graph.between.clear();
    model.graph = Some(graph);
    model.allow_runtime_operators();
    Ok(model)
}

/// How 8 bits stand for the numbers of a value: what a step is worth, and which step is nought.
#[derive(Clone, Copy)]
struct Scale {
    step: f32,
    nought: u8,
}

impl Scale {
    fn of((low, high): (f32, f32)) -> Scale {
        let step = (high - low) / 255.0;
        Scale { step, nought: (-low / step).round_ties_even().clamp(0.0, 255.0) as u8 }
    }
}

fn scales(scales: &BTreeMap<String, Scale>) -> Vec<Tensor> {
    let tensors = scales.iter().flat_map(|(name, scale)| {
        [
            Tensor::of_floats(format!("{name}.step"), &[], &[scale.step]),
            Tensor::of_u8(format!("{name}.nought"), scale.nought),
        ]
    });
    tensors.collect()
}

/// The name of a value in 8 bits, with the names of its scale, as operators take them.
fn whole(name: &str) -> [String; 3] {
    [format!("{name}.u8"), format!("{name}.step"), format!("{name}.nought")]
}

/// What is to be quantised.
struct Plan {
    scales: BTreeMap<String, Scale>,
    /// Nodes that are, by name, with what they make: a convolution makes what the rectifier after it makes.
    nodes: BTreeMap<String, String>,
    /// Nodes that vanish in those.
    joined: BTreeSet<String>,
    /// Values that are still needed as floats.
    floats: BTreeSet<String>,
}

impl Plan {
    fn of(graph: &Graph, ranges: &Ranges) -> Result<Plan, String> {
        let scales: BTreeMap<_, _> =
            ranges.iter().map(|(name, range)| (name.clone(), Scale::of(*range))).collect();
        let users = graph.users();
        let mut plan =
            Plan { scales, nodes: BTreeMap::new(), joined: BTreeSet::new(), floats: BTreeSet::new() };
        for node in &graph.nodes {
            let mut makes = node.output();
            let mut joined = None;
            match users.get(makes).map(Vec::as_slice) {
                Some([only]) if node.is("Conv") && only.is("Relu") => {
                    (makes, joined) = (only.output(), Some(only.name()));
                }
                Some([_]) if node.is("MatMul") => {
                    if let Some((_, add)) = bias(graph, node) {
                        (makes, joined) = (add.output(), Some(add.name()));
                    }
                }
                _ => {}
            }
            let known = |name: &str| plan.scales.contains_key(name);
            let quantised = match node.operator() {
                "Conv" => known(node.input()) && known(makes),
                "Add" => node.inputs.iter().all(|input| known(input)) && known(makes),
                "MatMul" => {
                    known(node.input())
                        && node.inputs.get(1).is_some_and(|name| graph.constant(name).is_some())
                }
                _ => false,
            };
            if quantised {
                plan.joined.extend(joined.map(str::to_owned));
                plan.nodes.insert(node.name().to_owned(), makes.to_owned());
            }
        }
        plan.check(graph, ranges)?;
        let others = graph.nodes.iter().filter(|node| !plan.takes(node));
        plan.floats = others.flat_map(|node| node.inputs.clone()).collect();
        Ok(plan)
    }

    fn takes(&self, node: &Node) -> bool {
        self.nodes.contains_key(node.name()) || self.joined.contains(node.name())
    }

    /// A range that nothing uses belongs to another network.
    fn check(&self, graph: &Graph, ranges: &Ranges) -> Result<(), String> {
        let quantised = graph.nodes.iter().filter(|node| self.nodes.contains_key(node.name()));
        let taken: BTreeSet<&str> =
            quantised.flat_map(|node| node.inputs.iter().map(String::as_str)).collect();
        let makes: BTreeSet<&str> = self.nodes.values().map(String::as_str).collect();
        match ranges.keys().find(|name| !taken.contains(name.as_str()) && !makes.contains(name.as_str())) {
            Some(name) => Err(format!("the range of {name} is of no use")),
            None => Ok(()),
        }
    }
}

/// The graph that is being made.
struct Made<'a> {
    plan: &'a Plan,
    graph: &'a Graph,
    nodes: Vec<Node>,
    constants: Vec<Tensor>,
    /// Values that there are in 8 bits by now.
    done: BTreeSet<String>,
}

impl Made<'_> {
    fn node(&mut self, node: &Node) -> Result<(), String> {
        if self.plan.joined.contains(node.name()) {
            return Ok(());
        }
        let Some(makes) = self.plan.nodes.get(node.name()) else {
            self.nodes.push(node.clone());
            return Ok(());
        };
        match node.operator() {
            "Conv" => self.convolution(node, makes)?,
            "Add" => self.sum(node, makes),
            _ => return self.product(node, makes),
        }
        self.done.insert(makes.clone());
        if self.plan.floats.contains(makes) {
            let name = format!("{makes}.float");
            self.nodes.push(Node::new("DequantizeLinear", name, whole(makes).to_vec(), makes.clone()));
        }
        Ok(())
    }

    /// Has the value in 8 bits.
    fn need(&mut self, value: &str) {
        if self.done.insert(value.to_owned()) {
            let [name, step, nought] = whole(value);
            let inputs = vec![value.to_owned(), step, nought];
            self.nodes.push(Node::new("QuantizeLinear", format!("{name}.whole"), inputs, name));
        }
    }

    fn convolution(&mut self, node: &Node, makes: &str) -> Result<(), String> {
        let takes = node.input();
        self.need(takes);
        let weights = self.weights(node, 0)?;
        let [name, step, nought] = whole(makes);
        let mut inputs = [&whole(takes)[..], &weights.names, &[step, nought]].concat();
        if let Some(bias) = node.inputs.get(2) {
            let values = self
                .graph
                .constant(bias)
                .and_then(Tensor::values)
                .ok_or_else(|| format!("{bias} is no constant"))?;
            let input = self.plan.scales[takes].step;
            let steps = |(value, step): (&f32, &f32)| (value / (input * step)).round_ties_even() as i32;
            let values: Vec<i32> = values.iter().zip(&weights.steps).map(steps).collect();
            let bias = format!("{bias}.i32");
            self.constants.push(Tensor::of_i32(bias.clone(), &[values.len()], &values));
            inputs.push(bias);
        }
        let attributes = node.attributes.clone();
        self.nodes.push(Node { attributes, ..Node::new("QLinearConv", node.name(), inputs, name) });
        Ok(())
    }

    fn sum(&mut self, node: &Node, makes: &str) {
        node.inputs.iter().for_each(|input| self.need(input));
        let [name, step, nought] = whole(makes);
        let mut inputs: Vec<String> = node.inputs.iter().flat_map(|input| whole(input)).collect();
        inputs.extend([step, nought]);
        self.nodes.push(Node::new("QLinearAdd", node.name(), inputs, name).of_runtime());
    }

    /// A product whose result is floats.
    fn product(&mut self, node: &Node, makes: &str) -> Result<(), String> {
        self.need(node.input());
        let weights = self.weights(node, 1)?;
        let [value, step, nought] = whole(node.input());
        let [whole, steps, noughts] = weights.names;
        let mut inputs = vec![value, whole, step, steps, nought, noughts];
        if let Some((values, _)) = bias(self.graph, node) {
            let name = format!("{}.bias", node.name());
            self.constants.push(Tensor::of_floats(name.clone(), &[values.len()], &values));
            inputs.push(name);
        }
        let product = Node::new("MatMulIntegerToFloat", node.name(), inputs, makes.to_owned());
        self.nodes.push(product.of_runtime());
        Ok(())
    }

    /// Quantises the node's weights, one scale for each index of the axis.
    fn weights(&mut self, node: &Node, axis: usize) -> Result<Weights, String> {
        let missing = || format!("{} has no constant weights", node.name());
        let tensor = node.inputs.get(1).and_then(|name| self.graph.constant(name)).ok_or_else(missing)?;
        let (values, sizes) = (tensor.values().ok_or_else(missing)?, tensor.sizes());
        let channels = sizes.get(axis).copied().filter(|channels| *channels > 0).ok_or_else(missing)?;
        let inner: usize = sizes[axis + 1..].iter().product();
        let channel = |at: usize| at / inner.max(1) % channels;
        let mut steps = vec![LEAST; channels];
        for (at, value) in values.iter().enumerate() {
            steps[channel(at)] = steps[channel(at)].max(value.abs());
        }
        steps.iter_mut().for_each(|step| *step /= LARGEST);
        let quantise = |(at, value): (usize, &f32)| (value / steps[channel(at)]).round_ties_even() as i8;
        let whole: Vec<i8> = values.iter().enumerate().map(quantise).collect();
        let names = ["i8", "steps", "noughts"].map(|part| format!("{}.{part}", node.name()));
        self.constants.extend([
            Tensor::of_i8(names[0].clone(), &sizes, &whole),
            Tensor::of_floats(names[1].clone(), &[channels], &steps),
            Tensor::of_i8(names[2].clone(), &[channels], &vec![0; channels]),
        ]);
        Ok(Weights { names, steps })
    }
}

/// Weights in whole numbers: the names of numbers, scales and noughts, and the scales.
struct Weights {
    names: [String; 3],
    steps: Vec<f32>,
}
