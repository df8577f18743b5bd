package main

import (
	"bytes"
	"debug/elf"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// build returns the path of the program as plain go build makes it.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "kompress")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// The program starts on a machine that has only the C library, and works there on
// the CPU.
func TestStartsInAnEmptyRoot(t *testing.T) {
	leaveOutWithRace(t)
	requireBuilt(t)
	root, program := t.TempDir(), build(t)
	copyTo(t, program, filepath.Join(root, "kompress"))
	for _, file := range neededBy(t, program) {
		copyTo(t, file, filepath.Join(root, file))
	}
	photo(t, root)
	for _, test := range []struct{ args, out, message string }{
		{"--version", "kompress", ""},
		{"compress -v photo.png", "auto:", ""},
		{"compress -v -f --engine cpu photo.png", "engine cpu", ""},
		{"compress -f --engine gpu photo.png", "", "libEGL.so.1"},
		{"devices", "", "libEGL.so.1"},
	} {
		r := runIn(t, root, strings.Fields(test.args)...)
		failed := test.message != ""
		if failed != (r.code != exitDone) || !strings.Contains(r.stdout, test.out) || !strings.Contains(r.stderr, test.message) {
			t.Errorf("%s: got status %d, %q and %q, want %q and %q", test.args, r.code, r.stdout, r.stderr, test.out, test.message)
		}
	}
}

// neededBy returns the dynamic loader and what it would load, which may be parts of
// the C library alone; nothing if the program was built without cgo.
func neededBy(t *testing.T, program string) (files []string) {
	t.Helper()
	f, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if s := f.Section(".interp"); s != nil {
		name, err := s.Data()
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, strings.TrimRight(string(name), "\x00"))
	}
	libraries, err := f.ImportedLibraries()
	if err != nil || len(libraries) == 0 {
		return nil
	}
	list, err := exec.Command(files[0], "--list", program).Output()
	if err != nil {
		t.Fatal(err)
	}
	cLibrary := regexp.MustCompile(`^lib(c|m|dl|pthread)\.so\.\d$`)
	for _, library := range libraries {
		if !cLibrary.MatchString(library) {
			t.Errorf("the program needs %s, want parts of the C library only", library)
		}
	}
	for _, m := range regexp.MustCompile(`=> (/\S+)`).FindAllStringSubmatch(string(list), -1) {
		files = append(files, m[1])
	}
	return files
}

func copyTo(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, readFile(t, from), 0o777); err != nil {
		t.Fatal(err)
	}
}

// runIn runs the program with that folder as its root, as root or else in a
// namespace of its own.
func runIn(t *testing.T, root string, args ...string) result {
	t.Helper()
	var out, message bytes.Buffer
	cmd := exec.Command("/kompress", args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = "/", []string{}, &out, &message
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		if os.Getenv("KOMPRESS_REQUIRE_GPU") == "1" || !errors.Is(err, os.ErrPermission) {
			t.Fatalf("neither chroot nor a user namespace: %v", err)
		}
		t.Skipf("neither chroot nor a user namespace: %v", err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), message.String()}
}
