//! As much of the ONNX format as the pinned networks use, so that one can be read, changed and written.
//!
//! The fields are those of `onnx.proto` (version 1.x), with their numbers; what is only handed on is kept
//! as bytes. Reading and writing gives the same file, byte by byte (see the test).

use std::collections::BTreeMap;

use prost::Message;

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Model {
    #[prost(int64, optional, tag = "1")]
    pub ir_version: Option<i64>,
    #[prost(string, optional, tag = "2")]
    pub producer_name: Option<String>,
    #[prost(string, optional, tag = "3")]
    pub producer_version: Option<String>,
    #[prost(string, optional, tag = "4")]
    pub domain: Option<String>,
    #[prost(int64, optional, tag = "5")]
    pub model_version: Option<i64>,
    #[prost(string, optional, tag = "6")]
    pub doc_string: Option<String>,
    #[prost(message, optional, tag = "7")]
    pub graph: Option<Graph>,
    #[prost(message, repeated, tag = "8")]
    pub operators: Vec<Operators>,
    /// `StringStringEntryProto`: the reader's characters are here.
    #[prost(bytes = "vec", repeated, tag = "14")]
    pub metadata: Vec<Vec<u8>>,
}

/// A set of operators: its domain, empty for ONNX's own, and version.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Operators {
    #[prost(string, optional, tag = "1")]
    pub domain: Option<String>,
    #[prost(int64, optional, tag = "2")]
    pub version: Option<i64>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Graph {
    #[prost(message, repeated, tag = "1")]
    pub nodes: Vec<Node>,
    #[prost(string, optional, tag = "2")]
    pub name: Option<String>,
    #[prost(message, repeated, tag = "5")]
    pub constants: Vec<Tensor>,
    #[prost(string, optional, tag = "10")]
    pub doc_string: Option<String>,
    #[prost(message, repeated, tag = "11")]
    pub inputs: Vec<Value>,
    #[prost(message, repeated, tag = "12")]
    pub outputs: Vec<Value>,
    #[prost(message, repeated, tag = "13")]
    pub between: Vec<Value>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Node {
    #[prost(string, repeated, tag = "1")]
    pub inputs: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub outputs: Vec<String>,
    #[prost(string, optional, tag = "3")]
    pub name: Option<String>,
    #[prost(string, optional, tag = "4")]
    pub operator: Option<String>,
    /// `AttributeProto`.
    #[prost(bytes = "vec", repeated, tag = "5")]
    pub attributes: Vec<Vec<u8>>,
    #[prost(string, optional, tag = "6")]
    pub doc_string: Option<String>,
    #[prost(string, optional, tag = "7")]
    pub domain: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Tensor {
    #[prost(int64, repeated, packed = "false", tag = "1")]
    pub shape: Vec<i64>,
    #[prost(int32, optional, tag = "2")]
    pub kind: Option<i32>,
    #[prost(float, repeated, tag = "4")]
    pub floats: Vec<f32>,
    #[prost(int64, repeated, tag = "7")]
    pub longs: Vec<i64>,
    #[prost(string, optional, tag = "8")]
    pub name: Option<String>,
    /// Little-endian, whatever the kind.
    #[prost(bytes = "vec", optional, tag = "9")]
    pub raw: Option<Vec<u8>>,
}

/// The name and type of what goes in or out.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Value {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    /// `TypeProto`.
    #[prost(bytes = "vec", optional, tag = "2")]
    pub kind: Option<Vec<u8>>,
}

const FLOAT: i32 = 1;
const U8: i32 = 2;
const I8: i32 = 3;
const I32: i32 = 6;
/// The domain of ONNX Runtime's own operators.
const RUNTIME: &str = "com.microsoft";

impl Model {
    /// Lets nodes be of ONNX Runtime's own operators.
    pub fn allow_runtime_operators(&mut self) {
        self.operators.push(Operators { domain: Some(RUNTIME.to_owned()), version: Some(1) });
    }
}

impl Node {
    pub fn new(operator: &str, name: impl Into<String>, inputs: Vec<String>, output: String) -> Node {
        let name = Some(name.into());
        Node { inputs, outputs: vec![output], name, operator: Some(operator.to_owned()), ..Node::default() }
    }

    /// One of ONNX Runtime's own operators.
    pub fn of_runtime(self) -> Node {
        Node { domain: Some(RUNTIME.to_owned()), ..self }
    }

    pub fn is(&self, operator: &str) -> bool {
        self.operator() == operator
    }

    /// The first input, or an empty name.
    pub fn input(&self) -> &str {
        self.inputs.first().map_or("", String::as_str)
    }

    /// The first output, or an empty name.
    pub fn output(&self) -> &str {
        self.outputs.first().map_or("", String::as_str)
    }
}

impl Tensor {
    fn new(name: String, kind: i32, shape: &[usize], raw: Vec<u8>) -> Tensor {
        let shape = shape.iter().map(|size| *size as i64).collect();
        Tensor { shape, kind: Some(kind), name: Some(name), raw: Some(raw), ..Tensor::default() }
    }

    pub fn of_floats(name: String, shape: &[usize], values: &[f32]) -> Tensor {
        Tensor::new(name, FLOAT, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    pub fn of_u8(name: String, value: u8) -> Tensor {
        Tensor::new(name, U8, &[], vec![value])
    }

    pub fn of_i8(name: String, shape: &[usize], values: &[i8]) -> Tensor {
        Tensor::new(name, I8, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    pub fn of_i32(name: String, shape: &[usize], values: &[i32]) -> Tensor {
        Tensor::new(name, I32, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    /// Its numbers, if they are floats stored as the pinned networks store them.
    pub fn values(&self) -> Option<Vec<f32>> {
        let raw = self.raw.as_ref().filter(|_| self.kind == Some(FLOAT))?;
        Some(
            raw.chunks_exact(4)
                .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
                .collect(),
        )
    }

    /// The sizes along its axes.
    pub fn sizes(&self) -> Vec<usize> {
        self.shape.iter().map(|size| usize::try_from(*size).unwrap_or(0)).collect()
    }
}

impl Value {
    /// A value of floats, of whatever shape.
    pub fn of_floats(name: &str) -> Value {
        // TypeProto { tensor_type: Tensor { elem_type: FLOAT } }
        Value { name: Some(name.to_owned()), kind: Some(vec![0x0a, 0x02, 0x08, FLOAT as u8]) }
    }
}

impl Graph {
    /// Which nodes use each value.
    pub fn users(&self) -> BTreeMap<&str, Vec<&Node>> {
        let mut users: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
        for node in &self.nodes {
            node.inputs.iter().for_each(|input| users.entry(input).or_default().push(node));
        }
        users
    }

    /// Which node makes each value.
    pub fn makers(&self) -> BTreeMap<&str, &Node> {
        self.nodes
            .iter()
            .flat_map(|node| node.outputs.iter().map(move |output| (output.as_str(), node)))
            .collect()
    }

    /// The constant of this name, or that a value of this name is, but for its shape.
    pub fn constant(&self, name: &str) -> Option<&Tensor> {
        let maker = self.nodes.iter().find(|node| node.output() == name);
        match maker {
            None => self.constants.iter().find(|tensor| tensor.name() == name),
            Some(node) if node.is("Reshape") || node.is("Identity") => self.constant(node.input()),
            Some(_) => None,
        }
    }
}
