package imagefile

import (
	"errors"
	"fmt"
	"hash/maphash"
	"image"

	"kompress/imagefile/bands"
)

// A pass decodes the file by bands once.
type pass struct {
	*Rows
	do     func(band image.Image) error
	keep   bool
	bottom int // of the last band
	count  int
	fault  error // not of the decoder, for it to wrap
}

// pass decodes the file and calls do with its bands, in their final colors, but not
// turned. With keep it returns the image that they are parts of.
func (r *Rows) pass(keep bool, do func(band image.Image) error) (image.Image, error) {
	if err := r.checkUnchanged(); err != nil {
		return nil, err
	}
	if err := r.colors.lookForGray(r); err != nil {
		return nil, r.blamed(err)
	}
	p := &pass{Rows: r, do: do, keep: keep}
	r.cuts = nil
	own := keep && r.colors.may // then the bands are copied to where they are converted
	r.colors.begin(own)
	var m image.Image
	err := r.source.attempt(r.format, func() (err error) {
		m, err = r.decoder.decode(keep && !own, p.take)
		return err
	})
	if p.fault != nil {
		err = p.fault
	}
	if err == nil && p.bottom != r.config.Height {
		err = fmt.Errorf("%w: got %d rows, wanted %d", ErrTruncated, p.bottom, r.config.Height)
	}
	if err = r.blamed(err); err != nil {
		return nil, err
	}
	r.seen.complete = r.seen.complete || !keep
	if own {
		m = r.colors.whole()
	}
	return m, nil
}

// take takes a band as it was decoded.
func (p *pass) take(band image.Image) error {
	if p.fault == nil {
		p.fault = p.takeNext(band)
	}
	return p.fault
}

func (p *pass) takeNext(band image.Image) error {
	if err := p.check(band); err != nil {
		return err
	}
	m := p.colors.convert(p.source.ctx, band)
	if err := p.source.ctx.Err(); err != nil {
		return err // m is not complete
	}
	if p.bottom == 0 {
		p.tell(&p.colors.coloring, m)
	}
	p.bottom = band.Bounds().Max.Y
	p.count++
	if p.keep {
		p.cuts = append(p.cuts, band.Bounds())
	}
	if p.options.Progress != nil {
		p.options.Progress(float64(p.bottom) / float64(p.config.Height))
	}
	return p.do(m)
}

// check checks that a band follows the one before, and is what it was the first time.
func (p *pass) check(band image.Image) error {
	b := band.Bounds()
	if b.Min != image.Pt(0, p.bottom) || b.Max.X != p.config.Width || b.Max.Y > p.config.Height || b.Empty() {
		return fmt.Errorf("%w: got rows %v after %d of %d", ErrTruncated, b, p.bottom, p.config.Height)
	}
	if p.keep && !p.seen.complete {
		return nil // nothing is read twice
	}
	return p.seen.check(p.count, band)
}

// tell says what is known of the image with its first band.
func (r *Rows) tell(c *coloring, m image.Image) {
	r.Deep = Deep(m)
	r.Notes = append(r.about.notes[:len(r.about.notes):len(r.about.notes)], c.notes...)
	r.ConvertedFrom = c.from
	r.Metadata.Profile = c.profile
}

// checkUnchanged looks whether the file is the one that was opened.
func (r *Rows) checkUnchanged() error {
	now, err := r.source.file.Stat()
	if err != nil {
		return reason(err)
	}
	if now.Size() != r.opened.Size() || !now.ModTime().Equal(r.opened.ModTime()) {
		return ErrChanged
	}
	return nil
}

// blamed returns what is wrong with a file when err has ended a pass, or nothing has:
// not what it has, if that has changed.
func (r *Rows) blamed(err error) error {
	if ctxErr := r.source.ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	if errors.Is(err, errTaken) || r.source.err != nil {
		return err
	}
	if changed := r.checkUnchanged(); changed != nil {
		return changed
	}
	if err != nil && r.seen.complete && !errors.Is(err, ErrChanged) {
		return fmt.Errorf("%w: %w", ErrChanged, err) // it could be decoded before
	}
	return err
}

// A bandSums has a checksum of each band of a file, which tells a change in it that
// leaves its size and its time, or comes within the time's resolution.
type bandSums struct {
	seed     maphash.Seed
	sums     []uint64
	complete bool
	hash     maphash.Hash
}

