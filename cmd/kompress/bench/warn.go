package bench

import (
	"fmt"
	"slices"
	"strings"

	"kompress/cmd/kompress/words"
)

// What is too much:
const (
	fewRuns  = 5
	wide     = 0.1  // distance of the quartiles, for the median
	far      = 10   // standard deviations of the first run from the others, and
	slowest  = 1.25 // for the longest of them
	tiny     = 1e-3 // seconds that the clock and the system make vary by much
	busy     = 0.2  // share of the processor that others use
	lowLimit = 0.95 // share of a processor's frequency
)

// WarnEarly adds what makes times doubtful that is known before any is taken.
func (r *Report) WarnEarly() {
	r.warnDevices()
	if readStrain().battery {
		r.warning("the machine runs on a battery, which slows processors: plug it in; a --baseline of another time means nothing")
	}
	if m := &r.Machine; m.Busy > busy {
		r.warning("other programs use %.0f %% of all cores: close them, or take more with --runs", 100*m.Busy)
	}
	r.early = len(r.Warnings)
}

// warnRuns adds what else makes the times doubtful to the early warnings, each with the
// flag or the deed that helps.
func (r *Report) warnRuns(before, after strain) {
	r.Warnings = r.Warnings[:r.early:r.early]
	r.warnResults()
	r.warnSpread()
	r.warnStrain(before, after)
}

func (r *Report) warning(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

func (r *Report) warnDevices() {
	for _, e := range r.Engines {
		if e.Software {
			r.warning("%s; --device N takes another (see kompress devices), --engine cpu leaves it out", NoGPU(e.Name))
		}
	}
}

func (r *Report) warnResults() {
	for _, m := range r.Images {
		for _, c := range m.Cases {
			if c.Differ != "" {
				r.warning("%s: the engines' results differ: %s. No ratio is given; please report this", m.label(c), c.Differ)
			}
		}
	}
}

func (r *Report) warnSpread() {
	var slow, vague worst
	runs := 0
	for _, m := range r.Images {
		runs = max(runs, m.runs())
		m.stages(func(where string, s *Stage) {
			all := Summarize(s.Seconds)
			if len(s.Seconds) < fewRuns || all.Median < tiny {
				return
			}
			where = fmt.Sprintf("%s (%s)", strings.TrimSpace(s.Name+" "+s.Engine), where)
			if z := outlying(s.Seconds[0], s.Seconds[1:]); z > far && s.Seconds[0] > slowest*slices.Max(s.Seconds[1:]) {
				slow.add(z, fmt.Sprintf("%s took %s, the others %s", where, duration(s.Seconds[0]), duration(median(s.Seconds[1:]))))
			}
			if v := all.spread(); v > wide {
				vague.add(v, fmt.Sprintf("the middle half of those of %s span %.0f %%", where, 100*v))
			}
		})
	}
	if slow.n > 0 {
		r.warning("the first run of %s%s: --warmup %d leaves it out", slow.what, slow.others(), r.Settings.Warmup+2)
	}
	if vague.n > 0 {
		r.warning("times vary: %s%s: close other programs, and take more with --runs %d", vague.what, vague.others(), max(20, 2*r.Settings.Runs))
	}
	if runs > 0 && runs < fewRuns {
		r.warning("%s of each: too few for the spread to say much: --runs %d", words.Count(runs, "run"), DefaultRuns)
	}
}

// stages calls f for everything that was measured.
func (m *Image) stages(f func(where string, s *Stage)) {
	for _, s := range m.Stages {
		f(m.Title(), s)
	}
	for _, c := range m.Cases {
		for _, s := range c.Stages {
			f(m.label(c), s)
		}
	}
}

// A worst is the worst of many of a kind, which are one warning.
type worst struct {
	n     int
	value float64
	what  string
}

func (w *worst) add(value float64, what string) {
	if w.n++; w.n == 1 || value > w.value {
		w.value, w.what = value, what
	}
}

func (w *worst) others() string {
	if w.n < 2 {
		return ""
	}
	return fmt.Sprintf(", and so with %d more", w.n-1)
}

func (r *Report) warnStrain(before, after strain) {
	if n := after.throttled - before.throttled; n > 0 {
		r.warning("the processor was too hot and slowed down %d times: let it cool, and take fewer with --runs", n)
	}
	if n := after.held - before.held; n > 0 {
		r.warning("the container's share of the processor was used up %d times: give it more, or set GOMAXPROCS to what it has", n)
	}
	if after.limit < lowLimit {
		r.warning("the processor may use %.0f %% of its frequency only (scaling_max_freq): lift that, or compare no times with a --baseline of before", 100*after.limit)
	}
}

// NoGPU says what a software renderer is.
func NoGPU(renderer string) string {
	return renderer + " runs on the CPU: this is no GPU, and its times say nothing about one"
}
