package imagefile

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"sync"
)

// A source is an open file as the decoders see it: every read first asks ctx.
// Decoders read a few kilobytes at a time, so a cancelled one stops soon.
//
// It is also an [io.ReaderAt], which keeps the TIFF decoder from holding the
// whole file in memory.
type source struct {
	ctx  context.Context
	file *os.File
	buf  *bufio.Reader
	err  error      // what stopped reading, other than the end of the file
	mu   sync.Mutex // for err, while goroutines read

	size     int64
	read     int64               // bytes that Read has given since the file was opened or rewound
	progress func(share float64) // may be nil
}

const readBufferSize = 64 << 10

func newSource(ctx context.Context, file *os.File, size int64) *source {
	return &source{ctx: ctx, file: file, size: size, buf: bufio.NewReaderSize(file, readBufferSize)}
}

func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, s.note(err)
	}
	n, err := s.buf.Read(p)
	s.advance(int64(n))
	return n, s.note(err)
}

// advance tells how far reading is, each time some hundred kilobytes are read.
func (s *source) advance(n int64) {
	const stride = 256 << 10
	if s.progress != nil && s.read/stride != (s.read+n)/stride {
		s.progress(float64(s.read+n) / float64(s.size))
	}
	s.read += n
}

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, s.note(err)
	}
	n, err := s.file.ReadAt(p, off)
	return n, s.note(err)
}

// note keeps a failure to read: decoders report some without wrapping them.
func (s *source) note(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = reason(err)
	}
	return err
}

// rewind makes Read begin again at the start of the file.
func (s *source) rewind() error {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return s.note(err)
	}
	s.buf.Reset(s.file)
	s.read = 0
	return nil
}