// check compares band i with what it was the first time.
func (s *bandSums) check(i int, band image.Image) error {
	if s.seed == (maphash.Seed{}) {
		s.seed = maphash.MakeSeed()
	}
	sum := s.sum(band)
	switch {
	case i < len(s.sums):
		if s.sums[i] != sum {
			return ErrChanged
		}
	case s.complete:
		return ErrChanged
	default:
		s.sums = append(s.sums, sum)
	}
	return nil
}

func (s *bandSums) sum(band image.Image) uint64 {
	s.hash.SetSeed(s.seed)
	s.rows(band)
	return s.hash.Sum64()
}

// rows hashes the samples of an image, and where it is.
func (s *bandSums) rows(band image.Image) {
	maphash.WriteComparable(&s.hash, band.Bounds())
	switch m := band.(type) {
	case *image.YCbCr:
		r := m.Rect
		colors := chromaSize(m)
		s.plane(m.Y[m.YOffset(r.Min.X, r.Min.Y):], m.YStride, r.Dx(), r.Dy())
		s.plane(m.Cb[m.COffset(r.Min.X, r.Min.Y):], m.CStride, colors.X, colors.Y)
		s.plane(m.Cr[m.COffset(r.Min.X, r.Min.Y):], m.CStride, colors.X, colors.Y)
		return
	case *image.Paletted:
		for _, c := range m.Palette {
			maphash.WriteComparable(&s.hash, c)
		}
	}
	if r, ok := bands.RasterOf(band); ok {
		s.plane(r.Pix, r.Stride, r.Size*r.Rect.Dx(), r.Rect.Dy())
		return
	}
	s.rows(redrawn(band))
}

func (s *bandSums) plane(pix []uint8, stride, width, height int) {
	if stride == width {
		s.hash.Write(pix[:width*height])
		return
	}
	for y := range height {
		s.hash.Write(pix[y*stride:][:width])
	}
}

// chromaSize returns how many colors a YCbCr image has across and down.
func chromaSize(m *image.YCbCr) image.Point {
	r := m.Rect
	last := m.COffset(r.Max.X-1, r.Max.Y-1) - m.COffset(r.Min.X, r.Min.Y)
	return image.Pt(last%m.CStride+1, last/m.CStride+1)
}

// eachKept hands out the image that was kept, in the bands that it came in.
func (r *Rows) eachKept(t *taker) error {
	m, ok := r.kept.(interface {
		SubImage(r image.Rectangle) image.Image
	})
	if !ok || len(r.cuts) == 0 {
		return t.take(r.kept)
	}
	for _, cut := range r.cuts {
		if err := t.take(m.SubImage(cut)); err != nil {
			return err
		}
	}
	return nil
}

// decodeWhole decodes a file that cannot be decoded otherwise.
func (r *Rows) decodeWhole(t *taker) error {
	if err := r.checkUnchanged(); err != nil {
		return err
	}
	r.source.progress = r.options.Progress
	m, err := r.decodePixels()
	r.source.progress = nil
	if err = r.blamed(err); err != nil {
		return err
	}
	ctx := r.source.ctx
	c, err := convertColors(ctx, m, r.about.color, r.options)
	if err != nil {
		return err
	}
	if m, err = orient(ctx, c.image, r.about.orientation); err != nil {
		return err
	}
	r.tell(&c.coloring, m)
	r.kept = m
	return t.take(m)
}

func (r *Rows) decodePixels() (m image.Image, err error) {
	err = r.source.attempt(r.format, func() (err error) {
		m, err = r.format.decode(r.source)
		return err
	})
	if err != nil {
		return nil, err
	}
	return onScreen(m, r.config), nil
}

// turnWhole decodes the file by bands and turns the image that they are.
func (r *Rows) turnWhole(t *taker) error {
	m, err := r.pass(true, func(image.Image) error { return nil })
	if err != nil {
		return err
	}
	if m, err = orient(r.source.ctx, m, r.about.orientation); err != nil {
		return err
	}
	r.kept, r.cuts = m, nil
	return t.take(m)
}

// spoolTurned decodes the file, turns its bands, and hands out those of the result.
func (r *Rows) spoolTurned(t *taker) error {
	ctx := r.source.ctx
	turned, err := newTurnedBands(ctx, r.about.orientation, image.Pt(r.config.Width, r.config.Height))
	if err != nil {
		return err
	}
	if _, err = r.pass(false, turned.add); err == nil {
		err = turned.finish()
	}
	if err != nil {
		turned.close()
		return err
	}
	r.turned = turned
	return turned.each(ctx, t.take)
}
