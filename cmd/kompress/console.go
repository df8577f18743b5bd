package main

import (
	"fmt"
	"io"

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

// fail tells of what could not be done.
func (c *console) fail(err error) {
	c.progress.clear()
	fmt.Fprintf(c.stderr, "kompress: %s\n", oneLine(err))
}
