package imagefile

import "io"

// A window reads pieces of a file, small ones without a system call for each, so
// that a file of tiny chunks takes no longer to walk through than to read.
type window struct {
	r    io.ReaderAt
	size int64 // of the file

	block []byte // last block read, a part of room
	at    int64  // where it begins
	room  [8 << 10]byte
}

// peek returns n bytes, no more than room has, at the offset at, valid until the next
// call, or nil if the file has none there.
func (w *window) peek(at int64, n int) []byte {
	if at < 0 || int64(n) > w.size-at || n > len(w.room) {
		return nil
	}
	if at < w.at || at+int64(n) > w.at+int64(len(w.block)) {
		block := w.room[:min(int64(len(w.room)), w.size-at)]
		if _, err := w.r.ReadAt(block, at); err != nil {
			w.block = nil
			return nil
		}
		w.block, w.at = block, at
	}
	return w.block[at-w.at:][:n]
}

// take returns a copy of n bytes at the offset at, or nil if the file has none
// there, or n is over limit.
func (w *window) take(at, n, limit int64) []byte {
	if at < 0 || n < 0 || n > limit || n > w.size-at {
		return nil
	}
	b := make([]byte, n)
	if _, err := w.r.ReadAt(b, at); err != nil {
		return nil
	}
	return b
}

// section is the part of the file that has n bytes from the offset at.
func (w *window) section(at, n int64) *io.SectionReader { return io.NewSectionReader(w.r, at, n) }

// resized returns a slice of n bytes, b itself if it has room.
func resized(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}
