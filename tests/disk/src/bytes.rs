//! The content of a file, in pages that copies share until one of them is written.

use std::sync::Arc;

const PAGE: usize = 4096;

/// A file's content. A clone costs a pointer per page. Beyond the end, pages are zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bytes {
    pages: Vec<Arc<[u8; PAGE]>>,
    len: usize,
}

impl Bytes {
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Reads from `at` on, and says how many bytes there were.
    pub(crate) fn read(&self, at: usize, into: &mut [u8]) -> usize {
        let wanted = self.len.saturating_sub(at).min(into.len());
        for (page, within, chunk) in chunks(at, wanted) {
            let end = within + chunk.len();
            into[chunk].copy_from_slice(&self.pages[page][within..end]);
        }
        wanted
    }

    /// Writes at `at`; what is skipped before it is zero.
    pub(crate) fn write(&mut self, at: usize, data: &[u8]) {
        self.resize(self.len.max(at + data.len()));
        for (page, within, chunk) in chunks(at, data.len()) {
            let end = within + chunk.len();
            Arc::make_mut(&mut self.pages[page])[within..end].copy_from_slice(&data[chunk]);
        }
    }

    /// Cuts the end off, or adds zeros.
    pub(crate) fn resize(&mut self, len: usize) {
        self.pages.resize_with(len.div_ceil(PAGE), || Arc::new([0; PAGE]));
        let rest = len % PAGE;
        if len < self.len
            && rest != 0
            && let Some(last) = self.pages.last_mut()
        {
            Arc::make_mut(last)[rest..].fill(0);
        }
        self.len = len;
    }

    /// Becomes `newer`, which is longer or differs only in the pages of `len` bytes from `at` on.
    pub(crate) fn catch_up(&mut self, newer: &Self, at: usize, len: usize) {
        self.pages.resize_with(newer.pages.len(), || Arc::new([0; PAGE]));
        for (page, ..) in chunks(at, len) {
            self.pages[page].clone_from(&newer.pages[page]);
        }
        self.len = newer.len;
    }

    /// Flips one bit.
    pub(crate) fn flip(&mut self, at: usize, bit: u32) {
        if at < self.len {
            Arc::make_mut(&mut self.pages[at / PAGE])[at % PAGE] ^= 1 << (bit % 8);
        }
    }

    pub(crate) fn to_vec(&self) -> Vec<u8> {
        let mut all = vec![0; self.len];
        self.read(0, &mut all);
        all
    }
}

impl From<&[u8]> for Bytes {
    fn from(data: &[u8]) -> Self {
        let mut bytes = Self::default();
        bytes.write(0, data);
        bytes
    }
}

/// `len` bytes from `at` on, page by page: the page, the place within it, and which of the bytes.
fn chunks(at: usize, len: usize) -> impl Iterator<Item = (usize, usize, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let within = (at + done) % PAGE;
        let chunk = done..len.min(done + PAGE - within);
        let page = (at + done) / PAGE;
        done = chunk.end;
        (!chunk.is_empty()).then_some((page, within, chunk))
    })
}
