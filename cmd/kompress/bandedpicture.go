package main

import (
	"context"
	"image"
	"slices"
	"time"

	"kompress/imagefile"
	"kompress/quantize"
)

// A bandedPicture is an image in few colors that is made while it is written.
type bandedPicture struct {
	imagefile.Banded
	took  time.Duration // for the next band to be read and mapped, while the encoder waited
	close func()
}

// mapWhileWritten says whether an image that is held in memory is mapped while it is
// written, rather than before: so neither waits for the other, and its indices are not
// held. A GPU has the pixels, and maps them all at once. Small images are encoded before
// they are written.
func (j *compression) mapWhileWritten(in *inputImage, at *seat, e *engine, o quantize.DitherOptions) bool {
	return !at.small && e.name == "cpu" && j.encoding.Format == "png" &&
		o.Method != quantize.FloydSteinberg && !j.hasUnused() &&
		in.sampleOfKept(j.encodingOf(in))
}

// hasUnused says whether a palette may have entries that no pixel has: one that was given
// has them all until it is known which of them mixtures take, also if there are none then.
func (j *compression) hasUnused() bool { return j.fixed != nil && j.dither.Method != quantize.NoDither }

// mapBands gives an image in the colors of a palette, by bands. End ends the session, which
// may be needed until the image is written.
func (j *compression) mapBands(ctx context.Context, in *inputImage, session *quantize.Session, q *quantize.Quantized, o quantize.DitherOptions, s *summary, end func()) (*picture, error) {
	in.pass.begin("map", "encode")
	var from quantize.Bands // nil: of the image that the session has
	if in.byBands {
		from = in
	}
	m := &bandedPicture{Banded: imagefile.Banded{Size: in.Size, Palette: q.Palette}, close: end}
	m.Each = func(ctx context.Context, do func(*image.Paletted) error) error {
		began := time.Now()
		return session.EachMapped(ctx, q, o, from, func(band *image.Paletted) error {
			m.took += time.Since(began)
			defer func() { began = time.Now() }()
			return do(band)
		})
	}
	unused := j.hasUnused()
	switch {
	case j.encoding.Format != "png":
		whole, err := m.Gather(ctx)
		if err != nil {
			return nil, err
		}
		if unused {
			dropUnused(whole)
			s.Colors = len(whole.Palette)
		}
		return &picture{Paletted: whole}, nil
	case unused || o.Method == quantize.FloydSteinberg:
		spooled, err := imagefile.SpoolBands(ctx, &m.Banded)
		if err != nil {
			return nil, err
		}
		end()
		m.Banded, m.close = spooled.Banded, func() { spooled.Close() }
		m.took = 0 // it is mapped
		if unused {
			dropUnusedBands(spooled, &m.Banded)
			s.Colors = len(m.Palette)
		}
		return &picture{bands: m}, nil
	}
	in.pass.begin("encode", "end")
	rows, err := in.sample.mapped(ctx, session, q, o)
	if err != nil {
		return nil, err
	}
	m.Sample = func(y int) []uint8 {
		i, _ := slices.BinarySearch(in.sample.want, y)
		return rows[i*in.Size.X:][:in.Size.X]
	}
	return &picture{bands: m}, nil
}

// A sample is the rows by which the encoder has to know an image before it is written.
type sample struct {
	want []int         // rising
	have []image.Image // these rows, with their places: those that adjoin together
}

// runs calls do with the rows of a band that are wanted, from y on as many as adjoin: very
// narrow images have hundreds of thousands.
func (s *sample) runs(band image.Rectangle, do func(rows image.Rectangle)) {
	i, _ := slices.BinarySearch(s.want, band.Min.Y)
	for i < len(s.want) && s.want[i] < band.Max.Y {
		first := i
		for i++; i < len(s.want) && s.want[i] == s.want[i-1]+1 && s.want[i] < band.Max.Y; i++ {
		}
		do(image.Rect(band.Min.X, s.want[first], band.Max.X, s.want[i-1]+1))
	}
}

// sampleOfKept takes the sample of an image that is held, if it can be.
func (in *inputImage) sampleOfKept(o imagefile.EncodeOptions) bool {
	m, ok := in.Image().(interface {
		SubImage(image.Rectangle) image.Image
	})
	if !ok {
		return false
	}
	in.sample = &sample{want: imagefile.SampleRows(in.Size, o)}
	in.sample.runs(image.Rectangle{Max: in.Size}, func(rows image.Rectangle) {
		in.sample.have = append(in.sample.have, m.SubImage(rows))
	})
	return true
}

// sampling returns bands that keep the sample when they are read.
func (in *inputImage) sampling(o imagefile.EncodeOptions) quantize.Bands {
	in.sample = &sample{want: imagefile.SampleRows(in.Size, o)}
	return &sampling{in, in.sample}
}

type sampling struct {
	quantize.Bands
	*sample
}

func (s *sampling) Each(ctx context.Context, do func(band image.Image) error) error {
	return s.Bands.Each(ctx, func(band image.Image) error {
		s.keep(band)
		return do(band)
	})
}

// keep copies the rows that are wanted of a band. The first one may come again, when an
// engine failed in between.
func (s *sample) keep(band image.Image) {
	b := band.Bounds()
	if b.Min.Y == 0 {
		s.have = nil
	}
	var r *quantize.PixelReader
	s.runs(b, func(rows image.Rectangle) {
		if r == nil {
			r = quantize.NewPixelReader(band)
		}
		pix := make([]uint8, 4*rows.Dx()*rows.Dy())
		r.Read(pix, (rows.Min.Y-b.Min.Y)*b.Dx())
		if r.Premultiplied() {
			s.have = append(s.have, &image.RGBA{Pix: pix, Stride: 4 * rows.Dx(), Rect: rows})
		} else {
			s.have = append(s.have, &image.NRGBA{Pix: pix, Stride: 4 * rows.Dx(), Rect: rows})
		}
	})
}

// mapped returns the sample in the colors of a palette, one row after the other.
func (s *sample) mapped(ctx context.Context, session *quantize.Session, q *quantize.Quantized, o quantize.DitherOptions) (rows []uint8, err error) {
	for _, have := range s.have {
		m, err := session.MapBand(ctx, q, o, have)
		if err != nil {
			return nil, err
		}
		rows = append(rows, m.Pix...)
	}
	return rows, nil
}
