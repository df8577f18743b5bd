package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"kompress/cmd/kompress/palettefile"
	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/quantize"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"
)

func compressCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:      "compress",
		Usage:     "write images in few colors, as indexed PNG, GIF or WebP",
		UsageText: "kompress compress [flags] IMAGE_OR_FOLDER...",
		Description: "Reads PNG, JPEG, GIF, BMP, TIFF, WebP, HEIC, AVIF, PNM and QOI, finds the\n" +
			"palette that represents each image best, and writes it beside the image as\n" +
			"NAME.k16.png. Of a folder it takes the images in it, and * ? [] {} ** in quotes\n" +
			"work as in a shell. - reads standard input and writes standard output.\n\n" +
			"Examples:\n" +
			"  kompress compress photo.jpg\n" +
			"  kompress compress -k 64 --effort best -o small/ *.jpg\n" +
			"  kompress compress --recursive --update -o small/ photos/\n" +
			"  kompress compress --quality 65-80 --max-bytes 200k screenshot.png\n" +
			"  kompress compress --palette game.gpl --dither floyd-steinberg sprite.png\n" +
			"  kompress compress - <photo.jpg >small.png\n\n" +
			"Exit status: 0 done, 1 something failed (the other images are done all the\n" +
			"same), 2 wrong usage. If nothing failed: 99 if an image was left out because it\n" +
			"does not reach the lower --quality, else 98 if one was by --skip-if-larger.",
		Flags: compressFlags(),
		Action: func(c *cli.Context) error {
			job, err := newCompression(c, stdout, stderr)
			if err != nil {
				return err
			}
			defer job.close()
			return job.run(c.Context, c.Args().Slice())
		},
		OnUsageError: onUsageError,
	}
}

// A compression is one run of the command.
type compression struct {
	options    quantize.Options
	decoding   imagefile.DecodeOptions
	encoding   imagefile.EncodeOptions
	metadata   bool // carried over, all of it
	dither     quantize.DitherOptions
	importance *importance          // nil: all pixels matter alike
	fixed      *palettefile.Palette // nil: one is looked for
	targets    targets
	wishes     wishes

	recursive    bool
	shard        shard
	jobs         int
	memory       int64 // bytes that pixels may take
	force        bool
	update       bool
	skipIfLarger bool

	outputs *outputs
	pool    *enginePool
	report  *reporter
	stdin   io.Reader
	stdout  io.Writer
	console
}

func newCompression(c *cli.Context, stdout, stderr io.Writer) (*compression, error) {
	if !c.Args().Present() {
		return nil, usagef("compress: an image is missing (see kompress compress --help)")
	}
	j := &compression{
		recursive:    c.Bool("recursive"),
		force:        c.Bool("force"),
		update:       c.Bool("update"),
		skipIfLarger: c.Bool("skip-if-larger"),
		metadata:     c.Bool("keep-metadata"),
		wishes:       wishesOf(c),
		stdin:        os.Stdin,
		stdout:       stdout,
		console:      newConsole(c, stderr),
	}
	var err error
	if j.options, err = quantizeOptions(c); err != nil {
		return nil, err
	}
	if err := j.readPalette(c); err != nil {
		return nil, err
	}
	if err := j.readFlags(c); err != nil {
		return nil, err
	}
	if err := j.checkAlpha(); err != nil {
		return nil, err
	}
	if j.outputs, err = newOutputs(c.String("output"), c.IsSet("output"), c.Args().Slice(), naming{j.tag(), j.encoding.Format}); err != nil {
		return nil, err
	}
	if err := j.readStreams(c.Args().Slice()); err != nil {
		return nil, err
	}
	lines := stdout
	if j.outputs.stream {
		lines = stderr
	}
	if j.report, err = newReporter(c, lines); err != nil {
		return nil, err
	}
	if o := j.outputs.file; o != "" && filepath.Ext(o) == "" && !c.IsSet("format") && !j.report.quiet {
		j.warn(fmt.Errorf("--output: %s has no ending: it becomes a file, want %[1]s%c for a folder", words.Printable(o), os.PathSeparator))
	}
	engines, err := newEngines(c, j.warn)
	j.pool = newEnginePool(engines)
	return j, err
}

// tag is what results are called by.
func (j *compression) tag() string {
	if j.targets.any() {
		return j.targets.tag()
	}
	return colorsTag(j.options.Colors)
}

// readFlags reads those that are not about clustering.
func (j *compression) readFlags(c *cli.Context) (err error) {
	if err := checkMaxPixels(c); err != nil {
		return err
	}
	j.decoding = imagefile.DecodeOptions{MaxPixels: c.Int64("max-pixels")}
	if j.jobs, err = readJobs(c); err != nil {
		return err
	}
	if j.memory, err = readMemory(c); err != nil {
		return err
	}
	if j.shard, err = readShard(c); err != nil {
		return err
	}
	if j.dither, err = ditherOptions(c); err != nil {
		return err
	}
	if j.encoding.Format, err = outputFormat(c); err != nil {
		return err
	}
	if j.importance, err = readImportance(c); err != nil {
		return err
	}
	return errors.Join(
		choose(c, "compression", &j.encoding.Compression, imagefile.FastCompression, imagefile.DefaultCompression, imagefile.BestCompression),
		choose(c, "icc", &j.decoding.KeepProfile, false, true),
	)
}

// readStreams looks at whether standard input and output are used, and can be.
func (j *compression) readStreams(args []string) error {
	if err := checkStandardInput(args); err != nil {
		return err
	}
	if j.outputs.stream && isTerminal(j.stdout) {
		return usagef("standard output is a terminal, which cannot show a %s: name a file with --output", j.encoding.Format)
	}
	return nil
}

func isTerminal(w io.Writer) bool {
	if out, keeps := w.(*output); keeps {
		w = out.w
	}
	f, isFile := w.(*os.File)
	return isFile && term.IsTerminal(int(f.Fd()))
}

func (j *compression) close() {
	j.pool.engines.Close()
	j.outputs.close()
}
