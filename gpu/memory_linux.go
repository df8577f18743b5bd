//go:build cgo

package gpu

import (
	"fmt"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// memory is the buffers on a context.
type memory struct {
	persistent bool // buffers may stay mapped while the GPU uses them
	live       map[*buffer]bool
	bytes      int
}

// A buffer is memory of the GPU. The zero value is one that grow gives a size.
type buffer struct {
	id     uint32
	size   int
	mapped []uint8 // for as long as it lives; nil if it is mapped when needed
	open   bool    // it is mapped just now
}

// grow makes the buffer at least that large. What was in it is lost if it was
// smaller.
func (t *thread) grow(b *buffer, size int) {
	// Room for a view that is not empty and of whole words.
	if size = max(256, ceilDiv(size, 16)*16); b.size >= size {
		return
	}
	t.free(b)
	t.create(b, size)
	gl.BufferData(gl.COPY_WRITE_BUFFER, size, nil, gl.DYNAMIC_COPY)
	t.check("glBufferData")
	if t.err != nil {
		t.free(b) // else it would be taken to be there
	}
}

// create makes a buffer without memory and binds it as the one to be written.
func (t *thread) create(b *buffer, size int) {
	gl.GenBuffers(1, &b.id)
	t.check("glGenBuffers")
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, b.id)
	t.check("glBindBuffer")
	b.size = size
	if t.memory.live == nil {
		t.memory.live = map[*buffer]bool{}
	}
	t.memory.live[b] = true
	t.memory.bytes += size
}

func (t *thread) free(b *buffer) {
	if b.id == 0 {
		return
	}
	gl.DeleteBuffers(1, &b.id)
	t.check("glDeleteBuffers")
	t.memory.bytes -= b.size
	delete(t.memory.live, b)
	*b = buffer{}
}

// freeAll deletes the buffers that are left.
func (m *memory) freeAll() {
	for b := range m.live {
		gl.DeleteBuffers(1, &b.id)
	}
	m.live, m.bytes = nil, 0
}

// clear sets the first bytes of a buffer to 0. They are whole words.
func (t *thread) clear(b *buffer, size int) {
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, b.id)
	t.check("glBindBuffer")
	zero := uint32(0)
	stop := t.timer.start("clear")
	gl.ClearBufferSubData(gl.COPY_WRITE_BUFFER, gl.R32UI, 0, size, gl.RED_INTEGER, gl.UNSIGNED_INT, unsafe.Pointer(&zero))
	t.check("glClearBufferSubData")
	stop()
}

// whole is for the few buffers that are of one size for all devices.
func (b *buffer) whole() view { return view{b, 0, b.size, false}.always() }

// always says that the view is of at most 16 MiB, which every OpenGL 4.3 allows.
func (v view) always() view {
	v.small = true
	return v
}

// first is the part of the buffer that stages see of so many bytes, in words. It is
// never empty: OpenGL has no such thing, and a stage that does not look at a buffer
// has to have one all the same.
func (b *buffer) first(size int) view { return b.part(0, size) }

func (b *buffer) part(offset, size int) view {
	return view{b, offset, max(16, (size+3)&^3), false}
}

// A ring is buffers that are mapped, through which data goes to the GPU or comes
// from it while others are in use. They grow with what they carry.
type ring struct {
	slots [3]struct {
		buffer
		fence uintptr       // when the GPU is done with it; 0 for idle
		use   func([]uint8) // for what was read
		size  int           // of that
	}
	next int
}

// slotBytes is how much a ring carries at a time: enough that a call costs
// nothing, little enough that filling a slot overlaps with the GPU's work.
const slotBytes = 16 << 20

// write sends size bytes, at most slotBytes, that fill writes, to dst.
func (t *thread) write(r *ring, dst *buffer, offset, size int, fill func([]uint8)) {
	s := &r.slots[r.next]
	r.next = (r.next + 1) % len(r.slots)
	t.wait(s.fence)
	s.fence = 0
	t.reserve(&s.buffer, size, false)
	data := t.mapBuffer(&s.buffer, size, gl.MAP_WRITE_BIT|gl.MAP_INVALIDATE_RANGE_BIT|gl.MAP_UNSYNCHRONIZED_BIT)
	if data == nil {
		return
	}
	fill(data)
	t.unmapBuffer(&s.buffer)
	t.copy(dst, offset, &s.buffer, 0, size)
	s.fence = t.fence()
}

// writeAll sends bytes of any number.
func (t *thread) writeAll(r *ring, dst *buffer, data []uint8) {
	for offset := 0; offset < len(data); offset += slotBytes {
		part := data[offset:min(offset+slotBytes, len(data))]
		t.write(r, dst, offset, len(part), func(slot []uint8) { copy(slot, part) })
	}
}

