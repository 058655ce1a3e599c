//! `rten`: the networks in Rust alone, where ONNX Runtime's library is missing or not published for the
//! processor. It takes the same files. Weights are packed when they are loaded, which costs their size
//! in memory once more and makes reading faster.

use std::path::Path;
use std::sync::Arc;

use rten::{Model, ModelOptions, RunOptions, ThreadPool};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensorView, Tensor};

use super::Planes;
use crate::OcrError;
use crate::error::Doing;

/// The threads that networks share: one, where left alone it would take all cores.
pub(crate) type Threads = Arc<ThreadPool>;

pub(super) fn threads() -> Threads {
    Arc::new(ThreadPool::with_num_threads(1))
}

/// A loaded network.
pub(crate) struct Network {
    model: Model,
    threads: Threads,
}

impl Network {
    pub(super) fn load(file: &Path, threads: &Threads) -> Result<Network, OcrError> {
        let mut options = ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let model = options.load_file(file).map_err(OcrError::runtime(Doing::LOAD_MODEL))?;
        Ok(Network { model, threads: Arc::clone(threads) })
    }

    pub(super) fn run<T>(
        &self,
        input: &Planes,
        doing: Doing,
        read: impl FnOnce(usize, &[f32]) -> T,
    ) -> Result<T, OcrError> {
        let planes = NdTensorView::<f32, 4>::try_from_data(input.shape(), input.values.as_slice())
            .map_err(OcrError::runtime(doing))?;
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.threads)));
        let output = self.model.run_one(planes.into(), Some(options)).map_err(OcrError::runtime(doing))?;
        let output: Tensor<f32> = output.try_into().map_err(OcrError::runtime(doing))?;
        let last = output.shape().last().copied().unwrap_or(0);
        Ok(match output.data() {
            Some(values) => read(last, values),
            None => read(last, &output.to_vec()),
        })
    }

    pub(super) fn metadata(&self, key: &str) -> Option<String> {
        self.model.metadata().get(key).map(str::to_owned)
    }
}
