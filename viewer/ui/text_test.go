package ui

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// names are what a file may be called, and some lines that it may not.
var names = []string{
	"", "a", "Я", "日", "photo.png", "holiday in the mountains 2019 (17).jpeg", ".hidden",
	"ends with a dot.", "no ending at all, only words", "archive.with-a-very-long-ending",
	"invalid \xff\xfe UTF-8.png", "\x80", "line\nfeed\ttab.gif", "e\u0301te\u0301.png",
	"family 👩\u200d👩\u200d👧.png", "x\u0302\u0302\u0302\u0302.png", strings.Repeat("long ", 60) + ".webp",
	"\u202egnp.exe", "日本語の写真.png", "e\u0301", "W.W", "....",
}

func TestVisible(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"plain", "plain"},
		{"e\u0301", "é"},
		{"x\u0302", "x\u0302"}, // there is no composed one
		{"a\xffb", "a\ufffdb"},
		{"a\nb\tc\x00\x7f\u0085", "a\ufffdb\ufffdc\ufffd\ufffd\ufffd"},
		{"a\u2028b", "a\ufffdb"},
		{"a\u200db\u200ec\ufe0fd\ufeff", "abcd"},
		{"", ""},
	} {
		if got := string(slices.Collect(visible(test.text))); got != test.want {
			t.Errorf("%q is drawn as %q, want %q", test.text, got, test.want)
		}
	}
}

func TestWidthsAddUp(t *testing.T) {
	_, f := newFont(t, 14)
	for _, s := range names {
		var sum float32
		for r := range visible(s) {
			sum += f.Width(string(r))
		}
		if got := f.Width(s); got != sum {
			t.Errorf("%q is %v pixels wide, its runes %v", s, got, sum)
		}
	}
	if f.Width("iii") >= f.Width("WWW") {
		t.Error("all runes are of one width")
	}
}

func TestAccentsAreComposed(t *testing.T) {
	a, f := newFont(t, 14)
	composed, apart := NewList(a), NewList(a)
	composed.Text(f, 0, 0, "é", Foreground)
	apart.Text(f, 0, 0, "e\u0301", Foreground)
	if !slices.Equal(composed.appendAll(nil), apart.appendAll(nil)) {
		t.Error("e and an accent are not drawn as é")
	}
}

func TestFitNeverExceedsWidth(t *testing.T) {
	_, f := newFont(t, 13)
	for _, s := range names {
		for width := float32(-5); width < 400; width += 3.5 {
			for _, end := range []bool{false, true} {
				got := f.Fit(s, width, end)
				if got != "" && f.Width(got) > width {
					t.Errorf("%q in %v pixels: %q is %v wide", s, width, got, f.Width(got))
				}
				if width >= f.Width(s) && got != s {
					t.Errorf("%q fits in %v pixels and is cut to %q", s, width, got)
				}
				if got != s && !utf8.ValidString(got) {
					t.Errorf("%q in %v pixels: %q is no UTF-8", s, width, got)
				}
			}
		}
	}
}

func TestFitUsesWidth(t *testing.T) {
	_, f := newFont(t, 13)
	const s = "holiday in the mountains 2019 (17).jpeg"
	for width := f.Width("…"); width < f.Width(s); width++ {
		for _, end := range []bool{false, true} {
			if got := f.Fit(s, width, end); width-f.Width(got) > f.Width("W") {
				t.Errorf("%v pixels: %q leaves room for more", width, got)
			}
		}
	}
}

func TestFitKeepsEnding(t *testing.T) {
	_, f := newFont(t, 13)
	for _, s := range []string{"holiday in the mountains 2019 (17).jpeg", "iiiiiiiiiiiiiiii.MMMMMMMM"} {
		ending := s[strings.LastIndex(s, "."):]
		for width := f.Width("…" + ending); width < f.Width(s); width++ {
			got := f.Fit(s, width, true)
			head, tail, cut := strings.Cut(got, "…")
			if !cut || !strings.HasSuffix(tail, ending) || !strings.HasPrefix(s, head) {
				t.Errorf("%q in %v pixels: got %q, want its ending kept", s, width, got)
			}
			if got := f.Fit(s, width, false); !strings.HasSuffix(got, "…") {
				t.Errorf("%q in %v pixels: got %q, want it cut at its end", s, width, got)
			}
		}
	}
}

func TestFitCutsInTheMiddle(t *testing.T) {
	_, f := newFont(t, 13)
	s := strings.Repeat("m", 40)
	got := f.Fit(s, f.Width(s)/2, true)
	head, tail, _ := strings.Cut(got, "…")
	if d := len(head) - len(tail); d < -1 || d > 1 {
		t.Errorf("got %q, want as much before as behind", got)
	}
}

func TestFitLeavesNoAccentAlone(t *testing.T) {
	_, f := newFont(t, 13)
	s := strings.Repeat("x\u0302", 30)
	for width := float32(0); width < f.Width(s); width++ {
		if got := f.Fit(s, width, true); strings.Contains(got, "…\u0302") {
			t.Fatalf("%v pixels: got %q, with an accent on the ellipsis", width, got)
		}
	}
}
