package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"kompress/cmd/kompress/words"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progressAfter is how long work takes before a bar is shown.
const progressAfter = 500 * time.Millisecond

// A progress shows a bar while a file takes long. It is silent unless its writer
// is a terminal.
type progress struct {
	writer *os.File // nil: silent
	mu     sync.Mutex
	files  int // begun or ended; a late timer must not draw over the next line
	bar    *progressbar.ProgressBar
	label  string
	done   float64
	timer  *time.Timer
	begun  time.Time // of all work
}

func newProgress(w io.Writer, quiet bool) *progress {
	f, ok := w.(*os.File)
	if !ok || quiet || !term.IsTerminal(int(f.Fd())) {
		return new(progress)
	}
	return &progress{writer: f}
}

// stages say how far along a file is when a stage begins, in the ratio of the
// times that they usually take.
var stages = map[string]float64{"decode": 0, "count": 0.5, "cluster": 0.55, "map": 0.7, "encode": 0.75, "end": 1}

// file begins a file.
func (p *progress) file(i, n int, name string) {
	if p.writer == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.label = shortened(words.Printable(filepath.Base(name)), p.width()/4)
	if n > 1 {
		p.label = fmt.Sprintf("%d/%d %s", i+1, n, p.label)
	}
	p.begin()
}

// begin lets a bar be shown after a while.
func (p *progress) begin() {
	p.done = 0
	p.files++
	current := p.files
	p.timer = time.AfterFunc(progressAfter, func() { p.show(current) })
}

// width returns the number of columns.
func (p *progress) width() int {
	width, _, err := term.GetSize(int(p.writer.Fd()))
	if err != nil || width < 1 {
		return 80
	}
	return width
}

// shortened keeps a label from wrapping: a second line could not be cleared.
func shortened(name string, most int) string {
	return elided(name, min(most, 24)) // characters, of which some are two columns wide
}

func elided(name string, most int) string {
	most = max(8, most)
	if runes := []rune(name); len(runes) > most {
		return string(runes[:most/2-1]) + "..." + string(runes[len(runes)-(most-most/2-2):])
	}
	return name
}

// work shows how much of all work is done, and about how long the rest takes.
func (p *progress) work(done float64, what string) {
	if p.writer == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.begun.IsZero() {
		p.begun = time.Now()
	}
	left := ""
	if elapsed := time.Since(p.begun); done > 0 && elapsed > time.Second {
		left = ", " + leftText(time.Duration(float64(elapsed)*(1-done)/done)) + " left"
	}
	if p.timer == nil {
		p.begin()
	}
	p.label = elided(what, p.width()-p.width()/3-len(left)-14) + left
	if p.bar != nil {
		p.bar.Describe(p.label)
	}
	p.draw(done)
}

func leftText(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.0f s", math.Ceil(d.Seconds()))
	}
	return fmt.Sprintf("%.0f min", math.Ceil(d.Minutes()))
}

func (p *progress) set(done float64) {
	if p.writer == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.draw(done)
}

func (p *progress) draw(done float64) {
	p.done = done
	if p.bar != nil {
		p.bar.Set(int(100 * done))
	}
}

func (p *progress) show(file int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.files != file {
		return
	}
	p.bar = progressbar.NewOptions(100,
		progressbar.OptionSetWriter(p.writer),
		progressbar.OptionSetDescription(p.label),
		progressbar.OptionSetWidth(p.width()/3),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionClearOnFinish(),
	)
	// At 0 % setting it would draw nothing.
	p.bar.RenderBlank()
	p.bar.Set(int(100 * p.done))
}

// clear takes the bar away, so that a line can be printed.
func (p *progress) clear() {
	if p.writer == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer == nil {
		return
	}
	p.files++
	p.timer.Stop()
	p.timer = nil
	if p.bar != nil {
		// The bar's own Clear leaves the ^C behind it, and on Windows all.
		fmt.Fprintf(p.writer, "\r%s\r", strings.Repeat(" ", p.width()-1))
		p.bar = nil
	}
}
