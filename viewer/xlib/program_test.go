//go:build linux && cgo && (amd64 || arm64)

package xlib_test

import (
	"bufio"
	"context"
	"debug/elf"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// These tests are about window, a program that links GLFW and go-gl.

// cLibrary matches all parts of the C library, which is the one thing that the
// program may need to start.
var cLibrary = regexp.MustCompile(`^(libc|libm|libdl|libpthread|librt|ld-linux.*)\.so\.\d$`)

func TestProgramNeedsOnlyTheCLibrary(t *testing.T) {
	for name, program := range buildModes(t) {
		t.Run(name, func(t *testing.T) {
			f, err := elf.Open(program)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			checkNeeded(t, f)
			checkStack(t, f)
			checkHidden(t, f)
		})
	}
}

func checkNeeded(t *testing.T, f *elf.File) {
	t.Helper()
	needed, err := f.ImportedLibraries()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("needs %q", needed)
	if !slices.Contains(needed, "libc.so.6") {
		t.Errorf("program needs %q, want libc.so.6 among them", needed)
	}
	for _, library := range needed {
		if !cLibrary.MatchString(library) {
			t.Errorf("program needs %s, want parts of the C library only", library)
		}
	}
}

// checkStack wants a stack that is not executable, which is what the linker
// makes it if one object file does not say otherwise.
func checkStack(t *testing.T, f *elf.File) {
	t.Helper()
	i := slices.IndexFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_GNU_STACK })
	if i < 0 || f.Progs[i].Flags&elf.PF_X != 0 {
		t.Error("stack is executable")
	}
}

// checkHidden wants no trampoline where a library would find it and take it for
// libX11's.
func checkHidden(t *testing.T, f *elf.File) {
	t.Helper()
	symbols, err := f.DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range symbols {
		if strings.HasPrefix(s.Name, "X") {
			t.Errorf("program offers %s to libraries", s.Name)
		}
	}
}

func TestProgramStartsWithoutX11(t *testing.T) {
	for name, program := range buildModes(t) {
		t.Run(name, func(t *testing.T) {
			out, err := runInEmptyRoot(t, program)
			// The second is for a limit of no namespaces at all.
			if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.ENOSPC) {
				unavailable(t, "neither chroot nor user namespaces: %v", err)
			}
			if want := "xlib: no Xlib: libX11.so.6: cannot open shared object file"; err != nil || !strings.HasPrefix(out, want) {
				t.Errorf("got %q and error %v, want %q", out, err, want)
			}
		})
	}
}

func TestProgramFindsAnIncompleteLibX11(t *testing.T) {
	folder := t.TempDir()
	source := filepath.Join(folder, "x11.c")
	if err := os.WriteFile(source, []byte("int XAllocClassHint;\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	cc := compiler(t)
	mustRun(t, command(t, cc[0], append(cc[1:], "-shared", "-fPIC", "-o", filepath.Join(folder, "libX11.so.6"), source)...))
	cmd := command(t, build(t))
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+folder)
	out := mustRun(t, cmd)
	if !strings.HasPrefix(out, "xlib: no Xlib: ") || !strings.Contains(out, "undefined symbol: XAllocSizeHints") {
		t.Errorf("got %q, want the symbol that is missing", out)
	}
}

func TestProgramDrawsOnAnXServer(t *testing.T) {
	display := startXServer(t)
	for name, program := range buildModes(t) {
		t.Run(name, func(t *testing.T) {
			cmd := command(t, program)
			cmd.Env = append(os.Environ(), "DISPLAY="+display)
			out := mustRun(t, cmd)
			t.Logf("%s", out)
			if !strings.HasPrefix(out, "drawn: ") {
				t.Errorf("got %q, want a window", out)
			}
		})
	}
}

func TestCallBeforeLoadSaysSo(t *testing.T) {
	out, err := command(t, build(t), "unloaded").CombinedOutput()
	if want := "xlib: XInitThreads called, but xlib.Load has not been or has failed\n"; err == nil || !strings.HasPrefix(string(out), want) {
		t.Errorf("got %q and error %v, want %q", out, err, want)
	}
}

// buildModes builds the program in all ways that a user may.
func buildModes(t *testing.T) map[string]string {
	t.Helper()
	if raceEnabled {
		return map[string]string{"race": build(t)}
	}
	return map[string]string{
		"exe": build(t),
		"pie": build(t, "-buildmode=pie"),
	}
}

// built has the programs by their flags: the tests, one at a time, use the same.
var built = map[string]string{}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, program := range built {
		os.RemoveAll(filepath.Dir(program))
	}
	os.Exit(code)
}

