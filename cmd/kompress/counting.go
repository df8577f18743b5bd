package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"slices"

	"kompress/cmd/kompress/countsfile"
	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/quantize"

	"github.com/urfave/cli/v2"
)

// A counting counts the colors of images, some of them at a time, for commands that need
// no more of them. Files of counts are taken for the images that they are of.
type counting struct {
	what      string // will not be made if one fails: palette or counts
	maxPixels int64
	jobs      int   // images at a time; 0 means one for each processor
	memory    int64 // bytes that those may take
	quiet     bool
	pool      *enginePool
	stdin     io.Reader
	console

	turns chan struct{} // has room for as many as may use the processors
	room  *room
	heap  *heapGoal
}

// newCounting reads the flags that commands which count have, without the engine's.
func newCounting(what string, c *cli.Context, stderr io.Writer) (counting, error) {
	j := counting{what: what, maxPixels: c.Int64("max-pixels"), quiet: c.Bool("quiet"), stdin: os.Stdin, console: newConsole(c, stderr)}
	var err error
	j.memory, err = readMemory(c)
	return j, errors.Join(err, checkMaxPixels(c))
}

func (j *counting) startEngines(c *cli.Context) error {
	engines, err := newEngines(c, j.warn)
	j.pool = newEnginePool(engines)
	return err
}

// countsFormat is what the format of a file of counts is called.
const countsFormat = "counts"

// A countedFile is an image, or a file of counts, whose colors are known.
type countedFile struct {
	path string
	*countsfile.File
	format        string
	size          image.Point // none of a file of counts
	bytes         int64
	convertedFrom string
	notes         []string

	err   error                       // why there are no counts
	later func(context.Context) error // reads those that are too many to wait in memory; may be nil
}

