package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"strings"
	"sync"

	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/quantize"
)

// one compresses an image.
func (j *compression) one(ctx context.Context, t *task, at *seat, progress *course) (*summary, error) {
	if t.err != nil {
		return nil, t.err
	}
	s := &summary{Input: t.path, Output: t.output, wishes: j.wishes, FormatOut: j.encoding.Format, Asked: j.options.Colors}
	clock := newClock()
	defer func() { s.Seconds.Total = clock.total().Seconds() }()
	force, err := j.mayWrite(t, s)
	if err != nil || s.Skipped != "" {
		return s, err
	}
	progress.stage("decode")
	in, err := j.open(ctx, t, progress)
	if err != nil {
		return nil, err
	}
	defer in.close()
	if err := at.take(ctx, in); err != nil {
		return nil, err
	}
	m, err := j.quantize(ctx, in, s, clock, at, progress)
	if errors.Is(err, errLowQuality) {
		return s, j.leaveOut(t, s, in, err)
	}
	if err != nil {
		return nil, in.named(err)
	}
	defer m.close()
	progress.stage("encode")
	if at.small && m.Paletted != nil {
		if err := j.encodeSmall(ctx, m, in, at); err != nil {
			return nil, fmt.Errorf("%s: %w", words.Printable(s.Output), err)
		}
	}
	s.BytesOut, err = j.write(ctx, t, m, in, force)
	clock.lap(&s.Seconds.Encode)
	m.mapped(&s.Seconds)
	return s, j.leaveOut(t, s, in, err)
}

// mayWrite looks, before the work, at what is in the place of the output, and says
// whether it may be overwritten. With --update it may be what is wanted already.
func (j *compression) mayWrite(t *task, s *summary) (force bool, err error) {
	if j.outputs.stream {
		return false, nil
	}
	input, err := os.Stat(t.path)
	if err != nil || !input.Mode().IsRegular() {
		// Of what is no image the decoder has more to say.
		return j.force, nil
	}
	if output, err := os.Stat(t.output); j.update && err == nil && output.Mode().IsRegular() {
		if !output.ModTime().Before(input.ModTime()) { // as make does: times are coarse
			s.Skipped, s.BytesIn, s.BytesOut = upToDate, input.Size(), output.Size()
		}
		return true, nil
	}
	if _, err := os.Lstat(t.output); err == nil && !j.force {
		return false, fmt.Errorf("%s: %w", words.Printable(t.output), imagefile.ErrExists)
	}
	return j.force, nil
}

// A picture is an image in few colors: as a whole, by bands that are made while it is
// written, or the file of it where that was needed to find the colors.
type picture struct {
	*image.Paletted
	bands *bandedPicture
	file  []byte
}

func (m *picture) close() {
	if m.bands != nil {
		m.bands.close()
	}
}

// mapped takes what a picture by bands took to be mapped out of the time of encoding.
func (m *picture) mapped(t *times) {
	if m.bands != nil {
		t.Map += m.bands.took.Seconds()
		t.Encode = max(0, t.Encode-m.bands.took.Seconds())
	}
}

// quantize finds the palette and gives the image in it.
func (j *compression) quantize(ctx context.Context, in *inputImage, s *summary, clock *clock, at *seat, progress *course) (m *picture, err error) {
	engine, give, err := j.pool.take(ctx, in.Size.X*in.Size.Y, at.threads)
	if err != nil {
		return nil, err
	}
	session, err := j.count(ctx, in, engine)
	if err != nil {
		give()
		return nil, err
	}
	end := sync.OnceFunc(func() {
		session.Close()
		s.by(engine)
		give()
	})
	defer func() {
		if m == nil || m.bands == nil { // which goes on
			end()
		}
	}()
	j.counted(in, s, clock)
	if err := j.importance.weigh(ctx, session, in.Size); err != nil {
		return nil, err
	}
	clock.lap(&s.Seconds.Count)
	s.Seconds.Count += in.counting.Seconds()
	progress.stage("cluster")
	q, file, err := j.palette(ctx, &counted{session, in, at.threads}, s, progress.share)
	if err != nil {
		return nil, err
	}
	s.clustered(session.Counts(), q)
	clock.lap(&s.Seconds.Cluster)
	progress.stage("map")
	if file != nil {
		return &picture{file: file}, nil
	}
	dither := j.ditherFor(q, s)
	if in.byBands || j.mapWhileWritten(in, at, engine, dither) {
		m, err = j.mapBands(ctx, in, session, q, dither, s, end)
		clock.lap(&s.Seconds.Map)
		return m, err
	}
	whole, err := session.Dither(ctx, q, dither)
	if err != nil {
		return nil, err
	}
	if j.fixed != nil {
		dropUnused(whole)
		s.Colors = len(whole.Palette)
	}
	clock.lap(&s.Seconds.Map)
	return &picture{Paletted: whole}, nil
}

