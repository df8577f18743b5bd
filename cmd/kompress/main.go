// Command kompress makes images small by k-means colour quantization.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime/debug"
	"strings"
	"syscall"
	"unicode"

	"kompress/cmd/kompress/words"

	"github.com/urfave/cli/v2"
)

// Exit statuses.
const (
	exitDone       = 0
	exitFailed     = 1
	exitUsage      = 2
	exitLarger     = 98 // as of pngquant, and so is the next
	exitLowQuality = 99
)

func main() {
	// Nearly all memory is a few large blocks without pointers: collecting them
	// often costs nothing, and keeps the peak near what is in use.
	debug.SetGCPercent(10)
	// Else writing to a closed pipe would end the program without a word.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// A second Ctrl-C ends the program at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args, os.Stdout, os.Stderr))
}

// run is main without the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	out := &output{w: stdout}
	err := dispatch(ctx, args, out, stderr)
	var reported exitError
	if (err == nil || errors.As(err, &reported)) && out.err != nil {
		err = fmt.Errorf("standard output: %w", reason(out.err))
	}
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &reported):
		return int(reported)
	}
	fmt.Fprintf(stderr, "kompress: %s\n", oneLine(err))
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

// typedArgs is the command line as it was typed, in the app's metadata.
const typedArgs = "typed"

func dispatch(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	app := newApp(stdout, stderr)
	if len(args) > 1 && args[1] == completeCommand {
		return complete(app, args[2:], stdout)
	}
	app.Metadata = map[string]any{typedArgs: args[min(1, len(args)):]}
	args, err := arrange(app, args)
	if err != nil {
		return err
	}
	return app.RunContext(ctx, args)
}

// An output keeps the first error of its writer: the cli package drops those of
// help, and a full disk is worth one message, not one a file.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	if o.err == nil {
		_, o.err = o.w.Write(p)
	}
	return len(p), nil
}

func newApp(stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:            "kompress",
		Usage:           "make images small by k-means color quantization",
		UsageText:       "kompress COMMAND [flags] ...",
		Description:     "Example:\n  kompress compress -k 16 photo.jpg\n\nkompress COMMAND --help tells more about a command.",
		Version:         version(),
		Writer:          stdout,
		ErrWriter:       stderr,
		HideHelpCommand: true,
		Commands:        []*cli.Command{compressCommand(stdout, stderr), viewCommand(stdout), benchCommand(stdout, stderr), exploreCommand(stdout, stderr), paletteCommand(stdout, stderr), countCommand(stdout, stderr), devicesCommand(stdout), completionCommand(stdout)},
		OnUsageError:    onUsageError,
		// Errors come back from run; the package must not exit by itself.
		ExitErrHandler: func(*cli.Context, error) {},
	}
	app.Action = func(c *cli.Context) error { return noCommand(c, stderr) }
	app.CustomAppHelpTemplate = appHelp(app)
	for _, c := range app.Commands {
		c.CustomHelpTemplate = commandHelp(c)
	}
	return app
}

// A usageError is a command line that cannot be meant.
type usageError struct{ error }

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// onUsageError words what the flag package found. What arrange has passed on are
// values that do not parse.
func onUsageError(c *cli.Context, err error, _ bool) error {
	if name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -"); unknown {
		return usagef("unknown flag %s before a command (want: kompress compress [flags] IMAGE...)", dashed(name))
	}
	if m := badValue.FindStringSubmatch(err.Error()); m != nil {
		why := m[3]
		if why == "parse error" {
			why = "cannot be read"
		}
		err = fmt.Errorf("%s: got %s: %s", dashed(m[2]), m[1], why)
	}
	return usagef("%w (see %s --help)", err, c.Command.HelpName)
}

// badValue is how the flag package says it.
var badValue = regexp.MustCompile(`^invalid (?:boolean )?value (".*") for (?:flag )?-(\S+): (.*)$`)

func dashed(flag string) string {
	if len(flag) == 1 {
		return "-" + flag
	}
	return "--" + flag
}

// An exitError is the status to end with, when all has been said.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// errReported says that something failed and has been reported.
const errReported = exitError(exitFailed)

func noCommand(c *cli.Context, stderr io.Writer) error {
	if !c.Args().Present() {
		fmt.Fprintln(stderr, appHelp(c.App))
		return usagef("a command is missing")
	}
	name := words.Printable(c.Args().First())
	if info, err := os.Stat(c.Args().First()); err == nil && !info.IsDir() {
		return usagef("%s is a file, not a command: want kompress compress %[1]s", name)
	}
	var known []string
	for _, command := range c.App.Commands {
		known = append(known, command.Name)
	}
	return usagef("unknown command %s (want %s; see kompress --help)", name, alternatives(known))
}

// oneLine keeps what is printed of an error to a line.
func oneLine(err error) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ReplaceAll(err.Error(), "\n", "; "))
}
