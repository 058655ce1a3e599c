//! Where memory comes from.
//!
//! A row of a register is many small objects, made by one thread and often freed by another:
//! with `mimalloc` for them a run over 100,000 rows takes a tenth less processor time than with
//! the system's allocator. A page is few large buffers: the system's gives those back at once, and
//! handing them to `mimalloc` costs a scanned page a tenth more.

#![expect(unsafe_code, reason = "an allocator is unsafe to write; this one only chooses between two")]

use std::alloc::{GlobalAlloc, Layout, System};

use mimalloc::MiMalloc;

/// From how many bytes on an object is large.
const LARGE: usize = 64 * 1024;

/// Small objects from `mimalloc`, large ones from the system; for `#[global_allocator]`.
pub struct BySize;

/// Who has objects of a size.
fn whose(size: usize) -> &'static dyn GlobalAlloc {
    if size < LARGE { &MiMalloc } else { &System }
}

// SAFETY: each object goes back to the allocator it came from, since both are told by the size in
// its layout; what the trait asks of callers is handed on as it is.
unsafe impl GlobalAlloc for BySize {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { whose(layout.size()).alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe { whose(layout.size()).alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, object: *mut u8, layout: Layout) {
        unsafe { whose(layout.size()).dealloc(object, layout) }
    }

    unsafe fn realloc(&self, object: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if (layout.size() < LARGE) == (size < LARGE) {
            return unsafe { whose(size).realloc(object, layout, size) };
        }
        // SAFETY: as the caller guarantees, the size rounded up to the alignment is no overflow.
        let moved = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !moved.is_null() {
            // SAFETY: both objects have that many bytes, and one was made just now.
            unsafe {
                object.copy_to_nonoverlapping(moved, layout.size().min(size));
                self.dealloc(object, layout);
            }
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[global_allocator]
    static MEMORY: BySize = BySize;

    #[test]
    fn what_an_object_holds_stays_however_it_grows_and_shrinks() {
        for size in [LARGE - 1, LARGE, LARGE + 1] {
            let text = |size| (0..size).map(|at| at as u8).collect::<Vec<u8>>();
            let mut object = text(size);
            for other in [1, LARGE - 1, LARGE, 4 * LARGE, LARGE, LARGE - 1, 1] {
                object.truncate(other);
                object.shrink_to_fit();
                let kept = object.len();
                object.reserve_exact(other - kept);
                assert_eq!(object, text(kept), "{size} bytes, then {other}");
                object.extend((kept..other).map(|at| at as u8));
                assert_eq!(object, text(other), "{size} bytes, then {other}");
            }
        }
    }

    #[test]
    fn zeroed_objects_are_zero_where_others_lay_before() {
        for size in [100, LARGE - 1, LARGE, 2 * LARGE] {
            for _ in 0..4 {
                drop(vec![0xff_u8; size]);
                assert!(vec![0_u8; size].iter().all(|byte| *byte == 0), "{size} bytes");
            }
        }
    }

    #[test]
    fn objects_are_freed_by_other_threads() {
        let made: Vec<Vec<u8>> = (0..2_000).map(|at| vec![at as u8; at * 97]).collect();
        let freed = std::thread::spawn(move || {
            made.into_iter()
                .enumerate()
                .filter(|(at, object)| object.iter().all(|byte| *byte == *at as u8))
                .count()
        });
        assert_eq!(freed.join().ok(), Some(2_000));
    }
}