// sum returns the counts of all files together, of which it keeps nothing else. It calls
// tell with each of them, in their order. If one fails there are none, for they would not
// be those of all.
func (j *counting) sum(ctx context.Context, files []input, failed int, tell func(*countedFile)) (*countsfile.File, error) {
	defer j.progress.clear()
	var sums partialSums
	all := len(files) + failed
	for f := range j.start(ctx, files) {
		err := f.err
		if err == nil && f.later != nil {
			err = f.later(ctx)
		}
		if err == nil {
			if !j.quiet {
				j.notes(f.path, f.notes)
			}
			tell(f)
			err = sums.add(f.File)
		}
		if err != nil && ctx.Err() == nil {
			j.fail(err)
			failed++
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, errInterrupted
	case failed > 0 && len(files) <= 1:
		return nil, errReported
	case failed > 0:
		return nil, fmt.Errorf("no %s: %d of %d failed", j.what, failed, all)
	}
	return sums.all()
}

// start sets workers to work, and returns what they have counted in the order of files.
func (j *counting) start(ctx context.Context, files []input) <-chan *countedFile {
	workers := atATime(j.jobs, len(files))
	j.turns, j.room, j.heap = make(chan struct{}, workers), newRoom(j.memory), newHeapGoal()
	way := newWay(j.progress, len(files))
	ahead := make(chan chan *countedFile, workers) // bounds how many wait for those before them
	go func() {
		defer close(ahead)
		for i, file := range files {
			if enter(ctx, j.turns) != nil {
				return
			}
			done := make(chan *countedFile, 1)
			go func() {
				defer func() { <-j.turns }()
				done <- j.do(ctx, file.path, way.begin(i, file.path))
			}()
			ahead <- done
		}
	}()
	return j.inOrder(ctx, ahead)
}

// inOrder waits for one after the other, until ctx ends.
func (j *counting) inOrder(ctx context.Context, ahead <-chan chan *countedFile) <-chan *countedFile {
	found := make(chan *countedFile)
	go func() {
		defer close(found)
		defer j.heap.end()
		for done := range ahead {
			select {
			case found <- <-done:
			case <-ctx.Done():
			}
		}
	}()
	return found
}

// do counts a file. A panic is a mistake of this program, and ends that file only.
func (j *counting) do(ctx context.Context, path string, course *course) (f *countedFile) {
	defer course.end()
	defer func() {
		if p := recover(); p != nil {
			f = &countedFile{path: path, err: mistake(path, p)}
		}
	}()
	f = &countedFile{path: path}
	if f.err = checkName(path); f.err != nil {
		return f
	}
	switch is, err := j.isCounts(ctx, path); {
	case err != nil:
		f.err = err
	case is && path == "-":
		f.err = j.countsInput(ctx, f)
	case is:
		f.err = j.counts(ctx, f)
	default:
		f.err = j.image(ctx, f, course)
	}
	return f
}

// isCounts says whether a file, or standard input, begins as counts do.
func (j *counting) isCounts(ctx context.Context, path string) (bool, error) {
	if path != "-" {
		return countsfile.Is(path), nil
	}
	return await(ctx, func() (is bool, err error) {
		j.stdin, is = sniffCounts(j.stdin)
		return is, nil
	})
}

// countsInput reads counts from standard input.
func (j *counting) countsInput(ctx context.Context, f *countedFile) (err error) {
	f.format = countsFormat
	defer j.heap.hold(countsfile.MaxColors)()
	f.File, err = await(ctx, func() (*countsfile.File, error) { return countsfile.Decode(ctx, j.stdin) })
	if err != nil {
		return fmt.Errorf("%s: %w", displayName(f.path), err)
	}
	return nil
}

// counts reads a file of counts, at once if as many as are done or wait at a time may be
// as large. Others are read when all before them have been added.
func (j *counting) counts(ctx context.Context, f *countedFile) error {
	f.format = countsFormat
	read := func(ctx context.Context) (err error) {
		f.File, err = countsfile.Read(ctx, f.path)
		return err
	}
	colors := countsfile.Colors(f.path)
	if colors <= smallImage || colors*bytesOfCount*int64(2*cap(j.turns)) <= j.memory {
		return read(ctx)
	}
	f.later = func(ctx context.Context) error {
		j.heap.hold(colors) // to the end: they are added to what is kept
		return read(ctx)
	}
	return nil
}

// bytesOfCount is what a color and how often it occurs take.
const bytesOfCount = 8

// image counts an image, by bands where its file can be read so.
func (j *counting) image(ctx context.Context, f *countedFile, course *course) error {
	course.stage("decode")
	rows, err := openReading(ctx, f.path, j.stdin, imagefile.DecodeOptions{MaxPixels: j.maxPixels, Progress: course.read})
	if err != nil {
		return err
	}
	defer rows.Close()
	need := needToCount(rows.Rows)
	leave, err := j.room.take(ctx, need)
	if err != nil {
		return err
	}
	defer leave()
	f.format, f.size, f.bytes = rows.Format, rows.Size, rows.Bytes
	pixels := rows.Size.X * rows.Size.Y
	defer j.heap.hold(int64(pixels))()
	threads, _ := threadsFor(int64(pixels), cap(j.turns))
	engine, give, err := j.pool.take(ctx, pixels, threads)
	if err != nil {
		return err
	}
	defer give()
	s, err := quantize.NewBandSession(ctx, engine.Engine, rows.Size, &rows)
	if err != nil {
		return rows.named(err)
	}
	f.notes, f.convertedFrom = rows.Notes, rows.ConvertedFrom
	if rows.Whole != "" && need > j.memory {
		f.notes = append(slices.Clip(f.notes), heldNote(rows.Need(), rows.Whole))
	}
	f.File = &countsfile.File{Counts: s.Counts(), Images: 1, Converted: rows.ConvertedFrom != ""}
	return s.Close()
}

// needToCount returns about how many bytes an image takes while it is counted: what is
// read by bands a part of itself, what is not all of it besides.
func needToCount(rows *imagefile.Rows) int64 {
	need := min(rows.Need(), bandsNeed)
	if rows.Whole != "" {
		need = saturatingAdd(need, rows.Need())
	}
	return need
}

// heldNote says of an image that is over --memory why it is held all the same.
func heldNote(bytes int64, why string) string {
	return fmt.Sprintf("held in memory, about %s: %s", words.Bytes(bytes), why)
}
