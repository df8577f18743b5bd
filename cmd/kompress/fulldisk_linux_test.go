package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// When the disk is full in mid-batch the images that still fit are done, nothing is
// left of the others, and each is told of.
func TestFullDiskInMidBatch(t *testing.T) {
	in, out := t.TempDir(), t.TempDir()
	crops(t, in, 30)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const script = `mount -t tmpfs -o size=40k none "$1" || exit 77
"$0" compress -o "$1" "$2"
code=$?
ls -A "$1" | wc -l
for f in "$1"/*; do "$0" compress -q -k 2 -o - "$f" >/dev/null || exit 78; done
exit $code`
	c := exec.Command("sh", "-c", script, self, out, in)
	c.Env = append(os.Environ(), beProgram+"=1")
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if uid := os.Getuid(); uid != 0 {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: uid, Size: 1}}
		c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err = c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || c.ProcessState.ExitCode() == 77 {
		if os.Getenv("KOMPRESS_REQUIRE_MOUNT") == "1" {
			t.Fatalf("cannot mount a small file system: %v, %s", err, &stderr)
		}
		t.Skipf("cannot mount a small file system: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	done, failed := len(lines)-2, strings.Count(stderr.String(), ": no space left on device\n")
	if c.ProcessState.ExitCode() != exitFailed || done < 1 || failed < 1 || done+failed != 30 || strings.Count(stderr.String(), "\n") != failed {
		t.Errorf("got status %d, %d done, %d failed\n%s%s", c.ProcessState.ExitCode(), done, failed, &stdout, &stderr)
	}
	if got := lines[len(lines)-1]; got != strings.Fields(lines[len(lines)-2])[1] {
		t.Errorf("got %s files, %s", got, lines[len(lines)-2])
	}
	checkFiles(t, out) // the mount was of the script alone
	if _, err := os.Stat(filepath.Join(in, "0.png")); err != nil {
		t.Error(err)
	}
}
