// Package bench measures how fast engines are at the same work, stage by stage, and
// tells what it found: as text, tables, raw numbers and drawings.
package bench

import (
	"fmt"
	"slices"
	"time"

	"kompress/cmd/kompress/words"
)

// Schema is the version of a Report's JSON form. It changes when a field changes
// its meaning or goes; fields may be added.
const Schema = 1

// Kind is that of every Report.
const Kind = "kompress bench"

// A Report is everything that was found, and where. The JSON names are part of the
// program's interface. All times are in seconds.
type Report struct {
	Schema   int       `json:"schema"`
	Kind     string    `json:"kind"`    // to tell it from what other commands write
	Program  string    `json:"program"` // version, commit and Go
	Commit   string    `json:"commit,omitempty"`
	Command  string    `json:"command"`
	Started  time.Time `json:"started"`
	Complete bool      `json:"complete"` // false while it runs, when it was interrupted and when an image failed

	Machine  Machine  `json:"machine"`
	Engines  []Device `json:"engines"`
	Settings Settings `json:"settings"`
	Images   []*Image `json:"images"`
	Failures []string `json:"failures,omitempty"` // images that could not be measured, or not to the end
	Warnings []string `json:"warnings"`

	early int // warnings that were there before any time was taken
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

	// Start is what it took to open, in seconds. Shaders are compiled when they are
	// first wanted: while warming up.
	Start float64 `json:"start_seconds,omitempty"`
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

// A Stage is the times of a part of the work on an engine, by the clock; those of a
// copy on a device are by the device.
type Stage struct {
	Name    string    `json:"stage"`
	Engine  string    `json:"engine,omitempty"` // none for what no engine has part in
	Bytes   int64     `json:"bytes,omitempty"`  // gone through: of the file, of decoded pixels, of indices
	Seconds []float64 `json:"seconds"`
	Device  []float64 `json:"device_seconds,omitempty"` // as many, if there is a device
	Warmup  []float64 `json:"warmup_seconds,omitempty"`
}

// The stages, in the order in which they come. Copies and hashes are no part of the
// work: a copy shows what no pass over the same bytes can do without, and both tell
// whether the machine itself was as fast as another time.
const (
	Decode   = "decode"
	Upload   = "upload"
	Count    = "count"
	Cluster  = "cluster"
	Map      = "map"
	ReadBack = "read back"
	Encode   = "encode"
	Copy     = "copy"
	Hash     = "hash"
)

var allStages = []string{Decode, Upload, Count, Cluster, Map, ReadBack, Encode}

const (
	// EngineSum is all that engines do, upload to read back, as compress has it done:
	// by an engine whose stages are not kept apart to be timed, so that it may take
	// less than they do together.
	EngineSum = "engine"

	// WholeSum is that with decode and encode.
	WholeSum = "all"
)

// Title names an image with its size.
func (m *Image) Title() string {
	return fmt.Sprintf("%s, %s", words.Printable(m.Name), megapixels(m.Pixels()))
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

// whole adds decode, what the engine did and encode up, run by run. It is nil unless
// the engine was measured.
func (m *Image) whole(c *Case, engine string) *Stage {
	did := find(c.Stages, EngineSum, engine)
	if did == nil {
		return nil
	}
	total := &Stage{Name: WholeSum, Engine: engine, Seconds: slices.Clone(did.Seconds)}
	for _, part := range []string{Decode, Encode} {
		total.add(m.stage(c, part, ""))
	}
	return total
}

// add adds times, run by run.
func (s *Stage) add(part *Stage) {
	if part == nil {
		return
	}
	s.Seconds = s.Seconds[:min(len(s.Seconds), len(part.Seconds))]
	for i := range s.Seconds {
		s.Seconds[i] += part.Seconds[i]
	}
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
	for _, e := range r.Engines {
		if s := find(c.Stages, EngineSum, e.Engine); s != nil {
			rows = append(rows, s)
		}
	}
	for _, e := range r.Engines {
		if s := m.whole(c, e.Engine); s != nil {
			rows = append(rows, s)
		}
	}
	return rows
}

// Measured says whether any run of any image is complete.
func (r *Report) Measured() bool {
	return slices.ContainsFunc(r.Images, func(m *Image) bool { return m.runs() > 0 })
}

// runs returns how many runs of the image are complete.
func (m *Image) runs() int {
	if s := find(m.Stages, Decode, ""); s != nil {
		return len(s.Seconds)
	}
	return 0
}