// read has use called with size bytes, at most slotBytes, of src: later, or when
// finish is called.
func (t *thread) read(r *ring, src *buffer, offset, size int, use func([]uint8)) {
	t.settle(r, r.next)
	s := &r.slots[r.next]
	r.next = (r.next + 1) % len(r.slots)
	t.reserve(&s.buffer, size, true)
	t.copy(&s.buffer, 0, src, offset, size)
	s.fence, s.use, s.size = t.fence(), use, size
}

// readAll reads bytes of any number, which are there when finish returns.
func (t *thread) readAll(r *ring, src *buffer, data []uint8) {
	for offset := 0; offset < len(data); offset += slotBytes {
		part := data[offset:min(offset+slotBytes, len(data))]
		t.read(r, src, offset, len(part), func(slot []uint8) { copy(part, slot) })
	}
}

// finish waits for all that is being read.
func (t *thread) finish(r *ring) {
	for i := range r.slots {
		t.settle(r, (r.next+i)%len(r.slots))
	}
}

// abandon waits for all that is being read and drops it.
func (t *thread) abandon(r *ring) {
	for i := range r.slots {
		s := &r.slots[i]
		t.wait(s.fence)
		s.fence, s.use = 0, nil
		if s.open { // there was a panic, or an error
			t.unmapBuffer(&s.buffer)
		}
	}
}

// settle waits for what a slot is reading and hands it over, unless there was an
// error.
func (t *thread) settle(r *ring, slot int) {
	s := &r.slots[slot]
	t.wait(s.fence)
	use := s.use
	s.fence, s.use = 0, nil
	if use == nil || t.err != nil {
		return
	}
	if data := t.mapBuffer(&s.buffer, s.size, gl.MAP_READ_BIT); data != nil {
		use(data)
		t.unmapBuffer(&s.buffer)
	}
}

// reserve makes a slot large enough, and maps it for good where that is possible.
func (t *thread) reserve(b *buffer, size int, reads bool) {
	if b.size >= size {
		return
	}
	t.free(b)
	size = max(size, 4096)
	t.create(b, size)
	if !t.memory.persistent {
		usage := uint32(gl.STREAM_DRAW)
		if reads {
			usage = gl.STREAM_READ
		}
		gl.BufferData(gl.COPY_WRITE_BUFFER, size, nil, usage)
		t.check("glBufferData")
		return
	}
	access := uint32(gl.MAP_PERSISTENT_BIT | gl.MAP_COHERENT_BIT | gl.MAP_WRITE_BIT)
	if reads {
		access = gl.MAP_PERSISTENT_BIT | gl.MAP_COHERENT_BIT | gl.MAP_READ_BIT
	}
	gl.BufferStorage(gl.COPY_WRITE_BUFFER, size, nil, access|gl.CLIENT_STORAGE_BIT)
	t.check("glBufferStorage")
	if b.mapped = t.mapRange(size, access); b.mapped == nil {
		t.free(b)
	}
}

// mapBuffer returns size bytes of a slot, or nil after an error.
func (t *thread) mapBuffer(b *buffer, size int, access uint32) []uint8 {
	if t.err != nil {
		return nil
	}
	if b.mapped != nil {
		return b.mapped[:size]
	}
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, b.id)
	t.check("glBindBuffer")
	data := t.mapRange(size, access)
	if b.open = data != nil; t.err != nil {
		return nil
	}
	return data
}

// mapRange maps the buffer that is bound as the one to be written.
func (t *thread) mapRange(size int, access uint32) []uint8 {
	p := gl.MapBufferRange(gl.COPY_WRITE_BUFFER, 0, size, access)
	if t.check("glMapBufferRange"); p == nil {
		return nil
	}
	return unsafe.Slice((*uint8)(p), size)
}

func (t *thread) unmapBuffer(b *buffer) {
	if b.mapped != nil {
		return
	}
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, b.id)
	t.check("glBindBuffer")
	kept := gl.UnmapBuffer(gl.COPY_WRITE_BUFFER)
	t.check("glUnmapBuffer")
	if b.open = false; !kept && t.err == nil {
		t.err = fmt.Errorf("gpu: glUnmapBuffer: %w: what was in the buffer", ErrLost)
	}
}

func (t *thread) copy(dst *buffer, dstOffset int, src *buffer, srcOffset, size int) {
	gl.BindBuffer(gl.COPY_READ_BUFFER, src.id)
	t.check("glBindBuffer")
	gl.BindBuffer(gl.COPY_WRITE_BUFFER, dst.id)
	t.check("glBindBuffer")
	stop := t.timer.startCopy()
	gl.CopyBufferSubData(gl.COPY_READ_BUFFER, gl.COPY_WRITE_BUFFER, srcOffset, dstOffset, size)
	t.check("glCopyBufferSubData")
	stop()
}
