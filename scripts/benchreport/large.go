//go:build linux

package main

import (
	"context"
	_ "embed"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"kompress/cmd/kompress/bench"
	"kompress/imagefile"
)

//go:embed large.md.tmpl
var largePage string

// A largeReport is what large images take.
type largeReport struct {
	Date     string
	Machine  bench.Machine
	Program  string
	Photos   []string
	Versions []string
	Rounds   int
	Rows     []largeRow
}

// A largeRow is what a command took.
type largeRow struct {
	Image, What string
	Pixels      float64 // millions
	Wall        bench.Summary
	CPU, Memory float64 // seconds, the median, and MB, the most
	Rounds      int
	Bytes       int64 // of what it made
	Cores       int
}

// Speed is in megapixels a second, Busy the share of all processors in percent.
func (r largeRow) Speed() float64 { return r.Pixels / r.Wall.Median }
func (r largeRow) Busy() float64  { return 100 * r.CPU / r.Wall.Median / float64(r.Cores) }

// A command makes target.
type command struct {
	what   string
	images int
	args   []string
	target string
}

// large measures large images and puts what it found into the page.
func (j *job) large(ctx context.Context, output string, photos []string) error {
	r := &largeReport{
		Date: time.Now().UTC().Format(time.DateOnly), Machine: bench.ReadMachine(),
		Rounds: j.rounds, Versions: versions(ctx),
	}
	out, err := exec.CommandContext(ctx, j.kompress, "--version").Output()
	if err != nil {
		return err
	}
	r.Program = strings.TrimSpace(strings.TrimPrefix(string(out), "kompress version "))
	for _, p := range photos {
		r.Photos = append(r.Photos, filepath.Base(p))
	}
	for _, l := range larges {
		rows, err := j.measureLarge(ctx, l, photos)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		r.Rows = append(r.Rows, rows...)
	}
	for i := range r.Rows {
		r.Rows[i].Cores = r.Machine.Cores
	}
	return r.write(output)
}

func (j *job) measureLarge(ctx context.Context, l large, photos []string) ([]largeRow, error) {
	files, err := j.mosaics(ctx, l, photos)
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, file := range files {
			os.RemoveAll(file)
		}
	}()
	if l.width*l.height > 30e6 {
		return j.inTurns(ctx, l, j.hugeCommands(files))
	}
	if err := j.prepareYard(ctx, files); err != nil {
		return nil, err
	}
	return j.inTurns(ctx, l, j.largeCommands(files))
}

// own is a command of kompress.
func (j *job) own(what, target string, args ...string) command {
	return command{what, 1, append([]string{j.kompress, "compress", "--engine", "cpu", "--force", "--quiet", "-k", "256", "-o", target}, args...), target}
}

func (j *job) file(name string) string { return filepath.Join(j.folder, name) }

// hugeCommands are those of images that do not fit into the usual memory.
func (j *job) hugeCommands(files map[string]string) []command {
	all := []command{
		j.own("PNG, by bands", j.file("bands.png"), files[".png"]),
		j.own("PNG, in memory (`--memory 100G`)", j.file("whole.png"), "--memory", "100G", files[".png"]),
	}
	if tif := files[".tif"]; tif != "" {
		all = append(all, j.own("BigTIFF, by bands", j.file("tif.png"), tif))
	}
	return all
}

// largeCommands are kompress, its peers, what it is measured by, and a folder of JPEGs.
func (j *job) largeCommands(files map[string]string) []command {
	png, target := files[".png"], j.file("out.png")
	all := []command{
		j.own("**kompress**", j.file("own.png"), png),
		{"pngquant -s3", 1, pngquantArgs(3)(png, target, 256), target},
		{"sharp", 1, []string{"node", "scripts/benchreport/sharp.js", png, target, "256"}, target},
		{"libvips", 1, vipsArgs(png, target, 256), target},
		{"`vips copy` to raw", 1, []string{"vips", "copy", png, j.file("out.raw")}, j.file("out.raw")},
		{"`pigz -6` of the indices", 1, []string{"sh", "-c", "pigz -6 -c " + j.file("indices.raw") + " > " + j.file("out.gz")}, j.file("out.gz")},
	}
	folder := j.own("**kompress**, a folder of 8 JPEGs", j.file("many")+"/", j.file("jpegs"))
	folder.images, folder.target = 8, ""
	return append(all, folder)
}

