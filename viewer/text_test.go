package viewer

import (
	"math"
	"testing"
	"time"
)

func TestBytesText(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 1049: "1.0 kB", 123456: "123.5 kB", 1_000_000: "1.00 MB",
		12_345_678: "12.35 MB", 1_500_000_000: "1.50 GB",
	} {
		if got := bytesText(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1\u2009000", 123456: "123\u2009456", 16777216: "16\u2009777\u2009216"} {
		if got := number(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestTexts(t *testing.T) {
	for got, want := range map[string]string{
		milliseconds(1234567 * time.Nanosecond): "1.2 ms",
		milliseconds(2 * time.Second):           "2000.0 ms",
		decibels(math.Inf(1)):                   "lossless",
		decibels(31.4159):                       "PSNR 31.42 dB",
		framesText(0):                           "– fps",
		framesText(59.94):                       "60 fps",
		saving(0, 5):                            "",
		saving(1000, 1000):                      "same size",
		saving(1000, 250):                       "75.0 % smaller",
		saving(1000, 1234):                      "23.4 % larger",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPace(t *testing.T) {
	var p pace
	now := time.Unix(1000, 0)
	for i := range 100 {
		want := 0.0
		if i > 2 {
			want = 50
		}
		if got := p.rate(); math.Abs(got-want) > 1e-6 {
			t.Fatalf("after %d frames: got %v a second, want %v", i, got, want)
		}
		now = now.Add(20 * time.Millisecond)
		p.frame(now)
	}
	// The last ones count, the older ones no more.
	for range len(p.frames) {
		now = now.Add(10 * time.Millisecond)
		p.frame(now)
	}
	if got := p.rate(); math.Abs(got-100) > 1e-6 {
		t.Errorf("got %v frames a second, want 100", got)
	}
	// Frames before a pause are no measure of those after it.
	now = now.Add(pause + 1)
	p.frame(now)
	if got := p.rate(); got != 0 {
		t.Errorf("got %v frames a second after a pause", got)
	}
	for range 2 {
		now = now.Add(pause)
		p.frame(now)
	}
	if got := p.rate(); math.Abs(got-4) > 1e-6 {
		t.Errorf("got %v frames a second, want 4", got)
	}
}

func TestFramesAtTheSameTime(t *testing.T) {
	var p pace
	for range 5 {
		p.frame(time.Unix(1, 0))
	}
	if got := p.rate(); got != 0 {
		t.Errorf("got %v frames a second", got)
	}
}

func TestMessageExpires(t *testing.T) {
	var m message
	if left, gone := m.expire(time.Now()); left != 0 || gone {
		t.Errorf("no message: got %v, %t", left, gone)
	}
	now := time.Unix(1000, 0)
	m = message{"text", false, now.Add(3 * time.Second)}
	if left, gone := m.expire(now.Add(time.Second)); left != 2*time.Second || gone || m.text != "text" {
		t.Errorf("got %v, %t, %q", left, gone, m.text)
	}
	if left, gone := m.expire(now.Add(3 * time.Second)); left != 0 || !gone || m.text != "" {
		t.Errorf("got %v, %t, %q", left, gone, m.text)
	}
}
