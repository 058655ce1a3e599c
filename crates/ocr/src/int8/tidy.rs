//! The network as it is, in fewer and larger operators, so that each can be quantised as one.

use std::collections::{BTreeMap, BTreeSet};

use super::onnx::{Graph, Node, Tensor};

/// Leaves out what does nothing, and joins each convolution with its bias and each GELU's five steps.
pub(super) fn tidied(graph: &mut Graph) {
    without_identities(graph);
    with_biases(graph);
    with_gelus(graph);
}

fn without_identities(graph: &mut Graph) {
    let kept: BTreeSet<String> = graph.outputs.iter().map(|output| output.name().to_owned()).collect();
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    graph.nodes.retain_mut(|node| {
        for input in &mut node.inputs {
            if let Some(name) = renamed.get(input) {
                input.clone_from(name);
            }
        }
        let is_needed = !node.is("Identity") || kept.contains(node.output());
        if !is_needed {
            renamed.insert(node.output().to_owned(), node.input().to_owned());
        }
        is_needed
    });
}

/// The bias that is added to what `node` makes, with the node that adds it.
pub(super) fn bias<'a>(graph: &'a Graph, node: &Node) -> Option<(Vec<f32>, &'a Node)> {
    let mut users = graph.nodes.iter().filter(|user| user.inputs.iter().any(|input| input == node.output()));
    let add = users.next().filter(|add| add.is("Add"))?;
    let other = add.inputs.iter().find(|input| *input != node.output())?;
    let values = graph.constant(other)?.values()?;
    (users.next().is_none() && values.len() > 1).then_some((values, add))
}

fn with_biases(graph: &mut Graph) {
    let mut biases = BTreeMap::new();
    let mut added = BTreeSet::new();
    for node in graph.nodes.iter().filter(|node| node.is("Conv") && node.inputs.len() == 2) {
        if let Some((values, add)) = bias(graph, node) {
            biases.insert(node.name().to_owned(), (values, add.output().to_owned()));
            added.insert(add.name().to_owned());
        }
    }
    graph.nodes.retain(|node| !added.contains(node.name()));
    for node in &mut graph.nodes {
        if let Some((values, output)) = biases.remove(node.name()) {
            let name = format!("{}.bias", node.name());
            graph.constants.push(Tensor::of_floats(name.clone(), &[values.len()], &values));
            node.inputs.push(name);
            node.outputs = vec![output];
        }
    }
}

/// x · (1 + erf(x / √2)) · ½ is one operator of ONNX Runtime, which does not find it itself among
/// quantised ones.
fn with_gelus(graph: &mut Graph) {
    let users = graph.users();
    let makers = graph.makers();
    let mut gone = BTreeSet::new();
    let mut whole = BTreeMap::new();
    for erf in graph.nodes.iter().filter(|node| node.is("Erf")) {
        let after = |node: &Node| users.get(node.output()).and_then(|users| users.first().copied());
        let Some(divide) = makers.get(erf.input()) else { continue };
        let Some(add) = after(erf) else { continue };
        let Some(times) = after(add) else { continue };
        let Some(half) = after(times) else { continue };
        gone.extend([divide, erf, add, times].map(|node| node.name().to_owned()));
        let inputs = vec![divide.input().to_owned()];
        let gelu = Node::new("Gelu", half.name(), inputs, half.output().to_owned());
        whole.insert(half.name().to_owned(), gelu.of_runtime());
    }
    graph.nodes.retain(|node| !gone.contains(node.name()));
    for node in &mut graph.nodes {
        if let Some(gelu) = whole.remove(node.name()) {
            *node = gelu;
        }
    }
}