// prepareYard writes the indices of the image, a byte each, and the folder of JPEGs. Its
// files are removed with those of the image.
func (j *job) prepareYard(ctx context.Context, files map[string]string) error {
	c := j.own("", j.file("own.png"), files[".png"])
	if _, _, _, err := process(ctx, c.args); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	files["indices"], files["jpegs"], files["many"] = j.file("indices.raw"), j.file("jpegs"), j.file("many")
	if _, _, _, err := process(ctx, []string{self, "indices", c.target, j.file("indices.raw")}); err != nil {
		return err
	}
	if err := os.Mkdir(j.file("jpegs"), 0o777); err != nil {
		return err
	}
	for i := range 8 {
		if err := os.Link(files[".jpg"], filepath.Join(j.file("jpegs"), fmt.Sprintf("%d.jpg", i))); err != nil {
			return err
		}
	}
	return nil
}

// writeIndices writes the indices of an indexed image.
func writeIndices(ctx context.Context, source, output string) error {
	f, err := imagefile.Decode(ctx, source, imagefile.DecodeOptions{})
	if err != nil {
		return err
	}
	m, ok := f.Image.(*image.Paletted)
	if !ok {
		return fmt.Errorf("%s: got %T, want an indexed image", source, f.Image)
	}
	return os.WriteFile(output, m.Pix, 0o666)
}

// inTurns runs commands in turns. What fails has no row.
func (j *job) inTurns(ctx context.Context, l large, commands []command) (rows []largeRow, err error) {
	walls, cpus := make([][]float64, len(commands)), make([][]float64, len(commands))
	rows = make([]largeRow, len(commands))
	for round := range j.rounds {
		for i := range commands {
			i = (i + round) % len(commands)
			c := commands[i]
			fmt.Fprintf(os.Stderr, "==> %s, round %d: %s\n", l.name, round+1, c.what)
			wall, cpu, memory, err := process(ctx, c.args)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				fmt.Fprintf(os.Stderr, "==> LEFT OUT: %s: %v\n", c.what, err)
				continue
			}
			walls[i], cpus[i] = append(walls[i], wall), append(cpus[i], cpu)
			rows[i].Memory = max(rows[i].Memory, memory)
			if info, err := os.Stat(c.target); err == nil {
				rows[i].Bytes = info.Size()
			}
		}
	}
	var found []largeRow
	for i, c := range commands {
		if len(walls[i]) == 0 {
			continue
		}
		r := &rows[i]
		r.Image, r.What, r.Pixels = l.name, c.what, float64(c.images)*float64(l.width)*float64(l.height)/1e6
		r.Wall, r.CPU, r.Rounds = bench.Summarize(walls[i]), bench.Summarize(cpus[i]).Median, len(walls[i])
		found = append(found, *r)
	}
	return found, nil
}

// versions lists those of the peers that are there.
func versions(ctx context.Context) (lines []string) {
	for _, args := range [][]string{{"pngquant", "--version"}, {"vips", "--version"}, {"pigz", "--version"}, {"node", "-p", "'sharp ' + require('sharp').versions.sharp"}} {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err == nil {
			line, _, _ := strings.Cut(string(out), "\n")
			if args[0] == "pngquant" {
				line = "pngquant " + line
			}
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

// The page has the tables of large images between these lines.
const (
	largeBegin = "<!-- large images: make bench-large -->\n"
	largeEnd   = "<!-- end of large images -->\n"
)

func (r *largeReport) render() (string, error) {
	text, err := fill(largePage, r)
	return largeBegin + string(text) + largeEnd, err
}

// write puts the tables into the page, in the place of those of before.
func (r *largeReport) write(output string) error {
	text, err := r.render()
	if err != nil {
		return err
	}
	old, err := os.ReadFile(output)
	if err != nil {
		return err
	}
	page, _ := withLarge(string(old), text)
	return os.WriteFile(output, []byte(page), 0o666)
}

// withLarge returns the page with these tables of large images, and those it had.
func withLarge(page, tables string) (changed, had string) {
	before, rest, begins := strings.Cut(page, largeBegin)
	had, after, ends := strings.Cut(rest, largeEnd)
	if !begins || !ends {
		return strings.TrimRight(page, "\n") + "\n\n" + tables, ""
	}
	return before + tables + after, largeBegin + had + largeEnd
}
