package bench

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A Writer writes a report in some form.
type Writer func(w io.Writer, r *Report) error

// Formats are the forms of a report, by name.
var Formats = map[string]Writer{
	"text":     WriteText,
	"markdown": WriteMarkdown,
	"csv":      WriteCSV,
	"json":     WriteJSON,
	"gobench":  WriteGoBench,
}

// WriteMarkdown writes a report as tables of GitHub's Markdown.
func WriteMarkdown(w io.Writer, r *Report) error {
	_, err := io.WriteString(w, r.words(&style{
		heading: func(text string) string { return "## " + escape(text) + "\n" },
		table:   markdownTable,
		item:    func(text string) string { return "- " + escape(text) + "\n" },
		field:   func(name, value string) string { return "- " + escape(name+": "+value) + "\n" },
	}))
	return err
}

func markdownTable(header []string, rows [][]string) string {
	line := func(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
	text := line(header) + "|---|---|" + strings.Repeat("---:|", len(header)-2) + "\n"
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = escape(cell)
		}
		text += line(cells)
	}
	return text + "\n"
}

// escape keeps what a name may have in it from being read as Markdown or HTML.
func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_[]<>|#&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// WriteJSON writes all that is known.
func WriteJSON(w io.Writer, r *Report) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// ReadJSON reads what WriteJSON has written.
func ReadJSON(from io.Reader) (*Report, error) {
	r := new(Report)
	d := json.NewDecoder(from)
	if err := d.Decode(r); err != nil {
		return nil, fmt.Errorf("bench: got no JSON of a report: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("bench: got more than the JSON of one report")
	}
	if r.Kind != Kind {
		return nil, fmt.Errorf("bench: got JSON of kind %q, want %q", r.Kind, Kind)
	}
	if r.Schema != Schema {
		return nil, fmt.Errorf("bench: got schema %d, want %d", r.Schema, Schema)
	}
	return r, r.check()
}

// check returns an error if there is what no run could have found.
func (r *Report) check() error {
	for _, m := range r.Images {
		if m == nil || slices.Contains(m.Cases, nil) || slices.Contains(m.Stages, nil) {
			return errors.New("bench: got null, want images, cases and stages")
		}
		for _, c := range m.Cases {
			if slices.Contains(c.Stages, nil) {
				return errors.New("bench: got null, want stages")
			}
			if !(c.MSE >= 0) || c.Bytes < 0 {
				return fmt.Errorf("bench: got an MSE of %v and %d bytes, want none below 0", c.MSE, c.Bytes)
			}
		}
		var err error
		m.stages(func(where string, s *Stage) {
			for _, v := range slices.Concat(s.Seconds, s.Device, s.Warmup) {
				if !(v >= 0 && v < 365*24*3600) {
					err = fmt.Errorf("bench: got a time of %v seconds, want one that a run can take", v)
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// WriteCSV writes a row for every time that was taken.
func WriteCSV(w io.Writer, r *Report) error {
	c := csv.NewWriter(w)
	c.Write([]string{"image", "width", "height", "scaled", "format", "file_bytes", "distinct_colors",
		"k", "colors", "steps", "passes", "mse", "psnr_db", "png_bytes", "differ",
		"stage", "engine", "bytes", "warmup", "run", "seconds", "device_seconds"})
	for _, m := range r.Images {
		image := []string{cell(m.Name), strconv.Itoa(m.Width), strconv.Itoa(m.Height), strconv.FormatBool(m.Scaled), m.Format,
			strconv.FormatInt(m.FileBytes, 10), strconv.Itoa(m.Distinct)}
		for _, s := range m.Stages {
			s.records(c, append(image[:len(image):len(image)], "", "", "", "", "", "", "", ""))
		}
		for _, one := range m.Cases {
			psnr := ""
			if one.PSNR != nil {
				psnr = number64(*one.PSNR)
			}
			found := append(image[:len(image):len(image)], strconv.Itoa(one.K), strconv.Itoa(one.Colors), strconv.Itoa(one.Steps),
				strconv.Itoa(one.Passes), number64(one.MSE), psnr, strconv.FormatInt(one.Bytes, 10), one.Differ)
			for _, s := range one.Stages {
				s.records(c, found)
			}
		}
	}
	c.Flush()
	return c.Error()
}

// cell makes a name what no spreadsheet takes for a formula, and valid text.
func cell(name string) string {
	if strings.ContainsAny(name[:min(1, len(name))], "=+-@\t\r") {
		name = "./" + name
	}
	return strings.ToValidUTF8(name, "\ufffd")
}

func (s *Stage) records(c *csv.Writer, first []string) {
	write := func(seconds, device []float64, warmup bool) {
		for i, v := range seconds {
			on := ""
			if i < len(device) {
				on = number64(device[i])
			}
			c.Write(append(first[:len(first):len(first)], s.Name, s.Engine, strconv.FormatInt(s.Bytes, 10),
				strconv.FormatBool(warmup), strconv.Itoa(i+1), number64(v), on))
		}
	}
	write(s.Warmup, nil, true)
	write(s.Seconds, s.Device, false)
}

func number64(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// WriteGoBench writes a line of Go's benchmark format for every time, as input for
// benchstat.
func WriteGoBench(w io.Writer, r *Report) error {
	m := &r.Machine
	text := fmt.Sprintf("goarch: %s\nsystem: %s\ncpu: %s\nkompress: %s\n", m.Arch, oneWord(m.OS), m.Processor, r.Program)
	for _, e := range r.others() {
		text += fmt.Sprintf("%s: %s\n", e.Engine, e.Name)
	}
	for _, image := range r.Images {
		for _, s := range image.Stages {
			text += s.benchmarks(image, "", "")
		}
		for _, c := range image.Cases {
			stages := c.Stages
			for _, e := range r.Engines {
				if s := image.whole(c, e.Engine); s != nil {
					stages = append(stages[:len(stages):len(stages)], s)
				}
			}
			found := fmt.Sprintf(" %g mse %d png-bytes %d passes %d distinct-colors", c.MSE, c.Bytes, c.Passes, image.Distinct)
			for _, s := range stages {
				text += s.benchmarks(image, fmt.Sprintf("/k=%d", c.K), found)
			}
		}
	}
	_, err := io.WriteString(w, text)
	return err
}

func (s *Stage) benchmarks(m *Image, k, found string) (lines string) {
	name := "Benchmark"
	for _, word := range strings.Fields(s.Name) {
		name += strings.ToUpper(word[:1]) + word[1:]
	}
	name += fmt.Sprintf("/image=%s/size=%dx%d%s", oneWord(m.Name), m.Width, m.Height, k)
	if s.Engine != "" {
		name += "/engine=" + s.Engine
	}
	for i, seconds := range s.Seconds {
		lines += fmt.Sprintf("%s 1 %.0f ns/op", name, 1e9*seconds)
		if seconds > 0 {
			lines += fmt.Sprintf(" %.6g MP/s", float64(m.Pixels())/1e6/seconds)
		}
		if s.Bytes > 0 && seconds > 0 {
			lines += fmt.Sprintf(" %.6g MB/s", float64(s.Bytes)/1e6/seconds)
		}
		if i < len(s.Device) {
			lines += fmt.Sprintf(" %.0f device-ns/op", 1e9*s.Device[i])
		}
		lines += found + "\n"
	}
	return lines
}

// oneWord makes a name that benchstat takes for a value of a key.
func oneWord(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) || r == '/' || r == '=' {
			return '_'
		}
		return r
	}, name)
}
