// Package bench measures how fast engines are at the same work, stage by stage, and
// tells what it found: as text, tables, raw numbers and drawings.
package bench

import (
	"fmt"
	"time"
)

// Schema is the version of a Report's JSON form. It changes when a field changes
// its meaning or goes; fields may be added.
const Schema = 1

// A Report is everything that was found, and where. The JSON names are part of the
// program's interface. All times are in seconds.
type Report struct {
	Schema   int       `json:"schema"`
	Program  string    `json:"program"` // version, commit and Go
	Commit   string    `json:"commit,omitempty"`
	Command  string    `json:"command"`
	Started  time.Time `json:"started"`
	Complete bool      `json:"complete"` // false while it runs and when it was interrupted

	Machine  Machine  `json:"machine"`
	Engines  []Device `json:"engines"`
	Settings Settings `json:"settings"`
	Images   []*Image `json:"images"`
	Warnings []string `json:"warnings"`
}

// Settings are what all work has in common.
type Settings struct {
	Colors []int  `json:"colors"`
	Runs   int    `json:"runs"`
	Warmup int    `json:"warmup"`
	Effort string `json:"effort"`
	Space  string `json:"space"`
	Seed   uint64 `json:"seed"`
}

// A Device is what an engine runs on.
type Device struct {
	Engine   string `json:"engine"`
	Name     string `json:"device"`
	Driver   string `json:"driver,omitempty"`
	Software bool   `json:"software,omitempty"` // OpenGL on the CPU
}

// An Image is a file, and what was measured on it.
type Image struct {
	Name       string `json:"name"`
	Scaled     bool   `json:"scaled"` // from another image, and saved as a PNG
	Format     string `json:"format"`
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	FileBytes  int64  `json:"file_bytes"`
	PixelBytes int64  `json:"pixel_bytes"` // decoded, in memory
	Distinct   int    `json:"distinct_colors"`

	Stages []*Stage `json:"stages"` // those that do not depend on k
	Cases  []*Case  `json:"cases"`
}

// A Case is an image in so many colours.
type Case struct {
	K         int      `json:"k"`
	Colors    int      `json:"colors"`
	Steps     int      `json:"steps"`
	Passes    int      `json:"passes"`
	Converged bool     `json:"converged"`
	MSE       float64  `json:"mse"`
	PSNR      *float64 `json:"psnr_db"` // null if there is no error
	Bytes     int64    `json:"bytes"`   // of the PNG

	// Differ says how an engine's result differs from the first one's. Times are
	// then not those of the same work.
	Differ string   `json:"differ,omitempty"`
	Stages []*Stage `json:"stages"`
}

// A Stage is the times of a part of the work on an engine.
type Stage struct {
	Name    string    `json:"stage"`
	Engine  string    `json:"engine,omitempty"` // none for what no engine has part in
	Bytes   int64     `json:"bytes,omitempty"`  // gone through: files, pixels, indices
	Seconds []float64 `json:"seconds"`
	Device  []float64 `json:"device_seconds,omitempty"`
	Warmup  []float64 `json:"warmup_seconds,omitempty"`
}

// The stages, in the order in which they come. Copies are no part of the work: they
// show what no pass over the same bytes can do without.
const (
	Decode   = "decode"
	Upload   = "upload"
	Count    = "count"
	Cluster  = "cluster"
	Map      = "map"
	ReadBack = "read back"
	Encode   = "encode"
	Copy     = "copy"
)

var (
	allStages    = []string{Decode, Upload, Count, Cluster, Map, ReadBack, Encode}
	engineStages = []string{Upload, Count, Cluster, Map, ReadBack}
)

// Sums of stages, of which each run has one.
const (
	EngineSum = "engine" // all that engines do: upload to read back
	WholeSum  = "whole"  // with decode and encode
)

// Title names an image with its size.
func (m *Image) Title() string {
	return fmt.Sprintf("%s, %s", printable(m.Name), megapixels(m.Pixels()))
}

// Pixels returns how many the image has.
func (m *Image) Pixels() int { return m.Width * m.Height }

func megapixels(pixels int) string {
	mp := float64(pixels) / 1e6
	if mp >= 9.95 {
		return fmt.Sprintf("%.0f MP", mp)
	}
	return fmt.Sprintf("%.2g MP", mp)
}

// label returns k and the size, for lists of where something holds.
func (m *Image) label(c *Case) string { return fmt.Sprintf("%s k=%d", m.Title(), c.K) }

// find returns the stage of that name on that engine, or nil.
func find(stages []*Stage, name, engine string) *Stage {
	for _, s := range stages {
		if s.Name == name && s.Engine == engine {
			return s
		}
	}
	return nil
}

// stage returns a stage of the case: its own or one that all cases of the image
// share, of the engine or of none.
func (m *Image) stage(c *Case, name, engine string) *Stage {
	for _, stages := range [][]*Stage{c.Stages, m.Stages} {
		for _, e := range []string{engine, ""} {
			if s := find(stages, name, e); s != nil {
				return s
			}
		}
	}
	return nil
}

// sum adds the stages' times up, run by run. It is nil unless the engine was
// measured.
func (m *Image) sum(c *Case, name, engine string) *Stage {
	if s := find(c.Stages, Cluster, engine); s == nil || len(s.Seconds) == 0 {
		return nil
	}
	parts := allStages
	if name == EngineSum {
		parts = engineStages
	}
	total := &Stage{Name: name, Engine: engine}
	for _, part := range parts {
		s := m.stage(c, part, engine)
		if s == nil {
			continue
		}
		if total.Seconds == nil {
			total.Seconds = make([]float64, len(s.Seconds))
		}
		for i := range min(len(s.Seconds), len(total.Seconds)) {
			total.Seconds[i] += s.Seconds[i]
		}
	}
	return total
}

// rows returns the stages of a case and their sums, each engine's beside each
// other, in the order of the work.
func (r *Report) rows(m *Image, c *Case) (rows []*Stage) {
	for _, name := range allStages {
		if s := m.stage(c, name, ""); s != nil {
			rows = append(rows, s)
			continue
		}
		for _, e := range r.Engines {
			if s := find(c.Stages, name, e.Engine); s != nil {
				rows = append(rows, s)
			}
		}
	}
	for _, name := range []string{EngineSum, WholeSum} {
		for _, e := range r.Engines {
			if s := m.sum(c, name, e.Engine); s != nil {
				rows = append(rows, s)
			}
		}
	}
	return rows
}

// runs returns how many runs of the image are complete.
func (m *Image) runs() int {
	if s := find(m.Stages, Decode, ""); s != nil {
		return len(s.Seconds)
	}
	return 0
}
