package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/kmeans"
	"kompress/quantize"

	"github.com/urfave/cli/v2"
)

func compressCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:      "compress",
		Usage:     "write images as indexed PNGs of few colors",
		UsageText: "kompress compress [flags] IMAGE...",
		Description: "Reads PNG, JPEG, GIF, BMP, TIFF and WebP, finds the palette that represents\n" +
			"each image best, and writes it beside the image as NAME.k16.png.\n\n" +
			"Examples:\n" +
			"  kompress compress photo.jpg\n" +
			"  kompress compress -k 64 --effort best -o small/ *.jpg",
		Flags: compressFlags(),
		Action: func(c *cli.Context) error {
			job, err := newCompression(c, stdout, stderr)
			if err != nil {
				return err
			}
			defer job.engines.Close()
			defer job.outputs.close()
			return job.all(c.Context, c.Args().Slice())
		},
		OnUsageError: onUsageError,
	}
}

// flagValues are the words that flags take.
var flagValues = map[string][]string{
	"effort":    {"fast", "default", "best"},
	"space":     {"srgb", "oklab"},
	"algorithm": {"minibatch", "lloyd"},
	"init":      {"wu", "kmeans++"},
	"engine":    {"auto", "gpu", "cpu"},

	"bench engine": {"cpu", "gpu", "cpu,gpu"},
	"bench format": {"text", "markdown", "csv", "json", "gobench"},
}

func compressFlags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "colors", Aliases: []string{"k"}, Value: quantize.DefaultColors, Usage: "`N` palette entries at most, 1 to 256"},
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`PATH` write to this file or, with several images, into this folder"},
		&cli.BoolFlag{Name: "force", Aliases: []string{"f"}, Usage: "overwrite existing files, but never an input"},
		&cli.StringFlag{Name: "effort", Aliases: []string{"e"}, Value: "default", Usage: "`LEVEL` how hard to look for a lower error: fast, default or best"},
		&cli.StringFlag{Name: "space", Aliases: []string{"s"}, Value: "srgb", Usage: "`NAME` where errors are measured: srgb (highest PSNR) or oklab (perceptual)"},
		&cli.StringFlag{Name: "algorithm", Aliases: []string{"a"}, Value: "minibatch", Usage: "`NAME` minibatch (steps on samples, then full passes) or lloyd (full passes only)"},
		&cli.StringFlag{Name: "init", Value: "wu", Usage: "`NAME` how the first colors are chosen: wu or kmeans++"},
		&cli.IntFlag{Name: "batch-size", Value: kmeans.DefaultBatchSize, Usage: "`N` samples in a mini-batch step"},
		&cli.IntFlag{Name: "max-passes", DefaultText: "by effort", Usage: "`N` full passes at most"},
		&cli.Float64Flag{Name: "tolerance", Value: kmeans.DefaultTolerance, Usage: "`X` full passes end when one lowers the error by less than this share"},
		&cli.Uint64Flag{Name: "seed", Usage: "`N` of the random numbers; the same seed gives the same file"},
		&cli.StringFlag{Name: "engine", Value: "auto", Usage: "`NAME` what does the work: auto, gpu or cpu; " + engineVariable + " in the environment is the default"},
		&cli.IntFlag{Name: "device", DefaultText: "the first GPU or, if there is none, the first that works", Usage: "`N` which GPU: its number in kompress devices"},
		&cli.Int64Flag{Name: "max-pixels", Value: imagefile.DefaultMaxPixels, Usage: "`N` refuse larger images"},
		&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "add the time of each stage and what was found"},
		&cli.BoolFlag{Name: "json", Usage: "print a JSON object for each file instead of a line"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print nothing but errors"},
	}
}

// sharedFlags returns those of compress that other commands have, too.
func sharedFlags(names ...string) (flags []cli.Flag) {
	all := compressFlags()
	for _, name := range names {
		i := slices.IndexFunc(all, func(f cli.Flag) bool { return f.Names()[0] == name })
		flags = append(flags, all[i])
	}
	return flags
}

// A compression is one run of the command.
type compression struct {
	options   quantize.Options
	maxPixels int64
	force     bool
	outputs   *outputs
	engines   *engines
	report    reporter
	console
}

func newCompression(c *cli.Context, stdout, stderr io.Writer) (*compression, error) {
	if !c.Args().Present() {
		return nil, usagef("compress: an image is missing (see kompress compress --help)")
	}
	o, err := quantizeOptions(c)
	if err != nil {
		return nil, err
	}
	if err := checkMaxPixels(c); err != nil {
		return nil, err
	}
	outputs, err := newOutputs(c.String("output"), c.IsSet("output"), c.Args().Slice(), o.Colors)
	if err != nil {
		return nil, err
	}
	report, err := newReporter(c, stdout)
	if err != nil {
		return nil, err
	}
	j := &compression{
		options:   o,
		maxPixels: c.Int64("max-pixels"),
		force:     c.Bool("force"),
		outputs:   outputs,
		report:    report,
		console:   newConsole(c, stderr),
	}
	j.engines, err = newEngines(c, j.warn)
	return j, err
}

