package bench

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"kompress/cmd/kompress/words"

	"golang.org/x/perf/benchmath"
)

// A change is a time that may differ from an earlier one.
type change struct {
	where    string
	old, new Summary
	apart    bool    // by a twentieth, and half of the times of each run; all against what the machine would make of the earlier ones
	p        float64 // chance of such a difference without a cause
	beyond   bool    // the noise
}

// Compare says in lines what changed since an earlier report, beyond the noise:
// what Mann and Whitney's test gives a chance of less than one in a hundred among all
// comparisons together (Holm 1979), only where half of the times of each run lie on
// the same side of those of the other, and only if it is more than the machine itself
// has changed, and a twentieth: the test knows of noise within runs, but not of what
// differs between them. Copies and hashes, which are the same work in every version
// of the program, tell of that.
func (r *Report) Compare(old *Report) (lines []string) {
	for _, d := range r.differences(old) {
		lines = append(lines, "warning: "+d)
	}
	least, most, said := r.drift(old)
	changes, results, missing := r.changes(old, least, most)
	lines = append(append(lines, results...), said...)
	if len(changes) == 0 {
		return append(lines, "the earlier run has no image of the same name, size and k: nothing to compare")
	}
	judge(changes)
	same := 0
	for _, c := range changes {
		if !c.beyond {
			same++
			continue
		}
		// Times as fast or as slow, to be read without a sign.
		ratio, word := c.old.Median/c.new.Median, "faster"
		if ratio < 1 {
			ratio, word = 1/ratio, "slower"
		}
		lines = append(lines, fmt.Sprintf("%s: %s -> %s, %s times %s", c.where, duration(c.old.Median), duration(c.new.Median), significant(ratio, 3), word))
	}
	lines = append(lines, fmt.Sprintf("%s of %d did not change beyond the noise", words.Count(same, "time"), len(changes)))
	if few := fewest(r, old); same == len(changes) && few > 0 && few < enough(len(changes)) {
		lines = append(lines, fmt.Sprintf("with %d runs hardly any change of %d times could be told from noise: --runs %d in both", few, len(changes), enough(len(changes))))
	}
	if missing > 0 {
		lines = append(lines, words.Count(missing, "time")+" of this run are not in the earlier one")
	}
	return lines
}

// differences names what makes the reports hard to compare.
func (r *Report) differences(old *Report) (found []string) {
	for _, d := range [][3]string{
		{"processor", old.Machine.Processor, r.Machine.Processor},
		{"number of threads", fmt.Sprint(old.Machine.Threads), fmt.Sprint(r.Machine.Threads)},
		{"system", old.Machine.OS, r.Machine.OS},
		{"Go", old.Machine.Go, r.Machine.Go},
		{"effort", old.Settings.Effort, r.Settings.Effort},
		{"space", old.Settings.Space, r.Settings.Space},
		{"seed", fmt.Sprint(old.Settings.Seed), fmt.Sprint(r.Settings.Seed)},
	} {
		if d[1] != d[2] {
			found = append(found, fmt.Sprintf("the %s was %s and is %s", d[0], d[1], d[2]))
		}
	}
	for _, e := range r.Engines {
		for _, o := range old.Engines {
			if o.Engine == e.Engine && (o.Name != e.Name || o.Driver != e.Driver) {
				found = append(found, fmt.Sprintf("the %s engine ran on %s %s and runs on %s %s", e.Engine, o.Name, o.Driver, e.Name, e.Driver))
			}
		}
	}
	if !old.Complete {
		found = append(found, "the earlier run is not complete")
	}
	return found
}

// changes compares what both have. Results are lines about what is not a time.
func (r *Report) changes(old *Report, least, most float64) (changes []*change, results []string, missing int) {
	for _, m := range r.Images {
		o := old.image(m)
		if o == nil {
			m.stages(func(_ string, s *Stage) {
				if !s.ofMachine() {
					missing++
				}
			})
			continue
		}
		if o.Distinct != m.Distinct || o.FileBytes != m.FileBytes {
			results = append(results, fmt.Sprintf("warning: %s is another file than it was", m.Title()))
		}
		collect := func(where string, now, then []*Stage) {
			for _, s := range now {
				if s.ofMachine() {
					continue
				}
				if t := find(then, s.Name, s.Engine); t != nil && len(t.Seconds) > 0 && len(s.Seconds) > 0 {
					changes = append(changes, newChange(where, t, s, least, most))
				} else {
					missing++
				}
			}
		}
		collect(m.Title(), m.Stages, o.Stages)
		for _, c := range m.Cases {
			i := slices.IndexFunc(o.Cases, func(o *Case) bool { return o.K == c.K })
			if i < 0 {
				missing += len(c.Stages)
				continue
			}
			results = append(results, m.resultChange(c, o.Cases[i])...)
			collect(m.label(c), c.Stages, o.Cases[i].Stages)
		}
	}
	return changes, results, missing
}

