package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// completeCommand is a hidden command: the scripts give it the words up to the
// cursor, and it prints what may stand there, with a tab and an explanation.
// Nothing printed means a file.
const completeCommand = "__complete"

var completions = map[string]string{
	// What : and = part arrives as words of its own, and only the last of
	// them is replaced.
	"bash": `_kompress() {
  local IFS=$'\n'
  COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1)" -- "${COMP_WORDS[COMP_CWORD]#=}"))
}
complete -o bashdefault -o default -F _kompress kompress
`,
	// Read from a folder of fpath, the file itself is the function.
	"zsh": `#compdef kompress
_kompress() {
  local line
  local -a found
  for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n "$line" ]] && found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  if (( $#found )); then
    _describe kompress found
  else
    _files
  fi
}
if [[ "${funcstack[1]}" == _kompress ]]; then
  _kompress "$@"
else
  compdef _kompress kompress
fi
`,
	"fish": `function __kompress_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] __complete $words[2..] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c kompress -f -a '(__kompress_complete)'
`,
}

func completionCommand(stdout io.Writer) *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print a shell script that completes commands and flags",
		UsageText: "kompress completion bash|zsh|fish",
		Description: "Prints a script for the shell to read when it starts.\n\n" +
			"Examples:\n" +
			"  echo 'source <(kompress completion bash)' >> ~/.bashrc\n" +
			"  echo 'source <(kompress completion zsh)' >> ~/.zshrc    # after compinit\n" +
			"  kompress completion fish > ~/.config/fish/completions/kompress.fish",
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usagef("completion: got %d shells, want one: bash, zsh or fish", c.NArg())
			}
			script, known := completions[c.Args().First()]
			if !known {
				return usagef("completion: got %q, want bash, zsh or fish", c.Args().First())
			}
			_, err := fmt.Fprint(stdout, script)
			return err
		},
		OnUsageError: onUsageError,
	}
}

// complete prints what the last of the words may become.
func complete(app *cli.App, words []string, stdout io.Writer) error {
	if len(words) == 0 {
		return usagef("%s: the words are missing", completeCommand)
	}
	last := words[len(words)-1]
	for _, c := range candidates(app, words[:len(words)-1], last) {
		name, _, _ := strings.Cut(c, "\t")
		if strings.HasPrefix(name, strings.TrimPrefix(last, "=")) {
			fmt.Fprintln(stdout, c)
		}
	}
	return nil
}

func candidates(app *cli.App, before []string, last string) []string {
	if len(before) == 0 {
		if strings.HasPrefix(last, "-") {
			return flagCandidates([]cli.Flag{cli.HelpFlag, cli.VersionFlag})
		}
		var list []string
		for _, c := range app.Commands {
			list = append(list, c.Name+"\t"+c.Usage)
		}
		return list
	}
	command := app.Command(before[0])
	if command == nil || slices.Contains(before, "--") {
		return nil
	}
	// bash parts --effort=best into three words.
	before = slices.DeleteFunc(slices.Clone(before[1:]), func(s string) bool { return s == "=" })
	if values, want := valueCandidates(command, before, last); want {
		return values
	}
	if strings.HasPrefix(last, "-") {
		return flagCandidates(append(slices.Clone(command.Flags), cli.HelpFlag))
	}
	if command.Name == "completion" && len(before) == 0 {
		return []string{"bash", "fish", "zsh"}
	}
	return nil
}

// valueCandidates says whether a flag's value is to come, and what it can be.
func valueCandidates(command *cli.Command, before []string, last string) (values []string, want bool) {
	if name, _, joined := strings.Cut(last, "="); joined && strings.HasPrefix(name, "--") {
		for _, v := range valuesOf(command, strings.TrimLeft(name, "-")) {
			values = append(values, name+"="+v)
		}
		return values, true
	}
	if len(before) == 0 || !strings.HasPrefix(before[len(before)-1], "-") {
		return nil, false
	}
	flag := strings.TrimLeft(before[len(before)-1], "-")
	if !valueFlags(command)[flag] {
		return nil, false
	}
	for _, f := range command.Flags {
		if slices.Contains(f.Names(), flag) {
			flag = f.Names()[0]
		}
	}
	return valuesOf(command, flag), true
}

// valuesOf returns the words that a command's flag takes.
func valuesOf(command *cli.Command, flag string) []string {
	if values, own := flagValues[command.Name+" "+flag]; own {
		return values
	}
	return flagValues[flag]
}

func flagCandidates(flags []cli.Flag) []string {
	var list []string
	for _, f := range flags {
		_, usage := flagUsage(f)
		list = append(list, "--"+f.Names()[0]+"\t"+usage)
	}
	return list
}
