package bench

import (
	"fmt"
	"io"
	"strings"

	"kompress/cmd/kompress/words"
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
		if m.runs() > 0 {
			text += r.body(s, m)
		}
	}
	return text + r.tail(s)
}

// notes say what the tables cannot.
const notes = "Engine is upload to read back in one go, as compress does it, without the waits that tell stages apart; " +
	"all adds decode and encode. MB/s: of the file for decode, of decoded pixels for upload, count and map, of 1-byte indices for " +
	"read back and encode. MSE: summed over red, green and blue."

func (r *Report) head(s *style) (text string) {
	for _, line := range r.lines() {
		text += s.field(line[0], line[1])
	}
	text += s.item(notes)
	for _, warning := range r.Warnings[:r.early] {
		text += s.item("warning: " + warning)
	}
	return text
}

func (r *Report) body(s *style, m *Image) string {
	text := "\n" + s.heading(m.describe())
	if n := m.runs(); n < r.Settings.Runs {
		text += s.item(fmt.Sprintf("%d of %s", n, words.Count(r.Settings.Runs, "run")))
	}
	if line := m.copyLine(); line != "" {
		text += s.item(line)
	}
	for _, c := range m.Cases {
		text += "\n" + s.item(c.describe()) + "\n" + s.table(r.table(m, c))
		text += r.ratios(s, m, c)
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
	section("Warnings", r.Warnings[r.early:])
	section("Failures", r.Failures)
	if !r.Complete && len(r.Failures) == 0 {
		text += "\n" + s.heading("This is not all: the work was interrupted.")
	}
	return text
}

func (m *Image) describe() string {
	how := ""
	if m.Scaled {
		how = ", scaled"
	}
	return fmt.Sprintf("%s: %d x %d%s, %s of %s, %s", m.Title(), m.Width, m.Height, how,
		strings.ToUpper(m.Format), words.Bytes(m.FileBytes), words.Count(m.Distinct, "distinct color"))
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
	return fmt.Sprintf("a plain copy of its pixels in memory: %s; \"of copy\" compares with that, on a device by its own time", strings.Join(parts, ", "))
}

func (c *Case) describe() string {
	quality := "lossless"
	if c.PSNR != nil {
		quality = fmt.Sprintf("MSE %s (PSNR %.2f dB)", significant(c.MSE, 4), *c.PSNR)
	}
	return fmt.Sprintf("k = %d: %s, %s, %s; %s, %s", c.K, words.Count(c.Colors, "color"), quality, words.Bytes(c.Bytes),
		words.Count(c.Steps, "mini-batch step"), words.Count(c.Passes, "full pass"))
}

// table returns the times of a case.
func (r *Report) table(m *Image, c *Case) (header []string, rows [][]string) {
	header = []string{"stage", "engine", "median", "min ... max", "warm-up", "device", "MP/s", "MB/s", "of copy"}
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
			warmupText(s), deviceText(s), rate(float64(m.Pixels())/1e6, all.Median), bytesRate(s, all.Median), r.copyText(m, s),
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

// warmupText is of the first time, which is the slowest as a rule.
func warmupText(s *Stage) string {
	if len(s.Warmup) == 0 {
		return ""
	}
	return duration(s.Warmup[0])
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
