package viewer

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Script is what is done instead of waiting for keys, a step a line:
//
//	wait              until the picture has settled
//	sleep 0.5         for so many seconds
//	key Up 10         press a key ten times, each when the picture of the last is there
//	hold Up 40 33     press a key 40 times, every 33 milliseconds, as if it were held
//	k 64              set k, and wait for its picture
//	drag 0 0 300 200 60   from one point of the window to another, in pixels, in 60 frames
//	wheel 500 400 1 20    turn the wheel one notch at a point, in 20 frames
//
// Empty lines and what is behind a # are left out. While it is played, it measures.
type Script struct {
	steps    []scriptStep
	Measured Measured
}

// Measured is what a script found. The slices are sorted.
type Measured struct {
	Renderer string          // OpenGL's name for what drew
	Picture  []time.Duration // from a key to its first picture on the screen, each key pressed when the last one's was there
	Held     []time.Duration // likewise, of a held key; those for which there was a picture
	HeldKeys int             // how often that repeated
	Settled  []time.Duration // to its settled one
	Drag     []time.Duration // from a frame to the next while dragging
	Wheel    []time.Duration // likewise, while zooming
	Colors   int             // distinct colours of the last image
	Pixels   int             // of it
	Engine   string
}

type scriptStep struct {
	verb    string
	key     string
	numbers []float64
}

// forms are how many numbers each verb takes; key and hold take a name before.
var forms = map[string]struct{ least, most int }{
	"wait": {0, 0}, "sleep": {1, 1}, "key": {0, 1}, "hold": {2, 2}, "k": {1, 1}, "drag": {5, 5}, "wheel": {4, 4},
}

// Standard is a script that measures what the window is to be good at: any k, held
// keys, panning and zooming.
const Standard = `wait
key 1
key 4
key 6
key 8
key Down 20
k 64
k 200
k 24
hold Up 40 33
wait
key Z
sleep 0.3
drag 200 200 600 500 60
wheel 500 400 1 20
key 0
wait
`

// ParseScript reads a script. Its errors name the line.
func ParseScript(r io.Reader) (*Script, error) {
	s := new(Script)
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		step, err := parseStep(words)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		s.steps = append(s.steps, step)
	}
	return s, lines.Err()
}

func parseStep(words []string) (scriptStep, error) {
	step := scriptStep{verb: words[0]}
	form, known := forms[step.verb]
	if !known {
		return step, fmt.Errorf("got %q, want wait, sleep, key, hold, k, drag or wheel", words[0])
	}
	words = words[1:]
	if step.verb == "key" || step.verb == "hold" {
		if len(words) == 0 || !isKey(words[0]) {
			return step, fmt.Errorf("%s: got %q, want the name of a key, such as Up or P, and numbers", step.verb, words)
		}
		step.key, words = words[0], words[1:]
	}
	if len(words) < form.least || len(words) > form.most {
		return step, fmt.Errorf("%s: got %d numbers, want %d", step.verb, len(words), form.most)
	}
	for _, word := range words {
		v, err := strconv.ParseFloat(word, 64)
		if err != nil || !(v >= -1e6 && v <= 1e6) {
			return step, fmt.Errorf("%s: got %q, want a number", step.verb, word)
		}
		step.numbers = append(step.numbers, v)
	}
	return step, nil
}

func isKey(name string) bool {
	for _, b := range bindings {
		if slices.Contains(b.names, name) {
			return true
		}
	}
	return false
}

// Percentile returns the p-th of sorted times, from 0 to 100; 0 if there are none.
func Percentile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(p/100*float64(len(sorted))))]
}
