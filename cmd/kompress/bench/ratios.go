package bench

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"kompress/cmd/kompress/words"
)

// ofCopy returns how long a plain copy of the same bytes takes, for the time of the
// stage: on the device, by its own time, if it has one, else in the processor's
// memory. Stages that do more than go through pixels have no such limit.
func (m *Image) ofCopy(s *Stage) (share float64, ok bool) {
	seconds, engine, part := median(s.Seconds), "cpu", 1.0
	switch s.Name {
	case Count, Map:
		if len(s.Device) > 0 {
			seconds, engine = median(s.Device), s.Engine
		}
	case Upload, ReadBack: // the copy is of the decoded pixels
		part = float64(s.Bytes) / float64(m.PixelBytes)
	default:
		return 0, false
	}
	c := find(m.Stages, Copy, engine)
	if c == nil || len(c.Seconds) == 0 || !(seconds > 0) || m.PixelBytes == 0 {
		return 0, false
	}
	return part * median(c.Seconds) / seconds, true
}

// ratios compares each engine with the first.
func (r *Report) ratios(s *style, m *Image, c *Case) (text string) {
	if c.Differ != "" {
		return s.item("No ratio: " + c.Differ + ".")
	}
	for _, e := range r.others() {
		var rows [][]string
		for _, what := range compared {
			if ratio, ok := r.ratio(m, c, what, e.Engine); ok {
				rows = append(rows, []string{what.name, significant(ratio.Median, 3), significant(ratio.Min, 3) + " ... " + significant(ratio.Max, 3)})
			}
		}
		if len(rows) > 0 {
			text += "\n" + s.item(fmt.Sprintf("The %s and the %s engine found the same palette and indices in each round.", r.Engines[0].Engine, e.Engine))
			text += "\n" + s.table([]string{e.Engine + " against " + r.Engines[0].Engine, "times as fast", "min ... max"}, rows)
		}
	}
	return text
}

// A comparison is of what engines spend on the same: a GPU has pixels brought into
// its own form and memory while they are uploaded, the CPU while it counts.
type comparison struct {
	name  string
	parts []string
}

var (
	compareEngines = comparison{EngineSum, []string{EngineSum}}
	compared       = []comparison{
		{"upload and count", []string{Count, Upload}},
		{"cluster", []string{Cluster}},
		{"map and read back", []string{Map, ReadBack}},
		compareEngines,
		{"all", []string{WholeSum}},
	}
)

func (r *Report) others() []Device {
	if len(r.Engines) < 2 {
		return nil
	}
	return r.Engines[1:]
}

// ratio compares an engine with the first. It refuses if their results differ.
func (r *Report) ratio(m *Image, c *Case, what comparison, engine string) (Ratio, bool) {
	if c.Differ != "" {
		return Ratio{}, false
	}
	ratio := compare(m.times(c, what, r.Engines[0].Engine), m.times(c, what, engine))
	return ratio, ratio.Rounds > 0
}

// times returns an engine's, the parts added up.
func (m *Image) times(c *Case, what comparison, engine string) []float64 {
	if what.parts[0] == WholeSum {
		if s := m.whole(c, engine); s != nil {
			return s.Seconds
		}
		return nil
	}
	first := find(c.Stages, what.parts[0], engine)
	if first == nil {
		return nil
	}
	total := &Stage{Seconds: slices.Clone(first.Seconds)}
	for _, part := range what.parts[1:] {
		total.add(find(c.Stages, part, engine))
	}
	return total.Seconds
}

// winners says, stage by stage, where which engine is faster.
func (r *Report) winners() (lines []string) {
	for _, e := range r.others() {
		for _, what := range compared {
			where := map[verdict][]string{}
			for _, m := range r.Images {
				for _, c := range m.Cases {
					if ratio, ok := r.ratio(m, c, what, e.Engine); ok {
						v := ratio.verdict()
						where[v] = append(where[v], r.place(m, c))
					}
				}
			}
			if text := verdicts(where, r.Engines[0].Engine, e.Engine); text != "" {
				lines = append(lines, what.name+": "+text)
			}
		}
	}
	return lines
}

// place is a short name for a case among others.
func (r *Report) place(m *Image, c *Case) string {
	where := fmt.Sprintf("%s k=%d", megapixels(m.Pixels()), c.K)
	if r.oneName() {
		return where
	}
	return words.Printable(filepath.Base(m.Name)) + " " + where
}

func verdicts(where map[verdict][]string, first, second string) string {
	total := 0
	for _, found := range where {
		total += len(found)
	}
	var parts []string
	for _, v := range []struct {
		is   verdict
		name string
	}{{secondWins, second}, {firstWins, first}, {tooClose, "too close to call"}, {tooFew, fmt.Sprintf("too few runs to tell (--runs %d)", DefaultRuns)}} {
		switch found := where[v.is]; {
		case len(found) == 0:
		case len(found) == total:
			parts = append(parts, v.name+" everywhere")
		default:
			parts = append(parts, v.name+" at "+quoteList(found))
		}
	}
	return strings.Join(parts, "; ")
}
