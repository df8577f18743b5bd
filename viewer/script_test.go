package viewer

import (
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestParseScript(t *testing.T) {
	s, err := ParseScript(strings.NewReader("# a comment\n\nwait\n sleep 0.5 # half a second\nkey Up\nkey F1 10\nhold Down 40 33\nk 64\ndrag 0 0 300 -200 60\nwheel 500 400 1 20"))
	if err != nil {
		t.Fatal(err)
	}
	const want = "[{wait  []} {sleep  [0.5]} {key Up []} {key F1 [10]} {hold Down [40 33]} {k  [64]} {drag  [0 0 300 -200 60]} {wheel  [500 400 1 20]}]"
	if got := fmt.Sprint(s.steps); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestParseScriptErrors(t *testing.T) {
	for text, want := range map[string]string{
		"wait\n\njump":         `line 3: got "jump", want wait, `,
		"wait 3":               "line 1: wait: got 1 numbers, want 0",
		"sleep":                "line 1: sleep: got 0 numbers, want 1",
		"# one\nsleep x":       `line 2: sleep: got "x", want a number`,
		"sleep NaN":            `line 1: sleep: got "NaN"`,
		"sleep 1e7":            `line 1: sleep: got "1e7"`,
		"sleep -Inf":           `line 1: sleep: got "-Inf"`,
		"key":                  "line 1: key: got []",
		"key 10 10":            "line 1: key: got [\"10\" \"10\"]",
		"key Up 1 2":           "line 1: key: got 2 numbers, want 1",
		"key up":               `line 1: key: got ["up"]`,
		"hold Up 3":            "line 1: hold: got 1 numbers, want 2",
		"k\n":                  "line 1: k: got 0 numbers, want 1",
		"wait\ndrag 1 2 3 4":   "line 2: drag: got 4 numbers, want 5",
		"wheel 1 2 3 4 5":      "line 1: wheel: got 5 numbers, want 4",
		"wait\nwait\nWAIT # a": `line 3: got "WAIT"`,
	} {
		if _, err := ParseScript(strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got error %v, want %s", text, err, want)
		}
	}
	if _, err := ParseScript(iotest.ErrReader(iotest.ErrTimeout)); err != iotest.ErrTimeout {
		t.Errorf("got error %v", err)
	}
}

func TestStandardScript(t *testing.T) {
	s, err := ParseScript(strings.NewReader(Standard))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(Standard, "\n"); len(s.steps) != n {
		t.Errorf("got %d steps of %d lines", len(s.steps), n)
	}
}

func TestPercentile(t *testing.T) {
	if got := Percentile(nil, 50); got != 0 {
		t.Errorf("got %v of nothing", got)
	}
	var list []time.Duration
	for i := range 100 {
		list = append(list, time.Duration(i))
	}
	for p, want := range map[float64]time.Duration{0: 0, 50: 50, 95: 95, 99: 99, 100: 99} {
		if got := Percentile(list, p); got != want {
			t.Errorf("%v: got %v, want %v", p, got, want)
		}
	}
	if got := Percentile(list[7:8], 50); got != 7 {
		t.Errorf("got %v of one", got)
	}
}
