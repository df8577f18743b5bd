package baseline

import (
	"bytes"
	"io"
)

const (
	// inputLen has room for the longest segment, and for many blocks.
	inputLen = 72 << 10

	// behind is how many bytes that were read stay, for bits to be given back.
	behind = 16
)

// An input is a file through a window that moves on.
type input struct {
	r     io.Reader
	space []byte
	buf   []byte // the part of space that is filled
	pos   int    // in buf
	err   error  // what ended reading; io.ErrUnexpectedEOF at the end of the file
}

func newInput(r io.Reader) input { return input{r: r, space: make([]byte, inputLen)} }

// want makes n bytes be in the window, or all that there are.
func (in *input) want(n int) {
	if len(in.buf)-in.pos >= n || in.err != nil {
		return
	}
	from := max(0, in.pos-behind)
	have := copy(in.space, in.buf[from:])
	in.pos -= from
	n -= have - in.pos
	got, err := io.ReadAtLeast(in.r, in.space[have:], n)
	in.buf = in.space[:have+got]
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	in.err = err
}

// next returns the next n bytes, valid until more are read, or an error if there are
// fewer.
func (in *input) next(n int) ([]byte, error) {
	in.want(n)
	if len(in.buf)-in.pos < n {
		return nil, in.err
	}
	b := in.buf[in.pos:][:n]
	in.pos += n
	return b, nil
}

func (in *input) nextByte() (byte, error) {
	b, err := in.next(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// find moves behind the next byte that is v.
func (in *input) find(v byte) error {
	for {
		if i := bytes.IndexByte(in.buf[in.pos:], v); i >= 0 {
			in.pos += i + 1
			return nil
		}
		in.pos = len(in.buf)
		if in.want(1); in.pos == len(in.buf) {
			return in.err
		}
	}
}