// quantizeOptions checks the flags here, to be able to name them.
func quantizeOptions(c *cli.Context) (o quantize.Options, err error) {
	if err := checkColors(c); err != nil {
		return o, err
	}
	if n := c.Int("batch-size"); n < 1 || n > kmeans.MaxBatchSize {
		return o, usagef("--batch-size: got %d, want 1 to %d", n, kmeans.MaxBatchSize)
	}
	if n := c.Int("max-passes"); n < 0 || n == 0 && c.IsSet("max-passes") {
		return o, usagef("--max-passes: got %d, want at least 1", n)
	}
	if t := c.Float64("tolerance"); !(t > 0 && t < 1) {
		return o, usagef("--tolerance: got %v, want more than 0 and less than 1", t)
	}
	o = quantize.Options{
		Colors:    c.Int("colors"),
		BatchSize: c.Int("batch-size"),
		MaxPasses: c.Int("max-passes"),
		Tolerance: c.Float64("tolerance"),
		Seed:      c.Uint64("seed"),
	}
	err = errors.Join(
		choose(c, "algorithm", &o.Algorithm, kmeans.MiniBatch, kmeans.Lloyd),
		choose(c, "effort", &o.Effort, kmeans.Fast, kmeans.Default, kmeans.Best),
		choose(c, "init", &o.Init, kmeans.Wu, kmeans.PlusPlus),
		choose(c, "space", &o.Space, quantize.SRGB, quantize.Oklab),
	)
	return o, err
}

func checkColors(c *cli.Context) error {
	if k := c.Int("colors"); k < 1 || k > quantize.MaxColors {
		return usagef("--colors: got %d, want 1 to %d", k, quantize.MaxColors)
	}
	return nil
}

func checkMaxPixels(c *cli.Context) error {
	if n := c.Int64("max-pixels"); n < 1 {
		return usagef("--max-pixels: got %d, want at least 1", n)
	}
	return nil
}

// choose sets the value that goes with the word a flag was given.
func choose[T any](c *cli.Context, flag string, value *T, values ...T) error {
	i := slices.Index(flagValues[flag], c.String(flag))
	if i < 0 {
		return usagef("--%s: got %q, want %s", flag, c.String(flag), alternatives(flagValues[flag]))
	}
	*value = values[i]
	return nil
}

func alternatives(names []string) string {
	list := names[0]
	for i, name := range names[1:] {
		if i == len(names)-2 {
			list += " or " + name
		} else {
			list += ", " + name
		}
	}
	return list
}

// all compresses the files, one after the other. A file that fails is reported
// and does not keep the others from being done.
func (j *compression) all(ctx context.Context, files []string) error {
	failed := false
	for i, file := range files {
		j.progress.file(i, len(files), file)
		s, err := j.one(ctx, file)
		j.progress.clear()
		if err == nil {
			err = j.report(s)
		}
		if ctx.Err() != nil {
			return errInterrupted
		}
		if err != nil {
			j.fail(err)
			failed = true
		}
	}
	if failed {
		return errReported
	}
	return nil
}

// one compresses a file.
func (j *compression) one(ctx context.Context, file string) (*summary, error) {
	output, err := j.outputs.of(file, j.force)
	if err != nil {
		return nil, err
	}
	s := &summary{Input: file, Output: output, Asked: j.options.Colors}
	clock := newClock()
	defer func() { s.Seconds.Total = clock.total().Seconds() }()
	j.progress.stage("decode")
	in, err := imagefile.Decode(ctx, file, imagefile.DecodeOptions{MaxPixels: j.maxPixels, Progress: j.progress.read})
	if err != nil {
		return nil, err
	}
	s.decoded(in)
	clock.lap(&s.Seconds.Decode)
	if err := j.quantize(ctx, in, output, s, clock); err != nil {
		return nil, err
	}
	j.outputs.wrote(output, file)
	return s, nil
}

func (j *compression) quantize(ctx context.Context, in *imagefile.File, output string, s *summary, clock *clock) error {
	j.progress.stage("count")
	engine, err := j.engines.forImage(ctx, s.Width*s.Height)
	if err != nil {
		return err
	}
	session, err := quantize.NewSession(ctx, engine, in.Image)
	if err != nil {
		return fmt.Errorf("%s: %w", words.Printable(s.Input), err)
	}
	defer session.Close()
	clock.lap(&s.Seconds.Count)
	o := j.options
	o.Progress = j.progress.share
	j.progress.stage("cluster")
	q, err := session.Cluster(ctx, o)
	if err != nil {
		return fmt.Errorf("%s: %w", words.Printable(s.Input), err)
	}
	s.clustered(session.Counts(), q)
	clock.lap(&s.Seconds.Cluster)
	j.progress.stage("map")
	m, err := session.Map(ctx, q)
	if err != nil {
		return fmt.Errorf("%s: %w", words.Printable(s.Input), err)
	}
	s.by(engine)
	clock.lap(&s.Seconds.Map)
	j.progress.stage("encode")
	s.BytesOut, err = imagefile.WriteFile(ctx, output, imagefile.WriteOptions{Force: j.force}, func(w io.Writer) error {
		return imagefile.EncodePNG(ctx, w, m)
	})
	clock.lap(&s.Seconds.Encode)
	return err
}

// A clock takes the times of the stages.
type clock struct{ start, last time.Time }

func newClock() *clock {
	now := time.Now()
	return &clock{now, now}
}

func (c *clock) lap(seconds *float64) {
	now := time.Now()
	*seconds = now.Sub(c.last).Seconds()
	c.last = now
}

func (c *clock) total() time.Duration { return time.Since(c.start) }
