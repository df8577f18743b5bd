package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"kompress/cmd/kompress/words"
	"kompress/quantize"

	"github.com/urfave/cli/v2"
)

// A summary is what is told about a file. The JSON names are part of the
// program's interface.
type summary struct {
	Input    string  `json:"input"`
	Output   string  `json:"output"`            // - is standard output
	Skipped  string  `json:"skipped,omitempty"` // why nothing was written; most of what follows is then 0
	Format   string  `json:"format"`
	Width    int     `json:"width"`
	Height   int     `json:"height"`
	BytesIn  int64   `json:"bytes_in"`
	BytesOut int64   `json:"bytes_out"`
	ByBands  bool    `json:"by_bands,omitempty"` // it was too large for --memory, and read twice
	Ratio    float64 `json:"ratio"`              // bytes out for a byte in

	Asked    int      `json:"colors_asked"`
	Colors   int      `json:"colors"`
	Distinct int      `json:"distinct_colors"`
	Lossless bool     `json:"lossless"`
	Dither   string   `json:"dither"`
	MSE      float64  `json:"mse"`               // mean squared distance, summed over R, G, B; before dithering
	PSNR     *float64 `json:"psnr_db"`           // null if there is no error
	Quality  *int     `json:"quality,omitempty"` // on pngquant's scale, if it was asked for

	Engine    string `json:"engine"`
	Device    string `json:"device,omitempty"` // of the GPU
	Steps     int    `json:"steps"`
	Passes    int    `json:"passes"`
	Converged bool   `json:"converged"`
	Seconds   times  `json:"seconds"`

	wishes
	FormatOut string   `json:"format_out"`
	Notes     []string `json:"notes,omitempty"`

	engineWhy string
	deep      bool // the image had more than 8 bits a channel
	hard      bool // its soft edges were cut
}

// Wishes are flags that the other fields do not show, if they were given.
type wishes struct {
	Compression string `json:"compression,omitempty"`
	Importance  string `json:"importance,omitempty"` // hue or the file of a mask
	Posterize   int    `json:"posterize,omitempty"`
}

func wishesOf(c *cli.Context) (w wishes) {
	if c.IsSet("compression") {
		w.Compression = c.String("compression")
	}
	if c.IsSet("importance") {
		w.Importance = c.String("importance")
	}
	w.Posterize = c.Int("posterize")
	return w
}

type times struct {
	Decode  float64 `json:"decode"`
	Count   float64 `json:"count"`
	Cluster float64 `json:"cluster"`
	Map     float64 `json:"map"`
	Encode  float64 `json:"encode"`
	Total   float64 `json:"total"`
}

// read notes what is known of an image once all of it has been read.
func (s *summary) read(in *inputImage) {
	s.Format, s.BytesIn, s.Width, s.Height = in.Format, in.Bytes, in.Size.X, in.Size.Y
	s.deep, s.hard, s.ByBands = in.Deep, in.hard, in.byBands
	s.Notes = slices.Clone(in.Notes)
}

// Why nothing was written.
const (
	larger     = "not smaller"
	lowQuality = "quality too low"
	upToDate   = "up to date"
)

// skip notes that an image was left out, and returns other errors.
func (s *summary) skip(err error) error {
	switch {
	case errors.Is(err, errLarger):
		s.Skipped = larger
	case errors.Is(err, errLowQuality):
		s.Skipped = lowQuality
	default:
		return err
	}
	return nil
}

// by notes what did the work: at the end, for a GPU may fail.
func (s *summary) by(e *engine) { s.Engine, s.Device, s.engineWhy = e.name, e.device, e.why }

func (s *summary) clustered(c *quantize.Counts, q *quantize.Quantized) {
	s.Colors, s.Distinct, s.Lossless, s.MSE = len(q.Palette), c.Distinct(), q.MSE == 0 && !s.deep && !s.hard, q.MSE
	s.Steps, s.Passes, s.Converged = q.Steps, q.Passes, q.Converged
	if psnr := quantize.PSNR(q.MSE); !math.IsInf(psnr, 0) {
		s.PSNR = &psnr
	}
}

// A reporter tells about images that are done.
type reporter struct {
	quiet, json, verbose bool
	several              bool // images: there will be a line about all
	w                    io.Writer
}

