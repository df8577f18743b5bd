//go:build linux

// Command benchreport writes docs/benchmarks.md, and the numbers that the README
// quotes from it: kompress bench on this machine, and whole processes of kompress
// and of its peers on the same files. It is run by make bench-report.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"

	"kompress/cmd/kompress/bench"
	"kompress/testdata"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "benchreport:", err)
		os.Exit(1)
	}
}

// A job is what is measured and where it goes.
type job struct {
	kompress string // the program
	sizes    []int  // megapixels
	colors   []int
	runs     int
	engines  string
	seconds  float64 // after which a tool gets no other round
	longest  float64 // seconds that a process may be expected to take
	rounds   int
	folder   string // for files that are made on the way
}

func run(ctx context.Context, args []string) error {
	// Peers are measured by a process that has never been large, for the system
	// counts a parent's memory as its child's.
	if len(args) == 4 && args[0] == "measure" {
		return printErrors(ctx, args[1], args[2], args[3])
	}
	if len(args) == 3 && args[0] == "scale" {
		return scale(ctx, args[1], args[2])
	}
	if len(args) == 3 && args[0] == "indices" {
		return writeIndices(ctx, args[1], args[2])
	}
	if len(args) > 4 && args[0] == "mosaic" {
		return mosaic(ctx, args[1], args[2], args[3], args[4:])
	}
	var j job
	flags := flag.NewFlagSet("benchreport", flag.ContinueOnError)
	flags.StringVar(&j.kompress, "kompress", "./kompress", "the program to measure")
	sizes := flags.String("size", "6,24,96", "megapixels")
	colors := flags.String("k", "16,64,256", "numbers of colors")
	flags.IntVar(&j.runs, "runs", bench.DefaultRuns, "runs of kompress bench")
	flags.StringVar(&j.engines, "engine", "", "engines of kompress bench; none for all that are hardware")
	flags.IntVar(&j.rounds, "rounds", 3, "rounds of whole processes")
	flags.Float64Var(&j.seconds, "seconds", 20, "after which a tool gets no other round of the same")
	flags.Float64Var(&j.longest, "longest", 60, "seconds that a process may be expected to take, by a smaller size; else it is left out")
	output := flags.String("o", "docs/benchmarks.md", "the file to write")
	onlyLarge := flags.Bool("large", false, "only large images: mosaics of the photographs that are named")
	readme := flags.String("readme", "README.md", "the file to bring up to date; none if empty")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if j.sizes, err = numbers(*sizes); err != nil {
		return err
	}
	if j.colors, err = numbers(*colors); err != nil {
		return err
	}
	if j.kompress, err = filepath.Abs(j.kompress); err != nil {
		return err
	}
	if j.folder, err = os.MkdirTemp("", "kompress-benchreport-"); err != nil {
		return err
	}
	defer os.RemoveAll(j.folder)
	if *onlyLarge {
		return j.large(ctx, *output, flags.Args())
	}
	r, err := j.measure(ctx)
	if err != nil {
		return err
	}
	return r.write(*output, *readme)
}

func numbers(list string) (values []int, err error) {
	for _, word := range strings.Split(list, ",") {
		v, err := strconv.Atoi(word)
		if err != nil {
			return nil, fmt.Errorf("got %q, want numbers such as 6,24,96", list)
		}
		values = append(values, v)
	}
	return values, nil
}

// measure runs the peers, in turns, and then kompress bench.
func (j *job) measure(ctx context.Context) (*report, error) {
	r := &report{job: j, Peers: map[string]string{}}
	tools := j.tools(ctx)
	for _, t := range tools {
		r.Peers[t.name] = t.version
	}
	var files []string
	for _, size := range j.sizes {
		file, err := j.scaled(ctx, size)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
		for _, k := range j.colors {
			rows, err := j.compare(ctx, j.quick(tools, r, size, k), file, size, k)
			if err != nil {
				return nil, err
			}
			r.Rows = append(r.Rows, rows...)
		}
	}
	var err error
	r.Bench, r.Text, err = j.bench(ctx, files)
	return r, err
}

// scaled makes the photograph of that many megapixels, by another process.
func (j *job) scaled(ctx context.Context, size int) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	file := filepath.Join(j.folder, fmt.Sprintf("dandelions-%dMP.png", size))
	fmt.Fprintf(os.Stderr, "==> scaling the photograph to %d megapixels\n", size)
	c := exec.CommandContext(ctx, self, "scale", strconv.Itoa(size), file)
	c.Stderr = os.Stderr
	return file, c.Run()
}

func scale(ctx context.Context, megapixels, output string) error {
	size, err := strconv.ParseFloat(megapixels, 64)
	if err != nil {
		return err
	}
	s := bench.Source{Name: "dandelions.jpg", Data: testdata.Photo, Megapixels: size}
	path, remove, err := s.Prepare(ctx, 0)
	if err != nil {
		return err
	}
	defer remove()
	return os.Rename(path, output)
}

// bench runs kompress bench on the files and returns its report and its Markdown.
func (j *job) bench(ctx context.Context, files []string) (*bench.Report, string, error) {
	const raw, text = "bench.json", "bench.md"
	engines := j.engines
	if engines == "" {
		engines = "cpu"
		if j.hardware(ctx) {
			engines = "cpu,gpu"
		}
	}
	args := []string{"bench", "--engine", engines, "-k", joined(j.colors), "--runs", strconv.Itoa(j.runs), "--json", raw, "--markdown", text, "--quiet"}
	fmt.Fprintf(os.Stderr, "==> kompress bench --engine %s\n", engines)
	for _, file := range files {
		args = append(args, filepath.Base(file)) // for the names in the report
	}
	c := exec.CommandContext(ctx, j.kompress, args...)
	c.Dir, c.Stderr = j.folder, os.Stderr
	if err := c.Run(); err != nil {
		return nil, "", fmt.Errorf("kompress bench: %w", err)
	}
	f, err := os.Open(filepath.Join(j.folder, raw))
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	r, err := bench.ReadJSON(f)
	if err != nil {
		return nil, "", err
	}
	words, err := os.ReadFile(filepath.Join(j.folder, text))
	return r, string(words), err
}

// hardware says whether there is a GPU that auto would take: a software renderer
// proves sameness, not speed, and takes long.
func (j *job) hardware(ctx context.Context) bool {
	found, err := exec.CommandContext(ctx, j.kompress, "devices", "--json").Output()
	return err == nil && strings.Contains(string(found), `"auto":true,`)
}

func joined(values []int) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = strconv.Itoa(v)
	}
	return strings.Join(words, ",")
}
