//go:build unix

package main

import (
	"bytes"
	"image"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// A process is the program, running.
type process struct {
	*exec.Cmd
	stdout, stderr bytes.Buffer
	ended          chan struct{}
}

func start(t *testing.T, stdout io.Writer, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return startWith(t, exec.Command(self, args...), stdout, os.Environ())
}

// startWith starts a command that is the program, with variables.
func startWith(t *testing.T, c *exec.Cmd, stdout io.Writer, env []string) *process {
	t.Helper()
	p := &process{Cmd: c, ended: make(chan struct{})}
	p.Env = append(slices.Clone(env), beProgram+"=1")
	if p.Stdout = stdout; stdout == nil {
		p.Stdout = &p.stdout
	}
	p.Stderr = &p.stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() { p.Process.Kill(); <-p.ended })
	return p
}

// wait returns what is left when the process has ended, which may not take long.
func (p *process) wait(t *testing.T, limit time.Duration) result {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(limit):
		t.Fatalf("still running after %v", limit)
	}
	return result{p.ProcessState.ExitCode(), p.stdout.String(), p.stderr.String()}
}

// large is an image that takes a while, in each of the stages.
func large(t *testing.T, folder string) string {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 700, 500))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		if m.Pix[i] = uint8(r.IntN(64) + i>>13); i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return writePNG(t, filepath.Join(folder, "large.png"), m)
}

func TestSignals(t *testing.T) {
	folder := t.TempDir()
	in := large(t, folder)
	args := []string{"compress", "--force", "-k", "60", in}
	s := mustKompress(t, append(args[1:], "-o", filepath.Join(t.TempDir(), "whole.png"))...).Seconds
	t.Logf("%+v", s)
	before := 0.
	for _, stage := range []struct {
		name    string
		seconds float64
	}{{"decode", s.Decode}, {"count", s.Count}, {"cluster", s.Cluster}, {"map", s.Map}, {"encode", s.Encode}} {
		t.Run(stage.name, func(t *testing.T) {
			// Other processes may make a run slower, or faster, than that which was timed.
			moment := time.Duration((before + stage.seconds/2) * float64(time.Second))
			for range attempts {
				p := start(t, nil, args...)
				time.Sleep(moment)
				if interrupts(t, p, folder, os.Interrupt) {
					return
				}
				if p.ProcessState.ExitCode() == exitDone {
					moment = moment * 3 / 4
				} else {
					moment = moment * 4 / 3
				}
			}
			t.Fatalf("it did not catch the signal, %d times", attempts)
		})
		before += stage.seconds
	}
	t.Run("temporary file", func(t *testing.T) {
		for range attempts {
			p := start(t, nil, args...)
			if awaitHidden(p, folder) && interrupts(t, p, folder, syscall.SIGTERM) {
				return
			}
			<-p.ended
		}
		t.Fatalf("got no signal through while there was a temporary file, %d times", attempts)
	})
}

// attempts is how often to try to hit a moment that is over soon.
const attempts = 20

// awaitHidden waits for a hidden file in the folder, and says whether one came
// up before the process ended.
func awaitHidden(p *process, folder string) bool {
	for {
		if found, _ := filepath.Glob(filepath.Join(folder, ".*")); len(found) > 0 {
			return true
		}
		select {
		case <-p.ended:
			return false
		case <-time.After(time.Millisecond):
		}
	}
}

// interrupts sends the signal and wants an end soon after it, and only the
// input left. It returns false if the process was done before, or had not got so far
// as to catch the signal.
func interrupts(t *testing.T, p *process, folder string, signal os.Signal) bool {
	t.Helper()
	sent := time.Now()
	p.Process.Signal(signal) // fails if it has ended
	r := p.wait(t, 10*time.Second)
	early := r.code == -1 && r.stderr == ""
	if early || r.code == exitDone || r.stdout != "" {
		os.Remove(filepath.Join(folder, "large.k60.png"))
		return false
	}
	t.Logf("ended after %v", time.Since(sent))
	checkFails(t, r, exitFailed, "interrupted")
	checkFiles(t, folder, "large.png")
	return true
}

func TestClosedPipe(t *testing.T) {
	folder := t.TempDir()
	a, b := writePNG(t, filepath.Join(folder, "a.png"), colorful(3)), writePNG(t, filepath.Join(folder, "b.png"), colorful(4))
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	checkFails(t, start(t, w, "compress", a, b).wait(t, time.Minute), exitFailed, "standard output: broken pipe")
	checkFiles(t, folder, "a.k16.png", "a.png", "b.k16.png", "b.png")
}

func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		if runtime.GOOS == "linux" { // others may lack it
			t.Fatal(err)
		}
		t.Skip(err)
	}
	defer full.Close()
	in := writePNG(t, filepath.Join(t.TempDir(), "a.png"), colorful(3))
	for _, args := range [][]string{{"compress", in}, {"compress", "-f", "--json", in}, {"--help"}} {
		checkFails(t, start(t, full, args...).wait(t, time.Minute), exitFailed, "standard output: no space left")
	}
}

func TestUnreadable(t *testing.T) {
	folder := t.TempDir()
	in := writePNG(t, filepath.Join(folder, "a.png"), colorful(3))
	if err := os.Chmod(in, 0); err != nil {
		t.Fatal(err)
	}
	ask := kompress
	if os.Getuid() == 0 { // who reads everything
		ask = asNobody
	}
	checkFails(t, ask(t, "compress", in), exitFailed, "a.png: permission denied")
	checkFiles(t, folder, "a.png")
}

// asNobody runs a copy of the program as a user who owns nothing.
func asNobody(t testing.TB, args ...string) result {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "kompress")
	writeFile(t, program, readFile(t, self))
	// The test's folders are one level below one that only we may enter.
	for _, path := range []string{program, filepath.Dir(program), filepath.Dir(filepath.Dir(program))} {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(program, args...)
	c.Env = append(os.Environ(), beProgram+"=1")
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	c.Run() // the status says it all
	return result{c.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// The threads must not show in the result.
func TestThreads(t *testing.T) {
	folder := t.TempDir()
	in := photo(t, folder)
	var first string
	for _, n := range []int{1, 3} {
		t.Setenv("GOMAXPROCS", strconv.Itoa(n))
		out := filepath.Join(folder, strconv.Itoa(n)+".png")
		if r := start(t, nil, "compress", "-q", in, "-o", out).wait(t, time.Minute); r != (result{}) {
			t.Fatalf("got %+v", r)
		}
		if got := string(readFile(t, out)); first == "" {
			first = got
		} else if got != first {
			t.Errorf("with %d threads: got another file", n)
		}
	}
}
