package bench

import (
	"fmt"
	"path/filepath"
	"strings"
)

// ofCopy compares the speed of a stage with that of a plain copy: on the device if
// it has a time there, else in the processor's memory. Stages that do more than go
// through pixels have no such limit.
func (m *Image) ofCopy(s *Stage) (share float64, ok bool) {
	seconds, engine := median(s.Seconds), "cpu"
	switch s.Name {
	case Count, Map:
		if len(s.Device) > 0 {
			seconds, engine = median(s.Device), s.Engine
		}
	case Upload, ReadBack:
	default:
		return 0, false
	}
	c := find(m.Stages, Copy, engine)
	if c == nil || len(c.Seconds) == 0 || c.Bytes == 0 || !(seconds > 0) {
		return 0, false
	}
	return float64(s.Bytes) / seconds / (float64(c.Bytes) / median(c.Seconds)), true
}

// ratioLines compare each engine with the first, stage by stage.
func (r *Report) ratioLines(m *Image, c *Case) (lines []string) {
	if c.Differ != "" {
		return []string{"no ratio: " + c.Differ}
	}
	for _, e := range r.others() {
		var parts []string
		for _, name := range compared {
			if ratio, ok := r.ratio(m, c, name, e.Engine); ok {
				parts = append(parts, fmt.Sprintf("%s %s (%s ... %s)", name,
					significant(ratio.Median, 3), significant(ratio.Min, 3), significant(ratio.Max, 3)))
			}
		}
		if len(parts) > 0 {
			lines = append(lines, fmt.Sprintf("times as fast as the %s engine, the %s engine: %s", r.Engines[0].Engine, e.Engine, strings.Join(parts, ", ")))
		}
	}
	return lines
}

// compared are the stages that all engines have, and the sums.
var compared = []string{Count, Cluster, Map, EngineSum, WholeSum}

func (r *Report) others() []Device {
	if len(r.Engines) < 2 {
		return nil
	}
	return r.Engines[1:]
}

// ratio compares an engine with the first. It refuses if their results differ.
func (r *Report) ratio(m *Image, c *Case, stage, engine string) (Ratio, bool) {
	first, second := m.times(c, stage, r.Engines[0].Engine), m.times(c, stage, engine)
	if c.Differ != "" || len(first) == 0 || len(second) == 0 {
		return Ratio{}, false
	}
	return compare(first, second), true
}

// times returns those of a stage or of a sum.
func (m *Image) times(c *Case, stage, engine string) []float64 {
	s := find(c.Stages, stage, engine)
	if stage == EngineSum || stage == WholeSum {
		s = m.sum(c, stage, engine)
	}
	if s == nil {
		return nil
	}
	return s.Seconds
}

// winners says, stage by stage, where which engine is faster.
func (r *Report) winners() (lines []string) {
	for _, e := range r.others() {
		for _, stage := range compared {
			where := map[int][]string{}
			for _, m := range r.Images {
				for _, c := range m.Cases {
					if ratio, ok := r.ratio(m, c, stage, e.Engine); ok {
						v := ratio.verdict()
						where[v] = append(where[v], r.place(m, c))
					}
				}
			}
			if text := verdicts(where, r.Engines[0].Engine, e.Engine); text != "" {
				lines = append(lines, stage+": "+text)
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
	return printable(filepath.Base(m.Name)) + " " + where
}

func verdicts(where map[int][]string, first, second string) string {
	total := len(where[-1]) + len(where[0]) + len(where[1])
	var parts []string
	for _, v := range []struct {
		is   int
		name string
	}{{1, second}, {-1, first}, {0, "too close to call"}} {
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
