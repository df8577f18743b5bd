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
	in, err := j.decode(ctx, t, progress.read)
	if err != nil {
		return nil, err
	}
	s.decoded(in)
	s.Notes = append(s.Notes, j.lost(in)...)
	if j.encoding.Format == "gif" {
		if in.Image, s.hard = hardEdges(in.Image); s.hard {
			s.Notes = append(s.Notes, hardEdgesNote)
		}
	}
	clock.lap(&s.Seconds.Decode)
	m, err := j.quantize(ctx, in, s, clock, at.threads, progress)
	if errors.Is(err, errLowQuality) {
		return s, j.leaveOut(t, s, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", displayName(s.Input), err)
	}
	progress.stage("encode")
	if at.small && m.file == nil {
		if err := j.encodeSmall(ctx, m, in, at); err != nil {
			return nil, fmt.Errorf("%s: %w", words.Printable(s.Output), err)
		}
	}
	s.BytesOut, err = j.write(ctx, t, m, in, force)
	clock.lap(&s.Seconds.Encode)
	return s, j.leaveOut(t, s, err)
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

// A picture is an image in few colors, or its file where that was needed to find them.
type picture struct {
	*image.Paletted
	file []byte
}

// quantize finds the palette and gives the image in it.
func (j *compression) quantize(ctx context.Context, in *imagefile.File, s *summary, clock *clock, threads int, progress *course) (*picture, error) {
	progress.stage("count")
	engine, give, err := j.pool.take(ctx, s.Width*s.Height, threads)
	if err != nil {
		return nil, err
	}
	defer give()
	session, err := quantize.NewSession(ctx, engine, in.Image)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	if err := j.importance.weigh(ctx, session, in.Image.Bounds().Size()); err != nil {
		return nil, err
	}
	clock.lap(&s.Seconds.Count)
	progress.stage("cluster")
	q, file, err := j.palette(ctx, &counted{session, in, threads}, s, progress.share)
	if err != nil {
		return nil, err
	}
	s.clustered(session.Counts(), q)
	clock.lap(&s.Seconds.Cluster)
	progress.stage("map")
	dither := j.ditherFor(q, s)
	defer s.by(engine)
	if file != nil {
		return &picture{file: file}, nil
	}
	m, err := session.Dither(ctx, q, dither)
	if err != nil {
		return nil, err
	}
	if j.fixed != nil {
		dropUnused(m)
		s.Colors = len(m.Palette)
	}
	clock.lap(&s.Seconds.Map)
	return &picture{Paletted: m}, nil
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
func (j *compression) write(ctx context.Context, t *task, m *picture, in *imagefile.File, force bool) (n int64, err error) {
	encode := func(w io.Writer) error {
		counted := &counter{w: w}
		err := j.encodeOrCopy(ctx, counted, m, in)
		if n = counted.n; err == nil && j.skipIfLarger && n >= in.Bytes {
			return errLarger
		}
		return err
	}
	if j.outputs.stream {
		_, err = j.streamOut(encode)
		return n, err
	}
	if err := j.outputs.makeFolder(t.output); err != nil {
		return 0, fmt.Errorf("%s: %w", displayName(t.path), err)
	}
	_, err = imagefile.WriteFile(ctx, t.output, imagefile.WriteOptions{Force: force}, encode)
	return n, err
}

// encodeSmall encodes an image before it is written, to need the processors no longer.
func (j *compression) encodeSmall(ctx context.Context, m *picture, in *imagefile.File, at *seat) error {
	var file bytes.Buffer
	err := j.encode(ctx, &file, m.Paletted, in, j.encoding.Compression)
	m.file = file.Bytes()
	at.leave()
	return err
}

func (j *compression) encodeOrCopy(ctx context.Context, w io.Writer, m *picture, in *imagefile.File) error {
	if m.file != nil {
		_, err := w.Write(m.file)
		return err
	}
	return j.encode(ctx, w, m.Paletted, in, j.encoding.Compression)
}

// encode writes an image as it goes into the file, with what else goes there.
func (j *compression) encode(ctx context.Context, w io.Writer, m *image.Paletted, in *imagefile.File, c imagefile.Compression) error {
	o := j.encodingOf(in)
	o.Compression = c
	return imagefile.Encode(ctx, w, m, o)
}

// encodingOf returns how an image is written, and with what of its metadata.
func (j *compression) encodingOf(in *imagefile.File) imagefile.EncodeOptions {
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
func (j *compression) lost(in *imagefile.File) (notes []string) {
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
