package bench

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
)

// A style is how a report is written for people.
type style struct {
	heading func(text string) string
	table   func(header []string, rows [][]string) string
	item    func(text string) string
	field   func(name, value string) string
}

var plain = style{
	heading: func(text string) string { return text + "\n" },
	table:   plainTable,
	item:    func(text string) string { return wrap("  ", text) },
	// A command that is copied from a terminal must be in one piece.
	field: func(name, value string) string { return fmt.Sprintf("  %-12s %s\n", name+":", value) },
}

// WriteText writes a report for a terminal.
func WriteText(w io.Writer, r *Report) error {
	_, err := io.WriteString(w, r.words(&plain))
	return err
}

// Head is the first of the three parts of what WriteText writes: what is known before
// anything is measured.
func (r *Report) Head() string { return r.head(&plain) }

// Body is the part of an image.
func (r *Report) Body(m *Image) string { return r.body(&plain, m) }

// Tail is the last part: what is known in the end.
func (r *Report) Tail() string { return r.tail(&plain) }

func (r *Report) words(s *style) string {
	text := r.head(s)
	for _, m := range r.Images {
		text += r.body(s, m)
	}
	return text + r.tail(s)
}

func (r *Report) head(s *style) (text string) {
	for _, line := range r.lines() {
		text += s.field(line[0], line[1])
	}
	return text
}

func (r *Report) body(s *style, m *Image) string {
	text := "\n" + s.heading(m.describe())
	if n := m.runs(); n < r.Settings.Runs {
		text += s.item(fmt.Sprintf("%d of %d runs", n, r.Settings.Runs))
	}
	if line := m.copyLine(); line != "" {
		text += s.item(line)
	}
	for _, c := range m.Cases {
		text += "\n" + s.item(c.describe()) + "\n" + s.table(r.table(m, c))
		for _, line := range r.ratioLines(m, c) {
			text += s.item(line)
		}
	}
	return text
}

func (r *Report) tail(s *style) (text string) {
	section := func(title string, lines []string) {
		if len(lines) == 0 {
			return
		}
		text += "\n" + s.heading(title) + "\n"
		for _, line := range lines {
			text += s.item(line)
		}
	}
	section("Where each wins, in at least nine of ten rounds", r.winners())
	section("Warnings", r.Warnings)
	if !r.Complete {
		text += "\n" + s.heading("This is not all: the work was interrupted.")
	}
	return text
}

func (m *Image) describe() string {
	how := ""
	if m.Scaled {
		how = ", scaled"
	}
	return fmt.Sprintf("%s: %d x %d%s, %s of %.1f MB, %s", m.Title(), m.Width, m.Height, how,
		strings.ToUpper(m.Format), float64(m.FileBytes)/1e6, plural(m.Distinct, "distinct color"))
}

// copyLine says how fast plain copies are, which the tables compare with.
func (m *Image) copyLine() string {
	var parts []string
	for _, s := range m.Stages {
		if s.Name == Copy && len(s.Seconds) > 0 && s.Bytes > 0 {
			parts = append(parts, fmt.Sprintf("%s %s at %s MB/s", s.Engine, duration(median(s.Seconds)), bytesRate(s, median(s.Seconds))))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return fmt.Sprintf("a plain copy of its pixels in memory: %s; \"of copy\" is a stage's share of that speed", strings.Join(parts, ", "))
}

func (c *Case) describe() string {
	quality := "lossless"
	if c.PSNR != nil {
		quality = fmt.Sprintf("MSE %s (PSNR %.2f dB)", significant(c.MSE, 4), *c.PSNR)
	}
	return fmt.Sprintf("k = %d: %s, %s, %.3f MB; %s, %s", c.K, plural(c.Colors, "color"), quality, float64(c.Bytes)/1e6,
		plural(c.Steps, "mini-batch step"), plural(c.Passes, "full pass"))
}

// table returns the times of a case.
func (r *Report) table(m *Image, c *Case) (header []string, rows [][]string) {
	header = []string{"stage", "engine", "median", "min ... max", "device", "MP/s", "MB/s", "of copy"}
	last := ""
	for _, s := range r.rows(m, c) {
		name, all := s.Name, Summarize(s.Seconds)
		if name == last {
			name = ""
		}
		last = s.Name
		engine := s.Engine
		if engine == "" {
			engine = "-"
		}
		rows = append(rows, []string{
			name, engine, duration(all.Median), duration(all.Min) + " ... " + duration(all.Max),
			deviceText(s), rate(float64(m.Pixels())/1e6, all.Median), bytesRate(s, all.Median), r.copyText(m, s),
		})
	}
	return withoutEmpty(header, rows)
}

// withoutEmpty leaves out columns with nothing in them.
func withoutEmpty(header []string, rows [][]string) ([]string, [][]string) {
	filled := make([]bool, len(header))
	for _, row := range rows {
		for i, cell := range row {
			filled[i] = filled[i] || cell != ""
		}
	}
	keep := func(row []string) (kept []string) {
		for i, cell := range row {
			if filled[i] {
				kept = append(kept, cell)
			}
		}
		return kept
	}
	for i, row := range rows {
		rows[i] = keep(row)
	}
	return keep(header), rows
}

func deviceText(s *Stage) string {
	if len(s.Device) == 0 {
		return ""
	}
	return duration(median(s.Device))
}

func rate(amount, seconds float64) string {
	if amount == 0 || !(seconds > 0) {
		return ""
	}
	return significant(amount/seconds, 3)
}

func bytesRate(s *Stage, seconds float64) string { return rate(float64(s.Bytes)/1e6, seconds) }

// copyText says how fast a stage goes through its bytes, in percent of a plain copy.
func (r *Report) copyText(m *Image, s *Stage) string {
	share, ok := m.ofCopy(s)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s %%", significant(100*share, 2))
}

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

// duration returns three digits with a unit.
func duration(seconds float64) string {
	switch {
	case math.IsNaN(seconds):
		return "-"
	case seconds >= 0.9995:
		return significant(seconds, 3) + " s"
	case seconds >= 0.9995e-3:
		return significant(1e3*seconds, 3) + " ms"
	}
	return significant(1e6*seconds, 3) + " us"
}

// significant rounds to so many digits, without an exponent.
func significant(v float64, digits int) string {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Sprintf("%g", v)
	}
	after := digits - 1 - int(math.Floor(math.Log10(math.Abs(v))))
	// 9.996 becomes 10.0, not 10.00.
	if rounded := math.Round(v*math.Pow10(after)) / math.Pow10(after); math.Floor(math.Log10(math.Abs(rounded))) > math.Floor(math.Log10(math.Abs(v))) {
		after--
	}
	return fmt.Sprintf("%.*f", max(0, after), v)
}

func plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "s"):
		return fmt.Sprintf("%d %ses", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// plainTable aligns the first two columns left, the others right.
func plainTable(header []string, rows [][]string) string {
	widths := make([]int, len(header))
	all := append([][]string{header}, rows...)
	for _, row := range all {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	var b strings.Builder
	for _, row := range all {
		line := " "
		for i, cell := range row {
			if i < 2 {
				line += fmt.Sprintf(" %-*s", widths[i], cell)
			} else {
				line += fmt.Sprintf("  %*s", widths[i], cell)
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// wrap breaks a text into lines, those after the first indented more.
func wrap(indent, text string) string {
	const width = 100
	var b strings.Builder
	line := indent
	for _, word := range strings.Split(text, " ") {
		if len(line)+1+len(word) > width && strings.TrimSpace(line) != "" {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = indent + "  "
		} else if line != indent {
			line += " "
		}
		line += word
	}
	return b.String() + line + "\n"
}
