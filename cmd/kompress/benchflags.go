package main

import (
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"kompress/cmd/kompress/bench"
	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/kmeans"
	"kompress/quantize"
	shipped "kompress/testdata"

	"al.essio.dev/pkg/shellescape"
	"github.com/urfave/cli/v2"
)

// read reads the command line, and looks for trouble before work begins.
func (j *benchmark) read(c *cli.Context) (err error) {
	j.quiet, j.force, j.plot = c.Bool("quiet"), c.Bool("force"), c.String("plot")
	if err := j.readOptions(c); err != nil {
		return err
	}
	if err := j.readSources(c); err != nil {
		return err
	}
	if err := j.readFiles(c); err != nil {
		return err
	}
	j.report = &bench.Report{
		Schema:   bench.Schema,
		Program:  version(),
		Commit:   commit(),
		Command:  shellescape.QuoteCommand(append([]string{"kompress"}, c.App.Metadata[typedArgs].([]string)...)),
		Started:  time.Now(),
		Machine:  bench.ReadMachine(),
		Images:   []*bench.Image{},
		Warnings: []string{},
		Settings: bench.Settings{
			Colors: j.options.Colors, Runs: j.options.Runs, Warmup: j.options.Warmup,
			Effort: c.String("effort"), Space: c.String("space"), Seed: c.Uint64("seed"),
		},
	}
	return j.openEngines(c)
}

func (j *benchmark) readOptions(c *cli.Context) (err error) {
	o := &j.options
	if o.Runs = c.Int("runs"); o.Runs < 1 {
		return usagef("--runs: got %d, want at least 1", o.Runs)
	}
	if o.Warmup = c.Int("warmup"); o.Warmup < 0 {
		return usagef("--warmup: got %d, want at least 0", o.Warmup)
	}
	if err := checkMaxPixels(c); err != nil {
		return err
	}
	o.MaxPixels = c.Int64("max-pixels")
	if o.Colors, err = list(c, "colors", strconv.Atoi, func(k int) bool { return k >= 1 && k <= quantize.MaxColors }, "numbers from 1 to 256, such as 16,64,256"); err != nil {
		return err
	}
	j.format = c.String("format")
	if bench.Formats[j.format] == nil {
		return usagef("--format: got %q, want %s", j.format, alternatives(flagValues["bench format"]))
	}
	o.Quantize.Seed = c.Uint64("seed")
	return errors.Join(
		choose(c, "effort", &o.Quantize.Effort, kmeans.Fast, kmeans.Default, kmeans.Best),
		choose(c, "space", &o.Quantize.Space, quantize.SRGB, quantize.Oklab),
	)
}

// list reads a flag of several values, no two of which are alike.
func list[T comparable](c *cli.Context, flag string, parse func(string) (T, error), good func(T) bool, want string) (values []T, err error) {
	for _, word := range strings.Split(c.String(flag), ",") {
		v, err := parse(strings.TrimSpace(word))
		if err != nil || !good(v) {
			return nil, usagef("--%s: got %q, want %s", flag, c.String(flag), want)
		}
		if slices.Contains(values, v) {
			return nil, usagef("--%s: %v is given twice", flag, v)
		}
		values = append(values, v)
	}
	return values, nil
}

// readSources makes one of each image and each size.
func (j *benchmark) readSources(c *cli.Context) error {
	sizes := []float64{0}
	if c.IsSet("size") || !c.Args().Present() {
		text := c.String("size")
		if !c.IsSet("size") {
			text = "6,24,96"
		}
		most := float64(j.options.MaxPixels) / 1e6
		var err error
		sizes, err = parseSizes(text, most)
		if err != nil {
			return err
		}
	}
	images := []bench.Source{{Name: "dandelions.jpg", Data: shipped.Photo}}
	if c.Args().Present() {
		images = nil
		for _, file := range c.Args().Slice() {
			if info, err := os.Stat(file); err == nil && info.IsDir() {
				return usagef("bench: %s is a folder, want images", words.Printable(file))
			}
			images = append(images, bench.Source{Name: file, Path: file, Pixels: pixelsOf(file)})
		}
	}
	for _, m := range images {
		for _, size := range sizes {
			m.Megapixels = size
			j.sources = append(j.sources, m)
		}
	}
	return nil
}

// pixelsOf returns how many pixels a file says it has, or 0: it is for the time that
// is left.
func pixelsOf(file string) int {
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return 0
	}
	f, err := os.Open(file)
	if err != nil {
		return 0
	}
	defer f.Close()
	c, _, err := image.DecodeConfig(f)
	if err != nil {
		return 0
	}
	return c.Width * c.Height
}

func parseSizes(text string, most float64) (sizes []float64, err error) {
	for _, word := range strings.Split(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
		if err != nil || !(v > 0 && v <= most) {
			return nil, usagef("--size: got %q, want megapixels up to %g, such as 6,24,96", text, most)
		}
		if slices.Contains(sizes, v) {
			return nil, usagef("--size: %v is given twice", v)
		}
		sizes = append(sizes, v)
	}
	return sizes, nil
}

// readFiles looks at the files to write, and reads the one to compare with.
func (j *benchmark) readFiles(c *cli.Context) error {
	if j.plot != "" {
		if ending := plotFormat(j.plot); ending != "svg" && ending != "png" {
			return usagef("--plot: got %q, want a name that ends in .svg or .png", j.plot)
		}
	}
	taken := map[string]string{}
	for _, flag := range []string{"json", "csv", "markdown", "plot"} {
		path := c.String(flag)
		if !c.IsSet(flag) {
			continue
		}
		if err := j.checkFile(c, flag, path); err != nil {
			return err
		}
		if other := taken[place(path)]; other != "" {
			return usagef("--%s and --%s: %s cannot be both", other, flag, words.Printable(path))
		}
		taken[place(path)] = flag
		if flag != "plot" {
			j.files = append(j.files, benchFile{path: path, write: bench.Formats[flag]})
		}
	}
	if !c.IsSet("baseline") {
		return nil
	}
	if j.format != "text" {
		return usagef("--baseline goes with --format text, not with %s", j.format)
	}
	f, err := os.Open(c.String("baseline"))
	if err != nil {
		return fmt.Errorf("--baseline: %s: %w", words.Printable(c.String("baseline")), reason(err))
	}
	defer f.Close()
	if j.baseline, err = bench.ReadJSON(f); err != nil {
		return fmt.Errorf("--baseline: %s: %w", words.Printable(c.String("baseline")), reason(err))
	}
	return nil
}

// checkFile refuses, before hours of work, what could not be written after them.
func (j *benchmark) checkFile(c *cli.Context, flag, path string) error {
	switch path {
	case "":
		return usagef("--%s: got an empty name, want a file", flag)
	case "-":
		return usagef("--%s: standard output is what --format is for; for a file of that name: ./-", flag)
	}
	for _, image := range c.Args().Slice() {
		if imagefile.SameFile(image, path) {
			return fmt.Errorf("--%s: %s: it is one of the images", flag, words.Printable(path))
		}
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return usagef("--%s: %s is a folder, want a file", flag, words.Printable(path))
	case err == nil && !j.force:
		return fmt.Errorf("--%s: %s: %w", flag, words.Printable(path), imagefile.ErrExists)
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return fmt.Errorf("--%s: %s: %w", flag, words.Printable(filepath.Dir(path)), reason(err))
	}
	return nil
}

func plotFormat(path string) string {
	return strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
}
