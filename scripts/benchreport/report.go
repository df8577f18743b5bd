//go:build linux

package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"text/template"

	"kompress/cmd/kompress/bench"
)

//go:embed benchmarks.md.tmpl
var page string

// A report is all that was measured.
type report struct {
	job   *job
	Bench *bench.Report
	Text  string            // of Bench, as Markdown
	Peers map[string]string // versions
	Rows  []row
}

// write writes the page, and what the README quotes.
func (r *report) write(output, readme string) error {
	text, err := r.render()
	if err != nil {
		return err
	}
	before, err := os.ReadFile(output)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	page := string(text)
	if _, large := withLarge(string(before), ""); large != "" {
		page, _ = withLarge(page, large)
	}
	if err := os.WriteFile(output, []byte(page), 0o666); err != nil || readme == "" {
		return err
	}
	old, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	quoted, err := r.quoteIn(string(old))
	if err != nil {
		return fmt.Errorf("%s: %w", readme, err)
	}
	return os.WriteFile(readme, []byte(quoted), 0o666)
}

func (r *report) render() ([]byte, error) {
	return fill(page, r)
}

// fill executes a template.
func fill(page string, data any) ([]byte, error) {
	t, err := template.New("page").Funcs(template.FuncMap{
		"seconds": seconds, "memory": func(n uint64) string { return fmt.Sprintf("%.0f GiB", float64(n)/(1<<30)) },
		"megabytes": func(n int64) string { return fmt.Sprintf("%.2f MB", float64(n)/1e6) },
		"join":      strings.Join,
	}).Parse(page)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, data)
	return b.Bytes(), err
}

// Rounds, Seconds and Longest are the limits of the job.
func (r *report) Rounds() int      { return r.job.rounds }
func (r *report) Seconds() float64 { return r.job.seconds }
func (r *report) Longest() float64 { return r.job.longest }

// Sections are the tables of whole processes, one a size.
func (r *report) Sections() (sections []section) {
	for _, row := range r.Rows {
		n := len(sections)
		if n == 0 || sections[n-1].Size != row.Size {
			sections = append(sections, section{Size: row.Size})
			n++
		}
		sections[n-1].Rows = append(sections[n-1].Rows, row)
	}
	return sections
}

type section struct {
	Size int
	Rows []row
}

// Stages is what kompress bench says about stages, its headings one level lower,
// without its own head, which the page has.
func (r *report) Stages() string {
	_, text, _ := strings.Cut(r.Text, "\n## ")
	return "### " + strings.ReplaceAll(text, "\n## ", "\n### ")
}

// Versions lists the peers.
func (r *report) Versions() (lines []string) {
	for name, version := range r.Peers {
		lines = append(lines, name+": "+version)
	}
	slices.Sort(lines)
	return lines
}

// measures are what rows are compared by: less is better.
var measures = []struct {
	name  string
	value func(row) float64
}{
	{"time", func(r row) float64 { return r.Wall }},
	{"processor time", func(r row) float64 { return r.CPU }},
	{"memory", func(r row) float64 { return r.Memory }},
	{"file size", func(r row) float64 { return float64(r.Bytes) }},
	{"error", func(r row) float64 { return r.MSE }},
}

// Losses says where which tools are better than kompress, measure by measure. A
// tool that makes more colours than it was asked for does not win by that.
func (r *report) Losses() (lines []string) {
	for _, m := range measures {
		var found []string
		for _, better := range r.Rows {
			own := r.find("kompress", better.Size, better.K)
			if own == nil || strings.HasPrefix(better.Tool, "kompress") || better.Failed != "" || better.Colors > better.K || m.value(better) >= m.value(*own) {
				continue
			}
			found = append(found, fmt.Sprintf("%s at %d MP, k = %d (%.0f %% less)", better.Tool, better.Size, better.K, 100*(1-m.value(better)/m.value(*own))))
		}
		if len(found) == 0 {
			lines = append(lines, m.name+": nobody")
			continue
		}
		lines = append(lines, m.name+": "+strings.Join(found, "; "))
	}
	return lines
}

func (r *report) find(tool string, size, k int) *row {
	for i := range r.Rows {
		if x := &r.Rows[i]; x.Tool == tool && x.Size == size && x.K == k {
			return x
		}
	}
	return nil
}

// The README quotes between these lines.
const (
	quoteBegin = "<!-- quoted from docs/benchmarks.md by make bench-report -->\n"
	quoteEnd   = "<!-- end of the quotation -->\n"
)

// quoted are the tools of which the README has the time.
var quoted = []string{"kompress", "pngquant -s3", "libvips", "ImageMagick", "scikit-learn"}

func (r *report) quoteIn(readme string) (string, error) {
	before, rest, begins := strings.Cut(readme, quoteBegin)
	_, after, ends := strings.Cut(rest, quoteEnd)
	if !begins || !ends {
		return "", fmt.Errorf("got no lines %q and %q, want the quotation between them", quoteBegin, quoteEnd)
	}
	size, k := 24, 256
	if !slices.Contains(r.job.sizes, size) {
		size = r.job.sizes[len(r.job.sizes)-1]
	}
	if !slices.Contains(r.job.colors, k) {
		k = r.job.colors[len(r.job.colors)-1]
	}
	var heads, cells []string
	for _, tool := range quoted {
		x := r.find(tool, size, k)
		if x == nil || x.Failed != "" {
			return "", fmt.Errorf("there is no time of %s at %d MP and k = %d: the README quotes it", tool, size, k)
		}
		heads, cells = append(heads, tool), append(cells, seconds(x.Wall))
	}
	text := fmt.Sprintf("A photograph of %d megapixels to %d colours, PNG to PNG, whole processes, medians;\n%s, %d cores (`make bench-report`):\n\n",
		size, k, r.Bench.Machine.Processor, r.Bench.Machine.Cores)
	text += "| " + strings.Join(heads, " | ") + " |\n|" + strings.Repeat("---|", len(heads)) + "\n| " + strings.Join(cells, " | ") + " |\n"
	return before + quoteBegin + text + quoteEnd + after, nil
}

func seconds(s float64) string { return fmt.Sprintf("%.2f s", s) }
