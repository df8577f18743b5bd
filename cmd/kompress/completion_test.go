package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kompress/gpu"
)

func TestComplete(t *testing.T) {
	for _, test := range []struct{ words, want string }{
		{"", "compress view bench explore palette count devices completion"},
		{"c", "compress count completion"},
		{"compl", "completion"},
		{"count|-", "--output --recursive --json --quiet --memory --force --shard --jobs --engine --device --max-pixels --help"},
		{"count|--engine|c", "cpu"},
		{"-", "--help --version"},
		{"x", ""},
		{"compress|", ""}, // a file
		{"compress|-", "--colors --quality --target-psnr --max-bytes --palette --lock --output --force --update --skip-if-larger --recursive --shard --jobs --format --compression --dither --dither-strength --importance --posterize --icc --keep-metadata --effort --space --algorithm --init --batch-size --max-passes --tolerance --seed --engine --device --max-pixels --memory --verbose --json --quiet --help"},
		{"compress|x.png|--ma", "--max-bytes --max-passes --max-pixels"},
		{"compress|-e|", "fast default best"},
		{"compress|--effort|b", "best"},
		{"compress|x.png|-s|", "srgb oklab"},
		{"compress|-a|", "minibatch lloyd"},
		{"compress|--init|", "wu kmeans++"},
		{"compress|--engine|", "auto gpu cpu"},
		{"compress|--engine=a", "--engine=auto"},
		{"compress|--engine|=", "auto gpu cpu"},
		{"compress|--engine|=|c", "cpu"},
		{"compress|-f|", ""},
		{"compress|-k|", ""},
		{"compress|-o|", ""},
		{"compress|-o|-", ""},
		{"compress|--|-", ""},
		{"bench|--engine|", "cpu gpu cpu,gpu"},
		{"bench|--engine=c", "--engine=cpu --engine=cpu,gpu"},
		{"bench|--format|", "text markdown csv json gobench"},
		{"bench|-e|f", "fast"},
		{"completion|", "bash fish zsh"},
		{"completion|z", "zsh"},
		{"completion|zsh|", ""},
		{"other|", ""},
	} {
		t.Run(test.words, func(t *testing.T) {
			r := kompress(t, append([]string{completeCommand}, strings.Split(test.words, "|")...)...)
			var got []string
			for line := range strings.Lines(r.stdout) {
				name, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
				got = append(got, name)
			}
			if r.code != exitDone || r.stderr != "" || strings.Join(got, " ") != test.want {
				t.Errorf("got %q, status %d, %q, want %q", got, r.code, r.stderr, test.want)
			}
		})
	}
	checkFails(t, kompress(t, completeCommand), exitUsage, "missing")
}

// Words that a flag takes are completed, and all that are offered are taken.
func TestCompletedValues(t *testing.T) {
	leaveOutWithRace(t)
	folder := t.TempDir()
	in := writePNG(t, filepath.Join(folder, "in.png"), colorful(20))
	for flag, values := range flagValues {
		if flag, own := strings.CutPrefix(flag, "bench "); own {
			for _, value := range values {
				if lacksGPU(value) {
					continue
				}
				if r := kompress(t, "bench", "--engine=cpu", "-k2", "--runs=1", "--"+flag, value, in); r.code != exitDone {
					t.Errorf("--%s %s: got %+v", flag, value, r)
				}
			}
			continue
		}
		if flag, own := strings.CutPrefix(flag, "palette "); own {
			for _, value := range values {
				if r := kompress(t, "palette", "--engine=cpu", "--"+flag, value, in); r.code != exitDone {
					t.Errorf("--%s %s: got %+v", flag, value, r)
				}
			}
			continue
		}
		if !valueFlags(compressCommand(nil, nil))[flag] {
			t.Errorf("there is no flag --%s", flag)
		}
		for _, value := range values {
			if lacksGPU(value) {
				continue
			}
			if r := kompress(t, "compress", in, "--force", "--"+flag, value); r.code != exitDone {
				t.Errorf("--%s %s: got %+v", flag, value, r)
			}
		}
	}
}

// lacksGPU says whether a value asks for a GPU where there is none, and need not be.
func lacksGPU(value string) bool {
	if !strings.Contains(value, "gpu") || os.Getenv("KOMPRESS_REQUIRE_GPU") == "1" {
		return false
	}
	_, err := gpu.Devices()
	return err != nil
}

// asProgram puts the test binary onto the path as kompress.
func asProgram(t *testing.T) (env []string) {
	t.Helper()
	folder := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	symlink(t, self, filepath.Join(folder, "kompress"))
	return append(os.Environ(), beProgram+"=1", "PATH="+folder+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func TestBash(t *testing.T) {
	leaveOutWithRace(t)
	bash, err := exec.LookPath("bash")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	const script = `source <(kompress completion bash)
complete -p kompress
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kompress; echo "${COMPREPLY[*]}"; }
try kompress com
try kompress compress x.png --max-p
try kompress compress --effort = b
try kompress compress --effort =
try kompress compress ""
`
	command := exec.Command(bash, "--norc", "-c", script)
	command.Env = asProgram(t)
	out, err := command.CombinedOutput()
	const want = `complete -o bashdefault -o default -F _kompress kompress
compress completion
--max-passes --max-pixels
best
fast default best

`
	if err != nil || string(out) != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, out, want)
	}
}

// Other shells at least read their scripts.
func TestScriptsParse(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		t.Run(shell, func(t *testing.T) {
			r := kompress(t, "completion", shell)
			if r.code != exitDone || !strings.Contains(r.stdout, " "+completeCommand+" ") {
				t.Fatalf("got %+v", r)
			}
			path, err := exec.LookPath(shell)
			if err != nil {
				return // what is not installed cannot read it
			}
			file := writeFile(t, filepath.Join(t.TempDir(), "script"), []byte(r.stdout))
			if out, err := exec.Command(path, "-n", file).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
