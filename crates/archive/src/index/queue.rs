//! Documents on their way to the thread that indexes them. The library lets ten thousand wait, however
//! long they are; here so many bytes of them do.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tantivy::TantivyDocument;
use tantivy::schema::{Document, Value};

/// So many bytes of text wait at most, and one document, however long it is.
const MOST: usize = 4 << 20;
/// Who waits for a place is woken when no more than so many are left: not for each single document.
const FEW: usize = MOST / 2;
/// Nobody waits longer for a place: the library then tells whether the thread is still there.
const LONGEST: Duration = Duration::from_secs(10);

/// The documents that wait.
#[derive(Clone, Default)]
pub(super) struct Queue(Arc<Waiting>);

#[derive(Default)]
struct Waiting {
    bytes: Mutex<usize>,
    fewer: Condvar,
}

/// A document that waits, until the indexing thread turns to it.
pub(super) struct Queued {
    document: TantivyDocument,
    _place: Place,
}

/// A document's place among those that wait.
struct Place {
    queue: Queue,
    bytes: usize,
}

impl Queue {
    /// The document with a place, once there is one.
    pub(super) fn put(&self, document: TantivyDocument) -> Queued {
        let values = document.iter_fields_and_values();
        let bytes: usize = values.map(|(_, value)| value.as_str().map_or(0, str::len)).sum();
        let full = |waiting: &mut usize| *waiting > 0 && *waiting + bytes > MOST;
        let waited = self.0.fewer.wait_timeout_while(self.bytes(), LONGEST, full);
        let (mut waiting, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *waiting += bytes;
        Queued { document, _place: Place { queue: self.clone(), bytes } }
    }

    fn bytes(&self) -> MutexGuard<'_, usize> {
        self.0.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.queue.bytes();
        *waiting -= self.bytes;
        if *waiting <= FEW {
            self.queue.0.fewer.notify_one();
        }
    }
}

impl Document for Queued {
    type Value<'a> = <TantivyDocument as Document>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.document.iter_fields_and_values()
    }

    fn into_tantivy_document(self) -> TantivyDocument {
        self.document
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;

    use tantivy::schema::Field;

    use super::*;

    fn document(bytes: usize) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_text(Field::from_field_id(0), "x".repeat(bytes));
        document
    }

    #[test]
    fn who_brings_more_than_may_wait_waits() {
        let queue = Queue::default();
        let first = queue.put(document(MOST));
        let (sender, second) = channel();
        let waiter = queue.clone();
        thread::spawn(move || sender.send(waiter.put(document(2 * MOST))));
        let soon = Duration::from_millis(100);
        assert!(second.recv_timeout(soon).is_err(), "no place as long as the first has it");
        assert_eq!(first.into_tantivy_document().len(), 1);
        let second = second.recv_timeout(LONGEST / 2).expect("now the only one, however long");
        assert_eq!(*queue.bytes(), 2 * MOST);
        drop(second);
        assert_eq!(*queue.bytes(), 0);
    }
}
