package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"kompress/cmd/kompress/bench"
	"kompress/cmd/kompress/words"
	"kompress/gpu"
	"kompress/imagefile"
	"kompress/quantize"

	"github.com/urfave/cli/v2"
)

func benchCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:      "bench",
		Usage:     "compare the engines' times, stage by stage",
		UsageText: "kompress bench [flags] [IMAGE...]",
		Description: "Makes every engine quantize every image, in turns, and prints the time of each\n" +
			"stage, what came out, and how many times as fast engines are as each other.\n" +
			"Without images it takes a photograph of its own at 6, 24 and 96 megapixels.\n\n" +
			"Examples:\n" +
			"  kompress bench --runs 20 --json before.json photo.png\n" +
			"  kompress bench --baseline before.json photo.png\n" +
			"  kompress bench -k 16,256 --size 1,4,16 --plot times.svg photo.jpg",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "engine", Value: "cpu,gpu", Usage: "`LIST` of engines to compare; the first is what others are compared with"},
			&cli.StringFlag{Name: "colors", Aliases: []string{"k"}, Value: "16,64,256", Usage: "`LIST` of palette sizes, 1 to 256"},
			&cli.StringFlag{Name: "size", DefaultText: "as images are; 6,24,96 without any", Usage: "`LIST` of megapixels to scale each image to"},
			&cli.IntFlag{Name: "runs", Value: bench.DefaultRuns, Usage: "`N` times to do all work"},
			&cli.IntFlag{Name: "warmup", Value: 1, Usage: "`N` times to do it before, which do not count"},
			&cli.StringFlag{Name: "format", Value: "text", Usage: "`NAME` of what is printed: text, markdown, csv, json or gobench (for benchstat)"},
			&cli.StringFlag{Name: "json", Usage: "`FILE` for all raw times"},
			&cli.StringFlag{Name: "csv", Usage: "`FILE` for all raw times, one a row"},
			&cli.StringFlag{Name: "markdown", Usage: "`FILE` for what is printed, as tables"},
			&cli.StringFlag{Name: "plot", Usage: "`FILE` for a drawing of it: .svg or .png"},
			&cli.StringFlag{Name: "baseline", Usage: "`FILE` of an earlier run's --json, to say what changed"},
		}, sharedFlags("force", "effort", "space", "seed", "device", "max-pixels", "quiet")...),
		Action: func(c *cli.Context) error {
			j := &benchmark{stdout: stdout, console: newConsole(c, stderr)}
			if err := j.read(c); err != nil {
				return err
			}
			defer j.close()
			return j.run(c.Context)
		},
		OnUsageError: onUsageError,
	}
}

// A benchmark is one run of the command.
type benchmark struct {
	stdout io.Writer
	console
	quiet    bool
	format   string
	force    bool
	files    []benchFile
	plot     string
	baseline *bench.Report

	options bench.Options
	sources []bench.Source
	engines []bench.Engine
	report  *bench.Report
	missing []string // images that are none, and why
}

// A benchFile is kept up to date while the work goes on.
type benchFile struct {
	path    string
	write   bench.Writer
	written bool
}

// openEngines makes the engines. One that is not named may be missing.
func (j *benchmark) openEngines(c *cli.Context) error {
	names, err := list(c, "engine", func(s string) (string, error) { return s, nil },
		func(s string) bool { return s == "cpu" || s == "gpu" }, "cpu, gpu or both: cpu,gpu")
	if err != nil {
		return err
	}
	if c.IsSet("device") && !slices.Contains(names, "gpu") {
		return usagef("--device goes with a GPU, not with --engine cpu")
	}
	if c.IsSet("device") && c.Int("device") < 1 {
		return usagef("--device: got %d, want at least 1 (see kompress devices)", c.Int("device"))
	}
	for _, name := range names {
		if name == "cpu" {
			d := bench.Device{Engine: "cpu", Name: j.report.Machine.Processor + ", " + threadsText()}
			j.engines = append(j.engines, bench.Engine{Device: d, Engine: new(quantize.CPU)})
			continue
		}
		err := j.openGPU(c)
		switch {
		case c.Context.Err() != nil:
			return errInterrupted
		case err != nil && (c.IsSet("engine") || c.IsSet("device")):
			return fmt.Errorf("--engine: %w", err)
		case err != nil:
			j.report.Warnings = append(j.report.Warnings, fmt.Sprintf("without the GPU engine: %s. --engine cpu is the same without this warning", oneLine(err)))
		}
	}
	for _, e := range j.engines {
		j.report.Engines = append(j.report.Engines, e.Device)
	}
	return nil
}

