//go:build linux && cgo

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kompress/viewer"
)

// A viewing is the window of kompress view, which runs with --json.
type viewing struct {
	*process
	t      *testing.T
	x      *xserver
	states *states
	images *references
}

// hangs is after how long a test says that what it waits for does not come.
const hangs = time.Minute

// The window that most tests have.
const windowWidth, windowHeight = 800, 600

// openViewing opens a window on a screen of its own, on the CPU's engine, and waits for
// the first picture.
func openViewing(t *testing.T, args ...string) *viewing {
	t.Helper()
	v := openOn(t, startXvfb(t, 1280, 800), nil, append([]string{"--engine", "cpu"}, args...)...)
	v.quiet()
	return v
}

// openOn opens a window and gives it the keyboard. When the test ends the window has to
// close by a key, without a word on standard error: that is where the race detector and
// panics write.
func openOn(t *testing.T, x *xserver, env []string, args ...string) *viewing {
	t.Helper()
	args = append([]string{"view", "--json", "--size", fmt.Sprintf("%dx%d", windowWidth, windowHeight)}, args...)
	v := &viewing{t: t, x: x, states: newStates(), images: newReferences(t)}
	v.process = startView(t, v.states, append([]string{"DISPLAY=" + x.display}, env...), args...)
	t.Cleanup(v.close)
	if v.waitForAny(); v.hasEnded() && len(env) == 0 && strings.Contains(v.stderr.String(), "no window can be opened") {
		unavailable(t, "%s", &v.stderr)
	}
	v.focus()
	return v
}

// startView starts the program with these variables besides those that tests have.
func startView(t *testing.T, stdout *states, env []string, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	all := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "DISPLAY=") })
	c := exec.CommandContext(patience(t), self, args...)
	if stdout == nil {
		return startWith(t, c, nil, append(all, env...))
	}
	return startWith(t, c, stdout, append(all, env...))
}

func (v *viewing) hasEnded() bool {
	select {
	case <-v.ended:
		return true
	default:
		return false
	}
}

// close ends what a test has left open.
func (v *viewing) close() {
	if v.hasEnded() || v.t.Failed() || v.t.Skipped() {
		return
	}
	v.key("q")
	if r := v.wait(v.t, hangs); r.code != exitDone || r.stderr != "" {
		v.t.Errorf("got status %d and %q, want %d and nothing", r.code, r.stderr, exitDone)
	}
}

// focus gives the window the keyboard, which is a window manager's work.
func (v *viewing) focus() {
	v.x.xdotool(v.t, "search", "--sync", "--onlyvisible", "--name", "kompress", "windowfocus")
}

// key presses keys and lets them go, one after the other, by X11's names. GLFW takes
// those of the same millisecond for one.
func (v *viewing) key(names ...string) {
	v.t.Helper()
	v.x.xdotool(v.t, append([]string{"key", "--delay", "4"}, names...)...)
}

// mouse does what words such as "mousemove 10 20 click 1" say.
func (v *viewing) mouse(format string, args ...any) {
	v.t.Helper()
	v.x.xdotool(v.t, strings.Fields(fmt.Sprintf(format, args...))...)
}

// drag takes the mouse with its button held from one point to another in a few steps.
func (v *viewing) drag(x, y, toX, toY int) {
	v.t.Helper()
	v.mouse("mousemove %d %d mousedown 1 mousemove -- %d %d mousemove -- %d %d mouseup 1", x, y, (x+toX)/2, (y+toY)/2, toX, toY)
}

// state returns what is on the screen.
func (v *viewing) state() viewer.State {
	v.t.Helper()
	list := v.states.all()
	if len(list) == 0 {
		v.t.Fatal("got no state")
	}
	return list[len(list)-1]
}

// waitForAny waits for the first state, or the end.
func (v *viewing) waitForAny() {
	v.t.Helper()
	v.poll("a state", func() bool { return v.hasEnded() || len(v.states.all()) > 0 })
}

// waitFor waits until what is on the screen is so, and returns it.
func (v *viewing) waitFor(what string, so func(s *viewer.State) bool) viewer.State {
	v.t.Helper()
	var s viewer.State
	v.poll(what, func() bool {
		if v.hasEnded() {
			v.t.Fatalf("waiting for %s, but it has ended: %s\n%s", what, v.ProcessState, &v.stderr)
		}
		s = v.state()
		return so(&s)
	})
	return s
}

// poll waits for a condition.
func (v *viewing) poll(what string, is func() bool) {
	v.t.Helper()
	for limit := time.After(hangs); !is(); {
		select {
		case <-v.states.arrived:
		case <-v.ended:
		case <-limit:
			list := v.states.all()
			v.t.Fatalf("%s does not come; last of %d states:\n%+v", what, len(list), list[max(0, len(list)-1):])
		}
	}
}

// quiet waits until nothing more is to come, and returns what is on the screen.
func (v *viewing) quiet() viewer.State {
	v.t.Helper()
	return v.waitFor("ready or failed", isQuiet)
}

func isQuiet(s *viewer.State) bool {
	return s.Stage == "failed" || isReady(s)
}

// isReady says that what is set is what is shown, and that its file was made.
func isReady(s *viewer.State) bool {
	return s.Stage == "ready" && s.Shown != nil && *s.Shown == s.K && s.Bytes != nil && s.Fine
}

// readyWith waits for a picture of k colours.
func (v *viewing) readyWith(k int) viewer.State {
	v.t.Helper()
	return v.waitFor(fmt.Sprintf("k = %d", k), func(s *viewer.State) bool { return isReady(s) && s.K == k })
}

// states takes in what the program prints, line by line.
type states struct {
	arrived chan struct{} // something has, since it was last received from

	mu   sync.Mutex
	rest []byte
	list []viewer.State
}

func newStates() *states { return &states{arrived: make(chan struct{}, 1)} }

func (s *states) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest = append(s.rest, p...)
	for {
		line, rest, whole := bytes.Cut(s.rest, []byte("\n"))
		if !whole {
			break
		}
		s.rest = rest
		var state viewer.State
		if err := json.Unmarshal(line, &state); err != nil {
			return 0, fmt.Errorf("%w in %q", err, line) // which the program's end tells
		}
		s.list = append(s.list, state)
	}
	select {
	case s.arrived <- struct{}{}:
	default:
	}
	return len(p), nil
}

// all returns the states so far.
func (s *states) all() []viewer.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list
}
