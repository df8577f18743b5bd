package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"kompress/cmd/kompress/words"

	"github.com/urfave/cli/v2"
)

// arrange brings a command line into the form that the cli package reads: it
// moves flags before file names, for the flag package stops at the first name,
// and takes combined short flags apart. What comes after -- are names.
func arrange(app *cli.App, args []string) ([]string, error) {
	if len(args) > 1 && args[1] == "help" {
		// kompress help compress is what many try first.
		args = append(append(args[:1:1], args[2:min(len(args), 3)]...), "--help")
	}
	if len(args) < 2 {
		return args, nil
	}
	command := app.Command(args[1])
	if command == nil {
		return args, nil
	}
	flags, names, err := sortArgs(valueFlags(command), args[2:])
	if err != nil {
		return nil, usagef("%s: %w (see kompress %[1]s --help)", command.Name, err)
	}
	if slices.ContainsFunc(flags, func(f string) bool { return f == "-h" || f == "--help" }) {
		// With names behind it the cli package takes them for commands.
		return append(args[:2:2], "--help"), nil
	}
	return append(append(append(args[:2:2], flags...), "--"), names...), nil
}

// sortArgs parts flags and their values from names.
func sortArgs(takesValue map[string]bool, args []string) (flags, names []string, err error) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			return flags, append(names, args...), nil
		}
		if len(arg) < 2 || arg[0] != '-' {
			names = append(names, arg)
			continue
		}
		if _, err := os.Lstat(arg); err == nil && imageEnding(arg) != "" {
			return nil, nil, fmt.Errorf("%s begins as a flag does; for the file of that name: %s", words.Printable(arg), words.Printable("./"+arg))
		}
		split, open := splitFlags(takesValue, arg)
		if split == nil {
			return nil, nil, fmt.Errorf("unknown flag %s", words.Printable(arg))
		}
		flags = append(flags, split...)
		if !open {
			continue
		}
		if len(args) == 0 || isFlag(takesValue, args[0]) {
			return nil, nil, fmt.Errorf("%s needs a value", arg)
		}
		flags = append(flags, args[0])
		args = args[1:]
	}
	return flags, names, nil
}

// valueFlags has the names of the flags, and whether a value follows.
func valueFlags(command *cli.Command) map[string]bool {
	takes := map[string]bool{}
	for _, f := range append(command.Flags[:len(command.Flags):len(command.Flags)], cli.HelpFlag) {
		_, isBool := f.(*cli.BoolFlag)
		for _, name := range f.Names() {
			takes[name] = !isBool
		}
	}
	return takes
}

// splitFlags takes -vk8 apart: -v -k=8. It returns nil if there is no such flag,
// and whether the value of the last one is still to come.
func splitFlags(takesValue map[string]bool, arg string) (flags []string, open bool) {
	name, _, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	if takes, known := takesValue[name]; known {
		return []string{arg}, takes && !hasValue
	}
	if strings.HasPrefix(arg, "--") {
		return nil, false
	}
	for i, letter := range arg[1:] {
		takes, known := takesValue[string(letter)]
		if !known {
			return nil, false
		}
		flag := "-" + string(letter)
		value := arg[1+i+len(string(letter)):]
		if takes && value != "" {
			return append(flags, flag+"="+strings.TrimPrefix(value, "=")), false
		}
		flags = append(flags, flag)
		open = takes
	}
	return flags, open
}

// isFlag tells -o from a value that begins with -, such as -1.
func isFlag(takesValue map[string]bool, arg string) bool {
	if len(arg) < 2 || arg[0] != '-' {
		return false
	}
	split, _ := splitFlags(takesValue, arg)
	return arg == "--" || split != nil
}