func (j *benchmark) openGPU(c *cli.Context) error {
	open := func(o gpu.Options) (*gpu.Engine, error) {
		return await(c.Context, func() (*gpu.Engine, error) { return gpu.Open(o) })
	}
	begin := time.Now()
	e, err := open(gpu.Options{Device: c.Int("device")})
	if err != nil {
		return err
	}
	took, d := time.Since(begin), e.Device()
	if d.Software && !c.IsSet("engine") && !c.IsSet("device") {
		j.report.Warnings = append(j.report.Warnings, bench.NoGPU(d.Renderer)+"; it is left out: --engine cpu,gpu measures it all the same")
		return e.Close()
	}
	staged, err := open(gpu.Options{Device: d.Number, Timed: true, Apart: true})
	if err != nil {
		return errors.Join(err, e.Close())
	}
	j.engines = append(j.engines, bench.Engine{
		Device: bench.Device{Engine: "gpu", Name: d.Renderer, Driver: d.Driver, Software: d.Software, Start: took.Seconds()},
		Engine: e, Staged: staged, Meter: staged,
	})
	return nil
}

func (j *benchmark) close() {
	for _, e := range j.engines {
		e.Engine.Close()
		if e.Staged != nil {
			e.Staged.Close()
		}
	}
}

// run does the work and says what came out, however it ended.
func (j *benchmark) run(ctx context.Context) error {
	// What is done is written although the context has ended.
	keep := context.WithoutCancel(ctx)
	o := j.options
	o.Progress = j.progress.work
	o.Keep = func() error { return errors.Join(j.outputError(), j.keep(keep)) }
	o.Failed = j.fail
	text := j.format == "text" && !j.quiet
	j.report.WarnEarly()
	if text {
		fmt.Fprint(j.stdout, j.report.Head())
		o.Measured = func(m *bench.Image) {
			j.progress.clear()
			fmt.Fprint(j.stdout, j.report.Body(m))
		}
	}
	err := bench.Run(ctx, j.report, j.engines, j.sources, o)
	j.progress.clear()
	switch {
	case ctx.Err() != nil:
		err = errInterrupted
	case err != nil: // a file that cannot be written
		return err
	}
	if text {
		fmt.Fprint(j.stdout, j.report.Tail())
		j.printChanges()
	} else if !j.quiet {
		for _, warning := range j.report.Warnings {
			fmt.Fprintf(j.stderr, "kompress: warning: %s\n", warning)
		}
	}
	if late := j.finish(keep); err == nil || late != nil && !errors.Is(late, errReported) {
		err = errors.Join(err, late)
	}
	return err
}

// outputError is of standard output: when nobody reads it any more the work is for
// nothing, unless files are kept.
func (j *benchmark) outputError() error {
	if out, keeps := j.stdout.(*output); keeps && out.err != nil && len(j.files) == 0 && j.plot == "" {
		return fmt.Errorf("standard output: %w", reason(out.err))
	}
	return nil
}

// printChanges compares with the earlier run.
func (j *benchmark) printChanges() {
	if j.baseline == nil {
		return
	}
	fmt.Fprintf(j.stdout, "\nAgainst %s (%s)\n\n", j.baseline.Started.Local().Format("2006-01-02 15:04"), words.Printable(j.baseline.Program))
	for _, line := range j.report.Compare(j.baseline) {
		fmt.Fprintf(j.stdout, "  %s\n", oneLine(errors.New(line)))
	}
}

// finish writes what is written but once.
func (j *benchmark) finish(ctx context.Context) error {
	if !j.report.Measured() {
		return j.outcome()
	}
	if j.plot != "" {
		_, err := imagefile.WriteFile(ctx, j.plot, imagefile.WriteOptions{Force: j.force}, func(w io.Writer) error {
			return bench.Plot(w, j.report, plotFormat(j.plot))
		})
		if err != nil {
			return err
		}
	}
	if j.format != "text" && !j.quiet {
		if err := bench.Formats[j.format](j.stdout, j.report); err != nil {
			return err
		}
	}
	return j.outcome()
}

// outcome is an error if an image failed or engines differ.
func (j *benchmark) outcome() error {
	if err := j.report.Check(); err != nil {
		return err
	}
	if len(j.report.Failures) > 0 {
		return errReported
	}
	return nil
}

// keep brings the files up to date. They are there after the first round.
func (j *benchmark) keep(ctx context.Context) error {
	for i := range j.files {
		f := &j.files[i]
		_, err := imagefile.WriteFile(ctx, f.path, imagefile.WriteOptions{Force: j.force || f.written}, func(w io.Writer) error {
			return f.write(w, j.report)
		})
		if err != nil {
			return err
		}
		f.written = true
	}
	return nil
}
