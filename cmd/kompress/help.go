package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

// The version goes by -V, for -v means verbose.
func init() {
	cli.VersionFlag = &cli.BoolFlag{Name: "version", Aliases: []string{"V"}, Usage: "print the version"}
	cli.HelpFlag = &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "print this help"}
}

// The cli package's own help runs far over 80 columns and repeats each
// flag's placeholder. Its templates cannot wrap, so these texts are made here.
const helpWidth = 80

func appHelp(app *cli.App) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s - %s\n\nUsage: %s\n\nCommands:\n", app.Name, app.Usage, app.UsageText)
	for _, c := range app.Commands {
		b.WriteString(helpEntry("  "+c.Name, c.Usage, len("  completion  ")))
	}
	b.WriteString("\n" + flagsHelp([]cli.Flag{cli.HelpFlag, cli.VersionFlag}))
	fmt.Fprintf(&b, "\n%s\n", app.Description)
	return b.String()
}

func commandHelp(c *cli.Command) string {
	return fmt.Sprintf("kompress %s - %s\n\nUsage: %s\n\n%s\n\n%s", c.Name, c.Usage, c.UsageText, c.Description,
		flagsHelp(append(c.Flags[:len(c.Flags):len(c.Flags)], cli.HelpFlag)))
}

// flagsHelp lists flags, what they do and what they are if not given.
func flagsHelp(flags []cli.Flag) string {
	column := 0
	for _, f := range flags {
		column = max(column, len(flagNames(f))+2)
	}
	text := "Flags:\n"
	for _, f := range flags {
		_, usage := flagUsage(f)
		if standard := flagDefault(f); standard != "" {
			usage += " (default: " + standard + ")"
		}
		text += helpEntry(flagNames(f), usage, column)
	}
	return text
}

// flagNames returns -k, --colors N.
func flagNames(f cli.Flag) string {
	names := "      --" + f.Names()[0]
	if len(f.Names()) > 1 {
		names = "  -" + f.Names()[1] + ", --" + f.Names()[0]
	}
	if value, _ := flagUsage(f); value != "" {
		names += " " + value
	}
	return names
}

// flagUsage parts a usage: a word in backquotes at its beginning says what the
// value is called.
func flagUsage(f cli.Flag) (value, usage string) {
	usage = f.(cli.DocGenerationFlag).GetUsage()
	if strings.HasPrefix(usage, "`") {
		value, usage, _ = strings.Cut(usage[1:], "` ")
	}
	return value, usage
}

func flagDefault(f cli.Flag) string {
	switch f := f.(type) {
	case *cli.BoolFlag:
		return ""
	case *cli.StringFlag: // its default text would be quoted
		return cmp.Or(f.Value, f.DefaultText)
	}
	return f.(cli.DocGenerationFlag).GetDefaultText()
}

// helpEntry puts a text into the column behind a name, wrapped.
func helpEntry(name, text string, column int) string {
	line := fmt.Sprintf("%-*s", column, name)
	entry, empty := "", true
	for _, word := range strings.Fields(text) {
		if !empty && len(line)+1+len(word) > helpWidth {
			entry += line + "\n"
			line, empty = strings.Repeat(" ", column), true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	return entry + line + "\n"
}
