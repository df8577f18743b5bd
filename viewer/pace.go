package viewer

import "time"

// A pace is how fast frames followed each other.
type pace struct {
	frames [32]time.Time // the last ones, in a circle
	n      int
}

// pause is what separates frames that do not follow each other: nothing was to be
// drawn in between.
const pause = 250 * time.Millisecond

// frame notes that one was drawn.
func (p *pace) frame(now time.Time) {
	if p.n > 0 && now.Sub(p.frames[(p.n-1)%len(p.frames)]) > pause {
		p.n = 0
	}
	p.frames[p.n%len(p.frames)] = now
	p.n++
}

// rate returns how many frames a second there were while they followed each other; 0
// if there were too few to tell.
func (p *pace) rate() float64 {
	have := min(p.n, len(p.frames))
	if have < 3 {
		return 0
	}
	newest, oldest := p.frames[(p.n-1)%len(p.frames)], p.frames[(p.n-have)%len(p.frames)]
	seconds := newest.Sub(oldest).Seconds()
	if seconds <= 0 {
		return 0
	}
	return float64(have-1) / seconds
}