func newReporter(c *cli.Context, w io.Writer) (*reporter, error) {
	r := &reporter{quiet: c.Bool("quiet"), json: c.Bool("json"), verbose: c.Bool("verbose"), w: w}
	if r.quiet && (r.json || r.verbose) {
		return nil, usagef("--quiet goes with neither --json nor --verbose")
	}
	return r, nil
}

// one tells about an image.
func (r *reporter) one(s *summary) error {
	if s.BytesIn > 0 {
		s.Ratio = float64(s.BytesOut) / float64(s.BytesIn)
	}
	if s.Skipped == upToDate && r.several && !r.json && !r.verbose {
		return nil // those of a large folder would hide the others
	}
	text := s.line()
	if r.verbose && s.Skipped == "" {
		text += "\n" + s.details()
	}
	return r.print(text, s)
}

// all tells about all of several together.
func (r *reporter) all(t *tally) error {
	t.end()
	return r.print(t.line(), map[string]*tally{"summary": t})
}

func (r *reporter) print(text string, object any) error {
	switch {
	case r.quiet:
		return nil
	case r.json:
		line := json.NewEncoder(r.w)
		line.SetEscapeHTML(false) // & is common in names
		return line.Encode(object)
	}
	_, err := fmt.Fprintln(r.w, text)
	return err
}

// line sums a file up: sizes, ratio, colours, PSNR, time.
func (s *summary) line() string {
	switch s.Skipped {
	case upToDate:
		return words.Printable(s.Output) + ": up to date"
	case lowQuality:
		return fmt.Sprintf("%s: left out: with %s it would have quality %d", displayName(s.Input), words.Count(s.Colors, "color"), *s.Quality)
	case larger:
		return fmt.Sprintf("%s: %s, left out: its output would be %s", displayName(s.Input), words.Bytes(s.BytesIn), words.Bytes(s.BytesOut))
	}
	quality := "lossless"
	switch {
	case s.PSNR != nil && s.Quality != nil:
		quality = fmt.Sprintf("quality %d, PSNR %.2f dB", *s.Quality, *s.PSNR)
	case s.PSNR != nil:
		quality = fmt.Sprintf("PSNR %.2f dB", *s.PSNR)
	case s.hard:
		quality = "exact but for soft edges"
	case !s.Lossless:
		quality = "exact at 8 bits"
	}
	if s.Dither != "" && s.Dither != flagValues["dither"][quantize.NoDither] {
		quality += " before dithering"
	}
	output := words.Printable(s.Output)
	if s.Output == "-" {
		output = "standard output"
	}
	return fmt.Sprintf("%s: %s -> %s (%s), %s, %s, %s", output, words.Bytes(s.BytesIn), words.Bytes(s.BytesOut),
		ratioText(s.BytesIn, s.BytesOut), words.Count(s.Colors, "color"), quality, secondsText(s.Seconds.Total))
}

func ratioText(in, out int64) string {
	ratio := float64(out) / float64(max(1, in))
	switch {
	case ratio < 0.001:
		return fmt.Sprintf("%.2g %%, %.0f times smaller", 100*ratio, 1/ratio)
	case ratio < 0.95:
		return fmt.Sprintf("%.1f %%, %.1f times smaller", 100*ratio, 1/ratio)
	case out == in:
		return "same size"
	case ratio < 1:
		return fmt.Sprintf("%.1f %%", 100*ratio)
	}
	return fmt.Sprintf("%.1f %%, larger", 100*ratio)
}

func (s *summary) details() string {
	t := s.Seconds
	found := fmt.Sprintf("%s, %s", words.Count(s.Steps, "mini-batch step"), words.Count(s.Passes, "full pass"))
	if s.Steps == 0 && s.Passes == 0 {
		found = "nothing to cluster"
	}
	read := ""
	if s.ByBands {
		read = ", read twice, by bands of rows"
	}
	return fmt.Sprintf("  %s, %d x %d%s, %s -> %s, dither %s\n  decode %s, count %s, cluster %s, map %s, encode %s\n  engine %s (%s)\n  %s",
		strings.ToUpper(s.Format), s.Width, s.Height, read, words.Count(s.Distinct, "distinct color"),
		strings.ToUpper(s.FormatOut), s.Dither, secondsText(t.Decode), secondsText(t.Count), secondsText(t.Cluster), secondsText(t.Map), secondsText(t.Encode),
		s.Engine, s.engineWhy, found)
}

func secondsText(s float64) string {
	if s < 0.9995 {
		return fmt.Sprintf("%.1f ms", 1000*s)
	}
	return fmt.Sprintf("%.2f s", s)
}
