package viewer

import (
	"bytes"
	"encoding/json"
	"errors"
	"image/color"
	"strings"
	"testing"
	"time"
)

// decoded returns a state as those who read it see it.
func decoded(t *testing.T, s State) map[string]any {
	t.Helper()
	line, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(line, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestState(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 3)
	delete(a.images, "b")
	a.open(0)
	a.frame()
	check := func(want map[string]any) {
		t.Helper()
		got := decoded(t, a.state())
		for name, w := range want {
			if got[name] != w {
				t.Errorf("%s: got %v, want %v", name, got[name], w)
			}
		}
	}
	check(map[string]any{
		"file": "a", "index": 0.0, "images": 3.0, "width": 0.0, "k": 16.0, "space": "srgb", "seed": 0.0, "engine": "cpu",
		"stage": "reading", "shown_k": nil, "psnr_db": nil, "bytes": nil, "cloud": "off", "hovered": -1.0, "error": "",
	})
	a.quiet()
	a.frame()
	check(map[string]any{
		"width": 20.0, "height": 30.0, "stage": "ready", "shown_k": 16.0, "colors": 16.0, "distinct_colors": 600.0,
		"bytes": float64(len(a.encoding.data)), "zoom": 1 / a.camera.place(a.picture().size, a.layout.image).step, "split": 500.0,
	})
	if psnr, ok := decoded(t, a.state())["psnr_db"].(float64); !ok || psnr < 10 || psnr > 60 {
		t.Errorf("got a PSNR of %v", psnr)
	}
	a.tap("2", "C", "R", "P", "H", "Z")
	a.press(key{name: "Space", action: pressed})
	a.frame()
	check(map[string]any{
		"k": 4.0, "space": "oklab", "seed": 1.0, "stage": "compressing", "shown_k": 16.0, "cloud": "beside",
		"help": true, "original": true, "zoom": 1.0,
	})
	origin := decoded(t, a.state())["origin"].([]any)
	if x := a.layout.image.W/2 - 10; origin[0] != float64(x) {
		t.Errorf("got origin %v, want x = %v", origin, x)
	}
	a.tap("Right")
	a.quiet()
	check(map[string]any{"file": "b", "stage": "failed", "error": "b: broken", "shown_k": nil})
	areas := decoded(t, a.state())["areas"].(map[string]any)
	for _, name := range []string{"strip", "list", "slider", "palette", "bottom", "image", "cloud"} {
		if r, ok := areas[name].([]any); !ok || len(r) != 4 {
			t.Errorf("got area %s %v", name, areas[name])
		}
	}
}

// There is no JSON for an infinite PSNR.
func TestStateOfALosslessResult(t *testing.T) {
	alone(t)
	t.Parallel()
	a := newTestApp(t, 1)
	a.images["a"] = flat(3, 3, color.NRGBA{1, 2, 3, 255})
	a.started()
	if got := decoded(t, a.state()); got["psnr_db"] != nil || got["colors"] != 1.0 || got["stage"] != "ready" {
		t.Errorf("got %v", got)
	}
}

func TestReporter(t *testing.T) {
	var b bytes.Buffer
	r := reporter{w: &b}
	for _, s := range []State{{K: 1}, {K: 1}, {K: 2}, {K: 2, Fine: true}, {K: 2, Fine: true}, {K: 1}} {
		if err := r.report(s); err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 4 {
		t.Errorf("got %d lines, want 4", len(lines))
	}
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Errorf("got %s", line)
		}
	}
	none := reporter{}
	if err := none.report(State{}); err != nil {
		t.Error(err)
	}
	broken := reporter{w: brokenWriter{}}
	if err := broken.report(State{}); !errors.Is(err, errBroken) {
		t.Errorf("got error %v", err)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

// A played script does all of its steps, and measures.
func TestPlayer(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 2)
	s, err := ParseScript(strings.NewReader("wait\nkey 2\nk 7\nhold Up 3 1\nkey Down 2\nsleep 0.001\nwait\ndrag 100 100 160 140 6\nwheel 300 300 1 3\nkey Right\nwait"))
	if err != nil {
		t.Fatal(err)
	}
	a.open(0)
	p := newPlayer(a.app, s)
	deadline := time.Now().Add(hangTime)
	for !a.quit {
		if time.Now().After(deadline) {
			t.Fatalf("step %d takes for ever", p.at)
		}
		a.drain()
		p.play(a.app, &a.pointer)
		if a.changed || len(a.pointer.queue) > 0 {
			a.frame()
			a.changed = false
			p.shown(a.app, time.Now())
		}
		time.Sleep(time.Millisecond)
	}
	if a.settings.colors != 8 || a.file() != "b" || a.pointer.now.Down {
		t.Errorf("got k = %d of %s", a.settings.colors, a.file())
	}
	m := &s.Measured
	if len(m.Picture) < 4 || len(m.Drag) != 6 || len(m.Wheel) < 3 || m.Pixels != 21*30 || m.Engine == "" {
		t.Errorf("got %+v", m)
	}
	var none *player
	none.play(a.app, &a.pointer)
	none.shown(a.app, time.Now())
	if none.busy() || none.next() != 0 || newPlayer(a.app, nil) != nil {
		t.Error("no player does something")
	}
}
