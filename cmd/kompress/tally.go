package main

import (
	"fmt"

	"kompress/cmd/kompress/words"
)

// A tally is what is told about all images together. The JSON names are part of the
// program's interface.
type tally struct {
	Files    int     `json:"files"`
	Done     int     `json:"done"`
	Failed   int     `json:"failed"` // with folders that could not be searched
	Larger   int     `json:"skipped_larger"`
	Low      int     `json:"skipped_quality"`
	UpToDate int     `json:"up_to_date"`
	BytesIn  int64   `json:"bytes_in"` // of those done
	BytesOut int64   `json:"bytes_out"`
	Ratio    float64 `json:"ratio"`
	Seconds  float64 `json:"seconds"`

	clock *clock
}

func newTally(failures int) *tally { return &tally{Failed: failures, clock: newClock()} }

// add notes what has become of an image.
func (t *tally) add(s *summary, err error) {
	t.Files++
	switch {
	case err != nil:
		t.Failed++
	case s.Skipped == larger:
		t.Larger++
	case s.Skipped == lowQuality:
		t.Low++
	case s.Skipped == upToDate:
		t.UpToDate++
	default:
		t.Done++
		t.BytesIn += s.BytesIn
		t.BytesOut += s.BytesOut
	}
}

// status is that of the program: a failure counts more than what was left out.
func (t *tally) status() error {
	switch {
	case t.Failed > 0:
		return errReported
	case t.Low > 0:
		return exitError(exitLowQuality)
	case t.Larger > 0:
		return exitError(exitLarger)
	}
	return nil
}

// end notes that all is done.
func (t *tally) end() {
	t.Seconds = t.clock.total().Seconds()
	if t.BytesIn > 0 {
		t.Ratio = float64(t.BytesOut) / float64(t.BytesIn)
	}
}

// line sums all up in a line.
func (t *tally) line() string {
	text := fmt.Sprintf("total: %d of %s", t.Done, words.Count(t.Files, "image"))
	if t.Done > 0 {
		text += fmt.Sprintf(", %s -> %s (%s)", words.Bytes(t.BytesIn), words.Bytes(t.BytesOut), ratioText(t.BytesIn, t.BytesOut))
	}
	for _, part := range []struct {
		n    int
		what string
	}{{t.UpToDate, "up to date"}, {t.Low, "left out for their quality"}, {t.Larger, "left out as not smaller"}, {t.Failed, "failed"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.what)
		}
	}
	return text + ", " + secondsText(t.Seconds)
}
