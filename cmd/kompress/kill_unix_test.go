//go:build unix

package main

import (
	"bufio"
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Whenever the program is killed, what has the name of a result is a whole one.
func TestKilled(t *testing.T) {
	leaveOutWithRace(t)
	in, whole := t.TempDir(), t.TempDir()
	crops(t, in, 12)
	if r := kompress(t, "compress", "-q", "-k4", "-e", "fast", "-o", whole, in); r != (result{}) {
		t.Fatalf("got %+v", r)
	}
	inWork := 0
	for range 50 {
		out := filepath.Join(t.TempDir(), "out")
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		p := start(t, w, "compress", "-k4", "-e", "fast", "-j2", "-o", out, in)
		w.Close()
		// Some lines, and then a part of the time that one takes.
		lines := bufio.NewScanner(r)
		for range rand.IntN(9) {
			lines.Scan()
		}
		time.Sleep(rand.N(3 * time.Millisecond))
		p.Process.Kill()
		<-p.ended
		r.Close()
		if n := checkWhole(t, out, whole); n > 0 && n < 12 {
			inWork++
		}
	}
	if inWork < 25 {
		t.Errorf("only %d of 50 were killed in mid-work", inWork)
	}
}

// checkWhole compares the results with what they have to be, and counts them.
func checkWhole(t *testing.T, out, whole string) (n int) {
	t.Helper()
	entries, err := os.ReadDir(out)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".kompress-") && strings.HasSuffix(e.Name(), ".tmp") {
			continue
		}
		n++
		if !bytes.Equal(readFile(t, filepath.Join(out, e.Name())), readFile(t, filepath.Join(whole, e.Name()))) {
			t.Errorf("%s is not whole", e.Name())
		}
	}
	return n
}

// A folder that may not be read is told of, and the others are searched.
func TestUnreadableFolder(t *testing.T) {
	folder := t.TempDir()
	in := filepath.Join(folder, "in")
	for _, name := range []string{"in/a", "in/b", "in/c"} {
		if err := os.MkdirAll(filepath.Join(folder, name), 0o777); err != nil {
			t.Fatal(err)
		}
		writePNG(t, filepath.Join(folder, name, "x.png"), colorful(3))
	}
	out := filepath.Join(folder, "out")
	for _, err := range []error{os.Chmod(filepath.Join(in, "b"), 0), os.Mkdir(out, 0o777), os.Chmod(out, 0o777), os.Chmod(filepath.Dir(folder), 0o755), os.Chmod(folder, 0o755)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	ask := kompress
	if os.Getuid() == 0 { // who reads everything
		ask = asNobody
	}
	r := ask(t, "compress", "-r", "-o", out, in)
	if want := "kompress: " + filepath.Join(in, "b") + ": cannot read the folder: permission denied\n"; r.code != exitFailed || r.stderr != want {
		t.Errorf("got %+v, want %q", r, want)
	}
	if !strings.Contains(r.stdout, "total: 2 of 2 images, ") || !strings.Contains(r.stdout, ", 1 failed, ") {
		t.Errorf("got %q", r.stdout)
	}
	decode(t, filepath.Join(out, "c", "x.k16.png"))
}
