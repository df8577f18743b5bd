package imagefile

import "io"

const (
	aheadBlock  = 128 << 10
	aheadBlocks = 4
)

// An aheadReader gives what is in a PNG's IDAT chunks, which a goroutine reads ahead.
type aheadReader struct {
	chunks *chunkReader
	free   chan []byte
	full   chan readBlock
	enough chan struct{} // closed when no more is wanted

	block []byte // the one that is being read
	rest  []byte // of it
	err   error  // what comes behind it
}

// A readBlock is bytes that were read, and the error behind them.
type readBlock struct {
	bytes []byte
	err   error
}

func newAheadReader(c *chunkReader) *aheadReader {
	a := &aheadReader{
		chunks: c,
		free:   make(chan []byte, aheadBlocks),
		full:   make(chan readBlock, aheadBlocks),
		enough: make(chan struct{}),
	}
	for range aheadBlocks {
		a.free <- make([]byte, aheadBlock)
	}
	return a
}

// run reads until an error, which the end is, too, or until there is enough.
func (a *aheadReader) run() {
	defer close(a.full)
	for {
		select {
		case <-a.enough:
			return
		case b := <-a.free:
			n, err := a.fill(b)
			a.full <- readBlock{b[:n], err}
			if err != nil {
				return
			}
		}
	}
}

func (a *aheadReader) fill(b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		var m int
		m, err = a.chunks.Read(b[n:])
		n += m
	}
	return n, err
}

func (a *aheadReader) Read(p []byte) (int, error) {
	for len(a.rest) == 0 && a.err == nil {
		if a.block != nil {
			a.free <- a.block[:aheadBlock]
		}
		next, ok := <-a.full
		if !ok {
			next.err = io.ErrUnexpectedEOF // run has panicked
		}
		a.block, a.rest, a.err = next.bytes, next.bytes, next.err
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	if len(a.rest) == 0 {
		return n, a.err
	}
	return n, nil
}

// close ends reading. The chunkReader then is the caller's again, behind what was read
// ahead.
func (a *aheadReader) close() {
	close(a.enough)
	for range a.full { // until run has ended
	}
}
