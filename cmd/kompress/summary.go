package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/quantize"

	"github.com/urfave/cli/v2"
)

// A summary is what is told about a file. The JSON names are part of the
// program's interface.
type summary struct {
	Input    string  `json:"input"`
	Output   string  `json:"output"`
	Format   string  `json:"format"`
	Width    int     `json:"width"`
	Height   int     `json:"height"`
	BytesIn  int64   `json:"bytes_in"`
	BytesOut int64   `json:"bytes_out"`
	Ratio    float64 `json:"ratio"` // bytes out for a byte in

	Asked    int      `json:"colors_asked"`
	Colors   int      `json:"colors"`
	Distinct int      `json:"distinct_colors"`
	Lossless bool     `json:"lossless"`
	MSE      float64  `json:"mse"`     // mean squared distance, summed over R, G, B
	PSNR     *float64 `json:"psnr_db"` // null if there is no error

	Engine    string `json:"engine"`
	Device    string `json:"device,omitempty"` // of the GPU
	Steps     int    `json:"steps"`
	Passes    int    `json:"passes"`
	Converged bool   `json:"converged"`
	Seconds   times  `json:"seconds"`

	engineWhy string
	deep      bool // the image had more than 8 bits a channel
}

type times struct {
	Decode  float64 `json:"decode"`
	Count   float64 `json:"count"`
	Cluster float64 `json:"cluster"`
	Map     float64 `json:"map"`
	Encode  float64 `json:"encode"`
	Total   float64 `json:"total"`
}

func (s *summary) decoded(f *imagefile.File) {
	size := f.Image.Bounds().Size()
	s.Format, s.BytesIn, s.Width, s.Height = f.Format, f.Bytes, size.X, size.Y
	s.deep = imagefile.Deep(f.Image)
}

// by notes what did the work: at the end, for a GPU may fail.
func (s *summary) by(e *engine) { s.Engine, s.Device, s.engineWhy = e.name, e.device, e.why }

func (s *summary) clustered(c *quantize.Counts, q *quantize.Quantized) {
	s.Colors, s.Distinct, s.Lossless, s.MSE = len(q.Palette), c.Distinct(), q.MSE == 0 && !s.deep, q.MSE
	s.Steps, s.Passes, s.Converged = q.Steps, q.Passes, q.Converged
	if psnr := quantize.PSNR(q.MSE); !math.IsInf(psnr, 0) {
		s.PSNR = &psnr
	}
}

// A reporter tells about a file that is done.
type reporter func(*summary) error

func newReporter(c *cli.Context, stdout io.Writer) (reporter, error) {
	quiet, asJSON, verbose := c.Bool("quiet"), c.Bool("json"), c.Bool("verbose")
	if quiet && (asJSON || verbose) {
		return nil, usagef("--quiet goes with neither --json nor --verbose")
	}
	return func(s *summary) error {
		if s.BytesIn > 0 {
			s.Ratio = float64(s.BytesOut) / float64(s.BytesIn)
		}
		var text string
		switch {
		case quiet:
			return nil
		case asJSON:
			line := json.NewEncoder(stdout)
			line.SetEscapeHTML(false) // & is common in names
			return line.Encode(s)
		case verbose:
			text = s.line() + "\n" + s.details()
		default:
			text = s.line()
		}
		_, err := fmt.Fprintln(stdout, text)
		return err
	}, nil
}

// line sums a file up: sizes, ratio, colours, PSNR, time.
func (s *summary) line() string {
	quality := "lossless"
	switch {
	case s.PSNR != nil:
		quality = fmt.Sprintf("PSNR %.2f dB", *s.PSNR)
	case !s.Lossless:
		quality = "exact at 8 bits"
	}
	return fmt.Sprintf("%s: %s -> %s (%s), %s, %s, %s", words.Printable(s.Output), words.Bytes(s.BytesIn), words.Bytes(s.BytesOut),
		s.ratioText(), words.Count(s.Colors, "color"), quality, secondsText(s.Seconds.Total))
}

func (s *summary) ratioText() string {
	switch {
	case s.Ratio < 0.001:
		return fmt.Sprintf("%.2g %%, %.0f times smaller", 100*s.Ratio, 1/s.Ratio)
	case s.Ratio < 0.95:
		return fmt.Sprintf("%.1f %%, %.1f times smaller", 100*s.Ratio, 1/s.Ratio)
	case s.BytesOut == s.BytesIn:
		return "same size"
	case s.Ratio < 1:
		return fmt.Sprintf("%.1f %%", 100*s.Ratio)
	}
	return fmt.Sprintf("%.1f %%, larger", 100*s.Ratio)
}

func (s *summary) details() string {
	t := s.Seconds
	found := fmt.Sprintf("%s, %s", words.Count(s.Steps, "mini-batch step"), words.Count(s.Passes, "full pass"))
	if s.Steps == 0 && s.Passes == 0 {
		found = "nothing to cluster"
	}
	return fmt.Sprintf("  %s, %d x %d, %s\n  decode %s, count %s, cluster %s, map %s, encode %s\n  engine %s (%s)\n  %s",
		strings.ToUpper(s.Format), s.Width, s.Height, words.Count(s.Distinct, "distinct color"),
		secondsText(t.Decode), secondsText(t.Count), secondsText(t.Cluster), secondsText(t.Map), secondsText(t.Encode),
		s.Engine, s.engineWhy, found)
}

func secondsText(s float64) string {
	if s < 0.9995 {
		return fmt.Sprintf("%.1f ms", 1000*s)
	}
	return fmt.Sprintf("%.2f s", s)
}