// build returns the path of the program. The compiler that links it is made to
// do what not all do by default: to link what is not needed, unless it is told
// -Wl,--as-needed, and to offer libraries all symbols that are not hidden.
func build(t *testing.T, flags ...string) string {
	t.Helper()
	watch(t)
	key := strings.Join(flags, " ")
	if program, done := built[key]; done {
		return program
	}
	folder, err := os.MkdirTemp("", "xlib")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if built[key] == "" {
			os.RemoveAll(folder)
		}
	})
	cc, program := filepath.Join(folder, "cc"), filepath.Join(folder, "window")
	script := "#!/bin/sh\nexec " + strings.Join(compiler(t), " ") + " -Wl,--no-as-needed -rdynamic \"$@\"\n"
	if err := os.WriteFile(cc, []byte(script), 0o777); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"build", "-buildvcs=false", "-ldflags=-extld=" + cc, "-o", program}, flags...)
	if raceEnabled {
		args = append(args, "-race")
	}
	mustRun(t, command(t, "go", append(args, "./window")...))
	built[key] = program
	return program
}

// watch reads what only go build reads otherwise, lest "go test" thinks that
// nothing has changed.
func watch(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob("window/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, filepath.Join(module, "go.mod")) {
		if _, err := os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
}

// compiler returns the command by which Go calls the C compiler.
func compiler(t *testing.T) []string {
	t.Helper()
	return strings.Fields(mustRun(t, command(t, "go", "env", "CC")))
}

// runInEmptyRoot returns what a program prints where there is nothing but itself
// and the C library.
func runInEmptyRoot(t *testing.T, program string) (string, error) {
	t.Helper()
	root := t.TempDir()
	copyFile(t, program, filepath.Join(root, "window"))
	for _, path := range startFiles(t, program) {
		copyFile(t, path, filepath.Join(root, path))
	}
	cmd := command(t, "/window")
	cmd.Dir, cmd.Env = "/", []string{}
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	var out, message strings.Builder // of which the race detector may use the latter
	cmd.Stdout, cmd.Stderr = &out, &message
	err := cmd.Run()
	t.Logf("%s%s", out.String(), message.String())
	return out.String(), err
}

// startFiles returns the paths of the dynamic loader and of what it would load.
func startFiles(t *testing.T, program string) []string {
	t.Helper()
	f, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var loader string
	for _, segment := range f.Progs {
		if segment.Type == elf.PT_INTERP {
			name, err := io.ReadAll(segment.Open())
			if err != nil {
				t.Fatal(err)
			}
			loader = strings.TrimRight(string(name), "\x00")
		}
	}
	return append(libraries(mustRun(t, command(t, loader, "--list", program))), loader)
}

// libraries returns the paths in a loader's list, which has lines such as
//
//	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f7b7bdd2000)
func libraries(list string) []string {
	var paths []string
	for line := range strings.Lines(list) {
		if words := strings.Fields(line); len(words) > 2 && words[1] == "=>" && strings.HasPrefix(words[2], "/") {
			paths = append(paths, words[2])
		}
	}
	return paths
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o777); err != nil {
		t.Fatal(err)
	}
}

// startXServer returns the display of an X server that lasts for the test.
func startXServer(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("Xvfb")
	if err != nil {
		unavailable(t, "no X server: %v", err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	server := exec.Command(path, "-displayfd", "3", "-screen", "0", "640x480x24", "-nolisten", "tcp")
	var messages strings.Builder
	server.Stderr, server.ExtraFiles = &messages, []*os.File{write}
	err = server.Start()
	write.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(server) })
	number := readDisplay(t, read)
	if number == "" {
		stop(server)
		t.Fatalf("%v started no display:\n%s", server, messages.String())
	}
	return ":" + number
}

// readDisplay returns the number that an X server writes when it is ready, or
// nothing if the server has ended or takes too long.
func readDisplay(t *testing.T, from *os.File) string {
	t.Helper()
	if err := from.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	number, err := bufio.NewReader(from).ReadString('\n')
	if err != nil {
		return ""
	}
	return strings.TrimSpace(number)
}

func stop(server *exec.Cmd) {
	_ = server.Process.Signal(syscall.SIGTERM)
	_ = server.Wait()
}

// command is one that ends before "go test" loses its patience, which would
// leave an X server behind.
func command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	return exec.CommandContext(ctx, name, args...)
}

// mustRun returns what a command prints, and ends the test if it fails.
func mustRun(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var out, message strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &message
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s%s", cmd, err, out.String(), message.String())
	}
	return out.String()
}

// unavailable skips a test for want of something on this machine, or fails it
// where all of it should be there.
func unavailable(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("KOMPRESS_REQUIRE_GPU") == "1" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
