package imagefile

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
)

// Rows is an image file that is read by bands of rows, from top to bottom, as often as
// wanted. It is not safe for concurrent use.
//
// The file stays open until Close: one that is put in its place meanwhile is not read.
type Rows struct {
	Size   image.Point // of the image as it is to be seen, turned as the file says
	Format string      // as in File
	Bytes  int64       // size of the file

	// Whole says why the file can be decoded only as a whole, such as "it is
	// interlaced"; "" if it can be by bands. The first Each then keeps the image.
	Whole string

	// What follows is complete once Each has been through.
	Metadata      Metadata
	Notes         []string
	ConvertedFrom string
	Deep          bool

	name    string
	source  *source
	format  *format
	options DecodeOptions
	about   description
	config  image.Config
	opened  os.FileInfo // what the file was
	owned   io.Closer   // of the file, nil if it is the caller's

	decoder bandDecoder // nil if it is decoded as a whole
	colors  *bandColors
	seen    bandSums

	keep   bool
	kept   image.Image
	cuts   []image.Rectangle // the bands that it was handed out in; nil for one
	turned *turnedBands      // nil, or what every Each is read from
}

// OpenRows opens the image file at path. Its errors are those of [Decode].
func OpenRows(ctx context.Context, path string, o DecodeOptions) (*Rows, error) {
	file, size, err := openRegular(path)
	if err == nil {
		return newRows(ctx, path, file, size, file, o)
	}
	return nil, fmt.Errorf("%s: %w", displayName(path), err)
}

// OpenRowsReader opens an image file that is read from r, as [DecodeReader] does. If r
// is a file that is decoded where it is, it must stay open as long as the Rows.
func OpenRowsReader(ctx context.Context, name string, r io.Reader, o DecodeOptions) (*Rows, error) {
	file, size, owned, err := seekable(ctx, r)
	if err == nil {
		return newRows(ctx, name, file, size, owned, o)
	}
	return nil, fmt.Errorf("%s: %w", displayName(name), err)
}

// newRows reads what there is beside the pixels. It closes owned if that fails.
func newRows(ctx context.Context, name string, file *os.File, size int64, owned io.Closer, o DecodeOptions) (*Rows, error) {
	r := &Rows{name: name, Bytes: size, source: newSource(ctx, file, size), owned: owned, options: o}
	if err := r.open(file); err != nil {
		r.Close()
		return nil, r.named(err)
	}
	return r, nil
}

func (r *Rows) named(err error) error { return fmt.Errorf("%s: %w", displayName(r.name), err) }

func (r *Rows) open(file *os.File) (err error) {
	if r.opened, err = file.Stat(); err != nil {
		return reason(err)
	}
	if r.format, err = findFormat(r.source); err != nil {
		return err
	}
	r.Format = r.format.name
	err = r.source.attempt(r.format, func() (err error) {
		r.config, err = r.format.config(r.source)
		return err
	})
	if err != nil {
		return err
	}
	if err := checkSize(r.source, r.format, r.Bytes, r.config, r.options); err != nil {
		return err
	}
	if err := r.openDecoder(); err != nil {
		return err
	}
	return r.describe()
}

// openDecoder finds out whether the file can be decoded by bands.
func (r *Rows) openDecoder() error {
	if r.format.bands == nil {
		r.Whole = r.format.title + " is not read by bands of rows"
		return nil
	}
	return r.source.attempt(r.format, func() (err error) {
		r.decoder, r.Whole, err = r.format.bands(r.source)
		if r.Whole != "" {
			r.decoder = nil
		}
		return err
	})
}

// describe reads what there is beside the pixels.
func (r *Rows) describe() (err error) {
	if r.about, err = describe(r.source, r.format, r.Bytes); err != nil {
		return err
	}
	r.Size = image.Pt(r.config.Width, r.config.Height)
	if r.about.orientation >= 5 {
		r.Size = image.Pt(r.Size.Y, r.Size.X)
	}
	if r.about.transposed || r.about.orientation >= 5 {
		r.about.transpose()
	}
	if r.decoder != nil {
		r.colors = newBandColors(&r.about.color, r.options, r.config)
	}
	r.Metadata = r.about.Metadata
	return nil
}

// turns says whether the image is to be turned or mirrored.
func (r *Rows) turns() bool { return r.about.orientation >= 2 }

// Keep makes the next Each keep what it decodes: its bands are then parts of one image,
// and stay valid.
func (r *Rows) Keep() { r.keep = true }

// Image returns the image that was kept, nil before it is complete.
func (r *Rows) Image() image.Image { return r.kept }

// Each decodes the image and calls do with its bands, from top to bottom. Their bounds
// say where they are, and they are the same every time. They are valid until do
// returns, while the next ones are decoded. A done ctx, or an error of do, which is
// returned as it is, ends it. A file that is no longer what it was when it was opened,
// or does not decode to the same pixels each time, is an error that wraps ErrChanged.
func (r *Rows) Each(ctx context.Context, do func(band image.Image) error) error {
	t := &taker{ctx: ctx, do: do}
	err := r.each(ctx, t)
	if err == nil {
		err = ctx.Err()
	}
	switch {
	case t.panicked != nil:
		panic(t.panicked)
	case t.err != nil:
		return t.err
	case err != nil:
		return r.named(err)
	}
	return nil
}

func (r *Rows) each(ctx context.Context, t *taker) error {
	r.source.ctx, r.source.err = ctx, nil
	switch {
	case r.kept != nil:
		return r.eachKept(t)
	case r.turned != nil:
		return r.turned.each(ctx, t.take)
	case r.decoder == nil:
		return r.decodeWhole(t)
	case r.turns() && r.keep:
		return r.turnWhole(t)
	case r.turns():
		return r.spoolTurned(t)
	}
	m, err := r.pass(r.keep, t.take)
	if err == nil {
		r.kept = m
	}
	return err
}

// Original returns the file itself, from its beginning, to be read before Close.
func (r *Rows) Original() io.Reader { return io.NewSectionReader(r.source.file, 0, r.Bytes) }

// Close releases what is held. It may be called twice.
func (r *Rows) Close() error {
	if r.colors != nil {
		r.colors.close()
	}
	if r.turned != nil {
		r.turned.close()
	}
	r.turned, r.kept = nil, nil
	var err error
	if r.owned != nil {
		err = r.owned.Close()
	}
	r.owned = nil
	return err
}

// errTaken says that whoever takes the bands wants no more.
var errTaken = errors.New("no more is wanted")

// A taker calls what is to be done with the bands. What goes wrong in that is not for
// decoders to wrap, or to be blamed for.
type taker struct {
	ctx      context.Context
	do       func(band image.Image) error
	err      error
	panicked any
}

func (t *taker) take(band image.Image) (err error) {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	if t.err != nil || t.panicked != nil {
		return errTaken
	}
	defer func() {
		if t.panicked = recover(); t.panicked != nil {
			err = errTaken
		}
	}()
	if t.err = t.do(band); t.err != nil {
		return errTaken
	}
	return nil
}
