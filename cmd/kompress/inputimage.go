package main

import (
	"context"
	"fmt"
	"image"
	"time"

	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/quantize"
)

// An inputImage is an image that is read, by bands or to be kept as a whole, of which
// then all is there once its colors are counted.
type inputImage struct {
	reading
	byBands bool
	held    int64 // about how many bytes of memory it takes
	harden  bool  // its soft edges are to be cut
	hard    bool  // some were
	notes   []string

	pass     pass
	sample   *sample       // of an image by bands
	whole    image.Image   // if it is not the one that was read
	counting time.Duration // what reading waited for the bands to be counted
}

// open opens an image and decides whether memory suffices to hold it.
func (j *compression) open(ctx context.Context, t *task, progress *course) (*inputImage, error) {
	in := &inputImage{harden: j.encoding.Format == "gif", pass: pass{progress, "decode", "cluster"}}
	o := j.decoding
	o.Progress = in.pass.read
	var err error
	if in.reading, err = openReading(ctx, t.path, j.stdin, o); err != nil {
		return nil, err
	}
	in.held = saturatingAdd(in.Need(), in.pixels())
	if in.held <= j.memory {
		return in, nil
	}
	if why := j.whyWhole(in.Rows); why != "" {
		in.notes = append(in.notes, heldNote(in.Need(), why))
		return in, nil
	}
	in.byBands, in.held = true, min(in.held, bandsNeed)
	if j.encoding.Format != "png" {
		in.held = saturatingAdd(in.held, in.pixels())
		if in.pixels() > j.memory {
			in.notes = append(in.notes, fmt.Sprintf("the result is held in memory, about %s: only PNG is written by bands", words.Bytes(in.pixels())))
		}
	}
	return in, nil
}

// pixels returns how many the image has: a byte each, once it is in few colors.
func (in *inputImage) pixels() int64 { return int64(in.Size.X) * int64(in.Size.Y) }

// whyWhole says why an image cannot be compressed by bands, "" if it can.
func (j *compression) whyWhole(r *imagefile.Rows) string {
	switch {
	case r.Whole != "":
		return r.Whole
	case j.targets.maxBytes > 0:
		return "--max-bytes tries several files"
	case j.importance != nil && j.importance.mask != nil:
		return "--importance compares it with a mask"
	}
	return ""
}

func (in *inputImage) close() { in.Rows.Close() }

// Image implements quantize.KeptBands.
func (in *inputImage) Image() image.Image {
	if in.whole != nil {
		return in.whole
	}
	return in.Rows.Image()
}

// Each implements quantize.Bands. It takes the time of what is done with the bands.
func (in *inputImage) Each(ctx context.Context, do func(band image.Image) error) error {
	return in.reading.Each(ctx, func(band image.Image) error {
		if in.harden {
			var cut bool
			band, cut = hardEdges(band)
			in.hard = in.hard || cut
		}
		began := time.Now()
		defer func() { in.counting += time.Since(began) }()
		return do(band)
	})
}

// count counts the colors of an image while it is read, and keeps it if it may be.
func (j *compression) count(ctx context.Context, in *inputImage, e quantize.Engine) (*quantize.Session, error) {
	if in.byBands {
		return quantize.NewBandSession(ctx, e, in.Size, in.sampling(j.encodingOf(in)))
	}
	in.Keep()
	if !in.harden {
		return quantize.NewKeptSession(ctx, e, in.Size, in)
	}
	in.harden = false // but all at once, if any
	if err := in.Each(ctx, func(image.Image) error { return nil }); err != nil {
		return nil, err
	}
	in.whole, in.hard = hardEdges(in.Rows.Image())
	return quantize.NewSession(ctx, e, in.whole)
}

// A pass is one reading of a file, in that part of the way.
type pass struct {
	course   *course
	from, to string // stages
}

func (p *pass) begin(from, to string) { p.from, p.to = from, to }

func (p *pass) read(share float64) { p.course.between(p.from, p.to, share) }
