package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"kompress/cmd/kompress/explore"
	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/kmeans"
	"kompress/quantize"

	"github.com/urfave/cli/v2"
)

func exploreCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:      "explore",
		Usage:     "show what k does to images, as a report for the browser",
		UsageText: "kompress explore [flags] IMAGE...",
		Description: "Quantizes each image with k from 2 to 256 and writes a page that shows the image\n" +
			"before and after, its colors as points, histograms, error and file size against\n" +
			"k, and where it hurts: NAME.explore.html beside the image or, for several,\n" +
			"explore.html in the current folder. The page needs no network.\n\n" +
			"Examples:\n" +
			"  kompress explore photo.jpg\n" +
			"  kompress explore -k 32 -o report.html --csv numbers.csv --png plots/ *.jpg",
		Flags:        exploreFlags(),
		Action:       func(c *cli.Context) error { return exploreImages(c, stdout, stderr) },
		OnUsageError: onUsageError,
	}
}

func exploreFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.IntFlag{Name: "colors", Aliases: []string{"k"}, Value: quantize.DefaultColors, Usage: "`N` palette entries, 1 to 256, of the result that is looked at closely"},
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FILE` write the report to this file"},
		&cli.StringFlag{Name: "json", Usage: "`FILE` write the numbers as JSON, too"},
		&cli.StringFlag{Name: "csv", Usage: "`FILE` write the numbers as CSV, too: image, table, row, column, value"},
		&cli.StringFlag{Name: "png", Usage: "`FOLDER` write the plots as PNGs into this folder, too"},
	}, sharedFlags("force", "effort", "space", "seed", "engine", "device", "max-pixels", "quiet")...)
}

// An exploring is one run of the command.
type exploring struct {
	options   quantize.Options
	maxPixels int64
	quiet     bool
	targets   *reportTargets
	engines   *engines
	report    *explore.Report
	stdout    io.Writer
	console
}

func exploreImages(c *cli.Context, stdout, stderr io.Writer) error {
	if !c.Args().Present() {
		return usagef("explore: an image is missing (see kompress explore --help)")
	}
	o := quantize.Options{Colors: c.Int("colors"), Seed: c.Uint64("seed")}
	if err := errors.Join(checkColors(c), checkMaxPixels(c),
		choose(c, "effort", &o.Effort, kmeans.Fast, kmeans.Default, kmeans.Best),
		choose(c, "space", &o.Space, quantize.SRGB, quantize.Oklab),
	); err != nil {
		return err
	}
	targets, err := newReportTargets(c)
	if err != nil {
		return err
	}
	j := &exploring{
		options:   o,
		maxPixels: c.Int64("max-pixels"),
		quiet:     c.Bool("quiet"),
		targets:   targets,
		report:    explore.NewReport("kompress "+version(), o),
		stdout:    stdout,
		console:   newConsole(c, stderr),
	}
	if j.engines, err = newEngines(c, j.warn); err != nil {
		return err
	}
	defer j.engines.Close()
	failed, err := j.all(c.Context, c.Args().Slice())
	if err != nil {
		return err
	}
	if len(j.report.Images) > 0 {
		if err := j.write(c.Context); err != nil {
			return interruptedOr(c.Context, err)
		}
	}
	if failed {
		return errReported
	}
	return nil
}

func interruptedOr(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

// all explores the images, one after the other. One that fails is reported, and does
// not keep the others from being explored.
func (j *exploring) all(ctx context.Context, files []string) (failed bool, err error) {
	for i, file := range files {
		j.progress.file(i, len(files), file)
		m, err := j.one(ctx, file)
		j.progress.clear()
		if ctx.Err() != nil {
			return failed, errInterrupted
		}
		if err != nil {
			j.fail(err)
			failed = true
			continue
		}
		j.report.Images = append(j.report.Images, m)
	}
	return failed, nil
}

// exploreDecoded is how far along a file is when it is decoded.
const exploreDecoded = 0.1

func (j *exploring) one(ctx context.Context, file string) (*explore.Image, error) {
	if err := checkInput(file); err != nil {
		return nil, err
	}
	in, err := imagefile.Decode(ctx, file, imagefile.DecodeOptions{
		MaxPixels: j.maxPixels,
		Progress:  func(share float64) { j.progress.set(exploreDecoded * share) },
	})
	if err != nil {
		return nil, err
	}
	if !j.quiet {
		j.notes(file, in.Notes)
	}
	size := in.Image.Bounds().Size()
	e, err := j.engines.forImage(ctx, size.X*size.Y)
	if err != nil {
		return nil, err
	}
	m, err := explore.Explore(ctx, e, explore.Input{Name: file, Image: in.Image, Format: in.Format, Bytes: in.Bytes}, explore.Options{
		Quantize: j.options,
		Progress: func(share float64) { j.progress.set(exploreDecoded + (1-exploreDecoded)*share) },
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", words.Printable(file), err)
	}
	m.Engine = e.name
	return m, nil
}

// write writes what is asked for, and prints a line for each file or folder.
func (j *exploring) write(ctx context.Context) error {
	t := j.targets
	images := words.Count(len(j.report.Images), "image")
	for _, f := range []struct {
		path, what string
		write      func(io.Writer) error
	}{
		{t.html, "report of " + images, func(w io.Writer) error { return j.report.WriteHTML(ctx, w) }},
		{t.json, "numbers of " + images + " as JSON", j.report.WriteJSON},
		{t.csv, "numbers of " + images + " as CSV", j.report.WriteCSV},
	} {
		if f.path == "" {
			continue
		}
		n, err := imagefile.WriteFile(ctx, f.path, imagefile.WriteOptions{Force: t.force}, f.write)
		if err != nil {
			return err
		}
		j.say("%s: %s, %s", words.Printable(f.path), f.what, words.Bytes(n))
	}
	if t.png == "" {
		return nil
	}
	n, err := j.writePlots(ctx)
	if err == nil {
		j.say("%s: %s of %s as PNG", words.Printable(t.png), words.Count(n, "plot"), images)
	}
	return err
}

func (j *exploring) say(format string, args ...any) {
	if !j.quiet {
		fmt.Fprintf(j.stdout, format+"\n", args...)
	}
}

// writePlots makes the folder if need be, and removes it if nothing got in.
func (j *exploring) writePlots(ctx context.Context) (n int, err error) {
	folder := &outputs{folder: j.targets.png, ready: map[string]bool{}}
	if err := folder.makeFolder(filepath.Join(j.targets.png, "x")); err != nil {
		return 0, fmt.Errorf("--png: %w", err)
	}
	defer folder.close()
	err = j.report.Plots(ctx, func(name string, data []byte) error {
		path := filepath.Join(j.targets.png, name)
		if err := j.targets.check(path); err != nil {
			return err
		}
		_, err := imagefile.WriteFile(ctx, path, imagefile.WriteOptions{Force: j.targets.force}, func(w io.Writer) error {
			_, err := w.Write(data)
			return err
		})
		n++
		return err
	})
	return n, err
}

// ReportTargets say where the report and the rest go.
type reportTargets struct {
	html, json, csv, png string
	force                bool
	inputs               []os.FileInfo
}

// newReportTargets refuses, before the work is done, what could not be written after.
func newReportTargets(c *cli.Context) (*reportTargets, error) {
	files := c.Args().Slice()
	t := &reportTargets{html: c.String("output"), json: c.String("json"), csv: c.String("csv"), png: c.String("png"), force: c.Bool("force")}
	for _, file := range files {
		if info, err := os.Stat(file); err == nil {
			t.inputs = append(t.inputs, info)
		}
	}
	if !c.IsSet("output") {
		t.html = reportName(files)
	}
	paths := map[string]string{} // of flags
	for _, f := range []struct{ flag, path string }{{"output", t.html}, {"json", t.json}, {"csv", t.csv}} {
		if f.path == "" && !c.IsSet(f.flag) {
			continue
		}
		if err := checkReportFile(f.flag, f.path); err != nil {
			return nil, err
		}
		if other := targetOf(paths, f.path); other != "" {
			return nil, usagef("--%s: %s is the file of --%s already", f.flag, words.Printable(f.path), other)
		}
		paths[f.flag] = f.path
		if err := t.check(f.path); err != nil {
			return nil, err
		}
		if err := checkPlace(f.path, t.force); err != nil {
			return nil, fmt.Errorf("%s: %w", words.Printable(f.path), err)
		}
	}
	if !c.IsSet("png") {
		return t, nil
	}
	if other := targetOf(paths, t.png); t.png != "" && other != "" {
		return nil, usagef("--png: %s is the file of --%s already", words.Printable(t.png), other)
	}
	return t, t.checkPlots(files)
}

// checkPlots looks at all plots that there may be of the images: which of them an image
// has is known too late.
func (t *reportTargets) checkPlots(files []string) error {
	if t.png == "" {
		return usagef("--png: got an empty name, want a folder")
	}
	info, err := os.Stat(t.png)
	if err != nil {
		return nil // it will be made
	}
	if !info.IsDir() {
		return usagef("--png: %s is a file, want a folder", words.Printable(t.png))
	}
	for _, name := range explore.PlotNames(files) {
		if err := t.check(filepath.Join(t.png, name)); err != nil {
			return err
		}
	}
	return nil
}

func checkReportFile(flag, path string) error {
	switch path {
	case "":
		return usagef("--%s: got an empty name, want a file", flag)
	case "-":
		return usagef("--%s: standard output cannot be written to; for a file of that name: ./-", flag)
	}
	if strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/proc/") {
		return usagef("--%s: got %s, want a file", flag, words.Printable(path))
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() || os.IsPathSeparator(path[len(path)-1]) {
		return usagef("--%s: %s is a folder, want a file", flag, words.Printable(path))
	}
	if ending := imageEnding(path); ending != "" {
		return usagef("--%s: %s ends in %s, but what is written is no image", flag, words.Printable(path), ending)
	}
	return nil
}

// check returns an error if the file may not be written: it is there and there is no
// --force, or it is an input.
func (t *reportTargets) check(path string) error {
	if info, err := os.Stat(path); err == nil {
		for _, input := range t.inputs {
			if os.SameFile(info, input) {
				return fmt.Errorf("%s: it is one of the images, and those are not overwritten", words.Printable(path))
			}
		}
	}
	if _, err := os.Lstat(path); err == nil && !t.force {
		return fmt.Errorf("%s: %w", words.Printable(path), imagefile.ErrExists)
	}
	if folder := filepath.Dir(path); folder != "." {
		info, err := os.Stat(folder)
		if err != nil {
			return fmt.Errorf("%s: folder %s: %w", words.Printable(path), words.Printable(folder), reason(err))
		}
		if !info.IsDir() {
			return fmt.Errorf("%s: folder %s: not a folder", words.Printable(path), words.Printable(folder))
		}
	}
	return nil
}

// reportName is beside the only image, or in the current folder.
func reportName(files []string) string {
	if len(files) != 1 {
		return "explore.html"
	}
	return filepath.Join(filepath.Dir(files[0]), words.Stem(files[0])+".explore.html")
}
