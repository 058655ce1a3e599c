//! What pages are recognised with: `[recognition]` of `pipeline.toml`, and the manifest of a model.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::parse::parse;

/// The manifest's name in a model's folder.
pub const MODEL_MANIFEST: &str = "model.toml";

/// What pages are recognised with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecognitionSpec {
    /// By which model.
    pub model: ModelName,
    /// How lines are read by it.
    pub reading: Reading,
    /// What runs its networks.
    pub runtime: RuntimeSpec,
}

/// Which networks read lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// Each line by the quick network, and again by the full one where that leaves a doubt; by the full
    /// one alone where the model has no quick one.
    #[default]
    Quick,
    /// Each line by the full network.
    Full,
}

impl Reading {
    /// As it stands in the pipeline.
    pub fn name(self) -> &'static str {
        match self {
            Reading::Quick => "quick",
            Reading::Full => "full",
        }
    }
}

/// What runs the networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuntimeSpec {
    /// ONNX Runtime where its library is installed, else `rten`.
    #[default]
    Auto,
    /// ONNX Runtime alone.
    Ort,
    /// `rten`, which is part of the program.
    Rten,
}

impl RuntimeSpec {
    /// As it stands in the pipeline.
    pub fn name(self) -> &'static str {
        match self {
            RuntimeSpec::Auto => "auto",
            RuntimeSpec::Ort => "ort",
            RuntimeSpec::Rten => "rten",
        }
    }
}

/// The name of a model: that of its folder, so one that is a file name everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ModelName(String);

impl ModelName {
    /// The model that `dossier models install` installs.
    pub const OWN: &str = "ppocr-v6-small";

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the model that `dossier models install` installs.
    pub fn is_own(&self) -> bool {
        self.0 == ModelName::OWN
    }
}

impl Default for ModelName {
    fn default() -> Self {
        ModelName(ModelName::OWN.to_owned())
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ModelName {
    type Err = String;

    fn from_str(name: &str) -> Result<ModelName, String> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(fits) {
            return Ok(ModelName(name.to_owned()));
        }
        Err(format!(
            "`{name}` names no model: its folder's name has ASCII letters, digits, `-`, `_` and `.` only"
        ))
    }
}

impl TryFrom<String> for ModelName {
    type Error = String;

    fn try_from(name: String) -> Result<ModelName, String> {
        name.parse()
    }
}

/// `model.toml`: the networks in a model's folder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelManifest {
    /// What it is called in each language, where it comes from, under which licence; for people.
    #[serde(default)]
    pub title: BTreeMap<String, String>,
    /// Finds lines; that of the program's own model if it is left out.
    pub detector: Option<NetworkSpec>,
    /// Reads lines.
    pub reader: NetworkSpec,
    /// The same in whole numbers; without it every line is read in full.
    pub quick_reader: Option<NetworkSpec>,
}

/// A network's file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// Its name in the model's folder.
    pub file: String,
    /// The SHA-256 that it must have, hexadecimal.
    pub sha256: String,
}

impl ModelManifest {
    /// The manifest that a text is.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn parse(text: &str) -> Result<ModelManifest, Vec<String>> {
        let (manifest, mut faults) = parse::<ModelManifest>(text);
        if let Some(manifest) = &manifest {
            faults.extend(manifest.networks().filter_map(NetworkSpec::fault));
        }
        manifest.filter(|_| faults.is_empty()).ok_or(faults)
    }

    fn networks(&self) -> impl Iterator<Item = &NetworkSpec> {
        self.detector.iter().chain([&self.reader]).chain(&self.quick_reader)
    }
}

impl NetworkSpec {
    fn fault(&self) -> Option<String> {
        let NetworkSpec { file, sha256 } = self;
        if file.is_empty() || file.contains(['/', '\\']) {
            return Some(format!("`file = \"{file}\"` is not the name of a file beside {MODEL_MANIFEST}"));
        }
        let is_sum =
            sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        (!is_sum)
            .then(|| format!("the SHA-256 of `{file}` has 64 digits 0–9 and a–f, as `sha256sum` prints it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_like_a_folder() {
        assert!(["ppocr-v6-small", "PP-OCRv4_server.2"].iter().all(|name| name.parse::<ModelName>().is_ok()));
        assert!(
            ["", ".", "..", "../x", "a/b", "a b", "-x"].iter().all(|name| name.parse::<ModelName>().is_err())
        );
        assert!(ModelName::default().is_own() && ModelName::OWN.parse::<ModelName>().is_ok());
    }

    #[test]
    fn all_faults_of_a_model_come_at_once() {
        let text = "[readr]\nfile = 'x'\n\n[detector]\nfile = '../d.onnx'\nsha256 = 'D41D'\n\n[reader]\nfile = 'r.onnx'\nsha256 = '12'\n";
        let faults = ModelManifest::parse(text).unwrap_err().join("\n");
        for expected in
            ["line 1: unknown key `readr`: did you mean `reader`?", "`file = \"../d.onnx\"`", "of `r.onnx`"]
        {
            assert!(faults.contains(expected), "{faults}");
        }
        let sum = "0123456789abcdef".repeat(4);
        let manifest =
            ModelManifest::parse(&format!("[reader]\nfile = 'r.onnx'\nsha256 = '{sum}'\n")).unwrap();
        assert!(manifest.detector.is_none() && manifest.quick_reader.is_none());
    }
}
