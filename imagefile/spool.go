package imagefile

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// DecodeReader reads an image file from r, as [Decode] does from a path. Decoders
// need to go back and forth, so the bytes go to a temporary file first, unless r is
// an open file at its beginning. The errors begin with name. A done ctx ends the
// call at once, even while a read from r waits.
func DecodeReader(ctx context.Context, name string, r io.Reader, o DecodeOptions) (*File, error) {
	rows, err := OpenRowsReader(ctx, name, r, o)
	if err != nil {
		return nil, err
	}
	return rows.decode(ctx)
}

// seekable returns r as a file that has bytes, and what is to be closed after it has
// been read.
func seekable(ctx context.Context, r io.Reader) (_ *os.File, size int64, _ io.Closer, err error) {
	if file, size, ok := regularAtStart(r); ok {
		if size == 0 {
			return nil, 0, nil, ErrEmpty
		}
		return file, size, nil, nil
	}
	t, size, err := spool(ctx, &imageReader{buffer: bufio.NewReader(r)})
	if err == nil && size == 0 {
		t.Close()
		err = ErrEmpty
	}
	if err != nil {
		return nil, 0, nil, err
	}
	return t.file, size, t, nil
}

// regularAtStart says whether r is a file that can be decoded where it is.
func regularAtStart(r io.Reader) (*os.File, int64, bool) {
	file, ok := r.(*os.File)
	if !ok {
		return nil, 0, false
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, 0, false
	}
	at, err := file.Seek(0, io.SeekCurrent)
	return file, info.Size(), err == nil && at == 0
}

// A spooled is a temporary file. It has no name where a file can be without one, so
// that nothing is left of it however the program ends.
type spooled struct {
	file    *os.File
	removed bool
}

func newSpooled() (*spooled, error) {
	file, err := os.CreateTemp("", ".kompress-*.tmp")
	if err != nil {
		return nil, fmt.Errorf("no temporary file in %s: %w", displayName(os.TempDir()), reason(err))
	}
	return &spooled{file: file, removed: os.Remove(file.Name()) == nil}, nil
}

// Close removes the file.
func (s *spooled) Close() error {
	err := s.file.Close()
	if !s.removed {
		return errors.Join(err, os.Remove(s.file.Name()))
	}
	return err
}

// spool copies r to a temporary file.
func spool(ctx context.Context, r io.Reader) (*spooled, int64, error) {
	t, err := newSpooled()
	if err != nil {
		return nil, 0, err
	}
	var n int64
	copied := make(chan error, 1)
	go func() {
		var err error
		n, err = io.Copy(&spoolWriter{ctx, t.file}, onlyReader{r})
		copied <- err
	}()
	select {
	case err = <-copied:
	case <-ctx.Done():
		go func() { // whenever the read ends that waits
			<-copied
			t.Close()
		}()
		return nil, 0, ctx.Err()
	}
	if err != nil {
		t.Close()
		return nil, 0, reason(err)
	}
	return t, n, nil
}

// An imageReader gives ErrFormat at once if what it reads begins as no image does: that
// may be without end.
type imageReader struct {
	buffer  *bufio.Reader
	sniffed bool
}

func (r *imageReader) Read(p []byte) (int, error) {
	if !r.sniffed {
		r.sniffed = true
		head, err := r.buffer.Peek(sniffLen)
		if err != nil && err != io.EOF {
			return 0, err
		}
		if len(head) > 0 && sniff(head) == nil {
			return 0, ErrFormat
		}
	}
	return r.buffer.Read(p)
}

// onlyReader hides what else a reader can do: the copying must go through Write.
type onlyReader struct{ io.Reader }

// A spoolWriter says of its errors that the fault is not with what is read.
type spoolWriter struct {
	ctx  context.Context
	file *os.File
}

func (w *spoolWriter) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.file.Write(p)
	if err != nil {
		return n, fmt.Errorf("cannot be kept in %s until it is whole: %w", displayName(os.TempDir()), reason(err))
	}
	return n, nil
}
