package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"kompress/cmd/kompress/countsfile"
	"kompress/cmd/kompress/palettefile"
	"kompress/cmd/kompress/words"
	"kompress/imagefile"

	"github.com/urfave/cli/v2"
)

func countCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:      "count",
		Usage:     "count the colors of images, for a palette that many share",
		UsageText: "kompress count [flags] IMAGE_OR_FOLDER_OR_COUNTS...",
		Description: "Counts how often each color occurs, in all images together, and writes that to\n" +
			"a file, which takes a byte or two for each distinct color. Such files, made of\n" +
			"parts on several machines, add up to exactly that of the whole: kompress palette\n" +
			"finds the palette of several, and count itself adds them. Large images are read\n" +
			"by bands of rows. Without --output it only tells what it has found.\n\n" +
			"Examples:\n" +
			"  kompress count photo.jpg\n" +
			"  kompress count --recursive --shard 0/4 -o 0.counts photos/\n" +
			"  kompress count -o all.counts 0.counts 1.counts 2.counts 3.counts\n" +
			"  kompress palette -k 256 -o shared.gpl all.counts\n" +
			"  kompress compress --palette shared.gpl -r --shard 0/4 -o small/ photos/",
		Flags: countFlags(),
		Action: func(c *cli.Context) error {
			j, err := newCount(c, stdout, stderr)
			if err != nil {
				return err
			}
			defer j.close()
			return j.run(c.Context, c.Args().Slice())
		},
		OnUsageError: onUsageError,
	}
}

func countFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FILE` write the counts to this file, usually called .counts; - is standard output"},
		&cli.BoolFlag{Name: "recursive", Aliases: []string{"r"}, Usage: "take the images in folders below, too"},
		&cli.BoolFlag{Name: "json", Usage: "print a JSON object for each file instead of a line"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print nothing but errors"},
		countingMemoryFlag(),
	}, sharedFlags("force", "shard", "jobs", "engine", "device", "max-pixels")...)
}

// A count is one run of the command.
type count struct {
	counting
	recursive bool
	shard     shard
	path      string // of the output; "" for none
	stream    bool   // standard output gets the counts
	force     bool
	stdout    io.Writer
	folders   *outputs
	report    *reporter
	clock     *clock
}

func newCount(c *cli.Context, stdout, stderr io.Writer) (*count, error) {
	files := c.Args().Slice()
	if len(files) == 0 {
		return nil, usagef("count: an image is missing (see kompress count --help)")
	}
	j := &count{
		recursive: c.Bool("recursive"), force: c.Bool("force"), stdout: stdout,
		folders: &outputs{file: c.String("output"), ready: map[string]bool{}}, clock: newClock(),
	}
	var err error
	j.counting, err = newCounting("counts", c, stderr)
	if err := errors.Join(checkStandardInput(files), err); err != nil {
		return nil, err
	}
	if j.jobs, err = readJobs(c); err != nil {
		return nil, err
	}
	if j.shard, err = readShard(c); err != nil {
		return nil, err
	}
	if err := j.readOutput(c); err != nil {
		j.folders.close()
		return nil, err
	}
	if err := j.startEngines(c); err != nil {
		j.folders.close()
		return nil, err
	}
	return j, nil
}

func (j *count) close() {
	j.pool.engines.Close()
	j.folders.close()
}

// readOutput refuses, before the work is done, what could not be written after.
func (j *count) readOutput(c *cli.Context) (err error) {
	lines := j.stdout
	path := c.String("output")
	switch {
	case path == "-" && isTerminal(j.stdout):
		return usagef("standard output is a terminal, which cannot show counts: name a file with --output")
	case path == "-":
		j.stream, lines = true, j.stderr
	case path == "/dev/stdout":
		return usagef("--output: for standard output: -")
	case c.IsSet("output"):
		if err := checkCountsName(path); err != nil {
			return err
		}
		j.path = path
		if err := j.folders.makePlace(path, j.force); err != nil {
			return err
		}
	case j.quiet:
		return usagef("count: --quiet without --output leaves nothing to do")
	}
	j.report, err = newReporter(c, lines)
	return err
}

// checkCountsName refuses a name that says something else.
func checkCountsName(path string) error {
	switch {
	case path == "":
		return usagef("--output: got an empty name, want a file")
	case isFolderName(path):
		return usagef("--output: %s is a folder, want a file", words.Printable(path))
	case imageEnding(path) != "" || palettefile.FormatOf(path) != "":
		return usagef("--output: %s has the ending of something else, want .counts", words.Printable(path))
	}
	return nil
}

func (j *count) run(ctx context.Context, args []string) error {
	search := &search{recursive: j.recursive, fail: j.fail}
	files, err := j.inShard(search.inputs(args))
	if err != nil {
		return err
	}
	sum, err := j.sum(ctx, files, search.failures, j.tell)
	if err != nil {
		return interruptedOr(ctx, err)
	}
	n, err := j.write(ctx, sum)
	if err != nil {
		return interruptedOr(ctx, err)
	}
	if j.path == "" && !j.stream && len(files) == 1 {
		return nil // all has been told
	}
	all := j.all(sum, n)
	return j.report.print(all.line(), map[string]*countsSummary{"summary": all})
}

func (j *count) tell(f *countedFile) {
	j.progress.clear()
	j.report.print(f.line(), f.summary()) // an error of standard output is told at the end
}

// inShard returns those of the files that are in the shard of --shard. None of them may
// be what is written, in whichever shard it is.
func (j *count) inShard(files []input) (in []input, err error) {
	for _, file := range files {
		if j.path != "" && imagefile.SameFile(file.path, j.path) {
			return nil, fmt.Errorf("%s: it is one of the files to count, and those are not overwritten", words.Printable(j.path))
		}
		if j.shard.has(file) {
			in = append(in, file)
		}
	}
	if len(in) == 0 && len(files) > 0 && !j.quiet {
		j.fail(j.shard.emptyNote(len(files)))
	}
	return in, nil
}

// write writes the counts to where they go, if they do, and returns how long that is.
func (j *count) write(ctx context.Context, sum *countsfile.File) (int64, error) {
	switch {
	case j.stream:
		w := &counter{w: j.stdout}
		err := countsfile.Encode(w, sum)
		return w.n, err
	case j.path != "":
		return countsfile.Write(ctx, j.path, sum, imagefile.WriteOptions{Force: j.force})
	}
	return 0, nil
}