// counted notes what is known once an image has been read.
func (j *compression) counted(in *inputImage, s *summary, clock *clock) {
	clock.lap(&s.Seconds.Decode)
	s.Seconds.Decode = max(0, s.Seconds.Decode-in.counting.Seconds())
	s.read(in)
	s.Notes = append(s.Notes, j.lost(in)...)
	if in.hard {
		s.Notes = append(s.Notes, hardEdgesNote)
	}
	s.Notes = append(s.Notes, in.notes...)
}

// ditherFor leaves exact images alone.
func (j *compression) ditherFor(q *quantize.Quantized, s *summary) quantize.DitherOptions {
	if q.MSE == 0 || j.dither.Method == quantize.NoDither {
		s.Dither = flagValues["dither"][quantize.NoDither]
		return quantize.DitherOptions{}
	}
	s.Dither = flagValues["dither"][j.dither.Method]
	return j.dither
}

// errLarger says that a result was not smaller than its input.
var errLarger = errors.New("not smaller")

// write encodes an image to where it goes, and returns how long it is.
func (j *compression) write(ctx context.Context, t *task, m *picture, in *inputImage, force bool) (n int64, err error) {
	encode := func(w io.Writer) error {
		counted := &counter{w: w}
		err := j.encodePicture(ctx, counted, m, in)
		if n = counted.n; err == nil && j.skipIfLarger && n >= in.Bytes {
			return errLarger
		}
		return err
	}
	if j.outputs.stream {
		_, err = j.streamOut(ctx, encode, in.byBands)
		return n, err
	}
	if err := j.outputs.makeFolder(t.output); err != nil {
		return 0, fmt.Errorf("%s: %w", displayName(t.path), err)
	}
	_, err = imagefile.WriteFile(ctx, t.output, imagefile.WriteOptions{Force: force}, encode)
	if in.err != nil {
		return 0, in.err // rather than with the output's name before it
	}
	return n, err
}

// encodeSmall encodes an image before it is written, to need the processors no longer.
func (j *compression) encodeSmall(ctx context.Context, m *picture, in *inputImage, at *seat) error {
	var file bytes.Buffer
	err := j.encode(ctx, &file, m.Paletted, in, j.encoding.Compression)
	m.file = file.Bytes()
	at.leave()
	return err
}

func (j *compression) encodePicture(ctx context.Context, w io.Writer, m *picture, in *inputImage) error {
	switch {
	case m.file != nil:
		_, err := w.Write(m.file)
		return err
	case m.bands != nil:
		return imagefile.EncodeBands(ctx, w, &m.bands.Banded, j.encodingOf(in))
	}
	return j.encode(ctx, w, m.Paletted, in, j.encoding.Compression)
}

// encode writes an image as it goes into the file, with what else goes there.
func (j *compression) encode(ctx context.Context, w io.Writer, m *image.Paletted, in *inputImage, c imagefile.Compression) error {
	o := j.encodingOf(in)
	o.Compression = c
	return imagefile.Encode(ctx, w, m, o)
}

// encodingOf returns how an image is written, and with what of its metadata.
func (j *compression) encodingOf(in *inputImage) imagefile.EncodeOptions {
	o := j.encoding
	o.Metadata = in.Metadata
	if !j.decoding.KeepProfile {
		o.Metadata.Profile = nil // the pixels are sRGB now
	}
	if !j.metadata {
		o.Metadata.EXIF, o.Metadata.XMP, o.Metadata.Text = nil, nil, nil
	}
	return o
}

// lost notes what --keep-metadata cannot keep.
func (j *compression) lost(in *inputImage) (notes []string) {
	if names := j.encodingOf(in).Lost(); j.metadata && len(names) > 0 {
		notes = append(notes, fmt.Sprintf("a .%s cannot hold %s: dropped", j.encoding.Format, strings.Join(names, ", ")))
	}
	return notes
}

// A counter counts what is written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
