package quantize

import (
	"context"
	"errors"
	"image"
	"runtime"
	"sync"
)

// A diffusionStream diffuses an image that comes row by row, in the bands of a
// diffusion, several at a time. Of the rows it holds a window: their pixels until all
// bands that look at them have been there, their indices until they are handed over.
type diffusionStream struct {
	*diffusion
	premultiplied bool
	rows          []streamRow // row y is at y modulo their number
	batch         int         // rows that a goroutine diffuses before it tells

	mu      sync.Mutex
	changed sync.Cond // of what follows
	filled  int       // rows that have come
	reached []int     // for each band, the row that is next
	taken   int       // bands that someone diffuses or has diffused
	passed  int       // bands that are done, and all before them
	given   int       // rows that were handed over
	err     error     // why to stop

	panicked any // by who diffuses; to be read once all have ended
}

type streamRow struct {
	pix   []uint8 // 4 bytes a pixel
	index []uint8
}

const (
	// streamBytes is about how much memory a window has, so that bands are diffused at
	// the same time, the second one's rows being those after the first one's.
	streamBytes = 32 << 20

	// fewestStreamRows is enough for a band and the next one's warm-up to go on.
	fewestStreamRows = 8

	// handoverBytes is about how much is handed over at a time.
	handoverBytes = 1 << 19
)

// newDiffusionStream has a window of about so many bytes.
func newDiffusionStream(d *diffusion, bytes int) *diffusionStream {
	most := bandHeight*runtime.GOMAXPROCS(0) + 4*warmUpRows
	n := max(fewestStreamRows, min(most, bytes/(5*d.width)))
	s := &diffusionStream{
		diffusion: d, rows: make([]streamRow, min(n, d.height)), batch: max(1, min(n/16, 16)),
		reached: make([]int, d.bands()),
	}
	s.changed.L = &s.mu
	for i := range s.rows {
		s.rows[i] = streamRow{make([]uint8, 4*d.width), make([]uint8, d.width)}
	}
	for i := range s.reached {
		from, _ := d.band(i)
		s.reached[i] = warmUp(from)
	}
	return s
}

// eachDiffused is EachMapped for FloydSteinberg.
func (s *Session) eachDiffused(ctx context.Context, q *Quantized, strength float64, m Bands, do func(band *image.Paletted) error) error {
	if s.size.X == 0 || s.size.Y == 0 {
		return ctx.Err()
	}
	return newDiffusionStream(s.newDiffusion(q, strength), streamBytes).each(ctx, newHandover(q.Palette, do), m)
}

// each reads the bands and hands them over. A panic of who diffuses them is the caller's.
func (s *diffusionStream) each(ctx context.Context, h *handover, m Bands) error {
	defer h.close()
	var wg sync.WaitGroup
	// Two at least, or else rows would have to be kept for the next band's warm-up.
	workers := max(2, min(runtime.GOMAXPROCS(0), 1+len(s.rows)/bandHeight))
	for range min(workers, s.bands()) {
		wg.Go(func() {
			defer s.catch()
			s.diffuse(ctx)
		})
	}
	defer func() {
		s.stop(errStopped)
		wg.Wait()
		if s.panicked != nil {
			panic(s.panicked)
		}
	}()
	err := inOrder(ctx, s.session.size, m, func(band image.Image) error { return s.take(band, h) })
	if err == nil {
		err = s.giveRest(h)
	}
	return h.end(err)
}

// take takes the rows of a band, as they find room.
func (s *diffusionStream) take(band image.Image, h *handover) error {
	r, b := newRowReader(band), band.Bounds()
	if b.Min.Y == 0 {
		s.premultiplied = r.premultiplied
	}
	if r.premultiplied != s.premultiplied {
		return errors.New("quantize: got bands of several types, want one")
	}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		if err := s.makeRoom(y, h); err != nil {
			return err
		}
		pix := s.rows[y%len(s.rows)].pix
		for x := 0; x < s.width; x += pieceWidth {
			copy(pix[4*x:], r.piece(x, y, min(pieceWidth, s.width-x)))
		}
		s.mu.Lock()
		s.filled = y + 1
		s.mu.Unlock()
		if s.filled%s.batch == 0 || s.filled == s.height {
			s.changed.Broadcast()
		}
	}
	return nil
}

