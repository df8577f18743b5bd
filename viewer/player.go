package viewer

import (
	"slices"
	"time"
)

// A player plays a script. A nil one does nothing.
type player struct {
	script *Script
	at     int // step
	times  int // what of it was done
	begun  time.Time
	asked  map[settings]time.Time // when what was wanted
	seen   *result                // the last that was on the screen
	frame  time.Time              // the last one of a drag
}

func newPlayer(a *app, s *Script) *player {
	if s == nil {
		return nil
	}
	s.Measured = Measured{Renderer: a.engine.renderer}
	return &player{script: s, begun: time.Now(), asked: map[settings]time.Time{}}
}

// play does what is due. At the end the window closes.
func (p *player) play(a *app, m *pointer) {
	if p == nil {
		return
	}
	for p.at < len(p.script.steps) {
		step := &p.script.steps[p.at]
		if !p.do(a, m, step) {
			return
		}
		p.at++
		p.times, p.begun, p.frame = 0, time.Now(), time.Time{}
	}
	p.finish(a)
	a.quit = true
}

// do does what is due of a step, and says whether that is all.
func (p *player) do(a *app, m *pointer, step *scriptStep) (done bool) {
	switch step.verb {
	case "wait":
		return a.isQuiet()
	case "sleep":
		return time.Since(p.begun).Seconds() >= step.numbers[0]
	case "key":
		return p.pressInTurn(a, step)
	case "hold":
		return p.hold(a, step)
	case "k":
		if p.times == 0 {
			began := time.Now()
			a.setColors(int(step.numbers[0]))
			p.note(a, began)
		}
		return a.isShown()
	}
	return p.drag(m, step)
}

// note notes since when what is wanted now has been.
func (p *player) note(a *app, began time.Time) {
	p.times++
	if !a.isFresh() {
		p.asked[a.settings] = began
		if p.script.steps[p.at].verb == "hold" {
			p.script.Measured.HeldKeys++
		}
	}
}

func (p *player) tap(a *app, name string) {
	began := time.Now()
	a.press(key{name: name, action: pressed})
	a.press(key{name: name, action: released})
	p.note(a, began)
}

// pressInTurn waits for a picture before each press, and after the last.
func (p *player) pressInTurn(a *app, step *scriptStep) bool {
	times := 1
	if len(step.numbers) > 0 {
		times = int(step.numbers[0])
	}
	if !a.isShown() {
		return false
	}
	if p.times < times {
		p.tap(a, step.key)
		return false
	}
	return true
}

func (p *player) hold(a *app, step *scriptStep) bool {
	times, every := int(step.numbers[0]), step.numbers[1]/1000
	for p.times < times && time.Since(p.begun).Seconds() >= float64(p.times)*every {
		p.tap(a, step.key)
	}
	return p.times >= times && a.isShown()
}

// drag moves the pointer, or turns the wheel, once for every frame.
func (p *player) drag(m *pointer, step *scriptStep) bool {
	n := step.numbers
	x, y, frames := float32(n[0]), float32(n[1]), int(n[len(n)-1])
	if len(m.queue) > 0 {
		return false // the last one was not drawn yet
	}
	if step.verb == "wheel" {
		if p.times == frames {
			return true
		}
		m.move(x, y)
		m.wheel(float32(n[2]))
	} else {
		if p.times > frames {
			m.button(false)
			return true
		}
		share := float32(p.times) / float32(max(1, frames))
		m.move(x+share*(float32(n[2])-x), y+share*(float32(n[3])-y))
		if p.times == 0 {
			m.button(true)
		}
	}
	p.times++
	return false
}

// shown notes what a frame has put on the screen.
func (p *player) shown(a *app, now time.Time) {
	if p == nil || p.at >= len(p.script.steps) {
		return
	}
	m := &p.script.Measured
	if r := a.result; r != nil && r != p.seen {
		if asked, known := p.asked[r.settings]; known && p.isFirst(r) {
			p.noteFirst(now.Sub(asked))
		} else if known && r.settled {
			m.Settled = append(m.Settled, now.Sub(asked))
		}
		p.seen = r
	}
	verb := p.script.steps[p.at].verb
	if verb != "drag" && verb != "wheel" {
		return
	}
	if !p.frame.IsZero() {
		list := &m.Drag
		if verb == "wheel" {
			list = &m.Wheel
		}
		*list = append(*list, now.Sub(p.frame))
	}
	p.frame = now
}

// noteFirst notes how long a first picture took.
func (p *player) noteFirst(took time.Duration) {
	m := &p.script.Measured
	if p.script.steps[p.at].verb == "hold" {
		m.Held = append(m.Held, took)
	} else {
		m.Picture = append(m.Picture, took)
	}
}

// isFirst says whether a result is the first of its settings.
func (p *player) isFirst(r *result) bool { return p.seen == nil || p.seen.settings != r.settings }

// busy says whether the player does not wait for anything but a frame.
func (p *player) busy() bool {
	if p == nil || p.at >= len(p.script.steps) {
		return p != nil
	}
	verb := p.script.steps[p.at].verb
	return verb == "drag" || verb == "wheel"
}

// next returns after which time the player is to be asked again; 0 means that it
// does not wait for a time.
func (p *player) next() time.Duration {
	if p == nil {
		return 0
	}
	return time.Millisecond
}

func (p *player) finish(a *app) {
	m := &p.script.Measured
	for _, list := range [][]time.Duration{m.Picture, m.Held, m.Settled, m.Drag, m.Wheel} {
		slices.Sort(list)
	}
	if r := a.result; r != nil {
		m.Colors, m.Pixels = r.counts.Distinct(), int(r.counts.Pixels())
	}
	m.Engine = a.engineText()
}

// isQuiet says whether nothing more is to come: the picture has settled and its file
// is made, or there is none.
func (a *app) isQuiet() bool {
	e := a.entry()
	switch {
	case e == nil:
		return false
	case e.err != nil || a.failure != nil:
		return true
	}
	return a.isFresh() && a.result.settled && a.encoding != nil && (a.encoding.data != nil || a.encoding.err != nil)
}

// isShown says whether there is a picture of what is set now.
func (a *app) isShown() bool {
	e := a.entry()
	return e != nil && (e.err != nil || a.failure != nil || a.isFresh() && !a.changed)
}
