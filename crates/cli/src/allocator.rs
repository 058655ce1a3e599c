//! Where memory comes from.
//!
//! A row of a register is some thousand small objects, made by one thread and freed by another:
//! with `mimalloc` for them a run over registers takes about a tenth less processor time than with
//! the system's allocator. A page is few large buffers: the system's gives those back at once, and
//! handing them to `mimalloc` costs a scanned page a tenth more.

// The trait cannot be implemented otherwise.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};

use mimalloc::MiMalloc;

/// From how many bytes on an object is large.
const LARGE: usize = 64 * 1024;

/// Small objects from `mimalloc`, large ones from the system.
pub(crate) struct BySize;

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
