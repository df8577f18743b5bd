package bench

import (
	"math"
	"testing"
)

func TestSummarize(t *testing.T) {
	got := Summarize([]float64{5, 1, 4, 2, 3})
	if want := (Summary{1, 2, 3, 4, 5}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := Summarize([]float64{1, 2, 3, 4}), (Summary{1, 1.75, 2.5, 3.25, 4}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := Summarize([]float64{7}), (Summary{7, 7, 7, 7, 7}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := Summarize(nil); !math.IsNaN(got.Median) {
		t.Errorf("got %v of nothing", got)
	}
	values := []float64{3, 1, 2}
	Summarize(values)
	if values[0] != 3 {
		t.Error("the values were sorted: runs are no longer in their order")
	}
}

// Ratios are those of rounds, not of medians.
func TestCompareTakesRoundsTogether(t *testing.T) {
	got := compare([]float64{10, 2, 30}, []float64{5, 1, 10})
	if want := (Ratio{Summary{2, 2, 2, 2.5, 3}, 3, 3, 0}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	// A round that one of them lacks is none, nor is one that took no time.
	if got := compare([]float64{4, 4, 0}, []float64{2, 0, 3, 7}); got.Rounds != 1 || got.Median != 2 {
		t.Errorf("got %v", got)
	}
	if got := compare([]float64{4, 4, 2}, []float64{4, 2, 4}); got.Faster != 1 || got.Slower != 1 {
		t.Errorf("got %v, want a draw to be nobody's", got)
	}
}

func TestVerdict(t *testing.T) {
	for _, test := range []struct {
		rounds, faster, slower int
		want                   verdict
	}{
		{0, 0, 0, tooFew}, {1, 1, 0, tooFew}, {5, 5, 0, tooFew}, {6, 6, 0, secondWins}, {6, 5, 1, tooClose}, {6, 0, 6, firstWins}, {10, 9, 1, secondWins},
		{10, 8, 2, tooClose}, {10, 1, 9, firstWins}, {20, 18, 2, secondWins}, {20, 17, 3, tooClose}, {10, 0, 0, tooClose},
	} {
		if got := (Ratio{Rounds: test.rounds, Faster: test.faster, Slower: test.slower}).verdict(); got != test.want {
			t.Errorf("%+v: got %d", test, got)
		}
	}
}

func TestOutlying(t *testing.T) {
	others := []float64{1, 1.1, 0.9, 1.05, 0.95}
	if got := outlying(1.1, others); got > 2 {
		t.Errorf("got %v for a value among others", got)
	}
	if got := outlying(3, others); got < 20 {
		t.Errorf("got %v for a value far away", got)
	}
	// All alike: a percent is a standard deviation then, not nothing.
	if got := outlying(1.005, []float64{1, 1, 1}); got > 1 {
		t.Errorf("got %v", got)
	}
}

func TestDuration(t *testing.T) {
	for seconds, want := range map[float64]string{
		12.345: "12.3 s", 1: "1.00 s", 0.99951: "1.00 s", 0.9994: "999 ms", 0.0123: "12.3 ms", 0.001: "1.00 ms", 0.00099951: "1.00 ms",
		0.00012345: "123 us", 0.09996: "100 ms", 0.009996: "10.0 ms", 1234: "1234 s", 0: "0 us",
	} {
		if got := duration(seconds); got != want {
			t.Errorf("%v: got %s, want %s", seconds, got, want)
		}
	}
	if got := duration(math.NaN()); got != "-" {
		t.Errorf("got %s", got)
	}
}

func TestWrap(t *testing.T) {
	long := "of words that go on and on, of words that go on and on, of words that go on and on, of words that go on"
	if got, want := wrap("  ", "a line "+long+" and end"), "  a line of words that go on and on, of words that go on and on, of words that go on and on, of\n    words that go on and end\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := wrap("  ", "short"), "  short\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
