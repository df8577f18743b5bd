//go:build linux && cgo

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kompress/viewer"
)

// randomKeys are all keys but those that end the program or write files.
var randomKeys = []string{
	"Left", "Right", "Up", "Down", "shift+Up", "shift+Down", "1", "2", "3", "4", "5", "6", "7", "8",
	"space", "c", "e", "r", "p", "0", "z", "f", "h", "F1",
}

// TestViewWithstandsAnything does one thing after the other, at random and without
// waiting, and then looks whether all is as the state says.
func TestViewWithstandsAnything(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	v := openViewing(t,
		writeScenery(t, folder, "a.png", 300, 200, true),
		writeBroken(t, folder, "broken.png"),
		writeScenery(t, folder, "transparent.png", 350, 250, false),
		writeScenery(t, folder, "dot.png", 1, 1, true),
		writeScenery(t, folder, "wide.png", 3000, 10, true),
		writeScenery(t, folder, "high.png", 2, 1500, false))
	seed, err := strconv.ParseUint(os.Getenv("KOMPRESS_VIEW_SEED"), 10, 64)
	if err != nil {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("KOMPRESS_VIEW_SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	rounds, each := 6, 50
	if raceEnabled {
		rounds, each = 2, 40
	}
	var done []string
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("what was done: %s", done)
		}
	})
	for range rounds {
		words := []string{}
		for range each {
			words = append(words, act(r)...)
		}
		done = append(done, strings.Join(words, " "))
		v.x.xdotool(t, words...)
		v.calmDown()
		v.checkPicture()
	}
}

// act returns something that a user may do, in xdotool's words.
func act(r *rand.Rand) []string {
	x, y := r.IntN(windowWidth+40), r.IntN(windowHeight+40)
	var words string
	switch r.IntN(8) {
	default:
		words = "key --delay 4 " + randomKeys[r.IntN(len(randomKeys))]
	case 5:
		words = fmt.Sprintf("mousemove %d %d click 1", x, y)
	case 6:
		words = fmt.Sprintf("mousemove %d %d mousedown 1 mousemove %d %d mousemove %d %d mouseup 1", x, y, y, x%windowHeight, r.IntN(windowWidth), r.IntN(windowHeight))
	case 7:
		words = fmt.Sprintf("mousemove %d %d click --repeat %d --delay 1 %d", x, y, 1+r.IntN(5), 4+r.IntN(2))
	}
	if r.IntN(10) == 0 {
		words += " sleep 0.2"
	}
	return strings.Fields(words)
}

// calmDown goes back to a picture at 1:1 with nothing over it, whatever is open.
func (v *viewing) calmDown() {
	v.t.Helper()
	v.key("F12") // none of its keys: what came before has been taken in
	v.quiet()
	if v.state().Full {
		v.key("f")
		v.waitFor("the window", func(s *viewer.State) bool { return !s.Full })
	}
	v.focus()
	// An open list takes the click, and help goes with it.
	v.mouse("mousemove %d %d click 1 mousemove 3 %d", windowWidth-3, windowHeight/2, windowHeight/2)
	v.mouse("sleep 0.3")
	v.quiet()
	if v.state().Help {
		v.key("h")
	}
	for v.quiet().Stage == "failed" {
		v.key("Right")
		v.mouse("sleep 0.1")
	}
	order := []string{"beside", "alone", "off"}
	for i := slices.Index(order, v.state().Cloud); i < 2; i++ {
		v.key("p")
	}
	v.key("z")
	v.waitFor("the picture at 1:1", func(s *viewer.State) bool {
		return isReady(s) && s.Zoom == 1 && s.Cloud == "off" && !s.Help && s.Hovered < 0
	})
}
