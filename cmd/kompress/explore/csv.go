package explore

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// WriteJSON writes the data as one object.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // & is common in names
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("JSON: %w", err)
	}
	return nil
}

// WriteCSV writes the same numbers, one a line: the image's name, the table, its row
// and column, and the value, which is empty where JSON has null. Tables and columns have
// the names of the JSON; rows are numbered from 0, those of histograms by the value of
// the channel, but for the sweep's, which are named by k.
func (r *Report) WriteCSV(w io.Writer) error {
	t := &tidy{csv: csv.NewWriter(w)}
	t.csv.Write([]string{"image", "table", "row", "column", "value"})
	t.row("report", "0", "schema", r.Schema, "program", r.Program, "k", r.K, "space", r.Space, "effort", r.Effort, "seed", r.Seed)
	for _, m := range r.Images {
		t.image = cellText(m.Name)
		t.of(m)
	}
	t.csv.Flush()
	if err := t.csv.Error(); err != nil {
		return fmt.Errorf("CSV: %w", err)
	}
	return nil
}

// A tidy is a table of one value a line.
type tidy struct {
	csv   *csv.Writer
	image string
}

// row writes columns and their values. The writer keeps its first error.
func (t *tidy) row(table, row string, columns ...any) {
	for i := 0; i < len(columns); i += 2 {
		t.csv.Write([]string{t.image, table, row, columns[i].(string), valueText(columns[i+1])})
	}
}

func (t *tidy) of(m *Image) {
	t.row("image", "0", "name", m.Name, "format", m.Format, "width", m.Width, "height", m.Height, "bytes", m.Bytes,
		"more_than_8_bits", m.Deep, "engine", m.Engine, "distinct_colors", m.Distinct, "transparent_pixels", m.Transparent,
		"sweep_seconds", m.Seconds, "convergence_unit", m.ErrorUnit)
	for i, c := range m.Coverage {
		t.row("coverage", strconv.Itoa(i), "share", c.Share, "colors", c.Colors)
	}
	for i, c := range m.CoverageCurve {
		t.row("coverage_curve", strconv.Itoa(i), "share", c.Share, "colors", c.Colors)
	}
	for v := range 256 {
		t.row("histogram", strconv.Itoa(v), "red", m.Histogram.Red[v], "green", m.Histogram.Green[v], "blue", m.Histogram.Blue[v])
	}
	r := m.Result
	t.row("result", "0", "k", r.K, "colors", r.Colors, "mse", r.MSE, "psnr_db", r.PSNR, "bytes", r.Bytes,
		"lossless", r.Lossless, "steps", r.Steps, "passes", r.Passes, "converged", r.Converged)
	for i, e := range m.Palette {
		t.row("palette", strconv.Itoa(i), "hex", e.Hex, "pixels", e.Pixels, "share", e.Share, "rms_error", e.RMS,
			"error_share", e.ErrorShare, "worst_color", e.Worst, "worst_error_share", e.WorstShare)
	}
	t.curves(m)
	t.errors(&m.Error)
}

func (t *tidy) curves(m *Image) {
	for _, s := range m.Sweep {
		t.row("sweep", strconv.Itoa(s.K), "k", s.K, "colors", s.Colors, "mse", s.MSE, "psnr_db", s.PSNR, "bytes", s.Bytes,
			"lossless", s.Lossless)
	}
	t.row("elbow", "0", "k", m.Elbow.K, "reason", m.Elbow.Reason)
	for i, g := range m.Targets {
		t.row("targets", strconv.Itoa(i), "want_psnr_db", g.Want, "k", g.K, "colors", g.Colors, "mse", g.MSE, "psnr_db", g.PSNR,
			"bytes", g.Bytes, "reason", g.Reason)
	}
	for i, c := range m.Convergence {
		t.row("convergence", strconv.Itoa(i), "kind", c.Kind, "number", c.Number, "error", c.Error)
	}
}

func (t *tidy) errors(s *ErrorStats) {
	t.row("error", "0", "rms", s.RMS, "median", s.Median, "p90", s.P90, "p99", s.P99, "p99_9", s.P999, "max", s.Max,
		"visible_level", s.Visible, "share_above_visible", s.Above)
	for i, l := range s.Levels {
		t.row("levels", strconv.Itoa(i), "level", l.Level, "share_above", l.Above)
	}
}

// valueText writes numbers as JSON does.
func valueText(v any) string {
	switch v := v.(type) {
	case string:
		return cellText(v)
	case *int:
		if v == nil {
			return ""
		}
	case *int64:
		if v == nil {
			return ""
		}
	case *float64:
		if v == nil {
			return ""
		}
	}
	text, err := json.Marshal(v)
	if err != nil { // of what is left, none can
		panic(err)
	}
	return string(text)
}

// cellText keeps a name from being a formula where a spreadsheet reads it: =x.png is
// ./=x.png, too.
func cellText(s string) string {
	s = validName(s)
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "./" + s
	}
	return s
}
