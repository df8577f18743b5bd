package tiff

import (
	"context"
	"image"
	"sync"

	"kompress/imagefile/bands"
)

// A stream decodes some columns of tiles, or the one of strips, from the image's top to
// its bottom. What it holds are decompressors in the middle of their work, rather than
// rows of tiles that are as high as those: half a gigabyte if they have 4096 rows.
type stream struct {
	layout
	first    int64     // column
	painters []painter // of the columns

	mu   sync.Mutex
	turn sync.Cond
	row  int // the next one
}

// streams returns those of all jobs.
func (l layout) streams() []*stream {
	streams := make([]*stream, l.jobs())
	for i := range streams {
		s := &stream{layout: l, first: int64(i * l.group())}
		s.turn.L = &s.mu
		s.painters = make([]painter, min(int64(l.group()), l.across()-s.first))
		for j := range s.painters {
			s.painters[j] = l.painter(l.rows)
		}
		streams[i] = s
	}
	return streams
}

// paint paints a band when the one above it has been painted, which has begun earlier.
func (s *stream) paint(ctx context.Context, band bands.Raster) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.row != band.Rect.Min.Y {
		s.turn.Wait()
	}
	defer func() {
		s.row = band.Rect.Max.Y
		s.turn.Broadcast()
	}()
	for i, p := range s.painters {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.paintColumn(p, s.first+int64(i), band); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) paintColumn(p painter, column int64, band bands.Raster) error {
	chunk := int64(band.Rect.Min.Y/s.chunkHeight)*s.across() + column
	r := s.chunkRect(chunk)
	if band.Rect.Min.Y == r.Min.Y {
		if err := p.open(chunk); err != nil {
			return err
		}
	}
	return p.paint(band, r.Intersect(image.Rect(0, band.Rect.Min.Y, s.Width, band.Rect.Max.Y)))
}
