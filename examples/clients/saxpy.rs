//! y = a * x + y from Rust, with no crate: the C API declared by hand, and guards that destroy.
//!
//! usage: saxpy saxpy.spv
//! build: rustc -O -L LIBRARY_FOLDER saxpy.rs
#![allow(non_camel_case_types)]

use std::ffi::{c_void, CStr, CString};
use std::os::raw::{c_char, c_int};
use std::process::ExitCode;
use std::ptr;

const KRO_ARGS_BUFFERS: usize = 8;

// Each struct is the header's, member by member, and zero is every member's default.
#[repr(C)]
struct kro_buffer_config {
    size_bytes: u64,
    memory: c_int,
    data: *const c_void,
    device_address: bool,
    label: *const c_char,
}

#[repr(C)]
struct kro_dispatch_args {
    buffers: [*mut c_void; KRO_ARGS_BUFFERS],
    bindings: *const c_void,
    binding_count: u32,
    push_bytes: u32,
    push: *const c_void,
    groups: [u32; 3],
    threads: [u32; 3],
    dims: u32,
    independent: bool,
    touches: *const *mut c_void,
    touch_count: u32,
}

#[link(name = "kronos")]
extern "C" {
    fn kro_status_name(status: c_int) -> *const c_char;
    fn kro_error_detail() -> *const c_char;
    fn kro_context_create(config: *const c_void, out: *mut *mut c_void) -> c_int;
    fn kro_context_destroy(ctx: *mut c_void);
    fn kro_context_stream(ctx: *mut c_void) -> *mut c_void;
    fn kro_pipeline_load(
        ctx: *mut c_void,
        spirv_path: *const c_char,
        config: *const c_void,
        out: *mut *mut c_void,
    ) -> c_int;
    fn kro_pipeline_destroy(pipeline: *mut c_void);
    fn kro_buffer_create(
        ctx: *mut c_void,
        config: *const kro_buffer_config,
        out: *mut *mut c_void,
    ) -> c_int;
    fn kro_buffer_destroy(buffer: *mut c_void);
    fn kro_buffer_read(src: *mut c_void, offset: u64, dst: *mut c_void, size: u64) -> c_int;
    fn kro_dispatch(
        stream: *mut c_void,
        pipeline: *mut c_void,
        args: *const kro_dispatch_args,
    ) -> c_int;
}

/// The shader's push constant block.
#[repr(C)]
struct Push {
    a: f32,
    count: u32,
}

/// A handle and the call that ends it.
struct Owned {
    handle: *mut c_void,
    destroy: unsafe extern "C" fn(*mut c_void),
}

impl Drop for Owned {
    fn drop(&mut self) {
        unsafe { (self.destroy)(self.handle) }
    }
}

fn check(status: c_int) -> Result<(), String> {
    if status >= 0 {
        return Ok(());
    }
    // Both are never NULL; the sentence is this thread's.
    let (name, detail) =
        unsafe { (CStr::from_ptr(kro_status_name(status)), CStr::from_ptr(kro_error_detail())) };
    Err(format!("{}: {}", name.to_string_lossy(), detail.to_string_lossy()))
}

fn make_context() -> Result<Owned, String> {
    let mut handle = ptr::null_mut();
    check(unsafe { kro_context_create(ptr::null(), &mut handle) })?;
    Ok(Owned { handle, destroy: kro_context_destroy })
}

fn load_kernel(ctx: &Owned, spirv_path: &str) -> Result<Owned, String> {
    let path = CString::new(spirv_path).map_err(|error| error.to_string())?;
    let mut handle = ptr::null_mut();
    check(unsafe { kro_pipeline_load(ctx.handle, path.as_ptr(), ptr::null(), &mut handle) })?;
    Ok(Owned { handle, destroy: kro_pipeline_destroy })
}

fn make_buffer(ctx: &Owned, data: &[f32]) -> Result<Owned, String> {
    let config = kro_buffer_config {
        size_bytes: std::mem::size_of_val(data) as u64,
        memory: 0,
        data: data.as_ptr().cast(),
        device_address: false,
        label: ptr::null(),
    };
    let mut handle = ptr::null_mut();
    check(unsafe { kro_buffer_create(ctx.handle, &config, &mut handle) })?;
    Ok(Owned { handle, destroy: kro_buffer_destroy })
}

fn saxpy(spirv_path: &str, a: f32, x: &[f32], y: &mut [f32]) -> Result<(), String> {
    // Dropped in reverse order: buffers and kernel before their context.
    let ctx = make_context()?;
    let kernel = load_kernel(&ctx, spirv_path)?;
    let x_buffer = make_buffer(&ctx, x)?;
    let y_buffer = make_buffer(&ctx, y)?;

    let push = Push { a, count: y.len() as u32 };
    let mut args: kro_dispatch_args = unsafe { std::mem::zeroed() };
    args.buffers[..2].copy_from_slice(&[x_buffer.handle, y_buffer.handle]);
    args.push = (&push as *const Push).cast();
    args.push_bytes = std::mem::size_of::<Push>() as u32;
    args.threads[0] = push.count;
    check(unsafe { kro_dispatch(kro_context_stream(ctx.handle), kernel.handle, &args) })?;
    let size_bytes = std::mem::size_of_val(y) as u64;
    check(unsafe { kro_buffer_read(y_buffer.handle, 0, y.as_mut_ptr().cast(), size_bytes) })
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.len() != 2 {
        eprintln!("usage: {} saxpy.spv", arguments[0]);
        return ExitCode::from(2);
    }
    let x: Vec<f32> = (0..1000).map(|i| i as f32).collect();
    let mut y = vec![1.0; x.len()];
    if let Err(sentence) = saxpy(&arguments[1], 3.0, &x, &mut y) {
        eprintln!("{sentence}");
        return ExitCode::FAILURE;
    }
    println!("3 * {} + 1 = {}", x[x.len() - 1], y[y.len() - 1]);
    ExitCode::SUCCESS
}
