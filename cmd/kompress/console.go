package main

import (
	"fmt"
	"io"

	"kompress/cmd/kompress/words"

	"github.com/urfave/cli/v2"
)

// A console is where a command that works on files tells how it goes.
type console struct {
	stderr   io.Writer
	progress *progress
}

func newConsole(c *cli.Context, stderr io.Writer) console {
	return console{stderr, newProgress(stderr, c.Bool("quiet"))}
}

// warn tells of what went wrong and could be mended.
func (c *console) warn(err error) { c.fail(fmt.Errorf("warning: %w", err)) }

// notes tells of what the user may want to know of an image, each once: decoders find the
// same in several places.
func (c *console) notes(file string, notes []string) {
	told := map[string]bool{}
	for _, note := range notes {
		if !told[note] {
			told[note] = true
			c.warn(fmt.Errorf("%s: %s", displayName(file), note))
		}
	}
}

// displayName is what a file is called in messages.
func displayName(file string) string {
	if file == "-" {
		return standardInput
	}
	return words.Printable(file)
}

// fail tells of what could not be done.
func (c *console) fail(err error) {
	c.progress.clear()
	fmt.Fprintf(c.stderr, "kompress: %s\n", oneLine(err))
}
