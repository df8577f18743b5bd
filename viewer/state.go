package viewer

import (
	"encoding/json"
	"io"
	"math"
	"path/filepath"

	"kompress/quantize"
	"kompress/viewer/ui"
)

// A State is what the window shows, for scripts and tests: a line of JSON whenever
// it has changed, once it is on the screen. The names are part of the program's
// interface.
type State struct {
	File   string `json:"file"`
	Index  int    `json:"index"` // from 0
	Images int    `json:"images"`
	Width  int    `json:"width"` // of the image
	Height int    `json:"height"`

	K      int    `json:"k"` // that is set
	Space  string `json:"space"`
	Seed   uint64 `json:"seed"`
	Engine string `json:"engine"` // cpu or gpu

	Read     float64  `json:"read"`    // share of the file that was read
	Stage    string   `json:"stage"`   // reading, counting colors, compressing, settling, ready or failed
	Shown    *int     `json:"shown_k"` // k of the result that is shown; null for none
	Colors   int      `json:"colors"`  // that the result has
	Distinct int      `json:"distinct_colors"`
	PSNR     *float64 `json:"psnr_db"`      // null if there is no error, or no result
	Bytes    *int64   `json:"bytes"`        // of the file; null while it is not known
	Took     float64  `json:"milliseconds"` // of the last recompression
	Device   string   `json:"device"`       // of the GPU's engine; empty before it was used

	Zoom     float64    `json:"zoom"`
	Origin   [2]float64 `json:"origin"` // pixel of the window where the image's first one is
	Split    int        `json:"split"`  // first column of the window with the result
	Original bool       `json:"original"`
	Help     bool       `json:"help"`
	Cloud    string     `json:"cloud"` // off, beside or alone
	Hovered  int        `json:"hovered"`
	Full     bool       `json:"full_screen"`
	Fine     bool       `json:"fine"` // the picture is painted with all samples
	Message  string     `json:"message"`
	Error    string     `json:"error"`

	Areas map[string][4]int `json:"areas"` // x, y, width, height of parts of the window, in pixels
}

// state describes what is on the screen.
func (a *app) state() State {
	s := State{
		File: a.file(), Index: a.at, Images: len(a.files),
		K: a.settings.colors, Space: a.settings.space.String(), Seed: a.settings.seed, Engine: "cpu",
		Stage: a.stage, Original: a.original, Help: a.help, Hovered: a.hovered, Message: a.message.text,
		Cloud: [...]string{"off", "beside", "alone"}[a.cloud.mode], Split: a.splitAt(), Areas: a.areas(),
		Device: a.engine.device,
	}
	if a.settings.gpu {
		s.Engine = "gpu"
	}
	a.describeImage(&s)
	a.describeResult(&s)
	return s
}

func (a *app) describeImage(s *State) {
	e := a.entry()
	switch {
	case e == nil:
		s.Stage, s.Read = "reading", a.reading
		return
	case e.err != nil:
		s.Stage, s.Error = "failed", e.err.Error()
		return
	case a.failure != nil:
		s.Stage, s.Error = "failed", a.failure.Error()
	case s.Stage == "":
		s.Stage = "ready"
	}
	s.Read = 1
	s.Width, s.Height = e.picture.size.X, e.picture.size.Y
	at := a.camera.place(e.picture.size, a.layout.image)
	s.Zoom = 1 / at.step
	s.Origin = [2]float64{-at.x / at.step, -at.y / at.step}
}

func (a *app) describeResult(s *State) {
	r := a.result
	if r == nil {
		return
	}
	s.Shown, s.Colors, s.Distinct = &r.colors, len(r.found.Palette), r.counts.Distinct()
	s.Took = float64(r.took.Microseconds()) / 1000
	if psnr := quantize.PSNR(r.found.MSE); !math.IsInf(psnr, 0) {
		s.PSNR = &psnr
	}
	if e := a.encoding; e != nil && e.of == r && e.data != nil {
		n := int64(len(e.data))
		s.Bytes = &n
	}
}

func (a *app) areas() map[string][4]int {
	l := &a.layout
	areas := map[string][4]int{}
	for name, r := range map[string]ui.Rect{
		"strip": l.strip, "list": l.list, "slider": l.slider, "palette": l.palette,
		"bottom": l.bottom, "image": l.image, "cloud": l.cloud,
	} {
		areas[name] = [4]int{int(r.X), int(r.Y), int(r.W), int(r.H)}
	}
	return areas
}

// A reporter writes a state when it is other than the last.
type reporter struct {
	w    io.Writer
	last string
}

func (r *reporter) report(s State) error {
	if r.w == nil {
		return nil
	}
	line, err := json.Marshal(s)
	if err != nil || string(line) == r.last {
		return err
	}
	r.last = string(line)
	_, err = r.w.Write(append(line, '\n'))
	return err
}

// title is that of the window.
func (a *app) title() string {
	return filepath.Base(a.file()) + " – kompress"
}
