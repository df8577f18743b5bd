package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"slices"

	"kompress/cmd/kompress/countsfile"
	"kompress/imagefile"
)

// standardInput is what standard input is called in messages.
const standardInput = "standard input"

func isStandardInput(args []string) bool { return len(args) == 1 && args[0] == "-" }

// checkStandardInput refuses - among other images: it has no name to be told by.
func checkStandardInput(args []string) error {
	if len(args) > 1 && slices.Contains(args, "-") {
		return usagef("-: standard input goes with no other images; for a file of that name: ./-")
	}
	return nil
}

// sniffCounts says whether r begins as a file of counts does, and returns what reads it
// from there on: itself if it can go back, as files can.
func sniffCounts(r io.Reader) (io.Reader, bool) {
	if s, seeks := r.(io.ReadSeeker); seeks {
		if at, err := s.Seek(0, io.SeekCurrent); err == nil {
			head := make([]byte, countsfile.SniffLen)
			n, _ := io.ReadFull(s, head)
			if _, err := s.Seek(at, io.SeekStart); err == nil {
				return r, countsfile.Sniff(head[:n])
			}
		}
	}
	b := bufio.NewReader(r)
	head, _ := b.Peek(countsfile.SniffLen) // who reads on is told of an error
	return b, countsfile.Sniff(head)
}

// leaveOut notes that an image was left out, if that is what an error says. Who is in the
// middle of a pipe passes the file on as it came, as pngquant does.
func (j *compression) leaveOut(t *task, s *summary, in *inputImage, err error) error {
	if err = s.skip(err); err != nil || s.Skipped == "" || t.path != "-" || !j.outputs.stream {
		return err
	}
	_, err = io.Copy(j.stdout, in.Original())
	return err
}

// streamOut writes to standard output all of what write writes, or nothing: what may be
// huge waits in a temporary file until it is complete.
func (j *compression) streamOut(ctx context.Context, write func(io.Writer) error, huge bool) (int64, error) {
	if huge {
		return imagefile.WriteWhole(ctx, j.stdout, write)
	}
	var all bytes.Buffer
	if err := write(&all); err != nil {
		return 0, err
	}
	n, err := j.stdout.Write(all.Bytes())
	return int64(n), err
}