// ofMachine says that the work is none of the program's.
func (s *Stage) ofMachine() bool { return s.Name == Copy || s.Name == Hash }

func (r *Report) image(like *Image) *Image {
	for _, m := range r.Images {
		if m.Name == like.Name && m.Width == like.Width && m.Height == like.Height {
			return m
		}
	}
	return nil
}

// resultChange says what came out otherwise. That is no noise.
func (m *Image) resultChange(c, old *Case) (lines []string) {
	var parts []string
	if c.MSE != old.MSE {
		parts = append(parts, fmt.Sprintf("MSE %s -> %s%s", significant(old.MSE, 5), significant(c.MSE, 5), percent(old.MSE, c.MSE)))
	}
	if c.Bytes != old.Bytes {
		parts = append(parts, fmt.Sprintf("%d -> %d bytes%s", old.Bytes, c.Bytes, percent(float64(old.Bytes), float64(c.Bytes))))
	}
	if c.Colors != old.Colors {
		parts = append(parts, fmt.Sprintf("%d -> %d colors", old.Colors, c.Colors))
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{m.label(c) + ": another result: " + strings.Join(parts, ", ")}
}

func percent(old, now float64) string {
	if old == 0 {
		return ""
	}
	return fmt.Sprintf(" (%+.2f %%)", 100*(now/old-1))
}

// newChange compares with what the earlier times would be on the machine as it is now,
// which takes at least and at most so many times as long.
func newChange(where string, old, now *Stage, least, most float64) *change {
	name := now.Name
	if now.Engine != "" {
		name += " " + now.Engine
	}
	c := &change{where: where + " " + name, old: Summarize(old.Seconds), new: Summarize(now.Seconds), p: 1}
	factor := min(max(c.new.Median/c.old.Median, least), most)
	expected := slices.Clone(old.Seconds) // the test sorts what it is given
	for i := range expected {
		expected[i] *= factor
	}
	was := Summarize(expected)
	c.apart = was.Upper < c.new.Lower && c.new.Median > was.Median*smallest || c.new.Upper < was.Lower && c.new.Median < was.Median/smallest
	a := benchmath.NewSample(expected, &benchmath.DefaultThresholds)
	b := benchmath.NewSample(slices.Clone(now.Seconds), &benchmath.DefaultThresholds)
	c.p = benchmath.AssumeNothing.Compare(a, b).P
	return c
}

const chance = 0.01

// drift returns how many times as long the machine itself took, at least and at most,
// and 1, over the images that both reports have.
func (r *Report) drift(old *Report) (least, most float64, lines []string) {
	least, most = 1, 1
	for _, name := range []string{Copy, Hash} {
		var then, now []float64
		for _, m := range r.Images {
			o := old.image(m)
			if o == nil {
				continue
			}
			if a, b := find(o.Stages, name, "cpu"), find(m.Stages, name, "cpu"); a != nil && b != nil {
				then, now = append(then, a.Seconds...), append(now, b.Seconds...)
			}
		}
		ratio := median(now) / median(then)
		if !(ratio > 0 && ratio < math.Inf(1)) {
			continue
		}
		least, most = min(least, ratio), max(most, ratio)
		if ratio > smallest || ratio < 1/smallest {
			lines = append(lines, fmt.Sprintf("the machine itself took %s times as long for what is always the same (%s): no smaller change is told", significant(ratio, 3), name))
		}
	}
	return least, most, lines
}

// smallest is the least change that is told, however sure it is.
const smallest = 1.05

// judge finds the changes beyond the noise: the least likely is held against the
// number of all, the next against one less, and so on until one is likely enough.
func judge(changes []*change) {
	order := slices.Clone(changes)
	sort.SliceStable(order, func(i, j int) bool { return order[i].p < order[j].p })
	for i, c := range order {
		if c.p > chance/float64(len(order)-i) {
			return
		}
		c.beyond = c.apart
	}
}

// enough returns how many runs of each it takes for the test to be able to find
// any change among so many comparisons: at best it gives 2/C(2n, n).
func enough(comparisons int) int {
	n, ways := 1, 2.0
	for 2/ways > chance/float64(comparisons) {
		n++
		ways *= 2 * float64(2*n-1) / float64(n)
	}
	return n
}

func fewest(reports ...*Report) int {
	n := -1
	for _, r := range reports {
		for _, m := range r.Images {
			if n < 0 || m.runs() < n {
				n = m.runs()
			}
		}
	}
	return n
}
