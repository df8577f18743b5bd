package bench

import (
	"fmt"

	"kompress/cmd/kompress/words"
)

// A progress tells how much of the work is done, by the size of the images.
type progress struct {
	options Options
	total   float64
	reached float64
	steps   float64 // of a round
	share   float64 // of the round's cost, for a step
	what    string
}

// making is what it costs to scale an image and save it, in rounds.
const making = 3

func newProgress(sources []Source, engines int, o Options) *progress {
	p := &progress{options: o, steps: float64(1 + len(o.Colors)*engines)}
	for i := range sources {
		p.total += sources[i].cost() * (p.rounds() + made(&sources[i]))
	}
	return p
}

func (p *progress) rounds() float64 { return float64(p.options.Warmup + p.options.Runs) }

func made(s *Source) float64 {
	if s.Megapixels > 0 {
		return making
	}
	return 0
}

func (p *progress) preparing(s Source) {
	what := words.Printable(s.Name)
	if s.Megapixels > 0 {
		what = fmt.Sprintf("%s: scaling to %g MP", what, s.Megapixels)
	}
	p.options.Progress(p.reached/p.total, what)
	p.reached += s.cost() * made(&s)
}

// round begins a round.
func (p *progress) round(s Source, round int) {
	p.what = fmt.Sprintf("%s: run %d of %d", s.title(), round-p.options.Warmup+1, p.options.Runs)
	if round < p.options.Warmup {
		p.what = fmt.Sprintf("%s: warming up", s.title())
	}
	p.share = s.cost() / p.steps
	p.options.Progress(p.reached/p.total, p.what)
}

// step ends a part of the round.
func (p *progress) step() {
	p.reached += p.share
	p.options.Progress(min(1, p.reached/p.total), p.what)
}

func (s *Source) title() string {
	if s.Megapixels > 0 {
		return fmt.Sprintf("%s at %g MP", words.Printable(s.Name), s.Megapixels)
	}
	return words.Printable(s.Name)
}