// makeRoom hands over what is done until there is room for row y.
func (s *diffusionStream) makeRoom(y int, h *handover) error {
	return s.giveUntil(h, func() bool { return y-s.oldest() < len(s.rows) })
}

// giveRest hands over all rows.
func (s *diffusionStream) giveRest(h *handover) error {
	return s.giveUntil(h, func() bool { return s.given == s.height })
}

// giveUntil hands over rows that are done, many at a time while there is no hurry.
func (s *diffusionStream) giveUntil(h *handover, enough func() bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	many := max(1, min(handoverBytes/s.width, len(s.rows)/4))
	for s.err == nil {
		n, ok := s.done()-s.given, enough()
		if n == 0 && ok || ok && n < many && s.given+n < s.height {
			return nil
		}
		if n == 0 {
			s.changed.Broadcast() // of rows that have come since the last time
			s.changed.Wait()
			continue
		}
		n = min(n, many)
		s.mu.Unlock()
		err := s.give(h, s.given, n)
		s.mu.Lock()
		if err != nil {
			return err
		}
		s.given += n
	}
	return s.err
}

func (s *diffusionStream) give(h *handover, y, n int) error {
	m, err := h.take(image.Rect(0, y, s.width, y+n))
	if err != nil {
		return err
	}
	for i := range n {
		copy(m.Pix[i*s.width:], s.rows[(y+i)%len(s.rows)].index)
	}
	h.give(m)
	return nil
}

// oldest returns the first row that is still needed.
func (s *diffusionStream) oldest() int {
	oldest := s.given
	for i := s.passed; i < len(s.reached) && i <= s.taken; i++ {
		oldest = min(oldest, max(0, s.reached[i]-1))
	}
	return oldest
}

// done returns how many rows are, and all before them.
func (s *diffusionStream) done() int {
	for ; s.passed < len(s.reached); s.passed++ {
		if from, to := s.band(s.passed); s.reached[s.passed] < to {
			return max(from, s.reached[s.passed])
		}
	}
	return s.height
}

// diffuse diffuses one band after the other until there is none left.
func (s *diffusionStream) diffuse(ctx context.Context) {
	var f *diffuser
	for {
		s.mu.Lock()
		band := s.taken
		s.taken++
		s.mu.Unlock()
		if band >= len(s.reached) {
			return
		}
		from, to := s.diffusion.band(band)
		y := warmUp(from)
		for y < to {
			end, err := s.await(ctx, band, y)
			if err != nil {
				s.stop(err)
				return
			}
			if f == nil {
				f = s.newDiffuser(s.reader())
			}
			if y == warmUp(from) {
				f.begin(from)
			}
			for end = min(end, to, y+s.batch); y < end; y++ {
				if y < from {
					f.next(y, nil)
				} else {
					f.next(y, s.rows[y%len(s.rows)].index)
				}
			}
		}
		if _, err := s.await(ctx, band, y); err != nil {
			s.stop(err)
			return
		}
	}
}

// await tells that a band has reached row y and waits until that can be diffused. It
// returns the first row that cannot yet.
func (s *diffusionStream) await(ctx context.Context, band, y int) (end int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reached[band] = y
	s.changed.Broadcast()
	for s.err == nil {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if end = s.filled - 1; s.filled == s.height {
			end = s.height
		}
		if _, to := s.diffusion.band(band); y < end || y == to {
			return end, nil
		}
		s.changed.Wait()
	}
	return 0, s.err
}

// stop ends what goes on, unless there is a reason already.
func (s *diffusionStream) stop(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
	s.changed.Broadcast()
}

// catch keeps a panic, for it would end the program, and ends what goes on.
func (s *diffusionStream) catch() {
	p := recover()
	if p == nil {
		return
	}
	s.mu.Lock()
	s.panicked = p
	s.mu.Unlock()
	s.stop(errStopped)
}

// reader reads the rows of the window.
func (s *diffusionStream) reader() *pointReader {
	return &pointReader{
		piece:         func(x, y, n int) []uint8 { return s.rows[y%len(s.rows)].pix[4*x:][:4*n] },
		premultiplied: s.premultiplied,
		space:         s.space, table: s.table, recent: make([]recentPoint, 1<<recentBits),
	}
}
