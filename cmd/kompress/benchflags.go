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
	"unicode"

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
		Kind:     bench.Kind,
		Program:  version(),
		Commit:   commit(),
		Command:  commandText(c.App.Metadata[typedArgs].([]string)),
		Started:  time.Now(),
		Machine:  bench.ReadMachine(),
		Images:   []*bench.Image{},
		Failures: j.missing,
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

// commandText is the command line in one line, for a shell. What would upset a
// terminal is quoted as Go does it.
func commandText(typed []string) string {
	text := "kompress"
	for _, word := range typed {
		if quoted := words.Printable(word); quoted != word && strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) {
			text += " " + quoted
		} else {
			text += " " + shellescape.Quote(word)
		}
	}
	return text
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
			if err := checkImage(file); err != nil {
				j.fail(err)
				j.missing = append(j.missing, err.Error())
				continue
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

// checkImage finds what is no file before the others are measured for minutes.
func checkImage(file string) error {
	if err := checkInput(file); err != nil {
		return err
	}
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", words.Printable(file), reason(err))
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: %w", words.Printable(file), imagefile.ErrNotRegular)
	}
	return nil
}

// pixelsOf returns how many pixels a file says it has, or 0: it is for the time that
// is left.
func pixelsOf(file string) int {
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
		word = strings.TrimSpace(word)
		v, err := strconv.ParseFloat(word, 64)
		if err != nil || strings.ContainsAny(word, "_xXpP") || !(v > 0 && v <= most) {
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
		if other := targetOf(taken, path); other != "" {
			return usagef("--%s and --%s: %s cannot be both", other, flag, words.Printable(path))
		}
		taken[flag] = path
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
	if c.String("baseline") == "" {
		return usagef("--baseline: got an empty name, want a file")
	}
	f, err := os.Open(c.String("baseline"))
	if err != nil {
		return fmt.Errorf("--baseline: %s: %w", words.Printable(c.String("baseline")), reason(err))
	}
	defer f.Close()
	if j.baseline, err = bench.ReadJSON(f); err != nil {
		return fmt.Errorf("--baseline: %s: %w", words.Printable(c.String("baseline")), reason(err))
	}
	for _, s := range j.sources {
		if slices.ContainsFunc(j.baseline.Images, func(m *bench.Image) bool { return m.Name == s.Name }) {
			return nil
		}
	}
	return fmt.Errorf("--baseline: %s: it has none of these images", words.Printable(c.String("baseline")))
}

// checkFile refuses, before minutes of work, what could not be written after them.
func (j *benchmark) checkFile(c *cli.Context, flag, path string) error {
	switch {
	case path == "":
		return usagef("--%s: got an empty name, want a file", flag)
	case path == "-", strings.HasPrefix(path, "/dev/"), strings.HasPrefix(path, "/proc/"):
		return usagef("--%s: got %s, want a file; for standard output there is --format", flag, words.Printable(path))
	case flag != "plot" && imageEnding(path) != "":
		return usagef("--%s: %s has the name of an image", flag, words.Printable(path))
	}
	for _, input := range append(c.Args().Slice(), c.String("baseline")) {
		if input != "" && imagefile.SameFile(input, path) {
			return fmt.Errorf("--%s: %s: it is read, and would be overwritten", flag, words.Printable(path))
		}
	}
	if err := checkPlace(path, j.force); err != nil {
		return fmt.Errorf("--%s: %s: %w", flag, words.Printable(path), err)
	}
	return nil
}

func plotFormat(path string) string {
	return strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
}
